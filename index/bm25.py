"""Ranking passages by BM25."""

import copy
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress, groupby
from types import MappingProxyType
from typing import Self

import numpy as np
import numpy.typing as npt
from rank_bm25 import BM25Okapi

from index.analysis import tokenize
from index.corpus import Document
from index.counting import Frequencies, Rows, TermCounts, count_terms, join_rows, join_words
from index.errors import EmptyIndexError
from index.passages import Passage
from index.segments import Segment
from index.spelling import Spellings, strip_possessive

K1 = 1.2
"""How much a term's repetition within a passage counts. Tuned with ``B``.

Source: ``python -m tests.benchmarks.retrieval --essays DIR --questions FILE --xquad FILE --full``;
the variants of rank_bm25 except L, and any ``K1`` of 0.9 to 2 and ``B`` of 0.3 to 0.75, lie within
0.01 of each other on XQuAD.
"""
B = 0.4
"""How much longer passages count less, 0 to 1; low, for passages are of nearly one length."""

MAX_SIMILAR = 3
"""The most terms searched for beside a word that is spelt otherwise."""
_NO_WEIGHTS: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage that shares at least one term with the query.

    Attributes:
        passage: The passage found.
        score: BM25, comparable within one query only.
        rank: From 1, by descending score; ties in corpus order.
    """

    passage: Passage
    score: float
    rank: int


class _CountedBm25(BM25Okapi):  # type: ignore[misc]  # rank_bm25 has no types
    """rank_bm25's own ranking over terms that have been counted before."""

    def _initialize(self, rows: Rows) -> dict[str, int]:
        """Fill in what rank_bm25 counts of texts, and return for each term how many hold it."""
        totals = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(rows.row_counts)])
        lengths = np.diff(totals[rows.row_ends], prepend=np.int64(0))
        self.corpus_size = len(rows.row_ends)
        self.doc_freqs = Frequencies(rows)
        self.doc_len = lengths
        self.avgdl = int(totals[-1]) / self.corpus_size
        n_holders = np.diff(rows.holder_ends, prepend=np.int64(0))
        return dict(zip(rows.terms, n_holders.tolist(), strict=True))


