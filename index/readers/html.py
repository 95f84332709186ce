"""Web pages saved as one file: the article, its title, author and date, without what is around it.

Nothing is loaded from the network: the page's own bytes are all that is read.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from configparser import ConfigParser
from functools import lru_cache

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from trafilatura import bare_extraction
from trafilatura.settings import use_config

from index.blocks import Block, make_block
from index.errors import EssayError
from index.readers.decoding import Decoded, decode
from index.readers.raw import RawEssay
from index.reading.reasons import TOO_DEEP

_META_BYTES = 4096
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]{1,40})", re.IGNORECASE)
_PROLOG = re.compile(
    r"\s*<\?xml[^>]*\?>|<!doctype[^\[<>]{0,1000}\[.*?\]\s*>", re.IGNORECASE | re.DOTALL
)
"""What no HTML parser understands: the declaration of XML, and of entities."""
_LONG_TAG = re.compile(r"<([a-zA-Z][\w-]*)\s[^<>]{5000,}>")
"""A tag with a picture in it, or with attributes that are there to take time."""
_WESTERN = frozenset({"iso8859-1", "ascii"})
"""Browsers read pages that name these as Windows-1252, and so they are written.

Source: the WHATWG Encoding Standard, names and labels.
"""

_UNSEEN = (
    "//script | //style | //noscript | //template | //dialog[not(@open)] | //nav | //object"
    " | //*[@hidden and not(self::body)]"
    " | //*[@style and not(self::body) and (contains(translate(@style, ' ', ''), 'display:none')"
    " or contains(translate(@style, ' ', ''), 'visibility:hidden'))]"
    " | //*[contains(concat(' ', @class, ' '), ' mw-editsection ')]"
)
"""What a browser does not show of a page, and its menus."""
_NOTE_MARKS = (
    "//*[@role='doc-noteref' or @role='doc-backlink']"
    " | //sup[count(*) = 1 and a[starts-with(@href, '#') or contains(@href, '#cite')]]"
    " | //a[starts-with(@href, '#') and count(*) = 1 and sup]"
)
"""Marks that refer to a note or back from it; in a sentence they would be digits of its words."""
_NOTE_MARK = re.compile(r"[\s\d*†‡§\[\]()a-z]{0,8}|↩.{0,2}")

_HEADINGS = frozenset({"head", "h1", "h2", "h3", "h4", "h5", "h6"})
_PARAGRAPHS_TEXT = """
p quote blockquote list ul ol item li table row tr cell td th pre ab div dl dt dd section
article main body figure figcaption caption header footer aside address details summary center hr
"""
_PARAGRAPHS = _HEADINGS | frozenset(_PARAGRAPHS_TEXT.split())
"""What begins a paragraph, in HTML and in the elements that trafilatura makes of it."""
_WHITE_SPACE = re.compile(r"[ \t\n\r\f]+")
_LINE_BREAKS = frozenset({"lb", "br"})
_MAIN_SHARE = 0.8
"""The innermost element with this share of the text of a page's paragraphs is its article."""
_DATES = {"original_date": True, "extensive_search": False, "max_date": "2100-01-01"}
"""A date that the page gives, not one guessed from its text or from today's."""


def read(content: bytes) -> RawEssay:
    """Read a saved web page.

    Raises:
        EssayError: The content is not text, or has no running text, as a page of frames.
    """
    decoded = _decode(content)
    page = _parse(decoded.text)
    has_frames = bool(page.xpath("//frame | //iframe"))
    _drop(page.xpath(_UNSEEN))
    _drop(mark for mark in page.xpath(_NOTE_MARKS) if _NOTE_MARK.fullmatch(mark.text_content()))
    article = _mark_article(page)
    found = bare_extraction(
        page,
        fast=True,
        favor_recall=True,
        include_comments=False,
        with_metadata=True,
        date_extraction_params=_DATES,
        config=_config(),
    )
    if found is None or isinstance(found, dict) or found.body is None:
        # It takes very short texts for no article.
        blocks, title, author, date = tuple(_blocks(article)), "", "", ""
    else:
        blocks = tuple(_blocks(found.body))
        title, author, date = found.title or "", found.author or "", found.date or ""
    if not blocks and has_frames:
        raise EssayError(
            "its text is in frames, which are files of their own; open the frame with the text by"
            " itself and save that"
        )
    if not blocks:
        raise EssayError(
            "no text can be found in this web page; open it in a browser, copy its text and save"
            " that as .txt"
        )
    return RawEssay(
        blocks=blocks,
        title=" ".join(title.split()),
        author=", ".join(author.split("; ")),
        date=date,
        encoding=decoded.encoding,
        is_web=True,
    )


