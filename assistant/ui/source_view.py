"""Sources as the page shows them: what the sentences of an answer cite, and what was found."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.answers import FoundPassage
from assistant.citations import Citation
from assistant.grounding import Claim
from assistant.kept_essays.found import FindEssay, find_kept
from assistant.numbering import number_spans
from assistant.ui.essay_view import describe_place
from assistant.wording import describe_citation, describe_mark
from index.places import find_place


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """A span of an essay in its surroundings.

    Attributes:
        number: What its citations are numbered with, from 1; 0 for a passage that was only found.
        name: What it is called where it is heard, not seen.
        essay_id: The essay's id.
        start: Offset of the span in the essay's text.
        end: Offset after it.
        title: The essay's title.
        author: Its author; empty if unknown.
        place: Where in the essay, in words; of an essay that is not in use, as far as it was saved.
        heading: The nearest heading above it; empty if there is none.
        before: The passage up to the span.
        quote: The span's text.
        after: The rest of the passage.
        is_partial: Whether only a part of the essay is there.
        remark: What has become of the essay since, in words; empty if it is as it was.
    """

    number: int
    name: str
    essay_id: str
    start: int
    end: int
    title: str
    author: str
    place: str
    heading: str
    before: str
    quote: str
    after: str
    is_partial: bool
    remark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceView:
    """A sentence of an answer.

    Attributes:
        text: What is said.
        numbers: Those of its sources, the best first.
        mark: That, and why, it is only partly supported; empty if it is supported.
        heading: The essay that begins with it, in an answer ordered by essay; else empty.
    """

    text: str
    numbers: tuple[int, ...]
    mark: str = ""
    heading: str = ""


def number_citations(
    claims: Sequence[Claim], passages: Sequence[FoundPassage], *, find: FindEssay
) -> tuple[tuple[SentenceView, ...], tuple[SourceView, ...]]:
    """Number the sources of an answer by first appearance; the same span has one number."""
    numbering = number_spans(claims)
    sentences = tuple(
        SentenceView(text=claim.text, numbers=numbers, mark=describe_mark(claim))
        for claim, numbers in zip(claims, numbering.of_claims, strict=True)
    )
    sources = tuple(
        _view_citation(citation, number, passages, find)
        for number, citation in enumerate(numbering.citations, start=1)
    )
    return sentences, sources


def _view_citation(
    citation: Citation, number: int, passages: Sequence[FoundPassage], find: FindEssay
) -> SourceView:
    found = find_kept(find, citation.essay_id)
    document = found.document if found else None
    before, after = "", ""
    for passage in passages:
        start, end = citation.start - passage.start, citation.end - passage.start
        is_inside = start >= 0 and passage.text[start:end] == citation.quote
        if passage.essay_id == citation.essay_id and is_inside:
            before, after = passage.text[:start], passage.text[end:]
            break
    place = find_place(document, citation.start) if document else None
    return SourceView(
        number=number,
        name=describe_citation(
            number,
            title=citation.title,
            author=citation.author,
            page=place.page if place else citation.page,
            paragraph=place.paragraph if place else citation.paragraph,
        ),
        essay_id=citation.essay_id,
        start=citation.start,
        end=citation.end,
        title=citation.title,
        author=citation.author,
        place=describe_place(document, citation.start) if document else _saved_place(citation),
        heading=citation.heading,
        before=before,
        quote=citation.quote,
        after=after,
        is_partial=document is not None and document.is_truncated,
        remark=found.remark if found else "",
    )


def _saved_place(citation: Citation) -> str:
    parts = (
        f"page {citation.page}" if citation.page else "",
        f"paragraph {citation.paragraph}" if citation.paragraph else "",
    )
    return ", ".join(part for part in parts if part)


def view_passages(passages: Iterable[FoundPassage], find: FindEssay) -> tuple[SourceView, ...]:
    """Return the passages found as sources, by rank."""
    views = []
    for passage in passages:
        found = find_kept(find, passage.essay_id)
        document = found.document if found else None
        place = find_place(document, passage.start) if document else None
        views.append(
            SourceView(
                number=0,
                name=describe_citation(
                    0,
                    title=passage.title,
                    author=passage.author,
                    page=place.page if place else "",
                    paragraph=place.paragraph if place else 0,
                ),
                essay_id=passage.essay_id,
                start=passage.start,
                end=passage.end,
                title=passage.title,
                author=passage.author,
                place=describe_place(document, passage.start) if document else "",
                heading=place.heading if place else "",
                before="",
                quote=passage.text,
                after="",
                is_partial=document is not None and document.is_truncated,
                remark=found.remark if found else "",
            )
        )
    return tuple(views)
