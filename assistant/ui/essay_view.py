"""An essay as the page shows it: whole, with one span marked; and a place in it in words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from assistant.errors import AssistantError
from index.corpus import Document

FindDocument = Callable[[str], Document]
"""Returns the essay with an id; raises ``AssistantError`` if it is not in use."""


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


def describe_place(text: str, start: int) -> str:
    """Say in which paragraph of an essay an offset lies.

    >>> describe_place("One.\\n\\nTwo. Three.", 11)
    'paragraph 2 of 2'
    """
    starts = [first for first, _ in _paragraphs(text)]
    return f"paragraph {sum(first <= start for first in starts)} of {len(starts)}"


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans between the blank lines of a document's text."""
    first = 0
    for paragraph in text.split("\n\n"):
        yield first, first + len(paragraph)
        first += len(paragraph) + 2
