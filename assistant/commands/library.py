"""The commands about the library: they print, and decide nothing."""

import argparse
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Final

from assistant.commands.arguments import Command, Runner, load_chosen_settings
from assistant.commands.essays import check_wanted, sync
from assistant.commands.output import BAD_INPUT, FAILURE, OK, print_json
from assistant.commands.progress import notice, show_files, show_reading
from assistant.errors import UsageError
from assistant.kept_essays.libraries import collection_for_new, open_library
from index.corpus import find_files
from index.errors import LibraryError
from index.library.adding import Source, add_sources
from index.library.entries import Collection, Entry, EntryState
from index.library.store import Library
from index.reading.process import ReadingProcess
from index.reading.steps import Step

_END_WORDS: Final[Mapping[Step, str]] = {
    Step.DONE: "added",
    Step.UNCHANGED: "unchanged",
    Step.FAILED: "not added",
}


def _add(options: argparse.Namespace, cancelled: threading.Event) -> int:
    paths: list[Path] = options.paths
    for path in paths:
        if not path.exists():
            raise UsageError(f"There is no file or folder {str(path)!r}.")
        if options.watch and not path.is_dir():
            raise UsageError(f"{str(path)!r} is no folder; only folders are watched.")
    library = open_library(load_chosen_settings(options))
    if options.collection:
        collection = _find_or_create(library, options.collection)
    else:
        collection = collection_for_new(library)
        if collection.id != library.in_use():
            library.use(collection.id)
            notice(f"The collection {collection.name!r} is now in use.")
    if options.watch:
        for path in paths:
            with _refusing_input():
                library.watch(collection.id, path)
        n_failed = sync(library, collection.id, cancelled)
    else:
        n_failed = _add_files(library, collection, _sources(paths), cancelled)
    n_essays = _find_collection(library, collection.name).n_essays
    print(f"{collection.name}: {_count(n_essays, 'essay')}")
    return BAD_INPUT if n_failed else OK


def _add_files(
    library: Library,
    collection: Collection,
    sources: Sequence[Source],
    cancelled: threading.Event,
) -> int:
    """Add files with progress and return how many failed."""
    with ReadingProcess() as reader, show_files() as shown:
        try:
            add_sources(
                library,
                collection.id,
                sources,
                reader=reader,
                on_progress=shown.note,
                cancelled=cancelled,
            )
        finally:
            # Also after Ctrl-C: what was added stays.
            ends = ", ".join(f"{shown.count(step):,} {words}" for step, words in _END_WORDS.items())
            notice(f"{_count(len(sources), 'file')}: {ends}")
    check_wanted(cancelled)
    return shown.count(Step.FAILED)


def _list(options: argparse.Namespace, cancelled: threading.Event) -> int:
    library = open_library(load_chosen_settings(options))
    sync(library, _chosen(library, options).id, cancelled)
    collection = _chosen(library, options)
    entries = library.entries(collection.id)
    if options.json:
        print_json(
            {
                "collection": _collection_json(collection, library),
                "entries": [{**asdict(one), "state": one.state.value} for one in entries],
            }
        )
        return OK
    print(f"{collection.name}: {_count(collection.n_essays, 'essay')}")
    for one in entries:
        print(f"{one.name}\n    {_describe(one)}")
    return OK


def _describe(entry: Entry) -> str:
    if entry.state is EntryState.FAILED:
        return f"not added: {entry.reason}"
    about = ", ".join(filter(None, (entry.author, entry.date)))
    parts = [
        f"{entry.title}{f' ({about})' if about else ''}",
        f"{_count(entry.words, 'word')}, {entry.format}",
    ]
    if entry.state is EntryState.VANISHED:
        parts.append("file gone")
    if entry.reason:
        parts.append(entry.reason)
    return "\n    ".join(parts)


def _remove(options: argparse.Namespace, cancelled: threading.Event) -> int:
    if options.undo == bool(options.names):
        raise UsageError("Give the names of essays to remove, or --undo to take a removal back.")
    library = open_library(load_chosen_settings(options))
    collection = _chosen(library, options)
    if options.undo:
        taken_out = library.last_removed(collection.id)
        if not taken_out:
            raise UsageError(f"Nothing was removed from {collection.name!r} of late.")
        library.restore([one.id for one in taken_out])
        for one in taken_out:
            print(f"{one.name}: restored")
        return OK
    found = [_find_entry(library.entries(collection.id), name) for name in options.names]
    library.remove([one.id for one in found])
    for one in found:
        print(f"{one.name}: removed")
    notice("'assistant library remove --undo' takes it back.")
    return OK


def _correct(options: argparse.Namespace, cancelled: threading.Event) -> int:
    if options.title is None and options.author is None:
        raise UsageError("Give what is right with --title, --author or both.")
    library = open_library(load_chosen_settings(options))
    entry = _find_entry(library.entries(_chosen(library, options).id), options.name)
    library.correct(entry.id, title=options.title, author=options.author)
    return OK


def _rebuild(options: argparse.Namespace, cancelled: threading.Event) -> int:
    library = open_library(load_chosen_settings(options))
    collection = _chosen(library, options)
    with show_reading() as show:
        n_essays = library.rebuild(collection.id, on_progress=show)
    print(f"{collection.name}: {_count(n_essays, 'essay')} indexed anew")
    return OK


