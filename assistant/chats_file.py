"""The SQLite file of saved chats: its tables, and how its failures are told."""

from pathlib import Path
from typing import Final

from assistant.errors import ConversationError
from index.sqlite_file import FileKind, SqliteFile

_SCHEMA: Final = (
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
_KIND: Final = FileKind(
    schema=_SCHEMA,
    version=1,
    what="The saved chats",
    error=ConversationError,
    busy_timeout_s=10.0,
)


def open_chats_file(path: Path) -> SqliteFile:
    """Open the file of the tables ``conversation`` and ``turn``; make it if there is none.

    A damaged file is set aside under a new name, and its ``notice`` says so.

    Raises:
        ConversationError: The file cannot be opened, or is of a newer version.
    """
    return SqliteFile(path, _KIND)
