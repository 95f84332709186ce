"""The command that lists the reader's thumbs."""

import json
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.conversations import Conversations, Thumb
from assistant.evaluation import load_questions
from assistant.settings import HOME_VARIABLE
from tests.assistant.samples import make_answer


@pytest.fixture
def chats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Conversations:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    return Conversations(tmp_path / "chats.sqlite3")


def judge(chats: Conversations, question: str, thumb: Thumb, note: str = "") -> None:
    turn_id = chats.start_turn(chats.create().id, question)
    chats.finish_turn(turn_id, make_answer(question))
    chats.set_feedback(turn_id, thumb, note)


def test_each_judged_answer_is_listed_with_its_reason(
    chats: Conversations, capsys: pytest.CaptureFixture[str]
) -> None:
    judge(chats, "When was it?", Thumb.DOWN, "It was\nspring.")
    assert main(["feedback"]) == 0
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert lines[:3] == [
        "down: When was it?",
        "answer: The bridge was closed in winter.",
        "note: It was spring.",
    ]


def test_the_list_is_given_as_json_too(
    chats: Conversations, capsys: pytest.CaptureFixture[str]
) -> None:
    judge(chats, "When was it?", Thumb.UP)
    assert main(["feedback", "--json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert (one["question"], one["thumb"], one["note"]) == ("When was it?", "up", "")
    assert one["answer"] == make_answer().text


def test_without_a_thumb_it_says_where_to_give_one(
    chats: Conversations, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["feedback"]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "No answer has got a thumb yet" in said.err


def test_a_questions_file_is_written_and_what_is_to_be_filled_in_is_named(
    chats: Conversations, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    judge(chats, "What happened?", Thumb.UP)
    judge(chats, "When was it?", Thumb.DOWN)
    file = tmp_path / "questions.jsonl"
    assert main(["feedback", "--questions", str(file)]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert f"2 questions in {file}." in said.err
    assert said.err.rstrip().endswith("lines: 2.")
    assert main(["evaluate", "--questions", str(file)]) == 2
    assert "fill in the facts of line 2 ('When was it?')" in capsys.readouterr().err


def test_a_questions_file_of_right_answers_is_one_that_evaluate_takes(
    chats: Conversations, tmp_path: Path
) -> None:
    judge(chats, "What happened?", Thumb.UP)
    file = tmp_path / "questions.jsonl"
    assert main(["feedback", "--questions", str(file)]) == 0
    (question,) = load_questions(file)
    assert question.facts == (("bridge",), ("closed",))


def test_a_file_that_is_there_is_not_written_over(
    chats: Conversations, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text("filled in by hand")
    assert main(["feedback", "--questions", str(file)]) == 2
    assert "is there already; name a new file" in capsys.readouterr().err
    assert file.read_text() == "filled in by hand"
