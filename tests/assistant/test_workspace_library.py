"""An open assistant over the library: a real store and a real reading process."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.answers import Answer, Answered, Reason
from assistant.errors import AssistantError
from assistant.jobs import JobState
from assistant.kept_essays.opened import CHANGED_REMARK, GONE_REMARK, OTHER_REMARK, REMOVED_REMARK
from assistant.kept_essays.tasks import WorkView
from assistant.settings import DEFAULT_ESSAYS, HOME_VARIABLE, Settings, load_settings
from assistant.workspace import Workspace
from index.analysis import tokenize
from index.bm25 import Bm25Index
from index.corpus import load_corpus
from index.errors import LibraryError
from index.library.adding import Source
from index.library.store import Library
from index.passages import split_passages
from index.reading.process import ReadingProcess
from tests.assistant.test_workspace import (
    CopyingModel,
    Factory,
    wait_for_claim,
    wait_until_over,
)

_PATIENCE_S = 60.0
_QUESTION = "Why was the bridge over the Tay closed?"
BRIDGES = b"""# Bridges

The bridge over the Tay was closed in winter because the river froze. Nobody crossed it for a month.
The ferrymen of Dundee were glad of it, and the ferry ran every hour.
"""
MILLS = b"""# Mills

The mill at Harrow was closed by Jonas Pell because its wheel had broken. Nobody mended it.
The weavers of Harrow went away, and the house of the mill stood empty.
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(environment={HOME_VARIABLE: str(tmp_path / "home")})


OpenWorkspace = Callable[..., Workspace]


@pytest.fixture(scope="module")
def reader() -> Iterator[ReadingProcess]:
    with ReadingProcess() as process:
        yield process


@pytest.fixture
def open_workspace(settings: Settings, reader: ReadingProcess) -> Iterator[OpenWorkspace]:
    opened: list[Workspace] = []

    def open_one(factory: Factory | None = None) -> Workspace:
        opened.append(
            Workspace(
                settings,
                model_factory=factory or Factory(CopyingModel()),
                make_reader=lambda: contextlib.nullcontext(reader),
            )
        )
        return opened[-1]

    yield open_one
    for workspace in opened:
        workspace.close()


@pytest.fixture
def empty(settings: Settings) -> Library:
    """Return the library with an empty collection in use, which no start has to fill."""
    library = Library(settings.library_dir)
    library.use(library.create_collection("Mine").id)
    return library


def add(workspace: Workspace, *files: tuple[str, bytes]) -> WorkView:
    """Add files to the collection in use and wait until that is over."""
    assert workspace.library is not None
    sources = [Source(name=name, path=None, content=content) for name, content in files]
    job_id = workspace.work.start_add(workspace.library.in_use(), sources)
    view = workspace.work.view()
    while view.job_id != job_id or view.is_running:
        changed = workspace.work.wait_for_change(seen=view.version, timeout_s=_PATIENCE_S)
        assert changed.version != view.version
        view = changed
    return view


def ask(workspace: Workspace, question: str = _QUESTION) -> Answer:
    workspace.start_model()
    view = wait_until_over(workspace, workspace.ask(workspace.chats.create().id, question))
    assert (view.state, view.error) == (JobState.FINISHED, "")
    last = view.events[-1]
    assert isinstance(last, Answered)
    return last.answer


def test_the_first_start_opens_the_essays_that_come_with_the_assistant_as_they_ever_were(
    open_workspace: OpenWorkspace,
) -> None:
    workspace = open_workspace()
    documents = load_corpus([DEFAULT_ESSAYS]).documents
    assert workspace.corpus.documents == documents
    assert workspace.collection is not None
    assert workspace.collection.is_builtin
    direct = Bm25Index([passage for one in documents for passage in split_passages(one)])
    assert workspace.index is not None
    assert workspace.index.passages == direct.passages
    terms = tokenize("Who held the office of general secretary?")
    assert workspace.index.search(terms, top_k=8) == direct.search(terms, top_k=8)
    assert workspace.examples


def test_the_next_start_opens_the_same_essays_before_any_file_is_looked_at(
    open_workspace: OpenWorkspace, empty: Library
) -> None:
    first = open_workspace()
    add(first, ("bridges.md", BRIDGES))
    documents = first.corpus.documents
    first.close()
    again = open_workspace()
    assert again.corpus.documents == documents
    assert again.notices == ()


def test_without_essays_asking_says_so_and_needs_no_model(
    open_workspace: OpenWorkspace, empty: Library
) -> None:
    workspace = open_workspace(Factory())
    assert (workspace.index, workspace.examples, workspace.problem) == (None, (), "")
    view = wait_until_over(workspace, workspace.ask(workspace.chats.create().id, _QUESTION))
    last = view.events[-1]
    assert isinstance(last, Answered)
    assert last.answer.reason is Reason.NO_PASSAGES
    assert "There are no essays in the collection “Mine” yet" in last.answer.notice


def test_an_essay_is_answered_from_as_soon_as_it_is_added(
    open_workspace: OpenWorkspace, empty: Library
) -> None:
    workspace = open_workspace()
    add(workspace, ("bridges.md", BRIDGES))
    answer = ask(workspace)
    assert answer.claims
    citation = answer.claims[0].citations[0]
    found = workspace.find_essay(citation.essay_id)
    assert found.document.text[citation.start : citation.end] == citation.quote
    assert found.remark == ""


def test_files_that_failed_are_named_with_the_essays(
    open_workspace: OpenWorkspace, empty: Library
) -> None:
    workspace = open_workspace()
    add(workspace, ("bridges.md", BRIDGES), ("blank.txt", b""))
    (rejected,) = workspace.corpus.rejected
    assert rejected.name == "blank.txt"
    assert rejected.reason


