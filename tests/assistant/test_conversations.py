import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from assistant.answers_json import Progress
from assistant.conversations import Conversations, TurnState
from assistant.errors import ConversationError
from tests.assistant.samples import make_answer, make_claim, make_passage

_ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "chats.sqlite3"


def run_script(script: str, path: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", script, str(path)],
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_new_chat_has_no_title_and_no_turns_and_is_not_listed(path: Path) -> None:
    chats = Conversations(path)
    chat = chats.create()
    assert chats.get(chat.id) == chat
    assert (chat.title, chat.turns) == ("", ())
    assert chats.list() == ()


def test_ids_can_stand_in_an_address_and_cannot_be_guessed(path: Path) -> None:
    chats = Conversations(path)
    ids = {chats.create().id for _ in range(20)}
    assert len(ids) == 20
    assert all(len(id_) >= 16 and id_.replace("-", "").replace("_", "").isalnum() for id_ in ids)


def test_the_first_question_gives_the_title(path: Path) -> None:
    chats = Conversations(path)
    chat = chats.create()
    chats.stop_turn(chats.start_turn(chat.id, "  When was\n the bridge closed? "))
    chats.stop_turn(chats.start_turn(chat.id, "And why?"))
    assert chats.get(chat.id).title == "When was the bridge closed?"


def test_a_long_title_is_cut(path: Path) -> None:
    chats = Conversations(path)
    chat = chats.create()
    chats.start_turn(chat.id, "why " * 100)
    title = chats.get(chat.id).title
    assert len(title) <= 60
    assert title.endswith("why…")


def test_chats_are_listed_by_their_latest_question(path: Path) -> None:
    chats = Conversations(path)
    first, second = chats.create(), chats.create()
    for chat, question in ((first, "one"), (second, "two"), (first, "three")):
        chats.start_turn(chat.id, question)
    assert [(entry.id, entry.title) for entry in chats.list()] == [
        (first.id, "one"),
        (second.id, "two"),
    ]


def test_a_turn_is_saved_at_every_step(path: Path) -> None:
    chats = Conversations(path)
    chat = chats.create()
    turn_id = chats.start_turn(chat.id, "When was the bridge closed?")
    (turn,) = chats.get(chat.id).turns
    assert (turn.state, turn.question) == (TurnState.UNDER_WAY, "When was the bridge closed?")
    assert (turn.answer, turn.progress) == (None, Progress())

    progress = Progress(passages=(make_passage(),), claims=(make_claim(),))
    chats.update_turn(turn_id, progress)
    (turn,) = Conversations(path).get(chat.id).turns
    assert (turn.state, turn.progress) == (TurnState.UNDER_WAY, progress)

    chats.finish_turn(turn_id, make_answer())
    (turn,) = Conversations(path).get(chat.id).turns
    assert (turn.state, turn.answer, turn.progress) == (
        TurnState.FINISHED,
        make_answer(),
        Progress(),
    )


def test_a_failed_turn_keeps_what_was_written_and_why(path: Path) -> None:
    chats = Conversations(path)
    chat = chats.create()
    turn_id = chats.start_turn(chat.id, "Why?")
    progress = Progress(claims=(make_claim(),))
    chats.update_turn(turn_id, progress)
    chats.fail_turn(turn_id, "The model is gone.")
    (turn,) = chats.get(chat.id).turns
    assert (turn.state, turn.error, turn.progress) == (
        TurnState.FAILED,
        "The model is gone.",
        progress,
    )


def test_a_turn_ends_only_once(path: Path) -> None:
    chats = Conversations(path)
    turn_id = chats.start_turn(chats.create().id, "Why?")
    chats.stop_turn(turn_id)
    with pytest.raises(ConversationError, match="has its answer"):
        chats.finish_turn(turn_id, make_answer())


@pytest.mark.parametrize("unknown", ["", "nobody", "x' OR '1'='1", "\ud800"])
def test_an_unknown_chat_is_refused(path: Path, unknown: str) -> None:
    chats = Conversations(path)
    with pytest.raises(ConversationError, match="no saved chat"):
        chats.get(unknown)
    with pytest.raises(ConversationError, match="no saved chat"):
        chats.start_turn(unknown, "Why?")


def test_text_that_is_not_unicode_is_stored_with_a_mark(path: Path) -> None:
    chats = Conversations(path)
    chat = chats.create()
    chats.fail_turn(chats.start_turn(chat.id, "Why \ud800?"), "\udfff")
    (turn,) = chats.get(chat.id).turns
    assert (turn.question, turn.error) == ("Why ??", "?")


def test_a_malformed_answer_spoils_its_own_turn_only(path: Path) -> None:
    chats = Conversations(path)
    chat = chats.create()
    turn_ids = [chats.start_turn(chat.id, question) for question in ("one", "two")]
    for turn_id in turn_ids:
        chats.finish_turn(turn_id, make_answer())
    with sqlite3.connect(path) as db:
        db.execute("UPDATE turn SET answer = '{}' WHERE id = ?", (turn_ids[0],))
    db.close()
    broken, whole = chats.get(chat.id).turns
    assert broken.state is TurnState.FAILED
    assert "cannot be read" in broken.error
    assert whole.answer == make_answer()


@pytest.mark.parametrize(
    ("known", "unknown"),
    [
        ('"caution":"balanced"', '"caution":"reckless"'),
        ('"reason":"answered"', '"reason":"asked back"'),
        ('"verdict":"supported"', '"verdict":"proven"'),
    ],
    ids=["caution", "reason", "verdict"],
)
def test_an_answer_of_a_newer_version_is_a_failed_turn_that_says_so(
    path: Path, known: str, unknown: str
) -> None:
    chats = Conversations(path)
    chat = chats.create()
    chats.finish_turn(chats.start_turn(chat.id, "one"), make_answer())
    with sqlite3.connect(path) as db:
        db.execute("UPDATE turn SET answer = replace(answer, ?, ?)", (known, unknown))
    db.close()
    (turn,) = chats.get(chat.id).turns
    assert (turn.state, turn.answer) == (TurnState.FAILED, None)
    assert "newer version" in turn.error


def test_the_file_is_readable_by_its_owner_only(path: Path) -> None:
    chats = Conversations(path)
    chats.create()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_many_threads_may_write_at_once(path: Path) -> None:
    chats = Conversations(path)
    chat = chats.create()
    errors: list[Exception] = []

    def ask() -> None:
        try:
            for _ in range(5):
                chats.finish_turn(chats.start_turn(chat.id, "Why?"), make_answer())
        except ConversationError as error:
            errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert [turn.state for turn in chats.get(chat.id).turns] == [TurnState.FINISHED] * 40


def test_two_processes_may_begin_and_write_at_once(path: Path) -> None:
    script = """
import sys
from pathlib import Path
from assistant.conversations import Conversations
sys.stdout.write("ready\\n"); sys.stdout.flush(); sys.stdin.readline()
chats = Conversations(Path(sys.argv[1]))
chat = chats.create()
for number in range(20):
    chats.stop_turn(chats.start_turn(chat.id, str(number)))
"""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(path)],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.communicate("go\n", timeout=60)
    assert [process.returncode for process in processes] == [0, 0]
    chats = Conversations(path)
    assert chats.notice == ""
    assert [len(chats.get(entry.id).turns) for entry in chats.list()] == [20, 20]


