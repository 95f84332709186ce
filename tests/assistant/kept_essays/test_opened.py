"""Folders of essays asked once: read by a process of its own, and indexed by what it sends."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.kept_essays.opened import open_folders
from index.analysis import tokenize
from index.bm25 import Bm25Index
from index.corpus import load_corpus
from index.errors import EmptyIndexError, NoEssaysError, StoppedReadingError
from index.passages import split_passages
from index.reading.process import ReadingProcess
from tests.index.essays import PROSE
from tests.index.library.essays import ROPES, SALT, DirectReader
from tests.index.reading.fake_reader import make_command


@pytest.fixture(scope="module")
def reader() -> Iterator[ReadingProcess]:
    with ReadingProcess() as process:
        yield process


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "b").mkdir()
    for name, text in {
        "ropes.md": f"# On Ropes\n\nBy Ada Pell\n\n{ROPES}",
        "b/salt.txt": f"On Salt\n\n{SALT}",
        # The same text under another title: its segment must not take the place of the first.
        "twin.txt": f"On Hemp\n\n{ROPES}",
        "empty.txt": " ",
        "picture.txt": "\x89PNG\r\n\x1a\n",
    }.items():
        (tmp_path / name).write_text(text, encoding="latin-1")
    return tmp_path


def test_a_folder_is_read_in_another_process_as_it_would_be_in_this_one(
    folder: Path, reader: ReadingProcess
) -> None:
    there: list[tuple[int, int]] = []
    here: list[tuple[int, int]] = []
    opened = open_folders(
        [folder], reader=reader, on_progress=lambda done, total: there.append((done, total))
    )
    corpus = load_corpus([folder], on_progress=lambda done, total: here.append((done, total)))
    assert [one.name for one in corpus.documents] == ["b/salt.txt", "ropes.md"]
    assert [one.name for one in corpus.rejected] == ["empty.txt", "picture.txt", "twin.txt"]
    assert opened.corpus == corpus
    assert there == here
    assert opened.index is not None
    index = Bm25Index([passage for one in corpus.documents for passage in split_passages(one)])
    for words in ("ropes Pell", "market of the town", "On Hemp"):
        tokens = tokenize(words)
        assert opened.index.search(tokens, top_k=9) == index.search(tokens, top_k=9)


def test_a_file_that_ends_the_reading_process_costs_no_other_essay(tmp_path: Path) -> None:
    paths = [tmp_path / "crash", tmp_path / "next.txt"]
    for path in paths:
        path.write_text(PROSE, encoding="utf-8")
    with ReadingProcess(command=make_command(tmp_path)) as reader:
        corpus = open_folders(paths, reader=reader).corpus
    assert [one.name for one in corpus.documents] == ["next.txt"]
    assert [one.name for one in corpus.rejected] == ["crash"]
    assert "it ended the process that read it, with status 3" in corpus.rejected[0].reason


def test_opening_a_folder_can_be_stopped(folder: Path, reader: ReadingProcess) -> None:
    cancelled = threading.Event()
    done: list[int] = []

    def stop_after_one(n_done: int, _total: int) -> None:
        done.append(n_done)
        cancelled.set()

    with pytest.raises(StoppedReadingError):
        open_folders([folder], reader=reader, on_progress=stop_after_one, cancelled=cancelled)
    assert done == [1]


def test_a_folder_without_a_usable_essay_is_an_error_with_each_reason(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("", encoding="utf-8")
    with pytest.raises(NoEssaysError, match=r"a\.txt: it is empty"):
        open_folders([tmp_path], reader=DirectReader())


def test_a_folder_without_a_word_to_search_by_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "+.txt").write_text("+ + +", encoding="utf-8")
    with pytest.raises(EmptyIndexError):
        open_folders([tmp_path], reader=DirectReader())
