"""Weigh the model's choice together with the ranking: which sentence, and whether any."""

import math
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final

from assistant.evidence import Evidence
from index.analysis import token_spans

COVERAGE_WEIGHT: Final = 4.0
"""What it counts, in units of the logarithm of ``p_none``, that one sentence holds all of the
question's term weight rather than none of it."""
MAX_DOUBT: Final = -6.8
"""From this doubt on, the evidence is taken not to answer.

Source: ``assistant evaluate`` on 32 questions about five essays, where the doubt tells the 7
unanswerable from all but one of the 25 others; the model's probability alone has AUROC .95, the
coverage alone .95.
"""
LEAST_SHARE: Final = 1e-4
"""Added to the model's shares before their logarithm is taken, so that none is infinite."""


class Caution(StrEnum):
    """How sure the assistant must be to answer rather than decline; the reader chooses."""

    CAREFUL = "careful"
    BALANCED = "balanced"
    BOLD = "bold"


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


def doubt(p_none: float, evidence: Sequence[Evidence]) -> float:
    """Return how doubtful it is that the evidence answers, the higher the more.

    The logarithm of ``p_none`` less the weighted coverage of the question's terms by the
    sentence that holds most of them. Comparable between questions of one model.

    Args:
        p_none: The model's probability, 0 to 1, that no sentence offered answers.
        evidence: The sentences offered; none of them means coverage 0.
    """
    coverage = max((one.coverage for one in evidence), default=0.0)
    return math.log(max(p_none, LEAST_SHARE)) - COVERAGE_WEIGHT * coverage


def is_unanswerable(p_none: float, evidence: Sequence[Evidence]) -> bool:
    """Return whether to decline, given the model's judgement and the best coverage."""
    return doubt(p_none, evidence) >= MAX_DOUBT


def find_unknown_name(question: str, *, is_known: Callable[[str], bool]) -> str:
    """Return the first name of the question that no essay holds, or "".

    A name is a word with a capital letter after the first word of a sentence. Nothing can be
    said from the essays about one that they never name. A question with most words capitalised,
    like a title, tells no names.

    Args:
        question: One question or more.
        is_known: Whether a term stands anywhere in the essays, or is spelt like one that does.

    >>> find_unknown_name("Did Pell meet Lind? Explain.", is_known=lambda term: term == "pell")
    'Lind'
    """
    spans = token_spans(question)
    words = [question[span.start : span.end] for span in spans]
    inner = [
        (word, span.term)
        for word, span in zip(words, spans, strict=True)
        if not _opens_sentence(question[: span.start])
    ]
    names = [(word, term) for word, term in inner if word[:1].isupper()]
    if len(inner) > 2 and 2 * len(names) > len(inner) and not _has_small_word(question):
        return ""
    return next((word for word, term in names if not is_known(term)), "")


def _opens_sentence(before: str) -> bool:
    kept = before.rstrip(" \t\n\"'“”‘’(")
    return not kept or kept[-1] in ".!?:"


def _has_small_word(question: str) -> bool:
    """Return whether a word after the first, even a stop word, is written small."""
    return any(word[:1].islower() for word in question.split()[1:])
