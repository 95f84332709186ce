"""What the page shows, made from values."""

from dataclasses import replace

import pytest

from assistant.answers import (
    Answered,
    ClaimChecked,
    Event,
    EvidenceSelected,
    PassagesFound,
    QueryMade,
    QuotesChosen,
    Reason,
)
from assistant.answers_json import Progress
from assistant.citations import Citation
from assistant.conversations import SavedTurn, TurnState
from assistant.errors import AssistantError
from assistant.grounding import Claim
from assistant.jobs import JobState, JobView
from assistant.model_setup import ModelState, ModelStatus
from assistant.ui.views import (
    EssayView,
    describe_job,
    describe_place,
    number_citations,
    view_essay,
    view_turn,
)
from index.corpus import Document
from tests.assistant.samples import make_answer, make_citation, make_claim, make_passage

TEXT = "Crossing\n\nThe bridge was closed. It was winter.\n\nIn spring it opened."
READY = ModelStatus(state=ModelState.READY, message="ready", fraction=1.0, can_retry=False)


def make_document(text: str = TEXT, *, is_truncated: bool = False) -> Document:
    return Document(
        id="0123456789abcdef",
        name="bridges.md",
        title="On Bridges",
        author="A. Writer",
        date="",
        text=text,
        encoding="utf-8",
        is_truncated=is_truncated,
    )


def find(essay_id: str) -> Document:
    return make_document()


def find_nothing(essay_id: str) -> Document:
    raise AssistantError(f"The essay {essay_id!r} is gone.")


def span(start: int, end: int) -> Citation:
    return replace(make_citation(), start=start, end=end, quote=TEXT[start:end])


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


def test_sources_are_numbered_by_first_appearance() -> None:
    claims = [
        Claim(text="One.", citations=(span(33, 47), span(10, 32))),
        Claim(text="Two.", citations=(span(10, 32), span(49, 69))),
    ]
    sentences, sources = number_citations(claims, (), find=find)
    assert [sentence.numbers for sentence in sentences] == [(1, 2), (2, 3)]
    assert [source.quote for source in sources] == [
        "It was winter.",
        "The bridge was closed.",
        "In spring it opened.",
    ]


def test_a_sentence_names_a_source_once() -> None:
    claim = Claim(text="One.", citations=(span(10, 32), span(10, 32)))
    sentences, sources = number_citations([claim], (), find=find)
    assert sentences[0].numbers == (1,)
    assert len(sources) == 1


def test_a_source_stands_in_the_passage_that_holds_it() -> None:
    passage = replace(make_passage(TEXT[10:47]), start=10, end=47)
    _, (source,) = number_citations(
        [Claim(text="One.", citations=(span(33, 47),))], [passage], find=find
    )
    assert (source.before, source.quote, source.after) == (
        "The bridge was closed. ",
        "It was winter.",
        "",
    )


def test_a_passage_that_does_not_hold_the_very_words_is_not_used() -> None:
    passage = replace(make_passage("Some other words than those."), start=10, end=38)
    _, (source,) = number_citations(
        [Claim(text="One.", citations=(span(10, 32),))], [passage], find=find
    )
    assert (source.before, source.after) == ("", "")
    assert source.quote == "The bridge was closed."


def test_a_source_of_an_essay_no_longer_in_use_keeps_its_words() -> None:
    _, (source,) = number_citations([make_claim()], (), find=find_nothing)
    assert source.quote == make_citation().quote
    assert source.place == ""


def test_a_source_of_a_cut_off_essay_says_so() -> None:
    _, (source,) = number_citations(
        [make_claim()], (), find=lambda _: make_document(is_truncated=True)
    )
    assert source.is_partial


@pytest.mark.parametrize(
    ("start", "place"),
    [
        (0, "paragraph 1 of 3"),
        (10, "paragraph 2 of 3"),
        (46, "paragraph 2 of 3"),
        (49, "paragraph 3 of 3"),
    ],
)
def test_a_place_counts_paragraphs(start: int, place: str) -> None:
    assert describe_place(TEXT, start) == place


def marked(essay: EssayView) -> str:
    return "".join(
        part.text for paragraph in essay.paragraphs for part in paragraph if part.is_cited
    )


@pytest.mark.parametrize(("start", "end"), [(10, 32), (33, 47), (0, 8), (49, 69), (10, 11)])
def test_the_marked_words_of_an_essay_are_those_of_the_span(start: int, end: int) -> None:
    assert marked(view_essay("id", start, end, find=find)) == TEXT[start:end]


def test_a_span_across_paragraphs_is_marked_in_each() -> None:
    essay = view_essay("id", 33, 58, find=find)
    assert marked(essay) == "It was winter.In spring"


def test_a_span_outside_the_essay_marks_nothing() -> None:
    for start, end in ((900, 950), (-5, -1), (20, 10)):
        assert marked(view_essay("id", start, end, find=find)) == ""


def test_an_essay_is_shown_whole() -> None:
    essay = view_essay("id", 10, 32, find=find)
    shown = ["".join(part.text for part in paragraph) for paragraph in essay.paragraphs]
    assert "\n\n".join(shown) == TEXT


def test_an_essay_no_longer_in_use_is_an_error_in_words() -> None:
    assert "is gone" in view_essay("id", 0, 1, find=find_nothing).error


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
