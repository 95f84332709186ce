"""How well cited words back a claim: a score, a verdict, and its reason in words.

The score is the share of the claim's meaning that the words carry, counted in terms and pairs of
terms that stand near each other, the rarer the heavier. Rules that no score overrides come on
top: numbers, names and quotations must be there, nothing may be denied or turned round.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from assistant.facts import (
    find_false_quotation,
    find_missing,
    find_moved_number,
    find_names,
)
from assistant.polarity import find_denial, find_turned_time
from assistant.roles import find_reversal
from assistant.terms import is_variant, read_terms

MIN_SUPPORTED: Final = 0.6
MIN_PARTIAL: Final = 0.4
CONTEXT_SHARE: Final = 0.5
PAIR_SHARE: Final = 0.25
NEAR_TERMS: Final = 5


class Verdict(StrEnum):
    """What the check of a claim against its citations found; the value is stored and printed."""

    SUPPORTED = "supported"
    PARTIAL = "partial"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """What spans carry of a claim.

    Attributes:
        score: From 0 to 1: the share of the claim's meaning that the spans carry.
        verdict: What follows from the score and from the rules that no score overrides.
        reason: Why, in words for the reader; empty if supported.
    """

    score: float
    verdict: Verdict
    reason: str


def score_support(
    claim: str,
    spans: Sequence[str],
    *,
    context: str,
    weigh: Callable[[str], float],
    is_word: Callable[[str], bool] = lambda term: False,
) -> Support:
    """Judge how well ``spans`` back ``claim``.

    Args:
        claim: One sentence.
        spans: The cited words; none support nothing.
        context: The text of the passages that the spans stand in, and names that go with them.
        weigh: The weight of a term, at least 0; the rarer, the heavier.
        is_word: Whether a term is known as a common word, so that it is no name where it opens
            a sentence. Without it, an unknown first word is taken for a name.

    >>> score_support("Pell closed it in 1904.", ["Pell closed it in 1903."], context="",
    ...               weigh=lambda term: 1.0).reason
    '1904 is not in the cited passage'
    """
    score = score_terms(claim, spans, context=context, weigh=weigh)
    if broken := find_broken_rule(claim, spans, context=context, is_word=is_word):
        return Support(score=score, verdict=broken[0], reason=broken[1])
    if score >= MIN_SUPPORTED:
        return Support(score=score, verdict=Verdict.SUPPORTED, reason="")
    if score >= MIN_PARTIAL:
        reason = "only a part of this stands in the cited words"
        return Support(score=score, verdict=Verdict.PARTIAL, reason=reason)
    reason = "too little of this stands in the cited words"
    return Support(score=score, verdict=Verdict.UNSUPPORTED, reason=reason)


def find_broken_rule(
    claim: str, spans: Sequence[str], *, context: str, is_word: Callable[[str], bool]
) -> tuple[Verdict, str] | None:
    """Return the best verdict left, and why, if the claim breaks a rule; else None."""
    cited = "\n".join(spans)
    said = f"{cited}\n{context}"
    if missing := find_missing(claim, said, is_word=is_word):
        return Verdict.UNSUPPORTED, f"{missing} is not in the cited passage"
    if quotation := find_false_quotation(claim, cited):
        return Verdict.UNSUPPORTED, f"the words “{quotation}” do not stand so in the cited sentence"
    if word := find_denial(claim, spans):
        return Verdict.UNSUPPORTED, f"“{word}” is denied in one of the two and not in the other"
    if word := find_turned_time(claim, spans):
        return Verdict.UNSUPPORTED, f"the cited words do not say “{word}” but the opposite"
    names = frozenset(name.term for name in find_names(claim, is_word=is_word))
    if find_reversal(claim, spans, names=names):
        return Verdict.PARTIAL, "the cited passage has the names the other way round"
    if number := find_moved_number(claim, cited):
        return Verdict.PARTIAL, f"{number} is in the passage but not in the cited words"
    return None


def score_terms(
    claim: str, spans: Sequence[str], *, context: str, weigh: Callable[[str], float]
) -> float:
    """Return the share, 0 to 1, of the claim's meaning that the spans carry; 0 if it has none."""
    terms = read_terms(claim)
    weights = {term: weigh(term) for term in terms}
    total = sum(weights.values())
    if total <= 0:
        return 0.0
    rows = [read_terms(span) for span in spans]
    near = {term: match for term in weights if (match := _find_same(term, _chain(rows)))}
    far = set(read_terms(context))
    carried = sum(
        weight * (1.0 if term in near else CONTEXT_SHARE if _find_same(term, far) else 0.0)
        for term, weight in weights.items()
    )
    pairs = [pair for pair in pairwise(terms) if pair[0] != pair[1]]
    if not pairs:
        return carried / total
    pair_weights = [math.sqrt(weights[one] * weights[two]) for one, two in pairs]
    joined = sum(
        weight
        for (one, two), weight in zip(pairs, pair_weights, strict=True)
        if one in near and two in near and _are_near(near[one], near[two], rows)
    )
    share = joined / (sum(pair_weights) or 1.0)
    return (1 - PAIR_SHARE) * carried / total + PAIR_SHARE * share


def _chain(rows: Iterable[Iterable[str]]) -> set[str]:
    return {term for row in rows for term in row}


def _find_same(term: str, terms: set[str]) -> str:
    """Return the term that says the same among ``terms``, itself first; "" if none does."""
    if term in terms:
        return term
    return next((one for one in terms if one[:1] == term[:1] and is_variant(term, one)), "")


def _are_near(one: str, two: str, rows: Iterable[Sequence[str]]) -> bool:
    for row in rows:
        firsts = [at for at, term in enumerate(row) if term == one]
        seconds = [at for at, term in enumerate(row) if term == two]
        if any(abs(first - second) <= NEAR_TERMS for first in firsts for second in seconds):
            return True
    return False
