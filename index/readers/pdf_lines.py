"""Lines of a page of a PDF file, and which of them are running heads and page numbers."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfLine:
    """A line of text on a page. Lengths are in points, from the page's lower left corner.

    Attributes:
        text: Without space around it, and not empty.
        page: Number of its page, from 0.
        left: Where it begins.
        right: Where it ends.
        bottom: Where its letters' boxes end below.
        size: Height of its letters' boxes.
        first_word_width: Of its first word.
        is_bold: Whether it is set in bold type.
    """

    text: str
    page: int
    left: float
    right: float
    bottom: float
    size: float
    first_word_width: float
    is_bold: bool


class Furniture(NamedTuple):
    """What is no part of a text: the lines by identity, and the printed page numbers.

    Attributes:
        lines: The ids of the lines.
        first_number: The number printed on page 0, if the pages' numbers were found.
    """

    lines: frozenset[int]
    first_number: int | None


_EDGE_LINES = 2
"""Running heads and page numbers stand within so many lines of the top or the bottom."""
_MIN_PAGES = 3
"""The same words at the same height on fewer pages may be the text's own."""
_HEIGHT_STEP = 4.0
"""Points by which the same line may move from page to page."""
_NUMBER = re.compile(r"\d{1,4}")
_LONE_NUMBER = re.compile(
    r"(?:page |p\. ?)?(?:[-–—(\[| ]*)(?:\d{1,4}|[ivxl]{1,6})(?:[-–—)\]| ]*)(?:(?:of|/) ?\d{1,4})?",
    re.IGNORECASE,
)
_MAX_HEAD_WORDS = 20


def find_furniture(lines: Sequence[PdfLine], n_pages: int) -> Furniture:
    """Find running heads, feet and page numbers.

    A line near an edge is one if it says the same on several pages at the same height, or if a
    number in it counts with the pages while the rest stays the same. Words that stand there once
    are the text's own.

    Args:
        lines: All lines.
        n_pages: The number of pages.
    """
    same: dict[tuple[str, int], list[PdfLine]] = defaultdict(list)
    counting: dict[tuple[str, int], list[PdfLine]] = defaultdict(list)
    for line in _edge_lines(lines):
        if len(line.text.split()) > _MAX_HEAD_WORDS:
            continue
        same[line.text.casefold(), round(line.bottom / _HEIGHT_STEP)].append(line)
        for number in _NUMBER.finditer(line.text):
            rest = f"{line.text[: number.start()]}#{line.text[number.end() :]}"
            counting[rest.casefold(), int(number.group()) - line.page].append(line)
    found = [group for group in same.values() if _n_pages(group) >= min(_MIN_PAGES, n_pages) > 1]
    numbered = {key: group for key, group in counting.items() if _n_pages(group) > 1}
    found += numbered.values()
    furniture = {id(line) for group in found for line in group}
    furniture |= {id(line) for line in _edge_lines(lines) if _LONE_NUMBER.fullmatch(line.text)}
    return Furniture(frozenset(furniture), _first_number(numbered, n_pages))


def _n_pages(group: Sequence[PdfLine]) -> int:
    return len({line.page for line in group})


def _first_number(
    numbered: Mapping[tuple[str, int], Sequence[PdfLine]], n_pages: int
) -> int | None:
    votes: Counter[int] = Counter()
    for (_, first), group in numbered.items():
        votes[first] += _n_pages(group)
    for first, count in votes.most_common(1):
        if 2 * count >= n_pages and first >= 0:
            return first
    return None


def _edge_lines(lines: Sequence[PdfLine]) -> Iterator[PdfLine]:
    pages: dict[int, list[PdfLine]] = defaultdict(list)
    for line in lines:
        pages[line.page].append(line)
    for held in pages.values():
        ordered = sorted(held, key=lambda line: line.bottom)
        edge = {id(line): line for line in [*ordered[:_EDGE_LINES], *ordered[-_EDGE_LINES:]]}
        yield from edge.values()
