"""A citation ties a claim to a span of an essay, and cannot be invented."""

from dataclasses import dataclass

from assistant.errors import CitationError
from index.corpus import Document
from index.places import find_place


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A verbatim span: ``document.text[start:end] == quote``.

    Attributes:
        essay: The document's name.
        essay_id: The document's id, the hash of the text that the offsets count in.
        title: The document's title.
        author: The document's author; empty if unknown.
        start: Offset of the first cited character in the document's text.
        end: Offset after the last.
        quote: The words themselves.
        paragraph: Number of the paragraph in which they begin, from 1, headings not counted; 0 if
            unknown, as in chats saved by earlier versions.
        page: Label of the page on which they begin; empty if the essay has no pages.
        heading: The nearest heading above them; empty if there is none.
    """

    essay: str
    essay_id: str
    title: str
    author: str
    start: int
    end: int
    quote: str
    paragraph: int = 0
    page: str = ""
    heading: str = ""


def cite(document: Document, *, start: int, end: int) -> Citation:
    """Cite ``document.text[start:end]``.

    Raises:
        CitationError: The span is empty or lies outside the text.
    """
    if not 0 <= start < end <= len(document.text):
        raise CitationError(
            f"The span {start}:{end} lies outside {document.name!r}, which has"
            f" {len(document.text)} characters; cite a span with 0 <= start < end <= length."
        )
    place = find_place(document, start)
    return Citation(
        essay=document.name,
        essay_id=document.id,
        title=document.title,
        author=document.author,
        start=start,
        end=end,
        quote=document.text[start:end],
        paragraph=place.paragraph,
        page=place.page,
        heading=place.heading,
    )


def describe_place(citation: Citation) -> str:
    """Say where in its essay a citation stands, as a reference does; empty if that is unknown.

    >>> words = Citation(essay="ropes.pdf", essay_id="", title="On Ropes", author="", start=0,
    ...                  end=3, quote="It.", paragraph=4, page="12")
    >>> describe_place(words)
    'p. 12'
    """
    return name_place(citation.paragraph, citation.page)


def name_place(paragraph: int, page: str) -> str:
    """Name a place in an essay as a reference does; empty if neither number is known.

    >>> name_place(4, ""), name_place(4, "xii"), name_place(0, "")
    ('paragraph 4', 'p. xii', '')
    """
    if page:
        return f"p. {page}"
    return f"paragraph {paragraph}" if paragraph else ""
