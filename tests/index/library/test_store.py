"""The library: what is put in is there again, corrections and undo, and what is refused."""

import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from index.analysis import tokenize
from index.corpus import Document, Page
from index.errors import LibraryError, StoppedReadingError
from index.library.store import BUILTIN_ID, KEPT_DAYS, Entry, EntryState, Library
from index.library.texts import parse_text, render_text
from tests.index.library.essays import ROPES, SALT, add, given

ROOT = Path(__file__).parents[3]


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.time = datetime(2030, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def pass_days(self, days: int) -> None:
        self.time += timedelta(days=days)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def library(folder: Path) -> Library:
    return Library(folder)


def entry_of(library: Library, collection_id: str, name: str) -> Entry:
    return next(each for each in library.entries(collection_id) if each.name == name)


def found(library: Library, collection_id: str, query: str) -> list[str]:
    index = library.open_index(collection_id).index
    hits = index.search(tokenize(query), top_k=9) if index else ()
    return sorted({hit.passage.document.name for hit in hits})


def test_what_was_added_is_there_when_the_library_is_opened_again(folder: Path) -> None:
    library = Library(folder)
    collection = library.create_collection("Ropes")
    add(library, collection.id, given("a.txt", f"On Ropes\n\nBy Jane Lind\n\n{ROPES}"))
    again = Library(folder)
    assert again.notice == ""
    assert [(each.name, each.n_essays) for each in again.collections()] == [("Ropes", 1)]
    (entry,) = again.entries(collection.id)
    assert (entry.name, entry.title, entry.author) == ("a.txt", "On Ropes", "Jane Lind")
    assert (entry.state, entry.reason, entry.format) == (EntryState.READY, "", "txt")
    assert (entry.words, entry.folder, entry.is_corrected) == (len(ROPES.split()), "", False)
    opened = again.open_index(collection.id)
    assert opened.rebuilt == ()
    assert opened.documents == (again.document(entry.id),)
    assert opened.documents[0].text == ROPES
    assert entry.text_id == opened.documents[0].id
    assert found(again, collection.id, "guild") == ["a.txt"]
    assert again.check() == ()


def test_headings_and_pages_are_kept() -> None:
    document = Document(
        id="14c2dc6ceab18cb9",
        name="caf\udce9.pdf",
        title="On Ropes",
        author="",
        date="May",
        text="The First Gate\n\nIt was shut.",
        encoding="binary",
        is_truncated=True,
        format="pdf",
        headings=((0, 14),),
        pages=(Page(start=0, label="xiv"), Page(start=16, label="1")),
    )
    again = parse_text(render_text(document))
    assert again.headings == document.headings
    assert again.pages == document.pages
    assert (again.name, again.is_truncated, again.format) == ("caf\\udce9.pdf", True, "pdf")
    assert again.text == document.text


def test_a_correction_is_shown_and_searched_and_can_be_taken_back(
    folder: Path, library: Library
) -> None:
    collection = library.create_collection("Ropes").id
    add(library, collection, given("a.txt", f"On Ropes\n\nBy Jane Lind\n\n{ROPES}"))
    (entry,) = library.entries(collection)
    library.correct(entry.id, title="  Of\nKnots ", author="Ada Vey")
    (corrected,) = Library(folder).entries(collection)
    assert (corrected.title, corrected.author) == ("Of Knots", "Ada Vey")
    assert corrected.is_corrected
    assert corrected.text_id == entry.text_id
    assert library.document(entry.id).author == "Ada Vey"
    assert library.find_document(entry.text_id).title == "Of Knots"
    assert library.open_index(collection).rebuilt == ()
    assert found(library, collection, "Vey") == found(library, collection, "knots") == ["a.txt"]
    assert found(library, collection, "Lind") == []
    library.correct(entry.id, title="", author="")
    (blanked,) = library.entries(collection)
    assert (blanked.title, blanked.author, blanked.is_corrected) == ("On Ropes", "", True)
    library.correct(entry.id, title=None, author="Jane Lind")
    (restored,) = library.entries(collection)
    assert (restored.title, restored.author) == ("On Ropes", "Jane Lind")
    assert not restored.is_corrected


def test_what_was_removed_is_not_searched_until_it_is_restored(library: Library) -> None:
    collection = library.create_collection("Ropes").id
    add(library, collection, given("a.txt", ROPES), given("b.txt", SALT))
    removed = entry_of(library, collection, "a.txt")
    library.remove([removed.id, 999])
    assert [each.name for each in library.entries(collection)] == ["b.txt"]
    assert found(library, collection, "rope") == ["b.txt"]
    assert library.find_document(removed.text_id).text == ROPES
    library.restore([removed.id, 999])
    assert entry_of(library, collection, "a.txt") == removed
    assert found(library, collection, "rope") == ["a.txt", "b.txt"]
    assert library.open_index(collection).rebuilt == ()


def test_a_restored_essay_that_was_added_again_meanwhile_is_not_in_use_twice(
    library: Library,
) -> None:
    collection = library.create_collection("Ropes").id
    add(library, collection, given("a.txt", ROPES))
    (first,) = library.entries(collection)
    library.remove([first.id])
    add(library, collection, given("a.txt", ROPES))
    library.restore([first.id])
    states = {each.name: (each.state, each.reason) for each in library.entries(collection)}
    assert states == {
        "a.txt": (EntryState.READY, ""),
        "a (2).txt": (EntryState.FAILED, "it has the same text as 'a.txt'"),
    }
    assert library.check() == ()


def test_what_was_taken_out_is_deleted_after_its_time(folder: Path) -> None:
    clock = Clock()
    library = Library(folder, clock=clock)
    kept = library.create_collection("Kept").id
    gone = library.create_collection("Gone").id
    add(library, kept, given("a.txt", ROPES), given("b.txt", SALT))
    add(library, gone, given("c.txt", f"{SALT} {ROPES}"))
    essays = {each.name: each for each in (*library.entries(kept), *library.entries(gone))}
    library.remove([essays["a.txt"].id])
    library.remove_collection(gone)
    clock.pass_days(KEPT_DAYS)
    library = Library(folder, clock=clock)
    assert library.find_document(essays["a.txt"].text_id).text == ROPES
    clock.pass_days(1)
    library = Library(folder, clock=clock)
    for name in ("a.txt", "c.txt"):
        with pytest.raises(LibraryError, match="is not kept"):
            library.find_document(essays[name].text_id)
    with pytest.raises(LibraryError, match="no collection"):
        library.restore_collection(gone)
    library.restore([essays["a.txt"].id])
    assert [each.name for each in library.entries(kept)] == ["b.txt"]
    assert library.check() == ()


def test_collections_hold_essays_apart_and_one_is_in_use(folder: Path, library: Library) -> None:
    builtin = library.ensure_builtin("Default essays", folder)
    ropes, salt = library.create_collection("Ropes"), library.create_collection("salt")
    for collection in (ropes, salt):
        (last,) = add(library, collection.id, given("a.txt", ROPES))
        assert last.step == "done"
    assert library.in_use() == builtin.id == BUILTIN_ID
    library.use(ropes.id)
    library.rename_collection(ropes.id, " Knots ")
    again = Library(folder)
    assert again.in_use() == ropes.id
    assert [each.name for each in again.collections()] == ["Default essays", "Knots", "salt"]
    again.remove_collection(ropes.id)
    assert again.in_use() == BUILTIN_ID
    with pytest.raises(LibraryError, match="no collection"):
        again.use(ropes.id)
    again.create_collection("knots")
    again.restore_collection(ropes.id)
    assert [each.name for each in again.collections()][1:] == ["Knots (2)", "knots", "salt"]
    assert found(again, ropes.id, "guild") == ["a.txt"]


def test_the_built_in_collection_follows_the_program_to_another_folder(
    tmp_path: Path, library: Library
) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    first = library.ensure_builtin("Default essays", tmp_path / "old")
    assert (first.is_builtin, first.folders) == (True, (tmp_path / "old",))
    again = library.ensure_builtin("The essays", tmp_path / "new")
    assert (again.id, again.name, again.folders) == (first.id, "The essays", (tmp_path / "new",))


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda library, id_: library.remove_collection(id_), id="remove"),
        pytest.param(lambda library, id_: library.rename_collection(id_, "Other"), id="rename"),
        pytest.param(lambda library, id_: library.watch(id_, ROOT), id="watch"),
        pytest.param(lambda library, id_: library.unwatch(id_, ROOT), id="unwatch"),
    ],
)
def test_the_built_in_collection_stays_as_it_is(
    folder: Path, library: Library, act: Callable[[Library, str], None]
) -> None:
    library.ensure_builtin("Default essays", folder)
    with pytest.raises(LibraryError, match="comes with the program"):
        act(library, BUILTIN_ID)