def test_an_answer_under_way_is_finished_from_the_essays_it_began_with(
    open_workspace: OpenWorkspace, empty: Library
) -> None:
    gate = threading.Event()
    workspace = open_workspace(Factory(CopyingModel(gate=gate)))
    add(workspace, ("bridges.md", BRIDGES))
    workspace.start_model()
    job_id = workspace.ask(workspace.chats.create().id, _QUESTION)
    wait_for_claim(workspace, job_id)
    other = empty.create_collection("Other")
    workspace.use_collection(other.id)
    assert workspace.collection is not None
    assert workspace.collection.id == other.id
    assert workspace.corpus.documents == ()
    gate.set()
    view = wait_until_over(workspace, job_id)
    last = view.events[-1]
    assert isinstance(last, Answered)
    assert last.answer.claims


def test_a_cited_essay_keeps_its_words_whatever_becomes_of_it(
    open_workspace: OpenWorkspace, empty: Library, tmp_path: Path
) -> None:
    folder = tmp_path / "watched"
    folder.mkdir()
    (folder / "bridges.md").write_bytes(BRIDGES)
    (folder / "mills.md").write_bytes(MILLS)
    mine = empty.in_use()
    empty.watch(mine, folder)
    workspace = open_workspace()
    assert workspace.work.wait_until_idle(timeout_s=_PATIENCE_S)
    ids = {one.name: one.id for one in workspace.corpus.documents}
    texts = {one.name: one.text for one in workspace.corpus.documents}

    def look() -> dict[str, str]:
        workspace.work.sync()
        assert workspace.work.wait_until_idle(timeout_s=_PATIENCE_S)
        found = {name: workspace.find_essay(id_) for name, id_ in ids.items()}
        assert {name: one.document.text for name, one in found.items()} == texts
        return {name: one.remark for name, one in found.items()}

    assert look() == {"bridges.md": "", "mills.md": ""}
    (folder / "bridges.md").write_bytes(BRIDGES + b"\nIn spring the bridge was opened again.\n")
    (folder / "mills.md").unlink()
    assert look() == {"bridges.md": CHANGED_REMARK, "mills.md": GONE_REMARK}
    assert ask(workspace, "When was the bridge opened again?").passages

    (entry,) = [one for one in empty.entries(mine) if one.name == "bridges.md"]
    empty.remove([entry.id])
    workspace.follow_changes()
    assert workspace.index is None
    ids["bridges.md"], texts["bridges.md"] = entry.text_id, empty.find_document(entry.text_id).text
    assert look()["bridges.md"] == REMOVED_REMARK
    empty.restore([entry.id])
    assert look()["bridges.md"] == ""
    workspace.use_collection(empty.create_collection("Other").id)
    assert look()["bridges.md"] == f"{OTHER_REMARK} “Mine”."


def test_an_essay_that_was_never_kept_is_an_error_in_words(
    open_workspace: OpenWorkspace, empty: Library
) -> None:
    with pytest.raises(AssistantError, match=r"'gone'.*not among those in use"):
        open_workspace().find_essay("gone")


def test_a_correction_is_searched_and_a_removal_undone_at_once(
    open_workspace: OpenWorkspace, empty: Library
) -> None:
    workspace = open_workspace()
    add(workspace, ("bridges.md", BRIDGES), ("mills.md", MILLS))
    by_name = {one.name: one.id for one in empty.entries(empty.in_use())}
    empty.correct(by_name["mills.md"], title=None, author="Agnes Lind")
    workspace.follow_changes()
    assert workspace.index is not None
    (hit, *_) = workspace.index.search(tokenize("Agnes Lind"), top_k=3)
    assert hit.passage.document.name == "mills.md"
    empty.remove([by_name["mills.md"]])
    workspace.follow_changes()
    assert [one.name for one in workspace.corpus.documents] == ["bridges.md"]
    empty.restore([by_name["mills.md"]])
    workspace.follow_changes()
    assert [one.author for one in workspace.corpus.documents] == ["", "Agnes Lind"]


def test_what_another_process_adds_is_answered_from(
    open_workspace: OpenWorkspace, empty: Library, settings: Settings
) -> None:
    workspace, other = open_workspace(), open_workspace()
    add(other, ("bridges.md", BRIDGES))
    assert ask(workspace).claims


def test_a_collection_that_does_not_exist_is_not_taken_into_use(
    open_workspace: OpenWorkspace, empty: Library
) -> None:
    workspace = open_workspace()
    with pytest.raises(LibraryError, match="'nowhere'"):
        workspace.use_collection("nowhere")
    assert workspace.collection is not None
    assert workspace.collection.name == "Mine"


def test_a_folder_asked_once_has_no_library(tmp_path: Path) -> None:
    (tmp_path / "bridges.md").write_bytes(BRIDGES)
    home = tmp_path / "home"
    settings = load_settings(
        essays=[tmp_path / "bridges.md"], environment={HOME_VARIABLE: str(home)}
    )
    workspace = Workspace(settings, model_factory=Factory(CopyingModel()))
    try:
        assert (workspace.library, workspace.collection) == (None, None)
        assert not settings.library_dir.exists()
        assert ask(workspace).claims
        with pytest.raises(LibraryError, match="asked once and not kept"):
            workspace.use_collection("default")
        with pytest.raises(LibraryError, match="asked once and not kept"):
            workspace.work.sync()
        workspace.follow_changes()
        assert len(workspace.corpus.documents) == 1
    finally:
        workspace.close()
