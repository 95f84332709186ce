"""PDF files made by hand: whole ones and hostile ones."""

import zlib
from collections.abc import Mapping

CATALOG, PAGES, FONT = 1, 2, 3


def pdf(objects: Mapping[int, bytes], *, trailer: bytes = b"") -> bytes:
    """Return a PDF file of numbered objects, the first of which is its catalogue."""
    out = bytearray(b"%PDF-1.7\n")
    places = {}
    for number, content in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(out)
    size = max(objects) + 1
    out += b"xref\n0 %d\n" % size
    for number in range(size):
        if number in places:
            out += b"%010d 00000 n \n" % places[number]
        else:
            out += b"0000000000 65535 f \n"
    out += b"trailer\n<</Size %d /Root 1 0 R %b>>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        trailer.replace(b"$START", b"%d" % start),
        start,
    )
    return bytes(out)


def stream(content: bytes, *, claimed: int = -1, fields: bytes = b"") -> bytes:
    """Return a stream object, packed."""
    packed = zlib.compress(content, 9)
    return packed_stream(packed, fields=fields)


def packed_stream(packed: bytes, *, fields: bytes = b"") -> bytes:
    """Return a stream object of content that is packed already."""
    head = b"<</Length %d /Filter /FlateDecode %b>>" % (len(packed), fields)
    return head + b"\nstream\n" + packed + b"\nendstream"


def page(contents: int, *, parent: int = PAGES) -> bytes:
    """Return a page that shows the stream of this number."""
    return (
        b"<</Type /Page /Parent %d 0 R /MediaBox [0 0 600 800] /Contents %d 0 R"
        b" /Resources <</Font <</F 3 0 R>>>>>>" % (parent, contents)
    )


def basic_objects(kids: bytes, count: int) -> dict[int, bytes]:
    """Return a catalogue, a page tree with these kids, and a font."""
    return {
        CATALOG: b"<</Type /Catalog /Pages 2 0 R>>",
        PAGES: b"<</Type /Pages /Kids [%b] /Count %d>>" % (kids, count),
        FONT: b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>",
    }


def lines(*texts: str) -> bytes:
    """Return what shows lines of text, one below the other."""
    shown = b"".join(b"(%b) Tj T*\n" % text.encode("latin-1") for text in texts)
    return b"BT /F 11 Tf 14 TL 50 750 Td\n" + shown + b"ET\n"


def text_pdf(*texts: str) -> bytes:
    """Return a PDF file of one page with these lines."""
    return pdf({**basic_objects(b"4 0 R", 1), 4: page(5), 5: stream(lines(*texts))})
