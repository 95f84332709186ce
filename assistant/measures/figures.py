"""The figures of an evaluation: what is counted, and how sure a share is."""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from scipy.stats import binomtest

CONFIDENCE: Final = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Between which shares, from 0 to 1, the true one lies with the confidence stated."""

    low: float
    high: float


def share_interval(hits: int, n: int) -> Interval | None:
    """Return the 95 % interval of a share of ``hits`` in ``n``; None if ``n`` is 0.

    Source: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference",
    J. Am. Stat. Assoc. 22 (158), as computed by ``scipy.stats.binomtest``.

    >>> share_interval(5, 10)
    Interval(low=0.2366, high=0.7634)
    """
    if not n:
        return None
    found = binomtest(hits, n).proportion_ci(confidence_level=CONFIDENCE, method="wilson")
    return Interval(low=round(float(found.low), 4), high=round(float(found.high), 4))


def mean(values: Iterable[float]) -> float | None:
    """Return the mean of the values, rounded for printing; None without any."""
    listed = list(values)
    return round(statistics.fmean(listed), 4) if listed else None


def share(values: Iterable[bool]) -> float | None:
    """Return the share of true values; None without any."""
    return mean(float(value) for value in values)


def ratio(part: int, whole: int) -> float | None:
    """Return ``part`` over ``whole``; None if that is 0."""
    return round(part / whole, 4) if whole else None


def median(values: Iterable[float]) -> float | None:
    """Return the median of the values, rounded for printing; None without any."""
    listed = list(values)
    return round(statistics.median(listed), 4) if listed else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerableFigures:
    """Counts over the questions that the essays answer."""

    n: int
    correct: int
    correct_own_words: int
    abstained: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnanswerableFigures:
    """Counts over the questions that they do not."""

    n: int
    abstained: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KindFigures:
    """Counts over the questions of one kind.

    ``wrong`` are the answerable ones answered, but not correctly, and the unanswerable ones
    answered; the rest are correct or abstained.
    """

    n: int
    correct: int
    correct_own_words: int
    abstained: int
    wrong: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoModelFigures:
    """The count that is right by the best evidence sentences alone."""

    correct: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalFigures:
    """Over the ``n`` answerable questions with gold in the corpus; shares from 0 to 1.

    ``mrr`` takes a gold passage beyond those found as infinitely far.
    """

    n: int
    recall_at_1: float | None
    recall_at_4: float | None
    mrr: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationFigures:
    """Citations of all answers.

    Attributes:
        n: Their count.
        verbatim: How many are exact spans of an essay in use.
        gold: Share of the answered answerable questions, gold in the corpus, with a citation
            on a gold span; None if there is no such question.
        on_gold: Share of all citations of those questions that overlap a gold span; None alike.
    """

    n: int
    verbatim: int
    gold: float | None
    on_gold: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationQualityFigures:
    """Whether citations carry what they are cited for, by the assistant's own scorer.

    Attributes:
        recall: Share of the shown claims with a citation that alone carries the claim's facts;
            None if no claim is shown.
        precision: Share of the citations that carry their claim's facts alone, or without which
            the others carry less of them; None if there is no citation.

    Source: Gao et al., "Enabling Large Language Models to Generate Text with Citations" (ALCE),
    2023; recall is stricter here, where one citation must carry the whole claim.
    """

    recall: float | None
    precision: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFigures:
    """Claims of all answers: those shown, of these the supported and partial, and those not."""

    shown: int
    supported: int
    partial: int
    withheld: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalFigures:
    """95 % intervals of shares; None where nothing was asked.

    Attributes:
        correct: Answerable questions answered correctly.
        correct_own_words: Those answered correctly and not by copying.
        refused: Unanswerable questions refused.
        refused_near: Those of them that name only what the essays name.
        wrongly_refused: Answerable questions refused.
    """

    correct: Interval | None
    correct_own_words: Interval | None
    refused: Interval | None
    refused_near: Interval | None
    wrongly_refused: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenFigures:
    """Medians over the questions for which the model was asked; None if there is none."""

    prompt_p50: float | None
    evaluated_p50: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondsFigures:
    """Medians over all questions, in seconds; of the first token over those answered."""

    search_p50: float | None
    first_token_p50: float | None
    total_p50: float | None
