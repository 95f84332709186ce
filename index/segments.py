r"""What one essay adds to an index, counted once and kept: its segment.

A segment follows from an essay's head and text alone, so it can be thrown away and made again at
any time. Its bytes hold no code and are checked: a magic number, the version of the format, the
SHA-256 of all that follows, then little-endian 32-bit numbers and words in UTF-8.
"""

import hashlib
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from typing import Final

import numpy as np

from index.corpus import Document
from index.counting import Numbers, TermCounts, count_terms
from index.errors import DamagedSegmentError
from index.passages import Passage, Sentence, split_passages

ANALYSIS_VERSION: Final = 1
"""Raised with every change of what ``split_passages`` or ``tokenize`` give; a test notices one."""

_ANALYSING_LIBRARIES: Final = ("sentencex", "snowballstemmer")
"""Their versions are part of a segment's key: another version may split or stem otherwise."""

_MAGIC: Final = b"ESSAYSEG"
_FORMAT: Final = 1
_PREFIX: Final = struct.Struct("<8sI32s")
_KEY_BYTES: Final = 32
_N_ARRAYS: Final = 7
_N_LISTS: Final = 2
_SIZES: Final = struct.Struct(f"<{_N_ARRAYS + _N_LISTS}I")
_NUMBER: Final = np.dtype("<u4")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Segment:
    """What one essay adds to an index.

    Attributes:
        document_key: ``document_key`` of the essay it was made from.
        passage_ends: uint32, ``(n_passages,)``: the number of sentences up to the end of each.
        sentence_spans: uint32, ``(n_sentences, 2)``: half-open offsets into the essay's text.
        counts: The terms of its passages, each with the essay's head; without passages, empty.
    """

    document_key: str
    passage_ends: Numbers
    sentence_spans: Numbers
    counts: TermCounts

    def to_bytes(self) -> bytes:
        """Return the segment as checked bytes, the same for the same essay."""
        counts = self.counts
        arrays = (
            self.passage_ends,
            self.sentence_spans.reshape(-1),
            counts.row_ends,
            counts.row_terms,
            counts.row_counts,
            counts.word_terms,
            counts.word_counts,
        )
        lists = ["\n".join(words).encode() for words in (counts.terms, counts.words)]
        sizes = [*map(len, arrays), *map(len, lists)]
        body = b"".join(
            (
                bytes.fromhex(self.document_key),
                _SIZES.pack(*sizes),
                *(array.astype(_NUMBER).tobytes() for array in arrays),
                *lists,
            )
        )
        return _PREFIX.pack(_MAGIC, _FORMAT, hashlib.sha256(body).digest()) + body

    def passages(self, document: Document) -> tuple[Passage, ...]:
        """Return the passages of the essay that the segment was made from, as split then.

        Raises:
            DamagedSegmentError: It was made from another essay, or by another analysis.
        """
        if self.document_key != document_key(document):
            raise DamagedSegmentError(
                f"The segment {self.document_key!r} was not made from the essay"
                f" {document.name!r}; make it again."
            )
        text = document.text
        sentences = [
            Sentence(start=start, end=end, text=text[start:end])
            for start, end in self.sentence_spans.tolist()
        ]
        passages = []
        first = 0
        for last in self.passage_ends.tolist():
            held = tuple(sentences[first:last])
            start, end = held[0].start, held[-1].end
            passages.append(
                Passage(
                    document=document, start=start, end=end, text=text[start:end], sentences=held
                )
            )
            first = last
        return tuple(passages)


def document_key(document: Document) -> str:
    """Return what a segment of an essay is known by: 64 hexadecimal digits.

    A SHA-256 over all that the segment depends on: the analysis, the head and the text.
    """
    digest = hashlib.sha256(_analysis().encode())
    for part in (document.head, document.text):
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(struct.pack("<Q", len(encoded)))
        digest.update(encoded)
    return digest.hexdigest()


@lru_cache(maxsize=1)
def _analysis() -> str:
    libraries = [f"{name} {version(name)}" for name in _ANALYSING_LIBRARIES]
    return ", ".join((f"analysis {ANALYSIS_VERSION}", f"format {_FORMAT}", *libraries))


