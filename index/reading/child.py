"""The process that reads files, watched from the app's side: its replies, its cost, its end."""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple

import psutil

from index.reading.limits import ReadingLimits
from index.reading.messages import (
    Finished,
    Read,
    Reply,
    receive_bytes,
    receive_reply,
    send,
)
from index.typed_lines import MessageError

WORKER_COMMAND = (sys.executable, "-m", "index.reading.worker")

_PACKAGE_ROOT = Path(__file__).resolve().parents[2]
_ENVIRONMENT = {
    # A file name or a message in any language, wherever the process is started from.
    "PYTHONUTF8": "1",
    "LANG": "C.UTF-8",
    # A library that starts a thread for each core takes room in memory for each.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
"""All that the reading process learns of its surroundings."""

_KEPT_LINES = 20
_KEPT_CHARS = 200
_END_TIMEOUT_S = 5.0
_EXIT_TIMEOUT_S = 1.0
_POLL_S = 0.005


class Cost(NamedTuple):
    """What a process and all that it has started take: processor seconds so far, bytes now."""

    cpu_s: float
    memory_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A reply and the bytes that came with it."""

    reply: Reply
    text: bytes = b""
    segment: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The process is gone, ``how`` in words."""

    how: str


class ReadingChild:
    """One running process with a process group of its own."""

    def __init__(self, limits: ReadingLimits, command: Sequence[str] = WORKER_COMMAND) -> None:
        """Start ``command``; its last arguments are ``max_address_bytes`` and its folder for files.

        Raises:
            OSError: It cannot be started.
        """
        self._limits = limits
        # What libraries leave there goes with the process, even where that is killed.
        self._folder = tempfile.TemporaryDirectory(
            prefix="essay-reading-", ignore_cleanup_errors=True
        )
        # The working directory is what "-m" looks in first: the project's own, never the
        # reader's, where a file could pass itself off as a module.
        try:
            self._process = subprocess.Popen(
                [*command, str(limits.max_address_bytes), self._folder.name],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=_PACKAGE_ROOT,
                env=_environment(self._folder.name),
                start_new_session=True,
            )
        except OSError:
            self._folder.cleanup()
            raise
        self._replies: queue.SimpleQueue[Answered | Ended] = queue.SimpleQueue()
        self._complaints: deque[str] = deque(maxlen=_KEPT_LINES)
        self._ending = threading.Lock()
        self._has_ended = False
        self._sender: threading.Thread | None = None
        self._threads = (
            threading.Thread(target=self._take_replies, name="reading replies", daemon=True),
            threading.Thread(target=self._take_complaints, name="reading errors", daemon=True),
        )
        for thread in self._threads:
            thread.start()

    def send(self, name: str, content: bytes) -> None:
        """Hand a file over, without waiting until it has been taken."""
        request = Read(name=name, limits=self._limits, content_bytes=len(content))
        self._sender = threading.Thread(
            target=self._send, args=(request, content), name="reading request", daemon=True
        )
        self._sender.start()

    def receive(self, timeout_s: float) -> Answered | Ended | None:
        """Return the next reply, ``None`` if none comes in this time."""
        try:
            return self._replies.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def cost(self) -> Cost:
        """Return what the process and those it has started take; nothing once it is gone."""
        cpu_s, memory_bytes = 0.0, 0
        try:
            process = psutil.Process(self._process.pid)
            family = [process, *process.children(recursive=True)]
        except psutil.Error:
            return Cost(cpu_s, memory_bytes)
        for member in family:
            # Each may end while it is looked at.
            with contextlib.suppress(psutil.Error):
                cpu_s += sum(member.cpu_times()[:4])
                memory_bytes += member.memory_info().rss
        return Cost(cpu_s, memory_bytes)

    def notice_end(self) -> None:
        """See whether the process is gone, though something it has started holds its replies."""
        with contextlib.suppress(psutil.Error):
            if psutil.Process(self._process.pid).status() == psutil.STATUS_ZOMBIE:
                self.kill()

    def kill(self) -> None:
        """End the process and all that it has started, by force; can be repeated."""
        with self._ending:
            if self._has_ended:
                return
            self._has_ended = True
            _kill_family(self._process)
            self._process.wait()
        with contextlib.suppress(OSError):  # what was not yet sent has nobody to read it any more
            _pipe(self._process.stdin).close()

    def end(self) -> None:
        """End the process and wait until all that belongs to it is gone; can be repeated."""
        self.kill()
        for thread in (*self._threads, self._sender):
            if thread is not None:
                thread.join(_END_TIMEOUT_S)
        self._folder.cleanup()

    def _send(self, request: Read, content: bytes) -> None:
        # An OSError or a ValueError: the process has ended or was ended; the replies end too.
        with contextlib.suppress(OSError, ValueError):
            send(_pipe(self._process.stdin), request, content)

    def _take_replies(self) -> None:
        how = ""
        try:
            with _pipe(self._process.stdout) as stream:
                while reply := receive_reply(stream):
                    self._replies.put(self._complete(reply, stream))
            self._await_exit()
        except MessageError as error:
            how = f"because it sent what is no reply ({error})"
        finally:
            # Nothing has waited for it so far, so that its number is still its own.
            self.kill()
            self._threads[1].join(_END_TIMEOUT_S)
            self._replies.put(Ended(how=how or self._status()))

    def _await_exit(self) -> None:
        """Let the process end by itself, without taking its number from it.

        Nothing else may have this number while ``kill`` looks for what the process has started.
        """
        deadline = time.monotonic() + _EXIT_TIMEOUT_S
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(self._process.pid)
            while process.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
                time.sleep(_POLL_S)

    def _complete(self, reply: Reply, stream: IO[bytes]) -> Answered:
        if not isinstance(reply, Finished):
            return Answered(reply=reply)
        size = reply.text_bytes + reply.segment_bytes
        if size > self._limits.max_reply_bytes:
            raise MessageError(
                f"It announces {size:,} bytes; {self._limits.max_reply_bytes:,} are taken."
            )
        return Answered(
            reply=reply,
            text=receive_bytes(stream, reply.text_bytes),
            segment=receive_bytes(stream, reply.segment_bytes),
        )

    def _take_complaints(self) -> None:
        with _pipe(self._process.stderr) as stream:
            while line := stream.readline(2**16):
                if text := line.decode("utf-8", "replace").strip():
                    self._complaints.append(text[:_KEPT_CHARS])

    def _status(self) -> str:
        status = self._process.returncode
        if status < 0:
            how = f"by signal {-status} ({_signal_name(-status)})"
        else:
            how = f"with status {status}"
        return f"{how}, saying {self._complaints[-1]!r}" if self._complaints else how


def _environment(folder: str) -> dict[str, str]:
    environment = {**_ENVIRONMENT, "TMPDIR": folder, "TEMP": folder, "TMP": folder}
    if sys.platform == "win32":
        # Without it, Windows gives a process no random numbers.
        environment["SYSTEMROOT"] = os.path.expandvars("%SYSTEMROOT%")
    return environment


def _kill_family(process: subprocess.Popen[bytes]) -> None:
    """Kill a process that nobody has waited for, and all that it has started."""
    with contextlib.suppress(psutil.Error):
        for started in psutil.Process(process.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                started.kill()
    if sys.platform != "win32":
        # Those whose parent has ended are found by their group alone.
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise ValueError("The process was started without pipes.")
    return stream


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"
