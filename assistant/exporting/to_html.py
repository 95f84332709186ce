"""A report as one page that needs nothing else: no script, no outside file, no network.

Its content security policy says so to the browser: nothing but the style in the page is let in,
whatever the texts say.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from assistant.exporting.reports import (
    CLOSEST_HEADING,
    ESSAYS_HEADING,
    NOTES_HEADING,
    Footnote,
    Report,
    ReportClaim,
    ReportTurn,
    Source,
    quote_words,
    split_source,
)

STYLE: Final = """
:root { color-scheme: light dark; }
body { max-width: 40rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; line-height: 1.6;
  font-family: "Iowan Old Style", "Liberation Serif", "DejaVu Serif", serif;
  font-size: 1.0625rem; color: light-dark(#1d2422, #e6eae8); background: light-dark(#fff, #14191a);
  overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 1.5rem; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 2.5rem 0 0.5rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 0.25rem; }
p { margin: 0.6rem 0; }
a { color: light-dark(#0b5a56, #4cc0b5); }
a:focus-visible, :target { outline: 2px solid currentcolor; outline-offset: 2px; }
sup { line-height: 0; font-size: 0.75em; }
sup a { padding: 0 0.1em; text-decoration: none; }
.about, .remark, .mark, .left-out, .closest, footer { font-size: 0.9rem;
  color: light-dark(#56605c, #a9b3af); }
.mark { font-style: italic; }
.notice { border-inline-start: 3px solid currentcolor; padding-inline-start: 0.9rem; }
.notes { font-size: 0.92rem; }
.notes li { margin: 0.5rem 0; }
footer { margin-top: 3rem; border-top: 1px solid currentcolor; padding-top: 0.75rem; }
@page { margin: 2.2cm; }
@media print {
  :root { color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 11pt; }
  a { color: inherit; text-decoration: none; }
  .back { display: none; }
  h1, h2, h3, .about { break-after: avoid; }
  p, li { orphans: 3; widows: 3; }
}
"""


def content_policy() -> str:
    """Return the page's content security policy: no source of anything but its own style."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def render_html(report: Report) -> str:
    """Return the report as a page with footnotes that link there and back."""
    title = escape(report.title)
    policy = escape(content_policy())
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="referrer" content="no-referrer">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title>",
        f"<style>{STYLE}</style>",
        "</head>",
        "<body>",
        "<main>",
        f'<h1 dir="auto">{title}</h1>',
        *_Writer(report).write(),
        "</main>",
        f"<footer>{escape(report.colophon)}</footer>",
        "</body>",
        "</html>",
    ]
    return "\n".join(parts) + "\n"


class _Writer:
    """Writes the parts of a report in order and counts how often each footnote is referred to."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._uses: dict[int, int] = {}

    def write(self) -> Iterator[str]:
        for turn in self._report.turns:
            yield "<section>"
            if self._report.has_headings:
                yield f'<h2 dir="auto">{escape(turn.question)}</h2>'
            yield from self._write_turn(turn)
            yield "</section>"
        if self._report.essays:
            yield f"<section>\n<h2>{ESSAYS_HEADING}</h2>"
            yield from _list(
                f"{_name(essay.source)}: note{'s' * (len(essay.numbers) > 1)} "
                + ", ".join(f'<a href="#note-{number}">{number}</a>' for number in essay.numbers)
                for essay in self._report.essays
            )
            yield "</section>"
        if self._report.footnotes:
            yield '<section class="notes" role="doc-endnotes">'
            yield f"<h2>{NOTES_HEADING}</h2>\n<ol>"
            yield from map(self._write_note, self._report.footnotes)
            yield "</ol>\n</section>"

    def _write_turn(self, turn: ReportTurn) -> Iterator[str]:
        yield f'<p class="about">{escape(turn.about)}</p>'
        for remark in turn.remarks:
            yield f'<p class="remark" dir="auto">{escape(remark)}</p>'
        if turn.notice:
            yield f'<p class="notice" dir="auto">{escape(turn.notice)}</p>'
        for section in turn.sections:
            if section.heading:
                yield f'<h3 dir="auto">{escape(section.heading)}</h3>'
            yield f'<p dir="auto">{" ".join(map(self._write_claim, section.claims))}</p>'
        if turn.closest:
            yield f'<div class="closest">\n<p>{CLOSEST_HEADING}</p>'
            yield from _list(
                f"{_name(one.source)}: {_isolate(quote_words(one.excerpt))}" for one in turn.closest
            )
            yield "</div>"
        if turn.left_out:
            yield f'<div class="left-out">\n<p>{escape(turn.left_out_heading)}:</p>'
            yield from _list(
                _isolate(one.text) + (f" ({_isolate(one.reason)})" if one.reason else "")
                for one in turn.left_out
            )
            yield "</div>"

    def _write_claim(self, claim: ReportClaim) -> str:
        marks = "".join(map(self._refer, claim.numbers))
        mark = f' <span class="mark">({_isolate(claim.mark)})</span>' if claim.mark else ""
        return f"{_isolate(claim.text)}{marks}{mark}"

    def _refer(self, number: int) -> str:
        use = self._uses[number] = self._uses.get(number, 0) + 1
        return (
            f'<sup><a id="use-{number}-{use}" href="#note-{number}" role="doc-noteref"'
            f' aria-label="note {number}">{number}</a></sup>'
        )

    def _write_note(self, note: Footnote) -> str:
        remark = f" {escape(note.remark)}" if note.remark else ""
        uses = range(1, self._uses[note.number] + 1)
        back = " ".join(
            f'<a class="back" href="#use-{note.number}-{use}" role="doc-backlink"'
            f' aria-label="back to the text, from note {note.number}'
            f'{f", place {use}" if len(uses) > 1 else ""}">↩</a>'
            for use in uses
        )
        return (
            f'<li id="note-{note.number}">{_isolate(quote_words(note.quotation))}'
            f" {_name(note.source)}.{remark} {back}</li>"
        )


def _isolate(text: str) -> str:
    """Return a text that, written from right to left, turns no words around it round."""
    return f"<bdi>{escape(text)}</bdi>"


def _name(source: Source) -> str:
    return "".join(
        f"<cite>{_isolate(text)}</cite>" if is_title else _isolate(text)
        for text, is_title in split_source(source)
    )


def _list(items: Iterable[str]) -> Iterator[str]:
    yield "<ul>"
    yield from (f"<li>{item}</li>" for item in items)
    yield "</ul>"
