"""Opening a collection: its essays from the kept texts, its index from the kept parts."""

import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from index.bm25 import Bm25Index
from index.corpus import Document
from index.errors import (
    DamagedSegmentError,
    EmptyIndexError,
    LibraryError,
    StoppedReadingError,
)
from index.library.entries import EntryState, OpenCollection
from index.library.segment_files import SegmentFiles
from index.library.shelving import spoil
from index.library.texts import StoredText, correct, parse_text
from index.segments import Segment, make_segment
from index.sqlite_file import SqliteFile

_MAX_NAMED: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """An essay in use; ``document`` is ``None`` if its text is damaged."""

    entry_id: int
    name: str
    segment_key: str
    document: Document | None


def open_collection(
    file: SqliteFile,
    segments: SegmentFiles,
    collection_id: str,
    *,
    now: str,
    on_progress: Callable[[int, int], None] | None,
    cancelled: threading.Event | None,
) -> OpenCollection:
    """Open the essays of a collection that are in use, and the index over them.

    Raises:
        LibraryError: The file cannot be read.
        StoppedReadingError: ``cancelled`` was set.
    """
    with _without_collections():
        kept = _load_essays(file, collection_id)
        opener = _Opener(file, segments)
        essays: list[tuple[Document, Segment]] = []
        for done, one in enumerate(kept, start=1):
            if cancelled is not None and cancelled.is_set():
                raise StoppedReadingError("Opening the essays was stopped; open them again.")
            if one.document is not None:
                essays.append((one.document, opener.open(one, one.document)))
            if on_progress:
                on_progress(done, len(kept))
        spoilt = [one for one in kept if one.document is None]
        if spoilt:
            with file.writing() as db:
                for one in spoilt:
                    spoil(db, one.entry_id, now=now)
        try:
            index = Bm25Index.from_segments(essays)
        except EmptyIndexError:
            index = None
    return OpenCollection(
        documents=tuple(document for document, _ in essays),
        index=index,
        rebuilt=(*opener.notices(), *_tell_spoilt(spoilt)),
    )


def rebuild(
    file: SqliteFile,
    segments: SegmentFiles,
    collection_id: str,
    *,
    on_progress: Callable[[int, int], None] | None,
) -> int:
    """Make the parts of a collection's index anew from the kept texts; return how many.

    Raises:
        LibraryError: The file cannot be read, or a part cannot be written.
    """
    kept = [one for one in _load_essays(file, collection_id) if one.document is not None]
    keys = []
    for done, one in enumerate(kept, start=1):
        if one.document is not None:
            segment = make_segment(one.document)
            segments.keep(segment)
            keys.append((segment.document_key, one.entry_id))
        if on_progress:
            on_progress(done, len(kept))
    with file.writing() as db:
        db.executemany("UPDATE entry SET segment_key = ? WHERE id = ?", keys)
    return len(kept)


class _Opener:
    """Opens the parts of an index, and makes anew those that cannot be used."""

    def __init__(self, file: SqliteFile, segments: SegmentFiles) -> None:
        self._file = file
        self._segments = segments
        self._damaged: list[str] = []
        self._missing: list[str] = []
        self._outdated: list[str] = []
        self._unkept = ""

    def open(self, one: _Kept, document: Document) -> Segment:
        try:
            return self._segments.load(document)
        except FileNotFoundError:
            pass
        except (DamagedSegmentError, OSError):
            self._damaged.append(one.name)
        segment = make_segment(document)
        if segment.document_key != one.segment_key:
            self._outdated.append(one.name)
        elif one.name not in self._damaged:
            self._missing.append(one.name)
        try:
            self._segments.keep(segment)
            if segment.document_key != one.segment_key:
                with self._file.writing() as db:
                    db.execute(
                        "UPDATE entry SET segment_key = ? WHERE id = ? AND segment_key = ?",
                        (segment.document_key, one.entry_id, one.segment_key),
                    )
        except LibraryError as error:
            self._unkept = str(error)
        return segment

    def notices(self) -> Iterator[str]:
        """Yield what the reader should know, in words."""
        made = "made anew from the kept text"
        if self._damaged:
            yield f"The index of {_list(self._damaged)} was damaged and was {made}."
        if self._missing:
            yield f"The index of {_list(self._missing)} was missing and was {made}."
        if self._outdated:
            yield f"The index of {_list(self._outdated)} was of another version and was {made}."
        if self._unkept:
            yield f"What was made anew is in use, but will be made again. {self._unkept}"


def _load_essays(file: SqliteFile, collection_id: str) -> list[_Kept]:
    with file.connected() as db:
        rows = db.execute(
            "SELECT p.id, p.name, p.title, p.author, p.segment_key, t.key, t.meta, t.body"
            " FROM present p LEFT JOIN text t ON t.key = p.text_key"
            " WHERE p.collection_id = ? AND p.state = ? ORDER BY p.name, p.id",
            (collection_id, EntryState.READY),
        ).fetchall()
    kept = []
    for entry_id, name, title, author, segment_key, key, meta, body in rows:
        document: Document | None = None
        if key is not None:
            try:
                as_read = parse_text(StoredText(key=key, meta=meta, body=body))
                document = correct(as_read, name=name, title=title, author=author)
            except LibraryError:
                pass
        kept.append(_Kept(entry_id=entry_id, name=name, segment_key=segment_key, document=document))
    return kept


def _tell_spoilt(spoilt: list[_Kept]) -> Iterator[str]:
    if spoilt:
        yield (
            f"The kept text of {_list([one.name for one in spoilt])} is damaged and was left out;"
            " add it again. A file of a watched folder is read again by itself."
        )


def _list(names: list[str]) -> str:
    shown = ", ".join(map(repr, names[:_MAX_NAMED]))
    rest = len(names) - _MAX_NAMED
    return f"{shown} and {rest} more" if rest > 0 else shown


@contextmanager
def _without_collections() -> Iterator[None]:
    """Keep the garbage collector from going through half a million new objects, again and again.

    None of them is garbage; it takes as long as all the rest.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
