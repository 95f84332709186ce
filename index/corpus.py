"""A folder of essays as documents."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One essay, cleaned.

    Attributes:
        id: First 16 hexadecimal digits of the SHA-256 of ``text`` (UTF-8).
        name: Path relative to the ``--essays`` given, with ``/``; unique within a corpus.
        title: From front matter or the head of the text, else the file name without its ending.
        author: As written; empty if it cannot be told.
        date: As written; empty if it cannot be told.
        text: The clean text that is searched, shown and cited. Paragraphs stand apart by one
            blank line.
        encoding: The encoding the file was read with, for example ``utf-8``.
        is_truncated: Whether the source says or shows that it is only a part of the essay.
    """

    id: str
    name: str
    title: str
    author: str
    date: str
    text: str
    encoding: str
    is_truncated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedEssay:
    """A file that cannot be used, with the reason in words."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """All documents, ordered by name, and the files left out."""

    documents: tuple[Document, ...]
    rejected: tuple[RejectedEssay, ...]


def load_corpus(
    paths: Sequence[Path], *, on_progress: Callable[[int, int], None] | None = None
) -> Corpus:
    """Load the essays under ``paths``."""
    raise NotImplementedError
