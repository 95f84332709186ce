"""The Library page in its states, run by Streamlit without a browser."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from assistant.settings import HOME_VARIABLE, load_settings
from assistant.workspace import Workspace
from tests.assistant.open_library import kept, no_model, open_library_workspace, use_new_collection
from tests.index.essays import PROSE
from tests.index.library.essays import add, given, open_direct_reader

HOSTILE = "<img src=x onerror=alert(1)> [link](http://example.org) ![i](http://example.org/i.png)"


@pytest.fixture(scope="module")
def open_workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with open_library_workspace(tmp_path_factory.mktemp("home")) as workspace:
        yield workspace


@pytest.fixture
def workspace(open_workspace: Workspace) -> Workspace:
    use_new_collection(open_workspace)
    return open_workspace


def script(workspace: "Workspace") -> None:
    from assistant.ui import library_page

    library_page.draw(workspace)


def run(workspace: Workspace, *, essay: str = "") -> AppTest:
    app = AppTest.from_function(script, args=(workspace,), default_timeout=20)
    if essay:
        app.query_params["essay"] = essay
    app.run()
    assert not app.exception
    return app


def drawn(app: AppTest, kind: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = [
        json.loads(component.proto.json) for component in app.get("bidi_component")
    ]
    (data,) = [one for one in found if one["kind"] == kind]
    return data


def test_the_collection_in_use_is_told_with_its_essays(workspace: Workspace) -> None:
    app = run(workspace)
    shelf, table = drawn(app, "shelf"), drawn(app, "table")
    assert shelf["in_use"] == kept(workspace).in_use()
    assert shelf["summary"].startswith("2 essays, ")
    assert [row["title"] for row in table["rows"]] == ["On Mills", "On Tolls"]
    assert table["can_change"]
    assert table["essay"] is None


def test_an_empty_collection_says_what_to_do(workspace: Workspace) -> None:
    workspace.use_collection(kept(workspace).create_collection("Nothing yet").id)
    table = drawn(run(workspace), "table")
    kept(workspace).remove_collection(kept(workspace).in_use())
    assert table["rows"] == []
    assert "Drop essays above" in " ".join(table["empty"])


def test_an_essay_is_shown_whole_with_its_paragraphs_numbered(workspace: Workspace) -> None:
    library = kept(workspace)
    entry = next(one for one in library.entries(library.in_use()) if one.title == "On Tolls")
    essay = drawn(run(workspace, essay=str(entry.id)), "table")["essay"]
    assert essay["title"] == "On Tolls"
    numbers = [paragraph["number"] for paragraph in essay["paragraphs"]]
    assert [number for number in numbers if number] == list(range(1, max(numbers) + 1))
    shown = ["".join(part["text"] for part in one["parts"]) for one in essay["paragraphs"]]
    assert "\n\n".join(shown) == library.document(entry.id).text


@pytest.mark.parametrize("essay", ["999999", "<b>", "-1"])
def test_an_essay_that_is_not_there_leaves_the_table(workspace: Workspace, essay: str) -> None:
    assert drawn(run(workspace, essay=essay), "table")["essay"] is None


def test_a_hostile_title_and_name_are_sent_as_plain_values_only(workspace: Workspace) -> None:
    library = kept(workspace)
    add(library, library.in_use(), given(f"{HOSTILE}.txt", f"---\ntitle: x\n---\n{PROSE} Eel."))
    (entry,) = [one for one in library.entries(library.in_use()) if "Eel" in _text(library, one.id)]
    library.correct(entry.id, title=HOSTILE, author=HOSTILE)
    app = run(workspace)
    rows = drawn(app, "table")["rows"]
    assert HOSTILE in [row["title"] for row in rows]
    assert HOSTILE in [row["author"] for row in rows]
    widgets = [*app.markdown, *app.text, *app.caption]
    assert not any("example.org" in str(widget.value) for widget in widgets)
    assert not any("example.org" in button.label for button in app.button)


def _text(library: Any, entry_id: int) -> str:
    text: str = library.document(entry_id).text
    return text


def test_essays_asked_once_are_listed_and_said_not_to_be_kept(tmp_path: Path) -> None:
    (tmp_path / "tolls.txt").write_text(f"On Tolls\n\n{PROSE}", encoding="utf-8")
    settings = load_settings(
        essays=[tmp_path / "tolls.txt"], environment={HOME_VARIABLE: str(tmp_path / "home")}
    )
    workspace = Workspace(settings, model_factory=no_model, make_reader=open_direct_reader)
    app = run(workspace)
    workspace.close()
    assert "nothing of them is kept" in drawn(app, "shelf")["summary"]
    table = drawn(app, "table")
    assert [row["title"] for row in table["rows"]] == ["On Tolls"]
    assert not table["can_change"]