def make_segment(document: Document, *, on_split: Callable[[], None] | None = None) -> Segment:
    """Split an essay into passages and count their terms.

    Args:
        document: The essay.
        on_split: Called when it is split, before the terms are counted.
    """
    passages = split_passages(document)
    if on_split:
        on_split()
    spans = [(one.start, one.end) for passage in passages for one in passage.sentences]
    return Segment(
        document_key=document_key(document),
        passage_ends=np.cumsum([len(one.sentences) for one in passages], dtype=np.uint32),
        sentence_spans=np.array(spans, dtype=np.uint32).reshape(-1, 2),
        counts=count_terms(document.head, [passage.text for passage in passages]),
    )


def parse_segment(content: bytes) -> Segment:
    """Return the segment of ``Segment.to_bytes``.

    Raises:
        DamagedSegmentError: A byte differs, some are missing or too many, or the format is of
            another version.
    """
    if len(content) < _PREFIX.size or content[: len(_MAGIC)] != _MAGIC:
        raise DamagedSegmentError("It is no segment of an index; make it again from the essay.")
    _, format_version, digest = _PREFIX.unpack_from(content)
    if format_version != _FORMAT:
        raise DamagedSegmentError(
            f"The segment is of format {format_version!r}, not {_FORMAT}; make it again from the"
            " essay."
        )
    body = memoryview(content)[_PREFIX.size :]
    if hashlib.sha256(body).digest() != digest:
        raise DamagedSegmentError(
            "The segment's bytes are not those that were written; make it again from the essay."
        )
    try:
        segment = _parse_body(body)
    except (ValueError, struct.error) as error:
        raise DamagedSegmentError(
            f"The segment cannot be parsed ({error}); make it again from the essay."
        ) from error
    if not _is_sound(segment):
        raise DamagedSegmentError(
            "The segment's numbers contradict each other; make it again from the essay."
        )
    return segment


def _parse_body(body: memoryview) -> Segment:
    sizes = _SIZES.unpack_from(body, _KEY_BYTES)
    at = _KEY_BYTES + _SIZES.size
    arrays: list[Numbers] = []
    for size in sizes[:_N_ARRAYS]:
        numbers = np.frombuffer(body, dtype=_NUMBER, count=size, offset=at)
        arrays.append(numbers.astype(np.uint32, copy=False))
        at += numbers.nbytes
    lists: list[tuple[str, ...]] = []
    for size in sizes[_N_ARRAYS:]:
        joined = str(body[at : at + size], "utf-8")
        lists.append(tuple(joined.split("\n")) if joined else ())
        at += size
    if at != len(body):
        raise ValueError(f"{len(body)} bytes where {at} are announced")
    passage_ends, spans, row_ends, row_terms, row_counts, word_terms, word_counts = arrays
    terms, words = lists
    return Segment(
        document_key=bytes(body[:_KEY_BYTES]).hex(),
        passage_ends=passage_ends,
        sentence_spans=spans.reshape(-1, 2),
        counts=TermCounts(terms, row_ends, row_terms, row_counts, words, word_terms, word_counts),
    )


def _is_sound(segment: Segment) -> bool:
    """Return whether each position stands within what it points into."""
    counts = segment.counts
    return (
        len(segment.passage_ends) == len(counts.row_ends)
        and _partitions(segment.passage_ends, len(segment.sentence_spans), is_strict=True)
        and _partitions(counts.row_ends, len(counts.row_terms), is_strict=False)
        and len(counts.row_counts) == len(counts.row_terms)
        and len(counts.words) == len(counts.word_terms) == len(counts.word_counts)
        and _is_below(counts.row_terms, len(counts.terms))
        and _is_below(counts.word_terms, len(counts.terms))
    )


def _partitions(ends: Numbers, size: int, *, is_strict: bool) -> bool:
    if not len(ends):
        return size == 0
    steps = np.diff(ends.astype(np.int64), prepend=0)
    return int(ends[-1]) == size and bool((steps >= int(is_strict)).all())


def _is_below(numbers: Numbers, limit: int) -> bool:
    return not len(numbers) or int(numbers.max()) < limit
