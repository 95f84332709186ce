"""The essays that are open: those of a folder asked once, or of the library's collection in use."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assistant.examples import example_questions
from assistant.found_essays import FoundEssay
from index.bm25 import Bm25Index
from index.corpus import Corpus, RejectedEssay, load_corpus
from index.errors import LibraryError
from index.library.entries import Collection, EntryState
from index.library.store import Library
from index.passages import split_passages

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


def open_folders(paths: Sequence[Path], *, on_progress: OnProgress | None = None) -> OpenEssays:
    """Read the essays under ``paths`` and index them, keeping nothing.

    Raises:
        NoEssaysError: A path does not exist, or none of the files can be used.
        EmptyIndexError: None of the essays holds a word to search by.
    """
    corpus = load_corpus(paths, on_progress=on_progress)
    index = Bm25Index([passage for one in corpus.documents for passage in split_passages(one)])
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


def find_kept_essay(library: Library, collection_id: str, essay_id: str) -> FoundEssay:
    """Return an essay that is not among those in use, and what has become of it.

    Args:
        library: Where its text may be kept.
        collection_id: The collection in use.
        essay_id: The essay's id.

    Raises:
        LibraryError: Its text is not kept, or the library cannot be read.
    """
    document = library.find_document(essay_id)
    collections = library.collections()
    # The collection in use first: what became of the essay there is what the reader wants.
    for collection in sorted(collections, key=lambda one: one.id != collection_id):
        for entry in library.entries(collection.id):
            if entry.text_id == essay_id and entry.state is EntryState.VANISHED:
                return FoundEssay(document=document, remark=GONE_REMARK)
            if entry.text_id == essay_id:
                is_in_use = collection.id == collection_id
                remark = "" if is_in_use else f"{OTHER_REMARK} “{collection.name}”."
                return FoundEssay(document=document, remark=remark)
            if entry.name == document.name and entry.state is EntryState.READY:
                return FoundEssay(document=document, remark=CHANGED_REMARK)
    return FoundEssay(document=document, remark=REMOVED_REMARK)
