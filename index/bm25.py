"""Ranking passages by BM25."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from rank_bm25 import BM25Okapi

from index.analysis import token_spans, tokenize
from index.errors import EmptyIndexError
from index.passages import Passage
from index.spelling import Spellings

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
_POSSESSIVE = re.compile("['’]s$", re.IGNORECASE)
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


class Bm25Index:
    """Passages ranked by BM25; each is searched with its essay's title and author.

    Args:
        passages: In corpus order.
        k1: How much repeated terms count.
        b: From 0 to 1, how much long passages count less.

    Raises:
        EmptyIndexError: No passage holds a term.
    """

    def __init__(self, passages: Sequence[Passage], *, k1: float = K1, b: float = B) -> None:
        self._passages = tuple(passages)
        heads: dict[int, tuple[str, ...]] = {}
        terms: list[tuple[str, ...]] = []
        counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for passage in self._passages:
            document = passage.document
            if id(document) not in heads:
                heads[id(document)] = _count(document.head, counts)
            terms.append(heads[id(document)] + _count(passage.text, counts))
        self._spellings = Spellings(counts)
        if not any(terms):
            raise EmptyIndexError(
                f"None of the {len(self._passages)} passages holds a word to search by;"
                " give essays with text."
            )
        self._bm25 = BM25Okapi(terms, k1=k1, b=b)
        self._postings: dict[str, list[int]] = {}
        for number, passage_terms in enumerate(terms):
            for term in dict.fromkeys(passage_terms):
                self._postings.setdefault(term, []).append(number)
        self._floor_idf()

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The indexed passages in corpus order."""
        return self._passages

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
            numbers = self._postings.get(term)
            if numbers:
                weight = weights.get(term, 1.0)
                scores[numbers] += weight * np.asarray(self._bm25.get_batch_scores([term], numbers))
                is_hit[numbers] = True
        found = np.flatnonzero(is_hit)
        best = found[np.argsort(-scores[found], kind="stable")][:top_k]
        return tuple(
            Hit(passage=self._passages[number], score=float(scores[number]), rank=rank)
            for rank, number in enumerate(best.tolist(), start=1)
        )

    def _floor_idf(self) -> None:
        """Give the terms of half of the passages or more the least weight that others can have.

        rank_bm25 gives a term of exactly half of the passages no weight, and one of more than
        half a quarter of the mean weight, so that the commoner term can weigh more.
        """
        half = len(self._passages) / 2
        floor = float(np.log((half + 1) / half))
        for term, numbers in self._postings.items():
            if len(numbers) >= half:
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
        return float(np.log((len(self._passages) + 0.5) / 0.5))

    def has_term(self, term: str) -> bool:
        """Return whether any passage, title or author holds the term."""
        return term in self._postings

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
        is_known = all(map(self.has_term, tokenize(word)))
        return self._spellings.find_similar(
            _POSSESSIVE.sub("", word), limit=limit, is_known=is_known
        )

    def get_spelling(self, term: str) -> str:
        """Return the word that most often stands for a term in the essays, as written there.

        The term itself if they do not hold it.
        """
        return self._spellings.get_commonest(term)


def _count(text: str, counts: defaultdict[str, Counter[str]]) -> tuple[str, ...]:
    """Return the terms of a text, and count the words that stand for them."""
    spans = token_spans(text)
    for span in spans:
        counts[span.term][_POSSESSIVE.sub("", text[span.start : span.end])] += 1
    return tuple(span.term for span in spans)
