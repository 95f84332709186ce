"""What a reader makes of a file: its paragraphs and headings, with the pages they stand on."""

import re
from dataclasses import dataclass
from typing import NamedTuple

PAGE_BREAK = "\f"
"""Within a line: the next page begins here. It stands in the place of a space."""


_BLANK_LINES = re.compile(r"\n{3,}")


class Line(NamedTuple):
    """A line of text.

    Attributes:
        text: The line; may hold ``PAGE_BREAK``.
        page: Number of the page on which it begins, from 0; 0 where there are no pages.
    """

    text: str
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Lines that belong together: a paragraph, a heading, or a text whose blank lines part it.

    Attributes:
        lines: In order.
        is_heading: Whether the file says that it is a heading.
    """

    lines: tuple[Line, ...]
    is_heading: bool = False


def make_block(text: str, *, is_heading: bool = False) -> Block:
    r"""Return a block without pages of the lines of a text.

    >>> make_block("It rains.\nIt pours.").lines
    (Line(text='It rains.', page=0), Line(text='It pours.', page=0))
    """
    lines = _BLANK_LINES.sub("\n\n", text.replace(PAGE_BREAK, " ")).split("\n")
    return Block(lines=tuple(Line(line) for line in lines), is_heading=is_heading)
