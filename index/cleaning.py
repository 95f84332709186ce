"""Clean text out of what was saved from the web: the essay stays, the page around it goes.

The rules know the furniture of web pages, not any one site. A rule speaks about a whole line, so
a sentence of an essay that mentions tags or joining is never touched. Words that could also be
an essay's own heading ("Tags", "Comments", "Close") go only at the edges of the page: before the
first or after the last line of running text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from index.blocks import PAGE_BREAK, Block, Line
from index.clutter import ClutterKind, find_clutter
from index.head import is_prose, parse_head, repeats_title

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

_SPACE = re.compile(r"[^\S\t\n\f]|[\x00-\x08\x0e-\x1f\x7f-\x9f]")
"""A space of any kind or a control character; tabs stay, as they part columns, and the breaks of
pages."""

_MIN_WRAPPED_CHARS = 40
_MAX_WRAPPED_CHARS = 100
"""Lines of this length are a paragraph wrapped by an editor; longer ones are paragraphs."""
_MAX_CAPTION_WORDS = 15


class PageStart(NamedTuple):
    """Where in the clean text a page begins; ``page`` is its number, from 0."""

    start: int
    page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanEssay:
    """An essay's clean text, and what its head says; empty where it does not.

    Attributes:
        text: Paragraphs, apart by one blank line; no other blank lines, no repeated spaces.
        title: Taken out of the text.
        author: Taken out of the text.
        date: Taken out of the text, as written.
        is_truncated: Whether the page says, or the text's end shows, that the rest is missing.
        headings: Half-open offsets of the paragraphs that are headings, ascending.
        page_starts: Ascending by start and page, pages without text left out; page 0 alone for a
            text without pages, and nothing for no text.
    """

    text: str
    title: str
    author: str
    date: str
    is_truncated: bool
    headings: tuple[tuple[int, int], ...] = ()
    page_starts: tuple[PageStart, ...] = ()


class _Paragraph(NamedTuple):
    """A clean paragraph; ``page_starts`` count in its own text, the first at its beginning."""

    text: str
    is_heading: bool
    page_starts: list[PageStart]


class _Stripped(NamedTuple):
    blocks: list[Block]
    is_preview: bool


def clean_essay(
    blocks: Sequence[Block],
    *,
    title: str = "",
    likely_title: str = "",
    author: str = "",
    is_web: bool = True,
) -> CleanEssay:
    r"""Clean an essay's text.

    Args:
        blocks: The text as read.
        title: The title, if the file's metadata say it; its repetitions leave the text.
        likely_title: What may be the title; it is if the head of the text says it.
        author: Who may be the author; a line of the head that says no more leaves the text.
        is_web: Whether it may be a page of the web. Of any other text only lines that can be
            nothing but clutter go, and no headings.

    >>> from index.blocks import make_block
    >>> raw = "On Rain\n\nJane Example 12R\n\nIt rains.\n\nJoin now!\n\nIt pours."
    >>> clean_essay([make_block(raw)]).text
    'It rains.\n\nIt pours.'
    """
    stripped = _strip_clutter(_split_blocks(blocks), is_web=is_web)
    head = parse_head(
        _drop_captions(stripped.blocks), title=title, likely_title=likely_title, author=author
    )
    paragraphs: list[_Paragraph] = []
    for block in head.body:
        for paragraph in _join_lines(block):
            if not (is_web and _is_repeated(paragraph, paragraphs, head.title)):
                paragraphs.append(paragraph)
    text = "\n\n".join(paragraph.text for paragraph in paragraphs)
    return CleanEssay(
        text=text,
        title=head.title,
        author=head.author,
        date=head.date,
        is_truncated=stripped.is_preview or text.endswith(("...", "…")),
        headings=tuple(_heading_spans(paragraphs)),
        page_starts=tuple(_page_starts(paragraphs)),
    )


def _heading_spans(paragraphs: Sequence[_Paragraph]) -> Iterator[tuple[int, int]]:
    start = 0
    for paragraph in paragraphs:
        end = start + len(paragraph.text)
        if paragraph.is_heading:
            yield start, end
        start = end + len("\n\n")


def _page_starts(paragraphs: Sequence[_Paragraph]) -> Iterator[PageStart]:
    offset, last = 0, -1
    for paragraph in paragraphs:
        for start, page in paragraph.page_starts:
            if page > last:
                yield PageStart(offset + start, page)
                last = page
        offset += len(paragraph.text) + len("\n\n")


def _is_repeated(paragraph: _Paragraph, before: Sequence[_Paragraph], title: str) -> bool:
    """Return whether a paragraph says again what the title or the one before it says."""
    text = paragraph.text
    is_again = before and text == before[-1].text and not is_prose(text)
    return bool(is_again) or _is_title_again(text, title)


def _is_title_again(paragraph: str, title: str) -> bool:
    return len(title.split()) > 1 and ": " not in title and repeats_title(paragraph, title)


def _split_blocks(raw: Sequence[Block]) -> list[Block]:
    """Return the paragraphs as lines; of white space, only runs within a line are left."""
    blocks = []
    for block in raw:
        lines: list[Line] = []
        for line in block.lines:
            plain = _plain(line)
            if plain.text:
                lines.append(plain)
            elif lines:
                blocks.append(replace(block, lines=tuple(lines)))
                lines = []
        if lines:
            blocks.append(replace(block, lines=tuple(lines)))
    return blocks


def _plain(line: Line) -> Line:
    """Return a line with plain spaces, and none around it."""
    text = _SPACE.sub(" ", line.text.translate(_INVISIBLE))
    plain = text.lstrip()
    page = line.page + text[: len(text) - len(plain)].count(PAGE_BREAK)
    return Line(plain.rstrip(), page)


def _strip_clutter(blocks: Sequence[Block], *, is_web: bool) -> _Stripped:
    """Return the blocks without clutter, and whether the page calls itself a preview."""
    lines = [line.text for block in blocks for line in block.lines]
    kinds = [
        _find_kind(line.text, block, is_web=is_web) for block in blocks for line in block.lines
    ]
    prose = [
        number for number, line in enumerate(lines) if kinds[number] is None and is_prose(line)
    ]
    first, last = (prose[0], prose[-1]) if prose else (len(lines), -1)
    total = sum(len(line) for line in lines)
    kept: list[Block] = []
    number = seen = 0
    is_preview = is_over = False
    for block in blocks:
        held: list[Line] = []
        for line in block.lines:
            kind = kinds[number]
            seen += len(line.text)
            is_preview = is_preview or kind is ClutterKind.PREVIEW
            is_tail = number > last >= 0
            if kind in (ClutterKind.PREVIEW, ClutterKind.END):
                is_over = is_over or seen > total / 2
            if kind is ClutterKind.TAIL:
                is_over = is_over or is_tail
            is_edge = is_tail or number < first
            goes = is_over or (kind is not None and (is_edge or kind.is_certain))
            if not goes:
                held.append(line)
            number += 1
        if held:
            kept.append(replace(block, lines=tuple(held)))
    return _Stripped(kept, is_preview)


def _find_kind(line: str, block: Block, *, is_web: bool) -> ClutterKind | None:
    kind = find_clutter(" ".join(line.split()))
    if is_web or (kind is ClutterKind.LINE and not block.is_heading):
        return kind
    return None


def _drop_captions(blocks: Sequence[Block]) -> list[Block]:
    """Drop a picture's caption: a short line that stands twice, one line directly below another."""
    kept = []
    for block in blocks:
        twice = {
            above.text
            for above, below in pairwise(block.lines)
            if above.text == below.text
            and len(above.text.split()) <= _MAX_CAPTION_WORDS
            and above.text[-1] not in ".,;:!?”’\"'"
        }
        lines = tuple(line for line in block.lines if line.text not in twice)
        if lines:
            kept.append(replace(block, lines=lines))
    return kept


def _join_lines(block: Block) -> list[_Paragraph]:
    """Return the paragraphs of a block: wrapped lines joined, verse and lists left in lines."""
    lines = [" ".join(line.text.split()) for line in block.lines]
    if len(lines) == 1 or block.is_heading:
        return [_join(block, " ")]
    if max(map(len, lines)) > _MAX_WRAPPED_CHARS:
        return [_join(replace(block, lines=(line,)), " ") for line in block.lines]
    is_verse = all(line.lstrip("“‘\"'(—")[:1].isupper() for line in lines[1:])
    if is_verse or min(map(len, lines[:-1])) < _MIN_WRAPPED_CHARS:
        return [_join(block, "\n")]
    return [_join(block, " ")]


def _join(block: Block, separator: str) -> _Paragraph:
    text = ""
    page_starts: list[PageStart] = []
    for line in block.lines:
        gap = separator
        for page, piece in enumerate(line.text.split(PAGE_BREAK), start=line.page):
            words = " ".join(piece.split())
            if not words:
                continue
            text += f"{gap}{words}" if text else words
            page_starts.append(PageStart(len(text) - len(words), page))
            gap = " "
    return _Paragraph(text, block.is_heading, page_starts)
