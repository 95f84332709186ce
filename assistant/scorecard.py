"""From answers to questions with known answers to figures."""

import statistics
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from assistant.answering import Assistant
from assistant.answers import Answer, Answered
from assistant.evaluation import (
    GOLD_SHARE,
    MAX_WORDS,
    EvaluationQuestion,
    GoldRange,
    cut_words,
    find_gold,
    is_correct_text,
    own_words,
)
from index.corpus import Document

RECALL_DEPTH: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionResult:
    """One question, its answer, and what the measures say of it.

    Attributes:
        question: The question with its known answer.
        answer: What the assistant gave.
        is_correct: Right, and no longer than admissible.
        is_correct_own_words: The same without sentences copied from the evidence.
        is_correct_without_model: The same of the evidence alone, cut at that length.
        gold_rank: Rank of the first passage that holds enough of a gold span; 0 if none does.
        has_gold: Whether the corpus holds a gold span.
        n_citations: Citations of the shown claims.
        n_verbatim: Those that are exact spans of an essay in use.
        n_on_gold: Those that overlap a gold span.
    """

    question: EvaluationQuestion
    answer: Answer
    is_correct: bool
    is_correct_own_words: bool
    is_correct_without_model: bool
    gold_rank: int
    has_gold: bool
    n_citations: int
    n_verbatim: int
    n_on_gold: int


def evaluate(
    assistant: Assistant,
    questions: Sequence[EvaluationQuestion],
    documents: Sequence[Document],
    *,
    on_result: Callable[[QuestionResult], None],
    cancelled: threading.Event,
) -> tuple[QuestionResult, ...]:
    """Ask every question in order and measure each answer.

    Raises:
        ModelError: The model failed.
    """
    results: list[QuestionResult] = []
    for question in questions:
        for event in assistant.ask(
            question.question, history=question.history, cancelled=cancelled
        ):
            if isinstance(event, Answered) and not event.answer.is_stopped:
                results.append(measure(question, event.answer, documents))
                on_result(results[-1])
        if cancelled.is_set():
            break
    return tuple(results)


def measure(
    question: EvaluationQuestion, answer: Answer, documents: Sequence[Document]
) -> QuestionResult:
    """Compare an answer with what is known; see ``QuestionResult``."""
    texts = {document.id: document.text for document in documents}
    gold = find_gold(question, documents)
    citations = [citation for claim in answer.claims for citation in claim.citations]
    evidence = " ".join(span.quote for span in answer.evidence)
    is_shown = not answer.abstained
    return QuestionResult(
        question=question,
        answer=answer,
        is_correct=is_shown and is_correct_text(answer.text, question),
        is_correct_own_words=is_shown
        and is_correct_text(answer.text, question)
        and is_correct_text(own_words(answer), question),
        is_correct_without_model=is_correct_text(
            cut_words(evidence, MAX_WORDS.get(question.kind, 0)), question
        ),
        gold_rank=_gold_rank(answer, gold),
        has_gold=bool(gold),
        n_citations=len(citations),
        n_verbatim=sum(
            texts.get(one.essay_id, "")[one.start : one.end] == one.quote != "" for one in citations
        ),
        n_on_gold=sum(
            any(span.overlap(one.essay_id, one.start, one.end) for span in gold)
            for one in citations
        ),
    )


def _gold_rank(answer: Answer, gold: Sequence[GoldRange]) -> int:
    for found in answer.passages:
        for span in gold:
            held = span.overlap(found.essay_id, found.start, found.end)
            if held >= GOLD_SHARE * (span.end - span.start):
                return found.rank
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerableFigures:
    """Counts over the questions that the essays answer."""

    n: int
    correct: int
    correct_own_words: int
    abstained: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnanswerableFigures:
    """Counts over the questions that they do not."""

    n: int
    abstained: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoModelFigures:
    """The count that is right by the best evidence sentences alone."""

    correct: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalFigures:
    """Over the ``n`` answerable questions with gold in the corpus; shares from 0 to 1.

    ``mrr`` takes a gold passage beyond those found as infinitely far.
    """

    n: int
    recall_at_1: float | None
    recall_at_4: float | None
    mrr: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationFigures:
    """Citations of all answers.

    Attributes:
        n: Their count.
        verbatim: How many are exact spans of an essay in use.
        gold: Share of the answered answerable questions, gold in the corpus, with a citation
            on a gold span; None if there is no such question.
        on_gold: Share of all citations of those questions that overlap a gold span; None alike.
    """

    n: int
    verbatim: int
    gold: float | None
    on_gold: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenFigures:
    """Medians over the questions for which the model was asked; None if there is none."""

    prompt_p50: float | None
    evaluated_p50: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondsFigures:
    """Medians over all questions, in seconds; of the first token over those answered."""

    search_p50: float | None
    first_token_p50: float | None
    total_p50: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """All figures of one evaluation."""

    model: str
    answerable: AnswerableFigures
    unanswerable: UnanswerableFigures
    no_model: NoModelFigures
    retrieval: RetrievalFigures
    citations: CitationFigures
    tokens: TokenFigures
    seconds: SecondsFigures

    def to_json(self, results: Iterable[QuestionResult]) -> dict[str, object]:
        """Return the figures and each question's answer and measures, fit for ``json.dumps``."""
        return {**asdict(self), "questions": [_result_json(result) for result in results]}


