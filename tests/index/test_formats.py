"""The same essay in every format, and what each format has of its own."""

import zipfile
from io import BytesIO

import pytest

from index.corpus import Document, read_document
from index.errors import EssayError
from index.places import count_paragraphs, find_place
from tests.index.essays import PROSE
from tests.index.formats import AUTHOR, HEADINGS, TEXT, TITLE, essays, pandoc
from tests.index.reading import packed

NAMES = ("a.txt", "a.md", "a.html", "a.docx", "a.odt", "a.epub", "a.pdf")


def headings(document: Document) -> list[str]:
    return [document.text[start:end] for start, end in document.headings]


def rewrite(content: bytes, changes: dict[str, bytes]) -> bytes:
    """Return a zipped file with members added or put in the place of others."""
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, part in changes.items():
            new.writestr(name, part)
    return file.getvalue()


@pytest.mark.parametrize("name", NAMES)
def test_an_essay_has_the_same_paragraphs_title_and_author_in_every_format(name: str) -> None:
    document = read_document(name, essays()[name])
    assert document.text == TEXT
    assert (document.title, document.author) == (TITLE, AUTHOR)
    assert document.format == name[2:]
    # Plain text cannot say what is a heading.
    assert headings(document) == ([] if name == "a.txt" else list(HEADINGS))


@pytest.mark.parametrize("name", [name for name in NAMES if name != "a.txt"])
def test_a_place_is_known_by_paragraph_and_heading_in_every_format(name: str) -> None:
    document = read_document(name, essays()[name])
    place = find_place(document, document.text.index("She is said"))
    assert (place.paragraph, place.heading) == (6, HEADINGS[1])
    assert place.page == ("1" if name == "a.pdf" else "")
    assert count_paragraphs(document) == 6


@pytest.mark.parametrize("kind", ["docx", "odt", "epub"])
def test_notes_stand_after_the_text_and_part_no_sentence(kind: str) -> None:
    source = f"# Ropes\n\nThe guild[^1] kept the keys of the gate.\n\n{PROSE}\n\n[^1]: See Lind.\n"
    document = read_document(f"a.{kind}", pandoc(source, kind, title="On Hemp"))
    assert document.text.split("\n\n")[1:] == [
        "The guild kept the keys of the gate.",
        PROSE,
        "See Lind.",
    ]


def test_tables_are_read_cell_by_cell_and_lines_stay_lines() -> None:
    source = f"{PROSE}\n\n| Haul away,\n| and home.\n\n| a | b |\n|---|---|\n| c | d |\n"
    document = read_document("a.docx", pandoc(source, "docx", title="On Hemp"))
    assert document.text.split("\n\n")[1:] == ["Haul away,\nand home.", "a", "b", "c", "d"]


def test_headings_of_a_word_file_are_no_clutter() -> None:
    source = (
        f"# Comments\n\n{PROSE}\n\n# Related Articles\n\n{PROSE} Yes.\n\n# Share this\n\nIt was.\n"
    )
    document = read_document("a.docx", pandoc(source, "docx", title="On Hemp"))
    assert headings(document) == ["Comments", "Related Articles", "Share this"]


def test_a_short_paragraph_in_bold_type_is_a_heading_of_a_word_file() -> None:
    source = f"{PROSE}\n\n**The Keys**\n\n**Bold as it is, this is a sentence.**\n\n{PROSE} Yes.\n"
    document = read_document("a.docx", pandoc(source, "docx", title="On Hemp"))
    assert headings(document) == ["The Keys"]


def test_tracked_changes_are_read_as_accepted() -> None:
    runs = (
        '<w:r><w:t xml:space="preserve">The guild kept </w:t></w:r>'
        '<w:del w:id="1" w:author="x"><w:r><w:delText>all</w:delText></w:r></w:del>'
        '<w:ins w:id="2" w:author="x"><w:r><w:t>none</w:t></w:r></w:ins>'
        '<w:r><w:t xml:space="preserve"> of the keys.</w:t></w:r>'
    )
    content = packed.DOCX_START + f"<w:p>{runs}</w:p>".encode() + packed.DOCX_END
    document = read_document("a.docx", packed.zip_of(packed.docx_members(content)))
    assert document.text == "The guild kept none of the keys."


@pytest.mark.parametrize(
    ("title", "author", "expected"),
    [
        pytest.param("On Ropes", "Agnes Pell", ("On Ropes", "Agnes Pell"), id="told"),
        pytest.param("essay2.doc", "Microsoft Office User", ("a", ""), id="of a program"),
    ],
)
def test_properties_of_a_word_file_count_if_a_person_wrote_them(
    title: str, author: str, expected: tuple[str, str]
) -> None:
    core = (
        '<cp:coreProperties xmlns:cp="c" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{title}</dc:title><dc:creator>{author}</dc:creator></cp:coreProperties>"
    )
    content = rewrite(packed.docx(PROSE), {"docProps/core.xml": core.encode()})
    document = read_document("a.docx", content)
    assert (document.title, document.author) == expected


