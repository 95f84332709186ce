"""How well cited words back a claim: a score, a verdict, and its reason in words."""

from dataclasses import dataclass
from enum import StrEnum


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
