"""The commands about the essays in use, and how all commands open them."""

import argparse
import threading
from collections.abc import Mapping
from typing import Final

from assistant.commands.arguments import Command, Runner, load_chosen_settings
from assistant.commands.output import OK, print_json, render_document_json
from assistant.commands.progress import notice, show_files, show_reading
from assistant.errors import StoppedError, UsageError
from assistant.kept_essays.libraries import open_library
from assistant.kept_essays.opened import OpenEssays, open_collection, open_folders
from assistant.settings import Settings
from index.bm25 import Bm25Index
from index.corpus import Document
from index.errors import NoEssaysError
from index.library.store import Library
from index.library.watching import sync_folders
from index.reading.process import ReadingProcess
from index.reading.steps import Step


def open_essays(settings: Settings, cancelled: threading.Event) -> OpenEssays:
    """Open the essays of the settings with progress, and name the files left out.

    Those of a folder asked once, else the library's collection in use, whose watched folders are
    looked at before.

    Raises:
        NoEssaysError: No usable essay was found in the folders asked once.
        LibraryError: The library cannot be opened.
        StoppedError, StoppedReadingError: ``cancelled`` was set.
    """
    if settings.essays:
        with ReadingProcess() as reader, show_reading() as show:
            opened = open_folders(
                settings.essays, reader=reader, on_progress=show, cancelled=cancelled
            )
    else:
        library = open_library(settings)
        sync(library, library.in_use(), cancelled)
        with show_reading() as show:
            opened = open_collection(
                library, library.in_use(), on_progress=show, cancelled=cancelled
            )
    for words in opened.notices:
        notice(words)
    for one in opened.corpus.rejected:
        notice(f"Left out {one.name}: {one.reason}")
    return opened


def sync(library: Library, collection_id: str, cancelled: threading.Event) -> int:
    """Read what changed in the watched folders of a collection, with progress.

    Returns how many files could not be read.

    Raises:
        LibraryError: There is no such collection, or it cannot be written.
        StoppedError, StoppedReadingError: ``cancelled`` was set; what was read until then is kept.
    """
    with ReadingProcess() as reader, show_files() as shown:
        sync_folders(
            library, collection_id, reader=reader, on_progress=shown.note, cancelled=cancelled
        )
    check_wanted(cancelled)
    return shown.count(Step.FAILED)


def check_wanted(cancelled: threading.Event) -> None:
    """Raise if the reader pressed Ctrl-C.

    Raises:
        StoppedError: That is so.
    """
    if cancelled.is_set():
        raise StoppedError("Stopped; what was read until then is kept.")


def require_index(opened: OpenEssays) -> Bm25Index:
    """Return the index of the essays in use.

    Raises:
        NoEssaysError: There are no essays yet.
    """
    if opened.index is None:
        name = opened.collection.name if opened.collection else ""
        raise NoEssaysError(
            f"There are no essays in the collection {name!r} yet; add some with 'assistant library"
            " add PATH', or name a folder with --essays."
        )
    return opened.index


def _list_essays(options: argparse.Namespace, cancelled: threading.Event) -> int:
    corpus = open_essays(load_chosen_settings(options), cancelled).corpus
    if options.json:
        print_json(
            {
                "essays": [render_document_json(one, has_text=False) for one in corpus.documents],
                "rejected": [{"name": one.name, "reason": one.reason} for one in corpus.rejected],
            }
        )
        return OK
    for one in corpus.documents:
        about = ", ".join(filter(None, (one.author, one.date)))
        cut = ", only a part of the essay" if one.is_truncated else ""
        print(f"{one.name}\n    {one.title}{f' ({about})' if about else ''}")
        print(f"    {len(one.text.split()):,} words, {one.encoding}{cut}")
    return OK


def _show_essay(options: argparse.Namespace, cancelled: threading.Event) -> int:
    corpus = open_essays(load_chosen_settings(options), cancelled).corpus
    found: Document | None = next(
        (one for one in corpus.documents if options.name in (one.name, one.id)), None
    )
    if found is None:
        names = ", ".join(repr(one.name) for one in corpus.documents[:20]) or "none yet"
        raise UsageError(f"There is no essay {options.name!r}; there are {names}.")
    if options.json:
        print_json(render_document_json(found, has_text=True))
    else:
        print(found.text)
    return OK


ESSAY_RUNNERS: Final[Mapping[Command, Runner]] = {
    Command.LIST_ESSAYS: _list_essays,
    Command.SHOW_ESSAY: _show_essay,
}
