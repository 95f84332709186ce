"""Weigh the model's choice together with the ranking: which sentence, and whether any."""

import math
from collections.abc import Sequence
from typing import Final

from assistant.evidence import Evidence

MAX_P_NONE: Final = 0.2
"""From this probability of "none of these" on, the evidence is taken not to answer."""
LEAST_SHARE: Final = 1e-4
"""Added to the model's shares before their logarithm is taken, so that none is infinite."""


def rank_quotes(evidence: Sequence[Evidence], shares: Sequence[float]) -> tuple[Evidence, ...]:
    """Order evidence by BM25's score and the model's choice together, best first.

    Both are standardised over the sentences offered and added; ties keep the order of
    ``evidence``.

    Args:
        evidence: Sentences with their scores.
        shares: The model's probability for each, at least 0; they need not sum to 1.
    """
    logs = [math.log(share + LEAST_SHARE) for share in shares]
    scores = _standardise([one.score for one in evidence])
    both = [score + log for score, log in zip(scores, _standardise(logs), strict=True)]
    order = sorted(range(len(evidence)), key=lambda number: -both[number])
    return tuple(evidence[number] for number in order)


def _standardise(values: Sequence[float]) -> list[float]:
    """Return values with mean 0 and deviation 1; all 0 where they are all alike.

    >>> _standardise([1.0, 3.0])
    [-1.0, 1.0]
    """
    mean = sum(values) / len(values)
    deviation = math.sqrt(sum((value - mean) ** 2 for value in values) / len(values))
    return [(value - mean) / deviation if deviation > 0 else 0.0 for value in values]


def is_unanswerable(p_none: float, evidence: Sequence[Evidence]) -> bool:
    """Return whether to decline, given the model's judgement and the best sentence's."""
    return p_none >= MAX_P_NONE
