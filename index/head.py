"""The head of an essay: title, author and date, told from its first lines."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from index.blocks import Block, Line

MAX_HEAD_LINES = 10
"""A head is short; a list of headings that is longer is the essay's own."""
_MAX_TITLE_WORDS = 30
_MAX_NAME_WORDS = 4
_MAX_HEAD_LINE_CHARS = 60

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DATE = re.compile(
    rf"\d{{1,2}}[/.-]\d{{1,2}}[/.-](?:\d{{4}}|\d{{2}})|\d{{4}}-\d{{2}}-\d{{2}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH},? \d{{4}}"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|{_MONTH},? \d{{4}}",
    re.IGNORECASE,
)
_COLUMN_GAP = re.compile(r"\t+| {3,}")
_LABEL = re.compile(
    r"(?P<label>title|author|written by|posted by|by|date|published(?: on)?|posted on"
    r"|last (?:updated|modified)(?: on)?)(?P<colon>\s*:)?\s+(?P<value>\S.*)",
    re.IGNORECASE,
)
_CLASS_CODE = re.compile(
    r"\s+(?:(?:year|form|grade|class)\s+\d{1,2}[a-z]?|\d{1,2}[A-Z]{1,3}\d?"
    r"|[A-Z]{1,2}\d{1,2}[A-Z]{0,3})$",
    re.IGNORECASE,
)
_INITIALS = re.compile(r"(?:[A-Z]\.)+")
_REMARK = re.compile(r"\s*\((?:tr|trans|ed|eds)\. [^()]+\)$")
_NAME_WORD = re.compile(r"(?:[A-Z]\.)+|[A-Z][^\W\d_]*(?:['’-][^\W\d_]+)*\.?")
_NAME_PARTICLES_TEXT = """
de da di del della der den du la le van von ten ter bin ibn al
"""
_NAME_PARTICLES = frozenset(_NAME_PARTICLES_TEXT.split())
_NO_NAMES_TEXT = """
the a an and or of in on at to for from with by part chapter section introduction contents
abstract preface foreword conclusion summary essay history coursework homework assignment
draft notes question answer war
"""
_NO_NAMES = frozenset(_NO_NAMES_TEXT.split())
"""Words, case-folded, that stand in headings and not in the names of persons."""
_SUBJECTS_TEXT = """
art arts biology business chemistry economics education english essay essays geography
history law literature mathematics media music philosophy physics politics psychology
religion science sociology blog article articles news
"""
_SUBJECTS = frozenset(_SUBJECTS_TEXT.split())
"""What sites file essays under; alone above the title, such a word is no part of the essay."""
_SECTION = re.compile(
    r"(?:introduction|abstract|(?:table of )?contents|preface|foreword|prologue|summary|overview"
    r"|background|acknowledge?ments|(?:part|chapter|section) (?:\d{1,2}|[ivx]{1,5}|one|two|three))"
    r"[.:]?",
    re.IGNORECASE,
)
"""Headings of a section that are never the title of the whole."""
_MARKS = re.compile(r"\s*[(\[]\s*\d+\s+marks?\s*[)\]]\s*$", re.IGNORECASE)
_SITE_NAME = re.compile(r"\s+[|»]\s+[^|»]{1,40}$")


class Head(NamedTuple):
    """What the head says, empty where it does not, and how many lines of it were used.

    Attributes:
        title: The title.
        author: The author.
        date: The date, as written.
        body: The blocks without the lines used.
    """

    title: str
    author: str
    date: str
    body: tuple[Block, ...]


def parse_head(
    blocks: Sequence[Block], *, title: str = "", likely_title: str = "", author: str = ""
) -> Head:
    """Tell title, author and date from the first lines of an essay and take those lines out.

    Args:
        blocks: The essay's paragraphs, their lines with their runs of spaces.
        title: The title, if it is known already.
        likely_title: What may be the title; it is if the head says it.
        author: Who may be the author; a line of the head that says no more is left out.

    >>> from index.blocks import make_block
    >>> byline = "Jane Example 12R     Geography     3 May 2009"
    >>> parse_head([make_block(text) for text in ("On Rain", byline, "It rains.")])[:3]
    ('On Rain', 'Jane Example', '3 May 2009')
    """
    known_author = author.casefold()
    author = date = ""
    body: list[Block] = []
    seen_lines = 0
    in_head = True
    texts = [[line.text for line in block.lines] for block in blocks]
    for number, block in enumerate(blocks):
        kept: list[Line] = []
        for position, line in enumerate(block.lines):
            seen_lines += 1
            in_head = in_head and seen_lines <= MAX_HEAD_LINES and not is_prose(line.text)
            folded = " ".join(line.text.split())
            following = texts[number + 1 :] if in_head else []
            is_under_title = position == 1 and len(block.lines) == 2
            if not in_head:
                kept.append(line)
            elif known_author and folded.casefold() == known_author:
                author = author or folded
            elif not title and likely_title and repeats_title(folded, likely_title):
                title = likely_title
            elif block.is_heading and _SECTION.fullmatch(folded):
                kept.append(line)
            elif not title and _is_title_line(texts[number], position, following):
                if folded.casefold() not in _SUBJECTS or not _has_title(following):
                    title = _tidy_title(folded)
            elif labelled := _parse_label(folded):
                title = title or labelled.title
                author = author or labelled.author
                date = date or labelled.date
            elif byline := _parse_byline(line.text, is_under_title=is_under_title):
                author = author or byline.author
                date = date or byline.date
            elif not repeats_title(folded, title):
                kept.append(line)
                in_head = in_head and len(block.lines) == 1
        if kept:
            body.append(replace(block, lines=tuple(kept)))
    return Head(title, author, date, tuple(body))


