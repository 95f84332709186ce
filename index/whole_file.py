"""Write a file whole or not at all."""

import contextlib
import os
import secrets
from pathlib import Path
from typing import Final

PART_SUFFIX: Final = ".part"
"""How the names of files end that are not whole yet; a crash can leave one."""


def write_whole(path: Path, *parts: bytes | memoryview, folder_mode: int = 0o777) -> None:
    """Write a file under another name, bring it to the disk, and rename it.

    Several processes may write the same file at once; the last one's stays.

    Args:
        path: The file; its folder is made if there is none.
        parts: What it is to hold, one after the other.
        folder_mode: The permissions of a folder that is made.

    Raises:
        OSError: It cannot be written; what the file held is unchanged.
    """
    part = path.with_name(f"{path.name}.{secrets.token_hex(8)}{PART_SUFFIX}")
    path.parent.mkdir(parents=True, exist_ok=True, mode=folder_mode)
    try:
        with part.open("xb") as stream:
            for content in parts:
                stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
