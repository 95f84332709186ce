"""Packed files made by hand: word processors' files and books, as they are and as they lie."""

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ENCRYPTED = 0x1
"""The bit of a member's flags that says so."""

_STORED, _DEFLATED = 0, 8
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member of a zip file; its headers say what they are told to say."""

    name: str
    packed: bytes
    size: int
    crc: int
    method: int = _DEFLATED
    flags: int = 0


def member(name: str, content: bytes, *, flags: int = 0, method: int = _DEFLATED) -> Member:
    """Return a member with honest headers."""
    packed = deflate(content) if method == _DEFLATED else content
    return Member(
        name=name,
        packed=packed,
        size=len(content),
        crc=zlib.crc32(content),
        method=method,
        flags=flags,
    )


def bomb(
    name: str, start: bytes, block: bytes, times: int, end: bytes, *, claimed: int = -1
) -> Member:
    """Return a member that unpacks to a block many times over, without making it here.

    Its checksum is none: whoever gets as far as comparing it has unpacked everything.

    Args:
        name: The member's name.
        start: What it begins with.
        block: What follows ``times`` times.
        times: How often.
        end: What it ends with.
        claimed: The size that its headers give; the true one if negative.
    """
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    head = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    once = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    tail = packer.compress(end) + packer.flush()
    size = len(start) + times * len(block) + len(end)
    return Member(
        name=name,
        packed=head + once * times + tail,
        size=size if claimed < 0 else claimed,
        crc=0,
    )


def deflate(content: bytes) -> bytes:
    """Return raw deflated bytes, as zip files hold them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def zip_of(members: Sequence[Member]) -> bytes:
    """Return the zip file of members, in their order."""
    out, directory = bytearray(), bytearray()
    for one in members:
        name = one.name.encode()
        fields = struct.pack(
            "<HHHHHIIIHH",
            20,
            one.flags,
            one.method,
            0,
            0x21,
            one.crc,
            len(one.packed),
            one.size,
            len(name),
            0,
        )
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + fields
        directory += struct.pack("<HHHII", 0, 0, 0, 0, len(out)) + name
        out += b"PK\x03\x04" + fields + name + one.packed
    end = struct.pack(
        "<HHHHIIH",
        0,
        0,
        len(members) & 0xFFFF,
        len(members) & 0xFFFF,
        len(directory),
        len(out),
        0,
    )
    return bytes(out + directory + b"PK\x05\x06" + end)


def docx_members(
    document: bytes | Member, extra: Mapping[str, bytes] | None = None
) -> list[Member]:
    """Return the members of a word processor's file around its ``word/document.xml``."""
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_DOCX}"/></Types>'
    )
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Target="word/document.xml" Type="http://schemas.openxmlformats.org'
        '/officeDocument/2006/relationships/officeDocument"/></Relationships>'
    )
    whole = document if isinstance(document, Member) else member("word/document.xml", document)
    return [
        member("[Content_Types].xml", types.encode()),
        member("_rels/.rels", relations.encode()),
        whole,
        *(member(name, content) for name, content in (extra or {}).items()),
    ]


DOCX_START = f'<w:document xmlns:w="{_W}"><w:body>'.encode()
DOCX_END = b"</w:body></w:document>"


def docx_paragraph(text: str) -> bytes:
    """Return a paragraph of ``word/document.xml``."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>".encode()


def docx(*paragraphs: str, prolog: str = "") -> bytes:
    """Return a word processor's file of these paragraphs, ``prolog`` before its document."""
    body = b"".join(map(docx_paragraph, paragraphs))
    return zip_of(docx_members(prolog.encode() + DOCX_START + body + DOCX_END))


def odt(*paragraphs: str, prolog: str = "") -> bytes:
    """Return an OpenDocument text of these paragraphs, ``prolog`` before its content."""
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    text = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
    body = "".join(f"<text:p>{paragraph}</text:p>" for paragraph in paragraphs)
    content = (
        f'{prolog}<office:document-content xmlns:office="{office}" xmlns:text="{text}"'
        f' office:version="1.2"><office:body><office:text>{body}</office:text></office:body>'
        "</office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.text"
    namespace = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    manifest = (
        f'<manifest:manifest xmlns:manifest="{namespace}">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        "</manifest:manifest>"
    )
    return zip_of(
        [
            member("mimetype", kind.encode(), method=_STORED),
            member("content.xml", content.encode()),
            member("META-INF/manifest.xml", manifest.encode()),
        ]
    )


EPUB_START = b'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>One</title></head><body>'
EPUB_END = b"</body></html>"


def epub(
    *paragraphs: str, prolog: str = "", chapter: Member | None = None, extra: Sequence[Member] = ()
) -> bytes:
    """Return a book of one chapter: these paragraphs, or ``chapter`` at ``chapter.xhtml``."""
    container = (
        '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
        '<rootfiles><rootfile full-path="content.opf"'
        ' media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    package = (
        f'{prolog}<package xmlns="http://www.idpf.org/2007/opf" version="3.0"'
        ' unique-identifier="id"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        '<dc:identifier id="id">urn:1</dc:identifier><dc:title>The harbour</dc:title>'
        "<dc:language>en</dc:language></metadata><manifest>"
        '<item id="c" href="chapter.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="c"/></spine></package>'
    )
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs).encode()
    written = prolog.encode() + EPUB_START + body + EPUB_END
    return zip_of(
        [
            member("mimetype", b"application/epub+zip", method=_STORED),
            member("META-INF/container.xml", container.encode()),
            member("content.opf", package.encode()),
            chapter or member("chapter.xhtml", written),
            *extra,
        ]
    )
