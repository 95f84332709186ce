"""An essay as the page shows it: whole, with the cited words marked; and a place in it in words."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.corpus import Document
from index.places import count_paragraphs, find_place


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class MarkedSpan:
    """A span of an essay to be marked.

    Attributes:
        number: What its citation is numbered with, from 1; 0 for words that are only looked at.
        start: Offset of its first character in the essay's text.
        end: Offset after its last.
    """

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """A stretch of a paragraph that lies within the same spans from its beginning to its end.

    Attributes:
        text: Its words.
        numbers: The numbers of the spans around it, ascending; empty if it is not marked.
        page: The label of the page that begins with them; empty if none does.
    """

    text: str
    numbers: tuple[int, ...] = ()
    page: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParagraphView:
    """A paragraph; ``number`` counts from 1, and is 0 for a heading."""

    number: int
    parts: tuple[PartView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EssayView:
    """A whole essay with spans of it marked.

    Attributes:
        key: Names the essay with these marks: the browser keeps what it has by it.
        essay_id: The essay's id.
        turn_id: The turn whose citations are marked; empty if none is known.
        spans: What is marked, ordered.
        paragraphs: All of it, headings included, in order.
    """

    key: str
    essay_id: str
    turn_id: str
    spans: tuple[MarkedSpan, ...]
    paragraphs: tuple[ParagraphView, ...]


def essay_key(essay_id: str, turn_id: str, spans: Sequence[MarkedSpan]) -> str:
    """Return the key of an essay with these marks, without looking at its text.

    >>> essay_key("ab12", "3", [MarkedSpan(number=1, start=10, end=32)])
    'ab12 of 3: 1 at 10-32'
    """
    marks = ", ".join(f"{span.number} at {span.start}-{span.end}" for span in sorted(spans))
    return f"{essay_id} of {turn_id}: {marks}"


def view_essay(
    document: Document, spans: Sequence[MarkedSpan] = (), *, turn_id: str = ""
) -> EssayView:
    """Return an essay paragraph by paragraph, with the spans marked as far as they lie in it."""
    return EssayView(
        key=essay_key(document.id, turn_id, spans),
        essay_id=document.id,
        turn_id=turn_id,
        spans=tuple(sorted(spans)),
        paragraphs=tuple(_view_paragraphs(document, spans)),
    )


def _view_paragraphs(document: Document, spans: Sequence[MarkedSpan]) -> Iterator[ParagraphView]:
    headings = {first for first, _ in document.headings}
    starts = [page.start for page in document.pages]
    number, first = 0, 0
    for paragraph in document.text.split("\n\n"):
        last = first + len(paragraph)
        is_heading = first in headings
        number += not is_heading
        # A page may begin within the blank line; its mark then stands before the next words.
        begun = document.pages[bisect_left(starts, first - 2) : bisect_left(starts, last)]
        pages = {max(page.start, first): page.label for page in begun}
        here = [span for span in spans if span.start < last and span.end > first]
        # Where a span or a page begins or ends, as far as that lies in this paragraph.
        cuts = {first, last, *pages, *(cut for span in here for cut in (span.start, span.end))}
        edges = sorted({min(max(cut, first), last) for cut in cuts})
        yield ParagraphView(
            number=0 if is_heading else number,
            parts=tuple(
                PartView(
                    text=document.text[left:right],
                    numbers=tuple(
                        sorted({one.number for one in here if one.start <= left < right <= one.end})
                    ),
                    page=pages.get(left, ""),
                )
                for left, right in pairwise(edges)
            ),
        )
        first = last + 2


def describe_place(document: Document, start: int) -> str:
    """Say on which page, if there are pages, and in which paragraph of an essay an offset lies."""
    place = find_place(document, start)
    paragraph = f"paragraph {place.paragraph} of {count_paragraphs(document)}"
    return f"page {place.page}, {paragraph}" if place.page else paragraph
