"""What the page shows of a whole essay."""

from dataclasses import replace

import pytest

from assistant.found_essays import FoundEssay
from assistant.ui.essay_view import EssayView, describe_place, view_essay
from index.corpus import Page
from tests.assistant.ui.values import TEXT, find, find_nothing, make_document


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


def marked(essay: EssayView) -> str:
    return "".join(
        part.text for paragraph in essay.paragraphs for part in paragraph.parts if part.is_cited
    )


@pytest.mark.parametrize(("start", "end"), [(10, 32), (33, 47), (0, 8), (49, 69), (10, 11)])
def test_the_marked_words_of_an_essay_are_those_of_the_span(start: int, end: int) -> None:
    assert marked(view_essay("id", start, end, find=find)) == TEXT[start:end]


def test_a_span_across_paragraphs_is_marked_in_each() -> None:
    essay = view_essay("id", 33, 58, find=find)
    assert marked(essay) == "It was winter.In spring"


def test_a_span_outside_the_essay_marks_nothing() -> None:
    for start, end in ((900, 950), (-5, -1), (20, 10)):
        assert marked(view_essay("id", start, end, find=find)) == ""


def test_an_essay_is_shown_whole() -> None:
    essay = view_essay("id", 10, 32, find=find)
    shown = ["".join(part.text for part in paragraph.parts) for paragraph in essay.paragraphs]
    assert "\n\n".join(shown) == TEXT


def test_an_essay_no_longer_in_use_is_an_error_in_words() -> None:
    assert "is gone" in view_essay("id", 0, 1, find=find_nothing).error


def test_a_heading_has_no_number_and_the_paragraphs_below_count_on() -> None:
    document = replace(make_document(), headings=((0, 8),))
    essay = view_essay("id", 0, 0, find=lambda _: FoundEssay(document=document))
    assert [paragraph.number for paragraph in essay.paragraphs] == [0, 1, 2]
    assert describe_place(document, 49) == "paragraph 2 of 2"


def test_a_page_begins_with_its_first_words_even_within_marked_ones() -> None:
    pages = (Page(start=0, label="xi"), Page(start=33, label="12"), Page(start=48, label="13"))
    document = replace(make_document(), pages=pages)
    essay = view_essay("id", 10, 47, find=lambda _: FoundEssay(document=document))
    assert marked(essay) == TEXT[10:47]
    parts = [part for paragraph in essay.paragraphs for part in paragraph.parts]
    assert [(part.page, part.text) for part in parts if part.page] == [
        ("xi", "Crossing"),
        ("12", "It was winter."),
        ("13", "In spring it opened."),
    ]
    assert describe_place(document, 33) == "page 12, paragraph 2 of 3"
