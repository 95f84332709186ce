"""The content of a file on disk, as far as it is one."""

import os
import stat
from pathlib import Path

from index.errors import EssayError

_PLAIN = getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
"""A pipe that nobody writes to, or a device, must not keep whoever opens it waiting."""


def load_file(path: Path, *, max_bytes: int) -> bytes:
    """Return what is in a file.

    It is looked at once it is open, so that what is refused cannot be put in its place meanwhile.

    Raises:
        EssayError: It is not there, cannot be read, is no file but a folder, a pipe or a device,
            or has more than ``max_bytes``.
    """
    try:
        with open(path, "rb", opener=_open_at_once) as stream:
            found = os.fstat(stream.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise EssayError(f"it is {_kind(found.st_mode)}, not a file; give a file")
            check_size(found.st_size, max_bytes=max_bytes)
            # A file that grows meanwhile must not be taken whole either.
            content = stream.read(max_bytes + 1)
    except FileNotFoundError as error:
        raise EssayError(
            "it cannot be read, for it is not there any more; put it back, or add it from where it"
            " is now"
        ) from error
    except (OSError, ValueError) as error:  # a ValueError: the name holds a null character
        if path.is_dir():
            raise EssayError("it is a folder, not a file; give a file") from error
        raise EssayError(
            f"it cannot be read ({getattr(error, 'strerror', None) or error}); see to it that you"
            " may read it, or copy it to another place"
        ) from error
    check_size(len(content), max_bytes=max_bytes)
    return content


def check_size(n_bytes: int, *, max_bytes: int) -> None:
    """Refuse a file that is too large to be read.

    Raises:
        EssayError: It has more than ``max_bytes``.
    """
    if n_bytes > max_bytes:
        raise EssayError(
            f"it has {n_bytes:,} bytes; a file may have {max_bytes:,} at most: save it without its"
            " pictures, or in parts"
        )


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | _PLAIN)


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    if stat.S_ISFIFO(mode):
        return "a pipe"
    return "a device" if stat.S_ISCHR(mode) or stat.S_ISBLK(mode) else "no plain file"
