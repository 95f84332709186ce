"""Work on the library in a thread of its own: adding files, following watched folders.

One piece of work at a time, in the order asked for. Every page reads the same immutable view of
it. Between two pieces of work, the watched folders of the collection in use are looked at every
few seconds; a look at which nothing changed is not seen.
"""

import math
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import PurePath
from typing import Final

from assistant.errors import JobError
from assistant.jobs import failure_of
from assistant.open_essays import find_collection
from assistant.settings import DEFAULT_ESSAYS, Settings
from assistant.upload_inbox import Batch, Inbox, Upload
from index.errors import LibraryError
from index.library.adding import EssayReader, Source, add_sources
from index.library.entries import Collection
from index.library.store import Library
from index.library.watching import sync_folders
from index.reading.process import ReadingProcess
from index.reading.steps import FileProgress, Step

LOOK_S: Final = 3.0
"""How often the watched folders are looked at."""
_PAUSED: Final = (
    "Stopped. The rest of the watched folders is read when the assistant is opened again, or when"
    " you look again."
)
_KEPT: Final = "The files given are kept, and are read when the assistant is opened again."

INBOX_NAME: Final = "inbox"
"""The folder in that of the library where uploads wait."""
_BUILTIN_NAME: Final = "Essays that come with the assistant"
OWN_NAME: Final = "My essays"
"""The collection that is made when files are given while there is no other of the reader's."""

