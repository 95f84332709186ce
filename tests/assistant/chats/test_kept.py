"""What a reader does with saved chats: find, rename, delete, judge, ask anew."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answers_json import render_answer
from assistant.conversations import Conversations, SavedTurn, Thumb, TurnState
from assistant.errors import ConversationError
from tests.assistant.samples import make_answer

ROOT = Path(__file__).resolve().parents[3]
VERSION_1 = """
CREATE TABLE conversation (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, created_at TEXT NOT NULL
) STRICT;
CREATE TABLE turn (
    id INTEGER PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    question TEXT NOT NULL, asked_at TEXT NOT NULL, state TEXT NOT NULL, owner TEXT NOT NULL,
    progress TEXT NOT NULL, answer TEXT NOT NULL, error TEXT NOT NULL
) STRICT;
CREATE INDEX turn_of_conversation ON turn (conversation_id, id);
PRAGMA user_version = 1;
"""
EMPTY_PROGRESS = '{"passages":[],"claims":[],"withheld":[]}'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chats.sqlite3"


@pytest.fixture
def chats(path: Path) -> Conversations:
    return Conversations(path)


def saved(chats: Conversations, *questions: str, claim: str = "") -> str:
    """Save a chat with an answer to each question and return its id."""
    chat = chats.create()
    for question in questions:
        chats.finish_turn(chats.start_turn(chat.id, question), make_answer(question, claim=claim))
    return chat.id


def last_turn(chats: Conversations, chat_id: str) -> SavedTurn:
    return chats.get(chat_id).turns[-1]


def questions(chats: Conversations, chat_id: str) -> list[str]:
    return [turn.question for turn in chats.get(chat_id).turns]


def titles(chats: Conversations) -> list[str]:
    return [entry.title for entry in chats.list()]


def age(path: Path, chat_id: str) -> None:
    """Let a chat have been removed years ago."""
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE conversation SET removed_at = '2020-01-01' WHERE id = ?", (chat_id,))


# Files of the version before


def test_a_file_of_version_1_is_upgraded_in_place_and_loses_no_chat(path: Path) -> None:
    answer = make_answer()
    rows = [
        ("finished", "0 0", EMPTY_PROGRESS, render_answer(answer), ""),
        ("failed", "0 0", EMPTY_PROGRESS, "", "The model is gone."),
        ("under way", "0 0", EMPTY_PROGRESS, "", ""),
    ]
    with closing(sqlite3.connect(path)) as db, db:
        db.executescript(VERSION_1)
        for number in range(3):
            db.execute(
                "INSERT INTO conversation VALUES (?, ?, '2024-05-03T12:00:00.000+00:00')",
                (f"chat{number}", f"Question {number}?"),
            )
            for row in rows:
                db.execute(
                    "INSERT INTO turn (conversation_id, question, asked_at, state, owner,"
                    " progress, answer, error)"
                    " VALUES (?, 'Why?', '2024-05-04T12:00:00.000+00:00', ?, ?, ?, ?, ?)",
                    (f"chat{number}", *row),
                )
    chats = Conversations(path)
    assert chats.notice == ""
    assert [(one.id, one.title) for one in chats.list()] == [
        (f"chat{number}", f"Question {number}?") for number in (2, 1, 0)
    ]
    assert chats.list()[0].asked_at == "2024-05-04T12:00:00.000+00:00"
    turns = chats.get("chat1").turns
    assert [turn.state for turn in turns] == [
        TurnState.FINISHED,
        TurnState.FAILED,
        TurnState.INTERRUPTED,
    ]
    assert (turns[0].answer, turns[0].thumb) == (answer, Thumb.NONE)
    chats.rename("chat1", "Bridges")
    chats.set_feedback(turns[0].id, Thumb.UP)
    again = Conversations(path)
    assert again.get("chat1").title == "Bridges"
    assert again.get("chat1").turns[0].thumb is Thumb.UP


def test_an_upgraded_file_has_the_tables_of_a_new_one(tmp_path: Path) -> None:
    def tables(path: Path) -> list[tuple[str, str]]:
        Conversations(path)
        with closing(sqlite3.connect(path)) as db:
            names = [name for (name,) in db.execute("SELECT name FROM sqlite_master ORDER BY name")]
            return [
                (name, str(db.execute(f"PRAGMA table_xinfo({name})").fetchall())) for name in names
            ]

    old = tmp_path / "old.sqlite3"
    with closing(sqlite3.connect(old)) as db:
        db.executescript(VERSION_1)
    assert tables(old) == tables(tmp_path / "new.sqlite3")


# Names


def test_a_chat_that_was_renamed_keeps_its_name_until_it_is_blank(chats: Conversations) -> None:
    chat_id = saved(chats, "When was the bridge closed?")
    chats.rename(chat_id, "  The\nbridge ")
    assert (chats.get(chat_id).title, titles(chats)) == ("The bridge", ["The bridge"])
    chats.rename(chat_id, " ")
    assert chats.get(chat_id).title == "When was the bridge closed?"


def test_a_long_name_is_cut(chats: Conversations) -> None:
    chat_id = saved(chats, "Why?")
    chats.rename(chat_id, "a" * 5000)
    assert chats.get(chat_id).title == "a" * 119 + "…"


# The search


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("BRIDGE", True),
        ("mayor", True),
        ("mayor  bridge", True),
        ("müller’s", True),
        ("mill", True),
        ("", True),
        ("mayor lighthouse", False),
        ("supported", False),
        ("%", False),
    ],
    ids=[
        "a word of the question in capitals",
        "a word of an answer",
        "words of both",
        "another apostrophe and an umlaut",
        "the reader's name for it",
        "nothing",
        "one word of two",
        "what is only stored",
        "no pattern",
    ],
)
def test_the_search_finds(chats: Conversations, text: str, is_found: bool) -> None:
    chat_id = saved(
        chats, "When was the bridge closed?", "And then?", claim="Mayor Müller's men opened it."
    )
    chats.rename(chat_id, "Mills")
    assert [one.id for one in chats.search(text)] == [chat_id] * is_found


def test_the_search_passes_over_an_answer_that_cannot_be_read(
    chats: Conversations, path: Path
) -> None:
    chat_id = saved(chats, "When was the bridge closed?")
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE turn SET answer = 'no json'")
    assert [one.id for one in chats.search("bridge")] == [chat_id]


def test_the_search_does_not_find_what_was_replaced(chats: Conversations) -> None:
    chat_id = saved(chats, "When was it?", "Who kept the lamp?")
    turn_id = chats.start_turn(chat_id, "Who built it?", replacing=last_turn(chats, chat_id).id)
    chats.finish_turn(turn_id, make_answer())
    assert chats.search("lamp") == ()


# Deleting


def test_a_removed_chat_is_no_longer_listed_found_or_asked_in_and_can_be_restored(
    chats: Conversations,
) -> None:
    kept, gone = saved(chats, "one"), saved(chats, "two")
    before = chats.get(gone)
    chats.remove(gone)
    assert titles(chats) == ["one"]
    assert [one.id for one in chats.search("")] == [kept]
    assert [one.title for one in chats.removed()] == ["two"]
    with pytest.raises(ConversationError, match="'two' was deleted"):
        chats.get(gone)
    with pytest.raises(ConversationError, match="'two' was deleted"):
        chats.start_turn(gone, "three")
    chats.restore(gone)
    assert chats.get(gone) == before
    assert titles(chats) == ["two", "one"]
    assert chats.removed() == ()


def test_the_chat_removed_last_is_the_first_to_restore(chats: Conversations) -> None:
    ids = [saved(chats, question) for question in ("one", "two")]
    for chat_id in reversed(ids):
        chats.remove(chat_id)
    assert chats.removed()[0].id == ids[0]


def test_a_chat_removed_long_ago_is_deleted_when_the_file_is_opened(
    chats: Conversations, path: Path
) -> None:
    kept, old, recent = (saved(chats, question) for question in ("one", "two", "three"))
    chats.remove(old)
    chats.remove(recent)
    age(path, old)
    again = Conversations(path)
    assert [one.id for one in again.removed()] == [recent]
    assert [one.id for one in again.list()] == [kept]
    with pytest.raises(ConversationError, match="no saved chat"):
        again.restore(old)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT count(*) FROM turn").fetchone() == (2,)


@pytest.mark.parametrize("act", ["rename", "remove", "restore"])
def test_a_chat_that_does_not_exist_is_refused(chats: Conversations, act: str) -> None:
    acts: dict[str, Callable[[], None]] = {
        "rename": lambda: chats.rename("nobody", "A"),
        "remove": lambda: chats.remove("nobody"),
        "restore": lambda: chats.restore("nobody"),
    }
    with pytest.raises(ConversationError, match="no saved chat 'nobody'"):
        acts[act]()


# A question that stands for another


def test_a_question_that_replaces_another_stands_alone_from_the_first_moment(
    chats: Conversations,
) -> None:
    chat_id = saved(chats, "one", "two")
    turn_id = chats.start_turn(chat_id, "three", replacing=last_turn(chats, chat_id).id)
    assert questions(chats, chat_id) == ["one", "three"]
    chats.finish_turn(turn_id, make_answer("three"))
    assert questions(chats, chat_id) == ["one", "three"]


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (lambda chats, turn_id: chats.fail_turn(turn_id, "The model is gone."), ["one", "two"]),
        (lambda chats, turn_id: chats.stop_turn(turn_id), ["one", "two"]),
        (
            lambda chats, turn_id: chats.finish_turn(
                turn_id, replace(make_answer(), claims=(), is_stopped=True)
            ),
            ["one", "two"],
        ),
        (
            lambda chats, turn_id: chats.finish_turn(
                turn_id, replace(make_answer(), is_stopped=True)
            ),
            ["two"],
        ),
    ],
    ids=["failed", "stopped at once", "stopped without a sentence", "stopped after a sentence"],
)
def test_what_was_replaced_stands_again_if_the_new_question_came_to_nothing(
    chats: Conversations, end: Callable[[Conversations, int], None], expected: list[str]
) -> None:
    chat_id = saved(chats, "one")
    end(chats, chats.start_turn(chat_id, "two", replacing=last_turn(chats, chat_id).id))
    assert questions(chats, chat_id) == expected


def test_what_was_replaced_stands_again_if_the_process_was_killed(
    chats: Conversations, path: Path
) -> None:
    chat_id = saved(chats, "one")
    script = (
        "import sys, time; from pathlib import Path;"
        "from assistant.conversations import Conversations;"
        "Conversations(Path(sys.argv[1])).start_turn("
        "sys.argv[2], 'two', replacing=int(sys.argv[3])); print('asked', flush=True);"
        "time.sleep(600)"
    )
    turn_id = str(last_turn(chats, chat_id).id)
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path), chat_id, turn_id],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "asked\n"
        assert questions(chats, chat_id) == ["two"]
        os.kill(process.pid, signal.SIGKILL)
    assert questions(chats, chat_id) == ["one", "two"]
    assert last_turn(chats, chat_id).state is TurnState.INTERRUPTED


def test_a_question_that_replaces_a_failed_one_stands_for_what_that_one_replaced(
    chats: Conversations,
) -> None:
    chat_id = saved(chats, "one")
    failed = chats.start_turn(chat_id, "two", replacing=last_turn(chats, chat_id).id)
    chats.fail_turn(failed, "The model is gone.")
    chats.finish_turn(chats.start_turn(chat_id, "two", replacing=failed), make_answer("two"))
    assert questions(chats, chat_id) == ["two"]


def test_a_chat_is_named_after_the_question_that_replaced_its_first(chats: Conversations) -> None:
    chat_id = saved(chats, "one")
    for question in ("two", "three"):
        turn_id = chats.start_turn(chat_id, question, replacing=last_turn(chats, chat_id).id)
        chats.finish_turn(turn_id, make_answer())
    assert chats.get(chat_id).title == "three"
    saved_next = chats.start_turn(chat_id, "four")
    chats.start_turn(chat_id, "five", replacing=saved_next)
    assert chats.get(chat_id).title == "three"


def test_only_the_last_question_can_be_replaced(chats: Conversations) -> None:
    chat_id, other = saved(chats, "one", "two"), saved(chats, "three")
    first = chats.get(chat_id).turns[0].id
    for turn_id in (first, last_turn(chats, other).id, 999):
        with pytest.raises(ConversationError, match="not the last one of its chat"):
            chats.start_turn(chat_id, "four", replacing=turn_id)
    assert questions(chats, chat_id) == ["one", "two"]


# What the reader thinks of an answer


def test_a_thumb_is_kept_with_its_reason_changed_and_taken_back(
    chats: Conversations, path: Path
) -> None:
    chat_id = saved(chats, "one")
    turn_id = last_turn(chats, chat_id).id
    chats.set_feedback(turn_id, Thumb.DOWN, "  Wrong year. ")
    turn = last_turn(Conversations(path), chat_id)
    assert (turn.thumb, turn.note, turn.judged_at != "") == (Thumb.DOWN, "Wrong year.", True)
    chats.set_feedback(turn_id, Thumb.UP)
    turn = last_turn(chats, chat_id)
    assert (turn.thumb, turn.note) == (Thumb.UP, "")
    chats.set_feedback(turn_id, Thumb.NONE, "left over")
    turn = last_turn(chats, chat_id)
    assert (turn.thumb, turn.note, turn.judged_at) == (Thumb.NONE, "", "")


def test_what_has_no_answer_cannot_be_judged(chats: Conversations) -> None:
    chat = chats.create()
    turn_id = chats.start_turn(chat.id, "one")
    for unanswered in (turn_id, 999):
        with pytest.raises(ConversationError, match="no answer to judge"):
            chats.set_feedback(unanswered, Thumb.UP)


def test_judged_answers_come_with_what_was_asked_before_them(chats: Conversations) -> None:
    chat_id = saved(chats, "one", "two", "three")
    other = saved(chats, "four")
    for turn in reversed(chats.get(chat_id).turns[1:]):
        chats.set_feedback(turn.id, Thumb.UP)
    chats.set_feedback(last_turn(chats, other).id, Thumb.DOWN, "No.")
    found = chats.feedback()
    assert {(one.conversation_id, one.turn.question) for one in found} == {
        (chat_id, "two"),
        (chat_id, "three"),
        (other, "four"),
    }
    (third,) = (one for one in found if one.turn.question == "three")
    assert [turn.question for turn in third.before] == ["one", "two"]
    assert third.title == "one"


def test_a_judged_answer_counts_still_when_its_question_was_put_better(
    chats: Conversations,
) -> None:
    chat_id = saved(chats, "one")
    turn_id = last_turn(chats, chat_id).id
    chats.set_feedback(turn_id, Thumb.DOWN)
    chats.finish_turn(chats.start_turn(chat_id, "two", replacing=turn_id), make_answer())
    assert [one.turn.question for one in chats.feedback()] == ["one"]


def test_of_a_removed_chat_nothing_is_listed(chats: Conversations) -> None:
    chat_id = saved(chats, "one")
    chats.set_feedback(last_turn(chats, chat_id).id, Thumb.UP)
    chats.remove(chat_id)
    assert chats.feedback() == ()


def test_removing_a_removed_chat_or_restoring_a_present_one_changes_nothing(
    chats: Conversations,
) -> None:
    first, second = saved(chats, "one"), saved(chats, "two")
    chats.remove(first)
    chats.remove(second)
    chats.remove(first)
    assert [one.title for one in chats.removed()] == ["two", "one"]
    chats.restore(first)
    chats.restore(first)
    assert titles(chats) == ["one"]
