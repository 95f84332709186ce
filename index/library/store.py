"""The library: essays that are kept, in named collections, searched without reading files again.

Two kinds of storage. The truth is one SQLite file: collections, watched folders, what is known of
each file, and the texts read from them; what was acknowledged is in it, whatever happens then.
The index of each essay is derived and lies in a file of its own (``segment_files``); if that is
lost, damaged or of another version, it is made from the kept text.

What is taken out, and a text that a changed file replaced, stays for ``KEPT_DAYS``: for undo, and
for the chats that cite it.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from index.corpus import Document
from index.errors import LibraryError
from index.library import checking, opening
from index.library.collecting import CollectionStore
from index.library.entries import (
    BUILTIN_ID,
    Collection,
    Entry,
    EntryState,
    Finding,
    OpenCollection,
    parse_state,
)
from index.library.purging import purge
from index.library.schema import BUSY_TIMEOUT_S, open_library_file
from index.library.segment_files import SegmentFiles
from index.library.shelving import settle
from index.library.texts import correct, fetch_text, parse_meta
from index.segments import make_segment

__all__ = [
    "BUILTIN_ID",
    "KEPT_DAYS",
    "Collection",
    "Entry",
    "EntryState",
    "Finding",
    "Library",
    "OpenCollection",
]

KEPT_DAYS: Final = 30
"""How long what was taken out or replaced is kept; then an opening deletes it."""
_SEGMENTS: Final = "index"
_GONE: Final = "the file is no longer in its folder"

OnProgress = Callable[[int, int], None]
"""Told how many essays are done, and how many there are."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Library(CollectionStore):
    """The essays kept in one folder.

    Every method may be called from any thread, and several processes may use the folder at once.
    A method raises ``LibraryError`` if the file cannot be read or written (a full disk, a lock
    held for long); then it has changed nothing.

    Attributes:
        notice: What the reader should know about the opening, in words; usually empty.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clock: Callable[[], datetime] = _utc_now,
        busy_timeout_s: float = BUSY_TIMEOUT_S,
    ) -> None:
        """Open the library of a folder; make it if there is none.

        A damaged file is set aside under a new name, an empty library begun, and ``notice`` says
        so. What was taken out ``KEPT_DAYS`` ago is deleted.

        Args:
            folder: Where it lies.
            clock: Tells the time.
            busy_timeout_s: How long to wait for another process that writes.

        Raises:
            LibraryError: It cannot be opened, or is of a newer version.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise LibraryError(
                f"The kept essays cannot be opened: {error}. Make {str(folder)!r} writable."
            ) from error
        self.segments = SegmentFiles(folder / _SEGMENTS)
        super().__init__(open_library_file(folder, busy_timeout_s=busy_timeout_s), clock=clock)
        limit = (clock() - timedelta(days=KEPT_DAYS)).isoformat(timespec="milliseconds")
        purge(self.file, self.segments, limit=limit)

    def entries(self, collection_id: str) -> tuple[Entry, ...]:
        """Return the entries of a collection, failed and vanished ones too, ordered by name.

        Raises:
            LibraryError: There is no such collection.
        """
        with self.file.connected() as db:
            self.require(db, collection_id)
            rows = db.execute(
                "SELECT p.*, t.meta, t.essay_id FROM present p"
                " LEFT JOIN text t ON t.key = p.text_key"
                " WHERE p.collection_id = ? ORDER BY p.name, p.id",
                (collection_id,),
            )
            rows.row_factory = sqlite3.Row
            return tuple(map(_entry, rows))

    def document(self, entry_id: int) -> Document:
        """Return the essay of an entry, with the reader's corrections.

        Raises:
            LibraryError: There is no such entry, it has no essay, or that is damaged.
        """
        with self.file.connected() as db:
            return _fetch_document(db, entry_id)

    def find_document(self, essay_id: str) -> Document:
        """Return the essay with an id, also one that was replaced or taken out but is still kept.

        With the corrections of an entry that has it, if there is one; those in use come first.

        Raises:
            LibraryError: It is not kept, or it is damaged.
        """
        with self.file.connected() as db:
            found = db.execute(
                "SELECT e.id FROM text t JOIN entry e ON e.text_key = t.key WHERE t.essay_id = ?"
                " ORDER BY e.removed_at, e.state != ?, e.id",
                (essay_id, EntryState.READY),
            ).fetchone()
            if found:
                return _fetch_document(db, found[0])
            kept = db.execute(
                "SELECT key FROM text WHERE essay_id = ? ORDER BY released_at DESC", (essay_id,)
            ).fetchone()
            if kept:
                return fetch_text(db, kept[0])
        raise LibraryError(
            f"The essay {essay_id!r} is not kept: it was changed or taken out more than"
            f" {KEPT_DAYS} days ago, or never added."
        )

    def correct(self, entry_id: int, *, title: str | None, author: str | None) -> None:
        """Correct title and author of an essay; both are searched, and survive a re-read.

        Args:
            entry_id: The entry's id.
            title: The title; ``None``, or a blank one: what the file says.
            author: The author, blank for none; ``None``: what the file says.

        Raises:
            LibraryError: There is no such entry, or it has no essay.
        """
        with self.file.connected() as db:
            as_read = fetch_text(db, _find_text(db, entry_id))
            (name,) = db.execute("SELECT name FROM entry WHERE id = ?", (entry_id,)).fetchone()
        new_title = _correction(title, as_read.title) or None
        new_author = _correction(author, as_read.author)
        segment = make_segment(correct(as_read, name=name, title=new_title, author=new_author))
        self.segments.keep(segment)
        with self.file.writing() as db:
            db.execute(
                "UPDATE entry SET title = ?, author = ?, segment_key = ?, changed_at = ?"
                " WHERE id = ?",
                (new_title, new_author, segment.document_key, self.now(), entry_id),
            )

    def remove(self, entry_ids: Iterable[int]) -> None:
        """Take entries out of their collections; ``restore`` undoes it for ``KEPT_DAYS``.

        Files stay where they are, and those of a watched folder are not added again. An entry
        that is not there is passed over.
        """
        now = self.now()
        with self.file.writing() as db:
            db.executemany(
                "UPDATE entry SET removed_at = ? WHERE id = ? AND removed_at = ''",
                [(now, entry_id) for entry_id in entry_ids],
            )

    def last_removed(self, collection_id: str) -> tuple[Entry, ...]:
        """Return the entries that were taken out of a collection together last, ordered by name.

        Empty if none is kept for ``restore``.

        Raises:
            LibraryError: There is no such collection.
        """
        with self.file.connected() as db:
            self.require(db, collection_id)
            rows = db.execute(
                "SELECT e.*, t.meta, t.essay_id FROM entry e LEFT JOIN text t ON t.key = e.text_key"
                " WHERE e.collection_id = ? AND e.removed_at != '' AND e.removed_at ="
                " (SELECT max(removed_at) FROM entry WHERE collection_id = ?)"
                " ORDER BY e.name, e.id",
                (collection_id, collection_id),
            )
            rows.row_factory = sqlite3.Row
            return tuple(map(_entry, rows))

    def restore(self, entry_ids: Iterable[int]) -> None:
        """Undo ``remove``.

        A text that the collection has got again meanwhile is not in use twice: the entry becomes
        ``FAILED`` with that reason. An entry that is not kept any more is passed over.
        """
        with self.file.writing() as db:
            for entry_id in entry_ids:
                restored = db.execute(
                    "UPDATE entry SET removed_at = '' WHERE id = ? AND removed_at != ''",
                    (entry_id,),
                )
                if restored.rowcount:
                    settle(db, entry_id, now=self.now())

    def open_index(
        self,
        collection_id: str,
        *,
        on_progress: OnProgress | None = None,
        cancelled: threading.Event | None = None,
    ) -> OpenCollection:
        """Open the essays of a collection that are in use, and the index over them.

        No file is read and no text analysed, unless a part of the index is missing, damaged or of
        another version: that part is made anew, and ``rebuilt`` says so.

        Raises:
            LibraryError: There is no such collection.
            StoppedReadingError: ``cancelled`` was set.
        """
        with self.file.connected() as db:
            self.require(db, collection_id)
        return opening.open_collection(
            self.file,
            self.segments,
            collection_id,
            now=self.now(),
            on_progress=on_progress,
            cancelled=cancelled,
        )

    def rebuild(self, collection_id: str, *, on_progress: OnProgress | None = None) -> int:
        """Make the index of a collection anew from the kept texts; return of how many essays.

        Raises:
            LibraryError: There is no such collection, or the index cannot be written.
        """
        with self.file.connected() as db:
            self.require(db, collection_id)
        return opening.rebuild(self.file, self.segments, collection_id, on_progress=on_progress)

    def check(self) -> tuple[Finding, ...]:
        """Look at everything that is kept and return what is wrong with it; usually nothing.

        Nothing is changed.
        """
        return checking.check(self.file, self.segments)


