"""The curve of wrong answers against wrong refusals."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answers import Reason
from assistant.measures.curves import (
    MAX_TABLE_ROWS,
    CurveError,
    CurvePoint,
    Outcome,
    best_points,
    make_outcome,
    render_curve,
    risk_curve,
    save_curve,
)
from tests.assistant.samples import make_answer


def outcome(
    doubt: float,
    *,
    answerable: bool = True,
    refused: bool = False,
    always: bool = False,
    correct: bool = True,
) -> Outcome:
    return Outcome(
        is_answerable=answerable,
        doubt=doubt,
        is_refused=refused,
        is_always_refused=always,
        is_correct=correct,
    )


def counts(point: CurvePoint) -> tuple[int, int]:
    return point.wrong_refusals, point.wrong_answers


OUTCOMES = (
    outcome(0.1),
    outcome(0.4, correct=False),
    outcome(0.8, refused=True),
    outcome(0.3, answerable=False),
    outcome(0.9, answerable=False, refused=True),
)


def test_each_doubt_is_a_bound_that_could_have_been_set() -> None:
    points = risk_curve(OUTCOMES)
    assert [one.threshold for one in points] == [0.1, 0.3, 0.4, 0.8, 0.9, 1.0]
    assert [counts(one) for one in points] == [(3, 0), (2, 0), (2, 1), (1, 1), (0, 1), (0, 2)]


def test_wrong_contents_are_counted_apart_and_so_is_what_nobody_knows() -> None:
    points = risk_curve(OUTCOMES)
    assert [one.wrong_contents for one in points] == [0, 0, 0, 1, 1, 1]
    assert [one.unknown_contents for one in points] == [0, 0, 0, 0, 1, 1]


def test_what_is_refused_for_another_reason_is_refused_at_every_bound() -> None:
    points = risk_curve([outcome(0.2, refused=True, always=True), outcome(0.5)])
    assert [one.wrong_refusals for one in points] == [2, 2, 1]


def test_what_was_not_judged_stays_as_it_was() -> None:
    judged = outcome(0.5)
    for refused, count in ((True, 1), (False, 0)):
        *_, last = risk_curve([judged, outcome(1.0, refused=refused)])
        assert last.wrong_refusals == count


def test_no_outcomes_have_no_curve() -> None:
    assert risk_curve([]) == ()
    assert len(render_curve(()).splitlines()) == 1


@given(
    st.lists(
        st.builds(outcome, st.floats(0, 1), answerable=st.booleans(), refused=st.booleans()),
        max_size=30,
    )
)
def test_a_higher_bound_never_refuses_more_nor_answers_less(outcomes: list[Outcome]) -> None:
    points = risk_curve(outcomes)
    refusals, answers = (
        [one.wrong_refusals for one in points],
        [one.wrong_answers for one in points],
    )
    assert refusals == sorted(refusals, reverse=True)
    assert answers == sorted(answers)
    assert len(render_curve(points).splitlines()) <= 1 + MAX_TABLE_ROWS


def test_only_points_that_no_other_betters_are_best() -> None:
    points = best_points(risk_curve(OUTCOMES))
    assert [(one.threshold, counts(one)) for one in points] == [(0.3, (2, 0)), (0.9, (0, 1))]


@pytest.mark.parametrize(
    ("reason", "abstained", "is_always"),
    [
        (Reason.NOT_IN_EVIDENCE, True, False),
        (Reason.UNSUPPORTED, True, True),
        (Reason.NO_PASSAGES, True, True),
        (Reason.ANSWERED, False, False),
    ],
)
def test_an_answer_tells_whether_doubt_made_it_a_refusal(
    reason: Reason, abstained: bool, is_always: bool
) -> None:
    answer = replace(make_answer(), reason=reason, abstained=abstained, doubt=0.25)
    made = make_outcome(answer, is_answerable=True, is_correct=False)
    assert (made.is_refused, made.is_always_refused) == (abstained, is_always)
    assert made.doubt == 0.25


def test_the_table_has_the_best_points() -> None:
    lines = render_curve(risk_curve(OUTCOMES)).splitlines()
    cells = [[cell.strip() for cell in line.split("|")] for line in lines[1:]]
    assert cells == [["0.300", "2", "0", "0", "0"], ["0.900", "0", "1", "1", "1"]]


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_the_curve_is_drawn_as_an_image_of_its_ending(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"curve{suffix}"
    save_curve(risk_curve(OUTCOMES), path)
    head = path.read_bytes()[:200]
    assert head.startswith(b"\x89PNG") if suffix == ".png" else b"<?xml" in head


def test_another_ending_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(CurveError, match=r"'curve\.doc'; end the name in \.png or"):
        save_curve((), tmp_path / "curve.doc")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CurveError, match=r"gone"):
        save_curve(risk_curve(OUTCOMES), tmp_path / "gone" / "curve.png")