def test_a_turn_whose_process_was_killed_is_interrupted_with_what_was_written(path: Path) -> None:
    script = """
import sys, time
from pathlib import Path
from assistant.answers_json import Progress
from assistant.conversations import Conversations
from tests.assistant.samples import make_claim
chats = Conversations(Path(sys.argv[1]))
chat = chats.create()
turn_id = chats.start_turn(chat.id, "Why?")
chats.update_turn(turn_id, Progress(claims=(make_claim(),)))
print(chat.id, flush=True)
time.sleep(600)
"""
    process = run_script(script, path)
    assert process.stdout is not None
    with process.stdout as output:
        chat_id = output.readline().strip()
    chats = Conversations(path)
    (turn,) = chats.get(chat_id).turns
    assert turn.state is TurnState.UNDER_WAY  # the other process is still at it

    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    (turn,) = chats.get(chat_id).turns
    assert (turn.state, turn.progress.claims) == (TurnState.INTERRUPTED, (make_claim(),))
    assert chats.notice == ""


@pytest.mark.parametrize("damage", ["header", "pages", "text"])
def test_a_damaged_file_is_set_aside_and_a_new_one_begun(path: Path, damage: str) -> None:
    chats = Conversations(path)
    chat = chats.create()
    for _ in range(50):
        chats.finish_turn(chats.start_turn(chat.id, "Why?"), make_answer())
    whole = path.read_bytes()
    broken = {
        "header": b"\0" * 100 + whole[100:],
        "pages": whole[:4096] + b"\xff" * (len(whole) - 4096),
        "text": b"These are not the chats you are looking for.\n" * 100,
    }[damage]
    path.write_bytes(broken)

    fresh = Conversations(path)
    assert fresh.list() == ()
    fresh.start_turn(fresh.create().id, "Again?")
    (kept,) = path.parent.glob("chats.sqlite3.damaged-*")
    assert kept.read_bytes() == broken
    assert repr(str(kept)) in fresh.notice
    assert Conversations(path).notice == ""


def test_a_file_of_a_newer_version_is_refused_and_left_alone(path: Path) -> None:
    Conversations(path).create()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(ConversationError, match=r"version 99.*Update it"):
        Conversations(path)
    assert list(path.parent.glob("*damaged*")) == []


def test_a_database_of_another_program_is_refused_and_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE recipes (name TEXT)")
    db.close()
    with pytest.raises(ConversationError, match="another program"):
        Conversations(path)
    assert list(path.parent.glob("*damaged*")) == []


def test_a_folder_in_place_of_the_file_is_refused(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(ConversationError, match="cannot be"):
        Conversations(path)


def test_a_file_in_place_of_the_folder_is_refused(path: Path) -> None:
    path.parent.write_text("in the way")
    with pytest.raises(ConversationError, match="cannot be opened"):
        Conversations(path)
