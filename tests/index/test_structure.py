"""Headings and pages keep their places when a text is cleaned."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.blocks import PAGE_BREAK, Block, Line, make_block
from index.cleaning import CleanEssay, PageStart, clean_essay
from index.corpus import Page
from index.places import count_paragraphs, find_place
from tests.index.essays import PROSE, make_document

WORDS = st.sampled_from([PROSE, "The Gate", "Join now!", "Tags", "", "  ", "On Ropes", "\u00ad"])
LINES = st.lists(WORDS | st.text(max_size=8), min_size=1, max_size=3)


@st.composite
def essays(draw: st.DrawFn) -> list[Block]:
    """Return blocks whose lines and pages come in order, some of them over page breaks."""
    blocks, page = [], 0
    for texts in draw(st.lists(LINES, max_size=6)):
        lines = []
        for text in texts:
            page += draw(st.integers(0, 2))
            text = text.replace("\n", " ").replace(PAGE_BREAK, " ")
            if draw(st.booleans()):
                text = text.replace(" ", PAGE_BREAK, 1)
            lines.append(Line(text, page))
            page += text.count(PAGE_BREAK)
        blocks.append(Block(lines=tuple(lines), is_heading=draw(st.booleans())))
    return blocks


@settings(max_examples=60)
@given(essays(), st.booleans())
def test_headings_are_whole_paragraphs_and_pages_ascend_within_the_text(
    blocks: list[Block], is_web: bool
) -> None:
    clean = clean_essay(blocks, is_web=is_web)
    starts, at = {}, 0
    for paragraph in clean.text.split("\n\n"):
        starts[at] = at + len(paragraph)
        at += len(paragraph) + 2
    assert all(starts.get(start) == end > start for start, end in clean.headings)
    assert list(clean.headings) == sorted(set(clean.headings))
    offsets = [start for start, _ in clean.page_starts]
    pages = [page for _, page in clean.page_starts]
    assert offsets == sorted(set(offsets))
    assert pages == sorted(set(pages))
    assert not clean.text or offsets[0] == 0
    assert all(not clean.text[start].isspace() for start in offsets)
    assert PAGE_BREAK not in clean.text


@settings(max_examples=60)
@given(essays())
def test_each_word_stands_on_the_page_that_it_was_read_from(blocks: list[Block]) -> None:
    # Words that say where they stand: cleaning may drop some and must move none.
    marked = []
    for block in blocks:
        lines = []
        for line in block.lines:
            pieces = line.text.split(PAGE_BREAK)
            texts = [f"on p{line.page + number} it rains" for number in range(len(pieces))]
            lines.append(Line(PAGE_BREAK.join(texts), line.page))
        marked.append(Block(lines=tuple(lines), is_heading=block.is_heading))
    clean = clean_essay(marked, is_web=False)
    end_mark = PageStart(len(clean.text), -1)
    for (start, page), (end, _) in pairwise([*clean.page_starts, end_mark]):
        words = clean.text[start:end].split()
        assert {word for word in words if word[0] == "p"} == {f"p{page}"}


def clean_three() -> CleanEssay:
    pages = [PROSE, f"{PROSE} So it{PAGE_BREAK}was.", "The End of the Guild"]
    return clean_essay(
        [
            Block(lines=(Line(pages[0], 0),)),
            Block(lines=(Line(pages[1], 1),)),
            Block(lines=(Line(pages[2], 2),), is_heading=True),
        ]
    )


def test_a_paragraph_over_a_page_break_begins_on_its_first_page() -> None:
    clean = clean_three()
    assert [clean.text[start:].split()[0] for start, _ in clean.page_starts] == [
        "The",
        "The",
        "was.",
    ]
    assert [clean.text[start:end] for start, end in clean.headings] == ["The End of the Guild"]


def test_headings_of_a_web_page_may_be_clutter_and_others_never_are() -> None:
    blocks = [make_block(PROSE), make_block("Related Articles", is_heading=True)]
    assert clean_essay(blocks, is_web=True).headings == ()
    assert len(clean_essay(blocks, is_web=False).headings) == 1


DOCUMENT = replace(
    make_document("Ropes\n\nOne.\n\nTwo\nlines.\n\nTar\n\nThree.\n\nEnd"),
    headings=((0, 5), (25, 28), (38, 41)),
    pages=(Page(start=0, label=""), Page(start=7, label="x"), Page(start=17, label="xi")),
)


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("Ropes", (1, "", "Ropes")),
        ("One.", (1, "x", "Ropes")),
        ("Two", (2, "x", "Ropes")),
        ("lines", (2, "xi", "Ropes")),
        ("Tar", (3, "xi", "Tar")),
        ("Three", (3, "xi", "Tar")),
        ("End", (3, "xi", "End")),
    ],
)
def test_a_place_is_told_by_paragraph_page_and_heading(
    words: str, place: tuple[int, str, str]
) -> None:
    assert find_place(DOCUMENT, DOCUMENT.text.index(words)) == place


def test_paragraphs_are_counted_without_headings() -> None:
    assert count_paragraphs(DOCUMENT) == 3
    assert count_paragraphs(make_document("")) == 1


def test_a_place_outside_the_text_is_moved_inside() -> None:
    assert find_place(DOCUMENT, -5) == find_place(DOCUMENT, 0)
    assert find_place(DOCUMENT, 999).paragraph == 3
