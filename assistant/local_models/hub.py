"""Fetch a model from its home on the model hub, by HTTP, continuing where it stopped."""

import os
import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from assistant.errors import StoppedError
from assistant.local_models.sources import Report, SourceError, length, require_space
from assistant.models import CatalogueModel
from assistant.settings import DEFAULT_HUB

_TICK_S = 0.1
_SYNC_BYTES = 32 << 20
"""Bytes between two waits for the disk, so that none of them delays a stop."""
_MAX_ATTEMPTS = 100
_MAX_FRUITLESS = 3


class _BrokenOffError(Exception):
    """The transfer ended early; the message says how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    status: int
    headers: Mapping[str, str]


_Inbox = queue.Queue[_Head | bytes | Exception | None]
"""What the transfer's thread hands over: the head, blocks, and its error or ``None`` at the end."""


class HubSource:
    """The model hub."""

    key = "hub"

    def __init__(
        self,
        *,
        base_url: str = DEFAULT_HUB,
        answer_timeout_s: float = 4.0,
        stall_timeout_s: float = 20.0,
        pause_s: float = 1.0,
    ) -> None:
        """Remember where the hub is.

        Args:
            base_url: Address of the hub, without a slash at the end.
            answer_timeout_s: Longest wait for the head of an answer, name look-up, connection
                and redirections included.
            stall_timeout_s: Longest wait for more bytes.
            pause_s: Wait before a transfer that broke off is continued.
        """
        self._base_url = base_url
        self._answer_timeout_s = answer_timeout_s
        self._stall_timeout_s = stall_timeout_s
        self._pause_s = pause_s

    @property
    def name(self) -> str:
        """The hub in words."""
        return f"the model hub ({httpx.URL(self._base_url).host})"

    def deliver(
        self, model: CatalogueModel, folder: Path, *, report: Report, cancelled: threading.Event
    ) -> Path:
        """Download the file; see ``Source.deliver``.

        A hub that does not answer at first is given up at once; a transfer that broke off is
        continued as long as that brings more bytes.
        """
        url = f"{self._base_url}/{model.hub.repository}/resolve/{model.hub.revision}/"
        url += model.file_name
        part = folder / "part"
        if length(part) > model.size_bytes:
            part.unlink()
        require_space(folder, model.size_bytes - length(part))
        best = length(part)
        fruitless = 0
        has_answered = False
        for _ in range(_MAX_ATTEMPTS):
            if length(part) == model.size_bytes:
                return part
            report(length(part), f"connecting to {self.name}")
            transfer = _Transfer(
                url,
                start=length(part),
                answer_timeout_s=self._answer_timeout_s,
                stall_timeout_s=self._stall_timeout_s,
                cancelled=cancelled,
            )
            try:
                with transfer:
                    head = transfer.read_head()
                    has_answered = True
                    self._receive(transfer, head, part, model, report)
                return part
            except _BrokenOffError as error:
                is_further = length(part) > best
                best = max(best, length(part))
                fruitless = 0 if is_further else fruitless + 1
                if not has_answered or fruitless >= _MAX_FRUITLESS:
                    raise SourceError(str(error)) from error
                if cancelled.wait(self._pause_s):
                    raise StoppedError(f"The download of {model.id!r} was stopped.") from error
        raise SourceError(f"the transfer broke off {_MAX_ATTEMPTS} times")

    def _receive(
        self, transfer: "_Transfer", head: _Head, part: Path, model: CatalogueModel, report: Report
    ) -> None:
        start = transfer.start
        size_bytes = model.size_bytes
        if head.status == 416 or (
            head.status == 206 and not _continues(head, start=start, size_bytes=size_bytes)
        ):
            # What is there does not fit what the hub has: start again.
            part.unlink(missing_ok=True)
            raise _BrokenOffError("the hub did not continue where the download stopped")
        if head.status == 200:
            start = 0
        elif head.status != 206:
            raise SourceError(f"it answers with HTTP status {head.status}")
        if head.headers.get("content-encoding", "identity") != "identity":
            raise SourceError(f"it sends the file as {head.headers['content-encoding']!r}")
        offered = head.headers.get("content-length")
        if offered is not None and offered != str(size_bytes - start):
            raise SourceError(f"it offers {offered} bytes instead of {size_bytes - start}")
        done = synced = start

        def tell() -> None:
            report(done, f"downloading from {self.name}")

        with part.open("ab") as file:
            file.truncate(start)
            while block := transfer.read_block(on_wait=tell):
                if done + len(block) > size_bytes:
                    raise SourceError(f"it sends more than the {size_bytes} bytes of the model")
                file.write(block)
                done += len(block)
                if done - synced >= _SYNC_BYTES:
                    file.flush()
                    os.fsync(file.fileno())
                    synced = done
                tell()
        if done < size_bytes:
            raise _BrokenOffError(f"the transfer ended after {done} of {size_bytes} bytes")


