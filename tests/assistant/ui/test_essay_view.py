"""What the page shows of a whole essay."""

import pytest

from assistant.ui.essay_view import EssayView, describe_place, view_essay
from tests.assistant.ui.values import TEXT, find, find_nothing


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
    assert describe_place(TEXT, start) == place


def marked(essay: EssayView) -> str:
    return "".join(
        part.text for paragraph in essay.paragraphs for part in paragraph if part.is_cited
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
    shown = ["".join(part.text for part in paragraph) for paragraph in essay.paragraphs]
    assert "\n\n".join(shown) == TEXT


def test_an_essay_no_longer_in_use_is_an_error_in_words() -> None:
    assert "is gone" in view_essay("id", 0, 1, find=find_nothing).error
