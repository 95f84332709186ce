"""From the lines of a PDF file's pages to paragraphs and headings.

A PDF file says where each letter stands and nothing of paragraphs. A new one begins where a typist
would see one: below a wider gap, at an indented line, after a line that ends a sentence although
the next word would have fitted, and where the size or the weight of the type changes.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from index.blocks import PAGE_BREAK, Block, Line
from index.readers.pdf_lines import PdfLine

_GAP = 1.3
"""Times the usual distance of lines; word processors set 1.5 and more between paragraphs."""
_INDENT = 0.7
"""In heights of a letter's box."""
_SAME_SIZE = 0.08
"""Relative; smaller differences of size come from the letters measured."""
_HEADING_SIZE = 1.12
"""Times the size of the text."""
_NOTE_SIZE = 0.93
"""Footnotes are set smaller than this times the size of the text."""
_MAX_HEADING_WORDS = 25
_COLUMN_LINES = 6
"""So many lines before and after tell how wide the column of a line is."""
_SHORT_LINE = 0.4
"""Of the column's width; a line that leaves so much room is an item of a list, or of verse."""
_ENDS_SENTENCE = re.compile(r"[.!?:…][”’\"')\]\d]*$")
_BEGINS = re.compile(r"[“‘\"'(\[]?[A-Z0-9]")
_BULLET = re.compile(r"[•▪◦●○■‣⁃·]\s|[-–]\s+\S")
_HYPHENS = "-\u00ad\u2010\x02\ufffe"
_LAST_PART = re.compile(rf"([^\W\d_]+)[{_HYPHENS}]$")
_FIRST_PART = re.compile(r"[^\W\d_]+")


def build_blocks(lines: Sequence[PdfLine]) -> tuple[Block, ...]:
    """Return the paragraphs and headings of a text.

    The footnotes of a page stand before the paragraph that runs over to the next page, so that
    they neither part its sentences nor leave their page.

    Args:
        lines: In reading order, without running heads.
    """
    if not lines:
        return ()
    size = _usual(lines, [line.size for line in lines])
    has_bold_text = sum(len(line.text) for line in lines if line.is_bold) * 2 > sum(
        len(line.text) for line in lines
    )
    hyphenated = _hyphenated_words(lines)
    groups = _group(lines, size)
    return tuple(
        Block(
            lines=(_join(group, hyphenated),),
            is_heading=_is_heading(group, size, has_bold_text=has_bold_text),
        )
        for group in groups
    )


def _usual(lines: Sequence[PdfLine], values: Sequence[float]) -> float:
    """Return the value that most of the text has, to half a point."""
    counts: Counter[float] = Counter()
    for line, value in zip(lines, values, strict=True):
        counts[round(value * 2) / 2] += len(line.text)
    return max(counts, key=lambda value: (counts[value], value))


def _group(lines: Sequence[PdfLine], size: float) -> list[list[PdfLine]]:
    """Return the lines of each paragraph."""
    notes = _footnotes(lines, size)
    text = [line for line in lines if id(line) not in notes]
    groups = _split(text, size)
    below = _split([line for line in lines if id(line) in notes], size)
    for note in below:
        page = note[0].page
        # Before the first paragraph that begins on a later page, or runs over to one.
        place = next(
            (number for number, group in enumerate(groups) if group[-1].page > page), len(groups)
        )
        groups.insert(place, note)
    return groups


def _footnotes(lines: Sequence[PdfLine], size: float) -> frozenset[int]:
    """Return the ids of the lines at the feet of pages that are smaller than the text."""
    found: list[int] = []
    for page in {line.page for line in lines}:
        held = [line for line in lines if line.page == page]
        for line in reversed(held):
            if line.size > _NOTE_SIZE * size:
                break
            found.append(id(line))
        else:
            # A page in small type alone is no footnote.
            del found[len(found) - len(held) :]
    return frozenset(found)


def _split(lines: Sequence[PdfLine], size: float) -> list[list[PdfLine]]:
    groups: list[list[PdfLine]] = []
    leading = _leading(lines, size)
    for number, line in enumerate(lines):
        is_new = number == 0 or _begins_paragraph(lines, number, groups[-1], leading)
        if is_new:
            groups.append([])
        groups[-1].append(line)
    return groups