def is_prose(line: str) -> bool:
    """Return whether a line is running text: no title, name, button or label.

    >>> is_prose("Related articles")
    False
    """
    words = line.split()
    return len(words) > _MAX_TITLE_WORDS or (len(words) >= 12 and words[-1][-1] in ".!…”\"’'")


def repeats_title(line: str, title: str) -> bool:
    """Return whether a line says again what the title says, or the number or name in it.

    >>> repeats_title("WHY DID IT RAIN? (15 marks)", "Why did it rain?")
    True
    >>> repeats_title("On Rain", "II: On Rain")
    True
    """
    line_words = _fold(_MARKS.sub("", line))
    title_words = _fold(title)
    if not line_words or not title_words:
        return False
    if line_words == title_words:
        return True
    prefix, colon, rest = title.partition(": ")
    return bool(colon) and line_words in (_fold(prefix), _fold(rest))


def _fold(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _is_title_line(block: Sequence[str], position: int, following: Sequence[Sequence[str]]) -> bool:
    """Return whether a line of the head may be the title."""
    line = " ".join(block[position].split())
    if position or not line or _COLUMN_GAP.search(block[0].strip()) or _DATE.fullmatch(line):
        return False
    if _LABEL.fullmatch(line) and ":" in line.split()[0]:
        return False
    if line[-1] in ".,;:" and not line.endswith(("...", "etc.")):
        return False
    if not (line[0].isupper() or line[0].isdigit() or line[0] in "“‘\"'("):
        return False
    if len(block) > 1:  # a wrapped paragraph, unless what follows is plainly something else
        below = block[1].strip()
        is_short = max(len(line), len(below)) <= _MAX_HEAD_LINE_CHARS and below[0].isupper()
        is_name = _looks_like_name(below, may_be_single=True)
        return is_prose(below) or (len(block) == 2 and (is_short or is_name))
    return bool(following)


def _has_title(following: Sequence[Sequence[str]]) -> bool:
    return (
        len(following) > 1
        and len(following[0]) == 1
        and len(following[0][0].split()) > 1
        and not is_prose(following[0][0])
        and _is_title_line(following[0], 0, following[1:])
    )


def _tidy_title(line: str) -> str:
    return _SITE_NAME.sub("", _MARKS.sub("", line)).strip()


def _parse_label(line: str) -> Head | None:
    match = _LABEL.fullmatch(line)
    if match is None:
        return None
    label, value = match["label"].lower(), match["value"].strip()
    if label == "title":
        return Head(value, "", "", ()) if match["colon"] else None
    if label in ("author", "written by", "posted by", "by"):
        found = _DATE.search(value)
        if found:
            value = value[: found.start()].rstrip(" ,|–-")
        name = _strip_class_code(value)
        is_name = _looks_like_name(name, may_be_single=bool(match["colon"]))
        return Head("", name, found.group() if found else "", ()) if is_name else None
    found = _DATE.search(value)
    return Head("", "", found.group(), ()) if found else None


def _parse_byline(line: str, *, is_under_title: bool) -> Head | None:
    """Return author and date of a line that holds nothing but them and labels."""
    columns = [column for column in _COLUMN_GAP.split(line.strip()) if column]
    dates = [column for column in columns if _DATE.fullmatch(column.strip())]
    date = dates[0] if dates else ""
    if len(columns) == 1 and date:
        return Head("", "", date, ())
    name = _strip_class_code(columns[0])
    has_code = name != columns[0]
    has_initials = bool(re.search(r"(?:\b[A-Z]\. ?){2}|\w [A-Z]\. \w", name))  # no "A. Causes"
    stands_alone = len(columns) == 1 and not (has_code or has_initials or is_under_title)
    if stands_alone or not _looks_like_name(name, may_be_single=is_under_title):
        return None
    return Head("", name, date, ())


def _strip_class_code(text: str) -> str:
    return _CLASS_CODE.sub("", text.strip())


def _looks_like_name(text: str, *, may_be_single: bool) -> bool:
    words = _REMARK.sub("", text).split()
    initials = sum(bool(_INITIALS.fullmatch(word)) for word in words)
    if not (1 if may_be_single else 2) <= len(words) <= _MAX_NAME_WORDS + initials:
        return False
    if words[-1].casefold() in _NAME_PARTICLES:
        return False
    return all(
        word in _NAME_PARTICLES
        or (_NAME_WORD.fullmatch(word) and word.casefold().strip(".") not in _NO_NAMES)
        for word in words
    )
