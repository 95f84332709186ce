"""The figures of a benchmark with their intervals, as one table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import bootstrap, rankdata

from assistant.measures.figures import CONFIDENCE, Interval, share_interval

_RESAMPLES = 999
_SEED = 7

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table.

    Attributes:
        part: Of the benchmark.
        name: What is measured.
        value: From 0 to 1; None where nothing was measured.
        interval: The 95 % interval of the value, if it has one.
        n: Of how many.
    """

    part: str
    name: str
    value: float | None
    interval: Interval | None
    n: int


def make_share(part: str, name: str, hits: Iterable[bool]) -> Figure:
    """Return the share of hits with its interval."""
    listed = list(hits)
    n = len(listed)
    return Figure(
        part=part,
        name=name,
        value=round(sum(listed) / n, 4) if n else None,
        interval=share_interval(sum(listed), n),
        n=n,
    )


def make_auroc(part: str, name: str, scores: Sequence[float], labels: Sequence[bool]) -> Figure:
    """Return the area under the ROC curve of scores that should be higher where labels are true.

    The interval is that of bootstrapped samples, drawn among the true and the others apart. There
    is no value unless there are both.

    Source: Efron, "Better Bootstrap Confidence Intervals", 1987; percentiles, as computed by
    ``scipy.stats.bootstrap``.
    """
    rows = list(zip(scores, labels, strict=True))
    true = np.array([score for score, label in rows if label], dtype=np.float64)
    other = np.array([score for score, label in rows if not label], dtype=np.float64)
    if not (len(true) and len(other)):
        return Figure(part=part, name=name, value=None, interval=None, n=len(rows))
    interval = None
    if min(len(true), len(other)) > 1:
        found = bootstrap(
            (true, other),
            _measure_auroc,
            vectorized=True,
            n_resamples=_RESAMPLES,
            confidence_level=CONFIDENCE,
            method="percentile",
            rng=np.random.default_rng(_SEED),
        ).confidence_interval
        interval = Interval(low=round(float(found.low), 4), high=round(float(found.high), 4))
    value = round(float(_measure_auroc(true, other)), 4)
    return Figure(part=part, name=name, value=value, interval=interval, n=len(rows))


def _measure_auroc(true: Floats, other: Floats, axis: int = -1) -> Floats:
    """Return the share of pairs in which the true one has more, of ties the half.

    Source: Mann and Whitney, "On a Test of Whether one of Two Random Variables is Stochastically
    Larger than the Other", 1947, by the sum of ranks.
    """
    n_true, n_other = true.shape[axis], other.shape[axis]
    ranks = rankdata(np.concatenate([true, other], axis=axis), axis=axis)
    sums = np.take(ranks, range(n_true), axis=axis).sum(axis=axis)
    pairs: Floats = (sums - n_true * (n_true + 1) / 2) / (n_true * n_other)
    return pairs


def render_table(figures: Sequence[Figure]) -> str:
    """Render one line a figure; empty without any."""
    if not figures:
        return ""
    width = max(len(one.name) for one in figures)
    parts = max(len(one.part) for one in figures)
    lines = [f"{'':{parts}}  {'figure':{width}}  value  95 % interval     n"]
    for one in figures:
        value = "-" if one.value is None else f"{one.value:.3f}"
        sure = f"{one.interval.low:.3f} to {one.interval.high:.3f}" if one.interval else ""
        lines.append(f"{one.part:{parts}}  {one.name:{width}}  {value:>5}  {sure:14} {one.n:5}")
    return "\n".join(lines)