def test_the_pages_of_a_printed_book_are_those_of_its_electronic_one() -> None:
    body = (
        "The guild kept <span epub:type='pagebreak' id='p12' title='12'/>the keys of the gate.</p>"
        "<p>Skerne<a epub:type='noteref' href='#n'><sup>1</sup></a> had"
        " <span role='doc-pagebreak' id='p13' aria-label='13'></span>them"
    )
    namespaces = "xmlns:epub='http://www.idpf.org/2007/ops' xmlns='http://www.w3.org/1999/xhtml'"
    chapter = f"<html {namespaces}><body><p>{body}.</p></body></html>".encode()
    book = packed.epub(chapter=packed.member("chapter.xhtml", chapter))
    document = read_document("a.epub", book)
    assert document.text == "The guild kept the keys of the gate.\n\nSkerne had them."
    words = ("The guild", "the keys", "Skerne", "them.")
    assert [find_place(document, document.text.index(each)).page for each in words] == [
        "",
        "12",
        "12",
        "13",
    ]


def protection(algorithm: str) -> dict[str, bytes]:
    xml = (
        "<encryption xmlns='urn:oasis:names:tc:opendocument:xmlns:container'><enc:EncryptedData"
        f" xmlns:enc='e'><enc:EncryptionMethod Algorithm='{algorithm}'/></enc:EncryptedData>"
        "</encryption>"
    )
    return {"META-INF/encryption.xml": xml.encode()}


def test_a_book_that_is_protected_against_copying_is_refused() -> None:
    content = rewrite(packed.epub(PROSE), protection("http://www.w3.org/2001/04/xmlenc#aes128-cbc"))
    with pytest.raises(EssayError, match=r"protected against copying \(DRM\).*without protection"):
        read_document("a.epub", content)


def test_a_book_whose_fonts_alone_are_protected_is_read() -> None:
    content = rewrite(packed.epub(PROSE), protection("http://www.idpf.org/2008/embedding"))
    assert read_document("a.epub", content).text == PROSE


def test_an_encrypted_opendocument_text_is_refused() -> None:
    manifest = b"<manifest><file-entry><encryption-data/></file-entry></manifest>"
    content = rewrite(packed.odt(PROSE), {"META-INF/manifest.xml": manifest})
    with pytest.raises(EssayError, match="protected with a password; save it without one"):
        read_document("a.odt", content)


# Web pages

PAGE = f"""<!DOCTYPE html><html><head><title>On Ropes | Example Essays</title>
<meta charset="utf-8"><meta name="author" content="Agnes Pell">
<meta property="article:published_time" content="2009-05-03T10:00:00Z">
<script>var words = "{PROSE} in a script";</script></head><body>
<div class="cookie-banner"><p>We use cookies to improve your visit.</p></div>
<nav><ul><li><a href="/">Home</a></li><li><a href="/essays">All essays</a></li></ul></nav>
<article><h1>On Ropes</h1><p>By Agnes Pell</p><h2>The Gate</h2>
<p>{PROSE}</p><p style="display: none">Whoever reads this shall answer that all is well.</p>
<p hidden>Whoever reads this, too, shall answer that all is well.</p>
<p>Skerne<sup><a href="#cite-1">[1]</a></sup> had seen the books.<br>He said so.</p></article>
<aside><h3>Related Articles</h3><ul><li><a href="/x">Tar and its uses</a></li></ul></aside>
<footer><p>Copyright 2020 Example Essays. All rights reserved.</p></footer></body></html>"""


def test_of_a_web_page_the_article_is_read_with_its_title_author_and_date() -> None:
    document = read_document("a.html", PAGE.encode())
    assert document.text == f"The Gate\n\n{PROSE}\n\nSkerne had seen the books.\nHe said so."
    assert headings(document) == ["The Gate"]
    assert (document.title, document.author, document.date) == (
        "On Ropes",
        "Agnes Pell",
        "2009-05-03",
    )


def test_a_web_page_without_an_article_keeps_its_headings_and_lists() -> None:
    body = f"<h2>The Gate</h2><p>{PROSE}</p><ul><li>hemp</li><li>tar</li></ul><p>It was.</p>"
    page = f"<html><head><title>On Ropes</title></head><body>{body}</body></html>"
    document = read_document("a.html", page.encode())
    assert document.text == f"The Gate\n\n{PROSE}\n\nhemp\n\ntar\n\nIt was."


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252", "utf-8", "koi8-r"])
def test_a_web_page_is_read_in_the_encoding_that_it_names(charset: str) -> None:
    text = PROSE if charset == "koi8-r" else f"{PROSE} Café."
    page = f"<html><head><meta charset='{charset}'></head><body><p>{text}</p></body></html>"
    assert read_document("a.html", page.encode(charset)).text == text


def test_a_page_of_frames_is_refused_with_what_to_do() -> None:
    page = b"<html><frameset><frame src='a.html'></frameset></html>"
    with pytest.raises(EssayError, match=r"text is in frames.*open the frame.*and save that"):
        read_document("a.html", page)


def test_a_web_page_without_text_is_refused_with_what_to_do() -> None:
    with pytest.raises(EssayError, match="no text can be found in this web page; open it"):
        read_document("a.html", b"<html><body><script>var a = 1;</script></body></html>")
