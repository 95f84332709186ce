"""What the answers to public question sets come to; see ``tests.benchmarks.answers``."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from assistant.checks.support import Verdict
from assistant.measures.curves import CurvePoint, make_outcome, risk_curve
from assistant.measures.measuring import QuestionResult
from index.analysis import tokenize
from index.bm25 import K1, B
from index.passages import PASSAGE_WORDS
from tests.benchmarks.attribution import cross_validate, judge_examples, load_examples
from tests.benchmarks.datasets import BenchmarkQuestion
from tests.benchmarks.retrieval import (
    Question,
    Ranker,
    Setting,
    Task,
    holds_any,
    load_xquad_task,
)
from tests.benchmarks.tables import Figure, make_auroc, make_share

SHIPPED: Final = Setting("index", K1, B, PASSAGE_WORDS, True)
FOLDS: Final = 10
REPEATS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a part comes to; the curve is empty where nothing could be refused rightly."""

    figures: tuple[Figure, ...]
    curve: tuple[CurvePoint, ...] = ()


def is_right(result: QuestionResult) -> bool:
    """Return whether an answer has a citation on the words that answer."""
    return not result.answer.abstained and result.n_on_gold > 0


def measure_xquad(results: Sequence[QuestionResult]) -> Measured:
    """Sum up the sample of XQuAD, where every question has an answer."""
    return Measured(
        figures=(
            make_share("xquad", "answered", (not one.answer.abstained for one in results)),
            make_share("xquad", "citation on the answer", map(is_right, results)),
            make_share("xquad", "holds the answer", (one.is_correct for one in results)),
            *_measure_citations("xquad", results),
        )
    )


def measure_clapnq(results: Sequence[QuestionResult]) -> Measured:
    """Sum up ClapNQ, where half of the questions have no answer."""
    answerable = [one for one in results if one.question.is_answerable]
    refused = [one.answer.abstained for one in results if not one.question.is_answerable]
    answered = [one for one in answerable if not one.answer.abstained]
    right = [replace(one, is_correct=is_right(one)) for one in results]
    return Measured(
        figures=(
            make_share("clapnq", "unanswerable refused", refused),
            make_share("clapnq", "answerable answered", (one in answered for one in answerable)),
            make_share("clapnq", "answerable, right citation", map(is_right, answerable)),
            make_share("clapnq", "of those answered, right citation", map(is_right, answered)),
            *_measure_citations("clapnq", results),
            make_auroc(
                "clapnq",
                "AUROC of doubt",
                [one.answer.doubt for one in results],
                [not one.question.is_answerable for one in results],
            ),
        ),
        curve=risk_curve(
            make_outcome(
                one.answer, is_answerable=one.question.is_answerable, is_correct=one.is_correct
            )
            for one in right
        ),
    )


def _measure_citations(part: str, results: Sequence[QuestionResult]) -> Iterator[Figure]:
    verbatim = (row for one in results for row in _count(one.n_verbatim, one.n_citations))
    yield make_share(part, "citations verbatim", verbatim)
    verdicts = [claim.verdict for one in results for claim in one.answer.claims]
    yield make_share(part, "shown claims supported", (v is Verdict.SUPPORTED for v in verdicts))
    judged = [one.quality for one in results if one.quality]
    carried = (row for one in judged for row in _count(one.n_carried, one.n_claims))
    yield make_share(part, "shown claims carried by one citation", carried)
    useful = (row for one in judged for row in _count(one.n_useful, one.n_citations))
    yield make_share(part, "citations enough or needed", useful)


def _count(hits: int, n: int) -> list[bool]:
    return [number < hits for number in range(n)]


def measure_retrieval(xquad: Path, clapnq: Sequence[BenchmarkQuestion]) -> Measured:
    """Rank the passages of all texts of each set for all its answerable questions."""
    tasks = {
        "XQuAD": load_xquad_task(xquad),
        "ClapNQ": Task(
            tuple(dict.fromkeys(document for one in clapnq for document in one.documents)),
            [
                Question(
                    terms=tokenize(one.question.question),
                    is_gold=holds_any(
                        [" ".join(span.quote.split()) for span in one.question.evidence]
                    ),
                    is_home=one.documents.__contains__,
                )
                for one in clapnq
                if one.question.evidence
            ],
        ),
    }
    figures: list[Figure] = []
    for name, task in tasks.items():
        ranks = Ranker(task).rank(SHIPPED).gold
        for depth, words in ((1, "first"), (4, "in the first four")):
            hits = (0 < rank <= depth for rank in ranks)
            figures.append(make_share("retrieval", f"{name}, gold passage {words}", hits))
    return Measured(figures=tuple(figures))


def measure_attribution(path: Path) -> Measured:
    """Tell claims that their references back from those that they do not."""
    examples = load_examples(path)
    judged = judge_examples(examples)
    labels = [one.is_attributable for one in examples]
    figures: list[Figure] = []
    for name, scores in (("support", judged.support), ("containment", judged.containment)):
        figures.append(make_auroc("attribution", f"AUROC of {name}", scores.tolist(), labels))
        accuracy = cross_validate(scores, np.array(labels), folds=FOLDS, repeats=REPEATS)
        figures.append(
            Figure(
                part="attribution",
                name=f"balanced accuracy of {name}",
                value=round(accuracy, 4),
                interval=None,
                n=len(labels),
            )
        )
    return Measured(figures=tuple(figures))
