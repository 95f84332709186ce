"""Markdown files with optional front matter."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import frontmatter
import yaml
from frontmatter.default_handlers import YAMLHandler
from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.blocks import Block, make_block
from index.errors import EssayError
from index.readers.decoding import Decoded, decode
from index.readers.raw import RawEssay

_TEXT_TOKENS = {"text", "code_inline"}
_BREAK_TOKENS = {"softbreak", "hardbreak"}


class _FrontMatter(YAMLHandler):
    def load(self, fm: str, **kwargs: object) -> Any:
        # The loader written in C, which is the default, crashes on deep nesting.
        return yaml.load(fm, Loader=yaml.SafeLoader)


def read(content: bytes) -> RawEssay:
    """Read a Markdown file as plain paragraphs; headings are paragraphs of their own.

    A link becomes its text; images and HTML are dropped.

    Raises:
        EssayError: The content is not text, or the front matter is not YAML.
    """
    decoded = decode(content)
    try:
        return _read(decoded)
    except RecursionError as error:
        raise EssayError(
            "its lists or quotations are nested too deeply to be an essay's"
        ) from error


def _read(decoded: Decoded) -> RawEssay:
    try:
        post = frontmatter.loads(decoded.text, handler=_FrontMatter())
    except yaml.YAMLError as error:
        raise EssayError(f"its front matter is not valid YAML ({_one_line(error)})") from error
    # Text between two rules reads as YAML too; without a field it is the essay's.
    body = post.content if post.metadata else decoded.text
    return RawEssay(
        blocks=tuple(_blocks(body)),
        title=_field(post.metadata.get("title")),
        author=_field(post.metadata.get("author")),
        date=_field(post.metadata.get("date")),
        encoding=decoded.encoding,
        is_web=True,
    )


def _blocks(markdown: str) -> Iterator[Block]:
    is_heading = False
    for token in MarkdownIt("commonmark").enable("table").parse(markdown):
        if token.type == "heading_open":
            is_heading = True
        elif token.type == "inline":
            text = " ".join(_inline_text(token.children or []).split())
            if text:
                yield make_block(text, is_heading=is_heading)
            is_heading = False
        elif token.type in ("fence", "code_block"):
            yield make_block(token.content.strip())


def _inline_text(tokens: list[Token]) -> str:
    parts = []
    for token in tokens:
        if token.type in _TEXT_TOKENS:
            parts.append(token.content)
        elif token.type in _BREAK_TOKENS:
            parts.append(" ")
    return "".join(parts)


def _field(value: object) -> str:
    """Return a field of the front matter as one line; a list's items are joined by commas.

    A list of lists is no field that anyone writes, and may stand for more items than there is
    memory, so it is left out.
    """
    items = value if isinstance(value, list) else [value]
    plain = [str(item) for item in items if isinstance(item, str | int | float | date)]
    return ", ".join(" ".join(item.split()) for item in plain)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
