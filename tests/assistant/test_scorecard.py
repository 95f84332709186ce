"""Figures from answers, on results small enough to check by eye."""

import json
import threading
from dataclasses import replace

import pytest

from assistant.answering import Assistant
from assistant.answers import Answer, FoundPassage, Reason, Seconds
from assistant.evaluation import EvaluationQuestion, GoldSpan, Kind
from assistant.grounding import Claim
from assistant.llm import Usage
from assistant.scorecard import QuestionResult, evaluate, make_scorecard, measure
from index.corpus import Document
from tests.assistant.corpora import DOCUMENTS, MILL, QUESTION, build_index, count_offered, spread
from tests.assistant.samples import make_answer, make_citation, make_passage
from tests.fakes import FakeModel

GOLD = "Pell closed the mill in the winter of 1903"
GROUPS = {
    "answerable": {"n", "correct", "correct_own_words", "abstained"},
    "unanswerable": {"n", "abstained"},
    "no_model": {"correct"},
    "retrieval": {"n", "recall_at_1", "recall_at_4", "mrr"},
    "citations": {"n", "verbatim", "gold", "on_gold"},
    "tokens": {"prompt_p50", "evaluated_p50"},
    "seconds": {"search_p50", "first_token_p50", "total_p50"},
}


def make_question(
    kind: Kind = "fact", *, name: str = "q", gold: str = GOLD, facts: tuple[str, ...] = ("1903",)
) -> EvaluationQuestion:
    return EvaluationQuestion(
        id=name,
        kind=kind,
        question="When did Pell close the mill?",
        facts=(facts,) if kind != "unanswerable" else (),
        evidence=(GoldSpan(essay="mills.md", quote=gold),) if kind != "unanswerable" else (),
        history=(),
    )


def make_result(
    kind: Kind = "fact",
    *,
    correct: bool = False,
    own: bool = False,
    alone: bool = False,
    abstained: bool = False,
    rank: int = 0,
    has_gold: bool = True,
    citations: tuple[int, int, int] = (0, 0, 0),
    usage: tuple[int, int, int] = (100, 50, 10),
    seconds: tuple[float, float, float] = (0.1, 1.0, 2.0),
) -> QuestionResult:
    search, first, total = seconds
    prompt, evaluated, generated = usage
    answer = replace(
        make_answer(),
        abstained=abstained,
        usage=Usage(prompt=prompt, evaluated=evaluated, generated=generated),
        seconds=Seconds(search=search, first_token=first, total=total),
    )
    if abstained:
        answer = replace(answer, claims=(), reason=Reason.NOT_IN_EVIDENCE)
    return QuestionResult(
        question=make_question(kind),
        answer=answer,
        is_correct=correct,
        is_correct_own_words=own,
        is_correct_without_model=alone,
        gold_rank=rank,
        has_gold=has_gold,
        n_citations=citations[0],
        n_verbatim=citations[1],
        n_on_gold=citations[2],
    )


RESULTS = (
    make_result(
        correct=True, own=True, rank=1, citations=(2, 2, 1), usage=(100, 40, 9),
        seconds=(0.1, 1.0, 2.0),
    ),
    make_result(
        "why", correct=True, alone=True, rank=5, citations=(2, 1, 0), usage=(200, 60, 9),
        seconds=(0.2, 3.0, 4.0),
    ),
    make_result("compare", abstained=True, rank=2, usage=(300, 80, 0), seconds=(0.3, 9.0, 9.0)),
    make_result(
        "followup", has_gold=False, citations=(1, 1, 0), usage=(400, 90, 9),
        seconds=(0.4, 5.0, 6.0),
    ),
    make_result("unanswerable", abstained=True, has_gold=False, usage=(0, 0, 0)),
    make_result("unanswerable", has_gold=False, citations=(1, 1, 0), usage=(500, 70, 9)),
)  # fmt: skip


def test_answers_are_counted_by_kind() -> None:
    card = make_scorecard(RESULTS)
    assert (card.answerable.n, card.answerable.correct) == (4, 2)
    assert (card.answerable.correct_own_words, card.answerable.abstained) == (1, 1)
    assert (card.unanswerable.n, card.unanswerable.abstained) == (2, 1)
    assert card.no_model.correct == 1


