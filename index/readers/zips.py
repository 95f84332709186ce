"""Zipped formats: looked over before anything is unpacked, and only their text unpacked."""

import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import NamedTuple

from index.errors import EssayError

MAX_MEMBERS = 10_000
"""An illustrated book has hundreds of files; each one costs time even if it is never unpacked."""
MAX_UNPACKED_BYTES = 64_000_000
"""Of text with its markup. A novel of 200,000 words has about a quarter of that."""
MAX_RATIO = 200
"""Unpacked to packed bytes. Markup packs to a tenth, the most monotonous to a fiftieth."""
MAX_PICTURE_BYTES = 1_000_000_000
"""Of everything else, which is never unpacked; more than this no honest file declares."""
_SMALL_BYTES = 1_000_000
"""Less than this does no harm at any ratio."""

_FLAG_ENCRYPTED = 0x1
_UNPACKING_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    # Among them NotImplementedError, for a way of packing that Python does not know.
    RuntimeError,
    ValueError,
    EOFError,
    OSError,
)
_ENTITY = re.compile(rb"<!ENTITY\s", re.IGNORECASE)


class Package(NamedTuple):
    """The files of a zipped document that hold its text.

    Attributes:
        content: A zip file of them alone.
        parts: Their bytes by name.
        names: The names of all files, those left out too.
    """

    content: bytes
    parts: Mapping[str, bytes]
    names: frozenset[str]


def list_names(content: bytes) -> tuple[str, ...]:
    """Return the names of a zip file's members, in its order.

    Raises:
        EssayError: The zip file is damaged, or has too many members.
    """
    return tuple(member.filename for member in _members(_open(content)))


def read_member(content: bytes, name: str, *, max_bytes: int) -> bytes:
    """Return the beginning of a member of a zip file, at most ``max_bytes``; empty if it has none.

    Raises:
        EssayError: The zip file is damaged.
    """
    with _open(content) as archive:
        if name not in archive.namelist():
            return b""
        return _unpack(archive, archive.getinfo(name), max_bytes)


def unpack(content: bytes, *, is_wanted: Callable[[str], bool]) -> Package:
    """Unpack the files that are wanted; pictures, fonts and macros need not be.

    Raises:
        EssayError: The zip file is damaged or encrypted, or its text is larger than is safe.
    """
    with _open(content) as archive:
        members = _members(archive)
        wanted = [member for member in members if is_wanted(member.filename)]
        _check(wanted)
        _check_rest(members, wanted)
        parts: dict[str, bytes] = {}
        for member in wanted:
            # Declared sizes can lie: no more is unpacked than was declared and found harmless.
            parts[member.filename] = _unpack(archive, member, member.file_size)
    for name, part in parts.items():
        if _ENTITY.search(part):
            raise EssayError(
                f"its part {name!r} defines entities, which no word processor writes and which"
                " can be made to expand without end; save the essay again from its program"
            )
    return Package(_pack(parts), parts, frozenset(member.filename for member in members))


def _open(content: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except _UNPACKING_ERRORS as error:
        raise _damaged(error) from error


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise EssayError(
            f"it is a zip file of {len(members):,} files; an essay may have {MAX_MEMBERS:,} at most"
        )
    return members


def _check(members: list[zipfile.ZipInfo]) -> None:
    if any(member.flag_bits & _FLAG_ENCRYPTED for member in members):
        raise EssayError("it is protected with a password; save it without one")
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if unpacked > MAX_UNPACKED_BYTES:
        raise EssayError(
            f"its text would unpack to {unpacked:,} bytes; an essay may have"
            f" {MAX_UNPACKED_BYTES:,} at most"
        )
    if unpacked > _SMALL_BYTES and unpacked > MAX_RATIO * packed:
        raise EssayError(
            f"its text would unpack to {unpacked / max(packed, 1):,.0f} times its size, as no"
            f" essay does ({MAX_RATIO} times at most): it may be made to exhaust the memory"
        )


def _check_rest(members: list[zipfile.ZipInfo], wanted: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(member.file_size for member in members)
    unpacked -= sum(member.file_size for member in wanted)
    if unpacked > MAX_PICTURE_BYTES:
        raise EssayError(
            f"its pictures would unpack to {unpacked:,} bytes, as no essay's do: it may be made to"
            " exhaust the memory; save it without pictures"
        )


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, max_bytes: int) -> bytes:
    try:
        with archive.open(member) as file:
            part = file.read(max_bytes)
            # The checksum is compared once nothing is left to read.
            if max_bytes >= member.file_size:
                file.read(1)
            return part
    except _UNPACKING_ERRORS as error:
        raise _damaged(error) from error


def _pack(parts: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part)
    return file.getvalue()


def _damaged(error: Exception) -> EssayError:
    return EssayError(
        f"it is damaged: the zip file that it consists of cannot be unpacked ({error}); copy or"
        " download it again"
    )
