"""What a model computed of the instructions that all prompts begin with, kept on the disk.

To read them takes a model some twenty seconds, and is the same work at each start. So what its
memory holds after it is written down and put back at the next start, byte for byte: the answers
are the same. Nothing of a question or of an essay is in it. All of it may be deleted at any time.
"""

import contextlib
import hashlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from index.whole_file import PART_SUFFIX, write_whole

MAX_KEPT: Final = 4
"""Heads kept, of all models together: one takes some 30 MB of the smaller models."""
_SUFFIX: Final = ".head"
_DIGEST_BYTES: Final = 32


class KeptHeads:
    """The folder of these files; several processes may use it at once."""

    def __init__(self, folder: Path, *, model: str) -> None:
        """Use ``folder``, which is made when it is needed.

        Args:
            folder: Where the files lie, those of other models too.
            model: Tells the model's file, the program that runs it and the processor from all
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

        Where that fails, the next start takes its time again, and that is all.
        """
        key = self._key(tokens)
        try:
            write_whole(self._path(key), _digest(key, state), state, folder_mode=0o700)
        except OSError as error:
            sys.stderr.write(f"The instructions as read cannot be kept: {error}\n")
        self._sweep()

    def _sweep(self) -> None:
        with contextlib.suppress(OSError), os.scandir(self._folder) as entries:
            own = [one for one in entries if one.name.endswith((_SUFFIX, PART_SUFFIX))]
            own.sort(key=lambda one: one.stat().st_mtime, reverse=True)
            for one in own[MAX_KEPT:]:
                Path(one).unlink()

    def _key(self, tokens: Sequence[int]) -> bytes:
        return hashlib.sha256(f"{self._model}\n{[*tokens]}".encode()).digest()

    def _path(self, key: bytes) -> Path:
        return self._folder / f"{key.hex()}{_SUFFIX}"


def _digest(key: bytes, state: memoryview) -> bytes:
    digest = hashlib.blake2b(key, digest_size=_DIGEST_BYTES)
    digest.update(state)
    return digest.digest()
