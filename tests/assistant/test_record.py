"""What is noted of an answer while it is being made."""

import pytest

from assistant.answers import (
    Answered,
    ClaimChecked,
    ClaimWithheld,
    EvidenceSelected,
    PassagesFound,
    QueryMade,
    QuotesChosen,
    Reason,
)
from assistant.judging import Caution
from assistant.llm import Usage
from assistant.questions.querying import Expansion
from assistant.record import AnswerRecord
from tests.assistant.samples import make_answer, make_citation, make_claim, make_passage


def make_record() -> AnswerRecord:
    return AnswerRecord(question="Why?", model="fake", caution=Caution.BOLD)


def test_nothing_noted_is_an_abstention_without_passages() -> None:
    answer = make_record().to_answer()
    assert answer.abstained
    assert answer.reason is Reason.NO_PASSAGES
    assert (answer.p_none, answer.doubt) == (1.0, 1.0)
    assert (answer.question, answer.model, answer.caution) == ("Why?", "fake", Caution.BOLD)


def test_the_answer_holds_what_was_noted_in_order() -> None:
    record = make_record()
    one, two, left = make_claim(), make_claim("Two."), make_claim("Three.")
    passages, cited = (make_passage(),), (make_citation("One."),)
    expanded = (Expansion(word="mil", spellings=("mill",)),)
    for event in (
        QueryMade(query="Why so?", expanded=expanded),
        PassagesFound(passages=passages),
        EvidenceSelected(evidence=cited),
        QuotesChosen(quotes=cited, p_none=0.25, doubt=0.5),
        ClaimChecked(claim=one),
        ClaimWithheld(claim=left),
        ClaimChecked(claim=two),
    ):
        record.note(event)
    answer = record.to_answer()
    assert (answer.query, answer.expanded) == ("Why so?", expanded)
    assert (answer.passages, answer.evidence, answer.quotes) == (passages, cited, cited)
    assert (answer.p_none, answer.doubt) == (0.25, 0.5)
    assert (answer.claims, answer.withheld) == ((one, two), (left,))
    assert answer.reason is Reason.ANSWERED
    assert not answer.abstained


def test_a_claim_that_is_left_out_answers_nothing() -> None:
    record = make_record()
    record.note(ClaimWithheld(claim=make_claim()))
    assert record.to_answer().abstained
    assert record.to_answer().reason is not Reason.ANSWERED


def test_the_end_of_a_stream_changes_nothing() -> None:
    record = make_record()
    record.note(Answered(answer=make_answer()))
    assert record.to_answer().claims == ()


@pytest.mark.parametrize("reason", [Reason.REPLIED, Reason.STOPPED])
def test_a_reply_and_a_stop_are_no_abstentions(reason: Reason) -> None:
    record = make_record()
    record.reason, record.is_stopped = reason, reason is Reason.STOPPED
    assert not record.to_answer().abstained


def test_tokens_of_all_requests_are_added_but_the_longest_prompt_counts() -> None:
    record = make_record()
    record.add_usage(Usage(prompt=10, evaluated=10, generated=1))
    record.add_usage(Usage(prompt=7, evaluated=3, generated=4))
    assert record.to_answer().usage == Usage(prompt=10, evaluated=13, generated=5)


def test_the_first_word_of_an_answer_without_any_came_at_its_end() -> None:
    seconds = make_record().to_answer().seconds
    assert seconds.first_token == seconds.total


def test_the_first_word_is_that_of_the_first_claim() -> None:
    record = make_record()
    record.note(ClaimChecked(claim=make_claim()))
    first = record.first_s
    record.note(ClaimChecked(claim=make_claim("Two.")))
    assert record.to_answer().seconds.first_token == first > 0
