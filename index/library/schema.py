"""The tables of the library, each row sealed so that a changed byte in it is noticed.

SQLite notices damage of its structure, not of what stands in it. So each row carries a digest of
its other columns, which triggers keep; a text is named by the digest of its content.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final

from index.errors import LibraryError
from index.sqlite_file import FileKind, SqliteFile

FILE_NAME: Final = "library.sqlite3"
BUSY_TIMEOUT_S: Final = 5.0
_SEAL_DIGITS: Final = 16

_TABLES: Final = (
    """
    CREATE TABLE setting (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL,
        seal TEXT NOT NULL DEFAULT ''
    ) STRICT
    """,
    """
    CREATE TABLE collection (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        is_builtin INTEGER NOT NULL,
        created_at TEXT NOT NULL,
        removed_at TEXT NOT NULL DEFAULT '',
        seal TEXT NOT NULL DEFAULT ''
    ) STRICT
    """,
    """
    CREATE TABLE folder (
        collection_id TEXT NOT NULL REFERENCES collection (id) ON DELETE CASCADE,
        path TEXT NOT NULL,
        removed_at TEXT NOT NULL DEFAULT '',
        seal TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (collection_id, path)
    ) STRICT
    """,
    """
    CREATE TABLE text (
        key TEXT PRIMARY KEY,
        essay_id TEXT NOT NULL,
        meta TEXT NOT NULL,
        body TEXT NOT NULL,
        released_at TEXT NOT NULL DEFAULT '',
        seal TEXT NOT NULL DEFAULT ''
    ) STRICT
    """,
    """
    CREATE TABLE entry (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        collection_id TEXT NOT NULL REFERENCES collection (id) ON DELETE CASCADE,
        folder TEXT NOT NULL,
        path TEXT NOT NULL,
        name TEXT NOT NULL,
        digest TEXT NOT NULL,
        size INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL,
        state TEXT NOT NULL,
        reason TEXT NOT NULL,
        duplicate_of TEXT NOT NULL DEFAULT '',
        text_key TEXT REFERENCES text (key),
        segment_key TEXT NOT NULL DEFAULT '',
        title TEXT,
        author TEXT,
        added_at TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        removed_at TEXT NOT NULL DEFAULT '',
        seal TEXT NOT NULL DEFAULT ''
    ) STRICT
    """,
)
"""``entry.title`` and ``entry.author`` are the reader's corrections, NULL where there is none.

``digest``, ``size`` and ``mtime_ns`` are of the file as it was seen last, ``removed_at`` is empty
for what is present, and ``duplicate_of`` is the essay that another entry has already.
"""
_PRESENT: Final = """
    CREATE VIEW present AS SELECT * FROM entry WHERE removed_at = '' AND (
        folder = '' OR EXISTS (
            SELECT 1 FROM folder WHERE folder.collection_id = entry.collection_id
            AND folder.path = entry.folder AND folder.removed_at = ''
        )
    )
"""
"""The entries that the reader sees: not removed, nor those of a folder no longer watched."""
_INDICES: Final = (
    "CREATE UNIQUE INDEX entry_of_folder ON entry (collection_id, folder, path) WHERE folder != ''",
    "CREATE INDEX entry_by_name ON entry (collection_id, name)",
    "CREATE INDEX entry_of_text ON entry (text_key)",
    "CREATE INDEX text_of_essay ON text (essay_id)",
)
_SEALED: Final = {
    "setting": ("name", "value"),
    "collection": ("id", "name", "is_builtin", "created_at", "removed_at"),
    "folder": ("collection_id", "path", "removed_at"),
    "text": ("key", "essay_id", "released_at"),
    "entry": (
        *("id", "collection_id", "folder", "path", "name", "digest", "size", "mtime_ns", "state"),
        *("reason", "duplicate_of", "text_key", "segment_key", "title", "author", "added_at"),
        *("changed_at", "removed_at"),
    ),
}


def _triggers() -> Iterable[str]:
    for table, columns in _SEALED.items():
        listed = ", ".join(columns)
        sealing = f"UPDATE {table} SET seal = seal({listed}) WHERE rowid = NEW.rowid;"
        yield f"CREATE TRIGGER {table}_added AFTER INSERT ON {table} BEGIN {sealing} END"
        yield (
            f"CREATE TRIGGER {table}_changed AFTER UPDATE OF {listed} ON {table}"
            f" BEGIN {sealing} END"
        )


SCHEMA: Final = tuple(
    " ".join(statement.split()) for statement in (*_TABLES, _PRESENT, *_INDICES, *_triggers())
)


def open_library_file(folder: Path, *, busy_timeout_s: float) -> SqliteFile:
    """Open the file of the tables in a folder; make both if they are not there.

    A damaged file is set aside under a new name, and its ``notice`` says so.

    Raises:
        LibraryError: The file cannot be opened, is of a newer version, or its tables are not
            those of its version.
    """
    return SqliteFile(folder / FILE_NAME, replace(_KIND, busy_timeout_s=busy_timeout_s))


def find_broken_rows(db: sqlite3.Connection) -> tuple[tuple[str, int], ...]:
    """Return table and rowid of each row that is not as it was written."""
    return tuple(
        (table, int(rowid))
        for table, columns in _SEALED.items()
        for (rowid,) in db.execute(
            f"SELECT rowid FROM {table} WHERE seal != seal({', '.join(columns)}) ORDER BY rowid"
        )
    )


def has_own_schema(db: sqlite3.Connection) -> bool:
    """Return whether tables, indices and triggers are those of this version."""
    found = {sql for (sql,) in db.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")}
    return set(SCHEMA) <= found and len(found) == len(SCHEMA) + 1  # SQLite's own sqlite_sequence


def _add_seal(db: sqlite3.Connection) -> None:
    db.create_function("seal", -1, _seal, deterministic=True)


def _seal(*values: object) -> str:
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:_SEAL_DIGITS]


_KIND: Final = FileKind(
    schema=SCHEMA,
    version=1,
    what="The kept essays",
    error=LibraryError,
    busy_timeout_s=BUSY_TIMEOUT_S,
    on_connect=_add_seal,
    is_own=has_own_schema,
)
