"""The terms of texts, counted: what ranking and spelling need to know of them."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple, overload

import numpy as np
import numpy.typing as npt

from index.analysis import token_spans
from index.spelling import strip_possessive

Numbers = npt.NDArray[np.uint32]


class TermCounts(NamedTuple):
    """The terms of texts that are searched each together with one head.

    Attributes:
        terms: The distinct terms, in order of first appearance, those of the head first.
        row_ends: uint32, ``(n_texts,)``: where each text's row ends in the two arrays below.
        row_terms: uint32, ``(n_entries,)``: positions in ``terms``, each once in a row, in order
            of first appearance.
        row_counts: uint32, ``(n_entries,)``: how often each stands in the head and the text.
        words: The words that stand for terms, as written; one may stand for two terms.
        word_terms: uint32, ``(n_words,)``: the term each stands for.
        word_counts: uint32, ``(n_words,)``: how often, the head counted once.
    """

    terms: tuple[str, ...]
    row_ends: Numbers
    row_terms: Numbers
    row_counts: Numbers
    words: tuple[str, ...]
    word_terms: Numbers
    word_counts: Numbers


def count_terms(head: str, texts: Sequence[str]) -> TermCounts:
    """Count the terms of texts, each searched together with one head.

    Without texts nothing is counted, the head neither.

    >>> counts = count_terms("Pell", ["The mills of Pell.", "No mill stood."])
    >>> counts.terms, counts.row_ends.tolist(), counts.row_counts.tolist()
    (('pell', 'mill', 'stood'), [2, 5], [2, 1, 1, 1, 1])
    >>> counts.words, counts.word_counts.tolist()
    (('Pell', 'mills', 'mill', 'stood'), [2, 1, 1, 1])
    """
    numbers: dict[str, int] = {}
    words: Counter[tuple[int, str]] = Counter()

    def count(text: str) -> Counter[int]:
        spans = token_spans(text)
        row = [numbers.setdefault(span.term, len(numbers)) for span in spans]
        written = [strip_possessive(text[span.start : span.end]) for span in spans]
        words.update(zip(row, written, strict=True))
        return Counter(row)

    rows = []
    if texts:
        of_head = count(head)
        for text in texts:
            row = of_head.copy()
            row.update(count(text))
            rows.append(row)
    return TermCounts(
        terms=tuple(numbers),
        row_ends=np.cumsum([len(row) for row in rows], dtype=np.uint32),
        row_terms=np.array([number for row in rows for number in row], dtype=np.uint32),
        row_counts=np.array([n for row in rows for n in row.values()], dtype=np.uint32),
        words=tuple(word for _, word in words),
        word_terms=np.array([number for number, _ in words], dtype=np.uint32),
        word_counts=np.array(list(words.values()), dtype=np.uint32),
    )


class Rows(NamedTuple):
    """The counted terms of many texts, by text and by term.

    Attributes:
        terms: The distinct terms, in order of first appearance, with their positions.
        row_ends: int64, ``(n_texts,)``: where each text's row ends in the two arrays below.
        row_terms: uint32, ``(n_entries,)``: positions in ``terms``, as in ``TermCounts``.
        row_counts: uint32, ``(n_entries,)``: how often each stands in the head and the text.
        holder_ends: int64, ``(n_terms,)``: where the texts that hold each term end below.
        holders: uint32, ``(n_entries,)``: the texts that hold each term, ascending.
    """

    terms: dict[str, int]
    row_ends: npt.NDArray[np.int64]
    row_terms: Numbers
    row_counts: Numbers
    holder_ends: npt.NDArray[np.int64]
    holders: Numbers


def join_rows(parts: Sequence[TermCounts]) -> Rows:
    """Return the rows of all texts of all parts, in order, as if counted together.

    >>> rows = join_rows([count_terms("", ["mills"]), count_terms("", ["No ropes", "The Mills"])])
    >>> rows.terms, rows.row_terms.tolist(), rows.holder_ends.tolist(), rows.holders.tolist()
    ({'mill': 0, 'rope': 1}, [0, 1, 0], [2, 3], [0, 2, 1])
    """
    listed = [term for part in parts for term in part.terms]
    terms = {term: number for number, term in enumerate(dict.fromkeys(listed))}
    known_as = np.fromiter(map(terms.__getitem__, listed), dtype=np.uint32, count=len(listed))
    n_terms = np.array([len(part.terms) for part in parts], dtype=np.int64)
    n_entries = np.array([len(part.row_terms) for part in parts], dtype=np.int64)
    n_rows = np.array([len(part.row_ends) for part in parts], dtype=np.int64)
    ends = _join([part.row_ends for part in parts]).astype(np.int64)
    row_ends = ends + np.repeat(_starts(n_entries), n_rows)
    own_terms = _join([part.row_terms for part in parts])
    row_terms = known_as[own_terms + np.repeat(_starts(n_terms), n_entries)]
    # Term and text as one number: sorting numbers takes a tenth of the time of sorting by a key.
    texts = np.repeat(
        np.arange(len(row_ends), dtype=np.uint64), np.diff(row_ends, prepend=np.int64(0))
    )
    pairs = np.sort(row_terms.astype(np.uint64) << np.uint64(32) | texts)
    return Rows(
        terms=terms,
        row_ends=row_ends,
        row_terms=row_terms,
        row_counts=_join([part.row_counts for part in parts]),
        holder_ends=np.cumsum(np.bincount(row_terms, minlength=len(terms)), dtype=np.int64),
        holders=(pairs & np.uint64(0xFFFFFFFF)).astype(np.uint32),
    )


def join_words(parts: Sequence[TermCounts]) -> dict[str, dict[str, int]]:
    """Return for each term how often each word stands for it in all parts, in order.

    >>> join_words([count_terms("", ["mills"]), count_terms("", ["Mills, ropes", "mills"])])
    {'mill': {'mills': 2, 'Mills': 1}, 'rope': {'ropes': 1}}
    """
    spelt: dict[str, dict[str, int]] = {}
    for part in parts:
        held = [spelt.setdefault(term, {}) for term in part.terms]
        for word, term, number in zip(
            part.words, part.word_terms.tolist(), part.word_counts.tolist(), strict=True
        ):
            words = held[term]
            words[word] = words.get(word, 0) + number
    return spelt


class Frequencies(Sequence[dict[str, int]]):
    """How often each term stands in each text; a text's are laid out when it is first scored."""

    def __init__(self, rows: Rows) -> None:
        self._terms = tuple(rows.terms)
        self._rows = rows
        self._known: list[dict[str, int] | None] = [None] * len(rows.row_ends)

    def __len__(self) -> int:
        return len(self._known)

    @overload
    def __getitem__(self, number: int) -> dict[str, int]: ...
    @overload
    def __getitem__(self, number: slice) -> list[dict[str, int]]: ...
    def __getitem__(self, number: int | slice) -> dict[str, int] | list[dict[str, int]]:
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self)))]
        known = self._known[number]
        if known is None:
            rows = self._rows
            entries = slice(rows.row_ends[number - 1] if number else 0, rows.row_ends[number])
            held = map(self._terms.__getitem__, rows.row_terms[entries].tolist())
            known = dict(zip(held, rows.row_counts[entries].tolist(), strict=True))
            self._known[number] = known
        return known


def _starts(sizes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.cumsum(sizes) - sizes


def _join(arrays: Sequence[Numbers]) -> Numbers:
    return np.concatenate([np.empty(0, dtype=np.uint32), *arrays])
