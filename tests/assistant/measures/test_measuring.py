"""Questions asked, and their answers measured."""

import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest

from assistant.answering import Assistant
from assistant.answers import Answer, FoundPassage
from assistant.checks.support import Support, Verdict
from assistant.citations import Citation
from assistant.errors import StoppedError
from assistant.evaluation import EssayTexts, EvaluationQuestion, GoldSpan, Kind
from assistant.grounding import Claim
from assistant.measures.measuring import QuestionResult, answer_question, evaluate, measure
from index.corpus import Document
from tests.assistant.corpora import DOCUMENTS, MILL, QUESTION, build_index, count_offered, spread
from tests.assistant.samples import make_answer, make_citation, make_passage
from tests.fakes import FakeModel

GOLD = "Pell closed the mill in the winter of 1903"


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
    result = measure(
        make_question(), make_mill_answer("It shut in 1903.", GOLD), EssayTexts(DOCUMENTS)
    )
    assert result.is_correct
    assert result.is_correct_own_words
    assert result.is_correct_without_model
    assert (result.n_citations, result.n_verbatim, result.n_on_gold) == (1, 1, 1)


def test_a_copied_answer_is_right_but_not_in_own_words() -> None:
    text = "Pell closed the mill in the winter of 1903."
    result = measure(make_question(), make_mill_answer(text, GOLD), EssayTexts(DOCUMENTS))
    assert result.is_correct
    assert not result.is_correct_own_words


def test_a_copy_makes_a_long_answer_too_long_though_its_own_words_are_few() -> None:
    answer = make_mill_answer("In 1903. " + "Many words follow here. " * 9, GOLD)
    result = measure(make_question(), answer, EssayTexts(DOCUMENTS))
    assert not result.is_correct
    assert not result.is_correct_own_words


def test_an_abstention_is_never_right() -> None:
    answer = replace(make_mill_answer("In 1903.", GOLD), abstained=True)
    result = measure(make_question(), answer, EssayTexts(DOCUMENTS))
    assert not result.is_correct
    assert not result.is_correct_own_words


def test_no_model_is_cut_at_the_length_of_the_kind() -> None:
    evidence = (make_citation("word " * 29), make_citation("It was closed in 1903."))
    answer = replace(make_mill_answer("In 1903.", GOLD), evidence=evidence)
    assert not measure(make_question(), answer, EssayTexts(DOCUMENTS)).is_correct_without_model
    assert measure(make_question("why"), answer, EssayTexts(DOCUMENTS)).is_correct_without_model


def test_a_citation_that_is_no_exact_span_is_counted_and_not_verbatim() -> None:
    answer = make_mill_answer("In 1903.", GOLD)
    (citation,) = answer.claims[0].citations
    wrong = (
        replace(citation, start=citation.start + 1),
        replace(citation, essay_id="0" * 16),
        replace(citation, start=9000, end=9000, quote=""),
    )
    answer = replace(answer, claims=(Claim(text="In 1903.", citations=wrong),))
    result = measure(make_question(), answer, EssayTexts(DOCUMENTS))
    assert (result.n_citations, result.n_verbatim) == (3, 0)


def with_verdicts(answer: Answer, *claims: tuple[str, Verdict]) -> Answer:
    citations = answer.claims[0].citations
    return replace(
        answer,
        claims=tuple(
            Claim(text=text, citations=citations, verdict=verdict) for text, verdict in claims
        ),
    )


def test_a_partial_claim_makes_no_answer_right() -> None:
    answer = make_mill_answer("It shut in 1903.", GOLD)
    partial = with_verdicts(answer, ("It shut in 1903.", Verdict.PARTIAL))
    assert not measure(make_question(), partial, EssayTexts(DOCUMENTS)).is_correct
    both = with_verdicts(
        answer, ("It was cold.", Verdict.PARTIAL), ("It shut in 1903.", Verdict.SUPPORTED)
    )
    assert measure(make_question(), both, EssayTexts(DOCUMENTS)).is_correct_own_words


def test_a_partial_claim_counts_for_the_length() -> None:
    answer = with_verdicts(
        make_mill_answer("", GOLD),
        ("It shut in 1903.", Verdict.SUPPORTED),
        ("word " * 27, Verdict.PARTIAL),
    )
    assert not measure(make_question(), answer, EssayTexts(DOCUMENTS)).is_correct


def test_the_quality_of_citations_is_measured_with_a_scorer_only() -> None:
    answer = make_mill_answer("It shut in 1903.", GOLD)

    def score(claim: str, citations: Sequence[Citation]) -> Support:
        return Support(score=1.0, verdict=Verdict.SUPPORTED, reason="")

    assert measure(make_question(), answer, EssayTexts(DOCUMENTS)).quality is None
    quality = measure(make_question(), answer, EssayTexts(DOCUMENTS), score=score).quality
    assert quality is not None
    assert (quality.n_claims, quality.n_carried) == (1, 1)


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
        assert measure(make_question(), answer, EssayTexts(DOCUMENTS)).gold_rank == rank


def test_gold_that_is_nowhere_is_no_gold() -> None:
    question = make_question(gold="Nobody wrote this.")
    result = measure(question, make_mill_answer("In 1903.", GOLD), EssayTexts(DOCUMENTS))
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


def test_a_question_stopped_before_its_answer_has_none() -> None:
    cancelled = threading.Event()
    cancelled.set()
    index = build_index()
    question = replace(make_question(), question=QUESTION)
    with pytest.raises(StoppedError):
        answer_question(Assistant(index, FakeModel()), question, cancelled=cancelled)
