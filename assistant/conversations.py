"""Saved chats, in one SQLite file.

Everything is written as it happens: the question when it is asked, the claims as they are
checked, the answer at its end. Several processes may work on the file at once. Each call opens
a connection of its own, so any thread may call anything.
"""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import psutil

from assistant.answers import Answer
from assistant.answers_json import (
    Progress,
    parse_answer,
    parse_progress,
    render_answer,
    render_progress,
)
from assistant.errors import ConversationError

_SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE conversation (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE TABLE turn (
    id INTEGER PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    question TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    state TEXT NOT NULL,
    owner TEXT NOT NULL,
    progress TEXT NOT NULL,
    answer TEXT NOT NULL,
    error TEXT NOT NULL
) STRICT;
CREATE INDEX turn_of_conversation ON turn (conversation_id, id);
"""
_BUSY_TIMEOUT_S = 10.0
_CLOCK_SLACK_S = 5.0
_MAX_TITLE_CHARS = 60
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


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
        self._path = path
        self._owner = _this_process()
        self.notice = ""
        """What the reader should know about the opening; usually empty."""
        try:
            self._prepare()
        except ConversationError as error:
            if not _is_damage(error.__cause__):
                raise
            kept = self._set_aside()
            self.notice = (
                f"The saved chats could not be read. The damaged file was kept as {str(kept)!r},"
                " and a new one was begun."
            )
            self._prepare()

    def create(self) -> Conversation:
        """Begin a chat without a question.

        Raises:
            ConversationError: It cannot be saved.
        """
        conversation = Conversation(
            id=secrets.token_urlsafe(12), title="", created_at=_now(), turns=()
        )
        with self._writing() as db:
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
        with self._connected() as db:
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
        with self._connected() as db:
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
        with self._writing() as db:
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
        with self._writing() as db:
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

    def _prepare(self) -> None:
        """Check the file and bring it to this version."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # Chats are private: the file is made for its owner alone, before SQLite makes it.
            self._path.touch(mode=0o600)
        except OSError as error:
            raise ConversationError(
                f"The saved chats cannot be opened: {error}. Make {str(self._path)!r} writable."
            ) from error
        with self._connected() as db:
            (checked,) = db.execute("PRAGMA quick_check(1)").fetchone()
            if checked != "ok":
                raise ConversationError(f"{self._path}: {checked}") from _DamageFoundError()
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("BEGIN IMMEDIATE")
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if version > _SCHEMA_VERSION:
                raise ConversationError(
                    f"The saved chats in {str(self._path)!r} are of version {version}; this"
                    f" program reads up to version {_SCHEMA_VERSION}. Update it, or move the file"
                    " away."
                )
            if version == 0:
                if db.execute("SELECT 1 FROM sqlite_master").fetchone():
                    raise ConversationError(
                        f"{str(self._path)!r} is a database of another program; move it away."
                    )
                for statement in _SCHEMA.split(";"):
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
            db.execute("COMMIT")

    def _set_aside(self) -> Path:
        """Rename the damaged file, with what SQLite keeps beside it, and return its new name."""
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        kept = self._path.with_name(f"{self._path.name}.damaged-{stamp}-{secrets.token_hex(2)}")
        try:
            for suffix in ("-wal", "-shm", ""):
                part = self._path.with_name(self._path.name + suffix)
                if part.exists():
                    part.rename(kept.with_name(kept.name + suffix))
        except OSError as error:
            raise ConversationError(
                f"The saved chats in {str(self._path)!r} are damaged and cannot be set aside:"
                f" {error}. Move the file away."
            ) from error
        return kept

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(
                sqlite3.connect(self._path, timeout=_BUSY_TIMEOUT_S, isolation_level=None)
            ) as db:
                db.execute("PRAGMA foreign_keys = ON")
                yield db
        except sqlite3.Error as error:
            raise ConversationError(
                f"The saved chats in {str(self._path)!r} cannot be read or written: {error}."
                " Check the disk, then start the assistant again."
            ) from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction; it is undone if the block raises, as the connection is closed."""
        with self._connected() as db:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")


class _DamageFoundError(Exception):
    """What SQLite reported as a finding, not as an error."""


def _is_damage(error: BaseException | None) -> bool:
    if isinstance(error, sqlite3.Error):
        # Extended codes carry the plain code in their lowest byte.
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE
    return isinstance(error, _DamageFoundError)


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
    if read_state is TurnState.UNDER_WAY and not _is_alive(owner):
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


def _this_process() -> str:
    # The start time tells a process from a later one with the same number.
    return f"{os.getpid()} {psutil.Process().create_time()}"


def _is_alive(owner: str) -> bool:
    """Return whether the process that is answering still runs."""
    try:
        pid, started_at = owner.split()
        # A corrected clock moves the start times that are told by a little.
        return abs(psutil.Process(int(pid)).create_time() - float(started_at)) < _CLOCK_SLACK_S
    except (psutil.Error, ValueError, OverflowError):
        return False


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
