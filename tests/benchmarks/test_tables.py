"""The table of a benchmark's figures."""

import pytest

from tests.benchmarks.tables import make_auroc, make_share, render_table


def test_a_share_has_its_interval() -> None:
    figure = make_share("clapnq", "answered", [True, True, False, True])
    assert (figure.value, figure.n) == (0.75, 4)
    assert figure.interval is not None
    assert figure.interval.low < 0.75 < figure.interval.high


def test_nothing_measured_has_no_value() -> None:
    figure = make_share("clapnq", "answered", [])
    assert (figure.value, figure.interval, figure.n) == (None, None, 0)


@pytest.mark.parametrize(
    ("scores", "labels", "value"),
    [
        ([0.9, 0.8, 0.1, 0.2], [True, True, False, False], 1.0),
        ([0.1, 0.9, 0.1, 0.9], [True, True, False, False], 0.5),
        ([0.9, 0.2, 0.5], [True, True, False], 0.5),
    ],
)
def test_auroc_is_the_share_of_pairs_in_order(
    scores: list[float], labels: list[bool], value: float
) -> None:
    figure = make_auroc("clapnq", "doubt", scores, labels)
    assert figure.value == value


def test_auroc_has_the_same_interval_every_time() -> None:
    scores = [0.9, 0.8, 0.4, 0.1, 0.2, 0.5]
    labels = [True, True, True, False, False, False]
    one, two = (make_auroc("clapnq", "doubt", scores, labels) for _ in range(2))
    assert one == two
    assert one.interval is not None
    assert one.value is not None
    assert one.interval.low <= one.value <= one.interval.high


@pytest.mark.parametrize("labels", [[True, True], [False, False]])
def test_auroc_of_one_kind_has_no_value(labels: list[bool]) -> None:
    assert make_auroc("clapnq", "doubt", [0.1, 0.2], labels).value is None


def test_the_table_has_a_line_for_each_figure() -> None:
    figures = (make_share("xquad", "answered", [True, False]), make_share("xquad", "none", []))
    assert render_table(figures).splitlines() == [
        "       figure    value  95 % interval     n",
        "xquad  answered  0.500  0.095 to 0.905     2",
        "xquad  none          -                     0",
    ]
    assert render_table(()) == ""
