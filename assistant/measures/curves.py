"""Wrong answers against wrong refusals, for every bound of doubt that could have been set.

Refusing more spares wrong answers and costs right ones. What the bound of doubt trades is seen
from one evaluation, since every answer tells how doubtful it was: the unanswerable questions
below a bound would have been answered, all of them wrongly; the answerable ones at or above it
would have been refused, all of them wrongly. Whether an answerable question below it is answered
*correctly* is known only if it was answered when it was asked, so these are counted apart, and so
are those of which it is not known.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from assistant.answers import Answer, Reason
from assistant.errors import AssistantError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

IMAGE_SUFFIXES: Final = (".png", ".svg", ".pdf")
MAX_TABLE_ROWS: Final = 12
_ALWAYS: Final = frozenset({Reason.NO_PASSAGES, Reason.UNSUPPORTED, Reason.REPLIED})
"""Why an answer is declined whatever the bound of doubt."""


class CurveError(AssistantError):
    """A curve cannot be written as an image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one question.

    Attributes:
        is_answerable: Whether the essays answer it.
        doubt: From 0 to 1; 1 if it was not judged.
        is_refused: Whether it was refused when it was asked.
        is_always_refused: Whether it was refused for another reason than doubt.
        is_correct: Whether it was answered correctly.
    """

    is_answerable: bool
    doubt: float
    is_refused: bool
    is_always_refused: bool
    is_correct: bool

    def is_refused_at(self, threshold: float) -> bool:
        """Return whether it is refused if doubt from ``threshold`` on is too much.

        A question that was not judged stays as it was.
        """
        if self.is_always_refused or self.doubt >= 1:
            return self.is_refused
        return self.doubt >= threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """What refusing from a doubt of ``threshold`` on comes to.

    Attributes:
        threshold: From 0 to 1; at 1 nothing that was judged is refused.
        wrong_refusals: Answerable questions refused.
        wrong_answers: Unanswerable questions answered.
        wrong_contents: Answerable questions answered, and wrongly, so far as is known.
        unknown_contents: Answerable questions answered here that were refused when asked, so
            that nobody knows whether the answer would be right.
    """

    threshold: float
    wrong_refusals: int
    wrong_answers: int
    wrong_contents: int
    unknown_contents: int


def make_outcome(answer: Answer, *, is_answerable: bool, is_correct: bool) -> Outcome:
    """Reduce an answer to what a curve needs to know of it."""
    return Outcome(
        is_answerable=is_answerable,
        doubt=answer.doubt,
        is_refused=answer.abstained,
        is_always_refused=answer.abstained and answer.reason in _ALWAYS,
        is_correct=is_correct,
    )


def risk_curve(outcomes: Iterable[Outcome]) -> tuple[CurvePoint, ...]:
    """Return a point for each distinct doubt and one for 1, by ascending threshold.

    From one point to the next, wrong refusals never rise and wrong answers never fall. Empty
    without outcomes.
    """
    listed = tuple(outcomes)
    if not listed:
        return ()
    return tuple(_make_point(listed, at) for at in sorted({*(one.doubt for one in listed), 1.0}))


def _make_point(outcomes: Sequence[Outcome], threshold: float) -> CurvePoint:
    answered = [one for one in outcomes if not one.is_refused_at(threshold)]
    contents = [one for one in answered if one.is_answerable]
    n_answerable = sum(one.is_answerable for one in outcomes)
    return CurvePoint(
        threshold=threshold,
        wrong_refusals=n_answerable - len(contents),
        wrong_answers=len(answered) - len(contents),
        wrong_contents=sum(not one.is_refused and not one.is_correct for one in contents),
        unknown_contents=sum(one.is_refused for one in contents),
    )


def best_points(points: Sequence[CurvePoint]) -> tuple[CurvePoint, ...]:
    """Keep the points that no other betters in wrong refusals or answers without worsening one.

    Of points alike in both, the one of the highest threshold is kept; the order stays.
    """
    kept: dict[tuple[int, int], CurvePoint] = {}
    for point in points:
        kept[point.wrong_refusals, point.wrong_answers] = point
    return tuple(
        point
        for point in kept.values()
        if not any(
            other.wrong_refusals <= point.wrong_refusals
            and other.wrong_answers <= point.wrong_answers
            and other is not point
            for other in kept.values()
        )
    )


def render_curve(points: Sequence[CurvePoint]) -> str:
    """Render the best points as a table of at most ``MAX_TABLE_ROWS`` rows, spread evenly."""
    rows = _thin(best_points(points))
    lines = ["refuse from doubt | wrong refusals | wrong answers | answered wrongly | not known"]
    lines += [
        f"{one.threshold:17.3f} | {one.wrong_refusals:14} | {one.wrong_answers:13}"
        f" | {one.wrong_contents:16} | {one.unknown_contents:9}"
        for one in rows
    ]
    return "\n".join(lines)


def _thin(points: Sequence[CurvePoint]) -> list[CurvePoint]:
    """Return the first, the last and evenly many between."""
    if len(points) <= MAX_TABLE_ROWS:
        return list(points)
    step = (len(points) - 1) / (MAX_TABLE_ROWS - 1)
    return [points[round(number * step)] for number in range(MAX_TABLE_ROWS)]


def save_curve(points: Sequence[CurvePoint], path: Path) -> None:
    """Draw the curve into an image file, replacing what is there.

    Args:
        points: From ``risk_curve``; without any, the axes are empty.
        path: Its ending, one of ``IMAGE_SUFFIXES``, decides the format.

    Raises:
        CurveError: The ending is none of these, or the file cannot be written.
    """
    if path.suffix.lower() not in IMAGE_SUFFIXES:
        raise CurveError(
            f"The curve cannot be drawn as {path.name!r}; end the name in"
            f" {' or '.join(IMAGE_SUFFIXES)}."
        )
    # It takes a second to import, which nobody should wait for who wants no image. Without
    # pyplot it needs no screen and leaves no global state behind.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4.8), layout="constrained")
    FigureCanvasAgg(figure)
    _draw(figure.add_subplot(), points)
    try:
        figure.savefig(path)
    except OSError as error:
        raise CurveError(
            f"The curve cannot be written to {str(path)!r} ({error.strerror}); name a file in a"
            " folder that exists."
        ) from error


def _draw(axes: "Axes", points: Sequence[CurvePoint]) -> None:
    axes.step(
        [one.wrong_refusals for one in points],
        [one.wrong_answers for one in points],
        where="post",
        marker=".",
    )
    for one in _thin(best_points(points))[::2]:
        axes.annotate(
            f"{one.threshold:.2f}",
            (one.wrong_refusals, one.wrong_answers),
            xytext=(4, 4),
            textcoords="offset points",
            fontsize="small",
        )
    axes.set_xlabel("answerable questions refused")
    axes.set_ylabel("unanswerable questions answered")
    axes.set_title("Refusing from the doubt written at each point on")
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    axes.grid(visible=True, alpha=0.3)
