"""Flipped bytes: each is noticed, and what is derived is made anew."""

import os
import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from index.analysis import tokenize
from index.errors import LibraryError
from index.library.segment_files import SegmentFiles
from index.library.store import Entry, EntryState, Library
from index.segments import make_segment
from tests.index.essays import make_document
from tests.index.library.essays import ROPES, SALT, add, given


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def library(folder: Path) -> Library:
    library = Library(folder)
    collection = library.create_collection("Ropes").id
    add(library, collection, given("a.txt", f"On Ropes\n\nBy Jane Lind\n\n{ROPES}"))
    return library


def segment_of(folder: Path) -> Path:
    (path,) = (folder / "index").iterdir()
    return path


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1 << at % 8
    path.write_bytes(content)


def test_any_flipped_byte_of_an_index_is_noticed_and_the_index_made_anew(
    library: Library, folder: Path
) -> None:
    collection = library.collections()[0].id
    path = segment_of(folder)
    whole = path.read_bytes()
    hits = library.open_index(collection).index
    assert hits is not None
    for at in [*range(0, 44, 3), *random.Random(7).sample(range(44, len(whole)), 40)]:
        flip(path, at)
        (finding,) = library.check()
        assert finding.is_derived
        assert (finding.name, finding.entry_id) == ("a.txt", 1)
        opened = library.open_index(collection)
        assert opened.rebuilt == (
            "The index of 'a.txt' was damaged and was made anew from the kept text.",
        )
        assert opened.index is not None
        assert opened.index.search(tokenize("rope"), top_k=3) == hits.search(
            tokenize("rope"), top_k=3
        )
        assert path.read_bytes() == whole
        assert library.open_index(collection).rebuilt == ()


def test_an_index_cut_short_or_missing_is_made_anew(library: Library, folder: Path) -> None:
    collection = library.collections()[0].id
    path = segment_of(folder)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    assert "damaged" in library.open_index(collection).rebuilt[0]
    assert path.read_bytes() == whole
    shutil.rmtree(path.parent)
    (finding,) = library.check()
    assert "its index is missing" in finding.problem
    assert library.open_index(collection).rebuilt == (
        "The index of 'a.txt' was missing and was made anew from the kept text.",
    )
    assert path.read_bytes() == whole


def test_the_index_of_another_version_is_made_anew(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = library.collections()[0].id
    monkeypatch.setattr("index.segments._analysis", lambda: "analysis 0")
    assert library.open_index(collection).rebuilt == (
        "The index of 'a.txt' was of another version and was made anew from the kept text.",
    )
    assert library.open_index(collection).rebuilt == ()
    assert len(list((folder / "index").iterdir())) == 2


def test_all_of_an_index_can_be_made_anew(library: Library, folder: Path) -> None:
    collection = library.collections()[0].id
    add(library, collection, given("b.txt", SALT))
    whole = {path: path.read_bytes() for path in (folder / "index").iterdir()}
    for path in whole:
        path.write_bytes(b"nothing")
    told: list[tuple[int, int]] = []
    n_made = library.rebuild(collection, on_progress=lambda done, total: told.append((done, total)))
    assert (n_made, told) == (2, [(1, 2), (2, 2)])
    assert {path: path.read_bytes() for path in whole} == whole


def test_an_index_that_cannot_be_kept_is_used_all_the_same(library: Library, folder: Path) -> None:
    collection = library.collections()[0].id
    shutil.rmtree(folder / "index")
    (folder / "index").write_text("in the way")
    opened = library.open_index(collection)
    assert opened.index is not None
    assert "will be made again" in opened.rebuilt[-1]
    with pytest.raises(LibraryError, match="cannot be written"):
        library.rebuild(collection)


def test_a_damaged_text_is_left_out_and_said_and_can_be_added_again(
    library: Library, folder: Path
) -> None:
    collection = library.collections()[0].id
    source = given("b.txt", SALT)
    add(library, collection, source)
    with sqlite3.connect(folder / "library.sqlite3") as db:
        db.execute("UPDATE text SET body = replace(body, 'hills', 'hilts')")
    db.close()
    (finding,) = library.check()
    assert (finding.name, finding.is_derived) == ("b.txt", False)
    assert "its kept text is damaged" in finding.problem
    opened = library.open_index(collection)
    assert [document.name for document in opened.documents] == ["a.txt"]
    assert "'b.txt' is damaged and was left out" in opened.rebuilt[0]
    assert library.open_index(collection).rebuilt == ()
    states = {each.name: (each.state, each.reason) for each in library.entries(collection)}
    assert states["b.txt"] == (
        EntryState.FAILED,
        "its kept text is damaged; add the file again",
    )
    (again,) = add(library, collection, source)
    assert again.step == "done"
    assert len(library.open_index(collection).documents) == 2


Seen = tuple[tuple[Entry, ...], tuple[str, ...], tuple[object, ...]]


def everything(library: Library) -> Seen:
    collections = library.collections()
    entries = tuple(entry for each in collections for entry in library.entries(each.id))
    texts = tuple(library.document(entry.id).text for entry in entries)
    return entries, texts, collections


def test_any_flipped_byte_of_the_file_is_noticed_or_changes_nothing(
    library: Library, folder: Path, tmp_path: Path
) -> None:
    """What no row uses, such as a free page, may change unnoticed."""
    collection = library.collections()[0].id
    library.correct(1, title="On Knots", author=None)
    library.use(collection)
    as_it_was = everything(library)
    content = (folder / "library.sqlite3").read_bytes()
    chance = random.Random(11)
    written = [at for at, byte in enumerate(content) if byte]
    n_noticed = 0
    for number, at in enumerate(chance.sample(written, 150)):
        copy = tmp_path / str(number)
        shutil.copytree(folder, copy)
        flip(copy / "library.sqlite3", at)
        try:
            again = Library(copy)
            is_noticed = bool(again.notice) or bool(again.check())
            is_same = everything(again) == as_it_was and again.in_use() == collection
        except LibraryError:
            is_noticed, is_same = True, False
        assert is_noticed or is_same, at
        n_noticed += is_noticed
        shutil.rmtree(copy)
    assert n_noticed > 50


def test_a_file_of_no_entry_is_swept_up_once_it_is_old(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    folder.mkdir()
    for name in ("used.segment", "old.segment", "old.0.part", "new.segment", "notes.txt"):
        (folder / name).write_bytes(b"")
        if name != "new.segment":
            os.utime(folder / name, (0, 0))
    SegmentFiles(folder).sweep({"used"})
    assert sorted(path.name for path in folder.iterdir()) == [
        "new.segment",
        "notes.txt",
        "used.segment",
    ]


def test_a_part_of_a_file_is_not_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", refuse)
    segments = SegmentFiles(tmp_path / "index")
    with pytest.raises(LibraryError, match=r"No space left on device.*make room"):
        segments.keep(make_segment(make_document(ROPES)))
    assert list((tmp_path / "index").iterdir()) == []
