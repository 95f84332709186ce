"""Files that are added: their steps, duplicates, failures, and stopping."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from index.errors import LibraryError, StoppedReadingError
from index.library.adding import Source, add_sources
from index.library.store import EntryState, Library
from index.reading.process import ReadEssay, ReadingProcess
from index.reading.steps import FileProgress, Step
from tests.index.library.essays import ROPES, SALT, DirectReader, add, given


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


@pytest.fixture
def collection(library: Library) -> str:
    return library.create_collection("Ropes").id


def states_of(library: Library, collection: str) -> dict[str, tuple[EntryState, str]]:
    return {each.name: (each.state, each.reason) for each in library.entries(collection)}


def test_every_step_is_told_and_all_that_wait_come_first(library: Library, collection: str) -> None:
    seen: list[FileProgress] = []
    last = add(library, collection, given("a.txt", ROPES), given("b.txt", SALT), seen=seen)
    assert [(one.name, one.step, one.done) for one in seen] == [
        ("a.txt", Step.WAITING, 0),
        ("b.txt", Step.WAITING, 0),
        ("a.txt", Step.READ, 0),
        ("a.txt", Step.CLEAN, 0),
        ("a.txt", Step.SPLIT, 0),
        ("a.txt", Step.INDEX, 0),
        ("a.txt", Step.DONE, 1),
        ("b.txt", Step.READ, 1),
        ("b.txt", Step.CLEAN, 1),
        ("b.txt", Step.SPLIT, 1),
        ("b.txt", Step.INDEX, 1),
        ("b.txt", Step.DONE, 2),
    ]
    assert {one.total for one in seen} == {2}
    assert last == (seen[6], seen[11])


def test_the_reading_process_reads_for_the_library(library: Library, collection: str) -> None:
    with ReadingProcess() as reader:
        (last,) = add_sources(
            library,
            collection,
            [given("a.txt", f"On Ropes\n\n{ROPES}")],
            reader=reader,
            on_progress=lambda progress: None,
            cancelled=threading.Event(),
        )
    assert last.step is Step.DONE
    opened = library.open_index(collection)
    assert (opened.documents[0].title, opened.rebuilt) == ("On Ropes", ())


def test_what_is_told_to_be_done_is_kept(library: Library, collection: str) -> None:
    counts = []

    def look(progress: FileProgress) -> None:
        if progress.step is Step.DONE:
            counts.append(library.collections()[0].n_essays)

    add_sources(
        library,
        collection,
        [given("a.txt", ROPES), given("b.txt", SALT)],
        reader=DirectReader(),
        on_progress=look,
        cancelled=threading.Event(),
    )
    assert counts == [1, 2]


def test_a_file_on_the_disk_is_read_once_and_not_watched(
    tmp_path: Path, library: Library, collection: str
) -> None:
    path = tmp_path / "essay"
    path.write_text(ROPES)
    add(library, collection, Source(name="a.txt", path=path, content=None))
    path.unlink()
    (entry,) = library.entries(collection)
    assert (entry.name, entry.folder, entry.state) == ("a.txt", "", EntryState.READY)


def test_a_file_that_fails_says_why_and_harms_no_other(
    tmp_path: Path, library: Library, collection: str
) -> None:
    missing = Source(name="b.txt", path=tmp_path / "b.txt", content=None)
    nothing = Source(name="c.txt", path=None, content=None)
    last = add(library, collection, given("a.txt", ""), missing, nothing, given("d.txt", ROPES))
    assert [one.step for one in last] == [Step.FAILED, Step.FAILED, Step.FAILED, Step.DONE]
    states = states_of(library, collection)
    assert [states[one.name][1] for one in last] == [one.reason for one in last]
    assert [name for name, (state, _) in states.items() if state is EntryState.READY] == ["d.txt"]
    assert "empty" in last[0].reason
    assert "cannot be read" in last[1].reason
    assert library.collections()[0].n_essays == 1


def test_a_file_that_failed_can_be_given_again(library: Library, collection: str) -> None:
    add(library, collection, given("a.txt", ""))
    add(library, collection, given("a.txt", ROPES))
    assert states_of(library, collection) == {"a.txt": (EntryState.READY, "")}


def test_the_same_text_under_another_name_is_refused_naming_its_twin(
    library: Library, collection: str
) -> None:
    _, twin = add(library, collection, given("a.txt", ROPES), given("b.txt", f"{ROPES}\n\n"))
    assert (twin.step, twin.reason) == (Step.FAILED, "it has the same text as 'a.txt'")
    assert library.collections()[0].n_essays == 1
    other = library.create_collection("Other").id
    (elsewhere,) = add(library, other, given("b.txt", ROPES))
    assert elsewhere.step is Step.DONE


def test_the_same_file_again_is_not_read(library: Library, collection: str) -> None:
    add(library, collection, given("a.txt", ROPES))
    reader = DirectReader()
    (last,) = add(library, collection, given("a.txt", ROPES), reader=reader)
    assert (last.step, reader.names) == (Step.UNCHANGED, [])


def test_another_essay_of_the_same_name_is_kept_beside_the_first(
    library: Library, collection: str
) -> None:
    add(library, collection, given("a.txt", ROPES), given("notes/a", ROPES + SALT))
    last = add(library, collection, given("a.txt", SALT), given("a.txt", SALT))
    assert [(one.name, one.step) for one in last] == [
        ("a.txt", Step.DONE),
        ("a.txt", Step.UNCHANGED),
    ]
    names = {each.name: each.text_id for each in library.entries(collection)}
    assert sorted(names) == ["a (2).txt", "a.txt", "notes/a"]
    assert library.find_document(names["a (2).txt"]).text == SALT


def test_a_name_that_is_no_text_is_shown_with_its_bytes(library: Library, collection: str) -> None:
    (last,) = add(library, collection, given("caf\udce9.txt", ROPES))
    (entry,) = library.entries(collection)
    assert last.step is Step.DONE
    assert entry.name == "caf\\udce9.txt"


class Stopper(DirectReader):
    """Is stopped while it reads one file; as the reading process, it then gives that up."""

    def __init__(self, at: str, cancelled: threading.Event) -> None:
        super().__init__()
        self._at = at
        self._cancelled = cancelled

    def read(
        self,
        name: str,
        content: bytes,
        *,
        on_step: Callable[[Step], None],
        cancelled: threading.Event,
    ) -> ReadEssay:
        """Read a file, unless it is the one."""
        if name == self._at:
            on_step(Step.READ)
            self._cancelled.set()
            raise StoppedReadingError("Reading was stopped.")
        return super().read(name, content, on_step=on_step, cancelled=cancelled)


def test_stopping_leaves_what_was_done_and_goes_on_where_it_stopped(
    library: Library, collection: str
) -> None:
    sources = [given("a.txt", ROPES), given("b.txt", SALT), given("c.txt", ROPES + SALT)]
    cancelled = threading.Event()
    last = add_sources(
        library,
        collection,
        sources,
        reader=Stopper("b.txt", cancelled),
        on_progress=lambda progress: None,
        cancelled=cancelled,
    )
    assert [one.step for one in last] == [Step.DONE, Step.WAITING, Step.WAITING]
    assert states_of(library, collection) == {"a.txt": (EntryState.READY, "")}
    again = add(library, collection, *sources)
    assert [one.step for one in again] == [Step.UNCHANGED, Step.DONE, Step.DONE]


def test_nothing_is_added_to_a_collection_that_is_not_there(library: Library) -> None:
    with pytest.raises(LibraryError, match="no collection 'nothing'"):
        add(library, "nothing", given("a.txt", ROPES))
