"""Ranking passages by BM25."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rank_bm25 import BM25Okapi

from index.analysis import tokenize
from index.errors import EmptyIndexError
from index.passages import Passage

K1 = 1.5
B = 0.75


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

    Raises:
        EmptyIndexError: No passage holds a term.
    """

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = tuple(passages)
        heads = {
            id(passage.document): tokenize(f"{passage.document.title}\n{passage.document.author}")
            for passage in self._passages
        }
        terms = [heads[id(p.document)] + tokenize(p.text) for p in self._passages]
        if not any(terms):
            raise EmptyIndexError(
                f"None of the {len(self._passages)} passages holds a word to search by;"
                " give essays with text."
            )
        self._bm25 = BM25Okapi(terms, k1=K1, b=B)
        self._postings: dict[str, list[int]] = {}
        for number, passage_terms in enumerate(terms):
            for term in dict.fromkeys(passage_terms):
                self._postings.setdefault(term, []).append(number)

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The indexed passages in corpus order."""
        return self._passages

    def search(self, tokens: Sequence[str], *, top_k: int) -> tuple[Hit, ...]:
        """Return the ``top_k`` best passages that share a term with the query.

        Args:
            tokens: The query's terms, from ``tokenize``; a repeated term counts again.
            top_k: The most hits wanted, at least 1.

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
                scores[numbers] += self._bm25.get_batch_scores([term], numbers)
                is_hit[numbers] = True
        found = np.flatnonzero(is_hit)
        best = found[np.argsort(-scores[found], kind="stable")][:top_k]
        return tuple(
            Hit(passage=self._passages[number], score=float(scores[number]), rank=rank)
            for rank, number in enumerate(best.tolist(), start=1)
        )

    def idf(self, term: str) -> float:
        """Return the non-negative inverse document frequency of a term.

        An unknown term has the value of one that stands in no passage.
        """
        total = len(self._passages)
        count = len(self._postings.get(term, ()))
        return float(np.log1p((total - count + 0.5) / (count + 0.5)))

    def has_term(self, term: str) -> bool:
        """Return whether any passage, title or author holds the term."""
        return term in self._postings
