"""PDF files: lines become paragraphs again, and pages keep their numbers."""

import textwrap

import pytest

from index.corpus import Document, read_document
from index.errors import EssayError
from index.places import find_place
from tests.index.essays import PROSE
from tests.index.formats import Typed, typeset

OTHER = (
    "When the guild fell, the keys were given to a widow, and she gave them to no one else, though"
    " the council asked her twice."
)
LONG = f"{PROSE} {OTHER} {PROSE} {OTHER}"


def page(
    *paragraphs: str, top: float = 740, gap: float = 12, indent: float = 0, width: int = 60
) -> list[Typed]:
    """Return the lines of paragraphs, in Courier of 10 points at 12 points' distance."""
    lines = []
    y = top
    for paragraph in paragraphs:
        for number, text in enumerate(textwrap.wrap(paragraph, width)):
            lines.append(Typed(text, 60 + (0 if number else indent), y))
            y -= 12
        y -= gap
    return lines


def read(*pages: list[Typed], labels: str = "") -> Document:
    return read_document("a.pdf", typeset(pages, labels=labels))


def paragraphs(document: Document) -> list[str]:
    return document.text.split("\n\n")


@pytest.mark.parametrize(("gap", "indent"), [(12, 0), (0, 20)], ids=["gaps", "indents"])
def test_paragraphs_are_told_by_gaps_or_by_indents(gap: float, indent: float) -> None:
    lines = page(LONG, OTHER, LONG, PROSE, gap=gap, indent=indent)
    assert paragraphs(read(lines)) == [LONG, OTHER, LONG, PROSE]


def test_a_paragraph_runs_over_a_page_and_each_of_its_words_knows_its_page() -> None:
    lines = page(LONG, LONG)
    cut = len(lines) * 3 // 4
    rest = [line._replace(y=740 - 12 * number) for number, line in enumerate(lines[cut:])]
    document = read(lines[:cut], rest)
    assert paragraphs(document) == [LONG, LONG]
    first, second = document.pages
    assert (first.start, first.label, second.label) == (0, "1", "2")
    assert document.text[second.start :].startswith(rest[0].text)
    assert find_place(document, second.start - 2).page == "1"
    assert find_place(document, second.start).page == "2"


def test_words_parted_at_the_end_of_a_line_are_whole_again() -> None:
    text = ["The govern-", "ment of the self-", "made guild kept its self-", "made rope-makers."]
    written = "The old self-made men of the guild said that nobody else would have them."
    lines = [Typed(each, 60, 700 - 12 * number) for number, each in enumerate(text)]
    assert read([Typed(written, 60, 740), *lines]).text == (
        f"{written}\n\nThe government of the self-made guild kept its self-made rope-makers."
    )


def test_a_word_parted_between_two_pages_stands_whole_on_the_first() -> None:
    first = [*page(LONG), Typed("and then the govern-", 60, 600)]
    document = read(first, [Typed("ment of the guild fell.", 60, 740), *page(LONG, top=700)])
    assert "the government of the guild fell." in document.text
    assert document.text[document.pages[1].start :].startswith("of the guild fell.")


def test_running_heads_and_page_numbers_go_and_the_numbers_printed_are_the_pages() -> None:
    pages = [
        [
            Typed("Pell, On Ropes", 60, 770),
            *page(f"Number {number} is the first. {LONG}", f"Number {number} is done. {LONG}"),
            Typed(str(131 + number), 300, 30),
        ]
        for number in range(4)
    ]
    document = read(*pages)
    assert "Pell, On Ropes" not in document.text
    assert not any(line.isdigit() for line in paragraphs(document))
    assert [each.label for each in document.pages] == ["131", "132", "133", "134"]


def test_labels_that_the_file_gives_go_before_the_numbers_printed() -> None:
    pages = [[*page(LONG), Typed(str(7 + number), 300, 30)] for number in range(3)]
    document = read(*pages, labels="0 <</S /r>> 2 <</S /D /St 1>>")
    assert [each.label for each in document.pages] == ["i", "ii", "1"]


def test_a_last_line_that_ends_with_a_year_on_each_page_stays() -> None:
    pages = [page(LONG, f"It fell in {year}.") for year in (1904, 1931)]
    assert "It fell in 1904." in read(*pages).text
    assert "It fell in 1931." in read(*pages).text


@pytest.mark.parametrize(
    ("size", "is_bold", "is_heading"), [(14, False, True), (10, True, True), (10, False, False)]
)
def test_headings_are_larger_or_bold(size: float, is_bold: bool, is_heading: bool) -> None:
    heading = Typed("The Keys of the Gate", 60, 600, size, is_bold)
    document = read([*page(LONG), heading, *page(LONG, top=570)])
    assert paragraphs(document) == [LONG, "The Keys of the Gate", LONG]
    assert bool(document.headings) is is_heading


def test_footnotes_part_no_sentence_and_stay_on_their_page() -> None:
    lines = page(LONG, LONG)
    cut = len(lines) - 3
    note = Typed("1 Lind, The Books of the Guild.", 60, 60, 7)
    mark = Typed("1", 60 + 6 * len(lines[cut - 1].text), lines[cut - 1].y + 4, 6)
    rest = [line._replace(y=740 - 12 * number) for number, line in enumerate(lines[cut:])]
    document = read([*lines[:cut], mark, note], rest)
    assert paragraphs(document) == [LONG, note.text, LONG]
    assert find_place(document, document.text.index("Lind")).page == "1"


@pytest.mark.parametrize("n_pages", [1, 3])
def test_a_scan_without_text_is_refused_with_what_to_do(n_pages: int) -> None:
    with pytest.raises(EssayError, match=r"images without text; run text recognition \(OCR\)"):
        read(*[[] for _ in range(n_pages)])


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_a_pdf_file_that_is_cut_off_is_refused_or_read_in_part(share: float) -> None:
    whole = typeset([page(LONG)])
    with pytest.raises(EssayError, match=r"damaged|images without text"):
        read_document("a.pdf", whole[: int(len(whole) * share)])
