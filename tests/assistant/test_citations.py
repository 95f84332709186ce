"""Citations are spans of essays."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.citations import Citation, cite, describe_place
from assistant.errors import CitationError
from index.corpus import Page
from tests.index.essays import make_document

DOCUMENT = make_document(
    "“Naïve” words, 𝟙 two\n\nthree.", title="On Words", author="A. Writer", name="words.md"
)


@given(st.integers(-50, 50), st.integers(-50, 50))
def test_a_span_is_cited_verbatim_or_refused(start: int, end: int) -> None:
    if 0 <= start < end <= len(DOCUMENT.text):
        citation = cite(DOCUMENT, start=start, end=end)
        assert citation.quote == DOCUMENT.text[start:end]
        assert (citation.start, citation.end) == (start, end)
    else:
        with pytest.raises(CitationError):
            cite(DOCUMENT, start=start, end=end)


def test_a_citation_names_its_essay() -> None:
    citation = cite(DOCUMENT, start=0, end=7)
    assert (citation.essay, citation.essay_id) == ("words.md", DOCUMENT.id)
    assert (citation.title, citation.author) == ("On Words", "A. Writer")


def test_the_whole_text_can_be_cited() -> None:
    assert cite(DOCUMENT, start=0, end=len(DOCUMENT.text)).quote == DOCUMENT.text


def test_the_refusal_says_what_is_accepted() -> None:
    with pytest.raises(CitationError, match=r"7:99 lies outside 'words\.md'.*0 <= start < end"):
        cite(DOCUMENT, start=7, end=99)


def test_a_citation_knows_the_paragraph_page_and_heading_that_it_begins_in() -> None:
    text = "Ropes\n\nOne. Two.\n\nTar\n\nThree."
    document = replace(
        make_document(text),
        headings=((0, 5), (18, 21)),
        pages=(Page(start=0, label="7"), Page(start=12, label="8")),
    )
    cited = [cite(document, start=at, end=at + 3) for at in map(text.index, ("One", "Two", "Thr"))]
    assert [(one.paragraph, one.page, one.heading) for one in cited] == [
        (1, "7", "Ropes"),
        (1, "8", "Ropes"),
        (2, "8", "Tar"),
    ]


def test_a_citation_saved_before_places_were_known_has_none() -> None:
    old = Citation(essay="", essay_id="", title="", author="", start=0, end=1, quote="a")
    assert (old.paragraph, old.page, old.heading, describe_place(old)) == (0, "", "", "")
