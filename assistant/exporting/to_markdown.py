r"""A report as Markdown with footnotes, as GitHub, pandoc and most editors read them.

Texts of essays, readers and models stay text: whatever could be a mark in any common dialect of
Markdown has a backslash before it, which every dialect takes off again.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from assistant.exporting.reports import (
    CLOSEST_HEADING,
    ESSAYS_HEADING,
    Report,
    ReportClaim,
    ReportTurn,
    Source,
    describe_numbers,
    quote_words,
    split_source,
)

_MARK: Final = re.compile(
    r"[\\`*_{}\[\]<>^~$|&#@]"
    # An exclamation mark makes an image of a link, also of the footnote put behind the text.
    r"|!(?=\[|$)"
    # Addresses that become links, signs in words (":smile:"), and what becomes a longer dash.
    r"|(?<!\d):(?=\S)|(?<=\w)\.(?=\w)|-(?=-)|(?<=-)-|=(?==)|(?<==)=|\+(?=\+)|\.(?=\.\.)"
)
_OPENING: Final = re.compile(r"^(?:([-+=%:(])|(\w{1,9})([.)])(?=\s|$))")
"""What begins a list, a rule or a block of another kind where it opens a line."""


def render_markdown(report: Report) -> str:
    """Return the report with its footnotes at the end."""
    lines = [f"# {escape_markdown(report.title)}"]
    for turn in report.turns:
        if report.has_headings:
            lines.append(f"## {escape_markdown(turn.question)}")
        lines += _turn_paragraphs(turn)
    if report.essays:
        lines.append(f"## {ESSAYS_HEADING}")
        lines.append(
            _list(
                f"{_name(essay.source)}: {describe_numbers(essay.numbers)}"
                for essay in report.essays
            )
        )
    lines.append(f"*{escape_markdown(report.colophon)}*")
    for note in report.footnotes:
        remark = f" {escape_markdown(note.remark)}" if note.remark else ""
        quotation = escape_markdown(quote_words(note.quotation))
        lines.append(f"[^{note.number}]: {quotation} {_name(note.source)}.{remark}")
    return "\n\n".join(lines) + "\n"


def escape_markdown(text: str) -> str:
    r"""Return a text of one line as Markdown that shows just that.

    >>> print(escape_markdown("1. *Dear* <b>Pell</b>, see [it](http://a.example/b)!"))
    1\. \*Dear\* \<b\>Pell\</b\>, see \[it\](http\://a\.example/b)\!
    """
    marked = _MARK.sub(r"\\\g<0>", text)
    return _OPENING.sub(lambda found: f"{found[2] or ''}\\{found[1] or found[3]}", marked)


def _turn_paragraphs(turn: ReportTurn) -> Iterator[str]:
    yield f"*{escape_markdown(turn.about)}*"
    yield from map(escape_markdown, turn.remarks)
    if turn.notice:
        yield f"**{escape_markdown(turn.notice)}**"
    for section in turn.sections:
        if section.heading:
            yield f"### {escape_markdown(section.heading)}"
        yield " ".join(map(_render_claim, section.claims))
    if turn.closest:
        yield CLOSEST_HEADING
        yield _list(
            f"{_name(one.source)}: {escape_markdown(quote_words(one.excerpt))}"
            for one in turn.closest
        )
    if turn.left_out:
        yield f"{turn.left_out_heading}:"
        yield _list(
            escape_markdown(f"{one.text} ({one.reason})" if one.reason else one.text)
            for one in turn.left_out
        )


def _render_claim(claim: ReportClaim) -> str:
    notes = "".join(f"[^{number}]" for number in claim.numbers)
    mark = f" *({escape_markdown(claim.mark)})*" if claim.mark else ""
    return f"{escape_markdown(claim.text)}{notes}{mark}"


def _name(source: Source) -> str:
    return "".join(
        f"*{escape_markdown(text)}*" if is_title else escape_markdown(text)
        for text, is_title in split_source(source)
    )


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)
