"""Whether citations carry the claims that they stand behind, and whether each is needed.

Source: Gao et al., "Enabling Large Language Models to Generate Text with Citations" (ALCE), 2023,
section 4. There a language model judges; here it is the program's own scorer of support, so these
figures say how the citations fare by the rules that the reader is promised, and no more.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from assistant.checks.support import Support, Verdict, score_support
from assistant.citations import Citation
from assistant.evidence import Evidence
from assistant.grounding import Claim, said_around
from assistant.quoting import without_introduction
from index.bm25 import Bm25Index
from index.passages import Sentence

ScoreCitations: TypeAlias = Callable[[str, Sequence[Citation]], Support]
"""Scores how well citations, at least one, back a claim's text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationQuality:
    """Counts over the shown claims of one answer.

    Attributes:
        n_claims: All of them.
        n_carried: Those with a citation that alone carries the claim.
        n_citations: Their citations.
        n_useful: Those that carry their claim alone, or without which the others of a claim that
            is carried support it less.
    """

    n_claims: int
    n_carried: int
    n_citations: int
    n_useful: int


def make_scorer(index: Bm25Index) -> ScoreCitations:
    """Return a scorer that reads each citation within the passages that hold it."""

    def score(claim: str, citations: Sequence[Citation]) -> Support:
        around = (words for one in citations for words in _read_around(one, index))
        return score_support(
            claim,
            [one.quote for one in citations],
            context="\n".join(dict.fromkeys(around)),
            weigh=index.idf,
            is_word=index.has_small_term,
        )

    return score


def _read_around(citation: Citation, index: Bm25Index) -> Iterator[str]:
    sentence = Sentence(start=citation.start, end=citation.end, text=citation.quote)
    for passage in index.passages:
        if passage.document.id == citation.essay_id and (
            passage.start <= citation.start and citation.end <= passage.end
        ):
            yield said_around(Evidence(passage=passage, sentence=sentence, score=0.0, coverage=0.0))


def judge_citations(claims: Iterable[Claim], *, score: ScoreCitations) -> CitationQuality:
    """Judge every citation of the claims, alone and against the others of its claim.

    Args:
        claims: The shown ones; without any, all counts are 0.
        score: Called with one citation, with all of a claim, and with all but one.
    """
    listed = tuple(claims)
    n_carried = n_useful = 0
    for claim in listed:
        said = without_introduction(claim.text)
        is_enough = [_carries(score(said, [one])) for one in claim.citations]
        n_carried += any(is_enough)
        n_useful += sum(
            enough or _is_needed(said, claim.citations, number, score=score)
            for number, enough in enumerate(is_enough)
        )
    return CitationQuality(
        n_claims=len(listed),
        n_carried=n_carried,
        n_citations=sum(len(claim.citations) for claim in listed),
        n_useful=n_useful,
    )


def _is_needed(
    said: str, citations: Sequence[Citation], number: int, *, score: ScoreCitations
) -> bool:
    others = [*citations[:number], *citations[number + 1 :]]
    if not others:
        return False  # alone it does not carry the claim, as was seen before
    whole, rest = score(said, citations), score(said, others)
    return _carries(whole) and (not _carries(rest) or rest.score < whole.score)


def _carries(support: Support) -> bool:
    return support.verdict is Verdict.SUPPORTED
