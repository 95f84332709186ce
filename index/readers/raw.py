"""What every reader gives."""

from dataclasses import dataclass

from index.blocks import Block


@dataclass(frozen=True, slots=True, kw_only=True)
class RawEssay:
    """A file's text before cleaning, and what its own metadata say; empty if they do not.

    Attributes:
        blocks: The text.
        title: From the file's metadata.
        author: From the file's metadata.
        date: From the file's metadata, as written.
        encoding: The encoding the file was read with.
        pages: The labels of its pages; empty if it has none.
        is_web: Whether what web pages put around a text may stand around this one.
        likely_title: What a program wrote into the file as its title; often the template's or the
            file's name, so what the text itself says goes before.
        likely_author: The same of the author; often the name of an account.
    """

    blocks: tuple[Block, ...]
    title: str = ""
    author: str = ""
    date: str = ""
    encoding: str = ""
    pages: tuple[str, ...] = ()
    is_web: bool = False
    likely_title: str = ""
    likely_author: str = ""
