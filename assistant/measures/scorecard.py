"""From measured answers to figures."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from assistant.checks.support import Verdict
from assistant.measures.curves import CurvePoint, make_outcome, risk_curve
from assistant.measures.figures import (
    AnswerableFigures,
    CitationFigures,
    CitationQualityFigures,
    ClaimFigures,
    IntervalFigures,
    KindFigures,
    NoModelFigures,
    RetrievalFigures,
    SecondsFigures,
    TokenFigures,
    UnanswerableFigures,
    mean,
    median,
    ratio,
    share,
    share_interval,
)
from assistant.measures.measuring import QuestionResult

RECALL_DEPTH: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """All figures of one evaluation.

    Attributes:
        model: Its name.
        answerable: Over the questions that the essays answer.
        unanswerable: Over those that they do not.
        unanswerable_near: Over those of the latter that name only what the essays name.
        by_kind: The kinds asked about with their figures, in the order of the first question.
        wrong_answers: Answerable questions answered wrongly, and unanswerable ones answered.
        wrong_refusals: Answerable questions refused.
        no_model: What the evidence alone would come to.
        retrieval: Whether the search finds the gold.
        claims: What was shown and what was left out.
        citations: What the claims rest on.
        citation_quality: Whether it carries them.
        intervals: How sure the most important shares are.
        curve: Wrong answers against wrong refusals.
        tokens: What the model read.
        seconds: What the reader waited.
    """

    model: str
    answerable: AnswerableFigures
    unanswerable: UnanswerableFigures
    unanswerable_near: UnanswerableFigures
    by_kind: tuple[tuple[str, KindFigures], ...]
    wrong_answers: int
    wrong_refusals: int
    no_model: NoModelFigures
    retrieval: RetrievalFigures
    claims: ClaimFigures
    citations: CitationFigures
    citation_quality: CitationQualityFigures
    intervals: IntervalFigures
    curve: tuple[CurvePoint, ...]
    tokens: TokenFigures
    seconds: SecondsFigures

    def to_json(self, results: Iterable[QuestionResult]) -> dict[str, object]:
        """Return the figures and each question's answer and measures, fit for ``json.dumps``."""
        return {
            **asdict(self),
            "by_kind": {kind: asdict(figures) for kind, figures in self.by_kind},
            "questions": [_result_json(result) for result in results],
        }


def make_scorecard(results: Sequence[QuestionResult]) -> Scorecard:
    """Sum up the results; every figure but the counts is None where nothing was measured."""
    answerable = [one for one in results if one.question.is_answerable]
    unanswerable = [one for one in results if not one.question.is_answerable]
    near = [one for one in unanswerable if one.question.is_near]
    kinds = dict.fromkeys(one.question.kind for one in results)
    asked = [one.answer.usage for one in results if one.answer.usage.prompt]
    return Scorecard(
        model=results[0].answer.model if results else "",
        answerable=AnswerableFigures(
            n=len(answerable),
            correct=sum(one.is_correct for one in answerable),
            correct_own_words=sum(one.is_correct_own_words for one in answerable),
            abstained=_count_abstained(answerable),
        ),
        unanswerable=_sum_up_unanswerable(unanswerable),
        unanswerable_near=_sum_up_unanswerable(near),
        by_kind=tuple(
            (kind, _sum_up_kind([one for one in results if one.question.kind == kind]))
            for kind in kinds
        ),
        wrong_answers=sum(one.is_wrong_answer for one in results),
        wrong_refusals=_count_abstained(answerable),
        no_model=NoModelFigures(correct=sum(one.is_correct_without_model for one in answerable)),
        retrieval=_sum_up_retrieval([one for one in answerable if one.has_gold]),
        claims=_sum_up_claims(results),
        citations=_sum_up_citations(results),
        citation_quality=_sum_up_quality(results),
        intervals=IntervalFigures(
            correct=share_interval(sum(one.is_correct for one in answerable), len(answerable)),
            correct_own_words=share_interval(
                sum(one.is_correct_own_words for one in answerable), len(answerable)
            ),
            refused=share_interval(_count_abstained(unanswerable), len(unanswerable)),
            refused_near=share_interval(_count_abstained(near), len(near)),
            wrongly_refused=share_interval(_count_abstained(answerable), len(answerable)),
        ),
        curve=risk_curve(
            make_outcome(
                one.answer,
                is_answerable=one.question.is_answerable,
                is_correct=one.is_correct,
            )
            for one in results
        ),
        tokens=TokenFigures(
            prompt_p50=median(usage.prompt for usage in asked),
            evaluated_p50=median(usage.evaluated for usage in asked),
        ),
        seconds=SecondsFigures(
            search_p50=median(one.answer.seconds.search for one in results),
            first_token_p50=median(
                one.answer.seconds.first_token for one in results if one.answer.claims
            ),
            total_p50=median(one.answer.seconds.total for one in results),
        ),
    )


