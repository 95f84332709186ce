"""What a file is, whatever its name says."""

from collections.abc import Callable

import pytest

from index.corpus import read_document
from index.errors import EssayError
from index.readers.sniffing import sniff
from tests.index.essays import PROSE
from tests.index.formats import essays
from tests.index.reading import packed

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@pytest.mark.parametrize("kind", ["docx", "odt", "epub", "pdf"])
@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.txt", "a.doc", "a"])
def test_content_decides_whatever_the_name_says(kind: str, name: str) -> None:
    assert sniff(name, essays()[f"a.{kind}"]) == kind


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.txt", b"It rains.", "txt"),
        ("a.md", b"It rains.", "md"),
        ("a.markdown", b"It rains.", "md"),
        ("a.pdf", b"It rains.", "txt"),
        ("notes", b"It rains.", "txt"),
        ("a.txt", b" <!-- x -->\n<!DOCTYPE html><p>It rains.", "html"),
        ("a.txt", "<html><p>It rains.".encode("utf-16"), "html"),
        ("a.htm", b"<p>It rains.", "html"),
        ("a.txt", b"<p>It rains.", "txt"),
        ("a.html", b"It rains.", "txt"),
        ("a.md", b"It is said that <html> is a tag.", "md"),
    ],
)
def test_text_is_told_by_its_beginning_and_its_name(name: str, content: bytes, kind: str) -> None:
    assert sniff(name, content) == kind


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.pdf", b"\xff\xd8\xff\xe0" + bytes(40), "it is a JPEG image"),
        ("a.rtf", b"{\\rtf1 It rains.}", r"rich text file \(.rtf\).*save it as .docx"),
        ("a.doc", OLE + "WordDocument".encode("utf-16-le"), r"old Word file \(.doc\).*as .docx"),
        ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "protected with a password"),
        ("a.epub", bytes(60) + b"BOOKMOBI", "Kindle book; convert it to .epub"),
        ("a.csv", b"a,b", "files ending in '.csv' cannot be read; give .txt, "),
        ("a.pdf", b"<html><p>Please log in.", "a web page, not a PDF file: the download has"),
        ("a.docx", b"\x01\x02\0\x04" * 90, "not a Word document, as its name says, and no text"),
        ("a.mht", b"From: x\nContent-Type: multipart/related;", "web page, HTML only"),
        ("a.xml", b"<?xml version='1.0'?><office:document>", "plain XML; open it"),
    ],
)
def test_what_cannot_be_read_is_named_with_what_to_do(
    name: str, content: bytes, reason: str
) -> None:
    with pytest.raises(EssayError, match=reason):
        sniff(name, content)


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"a.txt": b"It rains."}, "zip archive; unpack it and give the essays in it"),
        ({"[Content_Types].xml": b"spreadsheetml.sheet"}, "Excel table"),
        ({"[Content_Types].xml": b"presentationml.slides"}, "PowerPoint"),
        ({"Index/Document.iwa": b""}, "Apple's Pages; export it"),
        ({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}, "a table, a drawing"),
    ],
    ids=["zip", "xlsx", "pptx", "pages", "ods"],
)
def test_other_zipped_files_are_named(members: dict[str, bytes], reason: str) -> None:
    content = packed.zip_of([packed.member(name, part) for name, part in members.items()])
    with pytest.raises(EssayError, match=reason):
        sniff("a.docx", content)


@pytest.mark.parametrize("build", [packed.docx, packed.odt, packed.epub])
@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
def test_a_file_that_is_cut_off_is_refused(build: Callable[..., bytes], share: float) -> None:
    whole = build(PROSE)
    with pytest.raises(EssayError, match="damaged"):
        read_document("a.docx", whole[: int(len(whole) * share)])
