"""Which citations carry their claims, and which are needed for it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from assistant.checks.support import Support, Verdict
from assistant.citations import Citation, cite
from assistant.grounding import Claim
from assistant.measures.citation_quality import CitationQuality, judge_citations, make_scorer
from tests.assistant.corpora import MILL, build_index
from tests.assistant.samples import make_citation

ONE, TWO = make_citation("One."), replace(make_citation("Two."), start=20, end=24)


def judge(backing: dict[tuple[Citation, ...], float], *citations: Citation) -> CitationQuality:
    """Judge a claim with citations of which only those in ``backing`` score, from .6 on enough."""

    def score(claim: str, chosen: Sequence[Citation]) -> Support:
        value = backing.get(tuple(chosen), 0.0)
        verdict = Verdict.SUPPORTED if value >= 0.6 else Verdict.PARTIAL
        return Support(score=value, verdict=verdict, reason="")

    return judge_citations([Claim(text="It closed.", citations=citations)], score=score)


@pytest.mark.parametrize(
    ("backing", "n_carried", "n_useful"),
    [
        pytest.param({(ONE,): 0.9, (TWO,): 0.9, (ONE, TWO): 0.9}, 1, 2, id="each is enough"),
        pytest.param({(ONE,): 0.9, (TWO,): 0.1, (ONE, TWO): 0.9}, 1, 1, id="the other is idle"),
        pytest.param({(ONE,): 0.8, (TWO,): 0.1, (ONE, TWO): 0.9}, 1, 2, id="the other adds"),
        pytest.param({(ONE,): 0.5, (TWO,): 0.5, (ONE, TWO): 0.9}, 0, 2, id="both are needed"),
        pytest.param({(ONE,): 0.2, (TWO,): 0.2, (ONE, TWO): 0.4}, 0, 0, id="both are too little"),
    ],
)
def test_a_citation_is_useful_if_enough_or_needed(
    backing: dict[tuple[Citation, ...], float], n_carried: int, n_useful: int
) -> None:
    quality = judge(backing, ONE, TWO)
    assert (quality.n_carried, quality.n_useful) == (n_carried, n_useful)
    assert (quality.n_claims, quality.n_citations) == (1, 2)


def test_a_lone_citation_is_useful_only_if_enough() -> None:
    assert judge({(ONE,): 0.9}, ONE).n_useful == 1
    assert judge({(ONE,): 0.5}, ONE).n_useful == 0


def test_no_claims_count_as_nothing() -> None:
    assert judge_citations([], score=make_scorer(build_index())) == CitationQuality(
        n_claims=0, n_carried=0, n_citations=0, n_useful=0
    )


def cite_mill(words: str) -> Citation:
    start = MILL.text.index(words)
    return cite(MILL, start=start, end=start + len(words))


def test_the_scorer_reads_a_citation_within_its_passage() -> None:
    score = make_scorer(build_index())
    closing = cite_mill("Pell closed the mill in the winter of 1903, because the river had frozen.")
    for claim, verdict in (
        ("Pell closed the mill in 1903.", Verdict.SUPPORTED),
        ("Pell closed the mill in 1904.", Verdict.UNSUPPORTED),
        ("Pell closed the mill in 1874.", Verdict.PARTIAL),
    ):
        assert score(claim, [closing]).verdict is verdict


def test_who_introduces_a_quotation_need_not_stand_in_it() -> None:
    citation = cite_mill("Pell closed the mill in the winter of 1903")
    claim = Claim(text=f"Ada Quell writes: “{citation.quote}…”", citations=(citation,))
    quality = judge_citations([claim], score=make_scorer(build_index()))
    assert (quality.n_carried, quality.n_useful) == (1, 1)
