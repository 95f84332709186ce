"""Watched folders: what was added, changed, moved or has vanished is followed, and nothing else."""

import os
import sqlite3
import threading
from pathlib import Path

import pytest

from index.library.store import Entry, EntryState, Library
from index.library.watching import sync_folders
from index.reading.steps import FileProgress, Step
from tests.index.library.essays import ROPES, SALT, DirectReader, add, given

BOTH = f"{SALT}\n\n{ROPES}"
LONG_AGO_S = 1_000_000_000


class Watched:
    """A collection that watches a folder."""

    def __init__(self, place: Path) -> None:
        self.library = Library(place / "library")
        self.folder = place / "essays"
        self.folder.mkdir()
        self.id = self.library.create_collection("Ropes").id
        self.library.watch(self.id, self.folder)
        self._time_s = LONG_AGO_S

    def write(self, name: str, text: str) -> Path:
        """Write a file, later than all before it."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        self._time_s += 10
        os.utime(path, (self._time_s, self._time_s))
        return path

    def sync(self, reader: DirectReader | None = None) -> dict[str, tuple[Step, str]]:
        """Look at the folder; return what became of each file."""
        last = sync_folders(
            self.library,
            self.id,
            reader=reader or DirectReader(),
            on_progress=lambda progress: None,
            cancelled=threading.Event(),
        )
        return {one.name: (one.step, one.reason) for one in last}

    def entries(self) -> dict[str, Entry]:
        """Return the entries by name."""
        return {each.name: each for each in self.library.entries(self.id)}

    def searched(self) -> list[str]:
        """Return the names of the essays in use."""
        return [each.name for each in self.library.open_index(self.id).documents]


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


DONE, UNCHANGED = (Step.DONE, ""), (Step.UNCHANGED, "")


def test_files_are_read_once_with_subfolders_and_no_hidden_or_foreign_ones(
    watched: Watched,
) -> None:
    watched.write("a.txt", ROPES)
    watched.write("drafts/b.md", SALT)
    for name in (".hidden.txt", ".trash/c.txt", "picture.png"):
        watched.write(name, BOTH)
    assert watched.sync() == {"a.txt": DONE, "drafts/b.md": DONE}
    reader = DirectReader()
    assert watched.sync(reader) == {"a.txt": UNCHANGED, "drafts/b.md": UNCHANGED}
    assert reader.names == []
    assert watched.entries()["drafts/b.md"].folder == str(watched.folder)


def test_where_nothing_changed_no_file_is_opened(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = watched.write("a.txt", ROPES)
    watched.sync()

    def refuse(*_: object, **__: object) -> bytes:
        raise AssertionError("a file was opened")

    monkeypatch.setattr("index.library.watching.load_file", refuse)
    assert watched.sync() == {"a.txt": UNCHANGED}
    os.utime(path, (1, 1))
    with pytest.raises(AssertionError, match="was opened"):
        watched.sync()


def test_a_file_with_another_time_and_the_same_bytes_is_not_read(watched: Watched) -> None:
    watched.write("a.txt", ROPES)
    watched.sync()
    watched.write("a.txt", ROPES)
    reader = DirectReader()
    assert watched.sync(reader) == {"a.txt": UNCHANGED}
    assert reader.names == []


def test_a_file_changed_just_now_is_looked_at_again(watched: Watched) -> None:
    """It may change within one tick of the disk's clock, and keep its size."""
    path = watched.write("a.txt", ROPES)
    os.utime(path)
    watched.sync()
    status = path.stat()
    path.write_text(ROPES.replace("sailor", "trader"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_size == status.st_size
    assert watched.sync() == {"a.txt": DONE}


def test_a_changed_file_keeps_its_entry_and_corrections_and_alone_is_read(
    watched: Watched,
) -> None:
    watched.write("a.txt", f"On Ropes\n\nBy Jane Lind\n\n{ROPES}")
    watched.write("b.txt", SALT)
    watched.sync()
    before = watched.entries()["a.txt"]
    watched.library.correct(before.id, title=None, author="Ada Vey")
    watched.write("a.txt", f"Of Knots\n\nBy Jane Lind\n\n{BOTH}")
    reader = DirectReader()
    assert watched.sync(reader) == {"a.txt": DONE, "b.txt": UNCHANGED}
    assert reader.names == ["a.txt"]
    after = watched.entries()["a.txt"]
    assert (after.id, after.title, after.author) == (before.id, "Of Knots", "Ada Vey")
    assert after.text_id != before.text_id
    opened = watched.library.open_index(watched.id)
    assert opened.rebuilt == ()
    assert opened.documents[0].text == BOTH
    assert watched.library.find_document(before.text_id).text == ROPES
    assert watched.library.check() == ()


def test_a_vanished_file_is_not_searched_until_it_is_back(watched: Watched) -> None:
    path = watched.write("a.txt", ROPES)
    watched.write("b.txt", SALT)
    watched.sync()
    before = watched.entries()["a.txt"]
    path.unlink()
    assert watched.sync() == {"b.txt": UNCHANGED}
    gone = watched.entries()["a.txt"]
    assert (gone.state, gone.reason) == (
        EntryState.VANISHED,
        "the file is no longer in its folder",
    )
    assert watched.searched() == ["b.txt"]
    assert watched.library.find_document(before.text_id).text == ROPES
    watched.write("a.txt", ROPES)
    reader = DirectReader()
    assert watched.sync(reader) == {"a.txt": UNCHANGED, "b.txt": UNCHANGED}
    assert reader.names == []
    back = watched.entries()["a.txt"]
    assert (back.id, back.state, back.reason) == (before.id, EntryState.READY, "")


def test_a_moved_file_is_known_again(watched: Watched) -> None:
    path = watched.write("a.txt", ROPES)
    watched.sync()
    before = watched.entries()["a.txt"]
    watched.library.correct(before.id, title="On Knots", author=None)
    (watched.folder / "old").mkdir()
    path.rename(watched.folder / "old" / "b.txt")
    reader = DirectReader()
    assert watched.sync(reader) == {"old/b.txt": DONE}
    assert reader.names == []
    (after,) = watched.entries().values()
    assert (after.id, after.name, after.title) == (before.id, "old/b.txt", "On Knots")
    assert after.state is EntryState.READY
    assert watched.library.open_index(watched.id).rebuilt == ()


def test_a_change_that_cannot_be_read_leaves_the_last_text_in_use(watched: Watched) -> None:
    watched.write("a.txt", ROPES)
    watched.sync()
    watched.write("a.txt", "")
    (step, reason) = watched.sync()["a.txt"]
    assert step is Step.FAILED
    entry = watched.entries()["a.txt"]
    assert entry.state is EntryState.READY
    assert entry.reason == f"the file has changed, and {reason}; its earlier text is searched"
    assert watched.library.document(entry.id).text == ROPES
    assert watched.sync() == {"a.txt": UNCHANGED}
    watched.write("a.txt", SALT)
    assert watched.sync() == {"a.txt": DONE}
    assert watched.entries()["a.txt"].reason == ""


def test_a_file_that_failed_is_read_again_when_it_changes_and_forgotten_when_it_is_gone(
    watched: Watched,
) -> None:
    watched.write("a.txt", "")
    path = watched.write("b.txt", "")
    assert {step for step, _ in watched.sync().values()} == {Step.FAILED}
    assert watched.sync() == {"a.txt": UNCHANGED, "b.txt": UNCHANGED}
    watched.write("a.txt", ROPES)
    path.unlink()
    assert watched.sync() == {"a.txt": DONE}
    assert list(watched.entries()) == ["a.txt"]


def test_a_duplicate_takes_the_place_of_its_twin_when_that_goes(watched: Watched) -> None:
    path = watched.write("a.txt", ROPES)
    watched.write("b.txt", f"{ROPES}\n\n")
    twin = (Step.FAILED, "it has the same text as 'a.txt'")
    assert watched.sync() == {"a.txt": DONE, "b.txt": twin}
    assert watched.sync() == {"a.txt": UNCHANGED, "b.txt": UNCHANGED}
    path.unlink()
    assert watched.sync() == {"b.txt": DONE}
    assert watched.searched() == ["b.txt"]
    watched.write("a.txt", ROPES)
    watched.sync()
    states = {name: each.state for name, each in watched.entries().items()}
    assert states == {"a.txt": EntryState.FAILED, "b.txt": EntryState.READY}
    assert watched.library.check() == ()


def test_a_removed_file_is_not_added_again_until_it_is_restored(watched: Watched) -> None:
    watched.write("a.txt", ROPES)
    watched.sync()
    entry = watched.entries()["a.txt"]
    watched.library.remove([entry.id])
    assert watched.sync() == {}
    watched.library.restore([entry.id])
    assert watched.sync() == {"a.txt": UNCHANGED}
    assert watched.entries() == {"a.txt": entry}


def test_a_folder_that_is_no_longer_watched_leaves_and_can_come_back(watched: Watched) -> None:
    watched.write("a.txt", ROPES)
    watched.sync()
    entry = watched.entries()["a.txt"]
    watched.library.unwatch(watched.id, watched.folder)
    assert (watched.entries(), watched.sync()) == ({}, {})
    add(watched.library, watched.id, given("a.txt", SALT))
    watched.library.watch(watched.id, watched.folder)
    names = {name: each.id for name, each in watched.entries().items()}
    assert names["essays/a.txt"] == entry.id
    reader = DirectReader()
    assert watched.sync(reader) == {"a.txt": UNCHANGED}
    assert reader.names == []


def test_files_of_one_name_in_two_folders_are_told_apart(tmp_path: Path, watched: Watched) -> None:
    other = tmp_path / "letters"
    other.mkdir()
    (other / "a.txt").write_text(SALT)
    watched.write("a.txt", ROPES)
    watched.library.watch(watched.id, other)
    assert watched.sync() == {"essays/a.txt": DONE, "letters/a.txt": DONE}
    assert sorted(watched.entries()) == ["a.txt", "letters/a.txt"]


def test_links_that_lead_out_are_not_followed_but_told(tmp_path: Path, watched: Watched) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text(ROPES)
    inside = watched.write("a.txt", SALT)
    (watched.folder / "b.txt").symlink_to(outside / "secret.txt")
    (watched.folder / "c").symlink_to(outside)
    (watched.folder / "d.txt").symlink_to(inside)
    (watched.folder / "e.txt").symlink_to(tmp_path / "nothing")
    reader = DirectReader()
    found = watched.sync(reader)
    assert reader.names == ["a.txt"]
    assert sorted(found) == ["a.txt", "b.txt", "c/"]
    assert "link that leads out" in found["b.txt"][1]
    assert "link to a folder elsewhere" in found["c/"][1]
    assert watched.sync() == {"a.txt": UNCHANGED, "b.txt": UNCHANGED, "c/": UNCHANGED}


def test_a_subfolder_that_cannot_be_read_is_told_and_its_essays_stay(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched.write("a.txt", ROPES)
    watched.write("drafts/b.txt", SALT)
    watched.sync()
    scan = os.scandir

    def refuse(path: Path) -> object:
        if Path(path).name == "drafts":
            raise PermissionError(13, "Permission denied")
        return scan(path)

    with monkeypatch.context() as patch:  # whoever tests may be root, whom no folder refuses
        patch.setattr("os.scandir", refuse)
        step, reason = watched.sync()["drafts/"]
    assert (step, "Permission denied" in reason) == (Step.FAILED, True)
    assert watched.searched() == ["a.txt", "drafts/b.txt"]
    assert watched.sync() == {"a.txt": UNCHANGED, "drafts/b.txt": UNCHANGED}
    assert sorted(watched.entries()) == ["a.txt", "drafts/b.txt"]


def test_a_folder_that_is_gone_is_told_and_its_essays_come_back_with_it(watched: Watched) -> None:
    watched.write("a.txt", ROPES)
    watched.sync()
    away = watched.folder.rename(watched.folder.with_name("away"))
    step, reason = watched.sync()["essays/"]
    assert step is Step.FAILED
    assert "see to it that" in reason
    assert watched.searched() == []
    away.rename(watched.folder)
    assert watched.sync() == {"a.txt": UNCHANGED}
    assert {name: each.state for name, each in watched.entries().items()} == {
        "a.txt": EntryState.READY
    }


def test_a_damaged_text_of_a_watched_file_is_read_again(watched: Watched) -> None:
    watched.write("a.txt", ROPES)
    watched.sync()
    with sqlite3.connect(watched.library.file.path) as db:
        db.execute("UPDATE text SET body = ''")
    db.close()
    assert len(watched.library.open_index(watched.id).rebuilt) == 1
    assert watched.sync() == {"a.txt": DONE}
    assert watched.searched() == ["a.txt"]
    assert watched.library.check() == ()


def test_a_look_that_is_stopped_is_completed_by_the_next(watched: Watched) -> None:
    watched.write("a.txt", ROPES)
    watched.write("b.txt", SALT)
    cancelled = threading.Event()

    def stop(progress: FileProgress) -> None:
        if progress.step is Step.DONE:
            cancelled.set()

    last = sync_folders(
        watched.library, watched.id, reader=DirectReader(), on_progress=stop, cancelled=cancelled
    )
    assert [one.step for one in last] == [Step.DONE, Step.WAITING]
    assert watched.sync() == {"a.txt": UNCHANGED, "b.txt": DONE}
