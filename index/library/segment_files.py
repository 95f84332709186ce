"""The index of each essay in a file of its own: derived, so damage costs time and no more.

A file is named by its essay's ``document_key``, so what is found under a name is the index of just
that text, title and author as this version analyses them, or is damaged.
"""

import contextlib
import os
import time
from collections.abc import Container
from pathlib import Path
from typing import Final

from index.corpus import Document
from index.errors import DamagedSegmentError, LibraryError
from index.segments import Segment, document_key, parse_segment
from index.whole_file import PART_SUFFIX, write_whole

_SUFFIX: Final = ".segment"
_YOUNG_S: Final = 3600.0
"""A file without an entry may be that of a process which is about to commit the entry."""


class SegmentFiles:
    """The folder of these files; several processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, document: Document) -> Segment:
        """Return the kept index of an essay.

        Raises:
            FileNotFoundError: There is none.
            OSError: It cannot be read.
            DamagedSegmentError: It is not what was written.
        """
        key = document_key(document)
        segment = parse_segment(self._path(key).read_bytes())
        if segment.document_key != key:
            raise DamagedSegmentError("The segment is that of another essay; make it again.")
        return segment

    def keep(self, segment: Segment) -> None:
        """Write the index of an essay, unless it is there.

        Raises:
            LibraryError: It cannot be written.
        """
        path = self._path(segment.document_key)
        content = segment.to_bytes()
        with contextlib.suppress(OSError):
            if path.read_bytes() == content:
                return
        try:
            write_whole(path, content, folder_mode=0o700)
        except OSError as error:
            raise LibraryError(
                f"The index of an essay cannot be written to {str(self._folder)!r}: "
                f"{error.strerror or error}. Nothing that was kept is lost; make room on the disk,"
                " or make the folder writable, then try again."
            ) from error

    def sweep(self, used: Container[str]) -> None:
        """Delete the files that are of no use any more; one that cannot be deleted stays.

        Args:
            used: The keys of the segments that are.
        """
        old = time.time() - _YOUNG_S
        with contextlib.suppress(OSError), os.scandir(self._folder) as files:
            for file in files:
                is_used = file.name.endswith(_SUFFIX) and Path(file.name).stem in used
                is_own = file.name.endswith((_SUFFIX, PART_SUFFIX))
                with contextlib.suppress(OSError):
                    if is_own and not is_used and file.stat().st_mtime < old:
                        Path(file).unlink()

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}{_SUFFIX}"
