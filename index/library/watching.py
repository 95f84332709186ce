"""Watched folders against what is kept of them: changed, added and vanished files."""

import threading
import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from index.errors import EssayError
from index.library.adding import EssayReader, Intake, OnFile, digest_of
from index.library.entries import EntryState
from index.library.known import ITSELF, KnownFile, Place, Seen, known_files, show_path
from index.library.scanning import FoundFile, Scan, scan_folder
from index.library.shelving import keep_moved, keep_seen, keep_vanished
from index.library.store import Library
from index.reading.files import load_file
from index.reading.limits import MAX_FILE_BYTES
from index.reading.steps import FileProgress, Step

_TICK_NS: Final = 2_000_000_000
"""Some disks tell times to two seconds only: within them a file may change and look the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """One watched folder: what is in it, and what is known of it."""

    folder: Path
    scan: Scan
    known: dict[str, KnownFile]


def sync_folders(
    library: Library,
    collection_id: str,
    *,
    reader: EssayReader,
    on_progress: OnFile,
    cancelled: threading.Event,
) -> tuple[FileProgress, ...]:
    """Follow the watched folders of a collection.

    Only files that were added or changed are read, each kept as by ``add_sources``; a changed one
    keeps its entry and the reader's corrections. Files that are gone are ``VANISHED`` until they
    come back; one that was moved within its folder is known again by its bytes. Where nothing
    changed, files are not even opened.

    Args:
        library: What is kept.
        collection_id: The collection whose folders are looked at.
        reader: Reads files.
        on_progress: Told of every step of every file found, first that all are waiting.
        cancelled: Stops this when set; the rest is done by the next look.

    Returns:
        The last state of each file found, folder by folder, ordered by path.

    Raises:
        LibraryError: There is no such collection, or it cannot be written; what was said to be
            kept is.
    """
    looks = _note_vanished(library, collection_id, _look(library, collection_id))
    found = [(look, file) for look in looks for file in _files_of(look)]
    intake = Intake(
        library,
        names=[
            show_path(look.folder, file.path, is_ambiguous=len(looks) > 1) for look, file in found
        ],
        reader=reader,
        on_progress=on_progress,
        cancelled=cancelled,
    )
    work = []
    for number, (look, file) in enumerate(found):
        if _is_as_known(look.known.get(file.path), file):
            intake.report(number, Step.UNCHANGED)
        else:
            work.append((number, look, file))
    # One connection stays open, so that SQLite does not tidy its file up after each essay.
    with library.file.connected() if work else nullcontext():
        for number, look, file in work:
            if cancelled.is_set():
                break
            place = Place(collection_id=collection_id, folder=str(look.folder), path=file.path)
            _follow(library, intake, number, place, look, file)
    return intake.states


def _look(library: Library, collection_id: str) -> list[_Look]:
    with library.file.connected() as db:
        folders = library.require(db, collection_id).folders
        known = [known_files(db, collection_id, str(folder)) for folder in folders]
    return [
        _Look(folder=folder, scan=scan_folder(folder), known=files)
        for folder, files in zip(folders, known, strict=True)
    ]


def _files_of(look: _Look) -> Iterator[FoundFile]:
    """Yield the files of a folder that the reader has not taken out."""
    if look.scan.problem:
        yield FoundFile(path=ITSELF, location=look.folder, problem=look.scan.problem)
    for file in look.scan.files:
        known = look.known.get(file.path)
        if known is None or not known.is_removed:
            yield file


def _note_vanished(library: Library, collection_id: str, looks: list[_Look]) -> list[_Look]:
    """Note which files are gone; return what is known then: others may take their place."""
    gone = []
    for look in looks:
        there = {file.path for file in _files_of(look)}
        gone += [
            known
            for path, known in look.known.items()
            if path not in there
            and not known.is_removed
            and known.state is not EntryState.VANISHED
            and not (look.scan.may_hold(path) and known.state is EntryState.READY)
        ]
    if not gone:
        return looks
    with library.file.writing() as db:
        for known in gone:
            keep_vanished(db, known, now=library.now())
        return [
            replace(look, known=known_files(db, collection_id, str(look.folder))) for look in looks
        ]


def _is_as_known(known: KnownFile | None, file: FoundFile) -> bool:
    """Return whether nothing is to be done about a file."""
    if known is None or known.state is EntryState.VANISHED or known.is_freed:
        return False
    if file.problem:
        return file.problem in known.reason
    return (known.seen.size, known.seen.mtime_ns) == (file.size, file.mtime_ns)


def _follow(
    library: Library, intake: Intake, number: int, place: Place, look: _Look, file: FoundFile
) -> None:
    """Read a file that is new, changed or back, unless its bytes are known."""
    known = look.known.get(file.path)
    seen = Seen(digest="", size=file.size, mtime_ns=_lasting(file.mtime_ns))
    if file.problem:
        intake.fail(number, place, known, seen, file.problem)
        return
    try:
        content = load_file(file.location, max_bytes=MAX_FILE_BYTES)
    except EssayError as error:
        intake.fail(number, place, known, seen, str(error))
        return
    seen = Seen(digest=digest_of(content), size=seen.size, mtime_ns=seen.mtime_ns)
    if known is not None and known.seen.digest == seen.digest and not known.is_freed:
        with library.file.writing() as db:
            outcome = keep_seen(db, known, seen=seen, now=library.now())
        intake.report(number, outcome.step, reason=outcome.reason)
    elif known is None and (moved := _find_moved(look, seen)):
        del look.known[moved.path]
        with library.file.writing() as db:
            outcome = keep_moved(db, moved, place, seen=seen, now=library.now())
        intake.report(number, outcome.step, reason=outcome.reason)
    else:
        intake.take(number, place, known, seen, content)


def _find_moved(look: _Look, seen: Seen) -> KnownFile | None:
    there = {file.path for file in look.scan.files}
    for path, known in look.known.items():
        is_gone = path not in there and not look.scan.may_hold(path)
        is_essay = not known.is_removed and known.state is not EntryState.FAILED
        if is_gone and is_essay and known.seen.digest == seen.digest:
            return known
    return None


def _lasting(mtime_ns: int) -> int:
    """Return when a file was changed, or 0 if it may yet change without that being told."""
    return mtime_ns if time.time_ns() - mtime_ns > _TICK_NS else 0
