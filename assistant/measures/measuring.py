"""Ask questions with known answers, and measure each answer."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.answering import Assistant
from assistant.answers import Answer, Answered
from assistant.checks.support import Verdict
from assistant.errors import StoppedError
from assistant.evaluation import (
    GOLD_SHARE,
    MAX_WORDS,
    EssayTexts,
    EvaluationQuestion,
    GoldRange,
    cut_words,
    is_correct_text,
    is_short_enough,
    own_words,
)
from assistant.judging import Caution
from assistant.measures.citation_quality import CitationQuality, ScoreCitations, judge_citations
from index.corpus import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionResult:
    """One question, its answer, and what the measures say of it.

    Attributes:
        question: The question with its known answer.
        answer: What the assistant gave.
        is_correct: Right by its supported claims, and no longer than admissible with all shown.
        is_correct_own_words: The same without sentences copied from the evidence.
        is_correct_without_model: The same of the evidence alone, cut at that length.
        gold_rank: Rank of the first passage that holds enough of a gold span; 0 if none does.
        has_gold: Whether the corpus holds a gold span.
        n_citations: Citations of the shown claims.
        n_verbatim: Those that are exact spans of an essay in use.
        n_on_gold: Those that overlap a gold span.
        quality: Whether the citations carry the claims; None if that was not measured.
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
    quality: CitationQuality | None = None

    @property
    def is_wrong_answer(self) -> bool:
        """Whether it was answered, and wrongly or though the essays do not answer it."""
        return not self.answer.abstained and not self.is_correct


def evaluate(
    assistant: Assistant,
    questions: Sequence[EvaluationQuestion],
    documents: Sequence[Document],
    *,
    on_result: Callable[[QuestionResult], None],
    cancelled: threading.Event,
    caution: Caution = Caution.BALANCED,
    score: ScoreCitations | None = None,
) -> tuple[QuestionResult, ...]:
    """Ask every question in order and measure each answer.

    Args:
        assistant: Whom to ask.
        questions: What to ask, and what is known of the answers.
        documents: The essays that the assistant knows.
        on_result: Called after each question.
        cancelled: Ends the evaluation; the question under way is left out.
        caution: How sure to be before answering.
        score: Scores the support of a claim by citations; without it, whether the citations
            carry the claims is not measured.

    Raises:
        ModelError: The model failed.
    """
    essays = EssayTexts(documents)
    results: list[QuestionResult] = []
    for question in questions:
        try:
            answer = answer_question(assistant, question, cancelled=cancelled, caution=caution)
        except StoppedError:
            break
        results.append(measure(question, answer, essays, score=score))
        on_result(results[-1])
        if cancelled.is_set():
            break
    return tuple(results)


def answer_question(
    assistant: Assistant,
    question: EvaluationQuestion,
    *,
    cancelled: threading.Event,
    caution: Caution = Caution.BALANCED,
) -> Answer:
    """Ask one question after its history and return the answer.

    Raises:
        StoppedError: ``cancelled`` was set before the answer was whole.
        ModelError: The model failed.
    """
    for event in assistant.ask(
        question.question, history=question.history, caution=caution, cancelled=cancelled
    ):
        if isinstance(event, Answered) and not event.answer.is_stopped:
            return event.answer
    raise StoppedError("The evaluation was stopped.")


def measure(
    question: EvaluationQuestion,
    answer: Answer,
    essays: EssayTexts,
    *,
    score: ScoreCitations | None = None,
) -> QuestionResult:
    """Compare an answer with what is known; see ``QuestionResult`` and ``evaluate``.

    Only supported claims can make an answer right, but all that is shown counts for its length.
    """
    gold = essays.find_gold(question)
    citations = [citation for claim in answer.claims for citation in claim.citations]
    evidence = " ".join(span.quote for span in answer.evidence)
    sure = replace(
        answer, claims=tuple(one for one in answer.claims if one.verdict is Verdict.SUPPORTED)
    )
    is_correct = (
        not answer.abstained
        and is_short_enough(answer.text, question)
        and is_correct_text(sure.text, question)
    )
    return QuestionResult(
        question=question,
        answer=answer,
        is_correct=is_correct,
        is_correct_own_words=is_correct and is_correct_text(own_words(sure), question),
        is_correct_without_model=is_correct_text(
            cut_words(evidence, MAX_WORDS.get(question.kind, 0)), question
        ),
        gold_rank=_gold_rank(answer, gold),
        has_gold=bool(gold),
        n_citations=len(citations),
        n_verbatim=sum(essays.is_verbatim(one) for one in citations),
        n_on_gold=sum(
            any(span.overlap(one.essay_id, one.start, one.end) for span in gold)
            for one in citations
        ),
        quality=judge_citations(answer.claims, score=score) if score else None,
    )


def _gold_rank(answer: Answer, gold: Sequence[GoldRange]) -> int:
    for found in answer.passages:
        for span in gold:
            held = span.overlap(found.essay_id, found.start, found.end)
            if held >= GOLD_SHARE * (span.end - span.start):
                return found.rank
    return 0
