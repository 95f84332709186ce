"""A report as a file of Word with real footnotes.

Pandoc writes it from a tree in which every text is a text, so that none is read as markup.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any, Final

from assistant.errors import ExportError
from assistant.exporting.reports import (
    CLOSEST_HEADING,
    ESSAYS_HEADING,
    Footnote,
    Report,
    ReportClaim,
    ReportTurn,
    Source,
    describe_numbers,
    quote_words,
    split_source,
)
from index.errors import PandocError
from index.readers.pandoc import run_pandoc

Node = dict[str, Any]
"""A node of pandoc's tree: a type ``t`` and a content ``c``."""

_API_VERSION: Final = (1, 23, 1)
"""Of pandoc's tree. Source: what ``pandoc -t json`` of version 3 writes."""
_PROPERTIES: Final = "docProps/core.xml"
_DATE: Final = re.compile(rb"<dcterms:(created|modified)\b.*?</dcterms:\1>", re.DOTALL)
_NO_ATTRIBUTES: Final = ("", (), ())


def render_docx(report: Report) -> bytes:
    """Return the report as a file of Word.

    A footnote that is referred to again is one footnote still: the second reference is a field
    that shows the first one's number, as Word's own cross-references do.

    Raises:
        ExportError: Pandoc is missing, or the report is too large for it.
    """
    notes = {note.number: note for note in report.footnotes}
    blocks = list(_Writer(notes).write(report))
    tree = {
        "pandoc-api-version": _API_VERSION,
        "meta": {
            "title": {"t": "MetaInlines", "c": _words(report.title)},
            "lang": {"t": "MetaInlines", "c": _words("en")},
        },
        "blocks": blocks,
    }
    try:
        file = run_pandoc(json.dumps(tree).encode(), source="json", target="docx")
    except PandocError as error:
        if error.is_missing:
            raise ExportError(f"The file of Word was not made: {error}.") from error
        raise ExportError(
            f"The file of Word was not made: {error}; export single answers, or another format."
        ) from error
    return _leave_out_dates(file)


def _leave_out_dates(file: bytes) -> bytes:
    """Return a file of Word without the dates in its properties.

    In its sandbox pandoc knows no clock: it says that every file was made in 1970.
    """
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(written, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == _PROPERTIES:
                content = _DATE.sub(b"", content)
            new.writestr(part, content)
    return written.getvalue()


class _Writer:
    """Writes the blocks of a report in order; a footnote stands where it is first referred to."""

    def __init__(self, notes: dict[int, Footnote]) -> None:
        self._notes = notes
        self._written: set[int] = set()

    def write(self, report: Report) -> Iterator[Node]:
        for turn in report.turns:
            if report.has_headings:
                yield _heading(1, turn.question)
            yield from self._write_turn(turn)
        if report.essays:
            yield _heading(1, ESSAYS_HEADING)
            yield _list(
                [*_name(essay.source), *_words(f": {describe_numbers(essay.numbers)}")]
                for essay in report.essays
            )
        yield _paragraph(_emphasise(report.colophon))

    def _write_turn(self, turn: ReportTurn) -> Iterator[Node]:
        yield _paragraph(_emphasise(turn.about))
        for remark in turn.remarks:
            yield _paragraph(_words(remark))
        if turn.notice:
            yield _paragraph([_node("Strong", _words(turn.notice))])
        for section in turn.sections:
            if section.heading:
                yield _heading(2, section.heading)
            yield _paragraph(
                [
                    inline
                    for position, claim in enumerate(section.claims)
                    for inline in (*_words(" " if position else ""), *self._write_claim(claim))
                ]
            )
        if turn.closest:
            yield _paragraph(_words(CLOSEST_HEADING))
            yield _list(
                [*_name(one.source), *_words(f": {quote_words(one.excerpt)}")]
                for one in turn.closest
            )
        if turn.left_out:
            yield _paragraph(_words(f"{turn.left_out_heading}:"))
            yield _list(
                _words(f"{one.text} ({one.reason})" if one.reason else one.text)
                for one in turn.left_out
            )

    def _write_claim(self, claim: ReportClaim) -> Iterator[Node]:
        yield from _words(claim.text)
        for position, number in enumerate(claim.numbers):
            if position:
                yield _node("Superscript", _words(" "))
            yield self._refer(number)
        if claim.mark:
            yield from (*_words(" "), *_emphasise(f"({claim.mark})"))

    def _refer(self, number: int) -> Node:
        if number in self._written:
            return _node("RawInline", ("openxml", _cross_reference(number)))
        self._written.add(number)
        note = self._notes[number]
        inlines = [
            *_words(f"{quote_words(note.quotation)} "),
            *_name(note.source),
            *_words(f". {note.remark}" if note.remark else "."),
        ]
        # The span becomes a bookmark, which a cross-reference names.
        attributes = (_bookmark(number), (), ())
        return _node("Span", (attributes, [_node("Note", [_paragraph(inlines)])]))


def _bookmark(number: int) -> str:
    return f"note{number}"


def _cross_reference(number: int) -> str:
    """Return a field that shows the number of a footnote that stands further up.

    Source: ECMA-376, part 1, 17.16.5.38, NOTEREF: ``\\f`` sets it as the footnotes' marks are,
    ``\\h`` makes it a link.
    """
    style = '<w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr>'

    def run(content: str) -> str:
        return f"<w:r>{style}{content}</w:r>"

    return "".join(
        (
            run('<w:fldChar w:fldCharType="begin"/>'),
            run(
                f'<w:instrText xml:space="preserve"> NOTEREF {_bookmark(number)} \\f \\h'
                " </w:instrText>"
            ),
            run('<w:fldChar w:fldCharType="separate"/>'),
            run(f"<w:t>{number}</w:t>"),
            run('<w:fldChar w:fldCharType="end"/>'),
        )
    )


def _name(source: Source) -> list[Node]:
    return [
        inline
        for text, is_title in split_source(source)
        for inline in (_emphasise(text) if is_title else _words(text))
    ]


def _words(text: str) -> list[Node]:
    return [_node("Str", text)] if text else []


def _emphasise(text: str) -> list[Node]:
    return [_node("Emph", _words(text))]


def _paragraph(inlines: list[Node]) -> Node:
    return _node("Para", inlines)


def _heading(level: int, text: str) -> Node:
    return _node("Header", (level, _NO_ATTRIBUTES, _words(text)))


def _list(items: Iterable[list[Node]]) -> Node:
    return _node("BulletList", [[_node("Plain", inlines)] for inlines in items])


def _node(kind: str, content: object) -> Node:
    return {"t": kind, "c": content}
