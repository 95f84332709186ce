"""Text, title, author and date out of what was saved from the web."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.blocks import make_block
from index.cleaning import CleanEssay, clean_essay
from tests.index.essays import PROSE

MORE = "When the guild fell, the keys were given to a widow, and she gave them to no one else."


def clean(text: str, *, title: str = "") -> CleanEssay:
    return clean_essay([make_block(text)], title=title)


@pytest.mark.parametrize(
    ("byline", "author", "date"),
    [
        pytest.param(
            "Jane Example        History Coursework        30/04/2007",
            "Jane Example",
            "30/04/2007",
            id="columns of name, course and date",
        ),
        pytest.param(
            "Jane\u00a0Example\u00a0 \u00a0 \u00a0 \u00a0Geography\u00a0 \u00a0 \u00a0 3 May 2009",
            "Jane Example",
            "3 May 2009",
            id="columns of non-breaking spaces",
        ),
        pytest.param("Jane Example\tEnglish\t2009-05-03", "Jane Example", "2009-05-03", id="tabs"),
        pytest.param("Jane Example 12R", "Jane Example", "", id="class code"),
        pytest.param(
            "Jane Example L6LJ         History - Old Harbours",
            "Jane Example",
            "",
            id="class, topic",
        ),
        pytest.param("Jane van der Example Year 12", "Jane van der Example", "", id="particles"),
        pytest.param("by Jane Example", "Jane Example", "", id="by"),
        pytest.param("Author: Jane O’Example", "Jane O’Example", "", id="label"),
        pytest.param(
            "Written by Jane Example, May 3, 2009", "Jane Example", "May 3, 2009", id="by, date"
        ),
        pytest.param("J. K. Example", "J. K. Example", "", id="initials"),
        pytest.param("Date: 3rd May 2009", "", "3rd May 2009", id="date label"),
        pytest.param("May 2009", "", "May 2009", id="date alone"),
    ],
)
def test_author_and_date_are_told_from_the_head_and_leave_the_text(
    byline: str, author: str, date: str
) -> None:
    cleaned = clean(f"On Ropes\n\n{byline}\n\n{PROSE}")
    assert (cleaned.title, cleaned.author, cleaned.date) == ("On Ropes", author, date)
    assert cleaned.text == PROSE


def test_a_name_directly_below_the_title_is_the_author() -> None:
    cleaned = clean(f"On Ropes\nJane Example\n\n{PROSE}")
    assert (cleaned.title, cleaned.author, cleaned.text) == ("On Ropes", "Jane Example", PROSE)


@pytest.mark.parametrize(
    "heading",
    [
        "The Old Harbour",
        "Early Years",
        "Northern Winter 1917",
        "A. Causes",
        "I. Origins",
        "By The Harbour",
        "World War Two",
    ],
)
def test_a_heading_is_not_taken_for_an_author(heading: str) -> None:
    cleaned = clean(f"On Ropes\n\n{heading}\n\n{PROSE}")
    assert cleaned.author == ""
    assert cleaned.text == f"{heading}\n\n{PROSE}"


@pytest.mark.parametrize(
    ("first_line", "title"),
    [
        pytest.param("Why did the guild fall by 1729?", "Why did the guild fall by 1729?", id="?"),
        pytest.param("Why did it fall? (15 marks)", "Why did it fall?", id="marks"),
        pytest.param("On Ropes | Example Essays", "On Ropes", id="name of the site"),
        pytest.param("“Salt”: a history", "“Salt”: a history", id="quotation mark"),
        pytest.param("It was late in the year.", "", id="sentence"),
        pytest.param("and then it fell", "", id="small letter"),
        pytest.param(PROSE, "", id="running text"),
    ],
)
def test_the_first_line_is_the_title_if_it_looks_like_one(first_line: str, title: str) -> None:
    cleaned = clean(f"{first_line}\n\n{MORE}")
    assert cleaned.title == title
    assert cleaned.text == (MORE if title else f"{first_line}\n\n{MORE}")


def test_a_known_title_leaves_the_text_and_no_other_line_is_taken_for_it() -> None:
    cleaned = clean(f"On Ropes\n\nThe Beginning\n\n{PROSE}", title="On Ropes")
    assert cleaned.text == f"The Beginning\n\n{PROSE}"


def test_a_subject_above_the_title_is_no_title() -> None:
    cleaned = clean(f"History\n\nRopes and Their Makers\n\n{PROSE}")
    assert (cleaned.title, cleaned.text) == ("Ropes and Their Makers", PROSE)


def test_a_subject_alone_is_a_title() -> None:
    assert clean(f"History\n\n{PROSE}").title == "History"


@pytest.mark.parametrize("again", ["On Old Ropes", "ON OLD ROPES", "On old ropes (15 marks)"])
def test_a_repeated_title_leaves_the_text(again: str) -> None:
    assert clean(f"On Old Ropes\n\n{again}\n\n{PROSE}\n\n{again}\n\n{MORE}").text == (
        f"{PROSE}\n\n{MORE}"
    )


def test_the_number_and_name_of_a_numbered_title_leave_the_head() -> None:
    cleaned = clean(f"IV: On Ropes\nJane Example\n\nIV\n\nOn Ropes\n\n{PROSE}")
    assert (cleaned.title, cleaned.text) == ("IV: On Ropes", PROSE)


def test_a_caption_that_stands_twice_is_dropped() -> None:
    text = f"{PROSE}\n\nThe guild and its gate\nThe guild and its gate\n\n{MORE}"
    assert clean(text).text == f"{PROSE}\n\n{MORE}"


def test_a_refrain_is_kept() -> None:
    verse = "Haul away, haul away,\nHaul away, haul away,\nAnd home with the tide."
    assert clean(f"{PROSE}\n\n{verse}\n\n{MORE}").text == f"{PROSE}\n\n{verse}\n\n{MORE}"


def test_a_paragraph_in_which_a_button_stood_is_two() -> None:
    assert clean(f"{PROSE}\n\nJoin now!\n\n{MORE}").text == f"{PROSE}\n\n{MORE}"


@pytest.mark.parametrize(
    ("end", "is_truncated"),
    [
        pytest.param("This is a preview of the whole essay", True, id="preview"),
        pytest.param("Sign up to read the full essay", True, id="sign up"),
        pytest.param("And so the guild ...", True, id="dots"),
        pytest.param("And so the guild…", True, id="ellipsis"),
        pytest.param("And so the guild fell.", False, id="whole"),
    ],
)
def test_an_essay_that_is_cut_off_is_known(end: str, is_truncated: bool) -> None:
    assert clean(f"On Ropes\n\n{PROSE}\n\n{end}").is_truncated is is_truncated


def test_what_follows_a_preview_goes() -> None:
    rest = "This is a preview of the whole essay\n\nMore than a million papers\n\nJust £5 a month"
    assert clean(f"On Ropes\n\n{PROSE}\n\n{MORE}\n\n{rest}").text == f"{PROSE}\n\n{MORE}"


def test_comments_of_readers_go_with_the_form() -> None:
    rest = "2 Comments\n\nSam says:\n\nThank you, this was of great help to me and my class today."
    assert clean(f"On Ropes\n\n{PROSE}\n\n{MORE}\n\n{rest}").text == f"{PROSE}\n\n{MORE}"


def test_titles_below_related_articles_go() -> None:
    rest = "Related Articles\n\nTar and Its Uses\n\nThe Salt Road"
    assert clean(f"On Ropes\n\n{PROSE}\n\n{rest}").text == PROSE


def test_a_bibliography_is_kept() -> None:
    rest = "Bibliography\n\nExample, J., Ropes, 1931\n\nReed, A., Guilds, 1954"
    assert clean(f"On Ropes\n\n{PROSE}\n\n{rest}").text == f"{PROSE}\n\n{rest}"


def test_spaces_of_all_kinds_become_one_and_typographic_quotes_stay() -> None:
    raw = (
        "He\u00a0said\u2003 that\u00a0 \u00a0“it” was ‘shut’\u200b and\u00adgone away to the north."
    )
    assert clean(f"{PROSE}\n\n{raw}").text == (
        f"{PROSE}\n\nHe said that “it” was ‘shut’ andgone away to the north."
    )


def test_wrapped_lines_are_one_paragraph() -> None:
    wrapped = (
        "The harbour of the old town was built by a guild of\nrope makers, and for a century the"
        " guild kept the keys\nof its gate."
    )
    assert clean(f"On Ropes\n\n{wrapped}\n\n{wrapped}").text == f"{PROSE}\n\n{PROSE}"


def test_long_lines_are_paragraphs_of_their_own() -> None:
    assert clean(f"On Ropes\n\n{PROSE}\n{PROSE} So it was.").text == (
        f"{PROSE}\n\n{PROSE} So it was."
    )


def test_lines_of_verse_stay_lines() -> None:
    verse = (
        "Haul the ropes of the harbour, haul them home with me,\nAnd tie them to the guild-house"
    )
    assert clean(f"{PROSE}\n\n{verse}\n\n{MORE}").text == f"{PROSE}\n\n{verse}\n\n{MORE}"


PAGE = """Skip to main content
Menu
Home » Essays » Geography
Essay on Canals: Why They Were Dug

