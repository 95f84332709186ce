"""Uploads on their way into the library: on the disk before the reader is told that they are in.

A batch is one folder: its files, numbered, and ``batch.json``, which is written last. A folder
without it was never acknowledged. A file is deleted once the library has it or has said why not,
so what a killed process leaves is what is still to be read.
"""

import contextlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from assistant.errors import UploadError
from assistant.owners import is_alive, this_process

_LIST: Final = "batch.json"
_NOBODY: Final = "0 0"
"""The owner of a batch that its process let go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as it was given: its name and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptUpload:
    """A file of a batch: the name it was given with, and where its bytes lie."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Files that were given together, those that are still to be read.

    Attributes:
        folder: Where they lie.
        collection_id: The collection that they are for.
        files: In the order in which they were given.
    """

    folder: Path
    collection_id: str
    files: tuple[KeptUpload, ...]


class Inbox:
    """The uploads that the library does not have yet; several processes may share the folder."""

    def __init__(self, folder: Path) -> None:
        """Take a folder, which is made when it is needed."""
        self._folder = folder

    def keep(self, collection_id: str, uploads: Sequence[Upload]) -> Batch:
        """Write files to the disk and return them as a batch; a crash after that keeps them.

        Raises:
            UploadError: They cannot be written; nothing of them is left behind.
        """
        folder = self._folder / _folder_name(this_process())
        files = tuple(
            KeptUpload(name=upload.name, path=folder / f"{number:05}")
            for number, upload in enumerate(uploads)
        )
        try:
            folder.mkdir(parents=True, mode=0o700)
            for kept, upload in zip(files, uploads, strict=True):
                _write_durably(kept.path, upload.content)
            listed = {"collection_id": collection_id, "names": [one.name for one in uploads]}
            part = folder / f"{_LIST}.part"
            _write_durably(part, json.dumps(listed).encode())
            part.replace(folder / _LIST)
            _sync_folder(folder)
            _sync_folder(self._folder)
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise UploadError(
                f"The files cannot be kept in {str(self._folder)!r}: {error.strerror or error}."
                " Make room on the disk, or make the folder writable, and give them again."
            ) from error
        return Batch(folder=folder, collection_id=collection_id, files=files)

    def finish(self, batch: Batch, name: str) -> None:
        """Forget the files of a batch that have this name: the library has them, or has said no."""
        for file in batch.files:
            if file.name == name:
                with contextlib.suppress(OSError):
                    file.path.unlink()

    def discard(self, batch: Batch) -> None:
        """Forget a batch."""
        # The list first: what is left without it was never given.
        with contextlib.suppress(OSError):
            (batch.folder / _LIST).unlink()
        shutil.rmtree(batch.folder, ignore_errors=True)

    def release(self, batch: Batch) -> None:
        """Leave a batch to whoever looks for left ones next."""
        with contextlib.suppress(OSError):
            name = _folder_name(_NOBODY, since=batch.folder.name)
            batch.folder.rename(self._folder / name)

    def take_left(self) -> tuple[Batch, ...]:
        """Take over the batches of processes that are gone, the oldest first.

        What such a process had not acknowledged yet is deleted.
        """
        taken = []
        try:
            folders = sorted(self._folder.iterdir())
        except OSError:
            return ()
        for folder in folders:
            if is_alive(_owner(folder.name)):
                continue
            batch = _parse(folder)
            if batch is None or not batch.files:
                shutil.rmtree(folder, ignore_errors=True)
                continue
            mine = self._folder / _folder_name(this_process(), since=folder.name)
            with contextlib.suppress(OSError):  # another process was quicker
                folder.rename(mine)
                taken.append(_moved(batch, mine))
        return tuple(taken)


def _folder_name(owner: str, *, since: str = "") -> str:
    """Return a new name that tells when it was given, now or as ``since`` tells, and the owner."""
    begun = since.partition("_")[0] or f"{time.time_ns():020}"
    return "_".join((begun, *owner.split(), secrets.token_hex(4)))


def _owner(folder_name: str) -> str:
    """Return the owner that a name tells.

    >>> _owner("00000000000000000017_4711_1690000000.5_0badcafe")
    '4711 1690000000.5'
    """
    return " ".join(folder_name.split("_")[1:3])


def _parse(folder: Path) -> Batch | None:
    """Return the batch of a folder, those of its files that are left; ``None`` if it is none."""
    try:
        listed = json.loads((folder / _LIST).read_text(encoding="utf-8"))
        return Batch(
            folder=folder,
            collection_id=str(listed["collection_id"]),
            files=tuple(
                KeptUpload(name=str(name), path=path)
                for number, name in enumerate(listed["names"])
                if (path := folder / f"{number:05}").is_file()
            ),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _moved(batch: Batch, folder: Path) -> Batch:
    files = tuple(replace(file, path=folder / file.path.name) for file in batch.files)
    return replace(batch, folder=folder, files=files)


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Let the names in a folder outlast a loss of power."""
    if os.name == "nt":
        return  # Windows opens no folders
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
