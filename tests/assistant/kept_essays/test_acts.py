"""What the reader does on the Library page, carried out on a real library."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.kept_essays.acts import Outcome, Undo, add_files, perform
from assistant.settings import HOME_VARIABLE, load_settings
from assistant.workspace import Workspace
from index.analysis import tokenize
from index.library.entries import BUILTIN_ID, Entry
from tests.assistant.open_library import kept, no_model, open_library_workspace, use_new_collection
from tests.index.essays import PROSE
from tests.index.library.essays import open_direct_reader

_PATIENCE_S = 30.0


@pytest.fixture(scope="module")
def open_workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with open_library_workspace(tmp_path_factory.mktemp("home")) as workspace:
        yield workspace


@pytest.fixture
def workspace(open_workspace: Workspace) -> Workspace:
    """A workspace with a collection of its own in use, which holds two essays."""
    use_new_collection(open_workspace)
    return open_workspace


def do(workspace: Workspace, undo: Undo | None = None, **act: object) -> Outcome:
    return perform(workspace, act, undo=undo)


def entries(workspace: Workspace) -> dict[str, Entry]:
    library = kept(workspace)
    return {entry.title: entry for entry in library.entries(library.in_use())}


def searched(workspace: Workspace) -> set[str]:
    return {document.title for document in workspace.corpus.documents}


def test_removed_essays_are_not_searched_and_come_back_by_undo(workspace: Workspace) -> None:
    outcome = do(workspace, kind="remove", ids=[entries(workspace)["On Tolls"].id])
    assert outcome.undo is not None
    assert outcome.undo.words == "Removed “On Tolls”."
    assert searched(workspace) == {"On Mills"}
    assert do(workspace, outcome.undo, kind="undo") == Outcome()
    assert searched(workspace) == {"On Mills", "On Tolls"}


def test_what_was_removed_is_not_removed_twice_and_can_still_be_undone(
    workspace: Workspace,
) -> None:
    ids = [entries(workspace)["On Tolls"].id]
    undo = do(workspace, kind="remove", ids=ids).undo
    assert do(workspace, undo, kind="remove", ids=ids).undo == undo


def test_several_removed_at_once_are_counted(workspace: Workspace) -> None:
    ids = [entry.id for entry in entries(workspace).values()]
    outcome = do(workspace, kind="remove", ids=ids)
    assert outcome.undo is not None
    assert outcome.undo.words == "Removed 2 essays."
    assert entries(workspace) == {}


def test_a_corrected_author_is_searched(workspace: Workspace) -> None:
    entry = entries(workspace)["On Mills"]
    do(workspace, kind="correct", id=entry.id, title="On Mills", author="Ysolde Brackwater")
    assert workspace.index is not None
    (hit, *_) = workspace.index.search(tokenize("Brackwater"), top_k=3)
    assert hit.passage.document.title == "On Mills"


def test_a_blank_title_is_that_of_the_file_again(workspace: Workspace) -> None:
    entry = entries(workspace)["On Mills"]
    do(workspace, kind="correct", id=entry.id, title="Of Millers", author="")
    assert "Of Millers" in entries(workspace)
    do(workspace, kind="correct", id=entry.id, title=" ", author="")
    assert "On Mills" in entries(workspace)


def test_a_new_collection_is_in_use_at_once(workspace: Workspace) -> None:
    do(workspace, kind="create", name="Rivers of Lind")
    assert workspace.collection is not None
    assert workspace.collection.name == "Rivers of Lind"
    do(workspace, kind="rename", id=workspace.collection.id, name="Streams of Lind")
    assert [one.name for one in kept(workspace).collections()].count("Streams of Lind") == 1


def test_a_removed_collection_comes_back_by_undo_and_is_in_use_again(workspace: Workspace) -> None:
    collection_id = kept(workspace).in_use()
    outcome = do(workspace, kind="remove_collection", id=collection_id)
    assert outcome.undo is not None
    assert kept(workspace).in_use() != collection_id
    do(workspace, outcome.undo, kind="undo")
    assert kept(workspace).in_use() == collection_id
    assert searched(workspace) == {"On Mills", "On Tolls"}


def test_files_given_beside_the_default_essays_make_a_collection(workspace: Workspace) -> None:
    workspace.use_collection(BUILTIN_ID)
    outcome = add_files(workspace, [("weirs.txt", f"On Weirs\n\n{PROSE}".encode())])
    assert "“My essays”" in outcome.notice
    assert workspace.work.wait_until_idle(timeout_s=_PATIENCE_S)
    assert searched(workspace) == {"On Weirs"}


def test_a_watched_folder_is_read_and_left_again(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "weirs.txt").write_text(f"On Weirs\n\n{PROSE} Herons.", encoding="utf-8")
    assert do(workspace, kind="watch", folder=str(tmp_path)) == Outcome()
    assert workspace.work.wait_until_idle(timeout_s=_PATIENCE_S)
    assert "On Weirs" in searched(workspace)
    do(workspace, kind="unwatch", folder=str(tmp_path))
    library = kept(workspace)
    (own,) = [one for one in library.collections() if one.id == library.in_use()]
    assert own.folders == ()


@pytest.mark.parametrize(
    ("folder", "words"),
    [("essays", "whole path"), ("/no/such/folder", "There is no folder")],
    ids=["relative", "missing"],
)
def test_a_folder_that_cannot_be_watched_is_refused_in_words(
    workspace: Workspace, folder: str, words: str
) -> None:
    assert words in do(workspace, kind="watch", folder=folder).problem


@pytest.mark.parametrize(
    "act",
    [
        {"kind": "use", "id": "no-such-collection"},
        {"kind": "remove", "ids": ["1; DROP TABLE entry"]},
        {"kind": "remove", "ids": []},
        {"kind": "correct", "id": 10**9, "title": "A", "author": "B"},
        {"kind": "undo"},
        {"kind": "rename"},
        "remove",
    ],
    ids=str,
)
def test_what_cannot_be_done_changes_nothing_and_says_so(workspace: Workspace, act: object) -> None:
    before = entries(workspace)
    assert perform(workspace, act, undo=None).problem
    assert entries(workspace) == before


def test_essays_asked_once_cannot_be_changed(tmp_path: Path) -> None:
    (tmp_path / "tolls.txt").write_text(f"On Tolls\n\n{PROSE}", encoding="utf-8")
    home = {HOME_VARIABLE: str(tmp_path / "home")}
    workspace = Workspace(
        load_settings(essays=[tmp_path / "tolls.txt"], environment=home),
        model_factory=no_model,
        make_reader=open_direct_reader,
    )
    assert "not kept" in perform(workspace, {"kind": "stop"}, undo=None).problem
    assert "not kept" in add_files(workspace, [("a.txt", b"A")]).problem
    workspace.close()
