"""Measure how well the support of claims is told, beside plain word containment.

Run ``python -m tests.benchmarks.attribution --data FILE [--folds 10] [--repeats 5]``.

FILE has one JSON object a line as AttributionBench has them: ``claim``, ``references`` (a list of
texts), ``attribution_label`` ("attributable" or "not attributable") and ``src_dataset``. Each
claim is aligned with the sentences of its references and checked as the assistant does it; terms
weigh by how rare they are among all references of FILE. Containment is the share of the claim's
words that its references hold.

Printed, for each scorer and data set, are the area under the ROC curve and the balanced accuracy
at a threshold fitted on the other folds, the same folds for both; then the balanced accuracy of
the verdicts as they are shipped, nothing fitted, and the milliseconds that a claim takes.
"""

import argparse
import json
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold

from assistant.checks.support import Verdict
from assistant.evidence import Evidence
from assistant.grounding import check_claim
from index.bm25 import Bm25Index
from index.corpus import Document
from index.passages import split_passages

_MARKER = re.compile(r"\[\d+\]")
_ADDRESS = re.compile(r"^\[\d+\]\s+https?://\S+")
_WORD = re.compile(r"\w+")

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Example(NamedTuple):
    """A claim, the texts it is said to rest on, and whether it does."""

    claim: str
    references: tuple[str, ...]
    is_attributable: bool
    source: str


class Judged(NamedTuple):
    """What the scorers say of all examples, in order."""

    support: Floats
    containment: Floats
    verdicts: tuple[Verdict, ...]
    ms_per_claim: float


def load_examples(path: Path) -> tuple[Example, ...]:
    """Load the examples without the markers in claims and the addresses before references."""
    examples = []
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        examples.append(
            Example(
                claim=" ".join(_MARKER.sub("", record["claim"]).split()),
                references=tuple(_ADDRESS.sub("", one).strip() for one in record["references"]),
                is_attributable=record["attribution_label"] == "attributable",
                source=record["src_dataset"],
            )
        )
    return tuple(examples)


def judge_examples(examples: Sequence[Example]) -> Judged:
    """Score every claim against its references."""
    passages = [
        tuple(p for text in one.references for p in split_passages(_as_document(text)))
        for one in examples
    ]
    index = Bm25Index([passage for row in passages for passage in row])
    began = time.perf_counter()
    claims = [
        check_claim(
            one.claim,
            [
                Evidence(passage=passage, sentence=sentence, score=0.0, coverage=0.0)
                for passage in row
                for sentence in passage.sentences
            ],
            weigh=index.idf,
            is_word=index.has_small_term,
        )
        for one, row in zip(examples, passages, strict=True)
    ]
    elapsed_s = time.perf_counter() - began
    return Judged(
        support=np.array([claim.support for claim in claims]),
        containment=np.array([contain(one.claim, one.references) for one in examples]),
        verdicts=tuple(claim.verdict for claim in claims),
        ms_per_claim=1000 * elapsed_s / len(examples),
    )


def contain(claim: str, references: Sequence[str]) -> float:
    """Return the share of the claim's different words that the references hold."""
    words = set(_WORD.findall(claim.casefold()))
    held = set(_WORD.findall("\n".join(references).casefold()))
    return len(words & held) / max(1, len(words))


def cross_validate(scores: Floats, labels: Flags, *, folds: int, repeats: int) -> float:
    """Return the mean balanced accuracy at thresholds fitted on the other folds."""
    figures = []
    for seed in range(repeats):
        told = np.zeros(len(labels), dtype=bool)
        splitter = StratifiedKFold(folds, shuffle=True, random_state=seed)
        for train, test in splitter.split(scores.reshape(-1, 1), labels):
            told[test] = scores[test] >= fit_threshold(scores[train], labels[train])
        figures.append(balanced_accuracy_score(labels, told))
    return float(np.mean(figures))


def fit_threshold(scores: Floats, labels: Flags) -> float:
    """Return the threshold with the best balanced accuracy, the lowest of several."""
    values = np.unique(scores)
    cuts = np.concatenate(([values[0]], (values[1:] + values[:-1]) / 2))
    hits = [(scores[labels] >= cut).mean() + (scores[~labels] < cut).mean() for cut in cuts]
    return float(cuts[int(np.argmax(hits))])


def report(examples: Sequence[Example], judged: Judged, *, folds: int, repeats: int) -> None:
    """Print the table."""
    labels = np.array([one.is_attributable for one in examples])
    sources = np.array([one.source for one in examples])
    is_supported = np.array([one is Verdict.SUPPORTED for one in judged.verdicts])
    print("data set              n   containment      support          verdicts shipped")
    print("                          AUROC  bal.acc.  AUROC  bal.acc.  bal.acc.")
    for name in ("all", *np.unique(sources)):
        chosen = np.ones(len(labels), dtype=bool) if name == "all" else sources == name
        row = [f"{name:20}{chosen.sum():5} "]
        for scores in (judged.containment, judged.support):
            row.append(f"{roc_auc_score(labels[chosen], scores[chosen]):7.3f}")
            accuracy = cross_validate(scores[chosen], labels[chosen], folds=folds, repeats=repeats)
            row.append(f"{accuracy:8.3f} ")
        row.append(f"{balanced_accuracy_score(labels[chosen], is_supported[chosen]):8.3f}")
        print(" ".join(row))
    print(f"threshold on all: {fit_threshold(judged.support, labels):.2f};", end=" ")
    for verdict in Verdict:
        held = np.array([one is verdict for one in judged.verdicts])
        share = labels[held].mean() if held.any() else float("nan")
        print(f"{verdict}: {held.sum()}, {share:.0%} attributable;", end=" ")
    print(f"{judged.ms_per_claim:.0f} ms a claim")


def _as_document(text: str) -> Document:
    return Document(
        id="",
        name="reference.txt",
        title="",
        author="",
        date="",
        text=text,
        encoding="utf-8",
        is_truncated=False,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="How well the support of claims is told.")
    parser.add_argument("--data", type=Path, required=True, help="examples, JSON lines")
    parser.add_argument("--folds", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    examples = load_examples(options.data)
    report(examples, judge_examples(examples), folds=options.folds, repeats=options.repeats)


if __name__ == "__main__":
    main()
