"""Folders and files of essays."""

import os
import sys
from pathlib import Path

import pytest

from index import corpus as corpus_module
from index.corpus import MAX_HEAD_CHARS, Document, load_corpus, read_document
from index.errors import EssayError, NoEssaysError, StoppedReadingError
from index.reading.limits import ReadingLimits
from tests.index.essays import PROSE

GERMAN = (
    "Die Seiler der alten Stadt bauten den Hafen, und hundert Jahre lang bewahrte die Zunft die"
    " Schlüssel des Tores, das niemand sonst öffnen durfte."
)


def write(path: Path, text: str = f"On Ropes\n\n{PROSE}\n", encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding=encoding)
    return path


def names(paths: list[Path]) -> list[str]:
    return [document.name for document in load_corpus(paths).documents]


def rejections(paths: list[Path]) -> dict[str, str]:
    return {essay.name: essay.reason for essay in load_corpus(paths).rejected}


def test_a_folder_is_read_with_its_subfolders_by_name(tmp_path: Path) -> None:
    write(tmp_path / "b.txt", f"{PROSE} One.")
    write(tmp_path / "a" / "z.md", f"{PROSE} Two.")
    write(tmp_path / "c.TXT", f"{PROSE} Three.")
    assert names([tmp_path]) == ["a/z.md", "b.txt", "c.TXT"]


