"""What the library says of itself: collections, entries, what opening and checking found."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from index.bm25 import Bm25Index
from index.corpus import Document

BUILTIN_ID = "default"
"""The id of the collection that comes with the program."""


class EntryState(StrEnum):
    """What became of a file; the value is stored."""

    READY = "ready"
    """Its text is searched."""
    FAILED = "failed"
    """It could not be read; the entry says why."""
    VANISHED = "vanished"
    """It is no longer in its watched folder: its text is kept, but not searched."""


def parse_state(value: str) -> EntryState:
    """Return a stored state; one that is damaged is that of a file which cannot be used.

    >>> parse_state("vanished"), parse_state("rEady")
    (<EntryState.VANISHED: 'vanished'>, <EntryState.FAILED: 'failed'>)
    """
    try:
        return EntryState(value)
    except ValueError:
        return EntryState.FAILED


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A collection of essays.

    Attributes:
        id: ``BUILTIN_ID``, or a random token.
        name: As the reader calls it; no two present collections share one.
        folders: The folders watched for it, ordered by path.
        is_builtin: Whether it comes with the program; then it cannot be removed.
        n_essays: How many of its essays are ``READY``.
    """

    id: str
    name: str
    folders: tuple[Path, ...]
    is_builtin: bool
    n_essays: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A file of a collection, and the essay read from it.

    Attributes:
        id: Never used for another entry.
        collection_id: The collection that holds it.
        name: As it is shown, unique among the collection's present entries: the file's name, for
            one of a watched folder its path there, numbered or with the folder's name if taken.
        title: The reader's correction, else what the file says; empty without an essay.
        author: The same.
        date: As the file says.
        words: How many the text has; 0 without an essay.
        format: Of the file, see ``Document``; empty without an essay.
        state: What became of it.
        reason: Why it is ``FAILED`` or ``VANISHED``, in words. Also why a ``READY`` essay is not
            the file's newest: a changed file that cannot be read leaves the last text in use.
        folder: The watched folder; empty if the file was added by itself.
        text_id: ``Document.id`` of the essay; empty without one.
        is_corrected: Whether title or author are the reader's.
        added_at: When, ISO 8601 in UTC.
        changed_at: When state, text or corrections changed last.
    """

    id: int
    collection_id: str
    name: str
    title: str
    author: str
    date: str
    words: int
    format: str
    state: EntryState
    reason: str
    folder: str
    text_id: str
    is_corrected: bool
    added_at: str
    changed_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCollection:
    """The essays of a collection with the index over them.

    Attributes:
        documents: Ordered by name, with the reader's corrections.
        index: The index over their passages; ``None`` if there is nothing to search.
        rebuilt: What had to be made anew or left out, in words; usually empty.
    """

    documents: tuple[Document, ...]
    index: Bm25Index | None
    rebuilt: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is wrong with what is kept.

    Attributes:
        entry_id: The entry concerned; 0 if it is none.
        name: Its name; empty if it is none.
        problem: What is wrong and what to do, in words.
        is_derived: Whether nothing is lost: an index is made anew at the next opening.
    """

    entry_id: int
    name: str
    problem: str
    is_derived: bool