def _leading(lines: Sequence[PdfLine], size: float) -> float:
    """Return the usual distance of two lines of a paragraph.

    In a text of short paragraphs most distances are the gaps between them, hence not the median.
    """
    steps = sorted(
        above.bottom - below.bottom
        for above, below in pairwise(lines)
        if above.page == below.page and 0.7 * size < above.bottom - below.bottom < 4 * size
    )
    return steps[len(steps) // 4] if steps else 1.2 * size


def _begins_paragraph(
    lines: Sequence[PdfLine], number: int, group: Sequence[PdfLine], leading: float
) -> bool:
    line, above = lines[number], lines[number - 1]
    if abs(line.size - above.size) > _SAME_SIZE * max(line.size, above.size):
        return True
    if line.is_bold != above.is_bold and (_is_whole(group) or line.is_bold):
        return True
    if above.text[-1] in _HYPHENS and line.text[0].islower():
        return False
    if _BULLET.match(line.text):
        return True
    is_below = line.page == above.page and line.bottom < above.bottom
    if is_below and above.bottom - line.bottom > _GAP * leading * max(1.0, line.size / above.size):
        return True
    ends_sentence = bool(_ENDS_SENTENCE.search(above.text))
    shift = line.left - above.left
    is_same_column = line.left < above.right and above.left < line.right
    if is_same_column and shift > _INDENT * line.size:
        return ends_sentence
    if is_same_column and shift < -_INDENT * line.size and len(group) > 1:
        return ends_sentence
    column_right = _column_right(lines, number - 1)
    room = column_right - above.right
    if room > _SHORT_LINE * (column_right - above.left):
        return True
    would_fit = line.first_word_width + 0.5 * line.size < room
    return would_fit and ends_sentence and bool(_BEGINS.match(line.text))


def _is_whole(group: Sequence[PdfLine]) -> bool:
    return all(line.is_bold for line in group)


def _column_right(lines: Sequence[PdfLine], number: int) -> float:
    line = lines[number]
    around = lines[max(0, number - _COLUMN_LINES) : number + _COLUMN_LINES + 1]
    return max(
        other.right
        for other in around
        if other.page == line.page and other.left < line.right and line.left < other.right
    )


def _is_heading(group: Sequence[PdfLine], size: float, *, has_bold_text: bool) -> bool:
    text = " ".join(line.text for line in group)
    if len(text.split()) > _MAX_HEADING_WORDS or text[-1] in ".,;" or not _FIRST_PART.search(text):
        return False
    is_large = all(line.size >= _HEADING_SIZE * size for line in group)
    is_bold = not has_bold_text and _is_whole(group) and group[0].size > _NOTE_SIZE * size
    return is_large or is_bold


def _join(group: Sequence[PdfLine], hyphenated: frozenset[str]) -> Line:
    text = ""
    page = group[0].page
    for line in group:
        gap = PAGE_BREAK * (line.page - page)
        page = line.page
        first = _FIRST_PART.match(line.text)
        last = _LAST_PART.search(text)
        if not text:
            text = line.text
        elif last and first and line.text[0].islower():
            # The whole word stays on the page where it begins.
            word = first.group()
            is_compound = f"{last[1]}-{word}".casefold() in hyphenated
            text = f"{text[:-1]}{'-' if is_compound else ''}{word}"
            rest = line.text[len(word) :]
            if gap:
                end = re.match(r"\S*", rest)
                cut = end.end() if end else 0
                text += f"{rest[:cut]}{gap}{rest[cut:].lstrip()}"
            else:
                text += rest
        elif text[-1] in _HYPHENS and line.text[0].isalnum():
            text = f"{text[:-1]}-{gap}{line.text}"
        else:
            text += f"{gap or ' '}{line.text}"
    return Line(text.rstrip("\x02\ufffe"), group[0].page)


def _hyphenated_words(lines: Sequence[PdfLine]) -> frozenset[str]:
    """Return the words, case-folded, that are written with a hyphen within a line."""
    found: set[str] = set()
    for line in lines:
        found.update(word.casefold() for word in _compounds(line.text))
    return frozenset(found)


def _compounds(text: str) -> Iterator[str]:
    for match in re.finditer(r"(?=\b([^\W\d_]+-[^\W\d_]+)\b)", text):
        yield match[1]
