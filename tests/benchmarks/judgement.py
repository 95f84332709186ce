"""Fit the weights by which the assistant judges whether the essays answer.

Run ``python -m tests.benchmarks.judgement --data FOLDER [--model ID] --save FILE [--pool FILE]``.
The folder holds ``xquad_dev.json`` and the two files of ClapNQ. Questions of XQuAD that are in no
sample reported elsewhere are put, in turn, to their whole article; to their article without the
paragraph that answers; to that paragraph alone; and to the paragraph of the article that shares
most words with them. The second and the last are not answered though all of their subject is
there. Those of ClapNQ are put to their own passage, which answers half of them.

The signals of each question are appended to FILE, so that a stopped run goes on; questions that
are declined before the model is asked have none. Printed are the AUROC of each signal alone and
of all weighed together, the same without each one, the weights, and for some doubts the shares
declined and answered. Whatever is weighed together is told of a question by weights that were
fitted without it (ten folds), questions declined without signals included.
"""

import argparse
import json
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tqdm import tqdm

from assistant.answering import Assistant
from assistant.answers import QuotesChosen
from assistant.judging import LEAST_SHARE, Signals
from assistant.llm import LanguageModel
from assistant.local_models.setup import prepare_model
from assistant.prompting import PromptBook
from assistant.settings import load_settings
from index.analysis import tokenize
from index.bm25 import Bm25Index
from index.corpus import Document
from index.passages import split_passages
from tests.benchmarks.answers import SEED, XQUAD_SAMPLE
from tests.benchmarks.datasets import (
    CLAPNQ_FILES,
    XQUAD_FILE,
    BenchmarkQuestion,
    draw_sample,
    load_clapnq,
    load_xquad,
)
from tests.index.essays import make_document

N_QUESTIONS: Final = 160
"""Of XQuAD."""
FOLDS: Final = 10
BOUNDS_SHOWN: Final = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
NAMES: Final = tuple(field.name for field in fields(Signals))
"""The signals, in the order of the columns."""

