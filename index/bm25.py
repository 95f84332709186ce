"""Ranking passages by BM25."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.passages import Passage


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
    """An index over passages (signature only; see the methods)."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        raise NotImplementedError

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The indexed passages in corpus order."""
        raise NotImplementedError

    def search(self, tokens: Sequence[str], *, top_k: int) -> tuple[Hit, ...]:
        """Return the ``top_k`` best passages."""
        raise NotImplementedError

    def idf(self, term: str) -> float:
        """Return the non-negative inverse document frequency of a term; unknown terms: the
        value of a term that stands in no passage."""
        raise NotImplementedError

    def has_term(self, term: str) -> bool:
        """Return whether any passage holds the term."""
        raise NotImplementedError