@pytest.mark.parametrize("name", ["", " \n", "x" * 101, "ROPES"])
def test_a_collection_has_a_name_of_its_own(library: Library, name: str) -> None:
    library.create_collection("Ropes")
    with pytest.raises(LibraryError, match=r"give (1 to 100|another)"):
        library.create_collection(name)


def test_a_folder_is_watched_once(tmp_path: Path, library: Library) -> None:
    collection = library.create_collection("Ropes").id
    (tmp_path / "essays" / "drafts").mkdir(parents=True)
    library.watch(collection, tmp_path / "essays")
    library.watch(collection, tmp_path / "essays" / "drafts" / "..")
    assert library.collections()[0].folders == (tmp_path / "essays",)
    for overlapping in (tmp_path / "essays" / "drafts", tmp_path):
        with pytest.raises(LibraryError, match="overlaps"):
            library.watch(collection, overlapping)
    with pytest.raises(LibraryError, match="There is no folder"):
        library.watch(collection, tmp_path / "esays")
    with pytest.raises(LibraryError, match="is not watched for 'Ropes'"):
        library.unwatch(collection, tmp_path)


def test_what_is_not_there_is_said(library: Library) -> None:
    collection = library.create_collection("Ropes").id
    add(library, collection, given("a.txt", ""))
    (failed,) = library.entries(collection)
    with pytest.raises(LibraryError, match="was not read"):
        library.document(failed.id)
    with pytest.raises(LibraryError, match="no entry 77"):
        library.correct(77, title="A", author="B")
    for act in (library.entries, library.open_index, library.rebuild, library.use):
        with pytest.raises(LibraryError, match="no collection 'nothing'"):
            act("nothing")


