"""What a file is, told by its content: a name can lie, and downloads are often misnamed.

A file whose content is of a format that can be read is read as that, whatever its name. Kinds of
text cannot be told by content alone, so there the name decides: what ends in ``.md`` is Markdown,
a text without ``<html>`` a web page if its name says so; what ends in ``.csv`` or ``.py`` is text,
but no essay, while a text whose name has no ending may be one. A web page named as a PDF file or
a word processor's is refused: it is nearly always the notice of a download that failed.
"""

import codecs
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from types import MappingProxyType

from index.errors import EssayError
from index.readers.decoding import decode
from index.readers.zips import list_names, read_member

ENDINGS: Mapping[str, str] = MappingProxyType(
    {
        ".txt": "txt",
        ".text": "txt",
        ".md": "md",
        ".markdown": "md",
        ".html": "html",
        ".htm": "html",
        ".xhtml": "html",
        ".docx": "docx",
        ".odt": "odt",
        ".pdf": "pdf",
        ".epub": "epub",
    }
)
"""The format that a name ending promises, in lower case."""

UNREADABLE_ENDINGS = frozenset(
    {".doc", ".rtf", ".pages", ".wpd", ".wps", ".mht", ".mhtml", ".mobi", ".azw3", ".djvu", ".ps"}
)
"""Formats of essays that are not read: such a file is named with its reason, not passed over."""

FORMAT_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "txt": "plain text",
        "md": "Markdown",
        "html": "a web page",
        "docx": "a Word document",
        "odt": "an OpenDocument text",
        "pdf": "a PDF file",
        "epub": "an electronic book",
    }
)
"""Each format in words."""

_SAVE_AS_DOCX = "open it in a word processor and save it as .docx or .odt"
_EXPORT = "export it as .docx or .pdf"
_NO_TEXT = "it has no text that can be read"

