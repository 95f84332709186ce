"""What every reader gives."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RawEssay:
    """A file's text before cleaning, and what its own metadata say; empty if they do not.

    Attributes:
        text: The text with its paragraphs apart by blank lines or line breaks.
        title: From the file's metadata.
        author: From the file's metadata.
        date: From the file's metadata, as written.
        encoding: The encoding the file was read with.
    """

    text: str
    title: str
    author: str
    date: str
    encoding: str
