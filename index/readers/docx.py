"""Files of Word, .docx. Changes that are tracked are read as accepted, comments are left out."""

from index.readers.pandoc import parse_with_pandoc
from index.readers.pandoc_tree import outline
from index.readers.properties import read_properties, tidy_author, tidy_title
from index.readers.raw import RawEssay
from index.readers.zips import unpack


def read(content: bytes) -> RawEssay:
    """Read a Word file; title, author and date are those of paragraphs styled so.

    Raises:
        EssayError: The file is damaged, encrypted, or larger than is safe.
    """
    package = unpack(content, is_wanted=_is_text)
    document = outline(parse_with_pandoc(package.content, source="docx"), has_bold_headings=True)
    properties = read_properties(package.parts.get("docProps/core.xml", b""))
    return RawEssay(
        blocks=document.blocks,
        title=", ".join(document.meta.get("title", ())),
        author=", ".join(document.meta.get("author", ())),
        date=", ".join(document.meta.get("date", ())),
        likely_title=tidy_title(properties.get("title", "")),
        likely_author=tidy_author(properties.get("creator", "")),
    )


def _is_text(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels")) and not name.startswith("customXml/")
