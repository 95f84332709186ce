"""The benchmark of answers, on invented questions and a fake model."""

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answers import Answer, Reason
from assistant.checks.support import Verdict
from assistant.citations import cite
from assistant.evaluation import EvaluationQuestion, GoldSpan, Kind
from assistant.grounding import Claim
from assistant.measures.curves import CurvePoint
from assistant.measures.measuring import QuestionResult
from tests.assistant.corpora import MILL
from tests.assistant.samples import make_answer
from tests.benchmarks.answer_log import AnswerLog
from tests.benchmarks.answers import answer_all, load_part, render_report
from tests.benchmarks.datasets import CLAPNQ_FILES, XQUAD_FILE, BenchmarkQuestion
from tests.benchmarks.measures import (
    Measured,
    is_right,
    measure_clapnq,
    measure_retrieval,
    measure_xquad,
)
from tests.benchmarks.test_datasets import make_record, write_xquad
from tests.fakes import FakeModel

GOLD = "Pell closed the mill in the winter of 1903, because the river had frozen."


def make_question(name: str, *, kind: Kind = "why", asked: str = "why close") -> BenchmarkQuestion:
    is_answerable = kind != "unanswerable"
    return BenchmarkQuestion(
        question=EvaluationQuestion(
            id=name,
            kind=kind,
            question=asked,
            facts=(("frozen",),) if is_answerable else (),
            evidence=(GoldSpan(essay="mills.md", quote=GOLD),) if is_answerable else (),
            history=(),
        ),
        documents=(MILL,),
    )


def cite_words(words: str, *, doubt: float, verdict: Verdict = Verdict.SUPPORTED) -> Answer:
    start = MILL.text.index(words)
    citation = cite(MILL, start=start, end=start + len(words))
    claim = Claim(text="The river had frozen.", citations=(citation,), verdict=verdict)
    return replace(make_answer(), claims=(claim,), doubt=doubt)


def refuse(doubt: float) -> Answer:
    return replace(
        make_answer(), claims=(), abstained=True, reason=Reason.NOT_IN_EVIDENCE, doubt=doubt
    )


ANSWERS: dict[str, Answer] = {
    "right": cite_words(GOLD, doubt=0.1),
    "elsewhere": cite_words("The mill at Harrow", doubt=0.3, verdict=Verdict.PARTIAL),
    "refused": refuse(0.6),
    "fooled": cite_words(GOLD, doubt=0.2),
    "unfooled": refuse(0.9),
}
QUESTIONS = [
    *(make_question(name) for name in ("right", "elsewhere", "refused")),
    *(make_question(name, kind="unanswerable") for name in ("fooled", "unfooled")),
]


def keep(answers: dict[str, Answer]) -> AnswerLog:
    log = AnswerLog(None, model="fake")
    for name, answer in answers.items():
        log.add("clapnq", name, answer)
    return log


def run(
    questions: list[BenchmarkQuestion], log: AnswerLog, *, cancelled: threading.Event | None = None
) -> tuple[QuestionResult, ...]:
    return answer_all(
        "clapnq",
        questions,
        FakeModel,
        log=log,
        on_result=lambda: None,
        cancelled=cancelled or threading.Event(),
    )


def values(measured: Measured) -> dict[str, float | None]:
    return {figure.name: figure.value for figure in measured.figures}


def test_answers_kept_are_measured_and_not_asked_for_again() -> None:
    results = run(QUESTIONS, keep(ANSWERS))
    assert [one.answer for one in results] == list(ANSWERS.values())
    assert [is_right(one) for one in results] == [True, False, False, False, False]


def test_what_is_not_kept_is_asked_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    # No passage shares a term with it, so no model is asked.
    question = make_question("new", asked="painted sunflowers")
    run([question], AnswerLog(path, model="fake"))
    kept = AnswerLog(path, model="fake").find("clapnq", "new")
    assert kept is not None
    assert kept.abstained


def test_a_stop_leaves_the_results_until_then() -> None:
    cancelled = threading.Event()
    cancelled.set()
    kept = {"right": ANSWERS["right"]}
    assert len(run(QUESTIONS, keep(kept), cancelled=cancelled)) == 1


def test_clapnq_counts_refusals_answers_and_right_citations() -> None:
    measured = measure_clapnq(run(QUESTIONS, keep(ANSWERS)))
    assert values(measured) == {
        "unanswerable refused": 0.5,
        "answerable answered": pytest.approx(2 / 3, abs=1e-4),
        "answerable, right citation": pytest.approx(1 / 3, abs=1e-4),
        "of those answered, right citation": 0.5,
        "citations verbatim": 1.0,
        "shown claims supported": pytest.approx(2 / 3, abs=1e-4),
        "shown claims carried by one citation": pytest.approx(2 / 3, abs=1e-4),
        "citations enough or needed": pytest.approx(2 / 3, abs=1e-4),
        "AUROC of doubt": pytest.approx(4 / 6, abs=1e-4),
    }


def test_the_curve_of_clapnq_takes_a_wrong_citation_for_a_wrong_answer() -> None:
    curve = measure_clapnq(run(QUESTIONS, keep(ANSWERS))).curve
    assert curve[-1] == CurvePoint(
        threshold=1.0, wrong_refusals=0, wrong_answers=2, wrong_contents=1, unknown_contents=1
    )


def test_xquad_counts_answers_citations_and_texts() -> None:
    results = run(QUESTIONS[:3], keep(ANSWERS))
    assert values(measure_xquad(results)) == {
        "answered": pytest.approx(2 / 3, abs=1e-4),
        "citation on the answer": pytest.approx(1 / 3, abs=1e-4),
        "holds the answer": pytest.approx(1 / 3, abs=1e-4),
        "citations verbatim": 1.0,
        "shown claims supported": 0.5,
        "shown claims carried by one citation": 0.5,
        "citations enough or needed": 0.5,
    }


def write_sets(path: Path) -> Path:
    write_xquad(path).rename(path / XQUAD_FILE)
    for is_answerable, name in CLAPNQ_FILES.items():
        selected = (0, 1) if is_answerable else ()
        records = [{**make_record(*selected), "id": str(number)} for number in range(3)]
        (path / name).write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    return path


def test_a_part_is_loaded_with_both_kinds_in_turn(tmp_path: Path) -> None:
    folder = write_sets(tmp_path)
    loaded = load_part("clapnq", folder)
    assert [one.question.is_answerable for one in loaded] == [True, False] * 3
    assert len(load_part("clapnq", folder, limit=1)) == 2
    assert len(load_part("xquad", folder, limit=1)) == 1


def test_retrieval_is_measured_on_all_questions_with_an_answer(tmp_path: Path) -> None:
    folder = write_sets(tmp_path)
    figures = measure_retrieval(folder / XQUAD_FILE, load_part("clapnq", folder)).figures
    assert [(one.name.partition(",")[0], one.n) for one in figures] == [
        *[("XQuAD", 2)] * 2,
        *[("ClapNQ", 3)] * 2,
    ]
    assert {one.value for one in figures if one.name.startswith("ClapNQ")} == {1.0}


def test_the_report_names_model_and_date_and_has_one_table_and_the_curve() -> None:
    measured = measure_clapnq(run(QUESTIONS, keep(ANSWERS)))
    head, table, curve = render_report("fake", "2026-01-31", [measured]).split("\n\n")
    assert head == "fake, 2026-01-31"
    assert len(table.splitlines()) == 1 + len(measured.figures)
    assert curve.startswith("refuse from doubt")
