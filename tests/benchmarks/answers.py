"""Measure the assistant on questions, passages and claims that nobody tuned it for.

Run ``python -m tests.benchmarks.answers --data FOLDER [--model ID] [--parts xquad,clapnq,...]``.

FOLDER holds ``xquad_dev.json`` (SQuAD format), ``clapnq_answerable_dev.jsonl`` and
``clapnq_unanswerable_dev.jsonl``, and ``attribution_dev.jsonl`` (AttributionBench). With ``--save
FILE``, each answer is kept as it comes: the same command goes on after a stop, and measures
answers that are kept without asking again. The parts, and what their figures mean:

``retrieval`` (all questions of XQuAD and the answerable ones of ClapNQ, all texts in one index):
    the shares of questions with a gold passage found first and among the first four; gold is a
    passage with the answer (XQuAD) or with most of a selected sentence (ClapNQ).
``attribution`` (all claims): how well support tells claims that their references back, beside
    the share of a claim's words that these hold. AUROC, and the balanced accuracy at thresholds
    fitted on other claims, as ``python -m tests.benchmarks.attribution`` gives them.
``xquad`` (a fixed sample, put to all articles as essays): the shares of questions answered; with
    a citation on the sentence that holds the answer; with that answer in a short enough text, as
    ``assistant evaluate`` counts; of citations that are exact spans of an essay.
``clapnq`` (each question put to its own passage, on its subject, that answers it or does not):
    the shares of the unanswerable refused; of the answerable answered; of the answerable with a
    citation that overlaps a selected sentence, which is what counts as right there; the same of
    those answered; of citations that are exact spans; of shown claims that are fully supported;
    the AUROC with which doubt tells the unanswerable; and, for every bound of doubt that could
    have been set, wrong refusals and wrong answers.
"""

import argparse
import datetime
import json
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from itertools import zip_longest
from pathlib import Path
from types import FrameType
from typing import Final

import numpy as np

from assistant.answering import Assistant
from assistant.cli_progress import notice, show_count, show_steps
from assistant.curves import CurvePoint, make_outcome, render_curve, risk_curve, save_curve
from assistant.errors import StoppedError
from assistant.evaluation import EssayTexts
from assistant.llm import LanguageModel
from assistant.measuring import QuestionResult, answer_question, measure
from assistant.model_setup import prepare_model
from assistant.prompting import PromptBook
from assistant.settings import DEFAULT_MODEL, load_settings
from assistant.support import Verdict
from index.analysis import tokenize
from index.bm25 import K1, B, Bm25Index
from index.corpus import Document
from index.passages import PASSAGE_WORDS, split_passages
from tests.benchmarks.answer_log import AnswerLog
from tests.benchmarks.attribution import cross_validate, judge_examples, load_examples
from tests.benchmarks.datasets import (
    CLAPNQ_FILES,
    XQUAD_FILE,
    BenchmarkQuestion,
    draw_sample,
    load_clapnq,
    load_xquad,
)
from tests.benchmarks.retrieval import (
    Question,
    Ranker,
    Setting,
    Task,
    holds_any,
    load_xquad_task,
)
from tests.benchmarks.tables import Figure, make_auroc, make_share, render_table

