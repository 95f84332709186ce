"""Headers of GGUF files, right and wrong, written by hand."""

import re
import struct
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from assistant.local_models.files import read_header

U32, BOOL, STRING, ARRAY, U64 = 4, 7, 8, 9, 10
_ALIGNMENT = 32
"""Where the weights begin, and each table of them, without a word on it in the file."""
_N_TENSORS_AT = 8
_OFFSET_BYTES = 8
Entry = int | bool | str | Sequence[int] | Sequence[str]

LLAMA: Mapping[str, Entry] = {
    "general.architecture": "llama",
    "general.license": "mit",
    "llama.block_count": 2,
    "llama.context_length": 4096,
    "llama.embedding_length": 64,
    "llama.attention.head_count": 4,
    "llama.attention.head_count_kv": 2,
    "tokenizer.ggml.tokens": ["a", "b", "c"],
    "tokenizer.ggml.merges": ["a b"],
}
"""What a small model says of itself: 2 blocks, 2 heads of 16 numbers each for keys and values."""


def text(value: str) -> bytes:
    encoded = value.encode()
    return struct.pack("<Q", len(encoded)) + encoded


def value(entry: Entry) -> bytes:
    match entry:
        case bool():
            return struct.pack("<I?", BOOL, entry)
        case int():
            return struct.pack("<II", U32, entry)
        case str():
            return struct.pack("<I", STRING) + text(entry)
        case _:
            items = list(entry)
            kind = STRING if items and isinstance(items[0], str) else U32
            body = b"".join(
                text(one) if isinstance(one, str) else struct.pack("<I", one) for one in items
            )
            return struct.pack("<IIQ", ARRAY, kind, len(items)) + body


def entries(values: Mapping[str, Entry]) -> bytes:
    return b"".join(text(key) + value(entry) for key, entry in values.items())


def head(*, version: int = 3, n_tensors: int = 0, n_entries: int = 0) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", version, n_tensors, n_entries)


def tensor(name: str, shape: Sequence[int], *, type_id: int = 0, offset: int = 0) -> bytes:
    return (
        text(name)
        + struct.pack("<I", len(shape))
        + struct.pack(f"<{len(shape)}Q", *shape)
        + struct.pack("<IQ", type_id, offset)
    )


def make_gguf(
    values: Mapping[str, Entry] = LLAMA, *, tensors: Sequence[bytes] = (), rest: bytes = b""
) -> bytes:
    """Return a file with these entries and tables, the weights being ``rest``."""
    return (
        head(n_tensors=len(tensors), n_entries=len(values))
        + entries(values)
        + b"".join(tensors)
        + rest
    )


def write_gguf(path: Path, values: Mapping[str, Entry] = LLAMA, *, rest: bytes = b"") -> Path:
    path.write_bytes(make_gguf(values, rest=rest))
    return path


def write_shallow(path: Path, whole: Path, *, n_blocks: int = 2) -> Path:
    """Write a model that is the first blocks of another one, for tests that need no sense of it.

    It has the vocabulary and the template of the whole one, runs like it, and what it says is
    always the same nonsense; it takes a tenth of the time.
    """
    content, tables = whole.read_bytes(), read_header(whole).tensors
    infos = [tensor(one.name, one.shape, type_id=one.type_id) for one in tables]
    begin = at = content.index(infos[0][:-_OFFSET_BYTES])
    offsets: list[int] = []
    for info in infos:
        at += len(info)
        offsets += struct.unpack("<Q", content[at - _OFFSET_BYTES : at])
    weights = content[-(-at // _ALIGNMENT) * _ALIGNMENT :]
    ends = dict(pairwise([*sorted(offsets), len(weights)]))
    kept, rest = [], b""
    for one, offset in zip(tables, offsets, strict=True):
        block = re.match(r"blk\.(\d+)\.", one.name)
        if block is None or int(block[1]) < n_blocks:
            kept.append(tensor(one.name, one.shape, type_id=one.type_id, offset=len(rest)))
            rest += weights[offset : ends[offset]]
    start = bytearray(content[:begin])
    struct.pack_into("<Q", start, _N_TENSORS_AT, len(kept))
    count = b"llama.block_count"
    struct.pack_into("<I", start, start.index(count) + len(count) + 4, n_blocks)
    start += b"".join(kept)
    path.write_bytes(start + b"\0" * (-len(start) % _ALIGNMENT) + rest)
    return path
