"""How a passage came to its score, term by term."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from index.bm25 import Bm25Index
from index.passages import Passage

_NO_WEIGHTS: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class TermScore:
    """What one term of a query adds to the score of a passage.

    Attributes:
        term: The term.
        n_times: How often it stands in the passage and the head of its essay, at least 1.
        score: What it adds.
    """

    term: str
    n_times: int
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """How a passage came to its score.

    Attributes:
        parts: One for each term of the query that the passage holds, in the order of the query;
            their scores sum to that of the passage, up to the rounding of floats.
        n_terms: How many terms the passage and the head of its essay have: its length.
    """

    parts: tuple[TermScore, ...]
    n_terms: int


def explain(
    index: Bm25Index,
    tokens: Sequence[str],
    passage: Passage,
    *,
    weights: Mapping[str, float] = _NO_WEIGHTS,
) -> Explanation:
    """Return what each term of a query adds to the score of a passage.

    Args:
        index: What was searched.
        tokens: As given to its ``search``.
        passage: One of those indexed.
        weights: As given to its ``search``.

    Raises:
        ValueError: The passage is not in the index.
    """
    held = index.terms_of(passage)
    n_terms = sum(held.values())
    length = n_terms / index.mean_n_terms
    return Explanation(
        parts=tuple(
            TermScore(
                term=term,
                n_times=held[term],
                score=n_typed
                * weights.get(term, 1.0)
                * index.idf(term)
                * saturate(held[term], length=length, k1=index.k1, b=index.b),
            )
            for term, n_typed in Counter(tokens).items()
            if term in held
        ),
        n_terms=n_terms,
    )


def saturate(n_times: int, *, length: float, k1: float, b: float) -> float:
    """Return how much a term's standing ``n_times`` in a passage counts: 1 for once at mean length.

    Args:
        n_times: How often it stands there.
        length: The passage's length over the mean length.
        k1: How much repetitions count.
        b: How much length counts.

    Source: S. Robertson and H. Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond,
    2009, equation 3.15, times k1 + 1.

    >>> saturate(1, length=1.0, k1=1.2, b=0.4), saturate(3, length=1.0, k1=1.0, b=0.4)
    (1.0, 1.5)
    """
    return n_times * (k1 + 1) / (n_times + k1 * (1 - b + b * length))