ATTRIBUTION_FILE: Final = "attribution_dev.jsonl"
PARTS: Final = ("retrieval", "attribution", "xquad", "clapnq")
"""In the order in which they are measured, the quick ones first."""
MODEL_PARTS: Final = frozenset({"xquad", "clapnq"})
FILES: Final = {
    "retrieval": (XQUAD_FILE, *CLAPNQ_FILES.values()),
    "attribution": (ATTRIBUTION_FILE,),
    "xquad": (XQUAD_FILE,),
    "clapnq": tuple(CLAPNQ_FILES.values()),
}
"""What each part reads."""
XQUAD_SAMPLE: Final = 60
SEED: Final = 20
SHIPPED: Final = Setting("index", K1, B, PASSAGE_WORDS, True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a part comes to; the curve is empty where nothing could be refused rightly."""

    figures: tuple[Figure, ...]
    curve: tuple[CurvePoint, ...] = ()


def load_part(
    part: str, folder: Path, *, limit: int | None = None
) -> tuple[BenchmarkQuestion, ...]:
    """Load the sample of ``xquad``, or all of ``clapnq``, answerable and unanswerable in turn.

    Args:
        part: Which of the two.
        folder: Where the files are.
        limit: The most questions wanted, of ClapNQ of each kind; the same ones for a limit.

    Raises:
        OSError: A file cannot be read.
    """
    if part == "xquad":
        most = XQUAD_SAMPLE if limit is None else min(limit, XQUAD_SAMPLE)
        return draw_sample(load_xquad(folder / XQUAD_FILE), most, seed=SEED)
    kinds = []
    for is_answerable, name in CLAPNQ_FILES.items():
        loaded = load_clapnq(folder / name, is_answerable=is_answerable)
        most = len(loaded) if limit is None else limit
        kinds.append(draw_sample(loaded, most, seed=SEED))
    # In turn, so that a run that was stopped tells something of both.
    return tuple(one for row in zip_longest(*kinds) for one in row if one is not None)


def answer_all(
    part: str,
    questions: Sequence[BenchmarkQuestion],
    model: LanguageModel,
    *,
    log: AnswerLog,
    on_result: Callable[[], None],
    cancelled: threading.Event,
) -> tuple[QuestionResult, ...]:
    """Ask what the log does not hold yet, and measure every answer, in order.

    A result is correct if a citation overlaps the evidence of its question. Ends early, with the
    results so far, if ``cancelled`` is set.
    """
    prompts = PromptBook()
    results: list[QuestionResult] = []
    opened: tuple[Document, ...] = ()
    for one in questions:
        if one.documents is not opened:
            # Questions on the same essays stand together.
            opened, essays = one.documents, EssayTexts(one.documents)
            index = Bm25Index([p for document in opened for p in split_passages(document)])
            assistant = Assistant(index, model, prompts=prompts)
        answer = log.find(part, one.question.id)
        if answer is None:
            try:
                answer = answer_question(assistant, one.question, cancelled=cancelled)
            except StoppedError:
                break
            log.add(part, one.question.id, answer)
        results.append(measure(one.question, answer, essays))
        on_result()
    return tuple(results)


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
            _share_verbatim("xquad", results),
        )
    )


def measure_clapnq(results: Sequence[QuestionResult]) -> Measured:
    """Sum up ClapNQ, where half of the questions have no answer."""
    answerable = [one for one in results if one.question.is_answerable]
    refused = [one.answer.abstained for one in results if not one.question.is_answerable]
    answered = [one for one in answerable if not one.answer.abstained]
    claims = [claim for one in results for claim in one.answer.claims]
    right = [replace(one, is_correct=is_right(one)) for one in results]
    return Measured(
        figures=(
            make_share("clapnq", "unanswerable refused", refused),
            make_share("clapnq", "answerable answered", (one in answered for one in answerable)),
            make_share("clapnq", "answerable, right citation", map(is_right, answerable)),
            make_share("clapnq", "of those answered, right citation", map(is_right, answered)),
            _share_verbatim("clapnq", results),
            make_share(
                "clapnq",
                "shown claims supported",
                (claim.verdict is Verdict.SUPPORTED for claim in claims),
            ),
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


def _share_verbatim(part: str, results: Sequence[QuestionResult]) -> Figure:
    hits = [number < one.n_verbatim for one in results for number in range(one.n_citations)]
    return make_share(part, "citations verbatim", hits)


def measure_retrieval(folder: Path) -> Measured:
    """Rank the passages of all texts of each set for all its answerable questions."""
    questions = load_part("clapnq", folder)
    tasks = {
        "XQuAD": load_xquad_task(folder / XQUAD_FILE),
        "ClapNQ": Task(
            tuple(dict.fromkeys(document for one in questions for document in one.documents)),
            [
                Question(
                    terms=tokenize(one.question.question),
                    is_gold=holds_any(
                        [" ".join(span.quote.split()) for span in one.question.evidence]
                    ),
                    is_home=one.documents.__contains__,
                )
                for one in questions
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
        accuracy = cross_validate(scores, np.array(labels), folds=10, repeats=5)
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


def render_report(model: str, date: str, parts: Sequence[Measured]) -> str:
    """Render one table of all figures, and the curve of each part that has one."""
    figures = [figure for part in parts for figure in part.figures]
    curves = [render_curve(part.curve) for part in parts if part.curve]
    return "\n\n".join([f"{model}, {date}", render_table(figures), *curves])


def _run_model_parts(
    chosen: Sequence[str], options: argparse.Namespace, cancelled: threading.Event
) -> list[Measured]:
    loaded = {part: load_part(part, options.data, limit=options.limit) for part in chosen}
    with show_steps() as show:
        model = prepare_model(
            load_settings(model=options.model), on_status=show, cancelled=cancelled
        )
    log = AnswerLog(options.save, model=model.name)
    found: list[Measured] = []
    with closing(model):
        for part, questions in loaded.items():
            with show_count(len(questions), unit="question") as count:
                results = answer_all(
                    part, questions, model, log=log, on_result=count, cancelled=cancelled
                )
            found.append(measure_xquad(results) if part == "xquad" else measure_clapnq(results))
            if cancelled.is_set():
                break
    return found


def _parse_parts(text: str) -> tuple[str, ...]:
    names = [name.strip() for name in text.split(",")]
    if wrong := [name for name in names if name not in PARTS]:
        raise argparse.ArgumentTypeError(f"{wrong!r} are no parts; give some of {list(PARTS)!r}")
    return tuple(part for part in PARTS if part in names)


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure on public questions and claims.")
    parser.add_argument("--data", type=Path, required=True, help="the folder with the sets")
    parser.add_argument("--model", default=DEFAULT_MODEL, help="default: %(default)s")
    parser.add_argument("--parts", type=_parse_parts, default=PARTS, help=", ".join(PARTS))
    parser.add_argument("--limit", type=int, help="at most so many questions of each part")
    parser.add_argument("--save", type=Path, metavar="FILE", help="keep answers, and go on")
    parser.add_argument("--curve", type=Path, metavar="IMAGE", help="draw the curve of doubt")
    parser.add_argument("--json", action="store_true")
    return parser


def _stop_on_interrupt() -> threading.Event:
    """Return an event that the first Ctrl-C sets; a second one ends the program at once."""
    cancelled = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        cancelled.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    signal.signal(signal.SIGINT, stop)
    return cancelled


def main() -> int:
    """Measure the parts asked for and print the table; 1 if it was stopped before its end."""
    parser = _make_parser()
    options = parser.parse_args()
    names = dict.fromkeys(name for part in options.parts for name in FILES[part])
    if missing := [name for name in names if not (options.data / name).is_file()]:
        parser.error(f"{str(options.data)!r} does not hold {missing!r}; see --help for --parts")
    cancelled = _stop_on_interrupt()
    found: list[Measured] = []
    if "retrieval" in options.parts:
        found.append(measure_retrieval(options.data))
    if "attribution" in options.parts:
        found.append(measure_attribution(options.data / ATTRIBUTION_FILE))
    if asked := [part for part in options.parts if part in MODEL_PARTS]:
        found += _run_model_parts(asked, options, cancelled)
    curves = [part.curve for part in found if part.curve]
    if options.curve and curves:
        save_curve(curves[-1], options.curve)
    date = datetime.date.today().isoformat()
    model = options.model if asked else "no model asked"
    if options.json:
        rows = [asdict(figure) for part in found for figure in part.figures]
        curve = [asdict(point) for points in curves for point in points]
        print(json.dumps({"model": model, "date": date, "figures": rows, "curve": curve}))
    else:
        print(render_report(model, date, found))
    if cancelled.is_set():
        notice("Stopped: the table is of the questions answered until then.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