def test_retrieval_counts_the_questions_with_gold_in_the_corpus() -> None:
    retrieval = make_scorecard(RESULTS).retrieval
    assert retrieval.n == 3
    assert retrieval.recall_at_1 == pytest.approx(1 / 3, abs=1e-4)
    assert retrieval.recall_at_4 == pytest.approx(2 / 3, abs=1e-4)
    assert retrieval.mrr == pytest.approx((1 + 1 / 5 + 1 / 2) / 3, abs=1e-4)


def test_a_gold_passage_that_was_not_found_counts_as_nothing() -> None:
    retrieval = make_scorecard([make_result(rank=0), make_result(rank=4)]).retrieval
    assert (retrieval.recall_at_1, retrieval.recall_at_4, retrieval.mrr) == (0.0, 0.5, 0.125)


def test_citations_are_compared_with_gold_where_the_corpus_has_it() -> None:
    citations = make_scorecard(RESULTS).citations
    assert (citations.n, citations.verbatim) == (6, 5)
    assert citations.gold == 0.5, "one of the two answered questions with gold"
    assert citations.on_gold == 0.25, "one of their four citations"


def test_medians_of_tokens_are_of_the_questions_that_reached_the_model() -> None:
    tokens = make_scorecard(RESULTS).tokens
    assert (tokens.prompt_p50, tokens.evaluated_p50) == (300, 70)


def test_medians_of_seconds_are_of_all_and_the_first_token_of_those_answered() -> None:
    seconds = make_scorecard(RESULTS[:4]).seconds
    assert (seconds.search_p50, seconds.total_p50) == (0.25, 5.0)
    assert seconds.first_token_p50 == 3.0


def test_nothing_measured_gives_none_and_not_zero() -> None:
    card = make_scorecard([])
    assert card.answerable.n == card.retrieval.n == card.citations.n == 0
    shares = (
        *(card.retrieval.recall_at_1, card.retrieval.recall_at_4, card.retrieval.mrr),
        *(card.citations.gold, card.citations.on_gold),
        *(card.tokens.prompt_p50, card.tokens.evaluated_p50),
        *(card.seconds.search_p50, card.seconds.first_token_p50, card.seconds.total_p50),
    )
    assert set(shares) == {None}


def test_gold_is_none_where_the_corpus_has_none() -> None:
    card = make_scorecard([make_result(has_gold=False, citations=(1, 1, 0))])
    assert (card.citations.gold, card.citations.on_gold) == (None, None)


def test_the_json_has_the_keys_agreed() -> None:
    printed = json.loads(json.dumps(make_scorecard(RESULTS).to_json(RESULTS)))
    for name, keys in GROUPS.items():
        assert set(printed[name]) == keys
    assert set(printed) == {*GROUPS, "questions", "model"}
    assert len(printed["questions"]) == len(RESULTS)


def test_each_question_is_printed_with_its_answer_and_every_verdict() -> None:
    (row,) = json.loads(json.dumps(make_scorecard(RESULTS).to_json(RESULTS[:1])))["questions"]
    assert row["answer"] == RESULTS[0].answer.text
    assert row["question"] == RESULTS[0].question.question
    assert (row["kind"], row["abstained"], row["reason"]) == ("fact", False, "answered")
    assert (row["correct"], row["correct_own_words"], row["correct_no_model"]) == (
        True,
        True,
        False,
    )
    assert (row["gold_rank"], row["citations_on_gold"]) == (1, 1)
    assert row["tokens"] == {"prompt": 100, "evaluated": 40, "generated": 9}
    assert row["seconds"] == {"search": 0.1, "first_token": 1.0, "total": 2.0}


# One answer measured


def place(document: Document, words: str) -> tuple[int, int]:
    start = document.text.index(words)
    return start, start + len(words)


def make_mill_answer(text: str, *quoted: str) -> Answer:
    citations = tuple(
        replace(make_citation(words), essay_id=MILL.id, start=start, end=end)
        for words in quoted
        for start, end in [place(MILL, words)]
    )
    return replace(
        make_answer(),
        claims=(Claim(text=text, citations=citations),),
        evidence=(make_citation("Pell closed the mill in the winter of 1903."),),
        quotes=(),
    )


