"""Reading files: one module per format, joined in one table; content decides which reads a file."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from index.readers import markdown, text
from index.readers.raw import RawEssay
from index.readers.sniffing import ENDINGS, UNREADABLE_ENDINGS, accepted_endings, sniff

__all__ = [
    "ENDINGS",
    "READERS",
    "UNREADABLE_ENDINGS",
    "RawEssay",
    "Reader",
    "accepted_endings",
    "sniff",
]

Reader = Callable[[bytes], RawEssay]

# What these import takes up to half a second, which only who reads such a file should wait for.


def _read_html(content: bytes) -> RawEssay:
    from index.readers import html

    return html.read(content)


def _read_docx(content: bytes) -> RawEssay:
    from index.readers import docx

    return docx.read(content)


def _read_odt(content: bytes) -> RawEssay:
    from index.readers import odt

    return odt.read(content)


def _read_pdf(content: bytes) -> RawEssay:
    from index.readers import pdf

    return pdf.read(content)


def _read_epub(content: bytes) -> RawEssay:
    from index.readers import epub

    return epub.read(content)


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "txt": text.read,
        "md": markdown.read,
        "html": _read_html,
        "docx": _read_docx,
        "odt": _read_odt,
        "pdf": _read_pdf,
        "epub": _read_epub,
    }
)
"""The reader of each format. A reader raises ``EssayError``."""
