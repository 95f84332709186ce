import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from assistant.local_models.acts import perform
from assistant.local_models.keeper import ModelKeeper
from assistant.local_models.listing import ModelList
from assistant.settings import HOME_VARIABLE, Settings, load_settings
from tests.assistant.gguf_files import write_gguf
from tests.assistant.local_models.test_keeper import Factory


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    own = write_gguf(tmp_path / "<b>own.gguf")
    return load_settings(
        model=str(own), offline=True, environment={HOME_VARIABLE: str(tmp_path / "home")}
    )


@pytest.fixture
def keeper(settings: Settings) -> Iterator[ModelKeeper]:
    keeper = ModelKeeper(settings, model_factory=Factory())
    yield keeper
    keeper.close()


def script(keeper: "ModelKeeper") -> None:
    from assistant.ui import models_page

    models_page.draw(keeper)


def drawn(keeper: ModelKeeper) -> dict[str, Any]:
    app = AppTest.from_function(script, args=(keeper,), default_timeout=20).run()
    assert not app.exception
    (component,) = app.get("bidi_component")
    data: dict[str, Any] = json.loads(component.proto.json)
    return data


def wait(keeper: ModelKeeper) -> None:
    thread = keeper.shelf._thread
    assert thread is not None
    thread.join(20)


def test_every_model_is_drawn_with_what_is_known_of_it(keeper: ModelKeeper) -> None:
    data = drawn(keeper)
    assert [card["title"] for card in data["cards"]][-2:] == ["smollm2-135m", "<b>own.gguf"]
    small = data["cards"][-2]
    labels = {fact["label"]: fact["text"] for fact in small["facts"]}
    assert labels == {"Size": "98 MB", "Memory": "about 401 MB", "Licence": "Apache-2.0"}


def test_a_damaged_list_is_said_on_the_page(keeper: ModelKeeper, settings: Settings) -> None:
    settings.model_list_path.parent.mkdir(parents=True, exist_ok=True)
    settings.model_list_path.write_text("{", encoding="utf-8")
    assert "Delete it to begin a new one" in drawn(keeper)["notice"]


def test_a_file_is_added_chosen_and_taken_off_the_list_by_acts_of_the_page(
    keeper: ModelKeeper, settings: Settings, tmp_path: Path
) -> None:
    other = write_gguf(tmp_path / "other.gguf")
    assert perform(keeper, {"kind": "add", "name": str(other)}) == ""
    wait(keeper)
    assert perform(keeper, {"kind": "use", "name": str(other)}) == ""
    with keeper.wait_for(threading.Event()) as model:
        assert model.name == "other"
    assert ModelList(settings.model_list_path).chosen() == str(other)
    assert perform(keeper, {"kind": "remove", "name": str(other)}) == ""
    assert ModelList(settings.model_list_path).chosen() == ""


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ({"kind": "use", "name": "nobody"}, "There is no model 'nobody'"),
        ({"kind": "add", "name": "/no.gguf"}, "There is no file"),
        ({"kind": "fetch", "name": "smollm2-135m"}, "--offline"),
        ({"kind": "delete", "name": "smollm2-135m"}, "not on this machine"),
        ({"kind": "remove", "name": "smollm2-135m"}, "was not added"),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_what_cannot_be_done_is_said_in_words(
    keeper: ModelKeeper, act: dict[str, str], words: str
) -> None:
    assert words in perform(keeper, act)


@pytest.mark.parametrize("act", [None, "use", {}, {"kind": "use"}, {"kind": "use", "name": 3}])
def test_what_is_no_act_is_ignored(keeper: ModelKeeper, act: object) -> None:
    assert perform(keeper, act) == ""


def test_the_model_in_use_is_not_deleted(keeper: ModelKeeper, settings: Settings) -> None:
    assert "is in use" in perform(keeper, {"kind": "delete", "name": settings.model})
    assert Path(settings.model).exists()