class Bm25Index:
    """Passages ranked by BM25; each is searched with its essay's title and author.

    Args:
        passages: In corpus order, those of an essay together.
        k1: How much repeated terms count.
        b: From 0 to 1, how much long passages count less.

    Raises:
        EmptyIndexError: No passage holds a term.
    """

    def __init__(self, passages: Sequence[Passage], *, k1: float = K1, b: float = B) -> None:
        counts = tuple(
            count_terms(held[0].document.head, [passage.text for passage in held])
            for held in _by_document(passages)
        )
        self._fill(tuple(passages), counts, k1=k1, b=b)

    @classmethod
    def from_segments(
        cls, essays: Sequence[tuple[Document, Segment]], *, k1: float = K1, b: float = B
    ) -> Self:
        """Open the index of essays of which the segments are kept; no text is read anew.

        The same index as that of their passages, to the last digit of a score.

        Args:
            essays: Each essay with the segment made from it, in corpus order.
            k1: How much repeated terms count.
            b: From 0 to 1, how much long passages count less.

        Raises:
            DamagedSegmentError: A segment was made from another essay.
            EmptyIndexError: No passage holds a term.
        """
        index = cls.__new__(cls)
        passages = tuple(
            passage for document, segment in essays for passage in segment.passages(document)
        )
        counts = tuple(segment.counts for _, segment in essays)
        index._fill(passages, counts, k1=k1, b=b)
        return index

    def _fill(
        self, passages: tuple[Passage, ...], counts: tuple[TermCounts, ...], *, k1: float, b: float
    ) -> None:
        rows = join_rows(counts)
        if not rows.terms:
            raise EmptyIndexError(
                f"None of the {len(passages)} passages holds a word to search by;"
                " give essays with text."
            )
        self._passages = passages
        self._counts = counts
        self._bm25 = _CountedBm25(rows, k1=k1, b=b)
        self._holders = rows.holders
        ends = rows.holder_ends.tolist()
        self._postings = dict(zip(rows.terms, map(slice, [0, *ends], ends), strict=False))
        self._is_chosen: npt.NDArray[np.bool_] | None = None
        self._chosen = passages
        self._floor_idf()

    def limit_to(self, document_ids: Collection[str]) -> Self:
        """Return the index as it is for a reader who has only some of its essays.

        Its passages, hits, terms and spellings are those of these essays. The weight of a term,
        and with it every score, stays that of all essays, and so does ``has_small_term``: what
        is a rare word, and what a name, is not told by the choice of essays.

        Args:
            document_ids: The essays; ids of others are ignored.
        """
        wanted = frozenset(document_ids) & {one.document.id for one in self._chosen}
        is_chosen = np.array([one.document.id in wanted for one in self._passages], dtype=bool)
        limited = copy.copy(self)
        limited._is_chosen = is_chosen
        limited._chosen = tuple(compress(self._passages, is_chosen))
        # Made once for all limits, and not once for each.
        limited.__dict__["_spellings"] = self._spellings
        return limited

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The passages that are searched, in corpus order."""
        return self._chosen

    @property
    def n_weighed(self) -> int:
        """The number of passages that the weights of terms are of, whatever the limit."""
        return len(self._passages)

    @property
    def mean_n_terms(self) -> float:
        """The mean length of those passages in terms, the heads of their essays counted in."""
        return float(self._bm25.avgdl)

    @property
    def k1(self) -> float:
        """How much repeated terms count."""
        return float(self._bm25.k1)

    @property
    def b(self) -> float:
        """From 0 to 1, how much long passages count less."""
        return float(self._bm25.b)

    def search(
        self,
        tokens: Sequence[str],
        *,
        top_k: int,
        weights: Mapping[str, float] = _NO_WEIGHTS,
    ) -> tuple[Hit, ...]:
        """Return the ``top_k`` best passages that share a term with the query.

        Args:
            tokens: The query's terms, from ``tokenize``; a repeated term counts again.
            top_k: The most hits wanted, at least 1.
            weights: How much a term counts, more than 0; 1 if it is not among them.

        Returns:
            Hits by descending score, ties in corpus order; empty if no passage shares a term.

        Raises:
            TypeError: ``tokens`` is a string.
            ValueError: ``top_k`` is less than 1.
        """
        if isinstance(tokens, str):
            raise TypeError(f"tokens is the string {tokens!r}; give tokenize(...) of it.")
        if top_k < 1:
            raise ValueError(f"top_k is {top_k!r}; give 1 or more.")
        scores = np.zeros(len(self._passages))
        is_hit = np.zeros(len(self._passages), dtype=bool)
        for term in tokens:
            if term in self._postings:
                numbers = self._holders[self._postings[term]].tolist()
                weight = weights.get(term, 1.0)
                scores[numbers] += weight * np.asarray(self._bm25.get_batch_scores([term], numbers))
                is_hit[numbers] = True
        if self._is_chosen is not None:
            is_hit &= self._is_chosen
        found = np.flatnonzero(is_hit)
        best = found[np.argsort(-scores[found], kind="stable")][:top_k]
        return tuple(
            Hit(passage=self._passages[number], score=float(scores[number]), rank=rank)
            for rank, number in enumerate(best.tolist(), start=1)
        )

    def terms_of(self, passage: Passage) -> Mapping[str, int]:
        """Return how often each term stands in a passage and the head of its essay.

        Raises:
            ValueError: The passage is not in the index.
        """
        number = self._numbers.get((passage.document.id, passage.start))
        if number is None:
            raise ValueError(
                f"The passage at {passage.start!r} of {passage.document.name!r} is not in the"
                " index; give one of its passages."
            )
        return MappingProxyType(self._bm25.doc_freqs[number])

    @cached_property
    def _numbers(self) -> dict[tuple[str, int], int]:
        """Where each passage stands, by its essay and its start."""
        return {(one.document.id, one.start): at for at, one in enumerate(self._passages)}

    @cached_property
    def _spellings(self) -> Spellings:
        """Made when first asked for, and not for every opening of an index."""
        return Spellings(join_words(self._counts))

    def _floor_idf(self) -> None:
        """Give the terms of half of the passages or more the least weight that others can have.

        rank_bm25 gives a term of exactly half of the passages no weight, and one of more than
        half a quarter of the mean weight, so that the commoner term can weigh more.
        """
        half = len(self._passages) / 2
        floor = float(np.log((half + 1) / half))
        for term, held_by in self._postings.items():
            if held_by.stop - held_by.start >= half:
                self._bm25.idf[term] = floor

    def idf(self, term: str) -> float:
        """Return the inverse document frequency of a term, the weight it has in the search.

        Positive, and never more for a term of more passages. An unknown term has the weight of
        one that stands in no passage.

        Source: Robertson and Spärck Jones, Relevance weighting of search terms, 1976; the floor
        is that of a term in just under half of the passages.
        """
        if term in self._postings:
            return float(self._bm25.idf[term])
        return float(np.log((self.n_weighed + 0.5) / 0.5))

    def has_term(self, term: str) -> bool:
        """Return whether any passage that is searched, or its title or author, holds the term."""
        if self._is_chosen is None or term not in self._postings:
            return term in self._postings
        return bool(self._is_chosen[self._holders[self._postings[term]]].any())

    def count_holders(self, term: str) -> int:
        """Return in how many of the ``n_weighed`` passages, with their heads, the term stands."""
        held_by = self._postings.get(term, slice(0, 0))
        return len(self._holders[held_by])

    def has_small_term(self, term: str) -> bool:
        """Return whether an essay holds the term as a word in small letters, so as no name."""
        return self._spellings.has_small(term)

    def find_similar(self, word: str, *, limit: int = MAX_SIMILAR) -> tuple[str, ...]:
        """Return the other terms of which a word may be a spelling, the closest first.

        A word that the essays hold has variants only ("organize", "organise"; a name in another
        transcription); one that they do not hold may be mistyped.

        Args:
            word: As typed; possessives are ignored, and a capital letter means that it is no
                common word, so write the first word of a sentence small unless it is a name.
            limit: The most terms wanted, at least 1.
        """
        # A word of the other essays is not mistyped, though these do not hold it.
        is_known = all(term in self._postings for term in tokenize(word))
        return self._spellings.find_similar(
            strip_possessive(word), limit=limit, is_known=is_known, is_wanted=self.has_term
        )

    def prepare_spellings(self) -> None:
        """Make ready what the first ``find_similar`` would have to wait for, half a second.

        May be called in another thread, before or while the index is searched.
        """
        self._spellings.prepare()

    def get_spelling(self, term: str) -> str:
        """Return the word that most often stands for a term in the essays, as written there.

        The term itself if they do not hold it.
        """
        return self._spellings.get_commonest(term)


def _by_document(passages: Sequence[Passage]) -> Iterator[list[Passage]]:
    for _, held in groupby(passages, key=lambda passage: id(passage.document)):
        yield list(held)