def _find_text(db: sqlite3.Connection, entry_id: int) -> str:
    found = db.execute("SELECT text_key, name FROM entry WHERE id = ?", (entry_id,)).fetchone()
    if found is None:
        raise LibraryError(f"There is no entry {entry_id!r} in the library; reload the page.")
    if found[0] is None:
        raise LibraryError(f"{found[1]!r} was not read, so there is no essay of it.")
    return str(found[0])


def _fetch_document(db: sqlite3.Connection, entry_id: int) -> Document:
    as_read = fetch_text(db, _find_text(db, entry_id))
    name, title, author = db.execute(
        "SELECT name, title, author FROM entry WHERE id = ?", (entry_id,)
    ).fetchone()
    return correct(as_read, name=name, title=title, author=author)


def _correction(given: str | None, as_read: str) -> str | None:
    """Return what the reader gave, on one line, unless it is what the file says."""
    if given is None:
        return None
    line = " ".join(given.split())
    return None if line == as_read else line


def _entry(row: sqlite3.Row) -> Entry:
    meta = parse_meta(row["meta"])
    state = parse_state(row["state"])
    return Entry(
        id=row["id"],
        collection_id=row["collection_id"],
        name=row["name"],
        title=meta.title if row["title"] is None else row["title"],
        author=meta.author if row["author"] is None else row["author"],
        date=meta.date,
        words=meta.words,
        format=meta.format,
        state=state,
        reason=_GONE if state is EntryState.VANISHED else row["reason"],
        folder=row["folder"],
        text_id=row["essay_id"] or "",
        is_corrected=row["title"] is not None or row["author"] is not None,
        added_at=row["added_at"],
        changed_at=row["changed_at"],
    )
