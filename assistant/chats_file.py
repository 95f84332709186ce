"""The SQLite file of saved chats: opened, checked, brought to this version, set aside if damaged.

Each use opens a connection of its own, so any thread, and any number of processes, may use the
file at once; write-ahead logging lets them read while one writes.
"""

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

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
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class ChatsFile:
    """One SQLite file with the tables ``conversation`` and ``turn``."""

    def __init__(self, path: Path) -> None:
        """Open the file; make it, and its folder, if there is none.

        A damaged file is set aside under a new name, and ``notice`` says so.

        Raises:
            ConversationError: The file cannot be opened, or is of a newer version.
        """
        self._path = path
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

    @contextmanager
    def connected(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection that commits each statement.

        Raises:
            ConversationError: SQLite failed, in this block too.
        """
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
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection within one transaction, undone if the block raises.

        Raises:
            ConversationError: SQLite failed, in this block too.
        """
        with self.connected() as db:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")

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
        with self.connected() as db:
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


class _DamageFoundError(Exception):
    """What SQLite reported as a finding, not as an error."""


def _is_damage(error: BaseException | None) -> bool:
    if isinstance(error, sqlite3.Error):
        # Extended codes carry the plain code in their lowest byte.
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE
    return isinstance(error, _DamageFoundError)
