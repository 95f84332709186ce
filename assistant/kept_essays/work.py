"""Work on the library in a thread of its own: adding files, following watched folders.

One piece of work at a time, in the order asked for. Every page reads the same immutable view of
it. Between two pieces of work, the watched folders of the collection in use are looked at every
few seconds; a look at which nothing changed is not seen.
"""

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Final

from assistant.errors import JobError
from assistant.jobs import failure_of
from assistant.kept_essays.inbox import Inbox, Upload
from assistant.kept_essays.opened import find_collection
from assistant.kept_essays.tasks import Task, WorkView, make_task, number_names, task_of_batch
from index.errors import LibraryError
from index.library.adding import EssayReader, Source, add_sources
from index.library.store import Library
from index.library.watching import sync_folders
from index.reading.process import ReadingProcess
from index.reading.steps import FileProgress, Step

LOOK_S: Final = 3.0
"""How often the watched folders are looked at."""
REPORT_S: Final = 10.0
"""How often the essays are opened anew while many are added."""
_PAUSED: Final = (
    "Stopped. The rest of the watched folders is read when the assistant is opened again, or when"
    " you look again."
)
_KEPT: Final = "The files given are kept, and are read when the assistant is opened again."


ReaderMaker = Callable[[], AbstractContextManager[EssayReader]]


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
        report_s: float = REPORT_S,
    ) -> None:
        """Take over the uploads that a killed process left, and start the thread.

        Args:
            library: What is worked on.
            inbox: Where uploads wait until they are read.
            on_done: Called in the thread after each piece of work and each look, and now and then
                within long work.
            make_reader: Makes what reads the files of one piece of work.
            look_s: How long to wait between two looks at the watched folders, in seconds.
            report_s: How long to wait with ``on_done`` within long work, in seconds.
        """
        self._library = library
        self._inbox = inbox
        self._on_done = on_done
        self._make_reader = make_reader
        self._look_s = look_s
        self._report_s = report_s
        self._changed = threading.Condition()
        self._view = WorkView()
        self._shown: Task | None = None
        self._message = ""
        self._problem = ""
        self._look_problem = ""
        self._waiting: deque[Task] = deque(map(task_of_batch, inbox.take_left()))
        self._running: Task | None = None
        self._next_look = time.monotonic()
        self._next_report = math.inf
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
        named = number_names(sources)
        uploads = [
            Upload(name=source.name, content=source.content)
            for source in named
            if source.content is not None
        ]
        batch = self._inbox.keep(collection_id, uploads) if uploads else None
        kept = {file.name: file.path for file in batch.files} if batch else {}
        task = make_task(
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
                self._waiting.append(Task(collection_id=collection_id))
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

    def _next(self) -> Task | None:
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
                    self._running = Task(collection_id="")
                    self._next_look = math.inf
                    return self._running
                self._changed.wait(None if self._is_paused else remaining_s)
            self._running = self._waiting.popleft()
            self._message, self._problem = "", ""
            self._show()
            return self._running

    def _perform(self, task: Task) -> None:
        task.collection_id = task.collection_id or self._library.in_use()
        self._next_report = time.monotonic() + self._report_s
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

    def _note(self, task: Task, progress: FileProgress) -> None:
        with self._changed:
            if task.is_look and progress.step is Step.UNCHANGED:
                task.files.pop(progress.name, None)  # of a look, only what it found is shown
            else:
                task.files[progress.name] = progress
            if task.is_seen:
                self._show()
        if not progress.step.is_last:
            return
        if task.batch is not None:
            self._inbox.finish(task.batch, progress.name)
        if progress.step is Step.DONE and time.monotonic() >= self._next_report:
            # Long work is not waited for: what is there can be asked about.
            failure_of(self._on_done)
            self._next_report = time.monotonic() + self._report_s

    def _end(self, task: Task, problem: str) -> None:
        is_kept = task.batch is not None and self._is_wanted_later(task, problem)
        with self._changed:
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

    def _is_wanted_later(self, task: Task, problem: str) -> bool:
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
