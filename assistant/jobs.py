"""Answers under way: each owns its event log and outlives the page that asked.

One worker thread takes the jobs one after the other, since there is one model. A page, a second
tab and a reload all attach to a job by its id and read immutable snapshots; none of them can
lose or disturb it.
"""

import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Generic, TypeVar

from assistant.answers import Event
from assistant.errors import AssistantError, JobError, StoppedError
from index.errors import RetrievalError

_logger = logging.getLogger(__name__)

UNEXPECTED_FAILURE = (
    "Something unexpected went wrong in the assistant itself; the details are in its log."
    " Ask again, or restart it with 'assistant open'."
)
"""Shown for an exception that no error class stands for; the log has the traceback."""

Request = TypeVar("Request")


class JobState(StrEnum):
    """Where a job is; it only ever moves down this list, to one of the last two."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """A job at one moment.

    Attributes:
        id: The job's id.
        state: Where it is. A stopped job is ``FINISHED`` too: its last event is then an
            ``Answered`` with what was written, or there is none if it had not begun to answer.
        events: What has happened, oldest first.
        error: Why it failed, in words for the reader; empty unless ``FAILED``.
        ahead: How many jobs end before this one starts; 0 unless ``WAITING``.
        is_stopping: Whether a stop was asked for.
        version: Grows with every change of any of the above; see ``Jobs.wait_for_change``.
    """

    id: str
    state: JobState
    events: tuple[Event, ...]
    error: str
    ahead: int
    is_stopping: bool
    version: int

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in (JobState.FINISHED, JobState.FAILED)


@dataclass(slots=True, kw_only=True)
class _Job(Generic[Request]):
    """The mutable job behind the views; touched only under the lock of ``Jobs``."""

    id: str
    request: Request
    state: JobState = JobState.WAITING
    events: list[Event] = field(default_factory=list)
    error: str = ""
    ahead: int = 0
    version: int = 0
    cancelled: threading.Event = field(default_factory=threading.Event)


class Jobs(Generic[Request]):
    """A queue of requests and the one thread that answers them."""

    def __init__(
        self,
        run: Callable[[Request, threading.Event], Iterator[Event]],
        *,
        on_end: Callable[[Request, JobView], None] | None = None,
        max_kept: int = 200,
    ) -> None:
        """Start the worker.

        Args:
            run: Answers one request; called in the worker's thread. It ends soon after the
                event is set, by returning or with ``StoppedError``.
            on_end: Called once for each job with its last view, before that view can be seen,
                in the worker's thread or, for a job stopped while it waited, the stopper's.
                If it raises, the job fails with that error instead.
            max_kept: How many jobs that are over are remembered, the latest.
        """
        self._run = run
        self._on_end = on_end
        self._max_kept = max_kept
        self._changed = threading.Condition()
        self._jobs: dict[str, _Job[Request]] = {}
        self._waiting: deque[_Job[Request]] = deque()
        self._running: _Job[Request] | None = None
        self._over: deque[str] = deque()
        self._is_closed = False
        self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)
        self._thread.start()

    def start(self, request: Request) -> str:
        """Queue a request and return the id of its job.

        Raises:
            JobError: The jobs are closed.
        """
        with self._changed:
            if self._is_closed:
                raise JobError("The assistant is shutting down; start it again to ask.")
            job = _Job(id=secrets.token_urlsafe(12), request=request)
            self._jobs[job.id] = job
            self._waiting.append(job)
            self._renumber()
            self._changed.notify_all()
            return job.id

    def view(self, job_id: str) -> JobView:
        """Return the job as it is now.

        Raises:
            JobError: There is no such job, or it ended long ago.
        """
        with self._changed:
            return _view(self._find(job_id))

    def wait_for_change(self, job_id: str, *, seen: int, timeout_s: float) -> JobView:
        """Wait until the job differs from the view whose ``version`` was ``seen``.

        Returns at once for a job that is over, and after ``timeout_s`` seconds in any case.

        Raises:
            JobError: There is no such job, or it ended long ago.
        """
        deadline = time.monotonic() + timeout_s
        with self._changed:
            # Held on to, so that a job forgotten during the wait can still be returned.
            job = self._find(job_id)
            while job.version == seen and not _view(job).is_over:
                remaining_s = deadline - time.monotonic()
                if remaining_s <= 0:
                    break
                self._changed.wait(remaining_s)
            return _view(job)

    def stop(self, job_id: str) -> None:
        """Ask a job to end; a waiting one ends at once. Does nothing if it is over.

        Raises:
            JobError: There is no such job, or it ended long ago.
        """
        with self._changed:
            job = self._find(job_id)
        self._stop(job)

    def close(self, *, timeout_s: float = 10.0) -> None:
        """Stop every job and wait up to ``timeout_s`` seconds for the worker to end."""
        with self._changed:
            self._is_closed = True
            unfinished = [*self._waiting, *([self._running] if self._running else [])]
            self._changed.notify_all()
        for job in unfinished:
            self._stop(job)
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout_s)

    def _stop(self, job: _Job[Request]) -> None:
        with self._changed:
            if job.state not in (JobState.WAITING, JobState.RUNNING) or job.cancelled.is_set():
                return
            job.cancelled.set()
            job.version += 1
            was_waiting = job.state is JobState.WAITING
            if was_waiting:
                self._waiting.remove(job)
                self._renumber()
            self._changed.notify_all()
        if was_waiting:
            self._end(job, error="")

    def _find(self, job_id: str) -> _Job[Request]:
        try:
            return self._jobs[job_id]
        except KeyError:
            raise JobError(
                f"There is no answer under way with the id {job_id!r}; it may have ended long"
                " ago. Open the chat again to see what was saved."
            ) from None

    def _renumber(self) -> None:
        """Tell each waiting job its place."""
        before = 1 if self._running else 0
        for place, job in enumerate(self._waiting):
            if job.ahead != place + before:
                job.ahead = place + before
                job.version += 1

    def _work(self) -> None:
        while (job := self._next()) is not None:
            self._end(job, error=failure_of(partial(self._answer, job)))

    def _next(self) -> _Job[Request] | None:
        """Wait for the next job; ``None`` once closed."""
        with self._changed:
            while not self._waiting:
                if self._is_closed:
                    return None
                self._changed.wait()
            job = self._waiting.popleft()
            self._running = job
            job.state = JobState.RUNNING
            job.ahead = 0
            job.version += 1
            self._renumber()
            self._changed.notify_all()
            return job

    def _answer(self, job: _Job[Request]) -> None:
        try:
            for event in self._run(job.request, job.cancelled):
                with self._changed:
                    job.events.append(event)
                    job.version += 1
                    self._changed.notify_all()
        except StoppedError:
            return

    def _end(self, job: _Job[Request], *, error: str) -> None:
        state = JobState.FAILED if error else JobState.FINISHED
        if self._on_end is not None:
            last = JobView(
                id=job.id,
                state=state,
                events=tuple(job.events),
                error=error,
                ahead=0,
                is_stopping=job.cancelled.is_set(),
                version=job.version + 1,
            )
            if failure := failure_of(partial(self._on_end, job.request, last)):
                state, error = JobState.FAILED, failure
        with self._changed:
            job.state, job.error, job.ahead = state, error, 0
            job.version += 1
            if self._running is job:
                self._running = None
            self._renumber()
            self._over.append(job.id)
            while len(self._over) > self._max_kept:
                del self._jobs[self._over.popleft()]
            self._changed.notify_all()


def _view(job: _Job[Request]) -> JobView:
    return JobView(
        id=job.id,
        state=job.state,
        events=tuple(job.events),
        error=job.error,
        ahead=job.ahead,
        is_stopping=job.cancelled.is_set(),
        version=job.version,
    )


def failure_of(action: Callable[[], None]) -> str:
    """Run ``action`` and return why it failed, in words for the reader, or nothing.

    A worker outlives every piece of work: what no error class stands for is logged, not raised.
    """
    try:
        action()
    except (AssistantError, RetrievalError) as error:
        return str(error) or UNEXPECTED_FAILURE
    except Exception:
        _logger.exception("A piece of work failed unexpectedly.")
        return UNEXPECTED_FAILURE
    return ""
