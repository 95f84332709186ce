"""A child process that speaks the model's protocol, watched from the app's side."""

import queue
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from typing import IO, Final, NoReturn

from assistant.errors import (
    ModelCrashError,
    ModelError,
    ModelLoadError,
    PromptTooLongError,
    StoppedError,
)
from assistant.inference.protocol import (
    Cancel,
    Failed,
    Progress,
    Reply,
    Request,
    Stopped,
    Text,
    decode_reply,
    encode,
    read_line,
)
from assistant.settings import PACKAGE_ROOT, child_environment
from index.typed_lines import MessageError

WORKER_COMMAND = (sys.executable, "-m", "assistant.llm_worker")

ENVIRONMENT: Final = {
    # A thread of llama.cpp waits for the others hundreds of times in each token, and by default
    # it keeps its core busy meanwhile. Where a page or another program wants that core too, the
    # others then wait for theirs: with both of two cores wanted by others, the smallest model
    # wrote 0.4 to 3 tokens/s by default and 10 to 22 so (tests/benchmarks/waiting.py).
    "GOMP_SPINCOUNT": "1000",
    # A failed check in llama.cpp would start a debugger on its own process.
    "GGML_NO_BACKTRACE": "1",
}
"""What llama.cpp and its libraries are told before they are loaded."""

STARTED_AGAIN = " It is started again with the next question."
"""How the message of every crash ends."""

_POLL_S = 0.02
_STOP_TIMEOUT_S = 0.7
"""A process that does not stop in this time is killed, so that a stop takes less than a second."""
_KEPT_LINES = 20
_KEPT_CHARS = 200
_EXIT_TIMEOUT_S = 2.0


