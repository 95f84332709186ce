"""What a model computed of the instructions that all prompts begin with, kept on the disk.

To read them takes the default model half a minute on two cores, and is the same work at each
start. So what its memory holds after it is written down and put back at the next start: the answers
are the same to the last digit. Nothing of a question or of an essay is in it. All of it may be
deleted at any time.
"""

import contextlib
import hashlib
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from index.whole_file import PART_SUFFIX, write_whole

MAX_KEPT: Final = 4
"""Heads kept, of all models together: one takes some 30 MB of the smaller models."""
_SUFFIX: Final = ".head"
_DIGEST_BYTES: Final = 32
_YOUNG_S: Final = 3600.0
"""A file that is not whole may be one that another process is writing."""


class KeptHeads:
    """The folder of these files; several processes may use it at once."""

    def __init__(self, folder: Path, *, model: str) -> None:
        """Use ``folder``, which is made when it is needed.

        Args:
            folder: Where the files lie, those of other models too.
            model: Tells the model's file, llama.cpp as it is installed and the processor from all
                others: what one computed is of use to none of them.
        """
        self._folder = folder
        self._model = model

    def find(self, tokens: Sequence[int]) -> memoryview | None:
        """Return what the model's memory held after ``tokens``.

        Returns:
            ``None`` if it was not kept, or if the file is not as it was written.
        """
        key = self._key(tokens)
        path = self._path(key)
        try:
            content = memoryview(path.read_bytes())
        except OSError:
            return None
        digest, state = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
        if not state or digest != _digest(key, state):
            return None
        with contextlib.suppress(OSError):
            os.utime(path)  # used last, so deleted last
        return state

    def keep(self, tokens: Sequence[int], state: memoryview) -> None:
        """Write down what the model's memory holds after ``tokens``, and delete the oldest files.

        Where that fails, the next start takes its time again, and that is all; nothing is written
        of a ``state`` that is empty.
        """
        if not state:
            return
        key = self._key(tokens)
        try:
            write_whole(self._path(key), _digest(key, state), state, folder_mode=0o700)
        except OSError as error:
            sys.stderr.write(f"The instructions as read cannot be kept: {error}\n")
        self._sweep()

    def _sweep(self) -> None:
        """Delete the files used longest ago, and what a crash has left, as far as that can be."""
        old = time.time() - _YOUNG_S
        times: dict[Path, float] = {}
        for path in self._folder.glob("*"):
            with contextlib.suppress(OSError):
                if path.suffix in (_SUFFIX, PART_SUFFIX):
                    times[path] = path.stat().st_mtime
        heads = sorted((one for one in times if one.suffix == _SUFFIX), key=lambda one: -times[one])
        parts = [one for one in times if one.suffix == PART_SUFFIX and times[one] < old]
        for path in (*heads[MAX_KEPT:], *parts):
            with contextlib.suppress(OSError):
                path.unlink()

    def _key(self, tokens: Sequence[int]) -> bytes:
        return hashlib.sha256(f"{self._model}\n{[*tokens]}".encode()).digest()

    def _path(self, key: bytes) -> Path:
        return self._folder / f"{key.hex()}{_SUFFIX}"


def _digest(key: bytes, state: memoryview) -> bytes:
    digest = hashlib.blake2b(key, digest_size=_DIGEST_BYTES)
    digest.update(state)
    return digest.digest()
