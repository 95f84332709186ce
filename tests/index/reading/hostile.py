"""Files that are made to harm whoever reads them, and files that are only badly made."""

import functools
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.index.essays import PROSE
from tests.index.reading import packed, pdfs

SECRET = "the seal of the guild lies under the ninth stone"
"""What stands in a file that a hostile one tries to have read."""

ESSAY = " ".join([PROSE, PROSE.replace("harbour", "quay"), PROSE.replace("gate", "tower")])
"""An essay that is well."""

_MB = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A file, and what reading it comes to.

    Attributes:
        name: The file's name, which may lie.
        build: Makes the content.
        reason: What the reason for refusing it says (a regular expression); empty if the file is
            to be read.
        text: What its text holds if it is read; empty if it is to be refused. With both, either
            will do: how much a file costs depends on the libraries.
    """

    name: str
    build: Callable[[], bytes]
    reason: str = ""
    text: str = ""


def _laughs(element: str, *, levels: int = 12, width: int = 10) -> str:
    """Return a document type whose entity ``laugh`` stands for ``width ** levels`` words."""
    entities = ['<!ENTITY l0 "laugh ">'] + [
        f'<!ENTITY l{level} "{f"&l{level - 1};" * width}">' for level in range(1, levels + 1)
    ]
    return f'<!DOCTYPE {element} [{"".join(entities)}<!ENTITY laugh "&l{levels};">]>'


def _outside(element: str, secret: Path) -> str:
    """Return a document type whose entity ``secret`` stands for a file of the reader."""
    return f'<!DOCTYPE {element} [<!ENTITY secret SYSTEM "file://{secret}">]>'


def _html(body: str, *, prolog: str = "<!DOCTYPE html>") -> bytes:
    return (
        f"{prolog}<html><head><title>Of harbours</title></head><body>{body}</body></html>".encode()
    )


def _paragraphs(body: str) -> bytes:
    return _html(f"<article><p>{ESSAY}</p>{body}</article>")


# Packed files that unpack to more than anybody has


def docx_bomb(megabytes: int, *, claimed: int = -1) -> bytes:
    """Return a word processor's file whose document unpacks to so much."""
    paragraph = packed.docx_paragraph(PROSE)
    document = packed.bomb(
        "word/document.xml",
        packed.DOCX_START,
        paragraph * (_MB // len(paragraph)),
        megabytes,
        packed.DOCX_END,
        claimed=claimed,
    )
    return packed.zip_of(packed.docx_members(document))


def epub_bomb(megabytes: int, *, claimed: int = -1) -> bytes:
    """Return a book whose chapter unpacks to so much."""
    paragraph = f"<p>{PROSE}</p>".encode()
    chapter = packed.bomb(
        "chapter.xhtml",
        packed.EPUB_START,
        paragraph * (_MB // len(paragraph)),
        megabytes,
        packed.EPUB_END,
        claimed=claimed,
    )
    return packed.epub(chapter=chapter)


def nested_zips(depth: int = 8, width: int = 8) -> bytes:
    """Return zip files within zip files, the innermost a bomb."""
    inner = packed.zip_of([packed.bomb("0", b"", b"\0" * _MB, 100, b"")])
    for _ in range(depth):
        one = packed.member("inner.zip", inner)
        inner = packed.zip_of([one] * width)
    return inner


def _epub_of_zips() -> bytes:
    return packed.epub(ESSAY, extra=[packed.member("inner.zip", nested_zips(3))])


def _epub_with_zip_as_chapter() -> bytes:
    return packed.epub(chapter=packed.member("chapter.xhtml", nested_zips(3)))


def _docx_of_many_members() -> bytes:
    nothing = packed.member("0", b"")
    members = packed.docx_members(packed.DOCX_START + packed.DOCX_END)
    return packed.zip_of(
        members
        + [
            packed.Member(name=f"word/{n}", packed=nothing.packed, size=0, crc=0)
            for n in range(20_000)
        ]
    )


def _docx_with_picture_bomb() -> bytes:
    picture = packed.bomb("word/media/image1.png", b"\x89PNG\r\n\x1a\n", b"\0" * _MB, 2_000, b"")
    document = packed.DOCX_START + packed.docx_paragraph(ESSAY) + packed.DOCX_END
    return packed.zip_of([*packed.docx_members(document), picture])


def escaping_docx(folder: Path) -> bytes:
    """Return a word processor's file with members that want to be written into ``folder``."""
    document = packed.DOCX_START + packed.docx_paragraph(ESSAY) + packed.DOCX_END
    names = (
        f"{'../' * 20}{folder}/one.txt",
        f"{folder}/two.txt",
        f"word/media/{'../' * 20}{folder}/3",
    )
    return packed.zip_of(packed.docx_members(document, dict.fromkeys(names, b"out")))


def _encrypted_docx() -> bytes:
    document = packed.DOCX_START + packed.docx_paragraph(ESSAY) + packed.DOCX_END
    members = packed.docx_members(
        packed.member("word/document.xml", document, flags=packed.ENCRYPTED)
    )
    return packed.zip_of(members)


def _office_vault() -> bytes:
    """Return what a word processor saves with a password: a file of the older, other kind."""
    name = "EncryptedPackage".encode("utf-16-le")
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000 + name + b"\0" * 4000


# XML and HTML


def _deep_docx() -> bytes:
    depth = 100_000
    body = b"<w:sdt><w:sdtContent>" * depth + packed.docx_paragraph(ESSAY)
    document = packed.DOCX_START + body + b"</w:sdtContent></w:sdt>" * depth + packed.DOCX_END
    return packed.zip_of(packed.docx_members(document))


def _deep_epub() -> bytes:
    depth = 100_000
    return packed.epub(f"{'<i>' * depth}{ESSAY}{'</i>' * depth}")


def _deep_html() -> bytes:
    depth = 100_000
    return _html(f"{'<div>' * depth}<p>{ESSAY}</p>{'</div>' * depth}")


def _laughing_svg() -> bytes:
    return f'{_laughs("svg")}<svg xmlns="http://www.w3.org/2000/svg"><text>&laugh;</text></svg>'.encode()


def _many_attributes() -> bytes:
    attributes = " ".join(f'a{n}="x"' for n in range(100_000))
    return _paragraphs(f"<p {attributes}>{PROSE}</p>")


# PDF


def _pdf_whose_pages_loop() -> bytes:
    return pdfs.pdf({**pdfs.basic_objects(b"2 0 R 2 0 R 2 0 R", 3)})


def _pdf_whose_page_tree_is_a_maze() -> bytes:
    # Sixty levels, each with the next one twice: as many ways to the bottom as 2 ** 60.
    levels = {
        number: b"<</Type /Pages /Kids [%d 0 R %d 0 R] /Count 100>>" % (number + 1, number + 1)
        for number in range(4, 64)
    }
    return pdfs.pdf(
        {
            **pdfs.basic_objects(b"4 0 R", 100),
            **levels,
            64: pdfs.page(65),
            65: pdfs.stream(pdfs.lines(PROSE)),
        }
    )


def _pdf_whose_tables_loop() -> bytes:
    objects = {
        **pdfs.basic_objects(b"4 0 R", 1),
        4: pdfs.page(5),
        5: pdfs.stream(pdfs.lines(PROSE)),
    }
    return pdfs.pdf(objects, trailer=b"/Prev $START")


def _pdf_of_a_billion_pages() -> bytes:
    objects = {
        **pdfs.basic_objects(b"4 0 R", 1_000_000_000),
        4: pdfs.page(5),
        5: pdfs.stream(pdfs.lines(*[PROSE] * 8)),
    }
    return pdfs.pdf(objects)


def _pdf_of_many_pages() -> bytes:
    count = 200_000
    kids = b"4 0 R " * count
    objects = {
        **pdfs.basic_objects(kids, count),
        4: pdfs.page(5),
        5: pdfs.stream(pdfs.lines(PROSE)),
    }
    return pdfs.pdf(objects)


def pdf_bomb(megabytes: int) -> bytes:
    """Return a PDF file whose only page unpacks to so much."""
    packer = zlib.compressobj(9)
    text = pdfs.lines(PROSE)
    head = packer.compress(b" ") + packer.flush(zlib.Z_FULL_FLUSH)
    once = packer.compress(text * (_MB // len(text))) + packer.flush(zlib.Z_FULL_FLUSH)
    return pdfs.pdf(
        {
            **pdfs.basic_objects(b"4 0 R", 1),
            4: pdfs.page(5),
            5: pdfs.packed_stream(head + once * megabytes + b"\x03\x00"),
        }
    )


def _pdf_of_nested_lists() -> bytes:
    depth = 500_000
    objects = {**pdfs.basic_objects(b"4 0 R", 1), 4: pdfs.page(5), 5: b"[" * depth + b"]" * depth}
    return pdfs.pdf(objects)


def _pdf_whose_form_shows_itself() -> bytes:
    form = (
        b"/Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources <</XObject <</X 6 0 R>>>> "
    )
    shows = b"/X Do " * 50
    objects = {
        **pdfs.basic_objects(b"4 0 R", 1),
        4: b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 5 0 R"
        b" /Resources <</XObject <</X 6 0 R>>>>>>",
        5: pdfs.stream(shows),
        6: pdfs.stream(shows, fields=form),
    }
    return pdfs.pdf(objects)


def _locked_pdf() -> bytes:
    """Return a PDF file that asks for a password nobody has."""
    lock = b"<</Filter /Standard /V 1 /R 2 /P -4 /O (%b) /U (%b)>>" % (b"o" * 32, b"u" * 32)
    objects = {
        **pdfs.basic_objects(b"4 0 R", 1),
        4: pdfs.page(5),
        5: pdfs.stream(pdfs.lines(ESSAY)),
        6: lock,
    }
    return pdfs.pdf(objects, trailer=b"/Encrypt 6 0 R /ID [(a) (a)]")


# What is not what its name says


def _program() -> bytes:
    return b"MZ\x90\x00" + b"\0" * 60 + b"PE\0\0" + bytes(range(256)) * 40


def _picture() -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", 64, 64, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(65 * 64))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def _repeated(start: str, times: int, end: str = "") -> Callable[[], bytes]:
    return lambda: f"{PROSE}\n\n{start * times}{end}\n\n{PROSE}".encode()


BOMBS: tuple[Sample, ...] = (
    Sample(name="flat bomb.docx", build=functools.partial(docx_bomb, 1000), reason="unpack to"),
    Sample(
        name="lying bomb.docx",
        build=functools.partial(docx_bomb, 300, claimed=5000),
        reason="damaged",
    ),
    Sample(name="flat bomb.epub", build=functools.partial(epub_bomb, 1000), reason="unpack to"),
    Sample(
        name="lying bomb.epub",
        build=functools.partial(epub_bomb, 300, claimed=5000),
        reason="damaged",
    ),
    Sample(name="zips in a book.epub", build=_epub_of_zips, text="harbour"),
    Sample(name="zip as chapter.epub", build=_epub_with_zip_as_chapter, reason="damaged"),
    Sample(name="only zips.docx", build=nested_zips, reason="zip archive"),
    Sample(name="many members.docx", build=_docx_of_many_members, reason="20,003 files"),
    Sample(name="picture bomb.docx", build=_docx_with_picture_bomb, reason="pictures would unpack"),
    Sample(
        name="stream bomb.pdf",
        build=functools.partial(pdf_bomb, 500),
        reason="longer than|of memory",
    ),
)
"""Files that unpack to more than anybody has."""

ENTITIES: tuple[Sample, ...] = (
    Sample(
        name="laughs.docx",
        build=lambda: packed.docx(ESSAY, "&laugh;", prolog=_laughs("w:document")),
        reason="defines entities",
    ),
    Sample(
        name="laughs.odt",
        build=lambda: packed.odt(ESSAY, "&laugh;", prolog=_laughs("office:document-content")),
        reason="defines entities",
    ),
    Sample(
        name="laughs.epub",
        build=lambda: packed.epub(ESSAY, "&laugh;", prolog=_laughs("html")),
        reason="defines entities",
    ),
    Sample(
        name="laughs.html",
        build=lambda: _html(f"<p>{ESSAY}</p><p>&laugh;</p>", prolog=_laughs("html")),
        text="harbour",
    ),
    Sample(name="laughs.svg", build=_laughing_svg, reason="cannot be read"),
)
"""Files whose entities stand for more than anybody has."""


def outside(secret: Path) -> tuple[Sample, ...]:
    """Return files that want the file ``secret`` of the reader's to be read."""
    frames = f'<iframe src="file://{secret}"></iframe><object data="file://{secret}"></object>'
    included = f"{ESSAY}\n\n![a](file://{secret})\n\n!include {secret}\n"
    builders: dict[str, Callable[[], bytes]] = {
        "outside.docx": lambda: packed.docx(
            ESSAY, "&secret;", prolog=_outside("w:document", secret)
        ),
        "outside.odt": lambda: packed.odt(
            ESSAY, "&secret;", prolog=_outside("office:document-content", secret)
        ),
        "outside.epub": lambda: packed.epub(ESSAY, "&secret;", prolog=_outside("html", secret)),
        "outside.html": lambda: _html(
            f"<p>{ESSAY}</p><p>&secret;</p>", prolog=_outside("html", secret)
        ),
        "frame.html": lambda: _paragraphs(frames),
        "include.md": included.encode,
        "include.epub": lambda: packed.epub(ESSAY, f'<img src="file://{secret}" alt="a"/>'),
    }
    return tuple(
        Sample(name=name, build=build, reason="defines entities", text="harbour")
        for name, build in builders.items()
    )


DEEP: tuple[Sample, ...] = (
    Sample(name="deep.html", build=_deep_html, reason="too deep"),
    Sample(name="deep.docx", build=_deep_docx, reason="unpack to"),
    Sample(name="deep.epub", build=_deep_epub, reason="longer than|of memory|nested"),
    Sample(name="quotes.md", build=lambda: b">" * 100_000 + b" " + ESSAY.encode(), reason="empty"),
    Sample(
        name="brackets.md",
        build=_repeated("[", 100_000),
        reason="longer than|of memory",
        text="harbour",
    ),
    Sample(
        name="stars.md",
        build=_repeated("*a **b ", 30_000),
        reason="longer than|of memory",
        text="harbour",
    ),
    Sample(name="lists.md", build=lambda: b"- " * 20_000 + ESSAY.encode(), reason="empty"),
    Sample(
        name="front matter.md",
        build=lambda: b"---\na: " + b"[" * 100_000 + b"\n---\n" + ESSAY.encode(),
        reason="longer than|of memory|nested|ended the process",
    ),
    Sample(
        name="front matter laughs.md",
        build=lambda: (
            "---\na0: &a0 [x]\n"
            + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
            + f"title: *a11\n---\n{ESSAY}"
        ).encode(),
        text="harbour",
    ),
    Sample(name="attributes.html", build=_many_attributes, text="harbour"),
)
"""Files whose parts lie too deep within one another, or are too many in one place."""

PDFS: tuple[Sample, ...] = (
    Sample(name="pages loop.pdf", build=_pdf_whose_pages_loop, reason="damaged"),
    Sample(name="maze.pdf", build=_pdf_whose_page_tree_is_a_maze, text="harbour"),
    Sample(name="tables loop.pdf", build=_pdf_whose_tables_loop, text="harbour"),
    Sample(name="a billion pages.pdf", build=_pdf_of_a_billion_pages, text="harbour"),
    Sample(name="many pages.pdf", build=_pdf_of_many_pages, reason="200,000 pages"),
    Sample(name="lists.pdf", build=_pdf_of_nested_lists, reason="without text"),
    Sample(
        name="form loop.pdf", build=_pdf_whose_form_shows_itself, reason="longer than|of memory"
    ),
    Sample(name="locked.pdf", build=_locked_pdf, reason="password"),
    Sample(name="cut off.pdf", build=lambda: pdfs.text_pdf(*[PROSE] * 20)[:400], reason="damaged"),
)
"""PDF files that lead in circles, or nowhere."""

LIES: tuple[Sample, ...] = (
    Sample(name="program.docx", build=_program, reason="a program"),
    Sample(name="document.pdf", build=lambda: packed.docx(ESSAY), text="harbour"),
    Sample(name="picture.txt", build=_picture, reason="PNG"),
    Sample(name="page.txt", build=lambda: _paragraphs(""), text="harbour"),
    Sample(name="locked.docx", build=_encrypted_docx, reason="password"),
    Sample(name="vault.docx", build=_office_vault, reason="password"),
    Sample(name="empty.docx", build=lambda: b"", reason="empty"),
    Sample(name="empty.txt", build=lambda: b"", reason="empty"),
    Sample(name="half.docx", build=lambda: packed.docx(ESSAY)[:200], reason="damaged"),
    Sample(name="no ending", build=lambda: ESSAY.encode(), text="harbour"),
    Sample(name="../../etc/name.txt", build=lambda: ESSAY.encode(), text="harbour"),
)
"""Files that are not what their name says, or not whole."""

ENCODINGS: tuple[Sample, ...] = (
    Sample(name="unmarked.txt", build=lambda: ESSAY.encode("utf-16-le"), reason="UTF-8"),
    Sample(
        name="invalid.txt",
        build=lambda: ESSAY.encode() + b" \xff\xfe\xc3\x28 " + ESSAY.encode(),
        text="harbour",
    ),
    Sample(
        name="mixed.txt",
        build=lambda: ESSAY.encode() + "café".encode("latin-1") + "“naïve”".encode(),
        text="harbour",
    ),
    Sample(name="nulls.txt", build=lambda: b"\0" * _MB, reason="binary"),
    Sample(name="marked.txt", build=lambda: b"\xff\xfe" + b"\xd8" * 1001, reason="damaged at byte"),
)
"""Text in encodings that its readers have to guess."""

LONG: tuple[Sample, ...] = (
    Sample(
        name="one line.txt",
        build=lambda: b"a" * 12_000_000,
        reason="12,000,000 characters",
    ),
    Sample(
        name="one line.md",
        build=lambda: b"a" * 30_000_000,
        reason="longer than|of memory|characters",
    ),
    Sample(
        name="one line.html",
        build=lambda: _html("a" * 30_000_000),
        reason="longer than|of memory|no text",
    ),
    Sample(
        name="line ends.txt", build=lambda: b"\n" * 30_000_000, reason="longer than|of memory|empty"
    ),
    Sample(name="words.txt", build=lambda: f"{PROSE} ".encode() * 60_000, reason="words"),
    Sample(name="paragraphs.txt", build=lambda: f"{PROSE}\n\n".encode() * 60_000, reason="words"),
)
"""Files with far too much in them."""

SLOW: tuple[Sample, ...] = tuple(
    Sample(
        name=f"{name}.txt",
        build=_repeated(start, times, end),
        reason="longer than|of memory",
        text="harbour",
    )
    for name, start, times, end in (
        ("spaces", " ", 1_000_000, "x"),
        ("tabs", "\t \u00a0", 300_000, "x"),
        ("stops", ".", 500_000, ""),
        ("short sentences", "A. ", 200_000, ""),
        ("open brackets", "(", 300_000, ""),
        ("quotation marks", "“", 300_000, ""),
        ("apostrophes", "'", 300_000, ""),
        ("dashes", "- ", 200_000, ""),
        ("numbers", "1,", 200_000, "x"),
        ("years", "1999-", 100_000, "x"),
        ("addresses", "http://a.", 100_000, ""),
        ("mails", "a@", 200_000, ""),
        ("by", "by ", 200_000, ""),
        ("capitals", "A", 300_000, "b"),
        ("names", "Pell ", 200_000, ""),
        ("hyphens", "a-", 200_000, ""),
        ("short lines", "by Pell\n", 100_000, ""),
        ("short paragraphs", "By Pell\n\n", 50_000, ""),
        ("headings", "Chapter 1\n\n", 50_000, ""),
        ("rules", "***\n\n", 50_000, ""),
        ("accents", "e\u0301", 200_000, ""),
        ("combining", "\u0301", 300_000, ""),
        ("ellipses", "… ", 200_000, ""),
        ("notes", "[1]", 100_000, ""),
        ("clutter", "Join now! ", 50_000, ""),
    )
)
"""Text that a careless rule takes for ever on."""

SAMPLES = BOMBS + ENTITIES + DEEP + PDFS + LIES + ENCODINGS + LONG + SLOW
