"""Title and author among the properties that programs write into files of their own accord."""

import re
from collections.abc import Mapping
from xml.etree import ElementTree

from index.errors import EssayError

_PROGRAM = re.compile(r"^microsoft (?:office )?word\s*-\s*", re.IGNORECASE)
_ENDING = re.compile(r"\.(?:docx?|odt|rtf|txt|pdf|html?|tex|dvi|pages|wpd|indd)$", re.IGNORECASE)
_NO_TITLE = re.compile(
    r"(?:untitled|document|doc|title|new (?:microsoft )?word document|(?:no|unknown) title"
    r"|powerpoint presentation|essay|normal|template|blank)[\s\d._-]*",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(
    r"(?:(?:microsoft |ms )?office(?: user)?"
    r"|(?:windows|default|authori[sz]ed|unknown|guest|home|my) ?(?:user|author|customer|pc)?|users?"
    r"|owner|admin(?:istrator)?|author|student|teacher|pc"
    r"|unknown|anonymous|python-docx|libreoffice|openoffice(?:\.org)?|pandoc)[\s\d._-]*",
    re.IGNORECASE,
)


def tidy_title(title: str) -> str:
    """Return a title from a file's properties; empty if it is a file's name or says nothing.

    >>> tidy_title("On Ropes"), tidy_title("Microsoft Word - essay final2.doc")
    ('On Ropes', '')
    """
    plain = " ".join(title.split())
    bare = _PROGRAM.sub("", plain)
    if bare != plain or _ENDING.search(bare) or _NO_TITLE.fullmatch(bare):
        return ""
    return bare


def tidy_author(author: str) -> str:
    """Return an author from a file's properties; empty if it is the name of no person.

    >>> tidy_author("Agnes Pell"), tidy_author("Microsoft Office User")
    ('Agnes Pell', '')
    """
    plain = " ".join(author.split())
    return "" if _NO_AUTHOR.fullmatch(plain) else plain


def read_properties(part: bytes) -> Mapping[str, str]:
    """Return the texts of an XML part's elements by their names without namespaces.

    The first element of a name counts; an empty part has none.

    Raises:
        EssayError: The part is not XML.
    """
    if not part:
        return {}
    try:
        root = ElementTree.fromstring(part)
    except ElementTree.ParseError as error:
        raise EssayError(f"it is damaged: its properties are not XML ({error})") from error
    properties: dict[str, str] = {}
    for element in root.iter():
        text = " ".join((element.text or "").split())
        if text:
            properties.setdefault(element.tag.rpartition("}")[2], text)
    return properties
