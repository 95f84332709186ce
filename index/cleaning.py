"""Clean text out of what was saved from the web: the essay stays, the page around it goes.

The rules know the furniture of web pages, not any one site. A rule speaks about a whole line, so
a sentence of an essay that mentions tags or joining is never touched. Words that could also be
an essay's own heading ("Tags", "Comments", "Close") go only at the edges of the page: before the
first or after the last line of running text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from index.clutter import ClutterKind, find_clutter
from index.head import Block, is_prose, parse_head, repeats_title

_INVISIBLE = dict.fromkeys(
    map(
        ord,
        "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064"
        "\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
        # The tag characters, in which a whole text can be hidden.
        + "".join(map(chr, range(0xE0000, 0xE0080))),
    )
)
"""Soft hyphens, zero-width characters and direction marks: they hide words from a search and from
the eye."""

_SPACE = re.compile(r"[^\S\t\n]|[\x00-\x08\x0e-\x1f\x7f-\x9f]")
"""A space of any kind or a control character; tabs stay, as they part columns."""

_MIN_WRAPPED_CHARS = 40
_MAX_WRAPPED_CHARS = 100
"""Lines of this length are a paragraph wrapped by an editor; longer ones are paragraphs."""
_MAX_CAPTION_WORDS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanEssay:
    """An essay's clean text, and what its head says; empty where it does not.

    Attributes:
        text: Paragraphs, apart by one blank line; no other blank lines, no repeated spaces.
        title: Taken out of the text.
        author: Taken out of the text.
        date: Taken out of the text, as written.
        is_truncated: Whether the page says, or the text's end shows, that the rest is missing.
    """

    text: str
    title: str
    author: str
    date: str
    is_truncated: bool


class _Stripped(NamedTuple):
    blocks: list[Block]
    is_preview: bool


def clean_essay(raw: str, *, title: str = "") -> CleanEssay:
    r"""Clean an essay's text.

    Args:
        raw: The text as read, with ``\n`` between lines.
        title: The title, if the file's metadata say it; its repetitions leave the text.

    >>> clean_essay("On Rain\n\nJane Example 12R\n\nIt rains.\n\nJoin now!\n\nIt pours.").text
    'It rains.\n\nIt pours.'
    """
    stripped = _strip_clutter(_parse_blocks(raw))
    head = parse_head(_drop_captions(stripped.blocks), title=title)
    paragraphs: list[str] = []
    for block in head.body:
        for paragraph in _join_lines(block):
            is_repeated = paragraphs and paragraph == paragraphs[-1] and not is_prose(paragraph)
            if not is_repeated and not _is_title_again(paragraph, head.title):
                paragraphs.append(paragraph)
    text = "\n\n".join(paragraphs)
    return CleanEssay(
        text=text,
        title=head.title,
        author=head.author,
        date=head.date,
        is_truncated=stripped.is_preview or text.endswith(("...", "…")),
    )


def _is_title_again(paragraph: str, title: str) -> bool:
    return len(title.split()) > 1 and ": " not in title and repeats_title(paragraph, title)


def _parse_blocks(raw: str) -> list[Block]:
    """Return the paragraphs as lines; of white space, only runs within a line are left."""
    blocks: list[Block] = [[]]
    for line in raw.translate(_INVISIBLE).split("\n"):
        plain = _SPACE.sub(" ", line).strip()
        if plain:
            blocks[-1].append(plain)
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def _strip_clutter(blocks: Sequence[Block]) -> _Stripped:
    """Return the blocks without clutter, and whether the page calls itself a preview."""
    lines = [line for block in blocks for line in block]
    kinds = [find_clutter(" ".join(line.split())) for line in lines]
    prose = [
        number for number, line in enumerate(lines) if kinds[number] is None and is_prose(line)
    ]
    first, last = (prose[0], prose[-1]) if prose else (len(lines), -1)
    total = sum(len(line) for line in lines)
    kept: list[Block] = []
    number = seen = 0
    is_preview = is_over = False
    for block in blocks:
        kept.append([])
        for line in block:
            kind = kinds[number]
            seen += len(line)
            is_preview = is_preview or kind is ClutterKind.PREVIEW
            is_tail = number > last >= 0
            if kind in (ClutterKind.PREVIEW, ClutterKind.END):
                is_over = is_over or seen > total / 2
            if kind is ClutterKind.TAIL:
                is_over = is_over or is_tail
            is_edge = is_tail or number < first
            goes = is_over or (kind is not None and (is_edge or kind.is_certain))
            if not goes:
                kept[-1].append(line)
            number += 1
    return _Stripped([block for block in kept if block], is_preview)


def _drop_captions(blocks: Sequence[Block]) -> list[Block]:
    """Drop a picture's caption: a short line that stands twice, one line directly below another."""
    kept = []
    for block in blocks:
        twice = {
            above
            for above, below in pairwise(block)
            if above == below
            and len(above.split()) <= _MAX_CAPTION_WORDS
            and above[-1] not in ".,;:!?”’\"'"
        }
        kept.append([line for line in block if line not in twice])
    return [block for block in kept if block]


def _join_lines(block: Block) -> list[str]:
    """Return the paragraphs of a block: wrapped lines joined, verse and lists left in lines."""
    lines = [" ".join(line.split()) for line in block]
    if len(lines) == 1:
        return lines
    if max(map(len, lines)) > _MAX_WRAPPED_CHARS:
        return lines
    is_verse = all(line.lstrip("“‘\"'(—")[:1].isupper() for line in lines[1:])
    if is_verse or min(map(len, lines[:-1])) < _MIN_WRAPPED_CHARS:
        return ["\n".join(lines)]
    return [" ".join(lines)]
