"""The essays that are open: those of a folder asked once, or of the library's collection in use."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assistant.examples import example_questions
from index.bm25 import Bm25Index
from index.corpus import Corpus, Document, RejectedEssay, load_corpus
from index.errors import LibraryError
from index.library.adding import EssayReader
from index.library.entries import Collection, Entry, EntryState
from index.library.store import Library
from index.segments import Segment

OnProgress = Callable[[int, int], None]
"""Told how many essays were read, and how many there are."""

CHANGED_REMARK: Final = "The essay has changed since. This is the text that was cited."
GONE_REMARK: Final = "The essay's file is gone from its folder. This is the text that was cited."
REMOVED_REMARK: Final = "The essay was removed since. This is the text that was cited."
OTHER_REMARK: Final = "The essay is in a collection that is not in use:"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenEssays:
    """Essays with the index over them, at one moment; later changes make another value.

    Attributes:
        collection: The collection they are of; ``None`` for a folder asked once.
        corpus: The essays, ordered by name, and the files left out.
        index: The index over their passages; ``None`` if there are no essays yet.
        examples: Up to four questions that they answer.
        notices: What the reader should know of the opening, in words: what was made anew.
        fingerprint: Differs from that of another moment if what is searched differs.
    """

    collection: Collection | None
    corpus: Corpus
    index: Bm25Index | None
    examples: tuple[str, ...]
    notices: tuple[str, ...] = ()
    fingerprint: tuple[object, ...] = ()


def open_folders(
    paths: Sequence[Path],
    *,
    reader: EssayReader,
    on_progress: OnProgress | None = None,
    cancelled: threading.Event | None = None,
) -> OpenEssays:
    """Read the essays under ``paths`` and index them, keeping nothing.

    Raises:
        NoEssaysError: A path does not exist, or none of the files can be used.
        EmptyIndexError: None of the essays holds a word to search by.
        StoppedReadingError: ``cancelled`` was set.
    """
    stopped = cancelled or threading.Event()
    segments: dict[str, Segment] = {}

    def read(name: str, content: bytes) -> Document:
        essay = reader.read(name, content, on_step=lambda step: None, cancelled=stopped)
        segments[name] = essay.segment
        return essay.document

    corpus = load_corpus(paths, read=read, on_progress=on_progress)
    index = Bm25Index.from_segments([(one, segments[one.name]) for one in corpus.documents])
    return OpenEssays(
        collection=None, corpus=corpus, index=index, examples=example_questions(index)
    )


def open_collection(
    library: Library,
    collection_id: str,
    *,
    on_progress: OnProgress | None = None,
    cancelled: threading.Event | None = None,
) -> OpenEssays:
    """Open a collection of the library: its essays and its index as they are kept.

    Raises:
        LibraryError: There is no such collection, or it cannot be read.
        StoppedReadingError: ``cancelled`` was set.
    """
    # First, so that what changes while the index is opened is seen to differ.
    fingerprint = collection_fingerprint(library, collection_id)
    collection = find_collection(library, collection_id)
    opened = library.open_index(collection_id, on_progress=on_progress, cancelled=cancelled)
    return OpenEssays(
        collection=collection,
        corpus=Corpus(
            documents=opened.documents,
            rejected=tuple(
                RejectedEssay(name=entry.name, reason=entry.reason)
                for entry in library.entries(collection_id)
                if entry.state is EntryState.FAILED
            ),
        ),
        index=opened.index,
        examples=example_questions(opened.index) if opened.index is not None else (),
        notices=opened.rebuilt,
        fingerprint=fingerprint,
    )


def collection_fingerprint(library: Library, collection_id: str) -> tuple[object, ...]:
    """Return what differs as soon as anything differs that is searched, cited or left out.

    Raises:
        LibraryError: There is no such collection, or it cannot be read.
    """
    entries = (
        (one.id, one.name, one.text_id, one.title, one.author, one.state, one.reason)
        for one in library.entries(collection_id)
    )
    return (collection_id, find_collection(library, collection_id).name, *entries)


def find_collection(library: Library, collection_id: str) -> Collection:
    """Return the collection with this id.

    Raises:
        LibraryError: There is none, or the library cannot be read.
    """
    for collection in library.collections():
        if collection.id == collection_id:
            return collection
    raise LibraryError(
        f"There is no collection with the id {collection_id!r}; it may have been removed."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A collection and what is in it."""

    collection: Collection
    entries: tuple[Entry, ...]


def list_shelves(library: Library) -> tuple[Shelf, ...]:
    """Return all collections with what is in them, in the order of the library.

    Raises:
        LibraryError: The library cannot be read.
    """
    return tuple(
        Shelf(collection=one, entries=library.entries(one.id)) for one in library.collections()
    )


def tell_what_became(document: Document, shelves: Sequence[Shelf], collection_id: str) -> str:
    """Say in words what has become of an essay that was cited; empty if nothing has.

    Args:
        document: The essay as it was cited.
        shelves: All collections.
        collection_id: The collection in use.
    """
    kept = [(shelf.collection, entry) for shelf in shelves for entry in shelf.entries]
    of_text = [one for one in kept if one[1].text_id == document.id]
    for collection, entry in sorted(of_text, key=lambda one: one[0].id != collection_id):
        if entry.state is EntryState.READY:
            is_in_use = collection.id == collection_id
            return "" if is_in_use else f"{OTHER_REMARK} “{collection.name}”."
    if of_text:
        return GONE_REMARK
    # The store does not tell what followed on a text; the file's name does.
    is_changed = any(
        entry.name == document.name and entry.state is EntryState.READY for _, entry in kept
    )
    return CHANGED_REMARK if is_changed else REMOVED_REMARK
