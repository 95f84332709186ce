"""What is open beside a chat: words of an essay, named by the address of the page."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from assistant.errors import AssistantError
from assistant.kept_essays.found import FindEssay, FoundEssay
from assistant.ui.essay_view import EssayView, MarkedSpan, describe_place, essay_key, view_essay
from assistant.ui.source_view import SourceView
from assistant.ui.views import TurnView
from assistant.wording import describe_citation
from index.places import find_place

ESSAY: Final = "essay"
WORDS: Final = "words"
ANSWER: Final = "answer"
"""The names that the address has for it."""

_SPAN = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")
_KEPT = "These are the words that were saved with the answer."
_OUTSIDE = "The address names words that this essay does not have."


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Words of an essay.

    Attributes:
        essay_id: The essay's id.
        start: Offset of the first character in the essay's text.
        end: Offset after the last.
        turn_id: The turn whose answer they were opened from; empty if that is not known.
    """

    essay_id: str
    start: int
    end: int
    turn_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenView:
    """What the pane beside the chat shows.

    Attributes:
        turn_id: The turn that cites or found the words; empty if none does.
        source: The words, their essay and their place.
        essay_key: Names the whole essay with its marks; empty if the essay is not there.
        problem: Why the essay, or the words in it, cannot be shown; empty if they can.
    """

    turn_id: str
    source: SourceView
    essay_key: str
    problem: str


def read_opened(address: Mapping[str, str]) -> Opened | None:
    """Return what an address names; ``None`` if that is nothing, or nothing that can be read.

    >>> read_opened({"essay": "ab12", "words": "10-32"})
    Opened(essay_id='ab12', start=10, end=32, turn_id='')
    >>> read_opened({"essay": "ab12", "words": "all"}) is None
    True
    """
    essay_id, span = address.get(ESSAY, ""), _SPAN.fullmatch(address.get(WORDS, ""))
    if not essay_id or span is None:
        return None
    return Opened(
        essay_id=essay_id,
        start=int(span[1]),
        end=int(span[2]),
        turn_id=address.get(ANSWER, ""),
    )


def parse_opened(text: str, turn_id: str) -> Opened | None:
    """Return the words that a citation in the browser names; ``None`` if it names none.

    >>> parse_opened("ab12:10-32", "3")
    Opened(essay_id='ab12', start=10, end=32, turn_id='3')
    """
    essay_id, _, words = text.rpartition(":")
    return read_opened({ESSAY: essay_id, WORDS: words, ANSWER: turn_id})


def write_opened(opened: Opened | None) -> dict[str, str | list[str]]:
    """Return what an address needs to name it; an empty list where the name is to be left out.

    >>> write_opened(Opened(essay_id="ab12", start=10, end=32))
    {'essay': 'ab12', 'words': '10-32', 'answer': []}
    """
    if opened is None:
        return {ESSAY: [], WORDS: [], ANSWER: []}
    return {
        ESSAY: opened.essay_id,
        WORDS: f"{opened.start}-{opened.end}",
        ANSWER: opened.turn_id or [],
    }


def view_opened(
    opened: Opened, turns: Sequence[TurnView], *, find: FindEssay, held: str = ""
) -> tuple[OpenView, EssayView | None]:
    """Return what to show of opened words, and their whole essay with its marks, if it is wanted.

    All that the same answer cites of the essay is marked. Words that no answer of the chat cites
    and no search found are marked alone. Without the essay, the words are those that were kept
    with the answer.

    Args:
        opened: What is open.
        turns: The chat, oldest first.
        find: Finds the essay.
        held: The key of the essay that the browser has; that one is not made again.
    """
    turn, source = _find_source(opened, turns)
    try:
        found = find(opened.essay_id)
    except AssistantError as error:
        problem = f"{error} {_KEPT}" if source else str(error)
        return (
            OpenView(
                turn_id=turn.id if turn else "",
                source=source or _view_unknown(opened),
                essay_key="",
                problem=problem,
            ),
            None,
        )
    spans = _marked_spans(opened, turn, source)
    turn_id = turn.id if turn else ""
    key = essay_key(opened.essay_id, turn_id, spans)
    is_inside = opened.start < opened.end <= len(found.document.text)
    return (
        OpenView(
            turn_id=turn_id,
            source=source or _view_words(opened, found),
            essay_key=key,
            problem="" if is_inside else _OUTSIDE,
        ),
        None if key == held else view_essay(found.document, spans, turn_id=turn_id),
    )


def _find_source(
    opened: Opened, turns: Sequence[TurnView]
) -> tuple[TurnView | None, SourceView | None]:
    """Return the turn that the words were opened from, else the latest that has them."""
    own = [turn for turn in turns if turn.id == opened.turn_id]
    for turn in (*own, *reversed(turns)):
        for source in _sources_of(turn):
            if (source.essay_id, source.start, source.end) == (
                opened.essay_id,
                opened.start,
                opened.end,
            ):
                return turn, source
    return None, None


def _sources_of(turn: TurnView) -> Iterator[SourceView]:
    yield from turn.sources
    yield from turn.passages


def _marked_spans(
    opened: Opened, turn: TurnView | None, source: SourceView | None
) -> tuple[MarkedSpan, ...]:
    cited = tuple(
        MarkedSpan(number=one.number, start=one.start, end=one.end)
        for one in (turn.sources if turn else ())
        if one.essay_id == opened.essay_id
    )
    if source is not None and source.number:
        return cited
    return (*cited, MarkedSpan(number=0, start=opened.start, end=opened.end))


def _view_words(opened: Opened, found: FoundEssay) -> SourceView:
    document = found.document
    place = find_place(document, opened.start)
    return replace(
        _view_unknown(opened),
        title=document.title,
        author=document.author,
        place=describe_place(document, opened.start),
        name=describe_citation(
            0,
            title=document.title,
            author=document.author,
            page=place.page,
            paragraph=place.paragraph,
        ),
        heading=place.heading,
        quote=document.text[opened.start : opened.end],
        is_partial=document.is_truncated,
        remark=found.remark,
    )


def _view_unknown(opened: Opened) -> SourceView:
    return SourceView(
        number=0,
        name=describe_citation(0, title="", author=""),
        essay_id=opened.essay_id,
        start=opened.start,
        end=opened.end,
        title="",
        author="",
        place="",
        heading="",
        before="",
        quote="",
        after="",
        is_partial=False,
        remark="",
    )