_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"{\\rtf", f"it is a rich text file (.rtf); {_SAVE_AS_DOCX}"),
    (0, b"\x89PNG\r\n\x1a\n", f"it is a PNG image; {_NO_TEXT}"),
    (0, b"\xff\xd8\xff", f"it is a JPEG image; {_NO_TEXT}"),
    (0, b"GIF8", f"it is a GIF image; {_NO_TEXT}"),
    (0, b"II*\0", f"it is a TIFF image; {_NO_TEXT}"),
    (0, b"MM\0*", f"it is a TIFF image; {_NO_TEXT}"),
    (8, b"WEBP", f"it is a WebP image; {_NO_TEXT}"),
    (4, b"ftyphei", f"it is a HEIC image; {_NO_TEXT}"),
    (4, b"ftyp", f"it is a film or a sound recording; {_NO_TEXT}"),
    (0, b"ID3", f"it is a sound recording; {_NO_TEXT}"),
    (0, b"OggS", f"it is a film or a sound recording; {_NO_TEXT}"),
    (0, b"RIFF", f"it is a film or a sound recording; {_NO_TEXT}"),
    (0, b"%!PS", "it is a PostScript file; convert it to PDF"),
    (0, b"AT&TFORM", "it is a DjVu file; convert it to PDF with its text"),
    (60, b"BOOKMOBI", "it is a Kindle book; convert it to .epub, for example with Calibre"),
    (0, b"\x1f\x8b", "it is a compressed file (gzip); unpack it and give what is in it"),
    (0, b"BZh", "it is a compressed file (bzip2); unpack it and give what is in it"),
    (0, b"\xfd7zXZ\0", "it is a compressed file (xz); unpack it and give what is in it"),
    (0, b"7z\xbc\xaf'\x1c", "it is a 7z archive; unpack it and give the essays in it"),
    (0, b"Rar!\x1a\x07", "it is a RAR archive; unpack it and give the essays in it"),
    (257, b"ustar", "it is a tar archive; unpack it and give the essays in it"),
    (0, b"\x7fELF", "it is a program, not an essay"),
    (0, b"MZ\x90", "it is a program, not an essay"),
    (0, b"SQLite format 3\0", "it is a database, not an essay"),
    (0, b"\xffWPC", f"it is a WordPerfect file; {_SAVE_AS_DOCX}"),
)
"""Offset, bytes, and why a file that has them there is refused; the first that fits counts."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_WORD_STREAM = "WordDocument".encode("utf-16-le")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_ZIP_TYPES: Mapping[bytes, str] = MappingProxyType(
    {
        b"application/epub+zip": "epub",
        b"application/vnd.oasis.opendocument.text": "odt",
        b"application/vnd.oasis.opendocument.text-template": "odt",
    }
)
_MAX_TYPES_BYTES = 1_000_000
_PDF_WITHIN_BYTES = 1024
"""Source: PDF readers look for the header that far, ISO 32000-1, annex H, note 13."""

_BEGINNING_BYTES = 20_000
_BEFORE_HTML = r"(?:\s|<!--.*?-->|<\?xml.*?\?>)*"
_HTML = re.compile(rf"{_BEFORE_HTML}<(?:!doctype html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(
    r"</?(?:p|div|h[1-6]|br|span|table|section|article|ul|ol)\b[^<>]*>", re.IGNORECASE
)
_XML = re.compile(
    r"\s*<\?xml\b.{0,2000}?<(?:office:document|\w*:?wordDocument|pkg:package)", re.DOTALL
)
_MHTML = re.compile(r"(?:[\w-]+:.*\n)*?content-type:\s*multipart/related", re.IGNORECASE)


def sniff(name: str, content: bytes) -> str:
    r"""Return the format of a file, a key of ``READERS``.

    >>> sniff("essay.pdf", b"It rains.\n"), sniff("essay.txt", b"%PDF-1.7\n")
    ('txt', 'pdf')

    Raises:
        EssayError: It is of no format that can be read; the message says of which it is.
    """
    ending = PurePosixPath(name).suffix.lower()
    if b"%PDF-" in content[:_PDF_WITHIN_BYTES]:
        return "pdf"
    if content.startswith(_ZIP):
        return _sniff_zip(content)
    if content.startswith(_OLE):
        raise EssayError(_describe_ole(content))
    for offset, signature, reason in _SIGNATURES:
        if content.startswith(signature, offset):
            raise EssayError(reason)
    return _sniff_text(ending, content)


def accepted_endings() -> str:
    """Return the name endings that can be read, in words."""
    *first, last = ENDINGS
    return f"{', '.join(first)} or {last}"


def _sniff_zip(content: bytes) -> str:
    names = list_names(content)
    if "mimetype" in names:
        kind = read_member(content, "mimetype", max_bytes=100).strip()
        if kind in _ZIP_TYPES:
            return _ZIP_TYPES[kind]
        if kind.startswith(b"application/vnd.oasis.opendocument"):
            raise EssayError(f"it is a table, a drawing or slides, not a text; {_EXPORT}")
    if "META-INF/container.xml" in names and any(each.endswith(".opf") for each in names):
        return "epub"
    types = read_member(content, "[Content_Types].xml", max_bytes=_MAX_TYPES_BYTES)
    if b"wordprocessingml." in types or "word/document.xml" in names:
        return "docx"
    if b"spreadsheetml." in types:
        raise EssayError("it is an Excel table, not an essay; save its text as .docx or .txt")
    if b"presentationml." in types:
        raise EssayError(f"it is a PowerPoint file, not an essay; {_EXPORT}")
    if "Index/Document.iwa" in names or "index.xml" in names:
        raise EssayError(f"it is a file of Apple's Pages; {_EXPORT}")
    raise EssayError("it is a zip archive; unpack it and give the essays in it")


def _describe_ole(content: bytes) -> str:
    if _ENCRYPTED_STREAM in content:
        return "it is protected with a password; save it without one"
    if _WORD_STREAM in content:
        return f"it is an old Word file (.doc); {_SAVE_AS_DOCX}"
    return f"it is an old file of Microsoft Office; {_SAVE_AS_DOCX}"


def _sniff_text(ending: str, content: bytes) -> str:
    promised = ENDINGS.get(ending, "")
    text = _beginning(content)
    if _HTML.match(text):
        if promised in ("docx", "odt", "pdf", "epub"):
            raise EssayError(
                f"it is a web page, not {FORMAT_NAMES[promised]}: the download has probably failed,"
                " and the page says why; if it is the essay, rename it so that it ends in .html"
            )
        return "html"
    if promised == "html" and _TAG.search(text):
        return "html"
    if _XML.match(text):
        raise EssayError(f"it is a word processor's file in plain XML; {_SAVE_AS_DOCX}")
    if _MHTML.match(text):
        raise EssayError(
            "it is a web page saved as one file (.mht); open it in a browser and save it as"
            " 'web page, HTML only'"
        )
    if promised in ("docx", "odt", "pdf", "epub"):
        _check_text(content, promised)
    if ending and not promised:
        raise EssayError(f"files ending in {ending!r} cannot be read; give {accepted_endings()}")
    return promised if promised == "md" else "txt"


def _check_text(content: bytes, promised: str) -> None:
    try:
        decode(content)
    except EssayError as error:
        raise EssayError(
            f"it is not {FORMAT_NAMES[promised]}, as its name says, and no text either; it may be"
            " damaged: copy or download it again"
        ) from error


def _beginning(content: bytes) -> str:
    """Return the beginning of a text, right for the characters of ASCII at least."""
    start = content[:_BEGINNING_BYTES]
    is_wide = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = start.decode("utf-16" if is_wide else "latin-1", "replace")
    return text.removeprefix("\xef\xbb\xbf")
