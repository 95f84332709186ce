"""The model's choice and the ranking, weighed together."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evidence import Evidence
from assistant.judging import doubt, find_unknown_name, is_unanswerable, rank_quotes
from index.passages import split_passages
from tests.index.essays import make_document


def make_evidence(scores: list[float]) -> tuple[Evidence, ...]:
    """Return sentences numbered from 0 with these scores, best or not."""
    document = make_document("\n\n".join(f"This is sentence {n}." for n in range(len(scores))))
    (passage,) = split_passages(document, words=1000)
    return tuple(
        Evidence(passage=passage, sentence=sentence, score=score, coverage=1.0)
        for sentence, score in zip(passage.sentences, scores, strict=True)
    )


def ranks(scores: list[float], shares: list[float]) -> list[int]:
    evidence = make_evidence(scores)
    return [evidence.index(one) for one in rank_quotes(evidence, shares)]


def test_the_scores_decide_where_the_model_is_undecided() -> None:
    assert ranks([1.0, 3.0, 2.0], [0.3, 0.3, 0.3]) == [1, 2, 0]


def test_the_model_decides_where_the_scores_are_alike() -> None:
    assert ranks([2.0, 2.0, 2.0], [0.1, 0.2, 0.6]) == [2, 1, 0]


def test_ties_keep_the_order_of_the_evidence() -> None:
    assert ranks([2.0, 2.0, 2.0], [0.2, 0.2, 0.2]) == [0, 1, 2]


def test_both_count() -> None:
    assert ranks([3.0, 2.9, 0.1], [0.1, 0.8, 0.1])[0] == 1


def test_a_share_of_zero_is_possible() -> None:
    assert ranks([1.0, 1.0], [0.0, 1.0]) == [1, 0]


def test_one_sentence_is_first() -> None:
    assert ranks([0.0], [0.0]) == [0]


SCORES = st.floats(0, 100).map(lambda value: round(value, 3))


@given(st.lists(st.tuples(SCORES, st.floats(0, 1)), min_size=1, max_size=6))
def test_every_sentence_is_ranked_once(rows: list[tuple[float, float]]) -> None:
    scores, shares = [row[0] for row in rows], [row[1] for row in rows]
    assert sorted(ranks(scores, shares)) == list(range(len(rows)))


@given(st.integers(1, 5), st.floats(1, 20))
def test_unanswerable_never_turns_back_as_none_grows_likelier(n: int, score: float) -> None:
    evidence = make_evidence([score] * n)
    verdicts = [is_unanswerable(step / 50, evidence) for step in range(51)]
    assert all(later or not earlier for earlier, later in pairwise(verdicts))


@pytest.mark.parametrize(("p_none", "expected"), [(0.0, False), (1.0, True)])
def test_a_certain_model_and_a_good_sentence_are_believed(p_none: float, expected: bool) -> None:
    assert is_unanswerable(p_none, make_evidence([12.0, 11.0])) is expected


def test_no_sentence_loses_by_a_share_that_grows() -> None:
    places = [ranks([2.0, 1.0, 3.0], [0.3, share, 0.3]).index(1) for share in (0.01, 0.3, 0.9)]
    assert places == sorted(places, reverse=True)
    assert not math.isnan(places[0])


def test_doubt_grows_with_none_and_falls_with_coverage() -> None:
    (sentence,) = make_evidence([1.0])
    half = replace(sentence, coverage=0.5)
    assert doubt(0.2, [half]) > doubt(0.1, [half]) > doubt(0.0, [half])
    assert doubt(0.2, [half]) > doubt(0.2, [sentence])
    assert doubt(0.2, [half, sentence]) == doubt(0.2, [sentence]), "the best coverage counts"
    assert doubt(0.2, []) > doubt(0.2, [half])


KNOWN = frozenset({"pell", "mill", "1903"})


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("Did Pell sell the mill?", ""),
        ("Did Oswin sell the mill?", "Oswin"),
        ("Did the windows of Harrow’s mill break?", "Harrow’s"),
        ("Windows break here. Glass falls down.", ""),
        ("Who left? Was it Lind?", "Lind"),
        ("May I ask whether the US sold it?", "US"),
        ("Who was it?", ""),
        ("", ""),
    ],
)
def test_a_name_that_no_essay_holds_is_found_in_a_question(question: str, unknown: str) -> None:
    assert find_unknown_name(question, is_known=KNOWN.__contains__) == unknown
