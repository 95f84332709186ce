"""The command that writes saved chats as documents."""

import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from assistant.citations import cite
from assistant.cli import main
from assistant.conversations import Conversations
from assistant.grounding import Claim
from assistant.kept_essays.libraries import open_library
from assistant.kept_essays.opened import open_collection
from assistant.settings import ESSAYS_VARIABLE, HOME_VARIABLE, load_settings
from tests.assistant.samples import make_answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    status: int
    out: str
    err: str


Export = Callable[..., Printed]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    monkeypatch.delenv(ESSAYS_VARIABLE, raising=False)
    return home


@pytest.fixture
def export(home: Path, capsys: pytest.CaptureFixture[str]) -> Export:
    def run(*arguments: str | Path) -> Printed:
        status = main(["export", *map(str, arguments)])
        printed = capsys.readouterr()
        return Printed(status=status, out=printed.out, err=printed.err)

    return run


@pytest.fixture
def chat_ids(home: Path) -> tuple[str, str]:
    """Save a chat of two questions, then one of one; return their ids."""
    chats = Conversations(home / "chats.sqlite3")
    ids = []
    for questions in (("Who closed the mill?", "And why?"), ("Who built the ferry?",)):
        chat = chats.create()
        for question in questions:
            chats.finish_turn(chats.start_turn(chat.id, question), make_answer(question))
        ids.append(chat.id)
    return ids[0], ids[1]


def test_chats_are_listed_with_their_ids_the_latest_first(
    export: Export, chat_ids: tuple[str, str]
) -> None:
    first, second = (line.split("  ") for line in export("--list").out.splitlines())
    assert (first[0], first[2]) == (chat_ids[1], "Who built the ferry?")
    assert (second[0], second[2]) == (chat_ids[0], "Who closed the mill?")
    listed = json.loads(export("--list", "--json").out)
    assert [one["id"] for one in listed] == [chat_ids[1], chat_ids[0]]


def test_a_chat_is_printed_as_markdown_with_its_footnotes(
    export: Export, chat_ids: tuple[str, str]
) -> None:
    printed = export(chat_ids[0])
    assert printed.status == 0
    assert printed.out.startswith("# Who closed the mill?\n\n## Who closed the mill?\n")
    assert "## And why?" in printed.out
    assert "[^2]: “The bridge was closed.” A\\. Writer, *On Bridges*." in printed.out


def test_the_last_chat_is_that_with_the_latest_question(
    export: Export, chat_ids: tuple[str, str]
) -> None:
    assert export("--last").out.startswith("# Who built the ferry?\n")


def test_one_answer_can_be_taken_alone(export: Export, chat_ids: tuple[str, str]) -> None:
    assert export(chat_ids[0], "--answer", "2").out.startswith("# And why?\n\n*Asked on ")


def test_the_ending_of_the_file_says_the_format(
    export: Export, chat_ids: tuple[str, str], tmp_path: Path
) -> None:
    page, word = tmp_path / "chat.HTML", tmp_path / "chat.docx"
    assert export("--last", "--output", page).status == 0
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    printed = export("--last", "--output", word)
    assert (printed.status, printed.out) == (0, "")
    assert str(word) in printed.err
    with zipfile.ZipFile(word) as package:
        assert "The bridge was closed." in package.read("word/footnotes.xml").decode()


def test_a_format_that_is_given_counts_more_than_the_ending(
    export: Export, chat_ids: tuple[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "chat.txt"
    assert export("--last", "--format", "html", "--output", file).status == 0
    assert file.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nobody",), "no saved chat 'nobody'"),
        (("--last", "--answer", "2"), "the questions 1 to 1"),
        (("--last", "--answer", "0"), "the questions 1 to 1"),
        (("--last", "--format", "docx"), "name the file with --output"),
        (("--last", "--output", "chat.pdf"), "'chat.pdf' ends in no format"),
        (("--last", "--json"), "--json goes with --list"),
    ],
)
def test_what_cannot_be_exported_is_bad_input(
    export: Export, chat_ids: tuple[str, str], arguments: tuple[str, ...], words: str
) -> None:
    printed = export(*arguments)
    assert printed.status == 2
    assert words in printed.err


def test_a_file_that_cannot_be_written_says_so(
    export: Export, chat_ids: tuple[str, str], tmp_path: Path
) -> None:
    printed = export("--last", "--output", tmp_path / "nowhere" / "chat.md")
    assert printed.status == 1
    assert "cannot be written" in printed.err


def test_without_chats_it_says_what_to_do(export: Export) -> None:
    assert "No chat is saved yet" in export("--list").err
    assert export("--last").status == 2


@pytest.mark.parametrize("arguments", [(), ("--last", "--list"), ("--last", "--format", "pdf")])
def test_arguments_that_do_not_go_together_are_refused(
    export: Export, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        export(*arguments)


def test_the_date_of_an_essay_of_the_library_is_told(export: Export, home: Path) -> None:
    folder = home.parent / "essays"
    folder.mkdir()
    text = "The mill below the bridge was closed in the winter of that year by Lind. " * 3
    (folder / "mill.md").write_text(f"---\ntitle: On Mills\ndate: 1874\n---\n{text}\n")
    assert main(["library", "add", str(folder)]) == 0
    settings = load_settings(environment={HOME_VARIABLE: str(home)})
    library = open_library(settings)
    (document,) = open_collection(library, library.in_use()).corpus.documents
    chats = Conversations(settings.chats_path)
    turn_id = chats.start_turn(chats.create().id, "Who closed it?")
    claim = Claim(text="Lind did.", citations=(cite(document, start=0, end=20),))
    chats.finish_turn(turn_id, replace(make_answer(), claims=(claim,)))
    assert "*On Mills* (1874), paragraph 1." in export("--last").out