class _Transfer:
    """One GET request, made in a thread of its own.

    A name look-up cannot be interrupted, so the thread is left behind if it does not answer in
    time; it never touches a file, and ends as soon as its call returns.
    """

    def __init__(
        self,
        url: str,
        *,
        start: int,
        answer_timeout_s: float,
        stall_timeout_s: float,
        cancelled: threading.Event,
    ) -> None:
        self.start = start
        self._url = url
        self._answer_timeout_s = answer_timeout_s
        self._stall_timeout_s = stall_timeout_s
        self._cancelled = cancelled
        self._inbox: _Inbox = queue.Queue(maxsize=32)
        self._is_abandoned = threading.Event()

    def __enter__(self) -> "_Transfer":
        threading.Thread(target=self._run, name="model-download", daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._is_abandoned.set()

    def read_head(self) -> _Head:
        """Return the status and headers."""
        head = self._read(self._answer_timeout_s)
        if not isinstance(head, _Head):
            raise _BrokenOffError("it sent no answer")
        return head

    def read_block(self, on_wait: Callable[[], None]) -> bytes:
        """Return more of the body, nothing at its end; call ``on_wait`` while none comes."""
        block = self._read(self._stall_timeout_s, on_wait)
        return block if isinstance(block, bytes) else b""

    def _read(
        self, timeout_s: float, on_wait: Callable[[], None] = lambda: None
    ) -> _Head | bytes | None:
        deadline = time.monotonic() + timeout_s
        while True:
            if self._cancelled.is_set():
                raise StoppedError("The download was stopped.")
            try:
                item = self._inbox.get(timeout=_TICK_S)
            except queue.Empty:
                if time.monotonic() > deadline:
                    raise _BrokenOffError(f"no answer within {timeout_s:g} s") from None
                on_wait()
                continue
            if isinstance(item, httpx.ConnectError | httpx.ConnectTimeout):
                raise _BrokenOffError(f"it cannot be reached ({item})") from item
            if isinstance(item, Exception):
                raise _BrokenOffError(f"the transfer broke off ({item})") from item
            return item

    def _run(self) -> None:
        headers = {"Accept-Encoding": "identity"}
        if self.start:
            headers["Range"] = f"bytes={self.start}-"
        timeout = httpx.Timeout(self._stall_timeout_s, connect=self._answer_timeout_s)
        try:
            with (
                httpx.Client(follow_redirects=True, timeout=timeout) as client,
                client.stream("GET", self._url, headers=headers) as response,
            ):
                if not self._put(_Head(status=response.status_code, headers=response.headers)):
                    return
                for block in response.iter_raw():
                    if not self._put(block):
                        return
            self._put(None)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            self._put(error)

    def _put(self, item: _Head | bytes | Exception | None) -> bool:
        """Hand over; return whether anyone still reads."""
        while not self._is_abandoned.is_set():
            try:
                self._inbox.put(item, timeout=_TICK_S)
                return True
            except queue.Full:
                continue
        return False


def _continues(head: _Head, *, start: int, size_bytes: int) -> bool:
    """Tell whether a partial answer is all the bytes from ``start`` on.

    >>> head = _Head(status=206, headers={"content-range": "bytes 2-9/10"})
    >>> _continues(head, start=2, size_bytes=10), _continues(head, start=3, size_bytes=10)
    (True, False)
    """
    expected = f"{start}-{size_bytes - 1}/"
    unit, _, value = head.headers.get("content-range", "").partition(" ")
    return unit == "bytes" and value in (f"{expected}{size_bytes}", f"{expected}*")
