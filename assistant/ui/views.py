"""What the page shows of a chat, made from values: no drawing, no Streamlit.

Each view is a plain tree of texts and numbers, ready to be sent to the browser as JSON.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.answers import (
    Answer,
    ClaimChecked,
    Event,
    EvidenceSelected,
    FoundPassage,
    PassagesFound,
    QuotesChosen,
    Reason,
)
from assistant.citations import Citation
from assistant.conversations import SavedTurn, TurnState
from assistant.errors import AssistantError
from assistant.grounding import Claim
from assistant.jobs import JobState, JobView
from assistant.model_setup import ModelState, ModelStatus
from index.corpus import Document

FindDocument = Callable[[str], Document]
"""Returns the essay with an id; raises ``AssistantError`` if it is not in use."""

_NOTICES: Mapping[Reason, str] = {
    Reason.NO_PASSAGES: "The essays do not say: none of them shares a word with this question.",
    Reason.NOT_IN_EVIDENCE: "The essays do not seem to answer this question.",
    Reason.UNSUPPORTED: (
        "The essays do not seem to answer this question: what the model wrote is not backed by"
        " them, so it is not shown."
    ),
}
_INTERRUPTED = "The assistant was closed before this was answered. Ask again."
_STOPPED_EMPTY = "Stopped before the first sentence was written."
_STOPPED = "Stopped here."
_MAX_CLOSEST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """A span of an essay in its surroundings.

    Attributes:
        number: What its citations are numbered with, from 1; 0 for a passage that was only found.
        essay_id: The essay's id.
        start: Offset of the span in the essay's text.
        end: Offset after it.
        title: The essay's title.
        author: Its author; empty if unknown.
        place: Where in the essay, in words; empty if the essay is not in use.
        before: The passage up to the span.
        quote: The span's text.
        after: The rest of the passage.
        is_partial: Whether only a part of the essay is there.
    """

    number: int
    essay_id: str
    start: int
    end: int
    title: str
    author: str
    place: str
    before: str
    quote: str
    after: str
    is_partial: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceView:
    """A sentence of an answer and the numbers of its sources, the best first."""

    text: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnView:
    """A question and what there is of its answer.

    Attributes:
        id: Unique within the chat.
        question: What the reader typed.
        kind: ``active``, ``answer``, ``abstention``, ``stopped`` or ``failed``.
        status: What goes on, in words; empty unless active.
        fraction: How much of that is done, 0 to 1; ``None`` if it cannot be told.
        notice: What the reader should know of the outcome; empty for an answer.
        sentences: The answer so far.
        sources: What the sentences cite, by number.
        passages: What was found, by rank; of an abstention the closest only.
    """

    id: str
    question: str
    kind: str
    status: str
    fraction: float | None
    notice: str
    sentences: tuple[SentenceView, ...]
    sources: tuple[SourceView, ...]
    passages: tuple[SourceView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """A stretch of a paragraph, cited or not."""

    text: str
    is_cited: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EssayView:
    """A whole essay with one span marked, or the reason why it cannot be shown."""

    essay_id: str
    start: int
    end: int
    paragraphs: tuple[tuple[PartView, ...], ...]
    error: str


def view_turn(
    turn: SavedTurn, *, job: JobView | None, status: ModelStatus, find: FindDocument
) -> TurnView:
    """Return what to show of a question.

    Args:
        turn: The question as saved.
        job: Its job, unless that is over; taken before the turn was read.
        status: How far the model is.
        find: Finds the essays that are cited.
    """
    if turn.answer is not None:
        return _view_answer(turn, turn.answer, find)
    passages, claims = turn.progress.passages, turn.progress.claims
    words, fraction, notice, kind = "", None, "", "failed"
    match turn.state:
        case TurnState.UNDER_WAY:
            kind = "active"
            if job is not None:
                passages, claims = _progress(job.events)
            words, fraction = describe_job(job, status)
        case TurnState.STOPPED:
            kind = "stopped"
            notice = _STOPPED if claims else _STOPPED_EMPTY
        case TurnState.INTERRUPTED:
            notice = _INTERRUPTED
        case _:
            notice = turn.error
    sentences, sources = number_citations(claims, passages, find=find)
    return TurnView(
        id=str(turn.id),
        question=turn.question,
        kind=kind,
        status=words,
        fraction=fraction,
        notice=notice,
        sentences=sentences,
        sources=sources,
        passages=_view_passages(passages, find),
    )


def _view_answer(turn: SavedTurn, answer: Answer, find: FindDocument) -> TurnView:
    sentences, sources = number_citations(answer.claims, answer.passages, find=find)
    passages = _view_passages(answer.passages, find)
    if answer.is_stopped:
        kind, notice = "stopped", _STOPPED if sentences else _STOPPED_EMPTY
    elif answer.abstained:
        kind, notice = "abstention", _NOTICES.get(answer.reason, str(answer.reason))
        passages = passages[:_MAX_CLOSEST]
    else:
        kind, notice = "answer", ""
    return TurnView(
        id=str(turn.id),
        question=turn.question,
        kind=kind,
        status="",
        fraction=None,
        notice=notice,
        sentences=sentences,
        sources=sources,
        passages=passages,
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
        case (QuotesChosen() | ClaimChecked(),):
            return "Writing", None
        case _:
            return "Searching the essays", None


def _progress(
    events: Iterable[Event],
) -> tuple[tuple[FoundPassage, ...], tuple[Claim, ...]]:
    passages: tuple[FoundPassage, ...] = ()
    claims: list[Claim] = []
    for event in events:
        match event:
            case PassagesFound(passages=found):
                passages = found
            case ClaimChecked(claim=claim):
                claims.append(claim)
    return passages, tuple(claims)


def number_citations(
    claims: Sequence[Claim], passages: Sequence[FoundPassage], *, find: FindDocument
) -> tuple[tuple[SentenceView, ...], tuple[SourceView, ...]]:
    """Number the sources of an answer by first appearance; the same span has one number."""
    sources: dict[tuple[str, int, int], SourceView] = {}
    sentences = []
    for claim in claims:
        numbers = []
        for citation in claim.citations:
            span = (citation.essay_id, citation.start, citation.end)
            if span not in sources:
                sources[span] = _view_citation(citation, len(sources) + 1, passages, find)
            if sources[span].number not in numbers:
                numbers.append(sources[span].number)
        sentences.append(SentenceView(text=claim.text, numbers=tuple(numbers)))
    return tuple(sentences), tuple(sources.values())


def _view_citation(
    citation: Citation, number: int, passages: Sequence[FoundPassage], find: FindDocument
) -> SourceView:
    document = _found(find, citation.essay_id)
    before, after = "", ""
    for passage in passages:
        start, end = citation.start - passage.start, citation.end - passage.start
        is_inside = start >= 0 and passage.text[start:end] == citation.quote
        if passage.essay_id == citation.essay_id and is_inside:
            before, after = passage.text[:start], passage.text[end:]
            break
    return SourceView(
        number=number,
        essay_id=citation.essay_id,
        start=citation.start,
        end=citation.end,
        title=citation.title,
        author=citation.author,
        place=describe_place(document.text, citation.start) if document else "",
        before=before,
        quote=citation.quote,
        after=after,
        is_partial=document is not None and document.is_truncated,
    )


def _view_passages(passages: Iterable[FoundPassage], find: FindDocument) -> tuple[SourceView, ...]:
    views = []
    for passage in passages:
        document = _found(find, passage.essay_id)
        views.append(
            SourceView(
                number=0,
                essay_id=passage.essay_id,
                start=passage.start,
                end=passage.end,
                title=passage.title,
                author=passage.author,
                place=describe_place(document.text, passage.start) if document else "",
                before="",
                quote=passage.text,
                after="",
                is_partial=document is not None and document.is_truncated,
            )
        )
    return tuple(views)


def _found(find: FindDocument, essay_id: str) -> Document | None:
    """Return the essay, or ``None`` if it is not in use; its words stay with the answer."""
    try:
        return find(essay_id)
    except AssistantError:
        return None


def describe_place(text: str, start: int) -> str:
    """Say in which paragraph of an essay an offset lies.

    >>> describe_place("One.\\n\\nTwo. Three.", 11)
    'paragraph 2 of 2'
    """
    starts = [first for first, _ in _paragraphs(text)]
    return f"paragraph {sum(first <= start for first in starts)} of {len(starts)}"


def view_essay(essay_id: str, start: int, end: int, *, find: FindDocument) -> EssayView:
    """Return an essay with ``start`` to ``end`` of its text marked, paragraph by paragraph."""
    try:
        text = find(essay_id).text
    except AssistantError as error:
        return EssayView(essay_id=essay_id, start=start, end=end, paragraphs=(), error=str(error))
    paragraphs = []
    for first, last in _paragraphs(text):
        # The part of the span that lies in this paragraph; empty if none does.
        opening = min(max(start, first), last)
        closing = min(max(end, opening), last)
        parts = (
            PartView(text=text[first:opening], is_cited=False),
            PartView(text=text[opening:closing], is_cited=True),
            PartView(text=text[closing:last], is_cited=False),
        )
        paragraphs.append(tuple(part for part in parts if part.text))
    return EssayView(
        essay_id=essay_id, start=start, end=end, paragraphs=tuple(paragraphs), error=""
    )


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans between the blank lines of a document's text."""
    first = 0
    for paragraph in text.split("\n\n"):
        yield first, first + len(paragraph)
        first += len(paragraph) + 2
