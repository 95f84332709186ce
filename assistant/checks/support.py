"""How well cited words back a claim: a score, a verdict, and its reason in words.

The score is the share of the claim's meaning that the words carry: of its terms, the rarer the
heavier, and of its pairs of words in a row. Rules that no score overrides come on
top: numbers, names and quotations must be there, nothing may be denied or turned round.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Final

from assistant.checks.facts import find_false_quotation, find_missing, find_names
from assistant.checks.numbers import find_moved_year, find_numbers, has_number, said_numbers
from assistant.checks.polarity import find_denial, find_turned_time
from assistant.checks.reversal import find_reversal
from assistant.checks.terms import base_term, is_variant, read_spans, read_terms

MIN_SUPPORTED: Final = 0.45
"""The least score of a supported claim.

Source: ``python -m tests.benchmarks.attribution --data FILE`` on the development part of
AttributionBench (1,198 claims), which prints the threshold with the best balanced accuracy.
"""
MIN_PARTIAL: Final = 0.3
"""The least score of a partial claim: in that run, less than a third of those below are backed."""
PAIR_SHARE: Final = 0.4
"""What part of the score is the share of the claim's pairs of words, the rest that of its terms.

Source: as above; any share of 0.25 to 0.5 lies within 0.01.
"""
CONTEXT_SHARE: Final = 0.5
"""What a term counts that only the passage around the cited words holds; 0 to 0.5 are alike."""
BROKEN_SHARE: Final = 0.7
"""What a broken rule leaves of the score. Source: as above; 0.6 to 0.8 are alike."""

_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


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

    >>> score_support("Pell closed it in 1788.", ["Pell closed it in 1903."], context="",
    ...               weigh=lambda term: 1.0).reason
    '1788 is not in the cited passage'
    """
    score = score_terms(claim, spans, context=context, weigh=weigh)
    broken = find_broken_rule(claim, spans, context=context, is_word=is_word)
    if broken and (broken[0] is Verdict.UNSUPPORTED or score >= MIN_PARTIAL):
        return Support(score=BROKEN_SHARE * score, verdict=broken[0], reason=broken[1])
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
    if year := find_moved_year(claim, cited):
        return Verdict.PARTIAL, f"{year} is in the passage but not in the cited words"
    return None


def score_terms(
    claim: str, spans: Sequence[str], *, context: str, weigh: Callable[[str], float]
) -> float:
    """Return the share, 0 to 1, of the claim's meaning that the spans carry; 0 if it has none."""
    weights = {term: weigh(term) for term in read_terms(claim)}
    total = sum(weights.values())
    if total <= 0:
        return 0.0
    near = {term for span in spans for term in read_terms(span)}
    near |= _said_numbers(claim, spans)
    far = set(read_terms(context))
    carried = sum(
        weight * (1.0 if _holds(near, term) else CONTEXT_SHARE if _holds(far, term) else 0.0)
        for term, weight in weights.items()
    )
    pairs = _pairs(claim)
    if not pairs:
        return carried / total
    joined = pairs & {pair for span in spans for pair in _pairs(span)}
    return (1 - PAIR_SHARE) * carried / total + PAIR_SHARE * len(joined) / len(pairs)


def share_terms(claim: str, text: str, *, weigh: Callable[[str], float]) -> float:
    """Return the share, 0 to 1, of the weight of a claim's terms that a text holds; 1 without any.

    Unlike ``score_terms``, the order of the words does not count.
    """
    weights = {term: weigh(term) for term in read_terms(claim)}
    total = sum(weights.values())
    terms = set(read_terms(text))
    held = sum(weight for term, weight in weights.items() if _holds(terms, term))
    return held / total if total > 0 else 1.0


def _said_numbers(claim: str, spans: Sequence[str]) -> set[str]:
    """Return the terms of the claim's numbers that the spans hold, in whatever spelling."""
    values = said_numbers("\n".join(spans))
    return {
        term
        for number in find_numbers(claim)
        if has_number(number, values)
        for term in read_terms(number.text)
    }


def _holds(terms: set[str], term: str) -> bool:
    """Return whether a term or a variant of it is among ``terms``."""
    return term in terms or any(one[:1] == term[:1] and is_variant(term, one) for one in terms)


@lru_cache(maxsize=1 << 10)
def _pairs(text: str) -> frozenset[tuple[str, str]]:
    """Return the pairs of words in a row, common words too, each word as its term if it has one."""
    terms = {span.start: base_term(span.term) for span in read_spans(text)}
    words = [terms.get(match.start(), match.group().casefold()) for match in _WORD.finditer(text)]
    return frozenset(pairwise(words))
