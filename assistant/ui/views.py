"""What the page shows of a question, made from values: no drawing, no Streamlit.

Each view is a plain tree of texts and numbers, ready to be sent to the browser as JSON.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from assistant.answers import (
    Answer,
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
from assistant.conversations import SavedTurn, TurnState
from assistant.grounding import Claim
from assistant.jobs import JobState, JobView
from assistant.kept_essays.found import FindEssay
from assistant.local_models.setup import ModelState, ModelStatus
from assistant.outcomes import (
    INTERRUPTED,
    MAX_CLOSEST,
    STOPPED,
    STOPPED_EMPTY,
    describe_outcome,
    describe_remarks,
    describe_search,
)
from assistant.scope import describe_scope
from assistant.ui.source_view import SentenceView, SourceView, number_citations, view_passages
from assistant.ui.why_view import WhyView, view_why
from assistant.wording import describe_withheld, split_sections


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementView:
    """A statement that was left out of an answer, and why."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutView:
    """What the model wrote and the essays do not support; ``summary`` counts the statements."""

    summary: str
    statements: tuple[StatementView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionsView:
    """What can be done with a turn.

    Attributes:
        copy_text: What copying the answer gives; empty if there is nothing to copy.
        can_repeat: Whether the question can be asked again.
        can_edit: Whether it can be asked in other words; only the last one can.
        can_judge: Whether there is an answer to give a thumb.
        thumb: What the reader thinks of the answer: ``up``, ``down`` or nothing.
        note: The reader's words on why; may be empty.
    """

    copy_text: str = ""
    can_repeat: bool = False
    can_edit: bool = False
    can_judge: bool = False
    thumb: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnView:
    """A question and what there is of its answer.

    Attributes:
        id: Unique within the chat.
        question: What the reader typed.
        kind: ``active``, ``answer``, ``abstention``, ``reply``, ``stopped`` or ``failed``.
        status: What goes on, in words; empty unless active.
        fraction: How much of that is done, 0 to 1; ``None`` if it cannot be told.
        searched: What was searched for, a line each, where that is not what the reader typed.
        notice: What the reader should know of the outcome; empty for an answer.
        sentences: The answer so far.
        remarks: What there is to know about the answer, a line each.
        left_out: What is no part of the answer; ``None`` if there is nothing.
        sources: What the sentences cite, by number.
        passages: What was found, by rank; of an abstention the closest only.
        announcement: What is said once, aloud, when it is over; empty while it is active.
        scope: To which essays the question was limited, in words; empty if to none.
        actions: What can be done with it; ``None`` if nothing can.
        why: How ``passages`` were found; ``None`` where that was not kept.
    """

    id: str
    question: str
    kind: str
    status: str = ""
    fraction: float | None = None
    searched: tuple[str, ...] = ()
    notice: str = ""
    sentences: tuple[SentenceView, ...] = ()
    remarks: tuple[str, ...] = ()
    left_out: LeftOutView | None = None
    sources: tuple[SourceView, ...] = ()
    passages: tuple[SourceView, ...] = ()
    announcement: str = ""
    scope: str = ""
    actions: ActionsView | None = None
    why: WhyView | None = None


def view_turn(
    turn: SavedTurn, *, job: JobView | None, status: ModelStatus, find: FindEssay
) -> TurnView:
    """Return what to show of a question.

    Args:
        turn: The question as saved.
        job: Its job, unless that is over; taken before the turn was read.
        status: How far the model is.
        find: Finds the essays that are cited.
    """
    view = (
        _view_answer(turn, turn.answer, find)
        if turn.answer is not None
        else _view_progress(turn, job, status, find)
    )
    return replace(view, announcement=_announce(view))


def _announce(view: TurnView) -> str:
    if view.kind == "active":
        return ""
    if view.notice:
        return view.notice
    statements, citations = len(view.sentences), len(view.sources)
    return (
        f"Answer complete: {statements} statement{'' if statements == 1 else 's'},"
        f" {citations} citation{'' if citations == 1 else 's'}."
    )


def _view_progress(
    turn: SavedTurn, job: JobView | None, status: ModelStatus, find: FindEssay
) -> TurnView:
    progress = turn.progress
    searched: tuple[str, ...] = ()
    words, fraction, notice, kind = "", None, "", "failed"
    match turn.state:
        case TurnState.UNDER_WAY:
            kind = "active"
            if job is not None:
                progress, searched = _follow(turn, job.events)
            words, fraction = describe_job(job, status)
        case TurnState.STOPPED:
            kind = "stopped"
            notice = STOPPED if progress.claims else STOPPED_EMPTY
        case TurnState.INTERRUPTED:
            notice = INTERRUPTED
        case _:
            notice = turn.error
    sentences, sources = number_citations(progress.claims, progress.passages, find=find)
    return TurnView(
        id=str(turn.id),
        question=turn.question,
        kind=kind,
        status=words,
        fraction=fraction,
        searched=searched,
        notice=notice,
        sentences=sentences,
        left_out=_view_withheld(progress.withheld),
        sources=sources,
        passages=view_passages(progress.passages, find),
        scope=describe_scope(turn.progress.scope),
    )


def _view_answer(turn: SavedTurn, answer: Answer, find: FindEssay) -> TurnView:
    if answer.reason is Reason.REPLIED:
        return TurnView(
            id=str(turn.id),
            question=turn.question,
            kind="reply",
            notice=describe_outcome(answer),
            scope=describe_scope(answer.scope),
        )
    sentences, sources = number_citations(answer.claims, answer.passages, find=find)
    passages = view_passages(answer.passages, find)
    kind = "stopped" if answer.is_stopped else "abstention" if answer.abstained else "answer"
    shown = passages[:MAX_CLOSEST] if kind == "abstention" else passages
    return TurnView(
        id=str(turn.id),
        question=turn.question,
        kind=kind,
        searched=describe_search(
            answer.question, answer.query, answer.expanded, is_limited=answer.scope.is_limited
        ),
        notice=describe_outcome(answer),
        sentences=_put_headings(sentences, answer),
        remarks=describe_remarks(answer),
        left_out=_view_withheld(answer.withheld),
        sources=sources,
        passages=shown,
        scope=describe_scope(answer.scope),
        why=view_why(answer, n_shown=len(shown)),
    )


def _put_headings(sentences: Sequence[SentenceView], answer: Answer) -> tuple[SentenceView, ...]:
    headings = [
        "" if number else section.heading
        for section in split_sections(answer)
        for number in range(len(section.claims))
    ]
    return tuple(
        replace(sentence, heading=heading)
        for sentence, heading in zip(sentences, headings, strict=True)
    )


def _view_withheld(withheld: Sequence[Claim]) -> LeftOutView | None:
    if not withheld:
        return None
    return LeftOutView(
        summary=f"Left out: {describe_withheld(len(withheld))}",
        statements=tuple(StatementView(text=one.text, reason=one.reason) for one in withheld),
    )


def describe_job(job: JobView | None, status: ModelStatus) -> tuple[str, float | None]:
    """Say what an answer under way is at, and how much of that is done if it can be told."""
    if job is None:
        return "Being answered in another window", None
    if job.is_stopping:
        return "Stopping", None
    if job.state is JobState.WAITING and job.ahead > 0:
        others = "1 other question" if job.ahead == 1 else f"{job.ahead} other questions"
        return f"Waiting for {others}", None
    match job.events[-1:]:
        case () if status.state is not ModelState.READY:
            return f"Waiting for the model. {status.message}", status.fraction
        case (PassagesFound(),):
            return "Reading the passages found", None
        case (EvidenceSelected(evidence=evidence),):
            count = len(evidence)
            return f"Reading {count} sentence{'' if count == 1 else 's'} of them", None
        case (QuotesChosen() | ClaimChecked() | ClaimWithheld(),):
            return "Writing", None
        case _:
            return "Searching the essays", None


def _follow(turn: SavedTurn, events: Iterable[Event]) -> tuple[Progress, tuple[str, ...]]:
    """Return what the events have come to, and what was searched for as ``TurnView`` has it."""
    progress = Progress()
    searched: tuple[str, ...] = ()
    for event in events:
        progress = progress.add(event)
        if isinstance(event, QueryMade):
            searched = describe_search(
                turn.question,
                event.query,
                event.expanded,
                is_limited=turn.progress.scope.is_limited,
            )
    return progress, searched
