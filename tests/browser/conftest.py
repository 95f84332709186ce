"""The page, served by the installed program and shown by Chromium."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from assistant.conversations import Conversations
from assistant.settings import DEFAULT_ESSAYS
from tests.browser.steps import CHROMIUM, CHROMIUM_ARGUMENTS, LIGHTHOUSE, MODEL, open_browser, serve
from tests.machine import require, require_model

HOSTILE = """---
title: 'Lamps <img src="http://203.0.113.7/t.png" onerror="window.hacked=1"> :red[x] $x^2$'
author: '<b>A</b> [Writer](http://203.0.113.7/)'
---
The whale oil lamp was the brightest of its time. ![lamp](http://203.0.113.7/i.png) See \
[more on whale oil](http://203.0.113.7/more) or http://203.0.113.7/bare for the story of it.

Every whale oil lamp was dear. <script>window.hacked=1</script> <img \
src="http://203.0.113.7/x.png" onerror="window.hacked=1"> <iframe \
src="http://203.0.113.7/f"></iframe> Few people could afford the oil in those days of the whale.
"""

LONG = "---\ntitle: The Long Road\nauthor: Agnes Lind\n---\n" + "\n\n".join(
    f"On day {day} we went on along the river {'and over the hills ' * 22}until evening fell."
    for day in range(1, 201)
)
"""An essay of 20,000 words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageServer:
    """A running page; ``hostile`` is the essay that attacks it."""

    url: str
    chats: Conversations
    hostile: Path


def write_essays(folder: Path) -> Path:
    """Write an essay that is easy to ask about, and a hostile one; return their folder."""
    essays = folder / "essays"
    essays.mkdir()
    (essays / "lighthouse.md").write_text(LIGHTHOUSE, encoding="utf-8")
    (essays / "lamps.md").write_text(HOSTILE, encoding="utf-8")
    return essays


@pytest.fixture(scope="session")
def chromium() -> None:
    """Skip, or fail in CI, without Chromium."""
    require(CHROMIUM.exists(), f"Chromium ({CHROMIUM})")


@pytest.fixture(scope="session")
def small_model() -> None:
    """Fetch the model if it is not here; skip, or fail in CI, without it."""
    require_model(MODEL)


@pytest.fixture(scope="session")
def page_server(
    tmp_path_factory: pytest.TempPathFactory, chromium: None, small_model: None
) -> Iterator[PageServer]:
    """Serve the default essays, one more that is easy to ask about, and a hostile one."""
    folder = tmp_path_factory.mktemp("page")
    essays = write_essays(folder)
    home = folder / "home"
    with serve(home, essays=(DEFAULT_ESSAYS, essays)) as url:
        yield PageServer(
            url=url, chats=Conversations(home / "chats.sqlite3"), hostile=essays / "lamps.md"
        )


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory, chromium: None) -> Iterator[PageServer]:
    """Serve the same essays and a long one to look at saved chats only: there is no model."""
    folder = tmp_path_factory.mktemp("archive")
    essays = write_essays(folder)
    (essays / "road.md").write_text(LONG, encoding="utf-8")
    home = folder / "home"
    with serve(home, essays=(essays,), has_models=False) as url:
        yield PageServer(
            url=url, chats=Conversations(home / "chats.sqlite3"), hostile=essays / "lamps.md"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryServer:
    """A running page with a library of its own, which may be written to meanwhile."""

    url: str
    library: Path
    chats: Conversations


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory, chromium: None) -> Iterator[LibraryServer]:
    """Serve a library with the default essays to look at: there is no model."""
    home = tmp_path_factory.mktemp("shelf") / "home"
    with serve(home, essays=(), has_models=False) as url:
        yield LibraryServer(
            url=url,
            library=home / "library",
            chats=Conversations(home / "chats.sqlite3"),
        )


@pytest.fixture(scope="session")
def browser(chromium: None) -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="session")
def profile(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """A reader's browser: it keeps what it has loaded and compiled, so that pages open faster."""
    with browser.browser_type.launch_persistent_context(
        tmp_path_factory.mktemp("profile"),
        executable_path=CHROMIUM,
        args=list(CHROMIUM_ARGUMENTS),
        viewport={"width": 1280, "height": 800},
        color_scheme="light",
    ) as profile:
        yield profile


@pytest.fixture
def context(profile: BrowserContext) -> Iterator[BrowserContext]:
    """The reader's browser, without what other tests have opened or been permitted in it."""
    before = set(profile.pages)
    yield profile
    for page in set(profile.pages) - before:
        page.close()
    profile.clear_cookies()
    profile.clear_permissions()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that has never been used."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light")
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, page_server: PageServer) -> Page:
    """An empty chat, ready to be asked."""
    page = context.new_page()
    page.goto(page_server.url)
    expect(page.get_by_role("heading", name="What do the essays say?")).to_be_visible(
        timeout=60_000
    )
    return page