def _check(options: argparse.Namespace, cancelled: threading.Event) -> int:
    findings = open_library(load_chosen_settings(options)).check()
    if options.json:
        print_json([asdict(one) for one in findings])
    else:
        for one in findings:
            print(f"{one.name}: {one.problem}" if one.name else one.problem)
        if not findings:
            print("The library is as it was written.")
    return FAILURE if findings else OK


def _list_collections(options: argparse.Namespace, cancelled: threading.Event) -> int:
    library = open_library(load_chosen_settings(options))
    sync(library, library.in_use(), cancelled)
    collections = library.collections()
    if options.json:
        print_json([_collection_json(one, library) for one in collections])
        return OK
    in_use = library.in_use()
    for one in collections:
        print(f"{one.name}: {_count(one.n_essays, 'essay')}{', in use' * (one.id == in_use)}")
        for folder in () if one.is_builtin else one.folders:
            print(f"    watches {folder}")
    return OK


def _create(options: argparse.Namespace, cancelled: threading.Event) -> int:
    library = open_library(load_chosen_settings(options))
    with _refusing_input():
        collection = library.create_collection(options.name)
    print(f"{collection.name}: created")
    return OK


def _use(options: argparse.Namespace, cancelled: threading.Event) -> int:
    library = open_library(load_chosen_settings(options))
    collection = _find_collection(library, options.name)
    library.use(collection.id)
    print(f"{collection.name}: in use")
    return OK


def _rename(options: argparse.Namespace, cancelled: threading.Event) -> int:
    library = open_library(load_chosen_settings(options))
    collection = _find_collection(library, options.name)
    with _refusing_input():
        library.rename_collection(collection.id, options.new_name)
    print(f"{collection.name}: renamed")
    return OK


def _unwatch(options: argparse.Namespace, cancelled: threading.Event) -> int:
    library = open_library(load_chosen_settings(options))
    collection = _chosen(library, options)
    folder = options.folder.resolve()
    if folder not in collection.folders:
        watched = ", ".join(repr(str(one)) for one in collection.folders) or "none"
        raise UsageError(f"{str(folder)!r} is not watched for {collection.name!r}; {watched} is.")
    library.unwatch(collection.id, folder)
    print(f"{folder}: no longer watched")
    return OK


def _chosen(library: Library, options: argparse.Namespace) -> Collection:
    """Return the collection that the options name, else the one in use."""
    if options.collection:
        return _find_collection(library, options.collection)
    in_use = library.in_use()
    return next(one for one in library.collections() if one.id == in_use)


def _find_collection(library: Library, name: str) -> Collection:
    for one in library.collections():
        if one.name == name:
            return one
    names = ", ".join(repr(one.name) for one in library.collections())
    raise UsageError(
        f"There is no collection {name!r}; there are {names}. 'assistant library create NAME'"
        " makes one."
    )


def _find_or_create(library: Library, name: str) -> Collection:
    for one in library.collections():
        if one.name == name:
            return one
    with _refusing_input():
        collection = library.create_collection(name)
    notice(f"The collection {collection.name!r} is new; 'assistant library use' takes it into use.")
    return collection


@contextmanager
def _refusing_input() -> Iterator[None]:
    """Let what the library refuses to do be bad input."""
    try:
        yield
    except LibraryError as error:
        raise UsageError(str(error)) from error


def _find_entry(entries: Sequence[Entry], name: str) -> Entry:
    """Return the one entry of this name, else of this title."""
    found = [one for one in entries if one.name == name] or [
        one for one in entries if name and one.title == name
    ]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(repr(one.name) for one in found)
        raise UsageError(f"{name!r} is the title of {names}; give one of these names.")
    names = ", ".join(repr(one.name) for one in entries[:20]) or "none"
    raise UsageError(f"There is no essay {name!r} in this collection; there are {names}.")


def _sources(paths: Sequence[Path]) -> list[Source]:
    return [Source(name=name, path=path, content=None) for name, path in find_files(paths).items()]


def _collection_json(collection: Collection, library: Library) -> dict[str, object]:
    return {
        "id": collection.id,
        "name": collection.name,
        "n_essays": collection.n_essays,
        "folders": [str(folder) for folder in collection.folders],
        "is_builtin": collection.is_builtin,
        "is_in_use": collection.id == library.in_use(),
    }


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


LIBRARY_RUNNERS: Final[Mapping[Command, Runner]] = {
    Command.ADD_TO_LIBRARY: _add,
    Command.LIST_LIBRARY: _list,
    Command.REMOVE_FROM_LIBRARY: _remove,
    Command.CORRECT_ENTRY: _correct,
    Command.REBUILD_LIBRARY: _rebuild,
    Command.CHECK_LIBRARY: _check,
    Command.LIST_COLLECTIONS: _list_collections,
    Command.CREATE_COLLECTION: _create,
    Command.USE_COLLECTION: _use,
    Command.RENAME_COLLECTION: _rename,
    Command.UNWATCH_FOLDER: _unwatch,
}
