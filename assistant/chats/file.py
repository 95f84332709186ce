"""The SQLite file of saved chats: its tables, what is deleted from them, how it fails."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from assistant.errors import ConversationError
from index.sqlite_file import FileKind, SqliteFile

_VERSION_1: Final = (
    """
    CREATE TABLE conversation (
        id TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        created_at TEXT NOT NULL
    ) STRICT
    """,
    """
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
    ) STRICT
    """,
    "CREATE INDEX turn_of_conversation ON turn (conversation_id, id)",
)
_UPGRADES: Final[Mapping[int, Sequence[str]]] = {
    1: (
        "ALTER TABLE conversation ADD COLUMN name TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE conversation ADD COLUMN removed_at TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE turn ADD COLUMN replaced_by INTEGER REFERENCES turn (id) ON DELETE SET NULL",
        "ALTER TABLE turn ADD COLUMN thumb TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE turn ADD COLUMN note TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE turn ADD COLUMN judged_at TEXT NOT NULL DEFAULT ''",
        "CREATE INDEX turn_replaced ON turn (replaced_by) WHERE replaced_by IS NOT NULL",
        "CREATE INDEX turn_judged ON turn (judged_at) WHERE thumb != ''",
    ),
}
"""``name`` is what the reader calls a chat, empty for the title made from its first question;
``removed_at`` is empty for what is present, ``judged_at`` for an answer without a thumb."""
_KIND: Final = FileKind(
    # A new file is made as an old one is upgraded, so that both have the same tables.
    schema=(*_VERSION_1, *(statement for step in _UPGRADES.values() for statement in step)),
    version=2,
    what="The saved chats",
    error=ConversationError,
    busy_timeout_s=10.0,
    upgrades=_UPGRADES,
)


def open_chats_file(path: Path) -> SqliteFile:
    """Open the file of the tables ``conversation`` and ``turn``; make it if there is none.

    A file of an earlier version is upgraded in place. A damaged one is set aside under a new
    name, and its ``notice`` says so.

    Raises:
        ConversationError: The file cannot be opened, or is of a newer version.
    """
    return SqliteFile(path, _KIND)


def purge(file: SqliteFile, *, limit: str) -> None:
    """Delete the chats that were removed before a time.

    Args:
        file: The chats file; written to only if there is something to delete.
        limit: The time, ISO 8601 in UTC.

    Raises:
        ConversationError: The file cannot be read or written.
    """
    old = "FROM conversation WHERE removed_at != '' AND removed_at < ?"
    with file.connected() as db:
        is_due = db.execute(f"SELECT 1 {old} LIMIT 1", (limit,)).fetchone()
    if is_due:
        with file.writing() as db:
            db.execute(f"DELETE {old}", (limit,))
