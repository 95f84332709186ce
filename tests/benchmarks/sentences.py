"""Measure which sentences come first as evidence, with and without the hints that rank them.

Run ``python -m tests.benchmarks.sentences --essays DIR --questions FILE --xquad FILE``, with files
as for ``tests.benchmarks.retrieval``. A sentence is gold if it holds most of a gold span or is a
part of one; on XQuAD, if it overlaps the answer. Printed, per setting, are the shares of questions
with a gold sentence in first place, in the first two and in the first eight.
"""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from assistant import evidence
from assistant.evidence import score_sentences
from index.bm25 import Bm25Index
from index.passages import split_passages
from tests.benchmarks.retrieval import Task, load_essay_task, load_xquad_task

TOP_K = 8
DEPTHS = (1, 2, 8)


class Hints(NamedTuple):
    """The weights of the hints; without a cue and a reference a sentence stands for itself."""

    cue: float
    referred: float
    question: float


SHIPPED = Hints(evidence.CUE_WEIGHT, evidence.REFERRED_WEIGHT, evidence.QUESTION_WEIGHT)
NONE = Hints(0.0, evidence.NEIGHBOUR_WEIGHT, 1.0)


@contextmanager
def use(hints: Hints) -> Iterator[None]:
    """Rank with other weights meanwhile."""
    _put(hints)
    try:
        yield
    finally:
        _put(SHIPPED)


def _put(hints: Hints) -> None:
    for name, value in zip(("CUE", "REFERRED", "QUESTION"), hints, strict=True):
        setattr(evidence, f"{name}_WEIGHT", value)


def make_index(task: Task) -> Bm25Index:
    """Return the index of a task's documents."""
    return Bm25Index([one for found in task.documents for one in split_passages(found)])


def rank_sentences(index: Bm25Index, task: Task) -> tuple[int, ...]:
    """Return for each question the rank of the first gold sentence; 0 if there is none."""
    ranks = []
    for question in task.questions:
        hits = index.search(question.terms, top_k=TOP_K)
        scored = score_sentences(index, hits, question.terms, question=question.text)
        gold = (
            rank
            for rank, one in enumerate(scored, start=1)
            if question.is_gold_sentence(one.passage, one.sentence)
        )
        ranks.append(next(gold, 0))
    return tuple(ranks)


def recall_at(ranks: Sequence[int], k: int) -> float:
    """Return the share of questions with a gold sentence among the first ``k``.

    >>> recall_at((1, 3, 0, 2), 2)
    0.5
    """
    return sum(0 < rank <= k for rank in ranks) / len(ranks)


def main() -> None:
    """Print one line for each setting."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--essays", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--xquad", type=Path, required=True)
    options = parser.parse_args()
    tasks = (load_essay_task(options.essays, options.questions), load_xquad_task(options.xquad))
    indices = [make_index(task) for task in tasks]
    print("cue   referred question | essays @1  @2    @8    | xquad @1  @2    @8")
    settings = [NONE]
    settings += [NONE._replace(cue=cue) for cue in (0.05, 0.1, 0.15, 0.2)]
    settings += [NONE._replace(referred=referred) for referred in (0.4, 0.6, 0.8)]
    settings += [NONE._replace(question=SHIPPED.question), SHIPPED]
    for hints in settings:
        with use(hints):
            found = [rank_sentences(*one) for one in zip(indices, tasks, strict=True)]
        columns = [
            " ".join(f"{recall_at(ranks, depth):.3f}" for depth in DEPTHS) for ranks in found
        ]
        print(f"{hints.cue:<5} {hints.referred:<8} {hints.question:<8} |", "    | ".join(columns))


if __name__ == "__main__":
    main()
