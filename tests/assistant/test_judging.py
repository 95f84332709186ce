"""The model's choice and the ranking, weighed together."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evidence import Evidence
from assistant.judging import (
    BOUNDS,
    FITTED,
    UNFITTED,
    Caution,
    Signals,
    Weights,
    find_weights,
    is_doubtful,
    rank_quotes,
    weigh_doubt,
)
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


def test_no_sentence_loses_by_a_share_that_grows() -> None:
    places = [ranks([2.0, 1.0, 3.0], [0.3, share, 0.3]).index(1) for share in (0.01, 0.3, 0.9)]
    assert places == sorted(places, reverse=True)
    assert not math.isnan(places[0])


CERTAIN = Signals(
    p_none=1e-6,
    p_none_written=1e-6,
    coverage=1.0,
    reach=1.0,
    has_cue=1.0,
)
HOPELESS = Signals(
    p_none=0.9,
    p_none_written=0.9,
    coverage=0.1,
    reach=0.2,
    has_cue=0.0,
)
ALL_WEIGHTS = [*FITTED.values(), UNFITTED]


@pytest.mark.parametrize("weights", ALL_WEIGHTS, ids=[*FITTED, "unfitted"])
def test_the_answered_is_answered_and_the_hopeless_declined_by_the_boldest_too(
    weights: Weights,
) -> None:
    assert not is_doubtful(weigh_doubt(CERTAIN, weights), Caution.CAREFUL)
    assert is_doubtful(weigh_doubt(HOPELESS, weights), Caution.BOLD)


@pytest.mark.parametrize("weights", ALL_WEIGHTS, ids=[*FITTED, "unfitted"])
def test_doubt_never_falls_as_none_grows_likelier(weights: Weights) -> None:
    for name in ("p_none", "p_none_written"):
        doubts = [weigh_doubt(replace(CERTAIN, **{name: step / 50}), weights) for step in range(51)]
        assert all(later >= earlier for earlier, later in pairwise(doubts))


def test_what_a_careful_reader_is_told_a_bold_one_is_told_too() -> None:
    bounds = [BOUNDS[one] for one in (Caution.CAREFUL, Caution.BALANCED, Caution.BOLD)]
    assert bounds == sorted(bounds)
    assert 0 < bounds[0] < bounds[-1] < 1


def test_a_model_that_was_not_fitted_is_trusted_less_with_its_probabilities() -> None:
    assert find_weights("someone's model") == UNFITTED
    for weights in FITTED.values():
        assert UNFITTED.p_none + UNFITTED.p_none_written < weights.p_none + weights.p_none_written
