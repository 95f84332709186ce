"""Saved chats, in one SQLite file.

Everything is written as it happens: the question when it is asked, the claims as they are
checked, the answer at its end. Several processes may work on the file at once, and any thread
may call anything.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from assistant.answers import Answer
from assistant.answers_json import (
    Progress,
    parse_answer,
    parse_progress,
    render_answer,
    render_progress,
)
from assistant.chats_file import open_chats_file
from assistant.errors import ConversationError
from assistant.owners import is_alive, this_process

_MAX_TITLE_CHARS = 60


class TurnState(StrEnum):
    """What became of a question; the value is stored, but for ``INTERRUPTED``."""

    UNDER_WAY = "under way"
    FINISHED = "finished"
    STOPPED = "stopped"
    """Stopped before there was an answer; an answer stopped later is ``FINISHED``."""
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    """The process that was answering is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedTurn:
    """A question and what came of it.

    Attributes:
        id: The turn's id; ids grow within a conversation.
        question: What the reader typed.
        asked_at: When, ISO 8601 in UTC.
        state: What became of it.
        progress: What was written before the end; empty once there is an answer.
        answer: The answer if ``FINISHED``, else ``None``: it was not reached.
        error: Why it failed; empty unless ``FAILED``.
    """

    id: int
    question: str
    asked_at: str
    state: TurnState
    progress: Progress
    answer: Answer | None
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A chat.

    Attributes:
        id: A random token that can stand in an address.
        title: Made from the first question; empty before it.
        created_at: ISO 8601 in UTC.
        turns: Oldest first.
    """

    id: str
    title: str
    created_at: str
    turns: tuple[SavedTurn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationEntry:
    """A chat as a line of a list."""

    id: str
    title: str
    created_at: str


class Conversations:
    """The saved chats of one file."""

    def __init__(self, path: Path) -> None:
        """Open the file; make it, and its folder, if there is none.

        A damaged file is set aside under a new name, and ``notice`` says so.

        Raises:
            ConversationError: The file cannot be opened, or is of a newer version.
        """
        self._file = open_chats_file(path)
        self._owner = this_process()

    @property
    def notice(self) -> str:
        """What the reader should know about the opening; usually empty."""
        return self._file.notice

    def create(self) -> Conversation:
        """Begin a chat without a question.

        Raises:
            ConversationError: It cannot be saved.
        """
        conversation = Conversation(
            id=secrets.token_urlsafe(12), title="", created_at=_now(), turns=()
        )
        with self._file.writing() as db:
            db.execute(
                "INSERT INTO conversation (id, title, created_at) VALUES (?, ?, ?)",
                (conversation.id, conversation.title, conversation.created_at),
            )
        return conversation

    def list(self) -> tuple[ConversationEntry, ...]:
        """Return the chats with a question, those with the latest questions first.

        Raises:
            ConversationError: The file cannot be read.
        """
        with self._file.connected() as db:
            rows = db.execute(
                "SELECT c.id, c.title, c.created_at FROM conversation c"
                " JOIN turn t ON t.conversation_id = c.id"
                " GROUP BY c.id ORDER BY max(t.id) DESC"
            ).fetchall()
        return tuple(
            ConversationEntry(id=id_, title=title, created_at=created_at)
            for id_, title, created_at in rows
        )

    def get(self, conversation_id: str) -> Conversation:
        """Return a chat with its turns.

        A turn whose saved text cannot be read is ``FAILED`` with the reason; the others are not
        lost with it.

        Raises:
            ConversationError: There is no such chat, or the file cannot be read.
        """
        with self._file.connected() as db:
            found = db.execute(
                "SELECT title, created_at FROM conversation WHERE id = ?",
                (_storable(conversation_id),),
            ).fetchone()
            if found is None:
                raise _unknown(conversation_id)
            rows = db.execute(
                "SELECT id, question, asked_at, state, owner, progress, answer, error FROM turn"
                " WHERE conversation_id = ? ORDER BY id",
                (conversation_id,),
            ).fetchall()
        return Conversation(
            id=conversation_id,
            title=found[0],
            created_at=found[1],
            turns=tuple(_read_turn(*row) for row in rows),
        )

    def start_turn(self, conversation_id: str, question: str) -> int:
        """Save a question as under way in this process and return the turn's id.

        Raises:
            ConversationError: There is no such chat, or it cannot be saved.
        """
        question = _storable(question)
        with self._file.writing() as db:
            found = db.execute(
                "UPDATE conversation SET title = iif(title = '', ?, title) WHERE id = ?",
                (_title(question), _storable(conversation_id)),
            )
            if found.rowcount == 0:
                raise _unknown(conversation_id)
            turn = db.execute(
                "INSERT INTO turn (conversation_id, question, asked_at, state, owner, progress,"
                " answer, error) VALUES (?, ?, ?, ?, ?, ?, '', '') RETURNING id",
                (
                    conversation_id,
                    question,
                    _now(),
                    TurnState.UNDER_WAY,
                    self._owner,
                    render_progress(Progress()),
                ),
            ).fetchone()
        return int(turn[0])

    def update_turn(self, turn_id: int, progress: Progress) -> None:
        """Save what has been written so far.

        Raises:
            ConversationError: There is no such turn under way, or it cannot be saved.
        """
        self._change(turn_id, TurnState.UNDER_WAY, progress=render_progress(progress))

    def finish_turn(self, turn_id: int, answer: Answer) -> None:
        """Save the answer.

        Raises:
            ConversationError: There is no such turn under way, or it cannot be saved.
        """
        self._change(
            turn_id,
            TurnState.FINISHED,
            progress=render_progress(Progress()),
            answer=render_answer(answer),
        )

    def stop_turn(self, turn_id: int) -> None:
        """Save that the reader stopped it before there was an answer.

        Raises:
            ConversationError: There is no such turn under way, or it cannot be saved.
        """
        self._change(turn_id, TurnState.STOPPED)

    def fail_turn(self, turn_id: int, error: str) -> None:
        """Save why there is no answer.

        Raises:
            ConversationError: There is no such turn under way, or it cannot be saved.
        """
        self._change(turn_id, TurnState.FAILED, error=error)

    def _change(
        self,
        turn_id: int,
        state: TurnState,
        *,
        progress: str = "",
        answer: str = "",
        error: str = "",
    ) -> None:
        with self._file.writing() as db:
            changed = db.execute(
                "UPDATE turn SET state = ?, progress = iif(? = '', progress, ?), answer = ?,"
                " error = ? WHERE id = ? AND state = ?",
                (
                    state,
                    progress,
                    progress,
                    answer,
                    _storable(error),
                    turn_id,
                    TurnState.UNDER_WAY,
                ),
            )
            if changed.rowcount == 0:
                raise ConversationError(
                    f"The saved question {turn_id!r} is gone or has its answer; ask again."
                )


def _read_turn(
    turn_id: int,
    question: str,
    asked_at: str,
    state: str,
    owner: str,
    progress: str,
    answer: str,
    error: str,
) -> SavedTurn:
    read_progress, read_answer = Progress(), None
    try:
        read_state = TurnState(state)
        read_progress = parse_progress(progress)
        if read_state is TurnState.FINISHED:
            read_answer = parse_answer(answer)
    except (ConversationError, ValueError) as cause:
        read_state, error = TurnState.FAILED, str(cause)
    if read_state is TurnState.UNDER_WAY and not is_alive(owner):
        read_state = TurnState.INTERRUPTED
    return SavedTurn(
        id=turn_id,
        question=question,
        asked_at=asked_at,
        state=read_state,
        progress=read_progress,
        answer=read_answer,
        error=error,
    )


def _unknown(conversation_id: str) -> ConversationError:
    return ConversationError(f"There is no saved chat {conversation_id!r}; begin a new one.")


def _title(question: str) -> str:
    """Return a one-line title.

    >>> _title("  What   does\\nshe argue? ")
    'What does she argue?'
    """
    title = " ".join(question.split())
    if len(title) <= _MAX_TITLE_CHARS:
        return title
    return title[: _MAX_TITLE_CHARS - 1].rstrip() + "…"


def _storable(text: str) -> str:
    """Replace lone surrogates, which UTF-8 and so SQLite cannot hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
