"""Measure the assistant on questions, passages and claims that nobody tuned it for.

Run ``python -m tests.benchmarks.answers --data FOLDER [--model ID] [--parts xquad,clapnq,...]``.

FOLDER holds ``xquad_dev.json`` (SQuAD format), ``clapnq_answerable_dev.jsonl`` and
``clapnq_unanswerable_dev.jsonl``, and ``attribution_dev.jsonl`` (AttributionBench). With ``--save
FILE``, each answer is kept as it comes: the same command goes on after a stop, and measures
answers that are kept without asking again, or loading the model if all are. The parts, and what
their figures mean:

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
    those answered; the figures of citations; the AUROC with which doubt tells the unanswerable;
    and, for every bound of doubt that could have been set, wrong refusals and wrong answers.

The figures of citations are the shares of citations that are exact spans of an essay; of shown
claims that are supported, not in part only; of shown claims that one citation carries alone; and
of citations that carry their claim alone or without which the others do less, the last three by
the assistant's own scorer (see ``assistant.measures.citation_quality``).
"""

import argparse
import datetime
import json
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict
from functools import cache
from itertools import zip_longest
from pathlib import Path
from types import FrameType
from typing import Final

from assistant.answering import Assistant
from assistant.commands.progress import notice, show_count, show_steps
from assistant.errors import StoppedError
from assistant.evaluation import EssayTexts
from assistant.llm import LanguageModel
from assistant.local_models.setup import prepare_model
from assistant.measures.citation_quality import make_scorer
from assistant.measures.curves import render_curve, save_curve
from assistant.measures.measuring import QuestionResult, answer_question, measure
from assistant.models import find_model
from assistant.prompting import PromptBook
from assistant.settings import DEFAULT_MODEL, load_settings
from index.bm25 import Bm25Index
from index.corpus import Document
from index.passages import split_passages
from tests.benchmarks.answer_log import AnswerLog
from tests.benchmarks.datasets import (
    CLAPNQ_FILES,
    XQUAD_FILE,
    BenchmarkQuestion,
    draw_sample,
    load_clapnq,
    load_xquad,
)
from tests.benchmarks.measures import (
    Measured,
    measure_attribution,
    measure_clapnq,
    measure_retrieval,
    measure_xquad,
)
from tests.benchmarks.tables import render_table

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
    open_model: Callable[[], LanguageModel],
    *,
    log: AnswerLog,
    on_result: Callable[[], None],
    cancelled: threading.Event,
) -> tuple[QuestionResult, ...]:
    """Ask what the log does not hold yet, and measure every answer, in order.

    The model is opened for the first question to ask, if there is any. Ends early, with the
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
            score = make_scorer(index)
        answer = log.find(part, one.question.id)
        if answer is None:
            try:
                assistant = Assistant(index, open_model(), prompts=prompts)
                answer = answer_question(assistant, one.question, cancelled=cancelled)
            except StoppedError:
                break
            log.add(part, one.question.id, answer)
        results.append(measure(one.question, answer, essays, score=score))
        on_result()
    return tuple(results)


def render_report(model: str, date: str, parts: Sequence[Measured]) -> str:
    """Render one table of all figures, and the curve of each part that has one."""
    figures = [figure for part in parts for figure in part.figures]
    curves = [render_curve(part.curve) for part in parts if part.curve]
    return "\n\n".join([f"{model}, {date}", render_table(figures), *curves])


def _run_model_parts(
    chosen: Sequence[str], options: argparse.Namespace, cancelled: threading.Event
) -> list[Measured]:
    loaded = {part: load_part(part, options.data, limit=options.limit) for part in chosen}
    settings = load_settings(model=options.model)
    log = AnswerLog(
        options.save, model=find_model(settings.model, models_dir=settings.models_dir).id
    )
    found: list[Measured] = []
    with ExitStack() as stack:

        @cache
        def open_model() -> LanguageModel:
            with show_steps() as show:
                model = prepare_model(settings, on_status=show, cancelled=cancelled)
            return stack.enter_context(closing(model))

        for part, questions in loaded.items():
            with show_count(len(questions), unit="question") as count:
                results = answer_all(
                    part, questions, open_model, log=log, on_result=count, cancelled=cancelled
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
        found.append(
            measure_retrieval(options.data / XQUAD_FILE, load_part("clapnq", options.data))
        )
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
