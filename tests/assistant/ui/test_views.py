"""What the page shows, made from values."""

from dataclasses import replace

import pytest

from assistant.answers import (
    Answer,
    Answered,
    ClaimChecked,
    ClaimWithheld,
    Event,
    EvidenceSelected,
    PassagesFound,
    QueryMade,
    QuotesChosen,
    Reason,
)
from assistant.answers_json import Progress
from assistant.checks.support import Verdict
from assistant.conversations import SavedTurn, TurnState
from assistant.grounding import Claim
from assistant.jobs import JobState, JobView
from assistant.judging import Caution
from assistant.local_models.setup import ModelState, ModelStatus
from assistant.questions.querying import Expansion
from assistant.ui.views import TurnView, describe_job, view_turn
from tests.assistant.samples import make_answer, make_citation, make_claim, make_passage
from tests.assistant.ui.values import find

READY = ModelStatus(state=ModelState.READY, message="ready", fraction=1.0, can_retry=False)


def make_turn(state: TurnState = TurnState.UNDER_WAY, **changes: object) -> SavedTurn:
    turn = SavedTurn(
        id=3,
        question="When?",
        asked_at="2024-05-03T12:00:00+00:00",
        state=state,
        progress=Progress(),
        answer=None,
        error="",
    )
    return replace(turn, **changes)  # type: ignore[arg-type]


def make_job(*events: Event, state: JobState = JobState.RUNNING, ahead: int = 0) -> JobView:
    return JobView(
        id="job",
        state=state,
        events=events,
        error="",
        ahead=ahead,
        is_stopping=False,
        version=1,
    )


@pytest.mark.parametrize(
    ("job", "words"),
    [
        (make_job(state=JobState.WAITING, ahead=1), "Waiting for 1 other question"),
        (make_job(state=JobState.WAITING, ahead=2), "Waiting for 2 other questions"),
        (make_job(), "Searching the essays"),
        (make_job(QueryMade(query="q")), "Searching the essays"),
        (make_job(PassagesFound(passages=())), "Reading the passages found"),
        (make_job(EvidenceSelected(evidence=(make_citation(),))), "Reading 1 sentence of them"),
        (make_job(QuotesChosen(quotes=(), p_none=0.1)), "Writing"),
        (make_job(ClaimChecked(claim=make_claim())), "Writing"),
        (make_job(ClaimWithheld(claim=make_claim())), "Writing"),
        (replace(make_job(), is_stopping=True), "Stopping"),
        (None, "Being answered in another window"),
    ],
)
def test_what_goes_on_is_said_in_words(job: JobView | None, words: str) -> None:
    assert describe_job(job, READY) == (words, None)


def test_a_question_that_waits_for_the_model_says_how_far_that_is() -> None:
    loading = ModelStatus(
        state=ModelState.LOADING, message="Loading, 40 %", fraction=0.4, can_retry=False
    )
    assert describe_job(make_job(), loading) == ("Waiting for the model. Loading, 40 %", 0.4)


def test_an_answer_under_way_shows_what_its_job_has_so_far() -> None:
    job = make_job(
        QueryMade(query="q"),
        PassagesFound(passages=(make_passage(),)),
        ClaimChecked(claim=make_claim("First.")),
    )
    view = view_turn(make_turn(), job=job, status=READY, find=find)
    assert view.kind == "active"
    assert [sentence.text for sentence in view.sentences] == ["First."]
    assert len(view.passages) == 1


def test_an_answer_under_way_elsewhere_shows_what_is_saved() -> None:
    progress = Progress(passages=(make_passage(),), claims=(make_claim("First."),))
    view = view_turn(make_turn(progress=progress), job=None, status=READY, find=find)
    assert view.kind == "active"
    assert [sentence.text for sentence in view.sentences] == ["First."]


def test_an_answer_has_no_notice() -> None:
    turn = make_turn(TurnState.FINISHED, answer=make_answer())
    view = view_turn(turn, job=None, status=READY, find=find)
    assert (view.kind, view.notice, view.status) == ("answer", "", "")


@pytest.mark.parametrize("reason", [Reason.NO_PASSAGES, Reason.NOT_IN_EVIDENCE, Reason.UNSUPPORTED])
def test_an_abstention_is_no_answer(reason: Reason) -> None:
    answer = replace(make_answer(), abstained=True, reason=reason, claims=())
    turn = make_turn(TurnState.FINISHED, answer=answer)
    view = view_turn(turn, job=None, status=READY, find=find)
    assert view.kind == "abstention"
    assert view.notice.startswith("The essays do not")
    assert view.sentences == ()


def test_what_was_written_before_a_stop_stays() -> None:
    answer = replace(make_answer(claim="First."), is_stopped=True, reason=Reason.STOPPED)
    view = view_turn(
        make_turn(TurnState.FINISHED, answer=answer), job=None, status=READY, find=find
    )
    assert (view.kind, view.notice) == ("stopped", "Stopped here.")
    assert [sentence.text for sentence in view.sentences] == ["First."]


def test_a_stop_before_the_first_sentence_says_so() -> None:
    view = view_turn(make_turn(TurnState.STOPPED), job=None, status=READY, find=find)
    assert (view.kind, view.notice) == (
        "stopped",
        "Stopped before the first sentence was written.",
    )


def test_a_failure_is_told_in_its_own_words() -> None:
    turn = make_turn(TurnState.FAILED, error="The model ended; ask again.")
    view = view_turn(turn, job=None, status=READY, find=find)
    assert (view.kind, view.notice) == ("failed", "The model ended; ask again.")


