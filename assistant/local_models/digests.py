"""Tell by its digest whether a model's file is still the one that was added."""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from assistant.errors import ModelChangedError, ModelFileError, ModelNotFoundError, StoppedError
from assistant.local_models.files import read_header
from assistant.local_models.listing import AddedModel

_BLOCK_BYTES = 1 << 20

OnRead = Callable[[int], None]
"""Told the bytes read so far."""


def digest_file(
    path: Path,
    *,
    cancelled: threading.Event,
    on_read: OnRead = lambda n_bytes: None,
) -> str:
    """Return the SHA-256 of a file in lower-case hexadecimal; seconds for each gigabyte.

    Args:
        path: The file to read.
        cancelled: Checked at every block.
        on_read: Told the bytes read so far.

    Raises:
        OSError: The file cannot be read.
        StoppedError: ``cancelled`` was set.
    """
    digest = hashlib.sha256()
    n_read = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            if cancelled.is_set():
                raise StoppedError(f"The check of {path.name!r} was stopped.")
            digest.update(block)
            n_read += len(block)
            on_read(n_read)
    return digest.hexdigest()


def record_file(
    path: Path,
    *,
    cancelled: threading.Event,
    on_read: OnRead = lambda n_bytes: None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> AddedModel:
    """Read a GGUF file whole and return what it is now.

    Args:
        path: The file; ``~`` stands for the reader's home.
        cancelled: Ends the reading.
        on_read: Told the bytes read so far.
        now: Tells the time.

    Raises:
        ModelNotFoundError: There is no such file.
        ModelFileError: It is no GGUF file, cannot be read, or changed while it was read.
        StoppedError: ``cancelled`` was set.
    """
    path = path.expanduser().absolute()
    if not path.is_file():
        raise ModelNotFoundError(
            f"There is no file {str(path)!r}; give the path of a GGUF file on this machine."
        )
    read_header(path)
    try:
        before = path.stat()
        sha256 = digest_file(path, cancelled=cancelled, on_read=on_read)
        after = path.stat()
    except OSError as error:
        raise ModelFileError(f"{str(path)!r} cannot be read: {error.strerror}.") from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise ModelFileError(
            f"{str(path)!r} changed while it was read; wait until it is whole and add it again."
        )
    return AddedModel(
        path=path,
        sha256=sha256,
        size_bytes=after.st_size,
        mtime_ns=after.st_mtime_ns,
        added_at=now().isoformat(timespec="seconds"),
    )


def has_same_stamp(added: AddedModel) -> bool:
    """Tell whether a file has the size and the time that it had; its bytes are not read."""
    try:
        status = added.path.stat()
    except OSError:
        return False
    return (status.st_size, status.st_mtime_ns) == (added.size_bytes, added.mtime_ns)


def require_unchanged(
    added: AddedModel,
    *,
    cancelled: threading.Event,
    on_read: OnRead = lambda n_bytes: None,
    is_thorough: bool = False,
) -> AddedModel:
    """Check that a file is the one that was added, and return it as it is to be remembered.

    Size and time are looked at first; the digest is taken only if they differ, or if asked for.

    Args:
        added: What the file was.
        cancelled: Ends the reading.
        on_read: Told the bytes read so far.
        is_thorough: Whether to take the digest in any case.

    Raises:
        ModelNotFoundError: The file is gone.
        ModelChangedError: It is another one; it knows which.
        ModelFileError: It is no GGUF file any more, or cannot be read.
        StoppedError: ``cancelled`` was set.
    """
    if not is_thorough and has_same_stamp(added):
        return added
    found = record_file(added.path, cancelled=cancelled, on_read=on_read)
    if found.sha256 != added.sha256:
        raise ModelChangedError(
            f"{added.path.name!r} is not the file that was added on {added.added_at[:10]}: its"
            f" SHA-256 was {added.sha256[:12]}… and is {found.sha256[:12]}… now. It was not"
            " loaded. If you replaced it yourself, use it as it is now (on the Models page, or with"
            " 'assistant models add'); otherwise find out who did.",
            found=found,
        )
    return replace(found, added_at=added.added_at)