Info: 1432 words (6 pages) Essay
Published: 5th Dec 2016
✅ Free Essay ✅ Geography

Disclaimer: This work was handed in by a pupil and is not an example of our own.

Canals were dug because roads were bad. In 1761 the first of the great ones carried coal from the \
mines to the mills, and the price of coal fell by half within a year.

ADVERTISEMENT

Get Help With Your Essay
If you need assistance with your coursework, our service is here for you!
Find out more

Some say that tags and tolls made the owners rich; but the comments of the time, which are many, \
say that they were ruined by the railway that came after them.

Photo: A lock at noon

References

Example, J. (1931) Canals. London.

Cite This Work
To export a reference to this article please select a style below:
Copy to Clipboard
Related Services
View all
Share this: Facebook Twitter Reddit
Request essay removal
"""


def test_of_a_whole_page_only_the_essay_is_left() -> None:
    cleaned = clean(PAGE)
    assert cleaned.title == "Essay on Canals: Why They Were Dug"
    assert cleaned.date == "5th Dec 2016"
    assert [paragraph[:20] for paragraph in cleaned.text.split("\n\n")] == [
        "Canals were dug beca",
        "Some say that tags a",
        "References",
        "Example, J. (1931) C",
    ]


@given(st.lists(st.sampled_from([PROSE, MORE, "The Gate", "Join now!", "\n", "Tags"]) | st.text()))
def test_clean_text_has_no_blank_lines_or_spaces_to_spare_and_stays_clean(
    lines: list[str],
) -> None:
    text = clean("\n\n".join(lines)).text
    assert "  " not in text
    assert "\n\n\n" not in text
    assert text == text.strip()
    assert "\xa0" not in text
