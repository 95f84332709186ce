"""The steps that a file goes through until it is an essay of the library."""

from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """Where a file stands; the values are shown and saved.

    A file goes from ``WAITING`` through ``READ``, ``CLEAN``, ``SPLIT`` and ``INDEX``, in this
    order, and ends as one of ``DONE``, ``UNCHANGED`` and ``FAILED``.
    """

    WAITING = "waiting"
    READ = "read"
    CLEAN = "clean"
    SPLIT = "split"
    INDEX = "index"
    DONE = "done"
    UNCHANGED = "unchanged"
    FAILED = "failed"

    @property
    def is_last(self) -> bool:
        """Whether nothing more happens to the file.

        >>> Step.FAILED.is_last, Step.INDEX.is_last
        (True, False)
        """
        return self in _LAST


_LAST = frozenset({Step.DONE, Step.UNCHANGED, Step.FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class FileProgress:
    """How far one file of several has come.

    Attributes:
        name: The file's name as it is shown.
        step: Where it stands.
        reason: Why it failed, in words; empty unless it did.
        done: The files of this work that have come to their end, this one included if it has.
        total: All files of this work.
    """

    name: str
    step: Step
    reason: str = ""
    done: int
    total: int
