"""Texts of LibreOffice and its kin, .odt. Changes that are tracked are read as accepted."""

from index.errors import EssayError
from index.readers.pandoc import parse_with_pandoc
from index.readers.pandoc_tree import outline
from index.readers.properties import read_properties, tidy_author, tidy_title
from index.readers.raw import RawEssay
from index.readers.zips import unpack

_PARTS = frozenset({"mimetype", "content.xml", "styles.xml", "meta.xml", "META-INF/manifest.xml"})


def read(content: bytes) -> RawEssay:
    """Read an OpenDocument text.

    Raises:
        EssayError: The file is damaged, encrypted, or larger than is safe.
    """
    package = unpack(content, is_wanted=_PARTS.__contains__)
    manifest = package.parts.get("META-INF/manifest.xml", b"")
    if b"encryption-data" in manifest or "encrypted-package" in package.names:
        raise EssayError("it is protected with a password; save it without one")
    document = outline(parse_with_pandoc(package.content, source="odt"), has_bold_headings=True)
    properties = read_properties(package.parts.get("meta.xml", b""))
    return RawEssay(
        blocks=document.blocks,
        likely_title=tidy_title(properties.get("title", "")),
        likely_author=tidy_author(
            properties.get("initial-creator") or properties.get("creator", "")
        ),
    )