def test_a_right_answer_in_own_words_is_all_three() -> None:
    result = measure(make_question(), make_mill_answer("It shut in 1903.", GOLD), DOCUMENTS)
    assert result.is_correct
    assert result.is_correct_own_words
    assert result.is_correct_without_model
    assert (result.n_citations, result.n_verbatim, result.n_on_gold) == (1, 1, 1)


def test_a_copied_answer_is_right_but_not_in_own_words() -> None:
    text = "Pell closed the mill in the winter of 1903."
    result = measure(make_question(), make_mill_answer(text, GOLD), DOCUMENTS)
    assert result.is_correct
    assert not result.is_correct_own_words


def test_a_copy_makes_a_long_answer_too_long_though_its_own_words_are_few() -> None:
    answer = make_mill_answer("In 1903. " + "Many words follow here. " * 9, GOLD)
    result = measure(make_question(), answer, DOCUMENTS)
    assert not result.is_correct
    assert not result.is_correct_own_words


def test_an_abstention_is_never_right() -> None:
    answer = replace(make_mill_answer("In 1903.", GOLD), abstained=True)
    result = measure(make_question(), answer, DOCUMENTS)
    assert not result.is_correct
    assert not result.is_correct_own_words


def test_no_model_is_cut_at_the_length_of_the_kind() -> None:
    evidence = (make_citation("word " * 29), make_citation("It was closed in 1903."))
    answer = replace(make_mill_answer("In 1903.", GOLD), evidence=evidence)
    assert not measure(make_question(), answer, DOCUMENTS).is_correct_without_model
    assert measure(make_question("why"), answer, DOCUMENTS).is_correct_without_model


def test_a_citation_that_is_no_exact_span_is_counted_and_not_verbatim() -> None:
    answer = make_mill_answer("In 1903.", GOLD)
    (citation,) = answer.claims[0].citations
    wrong = (
        replace(citation, start=citation.start + 1),
        replace(citation, essay_id="0" * 16),
        replace(citation, start=9000, end=9000, quote=""),
    )
    answer = replace(answer, claims=(Claim(text="In 1903.", citations=wrong),))
    result = measure(make_question(), answer, DOCUMENTS)
    assert (result.n_citations, result.n_verbatim) == (3, 0)


def found(rank: int, start: int, end: int) -> FoundPassage:
    return replace(
        make_passage(MILL.text[start:end]), essay_id=MILL.id, start=start, end=end, rank=rank
    )


def test_a_passage_is_gold_with_four_fifths_of_a_span() -> None:
    start, end = place(MILL, GOLD)
    share = (end - start) * 4 // 5
    too_little, enough = found(1, start, start + share - 2), found(2, start, start + share + 1)
    for passages, rank in (((too_little, enough), 2), ((too_little,), 0)):
        answer = replace(make_mill_answer("In 1903."), passages=passages)
        assert measure(make_question(), answer, DOCUMENTS).gold_rank == rank


def test_gold_that_is_nowhere_is_no_gold() -> None:
    question = make_question(gold="Nobody wrote this.")
    result = measure(question, make_mill_answer("In 1903.", GOLD), DOCUMENTS)
    assert not result.has_gold
    assert result.n_on_gold == 0


# Asking


def test_every_question_is_asked_in_order_and_told_as_it_is_answered() -> None:
    index = build_index()
    questions = [replace(make_question(name=name), question=QUESTION) for name in ("one", "two")]
    shares = spread(count_offered(index, QUESTION), 0.0)
    model = FakeModel(["Pell closed the mill in 1903.", "Pell closed it."], [shares, shares])
    told: list[QuestionResult] = []
    results = evaluate(
        Assistant(index, model),
        questions,
        DOCUMENTS,
        on_result=told.append,
        cancelled=threading.Event(),
    )
    assert [one.question.id for one in results] == ["one", "two"]
    assert results == tuple(told)
    assert results[0].is_correct


def test_a_stop_leaves_the_other_questions_unasked() -> None:
    index = build_index()
    questions = [replace(make_question(name=name), question=QUESTION) for name in ("one", "two")]
    model = FakeModel(["Pell closed it."], [spread(count_offered(index, QUESTION), 0.0)])
    cancelled = threading.Event()
    results = evaluate(
        Assistant(index, model),
        questions,
        DOCUMENTS,
        on_result=lambda result: cancelled.set(),
        cancelled=cancelled,
    )
    assert [one.question.id for one in results] == ["one"]
