"""A report as a file: its format, its name, its content."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from assistant.exporting.reports import Report
from assistant.exporting.to_html import render_html
from assistant.exporting.to_markdown import render_markdown
from assistant.exporting.to_word import render_docx

_MAX_NAME_CHARS: Final = 60
"""At four bytes a character the name is still shorter than any file system's limit of 255."""
_RESERVED: Final = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)))
)
"""Names that Windows gives to devices, whatever their ending."""


class ExportFormat(StrEnum):
    """A format that a report can be written in; the value is the file name's ending."""

    MARKDOWN = "md"
    HTML = "html"
    WORD = "docx"

    @property
    def label(self) -> str:
        """Its name for the reader."""
        return _LABELS[self]


_LABELS: Final = {
    ExportFormat.MARKDOWN: "Markdown",
    ExportFormat.HTML: "HTML",
    ExportFormat.WORD: "Word",
}
_MIMES: Final = {
    ExportFormat.MARKDOWN: "text/markdown; charset=utf-8",
    ExportFormat.HTML: "text/html; charset=utf-8",
    ExportFormat.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedFile:
    """A document ready to be saved; ``mime`` is its media type."""

    name: str
    mime: str
    content: bytes


def write_report(report: Report, kind: ExportFormat) -> ExportedFile:
    """Return the report as a file of a format.

    Raises:
        ExportError: The file of Word cannot be made.
    """
    match kind:
        case ExportFormat.MARKDOWN:
            content = render_markdown(report).encode()
        case ExportFormat.HTML:
            content = render_html(report).encode()
        case ExportFormat.WORD:
            content = render_docx(report)
    return ExportedFile(name=make_file_name(report.title, kind), mime=_MIMES[kind], content=content)


def make_file_name(title: str, kind: ExportFormat) -> str:
    """Return a name for a file that every system takes, and that names no folder or device.

    Letters and digits of any script stay; what else there is parts them.

    >>> make_file_name("Who closed <the> mill/gate?", ExportFormat.WORD)
    'Who closed the mill gate.docx'
    >>> make_file_name("../..", ExportFormat.HTML), make_file_name("CON", ExportFormat.HTML)
    ('chat.html', 'chat CON.html')
    """
    kept = "".join(
        letter if unicodedata.category(letter)[0] in "LMN" or letter in "-_" else " "
        for letter in unicodedata.normalize("NFC", title)
    )
    name = " ".join(kept.split())[:_MAX_NAME_CHARS].strip(" -_")
    if not name or name.casefold() in _RESERVED:
        name = f"chat {name}".strip()
    return f"{name}.{kind}"
