"""The terms of texts, counted: what ranking and spelling need to know of them."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

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
        row: Counter[int] = Counter()
        for span in token_spans(text):
            number = numbers.setdefault(span.term, len(numbers))
            row[number] += 1
            words[number, strip_possessive(text[span.start : span.end])] += 1
        return row

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


def merge_counts(parts: Sequence[TermCounts]) -> TermCounts:
    """Return the counts of all texts of all parts, in order, as if counted together.

    >>> first, second = count_terms("", ["mills"]), count_terms("", ["The Mills", "ropes"])
    >>> merged = merge_counts((first, second))
    >>> merged.terms, merged.row_terms.tolist(), merged.words, merged.word_counts.tolist()
    (('mill', 'rope'), [0, 0, 1], ('mills', 'Mills', 'ropes'), [1, 1, 1])
    """
    terms: dict[str, int] = {}
    words: dict[str, int] = {}
    row_ends, row_terms, word_terms, word_numbers = [], [], [], []
    n_entries = 0
    for part in parts:
        known_as = _number(part.terms, terms)
        row_ends.append(part.row_ends + np.uint32(n_entries))
        row_terms.append(known_as[part.row_terms])
        word_terms.append(known_as[part.word_terms])
        word_numbers.append(_number(part.words, words))
        n_entries += len(part.row_terms)
    # A word with a term it stands for, as one number.
    pairs = _join(word_terms).astype(np.uint64) << np.uint64(32) | _join(word_numbers)
    _, first, place = np.unique(pairs, return_index=True, return_inverse=True)
    totals = np.bincount(place, weights=_join([part.word_counts for part in parts]))
    order = np.argsort(first)
    spelt = tuple(words)
    found = pairs[first[order]]
    return TermCounts(
        terms=tuple(terms),
        row_ends=_join(row_ends),
        row_terms=_join(row_terms),
        row_counts=_join([part.row_counts for part in parts]),
        words=tuple(spelt[number] for number in (found & np.uint64(0xFFFFFFFF)).tolist()),
        word_terms=(found >> np.uint64(32)).astype(np.uint32),
        word_counts=totals[order].astype(np.uint32),
    )


def _number(names: Sequence[str], known: dict[str, int]) -> Numbers:
    """Return each name's number among those known, new names added."""
    return np.array([known.setdefault(name, len(known)) for name in names], dtype=np.uint32)


def _join(arrays: Sequence[Numbers]) -> Numbers:
    return np.concatenate([np.empty(0, dtype=np.uint32), *arrays])
