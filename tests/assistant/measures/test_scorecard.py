"""Figures from answers, on results small enough to check by eye."""

import json
from dataclasses import replace

import pytest

from assistant.answers import Reason, Seconds
from assistant.checks.support import Verdict
from assistant.commands.output import render_scorecard
from assistant.evaluation import EvaluationQuestion, Kind
from assistant.llm import Usage
from assistant.measures.citation_quality import CitationQuality
from assistant.measures.figures import share_interval
from assistant.measures.measuring import QuestionResult
from assistant.measures.scorecard import make_scorecard
from assistant.questions.querying import Expansion
from tests.assistant.samples import make_answer, make_claim

GROUPS = {
    "answerable": {"n", "correct", "correct_own_words", "abstained"},
    "unanswerable": {"n", "abstained"},
    "no_model": {"correct"},
    "retrieval": {"n", "recall_at_1", "recall_at_4", "mrr"},
    "citations": {"n", "verbatim", "gold", "on_gold"},
    "tokens": {"prompt_p50", "evaluated_p50"},
    "seconds": {"search_p50", "first_token_p50", "total_p50"},
    "unanswerable_near": {"n", "abstained"},
    "by_kind": {"fact", "why", "compare", "followup", "unanswerable"},
    "claims": {"shown", "supported", "partial", "withheld"},
    "citation_quality": {"recall", "precision"},
    "intervals": {
        *("correct", "correct_own_words", "refused", "refused_near", "wrongly_refused"),
    },
}
NUMBERS = {"wrong_answers", "wrong_refusals"}


def make_question(kind: Kind) -> EvaluationQuestion:
    return EvaluationQuestion(
        id="q", kind=kind, question="When?", facts=(), evidence=(), history=()
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
    assert all(isinstance(printed[name], int) for name in NUMBERS)
    assert set(printed) == {*GROUPS, *NUMBERS, "curve", "questions", "model"}
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


def test_each_kind_asked_has_its_own_counts() -> None:
    kinds = dict(make_scorecard(RESULTS).by_kind)
    assert list(kinds) == ["fact", "why", "compare", "followup", "unanswerable"]
    counts = {
        kind: (one.n, one.correct, one.correct_own_words, one.abstained, one.wrong)
        for kind, one in kinds.items()
    }
    assert counts == {
        "fact": (1, 1, 1, 0, 0),
        "why": (1, 1, 0, 0, 0),
        "compare": (1, 0, 0, 1, 0),
        "followup": (1, 0, 0, 0, 1),
        "unanswerable": (2, 0, 0, 1, 1),
    }


def test_wrong_answers_are_those_given_to_any_question_and_wrong() -> None:
    card = make_scorecard(RESULTS)
    assert (card.wrong_answers, card.wrong_refusals) == (2, 1)


def test_unanswerable_questions_that_are_near_are_counted_apart() -> None:
    far, near = (make_result("unanswerable", abstained=one) for one in (True, False))
    near = replace(near, question=replace(near.question, is_near=True))
    card = make_scorecard([far, near])
    assert (card.unanswerable.n, card.unanswerable.abstained) == (2, 1)
    assert (card.unanswerable_near.n, card.unanswerable_near.abstained) == (1, 0)


def test_intervals_are_of_the_shares_shown() -> None:
    intervals = make_scorecard(RESULTS).intervals
    assert intervals.correct == share_interval(2, 4)
    assert intervals.correct_own_words == intervals.wrongly_refused == share_interval(1, 4)
    assert intervals.refused == share_interval(1, 2)
    assert intervals.refused_near is None


def with_claims(*verdicts: Verdict, withheld: int = 0) -> QuestionResult:
    result = make_result()
    claims = tuple(replace(make_claim(), verdict=one, reason=one.value) for one in verdicts)
    answer = replace(result.answer, claims=claims, withheld=(make_claim("It fell."),) * withheld)
    return replace(result, answer=answer)


def test_claims_are_counted_by_what_became_of_them() -> None:
    results = [
        with_claims(Verdict.SUPPORTED, Verdict.PARTIAL, withheld=1),
        with_claims(Verdict.SUPPORTED, withheld=2),
    ]
    claims = make_scorecard(results).claims
    assert (claims.shown, claims.supported, claims.partial, claims.withheld) == (3, 2, 1, 3)


def test_the_quality_of_citations_is_over_all_claims_of_all_answers() -> None:
    counts = ((2, 1, 3, 3), (1, 1, 1, 0))
    results = [
        replace(
            make_result(),
            quality=CitationQuality(n_claims=a, n_carried=b, n_citations=c, n_useful=d),
        )
        for a, b, c, d in counts
    ]
    quality = make_scorecard([*results, make_result()]).citation_quality
    assert (quality.recall, quality.precision) == (0.6667, 0.75)
    unmeasured = make_scorecard([make_result()]).citation_quality
    assert (unmeasured.recall, unmeasured.precision) == (None, None)


def test_the_curve_is_that_of_the_doubts() -> None:
    def doubted(kind: Kind, doubt: float, *, abstained: bool) -> QuestionResult:
        result = make_result(kind, abstained=abstained)
        return replace(result, answer=replace(result.answer, doubt=doubt))

    card = make_scorecard(
        [
            doubted("fact", 0.2, abstained=False),
            doubted("unanswerable", 0.7, abstained=True),
        ]
    )
    assert [(one.threshold, one.wrong_refusals, one.wrong_answers) for one in card.curve] == [
        (0.2, 1, 0),
        (0.7, 0, 0),
        (1.0, 0, 1),
    ]


def test_each_question_is_printed_with_its_checks_and_what_was_left_out() -> None:
    result = with_claims(Verdict.SUPPORTED, Verdict.PARTIAL, withheld=1)
    expansion = Expansion(word="brigde", spellings=("bridge",))
    answer = replace(result.answer, expanded=(expansion,), notice="Looked.", doubt=0.25)
    result = replace(result, answer=answer)
    printed = json.loads(json.dumps(make_scorecard([result]).to_json([result])))
    (row,) = printed["questions"]
    assert (row["verdicts"], row["reasons"]) == (["supported", "partial"],) * 2
    assert row["support"] == [1.0, 1.0]
    assert row["withheld"] == [{"text": "It fell.", "support": 1.0, "reason": ""}]
    assert row["expanded"] == [{"word": "brigde", "spellings": ["bridge"]}]
    assert (row["notice"], row["doubt"], row["near"]) == ("Looked.", 0.25, False)


def test_the_card_is_printed_with_every_group_and_the_curve() -> None:
    lines = render_scorecard(make_scorecard(RESULTS)).splitlines()
    assert lines[0] == "model: fake"
    assert "answerable: n 4, correct 2, correct_own_words 1, abstained 1" in lines
    assert "wrong_answers: 2" in lines
    assert "kind why: n 1, correct 1, correct_own_words 0, abstained 0, wrong 0" in lines
    assert "citation_quality: recall -, precision -" in lines
    (intervals,) = (line for line in lines if line.startswith("intervals: "))
    assert "correct 0.15 to 0.85" in intervals
    assert "refused_near -" in intervals
    assert lines[-2].startswith("refuse from doubt")
