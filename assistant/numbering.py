"""The numbers by which the sentences of an answer name what they cite."""

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.citations import Citation
from assistant.grounding import Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbering:
    """Citations numbered by first appearance; the same span has one number.

    Attributes:
        of_claims: For each claim the numbers of its citations, the best first, each once.
        citations: What is cited, in the order of the numbers.
    """

    of_claims: tuple[tuple[int, ...], ...]
    citations: tuple[Citation, ...]


def number_spans(claims: Iterable[Claim], *, first: int = 1) -> Numbering:
    """Number what claims cite, from ``first`` on.

    >>> from assistant.citations import Citation
    >>> words = Citation(essay="ropes.md", essay_id="1", title="On Ropes", author="", start=0,
    ...                  end=3, quote="It.")
    >>> number_spans([Claim(text="One.", citations=(words,)),
    ...               Claim(text="Two.", citations=(words, words))]).of_claims
    ((1,), (1,))
    """
    citations: dict[tuple[str, int, int], Citation] = {}
    numbers: dict[tuple[str, int, int], int] = {}
    of_claims = []
    for claim in claims:
        spans = [(one.essay_id, one.start, one.end) for one in claim.citations]
        for span, citation in zip(spans, claim.citations, strict=True):
            citations.setdefault(span, citation)
            numbers.setdefault(span, first + len(numbers))
        of_claims.append(tuple(numbers[span] for span in dict.fromkeys(spans)))
    return Numbering(of_claims=tuple(of_claims), citations=tuple(citations.values()))