@lru_cache(maxsize=1)
def _config() -> ConfigParser:
    """Return trafilatura's settings; short texts are to keep their paragraphs, too."""
    config = use_config()
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", "1")
    config.set("DEFAULT", "MIN_OUTPUT_SIZE", "1")
    return config


def _decode(content: bytes) -> Decoded:
    named = _CHARSET.search(content, 0, _META_BYTES)
    if named and not content.startswith(
        (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    ):
        try:
            encoding = codecs.lookup(named[1].decode("ascii")).name
            encoding = "cp1252" if encoding in _WESTERN else encoding
            return Decoded(content.decode(encoding), encoding)
        except (LookupError, ValueError):
            pass  # a wrong name; the bytes themselves tell more
    return decode(content)


def _parse(text: str) -> HtmlElement:
    parser = HTMLParser(remove_comments=True, remove_pis=True, no_network=True)
    text = _LONG_TAG.sub(r"<\1>", _PROLOG.sub("", text, count=2)).replace("\0", "")
    try:
        page = document_fromstring(text, parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise EssayError(f"it is not a web page that can be read ({error})") from error
    # There the parser stops and says no more of it: what follows would be missing.
    if any("excessive depth" in entry.message.lower() for entry in parser.error_log):
        raise EssayError(TOO_DEEP)
    return page


def _drop(elements: Iterable[HtmlElement]) -> None:
    for element in list(elements):
        if element.getparent() is not None:
            element.drop_tree()


def _mark_article(page: HtmlElement) -> HtmlElement:
    """Return the element that holds the text, marked as an article if the page marks none.

    Without one, trafilatura gathers single paragraphs, and loses the headings between them.
    """
    body = page.find("body")
    if body is None:
        return page
    marked = page.xpath("//article | //main")
    if marked:
        return marked[0] if len(marked) == 1 else body
    sizes = {
        paragraph: len(paragraph.text_content())
        for paragraph in body.iter("p", "li", "blockquote", "pre")
    }
    held: dict[HtmlElement, int] = {}
    for paragraph, size in sizes.items():
        for parent in paragraph.iterancestors():
            held[parent] = held.get(parent, 0) + size
    article = body
    while inner := [
        child for child in article if held.get(child, 0) >= _MAIN_SHARE * held.get(body, 0) > 0
    ]:
        article = inner[0]
    if article is not body and article.tag in ("div", "section", "td", "center"):
        article.tag = "article"
        return article
    wrapped = etree.SubElement(body, "article")
    wrapped.text, body.text = body.text, None
    for child in list(body)[:-1]:
        wrapped.append(child)
    return wrapped


def _blocks(root: etree._Element) -> Iterator[Block]:
    """Yield the paragraphs and headings below an element."""
    parts: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if element.tag in _PARAGRAPHS:
            # What stands before an element's end is its own, before its start its parent's.
            is_heading = event == "end" and element.tag in _HEADINGS
            yield from _make_blocks(parts, is_heading=is_heading)
            parts = []
        if event == "start":
            parts.append("\n" if element.tag in _LINE_BREAKS else _fold(element.text))
        elif element is not root:
            parts.append(_fold(element.tail))
    yield from _make_blocks(parts, is_heading=False)


def _make_blocks(parts: list[str], *, is_heading: bool) -> Iterator[Block]:
    text = "".join(parts)
    if text.strip():
        yield make_block(text, is_heading=is_heading)


def _fold(text: str | None) -> str:
    """Make the white space of the markup single spaces."""
    return _WHITE_SPACE.sub(" ", text or "")