def _count_abstained(results: Iterable[QuestionResult]) -> int:
    return sum(one.answer.abstained for one in results)


def _sum_up_unanswerable(results: Sequence[QuestionResult]) -> UnanswerableFigures:
    return UnanswerableFigures(n=len(results), abstained=_count_abstained(results))


def _sum_up_kind(results: Sequence[QuestionResult]) -> KindFigures:
    return KindFigures(
        n=len(results),
        correct=sum(one.is_correct for one in results),
        correct_own_words=sum(one.is_correct_own_words for one in results),
        abstained=_count_abstained(results),
        wrong=sum(one.is_wrong_answer for one in results),
    )


def _sum_up_retrieval(ranked: Sequence[QuestionResult]) -> RetrievalFigures:
    ranks = [one.gold_rank for one in ranked]
    return RetrievalFigures(
        n=len(ranked),
        recall_at_1=share(rank == 1 for rank in ranks),
        recall_at_4=share(1 <= rank <= RECALL_DEPTH for rank in ranks),
        mrr=mean(1 / rank if rank else 0.0 for rank in ranks),
    )


def _sum_up_claims(results: Sequence[QuestionResult]) -> ClaimFigures:
    verdicts = [claim.verdict for one in results for claim in one.answer.claims]
    return ClaimFigures(
        shown=len(verdicts),
        supported=verdicts.count(Verdict.SUPPORTED),
        partial=verdicts.count(Verdict.PARTIAL),
        withheld=sum(len(one.answer.withheld) for one in results),
    )


def _sum_up_citations(results: Sequence[QuestionResult]) -> CitationFigures:
    answered = [
        one
        for one in results
        if one.question.is_answerable and one.has_gold and not one.answer.abstained
    ]
    return CitationFigures(
        n=sum(one.n_citations for one in results),
        verbatim=sum(one.n_verbatim for one in results),
        gold=share(one.n_on_gold > 0 for one in answered),
        on_gold=ratio(
            sum(one.n_on_gold for one in answered), sum(one.n_citations for one in answered)
        ),
    )


def _sum_up_quality(results: Iterable[QuestionResult]) -> CitationQualityFigures:
    judged = [one.quality for one in results if one.quality]
    return CitationQualityFigures(
        recall=ratio(sum(one.n_carried for one in judged), sum(one.n_claims for one in judged)),
        precision=ratio(
            sum(one.n_useful for one in judged), sum(one.n_citations for one in judged)
        ),
    )


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
        "near": result.question.is_near,
        "verdicts": [claim.verdict.value for claim in answer.claims],
        "support": [claim.support for claim in answer.claims],
        "reasons": [claim.reason for claim in answer.claims],
        "withheld": [
            {"text": claim.text, "support": claim.support, "reason": claim.reason}
            for claim in answer.withheld
        ],
        "expanded": [
            {"word": one.word, "spellings": list(one.spellings)} for one in answer.expanded
        ],
        "notice": answer.notice,
        "doubt": answer.doubt,
        "p_none": answer.p_none,
        "tokens": asdict(answer.usage),
        "seconds": asdict(answer.seconds),
    }