ReaderMaker = Callable[[], AbstractContextManager[EssayReader]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkView:
    """The work on the library at one moment: what is under way, else what was done last.

    Attributes:
        job_id: The id of that piece of work; empty before the first.
        collection_id: The collection that it is for; empty before the first.
        files: The last state of each of its files, in the order in which they were given.
        n_waiting: How many pieces of work come after it.
        is_running: Whether anything is under way or waits.
        is_stopping: Whether a stop was asked for.
        message: What the reader should know, in words; usually empty.
        problem: Why the work failed as a whole, in words; empty if it did not. A file that
            failed is in ``files``.
        version: Grows with every change of any of the above; see ``wait_for_change``.
    """

    job_id: str = ""
    collection_id: str = ""
    files: tuple[FileProgress, ...] = ()
    n_waiting: int = 0
    is_running: bool = False
    is_stopping: bool = False
    message: str = ""
    problem: str = ""
    version: int = 0


@dataclass(slots=True, kw_only=True)
class _Task:
    """A piece of work; touched only under the lock of ``LibraryWork`` but for what is fixed.

    Without ``sources``, it is a look at the watched folders.
    """

    collection_id: str
    sources: tuple[Source, ...] = ()
    batch: Batch | None = None
    id: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    files: dict[str, FileProgress] = field(default_factory=dict)
    cancelled: threading.Event = field(default_factory=threading.Event)

    @property
    def is_look(self) -> bool:
        return not self.sources

    @property
    def is_seen(self) -> bool:
        """Whether there is anything to show: of a look, that something changed."""
        return not self.is_look or any(one.step is not Step.WAITING for one in self.files.values())


def open_library(settings: Settings) -> Library:
    """Open the library, with the essays that come with the assistant as its first collection.

    Raises:
        LibraryError: It cannot be opened.
    """
    library = Library(settings.library_dir)
    library.ensure_builtin(_BUILTIN_NAME, DEFAULT_ESSAYS)
    return library


def collection_for_new(library: Library, *, name: str = OWN_NAME) -> Collection:
    """Return the collection that essays are added to where none is named.

    It is the one in use, unless that is the one that came with the assistant, which stays as it
    is: then the reader's own of this name, which is made if there is none. It is not taken into
    use by this.

    Raises:
        LibraryError: The library cannot be read or written.
    """
    current = find_collection(library, library.in_use())
    if not current.is_builtin:
        return current
    own = [one for one in library.collections() if one.name == name and not one.is_builtin]
    return own[0] if own else library.create_collection(name)


class LibraryWork:
    """The one thread that adds to the library and follows its watched folders.

    Every method may be called from any thread, and none raises for what goes wrong in the work:
    that is in ``view``.
    """

    def __init__(
        self,
        library: Library,
        *,
        inbox: Inbox,
        on_done: Callable[[], None],
        make_reader: ReaderMaker = ReadingProcess,
        look_s: float = LOOK_S,
    ) -> None:
        """Take over the uploads that a killed process left, and start the thread.

        Args:
            library: What is worked on.
            inbox: Where uploads wait until they are read.
            on_done: Called in the thread after each piece of work and each look.
            make_reader: Makes what reads the files of one piece of work.
            look_s: How long to wait between two looks at the watched folders, in seconds.
        """
        self._library = library
        self._inbox = inbox
        self._on_done = on_done
        self._make_reader = make_reader
        self._look_s = look_s
        self._changed = threading.Condition()
        self._view = WorkView()
        self._shown: _Task | None = None
        self._message = ""
        self._problem = ""
        self._look_problem = ""
        self._waiting: deque[_Task] = deque(map(_task_of_batch, inbox.take_left()))
        self._running: _Task | None = None
        self._next_look = time.monotonic()
        self._n_looks = 0
        self._is_paused = False
        self._is_closed = False
        self._thread = threading.Thread(target=self._work, name="library", daemon=True)
        self._thread.start()

    def start_add(self, collection_id: str, sources: Sequence[Source]) -> str:
        """Queue files to be added and return the id of the work.

        When it returns, uploads are on the disk: whatever happens, they are read, now or when the
        assistant is opened again.

        Args:
            collection_id: The collection to add them to.
            sources: Files on the disk, uploaded ones, or both; those of one name are numbered.

        Raises:
            JobError: The assistant is closing.
            LibraryError: There is no such collection.
            UploadError: The uploads cannot be kept.
        """
        find_collection(self._library, collection_id)
        named = _number_names(sources)
        uploads = [
            Upload(name=source.name, content=source.content)
            for source in named
            if source.content is not None
        ]
        batch = self._inbox.keep(collection_id, uploads) if uploads else None
        kept = {file.name: file.path for file in batch.files} if batch else {}
        task = _make_task(
            collection_id,
            [
                Source(name=source.name, path=kept[source.name], content=None)
                if source.name in kept
                else source
                for source in named
            ],
            batch,
        )
        with self._changed:
            if self._is_closed:
                if batch is not None:
                    self._inbox.discard(batch)
                raise JobError("The assistant is shutting down; start it again to add files.")
            self._waiting.append(task)
            self._is_paused = False
            self._show()
        return task.id

    def sync(self, collection_id: str = "") -> None:
        """Look at the watched folders now, also after a stop.

        Args:
            collection_id: The collection whose folders are meant; by default the one in use.
        """
        with self._changed:
            self._is_paused = False
            self._next_look = time.monotonic()
            if collection_id:
                self._waiting.append(_Task(collection_id=collection_id))
            self._changed.notify_all()

    def view(self) -> WorkView:
        """Return what goes on, or what was done last."""
        with self._changed:
            return self._view

    def wait_for_change(self, *, seen: int, timeout_s: float) -> WorkView:
        """Wait until the view differs from the one whose ``version`` was ``seen``.

        Returns after ``timeout_s`` seconds in any case.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._view.version != seen, timeout_s)
            return self._view

    def wait_until_idle(self, *, timeout_s: float) -> bool:
        """Wait until nothing is under way and a whole look was taken after this call.

        Returns whether that came within ``timeout_s`` seconds.
        """
        with self._changed:
            wanted = self._n_looks + (2 if self._running and self._running.is_look else 1)
            self._next_look = time.monotonic()
            self._changed.notify_all()
            return self._changed.wait_for(
                lambda: (self._n_looks >= wanted or self._is_paused) and self._is_idle(),
                timeout_s,
            )

    @property
    def is_busy(self) -> bool:
        """Whether anything is under way or to be done at once, a look that is due included."""
        with self._changed:
            is_due = not self._is_paused and time.monotonic() >= self._next_look
            return not self._is_closed and (not self._is_idle() or is_due)

    def stop(self) -> None:
        """Stop what is under way and forget what waits; what the library has stays.

        Watched folders are left alone until ``sync``, or until more is added.
        """
        with self._changed:
            dropped = list(self._waiting)
            self._waiting.clear()
            if self._running is not None:
                self._running.cancelled.set()
                self._is_paused = self._is_paused or self._running.is_look
            self._show()
        for task in dropped:
            if task.batch is not None:
                self._inbox.discard(task.batch)

    def close(self, *, timeout_s: float = 10.0) -> None:
        """Stop, leaving the uploads that were not read to the next start. Can be repeated."""
        with self._changed:
            self._is_closed = True
            left = list(self._waiting)
            self._waiting.clear()
            if self._running is not None:
                self._running.cancelled.set()
            self._changed.notify_all()
        for task in left:
            if task.batch is not None:
                self._inbox.release(task.batch)
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout_s)

    def _is_idle(self) -> bool:
        return not self._waiting and self._running is None

    def _work(self) -> None:
        while (task := self._next()) is not None:
            problem = failure_of(partial(self._perform, task))
            # Before the work is seen to be over, so that its essays are open by then.
            problem = failure_of(self._on_done) or problem
            self._end(task, problem)

    def _next(self) -> _Task | None:
        """Wait for the next piece of work, a look if nothing else is to be done.

        ``None`` once closed.
        """
        with self._changed:
            while not self._waiting:
                if self._is_closed:
                    return None
                remaining_s = self._next_look - time.monotonic()
                if remaining_s <= 0 and not self._is_paused:
                    # Which collection is in use is told when the look is taken.
                    self._running = _Task(collection_id="")
                    self._next_look = math.inf
                    return self._running
                self._changed.wait(None if self._is_paused else remaining_s)
            self._running = self._waiting.popleft()
            self._message, self._problem = "", ""
            self._show()
            return self._running

    def _perform(self, task: _Task) -> None:
        with self._changed:
            task.collection_id = task.collection_id or self._library.in_use()
        on_progress = partial(self._note, task)
        with self._make_reader() as reader:
            if task.is_look:
                sync_folders(
                    self._library,
                    task.collection_id,
                    reader=reader,
                    on_progress=on_progress,
                    cancelled=task.cancelled,
                )
            else:
                add_sources(
                    self._library,
                    task.collection_id,
                    task.sources,
                    reader=reader,
                    on_progress=on_progress,
                    cancelled=task.cancelled,
                )

    def _note(self, task: _Task, progress: FileProgress) -> None:
        with self._changed:
            if task.is_look and progress.step is Step.UNCHANGED:
                task.files.pop(progress.name, None)  # of a look, only what it found is shown
            else:
                task.files[progress.name] = progress
            if task.is_seen:
                self._show()
        if progress.step.is_last and task.batch is not None:
            self._inbox.finish(task.batch, progress.name)

    def _end(self, task: _Task, problem: str) -> None:
        with self._changed:
            is_kept = task.batch is not None and self._is_wanted_later(task, problem)
            self._running = None
            if task.is_look:
                self._n_looks += 1
                # Unless another was asked for meanwhile.
                self._next_look = min(self._next_look, time.monotonic() + self._look_s)
                is_news = problem != self._look_problem
                self._look_problem = problem
            else:
                is_news = True
                self._problem = problem
                self._message = _KEPT if problem and is_kept else ""
            if task.is_seen or is_news:
                self._show()
            self._changed.notify_all()
        if task.batch is not None:
            (self._inbox.release if is_kept else self._inbox.discard)(task.batch)

    def _is_wanted_later(self, task: _Task, problem: str) -> bool:
        """Return whether what is left of the uploads should be read at the next start."""
        try:
            find_collection(self._library, task.collection_id)
        except LibraryError:
            return False
        return self._is_closed or bool(problem)

    def _show(self) -> None:
        """Make the view anew; the caller holds the condition."""
        running = self._running if self._running is not None and self._running.is_seen else None
        self._shown = running or next(iter(self._waiting), self._shown)
        task = self._shown
        self._view = WorkView(
            job_id=task.id if task else "",
            collection_id=task.collection_id if task else "",
            files=tuple(task.files.values()) if task else (),
            n_waiting=len(self._waiting),
            is_running=running is not None or bool(self._waiting),
            is_stopping=running is not None and running.cancelled.is_set(),
            message=_PAUSED if self._is_paused else self._message,
            problem=self._problem or self._look_problem,
            version=self._view.version + 1,
        )
        self._changed.notify_all()


def _make_task(collection_id: str, sources: Sequence[Source], batch: Batch | None) -> _Task:
    """Make a piece of work whose files all wait."""
    return _Task(
        collection_id=collection_id,
        sources=tuple(sources),
        batch=batch,
        files={
            source.name: FileProgress(
                name=source.name, step=Step.WAITING, done=0, total=len(sources)
            )
            for source in sources
        },
    )


def _task_of_batch(batch: Batch) -> _Task:
    sources = [Source(name=file.name, path=file.path, content=None) for file in batch.files]
    return _make_task(batch.collection_id, sources, batch)


def _number_names(sources: Sequence[Source]) -> list[Source]:
    """Return the sources with names that are unique among them."""
    taken: set[str] = set()
    named = []
    for source in sources:
        ending = PurePath(source.name).suffix
        name, number = source.name, 2
        while name in taken:
            name = f"{source.name.removesuffix(ending)} ({number}){ending}"
            number += 1
        taken.add(name)
        named.append(replace(source, name=name))
    return named
