"""Read what a GGUF file says of itself, without llama.cpp and without trusting it.

A model's file may come from anywhere, and its header is a table of lengths: each is checked
against a bound and against the bytes that are there before anything is read or skipped, so that
no header makes the reader hold more than a few hundred kilobytes or read past the end.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import BinaryIO, Final

from assistant.errors import ModelFileError

MAGIC: Final = b"GGUF"
_VERSIONS: Final = (2, 3)
_MAX_ENTRIES: Final = 4096
"""Models that llama.cpp reads have 20 to 60 entries."""
_MAX_TENSORS: Final = 65_536
_MAX_KEY_BYTES: Final = 256
_MAX_TEXT_BYTES: Final = 1 << 20
"""The longest text that may stand in an entry; chat templates have up to some 20 kB."""
_MAX_ITEMS: Final = 2_000_000
"""The most items of all arrays together; the largest vocabularies have some 260,000 tokens, as
many scores and types, and twice as many merges."""
_MAX_DIMS: Final = 4
_KEPT_TEXT_CHARS: Final = 200
_KEPT_ITEMS: Final = 1024


class _Kind(IntEnum):
    """Types of values in a GGUF file.

    Source: the specification of GGUF, enum gguf_metadata_value_type.
    """

    UINT8 = 0
    INT8 = 1
    UINT16 = 2
    INT16 = 3
    UINT32 = 4
    INT32 = 5
    FLOAT32 = 6
    BOOL = 7
    STRING = 8
    ARRAY = 9
    UINT64 = 10
    INT64 = 11
    FLOAT64 = 12


_FORMATS: Final[Mapping[_Kind, str]] = {
    _Kind.UINT8: "<B",
    _Kind.INT8: "<b",
    _Kind.UINT16: "<H",
    _Kind.INT16: "<h",
    _Kind.UINT32: "<I",
    _Kind.INT32: "<i",
    _Kind.FLOAT32: "<f",
    _Kind.BOOL: "<?",
    _Kind.UINT64: "<Q",
    _Kind.INT64: "<q",
    _Kind.FLOAT64: "<d",
}

Value = int | float | bool | str | tuple[int | float | bool, ...]
"""A number, the beginning of a text, or the beginning of an array of numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tensor:
    """A table of weights: its name, its lengths along each dimension, its type's number."""

    name: str
    shape: tuple[int, ...]
    type_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What stands before the weights of a GGUF file.

    Attributes:
        size_bytes: Of the whole file.
        values: The entries by key; of long texts and arrays the beginning. Arrays of texts are
            left out.
        lengths: How many items each array has, by key.
        tensors: The weights, in the file's order.
    """

    size_bytes: int
    values: Mapping[str, Value]
    lengths: Mapping[str, int]
    tensors: tuple[Tensor, ...]


def read_header(path: Path) -> Header:
    """Read the header of a GGUF file; some milliseconds.

    Raises:
        ModelFileError: It cannot be read, is no GGUF file, or its header is not whole.
    """
    try:
        with path.open("rb") as file:
            return _parse_header(_Reader(file, path.stat().st_size, path.name))
    except OSError as error:
        raise ModelFileError(f"{str(path)!r} cannot be read: {error.strerror}.") from error


def _parse_header(reader: "_Reader") -> Header:
    if reader.take(len(MAGIC)) != MAGIC:
        raise reader.fault("it does not begin with 'GGUF', so it is no GGUF file")
    version = reader.number(_Kind.UINT32)
    if version not in _VERSIONS:
        raise reader.fault(f"its version is {version!r}; {' and '.join(map(str, _VERSIONS))} work")
    n_tensors = reader.count(_MAX_TENSORS, "tensors")
    n_entries = reader.count(_MAX_ENTRIES, "entries")
    values: dict[str, Value] = {}
    lengths: dict[str, int] = {}
    for _ in range(n_entries):
        key = reader.text(_MAX_KEY_BYTES)
        if key in values or key in lengths:
            raise reader.fault(f"the entry {key!r} stands there twice")
        kind = reader.kind()
        if kind is _Kind.ARRAY:
            items = reader.array(lengths, key)
            if items is not None:
                values[key] = items
        elif kind is _Kind.STRING:
            values[key] = reader.text(_MAX_TEXT_BYTES)[:_KEPT_TEXT_CHARS]
        else:
            values[key] = reader.number(kind)
    return Header(
        size_bytes=reader.size_bytes,
        values=values,
        lengths=lengths,
        tensors=tuple(reader.tensor() for _ in range(n_tensors)),
    )


class _Reader:
    """Takes one thing after the other from a file, each length checked first."""

    def __init__(self, file: BinaryIO, size_bytes: int, name: str) -> None:
        self.size_bytes = size_bytes
        self._file = file
        self._left = size_bytes
        self._n_items = 0
        self._name = name

    def fault(self, what: str) -> ModelFileError:
        at = self.size_bytes - self._left
        return ModelFileError(
            f"{self._name!r} is no model that can be used: {what} (at byte {at:,})."
            " Download the file again, or choose another GGUF file."
        )

    def take(self, n_bytes: int) -> bytes:
        self._require(n_bytes)
        taken = self._file.read(n_bytes)
        if len(taken) != n_bytes:
            raise self.fault("it became shorter while it was read")
        self._left -= n_bytes
        return taken

    def number(self, kind: _Kind) -> int | float | bool:
        value: int | float | bool
        (value,) = struct.unpack(_FORMATS[kind], self.take(struct.calcsize(_FORMATS[kind])))
        return value

    def count(self, most: int, of_what: str) -> int:
        number = int(self.number(_Kind.UINT64))
        if number > most:
            raise self.fault(f"it claims {number:,} {of_what}; at most {most:,} are read")
        return number

    def text(self, most: int) -> str:
        return self.take(self.count(most, "bytes of text")).decode("utf-8", "replace")

    def kind(self) -> _Kind:
        number = int(self.number(_Kind.UINT32))
        try:
            return _Kind(number)
        except ValueError:
            raise self.fault(f"it has a value of the unknown type {number!r}") from None

    def array(self, lengths: dict[str, int], key: str) -> tuple[int | float | bool, ...] | None:
        """Note how long an array is, and return its beginning; ``None`` if it holds texts."""
        kind = self.kind()
        if kind is _Kind.ARRAY:
            raise self.fault(f"the array {key!r} holds arrays")
        n_items = lengths[key] = self.count(_MAX_ITEMS - self._n_items, "items of arrays")
        self._n_items += n_items
        if kind is _Kind.STRING:
            self._skip_texts(n_items)
            return None
        width = struct.calcsize(_FORMATS[kind])
        self._require(n_items * width)
        kept = tuple(self.number(kind) for _ in range(min(n_items, _KEPT_ITEMS)))
        self._skip((n_items - len(kept)) * width)
        return kept

    def tensor(self) -> Tensor:
        name = self.text(_MAX_KEY_BYTES)
        n_dims = int(self.number(_Kind.UINT32))
        if not 1 <= n_dims <= _MAX_DIMS:
            raise self.fault(f"the tensor {name!r} has {n_dims:,} dimensions")
        shape = tuple(int(self.number(_Kind.UINT64)) for _ in range(n_dims))
        type_id = int(self.number(_Kind.UINT32))
        offset = int(self.number(_Kind.UINT64))
        if offset >= self.size_bytes:
            raise self.fault(f"the tensor {name!r} lies beyond the end of the file")
        return Tensor(name=name, shape=shape, type_id=type_id)

    def _skip_texts(self, n_items: int) -> None:
        # Written out, since a vocabulary has some 300,000 of them.
        read, parse = self._file.read, struct.Struct(_FORMATS[_Kind.UINT64]).unpack
        for _ in range(n_items):
            length = read(8)
            self._left -= 8
            n_bytes = parse(length)[0] if len(length) == 8 else self.size_bytes
            self._left -= n_bytes
            if self._left < 0 or n_bytes > _MAX_TEXT_BYTES:
                raise self.fault(f"a text of {n_bytes:,} bytes is promised in an array")
            read(n_bytes)

    def _skip(self, n_bytes: int) -> None:
        self._require(n_bytes)
        self._file.seek(n_bytes, 1)
        self._left -= n_bytes

    def _require(self, n_bytes: int) -> None:
        if n_bytes > self._left:
            raise self.fault(f"it ends before the {n_bytes:,} bytes that are promised there")
