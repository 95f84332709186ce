"""What is in a watched folder: its files, and what of it cannot be looked at."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from index.corpus import is_essay_name, storable

_LEADS_OUT: Final = "it is a link that leads out of the folder; put the file itself there"
_FOLDER_LEADS_OUT: Final = "it is a link to a folder elsewhere; watch that folder itself"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile:
    """A file of a watched folder, or a place in it that cannot be looked at.

    Attributes:
        path: Its path in the folder, with ``/``; a subfolder's ends with one.
        location: Where it is on the disk.
        size: In bytes.
        mtime_ns: When it was changed.
        problem: Why it cannot be looked at, in words; usually empty.
    """

    path: str
    location: Path
    size: int = 0
    mtime_ns: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What was found in a folder.

    Attributes:
        files: Ordered by path.
        unread: The subfolders that could not be read, as beginnings of paths; ``""`` for the
            folder itself. Of what lies in them nothing is known.
        problem: Why the folder itself could not be read, in words; usually empty.
    """

    files: tuple[FoundFile, ...]
    unread: tuple[str, ...] = ()
    problem: str = ""

    def may_hold(self, path: str) -> bool:
        """Return whether a path lies where nothing could be looked at.

        >>> scan = Scan(files=(), unread=("drafts/",))
        >>> scan.may_hold("drafts/a.txt"), scan.may_hold("a.txt")
        (True, False)
        """
        return any(path.startswith(beginning) for beginning in self.unread)


def scan_folder(folder: Path) -> Scan:
    """Look for files that may be essays in a folder and its subfolders, without opening any.

    Hidden files are passed over, and so are files whose name ending no reader knows, and links to
    what is in the folder anyway. Links that lead out of it are not followed, but told. A folder
    that is not there is empty, with a ``problem``.
    """
    files: list[FoundFile] = []
    unread: list[str] = []
    problem = ""
    waiting = [""]
    while waiting:
        below = waiting.pop()
        try:
            entries = sorted(os.scandir(folder / below), key=lambda entry: entry.name)
        except OSError as error:
            reason = f"the folder cannot be read ({error.strerror})"
            is_gone = isinstance(error, FileNotFoundError | NotADirectoryError)
            if not is_gone:
                unread.append(storable(below))
            if not below:
                problem = f"{reason}; see to it that {str(folder)!r} is there and may be read"
            elif not is_gone:
                reason += "; see to it that you may read it"
                files.append(_found(below, folder, problem=reason))
            continue
        for entry in entries:
            if entry.name.startswith("."):
                continue
            path = f"{below}{entry.name}"
            if entry.is_symlink():
                files += _look_at_link(path, folder)
            elif entry.is_dir(follow_symlinks=False):
                waiting.append(f"{path}/")
            elif is_essay_name(entry.name):
                files += _look_at_file(path, folder, entry)
    ordered = sorted(files, key=lambda file: file.path)
    return Scan(files=tuple(ordered), unread=tuple(unread), problem=problem)


def _look_at_file(path: str, folder: Path, entry: os.DirEntry[str]) -> Iterator[FoundFile]:
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError:  # it vanished meanwhile
        return
    if stat.S_ISREG(status.st_mode):
        yield FoundFile(
            path=storable(path),
            location=folder / path,
            size=status.st_size,
            mtime_ns=status.st_mtime_ns,
        )


def _look_at_link(path: str, folder: Path) -> Iterator[FoundFile]:
    target = (folder / path).resolve()
    if target.is_relative_to(folder.resolve()) or not target.exists():
        return
    if target.is_dir():
        yield _found(f"{path}/", folder, problem=_FOLDER_LEADS_OUT)
    elif is_essay_name(path):
        yield _found(path, folder, problem=_LEADS_OUT)


def _found(path: str, folder: Path, *, problem: str) -> FoundFile:
    return FoundFile(path=storable(path), location=folder / path, problem=problem)