Table = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The signals of one question, None without any, and whether its essays answer it."""

    id: str
    is_answerable: bool
    signals: Signals | None

    @property
    def part(self) -> str:
        """The set that the question is of."""
        return "clapnq" if ":" in self.id else "xquad"


def derive_questions(
    questions: Sequence[BenchmarkQuestion], n: int
) -> Iterator[tuple[str, str, bool, Document]]:
    """Yield id, question, whether it is answered, and the one essay that it is put to."""
    reported = {one.question.id for one in draw_sample(questions, XQUAD_SAMPLE, seed=SEED)}
    kept = [one for one in questions if one.question.id not in reported]
    drawn = random.Random(SEED + 1).sample(kept, min(n, len(kept)))
    for number, one in enumerate(drawn):
        asked, gold = one.question.question, one.question.evidence[0]
        article = next(found for found in one.documents if found.name == gold.essay)
        paragraphs = article.text.split("\n\n")
        own = [text for text in paragraphs if gold.quote in text]
        others = [text for text in paragraphs if gold.quote not in text]
        match number % 4:
            case 0:
                text = article.text
            case 1:
                text = "\n\n".join(others)
            case 2:
                text = own[0]
            case _:
                text = _find_closest(asked, others)
        yield (
            one.question.id,
            asked,
            number % 2 == 0,
            make_document(text, title=article.title, name=article.name),
        )


def load_clapnq_questions(folder: Path) -> Iterator[tuple[str, str, bool, Document]]:
    """Yield the same of all questions of ClapNQ."""
    for is_answerable, name in CLAPNQ_FILES.items():
        for one in load_clapnq(folder / name, is_answerable=is_answerable):
            (passage,) = one.documents
            yield one.question.id, one.question.question, is_answerable, passage


def _find_closest(question: str, paragraphs: Sequence[str]) -> str:
    """Return the paragraph that shares the most terms with a question."""
    asked = frozenset(tokenize(question))
    return max(paragraphs, key=lambda text: len(asked & frozenset(tokenize(text))))


def collect_rows(
    model: LanguageModel, questions: Sequence[tuple[str, str, bool, Document]], path: Path
) -> tuple[Row, ...]:
    """Ask each question that ``path`` does not hold yet, and append its signals to it."""
    rows = {row.id: row for row in _load_rows(path)}
    prompts = PromptBook()
    with path.open("a", encoding="utf-8") as file:
        for name, question, is_answerable, document in tqdm(questions, unit="question"):
            if name in rows:
                continue
            assistant = Assistant(Bm25Index(split_passages(document)), model, prompts=prompts)
            row = Row(
                id=name, is_answerable=is_answerable, signals=_find_signals(assistant, question)
            )
            rows[name] = row
            file.write(json.dumps(asdict(row)) + "\n")
            file.flush()
    return tuple(rows.values())


def _find_signals(assistant: Assistant, question: str) -> Signals | None:
    """Ask until the evidence is judged, not further."""
    for event in assistant.ask(question, cancelled=threading.Event()):
        if isinstance(event, QuotesChosen):
            return event.signals
    return None


def _load_rows(path: Path) -> Iterator[Row]:
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        raw: dict[str, Any] = json.loads(line)
        signals = Signals(**raw["signals"]) if raw["signals"] else None
        yield Row(id=raw["id"], is_answerable=raw["is_answerable"], signals=signals)


def to_columns(rows: Sequence[Row]) -> Table:
    """Return the signals as ``weigh_doubt`` counts them: float64, (n_rows, n_signals)."""
    table = np.array([[getattr(row.signals, name) for name in NAMES] for row in rows])
    for number, name in enumerate(NAMES):
        if name.startswith("p_"):
            table[:, number] = np.log(table[:, number] + LEAST_SHARE)
    return table


def report(rows: Sequence[Row]) -> str:
    """Return the figures and the fitted weights as text."""
    judged = [row for row in rows if row.signals is not None]
    table, labels = to_columns(judged), _labels(judged)
    lines = [
        f"{len(rows)} questions, {int(_labels(rows).sum())} of them unanswerable;"
        f" {len(judged)} with signals, {int(labels.sum())} of them unanswerable"
    ]
    for number, name in enumerate(NAMES):
        rest = _predict(np.delete(table, number, axis=1), judged)
        lines.append(
            f"  {name:16} alone {roc_auc_score(labels, table[:, number]):.3f}"
            f"   all others {roc_auc_score(labels, rest):.3f}"
        )
    doubts = _predict(table, judged)
    lines.append(f"  all together     {roc_auc_score(labels, doubts):.3f}")
    model = _make_model().fit(table, labels)
    scaler, fitted = model[0], model[1]
    weights = fitted.coef_[0] / scaler.scale_
    bias = float(fitted.intercept_[0] - (weights * scaler.mean_).sum())
    shown = (f"{name}={weight:.2f}" for name, weight in zip(NAMES, weights, strict=True))
    lines.append(f"weights: bias={bias:.2f}, {', '.join(shown)}")
    by_id = dict(zip((row.id for row in judged), doubts.tolist(), strict=True))
    for part in sorted({row.part for row in rows}):
        own = [row for row in rows if row.part == part]
        lines.append(_report_part(part, own, lambda row: by_id.get(row.id, 1.0)))
    return "\n".join(lines)


def _report_part(part: str, rows: Sequence[Row], doubt_of: Callable[[Row], float]) -> str:
    doubts, labels = np.array([doubt_of(row) for row in rows]), _labels(rows)
    lines = [f"{part}: {len(rows)} questions, AUROC {roc_auc_score(labels, doubts):.3f}"]
    for bound in BOUNDS_SHOWN:
        declined = (doubts[labels] >= bound).mean()
        answered = (doubts[~labels] < bound).mean()
        lines.append(f"  doubt {bound:.2f}: declined {declined:.2f}, answered {answered:.2f}")
    return "\n".join(lines)


def _labels(rows: Sequence[Row]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return np.array([not row.is_answerable for row in rows])


def _make_model() -> Any:
    return make_pipeline(StandardScaler(), LogisticRegression())


def _predict(table: Table, rows: Sequence[Row]) -> Table:
    """Return each question's doubt by weights that were fitted without it."""
    strata = [f"{row.part} {row.is_answerable}" for row in rows]
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(table, strata)
    found: Table = cross_val_predict(
        _make_model(), table, _labels(rows), cv=list(folds), method="predict_proba"
    )[:, 1]
    return found


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--model", default="", metavar="ID|PATH")
    parser.add_argument("--questions", type=int, default=N_QUESTIONS)
    parser.add_argument("--save", type=Path, required=True, metavar="FILE")
    parser.add_argument(
        "--pool",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="what --save kept of another model, to fit weights for any model from both",
    )
    options = parser.parse_args()
    questions = (
        *derive_questions(load_xquad(options.data / XQUAD_FILE), options.questions),
        *load_clapnq_questions(options.data),
    )
    settings = load_settings(model=options.model, offline=True)
    model = prepare_model(settings, on_status=lambda status: None, cancelled=threading.Event())
    try:
        rows = collect_rows(model, questions, options.save)
    finally:
        model.close()
    print(report(rows))
    if options.pool:
        print("with the other models:")
        print(report([*rows, *(row for path in options.pool for row in _load_rows(path))]))


if __name__ == "__main__":
    main()
