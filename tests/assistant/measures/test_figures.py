"""Shares with their intervals."""

import pytest

from assistant.measures.figures import Interval, mean, median, ratio, share, share_interval


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (21, 25, 0.6535, 0.936)],
)
def test_an_interval_is_wilsons(hits: int, n: int, low: float, high: float) -> None:
    found = share_interval(hits, n)
    assert found is not None
    assert [found.low, found.high] == pytest.approx([low, high], abs=1e-3)


def test_more_questions_make_an_interval_narrower() -> None:
    few, many = share_interval(8, 10), share_interval(80, 100)
    assert isinstance(few, Interval)
    assert isinstance(many, Interval)
    assert few.low < many.low < 0.8 < many.high < few.high


def test_nothing_counted_has_no_figures() -> None:
    assert share_interval(0, 0) is None
    assert mean([]) is share([]) is median([]) is ratio(0, 0) is None


def test_figures_are_rounded_for_printing() -> None:
    assert (mean([1, 1, 0]), share([True, False]), ratio(2, 3)) == (0.6667, 0.5, 0.6667)
    assert median([3, 1]) == 2
