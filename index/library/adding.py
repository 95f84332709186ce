"""Adding files to a collection, one after the other; each is kept whole before it is said to be."""

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from index.corpus import storable
from index.errors import EssayError, StoppedReadingError
from index.library.entries import EntryState
from index.library.known import KnownFile, Place, Seen, find_given
from index.library.shelving import Outcome, keep_essay, keep_failure
from index.library.store import Library
from index.library.texts import correct
from index.reading.files import load_file
from index.reading.limits import MAX_FILE_BYTES
from index.reading.process import ReadEssay
from index.reading.steps import FileProgress, Step
from index.segments import make_segment

OnFile = Callable[[FileProgress], None]


class EssayReader(Protocol):
    """What reads files into essays; ``ReadingProcess`` does in a process of its own."""

    def read(
        self,
        name: str,
        content: bytes,
        *,
        on_step: Callable[[Step], None],
        cancelled: threading.Event,
    ) -> ReadEssay:
        """Read, clean, split and index one file.

        Raises:
            EssayError: It cannot be used.
            StoppedReadingError: ``cancelled`` was set.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file to add.

    Attributes:
        name: What to call it.
        path: Where it is on the disk, if it is; it is read once and not watched.
        content: What is in it, if it is not on the disk.
    """

    name: str
    path: Path | None
    content: bytes | None


def add_sources(
    library: Library,
    collection_id: str,
    sources: Sequence[Source],
    *,
    reader: EssayReader,
    on_progress: OnFile,
    cancelled: threading.Event,
) -> tuple[FileProgress, ...]:
    """Add files to a collection.

    Each is one transaction: once ``on_progress`` says ``DONE``, the essay is kept whatever
    happens then. A file with a text that the collection has is refused, naming the other; one
    that was added before by this name with the same bytes is ``UNCHANGED``, and with other bytes
    it is another essay. One that cannot be read is kept as ``FAILED``, with its reason.

    Args:
        library: Where to keep them.
        collection_id: The collection to add them to.
        sources: The files, in this order.
        reader: Reads them.
        on_progress: Told of every step of every file, first that all are waiting.
        cancelled: Stops this when set; files that have not come to their end stay out.

    Returns:
        The last state of each file, in the order of ``sources``.

    Raises:
        LibraryError: There is no such collection, or it cannot be written; what was said to be
            kept is.
    """
    # One connection stays open, so that SQLite does not tidy its file up after each essay.
    with library.file.connected() as db:
        library.require(db, collection_id)
        intake = Intake(
            library,
            names=[source.name for source in sources],
            reader=reader,
            on_progress=on_progress,
            cancelled=cancelled,
        )
        for number, source in enumerate(sources):
            if cancelled.is_set():
                break
            place = Place(collection_id=collection_id, folder="", path=storable(source.name))
            intake.take_given(number, place, find_given(db, place), source)
    return intake.states


class Intake:
    """Files on their way into the library, and how far each has come.

    Attributes:
        states: The last state of each file.
    """

    def __init__(
        self,
        library: Library,
        *,
        names: Sequence[str],
        reader: EssayReader,
        on_progress: OnFile,
        cancelled: threading.Event,
    ) -> None:
        """Begin with files of these names, all of them waiting."""
        self._library = library
        self._reader = reader
        self._on_progress = on_progress
        self._cancelled = cancelled
        self._states = [
            FileProgress(name=name, step=Step.WAITING, done=0, total=len(names)) for name in names
        ]
        for state in self._states:
            on_progress(state)

    @property
    def states(self) -> tuple[FileProgress, ...]:
        """The last state of each file."""
        return tuple(self._states)

    def report(self, number: int, step: Step, *, reason: str = "") -> None:
        """Say what step a file has come to."""
        n_ended = sum(state.step.is_last for state in self._states)
        self._states[number] = FileProgress(
            name=self._states[number].name,
            step=step,
            reason=reason,
            done=n_ended + step.is_last,
            total=len(self._states),
        )
        self._on_progress(self._states[number])

    def take_given(
        self, number: int, place: Place, given: Sequence[KnownFile], source: Source
    ) -> None:
        """Add a file that was given by itself.

        Args:
            number: Its place among the names.
            place: Where it is to be kept.
            given: What was given by this name before.
            source: The file.
        """
        failed = next((known for known in given if known.state is EntryState.FAILED), None)
        seen = Seen(digest="", size=0, mtime_ns=0)
        try:
            content = source.content
            if content is None:
                content = _load(source)
        except EssayError as error:
            self.fail(number, place, failed, seen, str(error))
            return
        seen = Seen(digest=digest_of(content), size=len(content), mtime_ns=0)
        is_known = any(
            known.seen.digest == seen.digest and known.state is EntryState.READY for known in given
        )
        if is_known:
            self.report(number, Step.UNCHANGED)
        else:
            self.take(number, place, failed, seen, content)

    def take(
        self, number: int, place: Place, known: KnownFile | None, seen: Seen, content: bytes
    ) -> None:
        """Read a file and keep the essay, or the reason why it cannot be used.

        Args:
            number: Its place among the names.
            place: Where it is kept.
            known: What is known of it.
            seen: As it was when ``content`` was read.
            content: What is in it.
        """
        try:
            essay = self._reader.read(
                place.path,
                content,
                on_step=lambda step: self.report(number, step),
                cancelled=self._cancelled,
            )
        except EssayError as error:
            self.fail(number, place, known, seen, str(error))
            return
        except StoppedReadingError:
            self._states[number] = FileProgress(
                name=self._states[number].name,
                step=Step.WAITING,
                done=sum(state.step.is_last for state in self._states),
                total=len(self._states),
            )
            return
        self._keep_segment(essay, known)
        with self._library.file.writing() as db:
            outcome = keep_essay(
                db, place, known, seen=seen, document=essay.document, now=self._library.now()
            )
        self._end(number, outcome)

    def fail(
        self, number: int, place: Place, known: KnownFile | None, seen: Seen, reason: str
    ) -> None:
        """Keep the reason why a file cannot be used."""
        with self._library.file.writing() as db:
            outcome = keep_failure(
                db, place, known, seen=seen, reason=reason, now=self._library.now()
            )
        self._end(number, outcome)

    def _keep_segment(self, essay: ReadEssay, known: KnownFile | None) -> None:
        """Keep the index first: an entry without one would have to be mended."""
        segment = essay.segment
        if known is not None and (known.title is not None or known.author is not None):
            segment = make_segment(
                correct(essay.document, name=known.name, title=known.title, author=known.author)
            )
        self._library.segments.keep(segment)

    def _end(self, number: int, outcome: Outcome) -> None:
        self.report(number, outcome.step, reason=outcome.reason)


def digest_of(content: bytes) -> str:
    """Return the SHA-256 of a file's bytes, 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _load(source: Source) -> bytes:
    if source.path is None:
        raise EssayError("nothing was given of it; give its path or its content")
    return load_file(source.path, max_bytes=MAX_FILE_BYTES)
