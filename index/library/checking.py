"""Looking for damage in everything that is kept."""

import sqlite3
from collections.abc import Iterator

from index.errors import DamagedSegmentError, LibraryError
from index.library.entries import EntryState, Finding
from index.library.schema import find_broken_rows, has_own_schema
from index.library.segment_files import SegmentFiles
from index.library.texts import StoredText, correct, parse_text
from index.sqlite_file import SqliteFile

_RESTORE = "copy the library's folder, then add the files again"


def check(file: SqliteFile, segments: SegmentFiles) -> tuple[Finding, ...]:
    """Return what is wrong with the file and with the parts of the indices; changes nothing."""
    try:
        with file.connected() as db:
            return (
                *_check_structure(db),
                *_check_rows(db),
                *_check_texts(db),
                *_check_segments(db, segments),
            )
    except LibraryError as error:
        return (Finding(entry_id=0, name="", problem=str(error), is_derived=False),)


def _check_structure(db: sqlite3.Connection) -> Iterator[Finding]:
    for (said,) in db.execute("PRAGMA integrity_check"):
        if said != "ok":
            yield _finding(f"The file of the kept essays is damaged ({said}); {_RESTORE}.")
    if not has_own_schema(db):
        yield _finding(f"The tables of the kept essays are not those of this program; {_RESTORE}.")
    for table, rowid, parent, _ in db.execute("PRAGMA foreign_key_check"):
        yield _finding(f"Row {rowid} of {table!r} misses its {parent!r}; {_RESTORE}.")


def _check_rows(db: sqlite3.Connection) -> Iterator[Finding]:
    for table, rowid in find_broken_rows(db):
        name = ""
        if table == "entry":
            (name,) = db.execute("SELECT name FROM entry WHERE id = ?", (rowid,)).fetchone()
        yield Finding(
            entry_id=rowid if name else 0,
            name=name,
            problem=f"Row {rowid} of {table!r} is not as it was written; {_RESTORE}.",
            is_derived=False,
        )


def _check_texts(db: sqlite3.Connection) -> Iterator[Finding]:
    for key, meta, body in db.execute("SELECT key, meta, body FROM text ORDER BY key"):
        try:
            parse_text(StoredText(key=key, meta=meta, body=body))
        except LibraryError as error:
            entry_id, name = db.execute(
                "SELECT id, name FROM entry WHERE text_key = ? ORDER BY id", (key,)
            ).fetchone() or (0, "")
            yield Finding(
                entry_id=entry_id, name=name, problem=f"{key}: {error}.", is_derived=False
            )


def _check_segments(db: sqlite3.Connection, segments: SegmentFiles) -> Iterator[Finding]:
    rows = db.execute(
        "SELECT p.id, p.name, p.title, p.author, t.key, t.meta, t.body FROM present p"
        " JOIN text t ON t.key = p.text_key JOIN collection c ON c.id = p.collection_id"
        " WHERE p.state = ? AND c.removed_at = '' ORDER BY p.name, p.id",
        (EntryState.READY,),
    )
    for entry_id, name, title, author, key, meta, body in rows:
        try:
            as_read = parse_text(StoredText(key=key, meta=meta, body=body))
        except LibraryError:
            continue  # that was said of the text
        try:
            segments.load(correct(as_read, name=name, title=title, author=author))
        except (DamagedSegmentError, OSError) as error:
            is_missing = isinstance(error, FileNotFoundError)
            yield Finding(
                entry_id=entry_id,
                name=name,
                problem=f"its index is {'missing' if is_missing else 'damaged'}; it is made anew"
                " from the kept text when the collection is opened.",
                is_derived=True,
            )


def _finding(problem: str) -> Finding:
    return Finding(entry_id=0, name="", problem=problem, is_derived=False)
