"""Putting essays into a collection and taking them out again, each in one transaction.

Every function works in a transaction that its caller began, and the triggers seal what it writes.
"""

import sqlite3
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from index.corpus import Document, storable
from index.library.entries import EntryState
from index.library.known import (
    KnownFile,
    Place,
    Seen,
    find_at,
    find_twin,
    is_name_taken,
    show_path,
)
from index.library.texts import DAMAGED, correct, release_text, save_text
from index.reading.steps import Step
from index.segments import document_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a file: its last step, and why it failed."""

    step: Step
    reason: str = ""


def keep_essay(
    db: sqlite3.Connection,
    place: Place,
    known: KnownFile | None,
    *,
    seen: Seen,
    document: Document,
    now: str,
) -> Outcome:
    """Store an essay as that of a file, known or new; refuse it if the collection has its text.

    What an essay replaces stays for those that cite it, see ``release_text``.
    """
    entry_id = _find_entry(db, place, known)
    if twin := find_twin(db, place.collection_id, document.id, besides=entry_id):
        return _refuse(
            db, place, entry_id, seen=seen, reason=_same_as(twin), duplicate_of=document.id, now=now
        )
    key = save_text(db, document)
    entry_id = _ensure_entry(db, place, entry_id, now=now)
    name, title, author, old_key = db.execute(
        "SELECT name, title, author, text_key FROM entry WHERE id = ?", (entry_id,)
    ).fetchone()
    db.execute(
        "UPDATE entry SET text_key = ?, segment_key = ?, state = ?, reason = '', duplicate_of = '',"
        " digest = ?, size = ?, mtime_ns = ?, changed_at = ? WHERE id = ?",
        (
            key,
            document_key(correct(document, name=name, title=title, author=author)),
            EntryState.READY,
            seen.digest,
            seen.size,
            seen.mtime_ns,
            now,
            entry_id,
        ),
    )
    release_text(db, old_key, now=now)
    return Outcome(step=Step.DONE)


def keep_failure(
    db: sqlite3.Connection,
    place: Place,
    known: KnownFile | None,
    *,
    seen: Seen,
    reason: str,
    now: str,
) -> Outcome:
    """Note that a file cannot be read. If an earlier text of it is kept, that stays in use."""
    entry_id = _find_entry(db, place, known)
    kept = db.execute(
        "SELECT state FROM entry WHERE id = ? AND text_key IS NOT NULL", (entry_id,)
    ).fetchone()
    if kept is None:
        return _refuse(db, place, entry_id, seen=seen, reason=reason, duplicate_of="", now=now)
    db.execute(
        "UPDATE entry SET state = ?, reason = ?, digest = ?, size = ?, mtime_ns = ?,"
        " changed_at = ? WHERE id = ?",
        (
            EntryState.READY,
            storable(f"the file has changed, and {reason}; its earlier text is searched"),
            seen.digest,
            seen.size,
            seen.mtime_ns,
            now,
            entry_id,
        ),
    )
    if kept[0] == EntryState.VANISHED:
        settle(db, entry_id, now=now)
    return Outcome(step=Step.FAILED, reason=reason)


def keep_seen(db: sqlite3.Connection, known: KnownFile, *, seen: Seen, now: str) -> Outcome:
    """Note that a file is there with the bytes it had; a vanished one is in use again."""
    db.execute(
        "UPDATE entry SET size = ?, mtime_ns = ? WHERE id = ?", (seen.size, seen.mtime_ns, known.id)
    )
    if known.state is EntryState.VANISHED:
        db.execute(
            "UPDATE entry SET state = ?, changed_at = ? WHERE id = ?",
            (EntryState.READY, now, known.id),
        )
        settle(db, known.id, now=now)
    return Outcome(step=Step.UNCHANGED)


def keep_vanished(db: sqlite3.Connection, known: KnownFile, *, now: str) -> None:
    """Note that a file is gone: its essay stays, unsearched; a failure is forgotten."""
    if known.state is EntryState.FAILED:
        db.execute("DELETE FROM entry WHERE id = ?", (known.id,))
    elif known.state is EntryState.READY:
        db.execute(
            "UPDATE entry SET state = ?, changed_at = ? WHERE id = ?",
            (EntryState.VANISHED, now, known.id),
        )


def keep_moved(
    db: sqlite3.Connection, known: KnownFile, place: Place, *, seen: Seen, now: str
) -> Outcome:
    """Note that a vanished file is at another place of its folder, and in use again."""
    db.execute(
        "UPDATE entry SET path = ?, name = ?, mtime_ns = ?, size = ?, state = ?, changed_at = ?"
        " WHERE id = ?",
        (
            place.path,
            _free_name(db, place, besides=known.id),
            seen.mtime_ns,
            seen.size,
            EntryState.READY,
            now,
            known.id,
        ),
    )
    settle(db, known.id, now=now)
    return Outcome(step=Step.DONE)


def settle(db: sqlite3.Connection, entry_id: int, *, now: str) -> None:
    """Let an entry that is present again have a name of its own and no text of another's."""
    collection_id, folder, path, key, state, essay_id = db.execute(
        "SELECT collection_id, folder, path, text_key, state, essay_id"
        " FROM entry LEFT JOIN text ON text.key = text_key WHERE id = ?",
        (entry_id,),
    ).fetchone()
    place = Place(collection_id=collection_id, folder=folder, path=path)
    db.execute(
        "UPDATE entry SET name = ? WHERE id = ?",
        (_free_name(db, place, besides=entry_id), entry_id),
    )
    if state != EntryState.READY:
        return
    if twin := find_twin(db, collection_id, essay_id, besides=entry_id):
        db.execute(
            "UPDATE entry SET state = ?, reason = ?, duplicate_of = ?, text_key = NULL,"
            " changed_at = ? WHERE id = ?",
            (EntryState.FAILED, _same_as(twin), essay_id, now, entry_id),
        )
        release_text(db, key, now=now)


