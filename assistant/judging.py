"""Judge whether the evidence answers at all, and which sentence of it does.

Nothing here reads words: the signals are numbers about the question, the evidence found and the
model's choice among it. They are weighed by a logistic regression with few weights.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from assistant.evidence import Evidence

LEAST_SHARE: Final = 1e-4
"""Added to the model's shares before their logarithm is taken, so that none is infinite."""


class Caution(StrEnum):
    """How sure the assistant must be to answer rather than decline; the reader chooses."""

    CAREFUL = "careful"
    BALANCED = "balanced"
    BOLD = "bold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What speaks for and against an answer in the evidence; each from 0 to 1.

    Attributes:
        p_none: The model's probability, in its choice of a sentence, that none answers.
        p_none_written: The same where the answer begins, after the best sentences.
        coverage: The share of the query's term weight in the sentence that holds most of it.
        reach: The same in all passages found together, titles and authors counted.
        has_cue: Whether one of the best sentences holds what the question asks for: a date after
            "when", a number after "how many"; 1 if its wording does not tell.
    """

    p_none: float
    p_none_written: float
    coverage: float
    reach: float
    has_cue: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What each signal counts for the doubt, in units of its logit."""

    bias: float
    p_none: float
    p_none_written: float
    coverage: float
    reach: float
    has_cue: float


FITTED: Final[Mapping[str, Weights]] = {
    "qwen2.5-coder-1.5b": Weights(
        bias=9.22,
        p_none=0.32,
        p_none_written=0.53,
        coverage=-4.51,
        reach=-2.11,
        has_cue=-0.65,
    ),
}
"""The weights of the models that they were fitted for, by the model's name.

Source: ``python -m tests.benchmarks.judgement --data FOLDER --save FILE``; the 300 questions of
ClapNQ, and 117 made of XQuAD.
"""
UNFITTED: Final = Weights(
    bias=6.4,
    p_none=0.2,
    p_none_written=0.25,
    coverage=-4.9,
    reach=-2.3,
    has_cue=-1.0,
)
"""The weights for any other model: they lean half as much on its probabilities, the bias adjusted
so that those usual for an answer that is there weigh the same."""
BOUNDS: Final[Mapping[Caution, float]] = {
    Caution.CAREFUL: 0.3,
    Caution.BALANCED: 0.5,
    Caution.BOLD: 0.7,
}
"""From this doubt on, the assistant declines.

Source: as above, weights fitted without each question. Of ClapNQ, whose passages are all on the
subject asked about, .91, .79 and .63 of the unanswerable are declined, and .67, .85 and .91 of the
answerable answered.
"""


def weigh_doubt(signals: Signals, weights: Weights) -> float:
    """Return the probability, 0 to 1, that the evidence does not answer.

    The model's probabilities count by their logarithm, all others as they are.
    """
    logit = (
        weights.bias
        + weights.p_none * math.log(signals.p_none + LEAST_SHARE)
        + weights.p_none_written * math.log(signals.p_none_written + LEAST_SHARE)
        + weights.coverage * signals.coverage
        + weights.reach * signals.reach
        + weights.has_cue * signals.has_cue
    )
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, logit))))


def find_weights(model: str) -> Weights:
    """Return the weights fitted for a model, else those that suit any."""
    return FITTED.get(model, UNFITTED)


def is_doubtful(doubt: float, caution: Caution) -> bool:
    """Return whether to decline at this doubt."""
    return doubt >= BOUNDS[caution]


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
