"""What is known of a file from the last time it was seen."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from index.library.entries import EntryState, parse_state

ITSELF: Final = "/"
"""The path of a watched folder in itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a file is from.

    Attributes:
        collection_id: The collection it is for.
        folder: The watched folder; empty if it was added by itself.
        path: Its path there, with ``/``; the name it was given with if it was added by itself.
    """

    collection_id: str
    folder: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A file as it was when it was read.

    Attributes:
        digest: SHA-256 of its bytes, 64 hexadecimal digits; empty if it could not be read.
        size: In bytes.
        mtime_ns: When it was changed; 0 if that may not tell of the next change.
    """

    digest: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFile:
    """What is known of a file.

    Attributes:
        id: Its entry's id.
        path: As in ``Place``.
        name: As it is shown.
        seen: As it was last.
        state: What became of it.
        reason: Why it is not in use, or not its newest text, in words.
        is_removed: Whether the reader took it out of the collection.
        is_freed: Whether it was refused as a duplicate of an essay that is not there any more.
        title: The reader's correction, ``None`` if there is none.
        author: The same.
    """

    id: int
    path: str
    name: str
    seen: Seen
    state: EntryState
    reason: str
    is_removed: bool
    is_freed: bool
    title: str | None
    author: str | None


_KNOWN: Final = """
    SELECT id, path, name, digest, size, mtime_ns, state, reason, removed_at != '',
        duplicate_of != '' AND NOT EXISTS (
            SELECT 1 FROM present p JOIN text t ON t.key = p.text_key
            WHERE p.collection_id = entry.collection_id AND p.state = 'ready'
            AND t.essay_id = entry.duplicate_of
        ), title, author
    FROM entry WHERE collection_id = ? AND folder = ?
"""


def known_files(db: sqlite3.Connection, collection_id: str, folder: str) -> dict[str, KnownFile]:
    """Return the files of a watched folder by path, removed ones too."""
    rows = db.execute(_KNOWN, (collection_id, folder))
    return {known.path: known for known in map(_known, rows)}


def find_given(db: sqlite3.Connection, place: Place) -> tuple[KnownFile, ...]:
    """Return the present files that were added by themselves with this name, oldest first."""
    rows = db.execute(
        f"{_KNOWN} AND path = ? AND removed_at = '' ORDER BY id",
        (place.collection_id, place.folder, place.path),
    )
    return tuple(map(_known, rows))


def find_at(db: sqlite3.Connection, place: Place) -> int:
    """Return the id of the entry of a file in a watched folder, 0 if there is none yet."""
    found = db.execute(
        "SELECT id FROM entry WHERE collection_id = ? AND folder = ? AND path = ? AND folder != ''",
        (place.collection_id, place.folder, place.path),
    ).fetchone()
    return int(found[0]) if found else 0


def show_path(folder: Path, path: str, *, is_ambiguous: bool) -> str:
    """Return what to call a file of a watched folder.

    >>> show_path(Path("/essays"), "a.txt", is_ambiguous=False)
    'a.txt'
    >>> show_path(Path("/essays"), "a.txt", is_ambiguous=True)
    'essays/a.txt'
    >>> show_path(Path("/essays"), ITSELF, is_ambiguous=False)
    'essays/'
    """
    if path == ITSELF:
        return f"{folder.name}/"
    return f"{folder.name}/{path}" if is_ambiguous else path


def find_twin(db: sqlite3.Connection, collection_id: str, essay_id: str, *, besides: int) -> str:
    """Return the name of another entry in use with this text, or ""."""
    found = db.execute(
        "SELECT p.name FROM present p JOIN text t ON t.key = p.text_key WHERE p.collection_id = ?"
        " AND t.essay_id = ? AND p.state = ? AND p.id != ? ORDER BY p.id",
        (collection_id, essay_id, EntryState.READY, besides),
    ).fetchone()
    return str(found[0]) if found else ""


def is_name_taken(db: sqlite3.Connection, collection_id: str, name: str, *, besides: int) -> bool:
    """Return whether another present entry of the collection is shown by a name."""
    found = db.execute(
        "SELECT 1 FROM present WHERE collection_id = ? AND name = ? AND id != ?",
        (collection_id, name, besides),
    ).fetchone()
    return found is not None


def _known(row: tuple[Any, ...]) -> KnownFile:
    id_, path, name, digest, size, mtime_ns, state, reason, is_removed, is_freed, title, author = (
        row
    )
    return KnownFile(
        id=id_,
        path=path,
        name=name,
        seen=Seen(digest=digest, size=size, mtime_ns=mtime_ns),
        state=parse_state(state),
        reason=reason,
        is_removed=bool(is_removed),
        is_freed=bool(is_freed),
        title=title,
        author=author,
    )
