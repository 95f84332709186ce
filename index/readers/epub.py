"""Electronic books, .epub; their page marks are those of the printed book."""

import re

from index.errors import EssayError
from index.readers.pandoc import parse_with_pandoc
from index.readers.pandoc_tree import outline
from index.readers.raw import RawEssay
from index.readers.zips import unpack

_TEXT_ENDINGS = (".xhtml", ".html", ".htm", ".xml", ".opf", ".ncx")
_ALGORITHM = re.compile(rb"<[^<>]*EncryptionMethod[^<>]*Algorithm\s*=\s*[\"']([^\"']*)[\"']")
_FONT_ALGORITHMS = frozenset(
    {b"http://www.idpf.org/2008/embedding", b"http://ns.adobe.com/pdf/enc#RC"}
)
"""Fonts alone are made unreadable by these; the text is not.

Source: EPUB Open Container Format, resource obfuscation, and Adobe's older way.
"""


def read(content: bytes) -> RawEssay:
    """Read an electronic book.

    Raises:
        EssayError: The file is damaged, protected against copying, or larger than is safe.
    """
    package = unpack(content, is_wanted=_is_text)
    algorithms = _ALGORITHM.findall(package.parts.get("META-INF/encryption.xml", b""))
    if set(algorithms) - _FONT_ALGORITHMS:
        raise EssayError(
            "it is protected against copying (DRM), so only its own reading program can open it;"
            " give a copy without protection"
        )
    document = outline(parse_with_pandoc(package.content, source="epub"), has_bold_headings=False)
    # pandoc lists several authors last first.
    authors = document.meta.get("author", ()) or document.meta.get("creator", ())
    return RawEssay(
        blocks=document.blocks,
        pages=document.pages,
        title=": ".join(document.meta.get("title", ())[:1]),
        author=", ".join(reversed(authors)),
        date=", ".join(document.meta.get("date", ())[:1]),
    )


def _is_text(name: str) -> bool:
    return name == "mimetype" or name.lower().endswith(_TEXT_ENDINGS)
