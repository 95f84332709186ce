"""An essay as the page shows it: whole, with one span marked; and a place in it in words."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from assistant.errors import AssistantError
from assistant.found_essays import FindEssay
from index.corpus import Document
from index.places import count_paragraphs, find_place


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """A stretch of a paragraph, cited or not.

    Attributes:
        text: Its words.
        is_cited: Whether they lie in the span that is marked.
        page: The label of the page that begins with them; empty if none does.
    """

    text: str
    is_cited: bool
    page: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParagraphView:
    """A paragraph; ``number`` counts from 1, and is 0 for a heading."""

    number: int
    parts: tuple[PartView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EssayView:
    """A whole essay with one span marked, or the reason why it cannot be shown."""

    essay_id: str
    start: int
    end: int
    paragraphs: tuple[ParagraphView, ...]
    error: str


def view_essay(essay_id: str, start: int, end: int, *, find: FindEssay) -> EssayView:
    """Return an essay with ``start`` to ``end`` of its text marked, paragraph by paragraph."""
    try:
        document = find(essay_id).document
    except AssistantError as error:
        return EssayView(essay_id=essay_id, start=start, end=end, paragraphs=(), error=str(error))
    return EssayView(
        essay_id=essay_id,
        start=start,
        end=end,
        paragraphs=tuple(_view_paragraphs(document, start, end)),
        error="",
    )


def _view_paragraphs(document: Document, start: int, end: int) -> Iterator[ParagraphView]:
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
        # Where the span or a page begins or ends, as far as that lies in this paragraph.
        edges = sorted({min(max(cut, first), last) for cut in (start, end, first, last, *pages)})
        yield ParagraphView(
            number=0 if is_heading else number,
            parts=tuple(
                PartView(
                    text=document.text[left:right],
                    is_cited=start <= left and right <= end,
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
