"""What a place that delivers models is, to whoever fetches from it."""

import errno
import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Protocol

from assistant.errors import ModelFetchError
from assistant.models import CatalogueModel

DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""Errors of a write for which there is no room: disk, quota, limit on a file's size."""

Report = Callable[[int, str], None]
"""Takes the bytes that are there so far and what is being done, in words."""


class SourceError(ModelFetchError):
    """One source cannot deliver; another may. The message follows the source's name."""


class Source(Protocol):
    """A place that delivers models."""

    @property
    def key(self) -> str:
        """Name of the source's own folder, so that bytes of two sources are never mixed."""

    @property
    def name(self) -> str:
        """The source in words."""

    def deliver(
        self, model: CatalogueModel, folder: Path, *, report: Report, cancelled: Event
    ) -> Path:
        """Bring the model's file into ``folder`` and return its path, its digest unchecked.

        What is in ``folder`` from an earlier call is continued. ``folder`` exists.

        Raises:
            SourceError: This source cannot deliver it.
            ModelFetchError: No source can, since the disk has no room.
            OSError: A file of this machine cannot be written.
            StoppedError: ``cancelled`` was set; noticed within a second.
        """


def require_space(folder: Path, n_bytes: int) -> None:
    """Check that the disk of ``folder`` has room for ``n_bytes`` more.

    Raises:
        ModelFetchError: It has not.
    """
    free_bytes = shutil.disk_usage(folder).free
    if free_bytes < n_bytes:
        raise ModelFetchError(
            f"The disk is too full: {n_bytes / 1e6:,.0f} MB more are needed in {str(folder)!r}"
            f" and {free_bytes / 1e6:,.0f} MB are free. Make room and fetch again; it continues"
            " where it stopped."
        )


def length(path: Path) -> int:
    """Return the file's bytes; 0 if there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
