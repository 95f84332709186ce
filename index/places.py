"""Where in a document an offset lies, as a reader would say it."""

from bisect import bisect_right
from typing import NamedTuple

from index.corpus import Document


class Place(NamedTuple):
    """A place in a document.

    Attributes:
        paragraph: Number of the paragraph, from 1; headings are not counted. Of a heading, the
            number of the paragraph below it, or of the last one if there is none below.
        page: Label of the page; empty if the document has no pages.
        heading: The nearest heading at or above the place, on one line; empty if there is none.
    """

    paragraph: int
    page: str
    heading: str


def find_place(document: Document, offset: int) -> Place:
    """Return where ``document.text[offset]`` stands; an offset outside the text is moved inside."""
    offset = min(max(offset, 0), len(document.text))
    above = [span for span in document.headings if span[0] <= offset]
    heading = " ".join(document.text[slice(*above[-1])].split()) if above else ""
    paragraph = 1 + document.text.count("\n\n", 0, offset) - len(above)
    if above and offset < above[-1][1]:
        paragraph += 1
    pages = document.pages
    number = bisect_right([page.start for page in pages], offset)
    return Place(
        paragraph=min(max(paragraph, 1), count_paragraphs(document)),
        # What stands before the first page mark can only be on the first page.
        page=pages[max(number - 1, 0)].label if pages else "",
        heading=heading,
    )


def count_paragraphs(document: Document) -> int:
    """Return how many paragraphs a document has, headings not counted; at least 1."""
    return max(1, document.text.count("\n\n") + 1 - len(document.headings))