def test_an_interrupted_answer_keeps_what_was_written() -> None:
    turn = make_turn(TurnState.INTERRUPTED, progress=Progress(claims=(make_claim("First."),)))
    view = view_turn(turn, job=None, status=READY, find=find)
    assert view.kind == "failed"
    assert "Ask again" in view.notice
    assert len(view.sentences) == 1


def test_a_finished_job_whose_answer_is_saved_is_not_active() -> None:
    job = make_job(Answered(answer=make_answer()))
    turn = make_turn(TurnState.FINISHED, answer=make_answer())
    assert view_turn(turn, job=job, status=READY, find=find).kind == "answer"


WITHHELD = Claim(
    text="Lind closed it.",
    citations=(),
    verdict=Verdict.UNSUPPORTED,
    support=0.25,
    reason="Lind is not in the cited passage",
)


def view(answer: Answer) -> TurnView:
    turn = make_turn(TurnState.FINISHED, answer=answer)
    return view_turn(turn, job=None, status=READY, find=find)


def test_a_plain_answer_says_nothing_beside_itself() -> None:
    shown = view(make_answer())
    assert (shown.searched, shown.remarks, shown.left_out) == ((), (), None)
    assert [(one.mark, one.heading) for one in shown.sentences] == [("", "")]


def test_left_out_claims_are_counted_and_stand_with_their_reasons() -> None:
    left_out = view(replace(make_answer(), withheld=(WITHHELD, WITHHELD))).left_out
    assert left_out is not None
    assert left_out.summary == "Left out: 2 statements that the essays do not support"
    assert [(one.text, one.reason) for one in left_out.statements] == [
        ("Lind closed it.", "Lind is not in the cited passage")
    ] * 2


def test_left_out_claims_of_an_answer_under_way_are_shown() -> None:
    job = make_job(ClaimWithheld(claim=WITHHELD))
    shown = view_turn(make_turn(), job=job, status=READY, find=find)
    assert shown.left_out is not None
    assert shown.left_out.summary == "Left out: 1 statement that the essays do not support"


def test_a_query_that_differs_from_the_question_is_told() -> None:
    asked = replace(make_answer("Where was he born?"), query="Where was Lind born?")
    assert view(asked).searched == ("Searched for: Where was Lind born?",)


def test_other_spellings_are_told_from_the_first_event_on() -> None:
    expanded = (Expansion(word="brigde", spellings=("bridge",)),)
    words = "Searched also for “bridge” (no essay has “brigde”)"
    assert view(replace(make_answer(), expanded=expanded)).searched == (words,)
    job = make_job(QueryMade(query="When?", expanded=expanded))
    under_way = view_turn(make_turn(), job=job, status=READY, find=find)
    assert under_way.searched == (words,)


def test_the_notice_of_an_answer_is_a_remark() -> None:
    shown = view(replace(make_answer(), notice="Looked over 8 passages."))
    assert (shown.kind, shown.notice, shown.remarks) == ("answer", "", ("Looked over 8 passages.",))


@pytest.mark.parametrize(
    ("caution", "remarks"),
    [
        (Caution.CAREFUL, ("Made with “When in doubt: decline”.",)),
        (Caution.BALANCED, ()),
        (Caution.BOLD, ("Made with “When in doubt: answer”.",)),
    ],
)
def test_a_caution_out_of_the_common_is_told(caution: Caution, remarks: tuple[str, ...]) -> None:
    assert view(replace(make_answer(), caution=caution)).remarks == remarks


def test_an_answer_by_essay_has_a_heading_where_an_essay_begins() -> None:
    other = replace(make_citation(), essay_id="other", title="On Mills", author="")
    claims = (make_claim(), make_claim(), Claim(text="So.", citations=(other,)))
    shown = view(replace(make_answer(), claims=claims, is_by_essay=True))
    assert [one.heading for one in shown.sentences] == ["A. Writer, On Bridges", "", "On Mills"]


ABSTENTION = replace(make_answer(), abstained=True, reason=Reason.NOT_IN_EVIDENCE, claims=())


def test_an_abstention_names_what_no_essay_has() -> None:
    assert view(replace(ABSTENTION, missing=("Lind",))).notice == (
        "The essays do not seem to answer this question. No essay has “Lind”."
    )


def test_an_abstention_says_its_own_sentence_where_it_has_one() -> None:
    shown = view(replace(ABSTENTION, notice="Nothing on Lind.", missing=("Lind",)))
    assert (shown.kind, shown.notice) == ("abstention", "Nothing on Lind.")


def test_a_reply_is_one_sentence_without_sources() -> None:
    shown = view(
        replace(make_answer(), reason=Reason.REPLIED, claims=(), notice="Good day.", query="")
    )
    assert (shown.kind, shown.notice) == ("reply", "Good day.")
    assert (shown.sentences, shown.sources, shown.passages, shown.searched) == ((), (), (), ())


def announced(turn: SavedTurn) -> str:
    return view_turn(turn, job=None, status=READY, find=find).announcement


def test_what_came_of_a_question_is_announced_when_it_is_over() -> None:
    declined = replace(make_answer(), abstained=True, reason=Reason.NOT_IN_EVIDENCE, claims=())
    assert view(make_answer()).announcement == "Answer complete: 1 statement, 1 citation."
    assert view(declined).announcement == view(declined).notice
    assert announced(make_turn(TurnState.FAILED, error="No model.")) == "No model."
    assert announced(make_turn()) == ""