def make_scorecard(results: Sequence[QuestionResult]) -> Scorecard:
    """Sum up the results; every figure but the counts is None where nothing was measured."""
    answerable = [one for one in results if one.question.is_answerable]
    unanswerable = [one for one in results if not one.question.is_answerable]
    ranked = [one for one in answerable if one.has_gold]
    ranks = [one.gold_rank for one in ranked]
    answered = [one for one in ranked if not one.answer.abstained]
    asked = [one.answer.usage for one in results if one.answer.usage.prompt]
    return Scorecard(
        model=results[0].answer.model if results else "",
        answerable=AnswerableFigures(
            n=len(answerable),
            correct=sum(one.is_correct for one in answerable),
            correct_own_words=sum(one.is_correct_own_words for one in answerable),
            abstained=sum(one.answer.abstained for one in answerable),
        ),
        unanswerable=UnanswerableFigures(
            n=len(unanswerable), abstained=sum(one.answer.abstained for one in unanswerable)
        ),
        no_model=NoModelFigures(correct=sum(one.is_correct_without_model for one in answerable)),
        retrieval=RetrievalFigures(
            n=len(ranked),
            recall_at_1=_share(rank == 1 for rank in ranks),
            recall_at_4=_share(1 <= rank <= RECALL_DEPTH for rank in ranks),
            mrr=_mean(1 / rank if rank else 0.0 for rank in ranks),
        ),
        citations=CitationFigures(
            n=sum(one.n_citations for one in results),
            verbatim=sum(one.n_verbatim for one in results),
            gold=_share(one.n_on_gold > 0 for one in answered),
            on_gold=_ratio(
                sum(one.n_on_gold for one in answered), sum(one.n_citations for one in answered)
            ),
        ),
        tokens=TokenFigures(
            prompt_p50=_median(usage.prompt for usage in asked),
            evaluated_p50=_median(usage.evaluated for usage in asked),
        ),
        seconds=SecondsFigures(
            search_p50=_median(one.answer.seconds.search for one in results),
            first_token_p50=_median(
                one.answer.seconds.first_token for one in results if one.answer.claims
            ),
            total_p50=_median(one.answer.seconds.total for one in results),
        ),
    )


def _mean(values: Iterable[float]) -> float | None:
    listed = list(values)
    return round(statistics.fmean(listed), 4) if listed else None


def _share(values: Iterable[bool]) -> float | None:
    return _mean(float(value) for value in values)


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _median(values: Iterable[float]) -> float | None:
    listed = list(values)
    return round(statistics.median(listed), 4) if listed else None


def _result_json(result: QuestionResult) -> dict[str, object]:
    answer = result.answer
    return {
        "id": result.question.id,
        "kind": result.question.kind,
        "question": result.question.question,
        "query": answer.query,
        "abstained": answer.abstained,
        "reason": answer.reason.value,
        "answer": answer.text,
        "citations": [
            {"essay": one.essay, "start": one.start, "end": one.end, "quote": one.quote}
            for claim in answer.claims
            for one in claim.citations
        ],
        "correct": result.is_correct,
        "correct_own_words": result.is_correct_own_words,
        "correct_no_model": result.is_correct_without_model,
        "gold_rank": result.gold_rank,
        "citations_on_gold": result.n_on_gold,
        "p_none": answer.p_none,
        "tokens": asdict(answer.usage),
        "seconds": asdict(answer.seconds),
    }
