"""What the page shows of a whole essay."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.ui.essay_view import EssayView, MarkedSpan, describe_place, essay_key, view_essay
from index.corpus import Page
from tests.assistant.ui.values import TEXT, make_document

OFFSETS = st.integers(0, len(TEXT))


@pytest.mark.parametrize(
    ("start", "place"),
    [
        (0, "paragraph 1 of 3"),
        (10, "paragraph 2 of 3"),
        (46, "paragraph 2 of 3"),
        (49, "paragraph 3 of 3"),
    ],
)
def test_a_place_counts_paragraphs(start: int, place: str) -> None:
    assert describe_place(make_document(), start) == place


def mark(number: int, start: int, end: int) -> MarkedSpan:
    return MarkedSpan(number=number, start=start, end=end)


def marked(essay: EssayView, number: int = 1) -> str:
    return "".join(
        part.text
        for paragraph in essay.paragraphs
        for part in paragraph.parts
        if number in part.numbers
    )


def whole(essay: EssayView) -> str:
    return "\n\n".join("".join(part.text for part in one.parts) for one in essay.paragraphs)


@pytest.mark.parametrize(("start", "end"), [(10, 32), (33, 47), (0, 8), (49, 69), (10, 11)])
def test_the_marked_words_of_an_essay_are_those_of_the_span(start: int, end: int) -> None:
    assert marked(view_essay(make_document(), [mark(1, start, end)])) == TEXT[start:end]


def test_a_span_across_paragraphs_is_marked_in_each() -> None:
    essay = view_essay(make_document(), [mark(1, 33, 58)])
    assert marked(essay) == "It was winter.In spring"


def test_a_span_outside_the_essay_marks_nothing() -> None:
    for start, end in ((900, 950), (-5, -1), (20, 10)):
        assert marked(view_essay(make_document(), [mark(1, start, end)])) == ""


def test_spans_that_overlap_are_both_marked_with_their_numbers() -> None:
    essay = view_essay(make_document(), [mark(2, 14, 40), mark(1, 10, 20)])
    assert marked(essay, 1) == TEXT[10:20]
    assert marked(essay, 2) == TEXT[14:40]
    (both,) = [
        part.text for one in essay.paragraphs for part in one.parts if part.numbers == (1, 2)
    ]
    assert both == TEXT[14:20]


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 9), OFFSETS, OFFSETS), max_size=4))
def test_an_essay_is_shown_whole_however_it_is_marked(spans: list[tuple[int, int, int]]) -> None:
    essay = view_essay(make_document(), [mark(*span) for span in spans])
    assert whole(essay) == TEXT


def test_the_key_names_the_essay_and_its_marks_in_any_order() -> None:
    spans = [mark(2, 14, 40), mark(1, 10, 20)]
    essay = view_essay(make_document(), spans, turn_id="3")
    assert essay.key == essay_key(make_document().id, "3", spans[::-1])
    assert essay.key != essay_key(make_document().id, "4", spans)
    assert essay.key != essay_key(make_document().id, "3", spans[:1])


def test_a_heading_has_no_number_and_the_paragraphs_below_count_on() -> None:
    document = replace(make_document(), headings=((0, 8),))
    essay = view_essay(document)
    assert [paragraph.number for paragraph in essay.paragraphs] == [0, 1, 2]
    assert describe_place(document, 49) == "paragraph 2 of 2"


def test_a_page_begins_with_its_first_words_even_within_marked_ones() -> None:
    pages = (Page(start=0, label="xi"), Page(start=33, label="12"), Page(start=48, label="13"))
    document = replace(make_document(), pages=pages)
    essay = view_essay(document, [mark(1, 10, 47)])
    assert marked(essay) == TEXT[10:47]
    parts = [part for paragraph in essay.paragraphs for part in paragraph.parts]
    assert [(part.page, part.text) for part in parts if part.page] == [
        ("xi", "Crossing"),
        ("12", "It was winter."),
        ("13", "In spring it opened."),
    ]
    assert describe_place(document, 33) == "page 12, paragraph 2 of 3"