class ModelChild:
    """One running process; it ends when this end of its standard input is closed."""

    def __init__(self, command: Sequence[str]) -> None:
        """Start ``command``.

        Raises:
            ModelCrashError: It cannot be started.
        """
        try:
            # The working directory is what "-m" looks in first: the project's own, never the
            # reader's, where a file could pass itself off as a module.
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=PACKAGE_ROOT,
                env=child_environment(**ENVIRONMENT),
            )
        except OSError as error:
            raise ModelCrashError(f"The model's process cannot be started: {error}.") from error
        self._replies: queue.SimpleQueue[Reply | MessageError | None] = queue.SimpleQueue()
        self._complaints: deque[str] = deque(maxlen=_KEPT_LINES)
        self._sending = threading.Lock()
        self._threads = [
            threading.Thread(target=self._read_replies, name="model replies", daemon=True),
            threading.Thread(target=self._read_complaints, name="model errors", daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        self._failure: ModelCrashError | None = None

    @property
    def is_usable(self) -> bool:
        """Whether the process runs and has kept to the protocol."""
        return self._failure is None and self._process.poll() is None

    def ask(self, request: Request, cancelled: threading.Event) -> Iterator[Reply]:
        """Send a request and yield its replies; the caller takes no more after the last one.

        When ``cancelled`` is set or the iterator is given up, the request is ended, with the
        process if it does not obey soon.

        Raises:
            StoppedError: ``cancelled`` was set.
            ModelLoadError, PromptTooLongError, ModelError: The process says so.
            ModelCrashError: The process has ended or broken the protocol; it is then ended.
        """
        self._send(request)
        is_over = False
        try:
            while True:
                if cancelled.is_set():
                    raise StoppedError("The request was stopped.")
                reply = self._receive()
                if reply is None:
                    continue
                if reply.id != request.id:
                    raise self.refuse(reply)
                is_over = not isinstance(reply, Progress | Text)
                if isinstance(reply, Failed):
                    _raise_failure(reply)
                if isinstance(reply, Stopped):
                    raise StoppedError("The request was stopped.")
                yield reply
        finally:
            if not is_over and self.is_usable:
                self._cancel(request)

    def refuse(self, reply: Reply) -> ModelCrashError:
        """End the process for a reply that makes no sense here; return the error to raise."""
        self.kill()
        return self._fail(f"The model's process sent an unexpected reply: {reply!r:.200}.")

    def kill(self) -> None:
        """End the process by force and wait until it is gone; can be repeated."""
        self._process.kill()
        self._finish()

    def end(self) -> None:
        """Let the process end, by force if it does not do so soon; can be repeated."""
        # A process that does not read can keep a sender waiting; it is then killed below.
        if self._sending.acquire(timeout=_EXIT_TIMEOUT_S):
            try:
                _close(self._process.stdin)
            finally:
                self._sending.release()
        try:
            self._process.wait(_EXIT_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._finish()

    def _send(self, request: Request) -> None:
        try:
            with self._sending:
                stream = _pipe(self._process.stdin)
                stream.write(encode(request))
                stream.flush()
        except (OSError, ValueError) as error:  # a ValueError: the pipe was closed by ``end``
            raise self._fail(self._ending()) from error

    def _receive(self) -> Reply | None:
        """Return the next reply, or ``None`` if none comes soon."""
        if self._failure is not None:
            raise self._failure
        try:
            reply = self._replies.get(timeout=_POLL_S)
        except queue.Empty:
            return None
        if reply is None:
            raise self._fail(self._ending())
        if isinstance(reply, MessageError):
            self.kill()
            raise self._fail(f"The model's process sent what is no reply: {reply}") from reply
        return reply

    def _cancel(self, request: Request) -> None:
        deadline = time.monotonic() + _STOP_TIMEOUT_S
        try:
            self._send(Cancel(id=request.id))
            while time.monotonic() < deadline:
                reply = self._receive()
                if reply is not None and not isinstance(reply, Progress | Text):
                    return
        except ModelCrashError:
            return
        self.kill()

    def _finish(self) -> None:
        self._process.wait()
        with self._sending:
            _close(self._process.stdin)
        for thread in self._threads:
            # They end with the pipes, which a grandchild could hold open.
            thread.join(_EXIT_TIMEOUT_S)

    def _fail(self, what: str) -> ModelCrashError:
        if self._failure is None:
            self._failure = ModelCrashError(what + STARTED_AGAIN)
        return self._failure

    def _ending(self) -> str:
        """Say how the process ended; its output has, so it is about to if it has not yet."""
        try:
            status = self._process.wait(_EXIT_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        self._finish()
        if status < 0:
            how = f"by signal {-status} ({_signal_name(-status)})"
            if -status == getattr(signal, "SIGKILL", None):
                how += ", perhaps because the machine ran out of memory"
        else:
            how = f"with status {status}"
        said = f" Its last words: {self._complaints[-1]!r}." if self._complaints else ""
        return f"The model's process ended unexpectedly, {how}.{said}"

    def _read_replies(self) -> None:
        with _pipe(self._process.stdout) as stream:
            try:
                while line := read_line(stream):
                    self._replies.put(decode_reply(line))
            except MessageError as error:
                self._replies.put(error)
        self._replies.put(None)
        # A process that dies while nothing is asked of it must not stay as a zombie.
        self._process.wait()

    def _read_complaints(self) -> None:
        with _pipe(self._process.stderr) as stream:
            while line := stream.readline(2**16):
                if text := line.decode("utf-8", "replace").strip():
                    self._complaints.append(text[:_KEPT_CHARS])


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise ValueError("The process was started without pipes.")
    return stream


def _close(stream: IO[bytes] | None) -> None:
    try:
        _pipe(stream).close()
    except OSError:
        # What was not yet sent has nobody to read it any more.
        return


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"


def _raise_failure(failed: Failed) -> NoReturn:
    if failed.reason == "load":
        raise ModelLoadError(failed.message)
    if failed.reason == "prompt_too_long":
        raise PromptTooLongError(failed.message)
    raise ModelError(failed.message)