def test_an_empty_collection_has_no_index(library: Library) -> None:
    collection = library.create_collection("Ropes").id
    add(library, collection, given("a.txt", ""))
    opened = library.open_index(collection)
    assert (opened.documents, opened.index, opened.rebuilt) == ((), None, ())


def test_opening_tells_how_far_it_is_and_can_be_stopped(library: Library) -> None:
    collection = library.create_collection("Ropes").id
    add(library, collection, given("a.txt", ROPES), given("b.txt", SALT))
    told: list[tuple[int, int]] = []
    library.open_index(collection, on_progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]
    cancelled = threading.Event()
    cancelled.set()
    with pytest.raises(StoppedReadingError, match="open them again"):
        library.open_index(collection, cancelled=cancelled)


def test_the_file_is_readable_by_its_owner_only(folder: Path, library: Library) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "library.sqlite3").stat().st_mode) == 0o600


def test_a_damaged_file_is_set_aside_and_an_empty_library_begun(folder: Path) -> None:
    library = Library(folder)
    add(library, library.create_collection("Ropes").id, given("a.txt", ROPES))
    path = folder / "library.sqlite3"
    broken = path.read_bytes()[:4096] + b"\xff" * 8192
    path.write_bytes(broken)
    fresh = Library(folder)
    assert fresh.collections() == ()
    (kept,) = folder.glob("library.sqlite3.damaged-*")
    assert kept.read_bytes() == broken
    assert "The kept essays could not be read" in fresh.notice
    assert repr(str(kept)) in fresh.notice
    assert Library(folder).notice == ""


def test_a_library_of_a_newer_version_is_refused_and_left_alone(folder: Path) -> None:
    Library(folder)
    with sqlite3.connect(folder / "library.sqlite3") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(LibraryError, match=r"version 99.*Update it"):
        Library(folder)
    assert list(folder.glob("*damaged*")) == []


def test_a_file_in_place_of_the_folder_is_refused(folder: Path) -> None:
    folder.write_text("in the way")
    with pytest.raises(LibraryError, match="cannot be opened"):
        Library(folder)


def test_a_lock_is_waited_for(library: Library, folder: Path) -> None:
    db = sqlite3.connect(folder / "library.sqlite3", isolation_level=None, check_same_thread=False)
    db.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.3, db.rollback)
    release.start()
    library.create_collection("Ropes")
    release.join()
    db.close()
    assert [each.name for each in library.collections()] == ["Ropes"]


def test_a_lock_that_is_held_for_long_is_said(folder: Path) -> None:
    library = Library(folder, busy_timeout_s=0.1)
    db = sqlite3.connect(folder / "library.sqlite3", isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    with pytest.raises(LibraryError, match=r"another process has been writing.*0\.1 seconds"):
        library.create_collection("Ropes")
    assert library.collections() == ()
    db.close()


def test_two_processes_may_add_at_once(folder: Path) -> None:
    script = """
import sys
from pathlib import Path
from index.library.store import Library
from tests.index.library.essays import ROPES, add, given
sys.stdout.write("ready\\n")
sys.stdout.flush()
sys.stdin.readline()
library = Library(Path(sys.argv[1]))
collection = library.collections()[0].id
who = sys.argv[2]
texts = [given(f"{who}-{n}.txt", f"{ROPES} The {who} said {n}.") for n in range(5)]
add(library, collection, *texts, given("both.txt", ROPES))
"""
    library = Library(folder)
    collection = library.create_collection("Ropes").id
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(folder), who],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for who in ("page", "command")
    ]
    for process in processes:  # each is ready to go on before either does
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        process.communicate(timeout=60)
    assert [process.returncode for process in processes] == [0, 0]
    ready = [each.name for each in library.entries(collection) if each.state is EntryState.READY]
    assert len(ready) == 11
    assert "both.txt" in ready
    assert library.check() == ()
    assert library.open_index(collection).rebuilt == ()