def test_hidden_files_and_other_formats_of_a_folder_are_left_alone(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    write(tmp_path / ".hidden.txt")
    write(tmp_path / ".git" / "a.txt")
    write(tmp_path / "table.csv")
    corpus = load_corpus([tmp_path])
    assert [document.name for document in corpus.documents] == ["a.txt"]
    assert corpus.rejected == ()


def test_a_file_is_known_by_its_own_name(tmp_path: Path) -> None:
    assert names([write(tmp_path / "deep" / "a.txt")]) == ["a.txt"]


def test_a_file_given_twice_is_read_once(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt")
    corpus = load_corpus([tmp_path, path])
    assert len(corpus.documents) == 1
    assert corpus.rejected == ()


def test_names_are_unique_across_the_paths_given(tmp_path: Path) -> None:
    for number, folder in enumerate(["x/essays", "y/essays", "z/essays"]):
        write(tmp_path / folder / "a.txt", f"{PROSE} {number}.")
    paths = [tmp_path / folder / "essays" for folder in "xyz"]
    assert names(paths) == ["a.txt", "essays/a (2).txt", "essays/a.txt"]


def test_a_document_says_what_its_file_says(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", f"On Ropes\n\nJane Example 12R      History      3/5/2009\n\n{PROSE}")
    (document,) = load_corpus([tmp_path]).documents
    assert document.title == "On Ropes"
    assert document.author == "Jane Example"
    assert document.date == "3/5/2009"
    assert document.text == PROSE
    assert document.encoding == "utf-8"
    assert not document.is_truncated


def test_the_title_of_an_essay_without_one_is_its_file_name(tmp_path: Path) -> None:
    write(tmp_path / "old ropes.txt", PROSE)
    assert load_corpus([tmp_path]).documents[0].title == "old ropes"


def test_front_matter_goes_before_the_head_of_the_text(tmp_path: Path) -> None:
    write(tmp_path / "a.md", f"---\ntitle: Hemp\nauthor: Sam Reed\n---\n# Hemp\n\n{PROSE}")
    (document,) = load_corpus([tmp_path]).documents
    assert (document.title, document.author, document.text) == ("Hemp", "Sam Reed", PROSE)


def test_the_id_is_that_of_the_text_alone(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", f"On Ropes\n\n{PROSE}")
    write(tmp_path / "sub" / "b.txt", f"On Hemp\n\n{PROSE}", encoding="utf-16")
    one = load_corpus([tmp_path / "a.txt"]).documents[0]
    other = load_corpus([tmp_path / "sub"]).documents[0]
    assert one.id == other.id
    assert len(one.id) == 16


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        pytest.param("a.txt", b"", "it is empty", id="empty"),
        pytest.param("a.txt", b" \n\n Join now!\n", "it is empty", id="nothing but clutter"),
        pytest.param("a.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "it is a PNG image", id="picture"),
        pytest.param("a.txt", b"\xff\xfeO\0n\0 \0R", "utf-16 but is damaged", id="cut utf-16"),
        pytest.param("a.txt", GERMAN.encode(), "another language than English ('de')", id="german"),
        pytest.param(
            "a.txt", "Канат тянули все вместе.".encode(), "language", id="short and not Latin"
        ),
        pytest.param("a.md", b"---\ntitle: [\n---\nText.", "front matter is not valid", id="yaml"),
        pytest.param("a.csv", b"a,b", "files ending in '.csv' cannot be read", id="format"),
    ],
)
def test_an_essay_that_cannot_be_used_is_reported_and_the_others_are_used(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    bad = tmp_path / "bad" / name
    bad.parent.mkdir()
    bad.write_bytes(content)
    good = write(tmp_path / "good.txt")
    corpus = load_corpus([good, bad])
    assert [document.name for document in corpus.documents] == ["good.txt"]
    assert [essay.name for essay in corpus.rejected] == [name]
    assert reason in corpus.rejected[0].reason


def test_an_essay_with_the_same_text_as_another_is_reported_with_its_twin(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    write(tmp_path / "b.md")
    assert rejections([tmp_path]) == {"b.md": "it has the same text as 'a.txt'"}


def test_a_file_that_is_too_large_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "a.txt")
    write(tmp_path / "b.txt", PROSE * 50)
    monkeypatch.setattr(corpus_module, "MAX_FILE_BYTES", 1000)
    assert "may have 1,000 at most" in rejections([tmp_path])["b.txt"]


def test_a_file_that_vanishes_is_reported(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    (tmp_path / "b.txt").symlink_to(tmp_path / "nowhere.txt")
    assert "cannot be read" in rejections([tmp_path])["b.txt"]


@pytest.mark.parametrize(
    "text",
    ["Hello.", "Paris, London, Rome.", "The war began in 1914.", f"{PROSE} “{GERMAN}” he wrote."],
)
def test_short_or_mixed_english_is_not_rejected(tmp_path: Path, text: str) -> None:
    assert names([write(tmp_path / "a.txt", text)]) == ["a.txt"]


def test_a_path_that_does_not_exist_is_an_error_that_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(NoEssaysError, match=r"no file or folder '.*missing'; give the path"):
        load_corpus([tmp_path / "missing"])


def test_an_empty_folder_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoEssaysError, match=r"put essays in English there.*\.txt, .* or \.epub"):
        load_corpus([tmp_path])


def test_an_error_for_want_of_essays_lists_each_file_with_its_reason(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", "")
    write(tmp_path / "b.txt", GERMAN)
    with pytest.raises(NoEssaysError, match=r"a\.txt: it is empty\n  b\.txt: it seems"):
        load_corpus([tmp_path])


def test_progress_is_told_file_by_file(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    write(tmp_path / "b.txt", "")
    calls: list[tuple[int, int]] = []
    load_corpus([tmp_path], on_progress=lambda done, total: calls.append((done, total)))
    assert calls == [(1, 2), (2, 2)]


@pytest.mark.skipif(sys.platform != "linux", reason="names of files that are no Unicode")
def test_a_file_whose_name_is_no_unicode_has_a_name_that_can_be_written(tmp_path: Path) -> None:
    write(Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")), PROSE)
    (document,) = load_corpus([tmp_path]).documents
    assert (document.name, document.title) == (r"caf\udce9.txt", r"caf\udce9")


def test_files_can_be_read_by_something_else_whose_failure_is_the_wholes(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", "")
    asked: list[tuple[str, bytes]] = []

    def read(name: str, content: bytes) -> Document:
        asked.append((name, content))
        raise StoppedReadingError("stopped")

    with pytest.raises(StoppedReadingError):
        load_corpus([tmp_path], read=read)
    assert asked == [("a.txt", b"")]


def test_a_title_as_long_as_a_text_is_cut_at_a_word() -> None:
    long = "Of harbours and gates. " * 1000
    front = f"---\ntitle: {long}\nauthor: {long}\ndate: {long}\n---\n{PROSE}"
    document = read_document("a.md", front.encode())
    for field in (document.title, document.author, document.date):
        assert MAX_HEAD_CHARS - 10 < len(field) <= MAX_HEAD_CHARS
        assert field.endswith((" and…", " gates.…", " harbours…", " Of…"))
    assert document.text == PROSE


def test_a_text_with_too_many_characters_is_refused_before_it_is_cleaned() -> None:
    steps: list[str] = []
    limits = ReadingLimits(max_text_chars=1000)
    with pytest.raises(EssayError, match=r"its text has 5,000 characters, .* \(1,000 characters\)"):
        read_document("a.txt", b"a" * 5000, limits=limits, on_step=steps.append)
    assert steps == ["read"]


def test_a_text_that_cleaning_makes_longer_than_the_limit_is_refused() -> None:
    lines = "\n".join([f"{PROSE} {n}." for n in range(9)])
    limits = ReadingLimits(max_text_chars=len(lines))
    with pytest.raises(EssayError, match=r"its text has \d+ words \([\d,]+ characters\)"):
        read_document("a.txt", lines.encode(), limits=limits)
