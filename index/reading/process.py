"""Files read into essays by a process that may be lost.

Readers are large libraries that strangers' files go through. They run in a process of their own,
under limits: what a hostile or broken file does to that process becomes a reason in words, and
the next file is read by a new one.
"""

import contextlib
import dataclasses
import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import TracebackType
from typing import Self

from index.corpus import Document
from index.errors import DamagedSegmentError, EssayError, StoppedReadingError
from index.reading.child import WORKER_COMMAND, Answered, Ended, ReadingChild
from index.reading.files import check_size
from index.reading.limits import ReadingLimits
from index.reading.messages import Finished, Reached, Refused
from index.reading.reasons import broke_the_reader, too_much_memory, too_slow
from index.reading.steps import Step
from index.segments import Segment, document_key, parse_segment

_POLL_S = 0.02
_START_TIMEOUT_S = 60.0
_WATCH_S = 0.1
"""How often the cost of reading is looked at; a look takes a few milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadEssay:
    """An essay and what it adds to an index."""

    document: Document
    segment: Segment


class ReadingProcess:
    """A child process that reads files, one at a time; started with the first.

    Every method may be called from any thread: files take turns.
    """

    def __init__(
        self,
        *,
        limits: ReadingLimits | None = None,
        command: Sequence[str] = WORKER_COMMAND,
    ) -> None:
        """Prepare a process; it starts with the first file.

        Args:
            limits: What one file may cost; by default what ``limits`` gives reasons for.
            command: What to run; it speaks ``messages``.
        """
        self._limits = limits or ReadingLimits()
        self._command = tuple(command)
        self._turn = threading.Lock()
        self._child: ReadingChild | None = None
        self._is_closed = False

    def read(
        self,
        name: str,
        content: bytes,
        *,
        on_step: Callable[[Step], None] = lambda step: None,
        cancelled: threading.Event,
    ) -> ReadEssay:
        """Read, clean, split and index one file.

        Args:
            name: The file's name as it is shown; it becomes that of the document.
            content: What is in it, which alone decides its format.
            on_step: Told of ``Step.READ``, ``CLEAN``, ``SPLIT`` and ``INDEX``, each once it begins,
                in the thread that called.
            cancelled: Ends this within half a second when set.

        Raises:
            EssayError: The file cannot be used, or takes too much time or memory, or ends the
                process that reads it.
            StoppedReadingError: ``cancelled`` was set.
        """
        check_size(len(content), max_bytes=self._limits.max_file_bytes)
        with self._my_turn(cancelled):
            if self._child is not None:
                essay = self._read(self._child, name, content, on_step, cancelled)
                if isinstance(essay, ReadEssay):
                    return essay
                # It was lost before it had the file, which is not to blame: a new one reads it.
            essay = self._read(self._start_child(), name, content, on_step, cancelled)
            if isinstance(essay, ReadEssay):
                return essay
            raise EssayError(_cannot_start(essay.how))

    def close(self) -> None:
        """End the process, whatever it is doing; can be repeated."""
        self._is_closed = True
        if (child := self._child) is not None:
            child.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @contextlib.contextmanager
    def _my_turn(self, cancelled: threading.Event) -> Iterator[None]:
        """Wait until no other file is being read; afterwards there is no process or a fit one."""
        while not self._turn.acquire(timeout=_POLL_S):
            self._check_wanted(cancelled)
        try:
            self._check_wanted(cancelled)
            yield
        finally:
            self._turn.release()

    def _check_wanted(self, cancelled: threading.Event) -> None:
        if cancelled.is_set():
            raise StoppedReadingError("Reading was stopped; add the file again to read it.")
        if self._is_closed:
            raise StoppedReadingError("Reading was closed; start the assistant again.")

    def _start_child(self) -> ReadingChild:
        try:
            self._child = child = ReadingChild(self._limits, self._command)
        except OSError as error:
            raise EssayError(_cannot_start(str(error))) from error
        return child

    def _end_child(self) -> None:
        if (child := self._child) is not None:
            child.end()
            self._child = None

    def _read(
        self,
        child: ReadingChild,
        name: str,
        content: bytes,
        on_step: Callable[[Step], None],
        cancelled: threading.Event,
    ) -> ReadEssay | Ended:
        """Let the child read a file; ``Ended`` if it was gone before it had the file."""
        is_fit = False
        try:
            started = time.monotonic()
            watch: _Watch | None = None
            child.send(name, content)
            while True:
                self._check_wanted(cancelled)
                answer = child.receive(_POLL_S)
                if answer is None and watch:
                    watch.look()
                elif answer is None:
                    if time.monotonic() - started > _START_TIMEOUT_S:
                        return Ended(how=f"it took longer than {_START_TIMEOUT_S:g} seconds")
                elif isinstance(answer, Ended):
                    self._check_wanted(cancelled)
                    if watch is None:
                        return answer
                    raise EssayError(broke_the_reader(answer.how))
                elif isinstance(answer.reply, Reached):
                    # The time that the process itself needs to start is not the file's.
                    watch = watch or _Watch(child, self._limits)
                    on_step(answer.reply.step)
                elif isinstance(answer.reply, Refused):
                    is_fit = not answer.reply.is_spent
                    raise EssayError(answer.reply.reason)
                else:
                    essay = _check_essay(name, answer.reply, answer)
                    # What a file leaves behind must not count as the next one's.
                    is_fit = child.cost().memory_bytes < self._limits.max_memory_bytes / 2
                    return essay
        finally:
            if not is_fit:
                self._end_child()


class _Watch:
    """What a file has cost so far, looked at every now and then."""

    def __init__(self, child: ReadingChild, limits: ReadingLimits) -> None:
        self._child = child
        self._limits = limits
        self._start_s = self._last_s = time.monotonic()
        self._start_cpu_s = child.cost().cpu_s

    def look(self) -> None:
        """Refuse the file if it has cost too much."""
        now = time.monotonic()
        if now - self._last_s < _WATCH_S:
            return
        self._last_s = now
        self._child.notice_end()
        cost = self._child.cost()
        if cost.memory_bytes > self._limits.max_memory_bytes:
            raise EssayError(too_much_memory(self._limits))
        if (
            cost.cpu_s - self._start_cpu_s > self._limits.max_cpu_s
            or now - self._start_s > self._limits.max_wall_s
        ):
            raise EssayError(too_slow(self._limits))


def _check_essay(name: str, finished: Finished, answer: Answered) -> ReadEssay:
    """Return what the child has read, once it is seen to fit together.

    Raises:
        EssayError: It does not.
    """
    try:
        text = answer.text.decode()
        document = dataclasses.replace(
            finished.document,
            id=hashlib.sha256(answer.text).hexdigest()[:16],
            name=name,
            text=text,
        )
        segment = parse_segment(answer.segment)
        # What cannot be written in UTF-8 could not be kept either.
        for field in (document.head, document.date, *(page.label for page in document.pages)):
            field.encode()
    except (UnicodeError, DamagedSegmentError) as error:
        raise EssayError(broke_the_reader(f"which sent what is no essay ({error})")) from error
    marks = [mark for heading in document.headings for mark in heading]
    starts = [page.start for page in document.pages]
    fits = (
        text
        and all(first <= second for first, second in pairwise((0, *marks, len(text))))
        and all(first <= second for first, second in pairwise((0, *starts, len(text))))
        and segment.document_key == document_key(document)
    )
    if not fits:
        raise EssayError(broke_the_reader("which sent places that are not in its text"))
    return ReadEssay(document=document, segment=segment)


def _cannot_start(how: str) -> str:
    return (
        f"the process that reads files cannot be started ({how}); try again, and if that does not"
        " help, install the assistant again"
    )
