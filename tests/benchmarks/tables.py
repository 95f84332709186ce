"""The figures of a benchmark with their intervals, as one table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import bootstrap
from sklearn.metrics import roc_auc_score

from assistant.figures import CONFIDENCE, Interval, share_interval

_RESAMPLES = 999
_SEED = 7


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
    true = np.array([score for score, label in zip(scores, labels, strict=True) if label])
    other = np.array([score for score, label in zip(scores, labels, strict=True) if not label])
    n = len(labels)
    if not (len(true) and len(other)):
        return Figure(part=part, name=name, value=None, interval=None, n=n)

    def measure(true: Sequence[float], other: Sequence[float]) -> float:
        return float(
            roc_auc_score([1] * len(true) + [0] * len(other), np.concatenate([true, other]))
        )

    interval = None
    if min(len(true), len(other)) > 1:
        found = bootstrap(
            (true, other),
            measure,
            vectorized=False,
            n_resamples=_RESAMPLES,
            confidence_level=CONFIDENCE,
            method="percentile",
            rng=np.random.default_rng(_SEED),
        ).confidence_interval
        interval = Interval(low=round(float(found.low), 4), high=round(float(found.high), 4))
    return Figure(
        part=part, name=name, value=round(measure(true, other), 4), interval=interval, n=n
    )


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
