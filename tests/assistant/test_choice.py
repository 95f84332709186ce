"""Weighing texts over a prefix tree of tokens."""

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.choice import END, common_length, weigh

paths_of_tokens = st.lists(st.lists(st.integers(0, 3), max_size=5).map(tuple), max_size=6)


class Table:
    """Scores a token by a fixed rule of its path, and records what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, ...]] = []

    def __call__(self, path: Sequence[int], offered: Sequence[int]) -> list[float]:
        self.asked.append(tuple(path))
        return [logit(path, token) for token in offered]


def logit(path: Sequence[int], token: int) -> float:
    return math.sin(7 * len(path) + sum(path) + 3 * token)


def brute_force(paths: Sequence[Sequence[int]]) -> list[float]:
    """The product of the shares at each step of each path, the tokens offered there counted."""
    found = []
    for path in paths:
        probability = 1.0
        for depth in range(len(path) + 1):
            fellows = [other for other in paths if other[:depth] == path[:depth]]
            offered = {other[depth] if depth < len(other) else END for other in fellows}
            token = path[depth] if depth < len(path) else END
            weights = {one: math.exp(logit(path[:depth], one)) for one in offered}
            probability *= weights[token] / sum(weights.values())
        found.append(probability / sum(other == path for other in paths))
    return found


@given(paths_of_tokens)
def test_probabilities_are_the_products_of_the_branches(paths: list[tuple[int, ...]]) -> None:
    assert weigh(paths, Table(), min_mass=0) == pytest.approx(brute_force(paths))


@given(paths_of_tokens.filter(bool))
def test_probabilities_sum_to_one(paths: list[tuple[int, ...]]) -> None:
    assert math.fsum(weigh(paths, Table(), min_mass=0.2)) == pytest.approx(1)


@given(paths_of_tokens)
def test_the_model_is_asked_only_where_texts_part(paths: list[tuple[int, ...]]) -> None:
    table = Table()
    weigh(paths, table, min_mass=0)
    for asked in table.asked:
        fellows = {path[len(asked) :][:1] for path in paths if path[: len(asked)] == asked}
        assert len(fellows) > 1
    assert len(table.asked) == len(set(table.asked))


def test_no_texts_have_no_probabilities() -> None:
    assert weigh([], Table()) == ()


def test_one_text_is_certain_without_asking() -> None:
    table = Table()
    assert weigh([[1, 2]], table) == (1.0,)
    assert table.asked == []


def test_equal_texts_share_evenly() -> None:
    assert weigh([[1], [1]], Table()) == (0.5, 0.5)


def test_a_text_that_another_goes_on_from_is_weighed_by_its_end() -> None:
    offered_tokens: list[int] = []

    def score(path: Sequence[int], offered: Sequence[int]) -> list[float]:
        offered_tokens.extend(offered)
        return [math.log(3) if token == END else 0.0 for token in offered]

    assert weigh([[1], [1, 2]], score) == pytest.approx((0.75, 0.25))
    assert set(offered_tokens) == {END, 2}


def test_an_unlikely_branch_is_divided_evenly_without_looking_into_it() -> None:
    def score(path: Sequence[int], offered: Sequence[int]) -> list[float]:
        assert not path
        return [9.0 if token == 1 else 0.0 for token in offered]

    first, second, third = weigh([[1, 1], [2, 1], [2, 2]], score)
    assert second == third
    assert first > 0.999


def test_the_likelier_branch_is_looked_into_first() -> None:
    asked: list[tuple[int, ...]] = []

    def score(path: Sequence[int], offered: Sequence[int]) -> list[float]:
        asked.append(tuple(path))
        return [float(token) for token in offered]

    weigh([[1, 1], [1, 2], [2, 1], [2, 2]], score)
    assert asked == [(), (2,), (1,)]


@pytest.mark.parametrize("logits", [[], [1.0], [1.0, math.nan]], ids=["none", "one", "nan"])
def test_scores_that_are_not_one_number_each_are_refused(logits: list[float]) -> None:
    with pytest.raises(ValueError, match="2 tokens were offered"):
        weigh([[1], [2]], lambda path, offered: logits)


def test_impossible_branches_share_evenly() -> None:
    assert weigh([[1], [2]], lambda path, offered: [-math.inf] * 2) == (0.5, 0.5)


@given(st.lists(st.lists(st.integers(0, 2), max_size=6), min_size=1, max_size=5))
def test_the_common_length_is_the_longest(sequences: list[list[int]]) -> None:
    length = common_length(sequences)
    assert len({tuple(one[:length]) for one in sequences}) == 1
    assert (
        length == min(map(len, sequences))
        or len({tuple(one[: length + 1]) for one in sequences}) > 1
    )
