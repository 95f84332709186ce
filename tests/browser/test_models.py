"""The Models page, with a real model and a hub on this machine."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from assistant.local_models.digests import record_file
from assistant.local_models.listing import ModelList
from assistant.settings import HUB_VARIABLE
from tests.assistant.gguf_files import write_gguf
from tests.assistant.local_hub import LocalHub, stall_after, whole
from tests.browser.conftest import write_essays
from tests.browser.steps import ANSWER_TIMEOUT_MS, MODEL, start
from tests.machine import require_model

pytestmark = [pytest.mark.browser, pytest.mark.model]

_STALL_BYTES = 30_000_000


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    """Serve the small model; the first transfer stops in the middle, the others do not."""
    hub = LocalHub(require_model(MODEL).read_bytes())
    hub.behaviours = [stall_after(_STALL_BYTES), whole]
    thread = threading.Thread(target=hub.serve_forever)
    thread.start()
    yield hub
    hub.may_go_on.set()
    hub.shutdown()
    hub.server_close()
    thread.join()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return the home of a reader whose own model was written to since it was added."""
    home = tmp_path / "home"
    path = write_gguf(tmp_path / "own.gguf")
    added = record_file(path, cancelled=threading.Event())
    ModelList(home / "models.json").add(added)
    write_gguf(path, rest=b"more")
    return home


@pytest.fixture
def models_page(home: Path, context: BrowserContext, hub: LocalHub) -> Iterator[Page]:
    """Open the page of a reader who begins with that model, and has fetched none."""
    with start(
        home,
        [write_essays(home)],
        has_models=False,
        options=("--model", str(home.parent / "own.gguf")),
        environment={HUB_VARIABLE: hub.url},
    ) as server:
        page = context.new_page()
        page.goto(f"{server.url}/models")
        yield page


def card(page: Page, name: str) -> Locator:
    return page.get_by_role("list", name="Models").locator(f"li[aria-label='{name}']")


def press(card: Locator, label: str) -> None:
    card.get_by_role("button", name=label).click(timeout=ANSWER_TIMEOUT_MS)


def test_a_changed_model_is_refused_and_another_is_fetched_stopped_resumed_and_chosen(
    models_page: Page, hub: LocalHub, home: Path
) -> None:
    notice = models_page.get_by_role("alert")
    expect(notice).to_contain_text(
        "'own.gguf' is not the file that was added", timeout=ANSWER_TIMEOUT_MS
    )
    expect(notice.get_by_role("button", name="Use it as it is now")).to_be_visible()

    fetched = card(models_page, MODEL)
    expect(fetched).to_contain_text("Not fetched")
    press(fetched, "Fetch (98 MB)")
    expect(fetched).to_contain_text("30 of 98 MB", timeout=ANSWER_TIMEOUT_MS)
    press(fetched, "Stop")
    expect(fetched).to_contain_text("Stopped.", timeout=ANSWER_TIMEOUT_MS)
    press(fetched, "Go on fetching")
    expect(fetched).to_contain_text("verified by its SHA-256", timeout=ANSWER_TIMEOUT_MS)
    assert hub.ranges[0] == ""
    assert re.fullmatch(r"bytes=[1-9]\d*-", hub.ranges[-1])

    press(fetched, "Use this model")
    expect(fetched.locator(".badge")).to_contain_text("In use", timeout=ANSWER_TIMEOUT_MS)
    expect(notice).to_be_hidden()
    assert ModelList(home / "models.json").chosen() == MODEL