def spoil(db: sqlite3.Connection, entry_id: int, *, now: str) -> None:
    """Note that an entry's text is damaged; one of a watched folder is read again."""
    db.execute(
        "UPDATE entry SET state = ?, reason = ?, text_key = NULL, digest = '', size = -1,"
        " changed_at = ? WHERE id = ?",
        (EntryState.FAILED, DAMAGED, now, entry_id),
    )


def _refuse(
    db: sqlite3.Connection,
    place: Place,
    entry_id: int,
    *,
    seen: Seen,
    reason: str,
    duplicate_of: str,
    now: str,
) -> Outcome:
    entry_id = _ensure_entry(db, place, entry_id, now=now)
    (old_key,) = db.execute("SELECT text_key FROM entry WHERE id = ?", (entry_id,)).fetchone()
    db.execute(
        "UPDATE entry SET text_key = NULL, segment_key = '', state = ?, reason = ?,"
        " duplicate_of = ?, digest = ?, size = ?, mtime_ns = ?, changed_at = ? WHERE id = ?",
        (
            EntryState.FAILED,
            storable(reason),
            duplicate_of,
            seen.digest,
            seen.size,
            seen.mtime_ns,
            now,
            entry_id,
        ),
    )
    release_text(db, old_key, now=now)
    return Outcome(step=Step.FAILED, reason=reason)


def _same_as(twin: str) -> str:
    return f"it has the same text as {twin!r}"


def _ensure_entry(db: sqlite3.Connection, place: Place, entry_id: int, *, now: str) -> int:
    """Return the id of a file's entry, which is made if there is none."""
    if entry_id:
        return entry_id
    made = db.execute(
        "INSERT INTO entry (collection_id, folder, path, name, digest, size, mtime_ns, state,"
        " reason, added_at, changed_at) VALUES (?, ?, ?, ?, '', 0, 0, ?, '', ?, ?) RETURNING id",
        (
            place.collection_id,
            place.folder,
            place.path,
            _free_name(db, place, besides=0),
            EntryState.FAILED,
            now,
            now,
        ),
    ).fetchone()
    return int(made[0])


def _find_entry(db: sqlite3.Connection, place: Place, known: KnownFile | None) -> int:
    """Return the id of a file's entry, 0 if there is none: another process may have made it."""
    if known is None:
        return find_at(db, place)
    found = db.execute("SELECT id FROM entry WHERE id = ?", (known.id,)).fetchone()
    return int(found[0]) if found else find_at(db, place)


def _free_name(db: sqlite3.Connection, place: Place, *, besides: int) -> str:
    """Return the name to show a file by, which no other present entry of the collection has."""
    name = place.path
    if place.folder:
        is_taken = is_name_taken(db, place.collection_id, name, besides=besides)
        name = show_path(Path(place.folder), name, is_ambiguous=is_taken)
    suffix = PurePosixPath(name).suffix
    stem, number = name.removesuffix(suffix), 2
    while is_name_taken(db, place.collection_id, name, besides=besides):
        name = f"{stem} ({number}){suffix}"
        number += 1
    return name
