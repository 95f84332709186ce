"""What the reader does on the Library page: each act is carried out here, or said why it is not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import AssistantError
from assistant.kept_essays.libraries import OWN_NAME, collection_for_new
from assistant.kept_essays.opened import find_collection
from assistant.kept_essays.views import count
from assistant.workspace import Workspace
from index.corpus import Document
from index.errors import RetrievalError
from index.library.adding import Source
from index.library.entries import Collection
from index.library.store import Library


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """What takes an act back.

    Attributes:
        words: What was done, as the reader is told.
        entry_ids: The entries to restore; empty for a collection.
        collection_id: The collection to restore, or that the entries are of.
    """

    words: str
    collection_id: str
    entry_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an act.

    Attributes:
        problem: Why it was not carried out, in words; empty if it was.
        notice: What the reader should know of it, in words; usually empty.
        undo: How to take it back; ``None`` where that makes no sense.
    """

    problem: str = ""
    notice: str = ""
    undo: Undo | None = None


def perform(workspace: Workspace, act: object, *, undo: Undo | None) -> Outcome:
    """Carry out what the page was asked for.

    Args:
        workspace: Holds the library.
        act: What the browser sent; anything else than a known act is refused.
        undo: What the act ``undo`` takes back.
    """
    library = workspace.library
    if library is None:
        return Outcome(problem="These essays are asked once and not kept, so nothing changes here.")
    return _tried(lambda: _perform(workspace, library, act, undo))


def add_files(workspace: Workspace, files: Sequence[tuple[str, bytes]]) -> Outcome:
    """Begin to add files to the collection in use.

    Those that come with the program stay as they are: then a collection of one's own is made.

    Args:
        workspace: Holds the library.
        files: Name and content of each.
    """
    library = workspace.library
    if library is None:
        return Outcome(problem="These essays are asked once and not kept, so none can be added.")

    def add() -> Outcome:
        collection, notice = _use_own_collection(workspace, library)
        sources = [Source(name=name, path=None, content=content) for name, content in files]
        workspace.work.start_add(collection.id, sources)
        return Outcome(notice=notice)

    return _tried(add)


def _tried(act: Callable[[], Outcome]) -> Outcome:
    try:
        return act()
    except (AssistantError, RetrievalError) as error:
        return Outcome(problem=str(error))


def _perform(workspace: Workspace, library: Library, act: object, undo: Undo | None) -> Outcome:
    match act:
        case {"kind": "use", "id": str(collection_id)}:
            workspace.use_collection(collection_id)
        case {"kind": "create", "name": str(name)}:
            workspace.use_collection(library.create_collection(name).id)
        case {"kind": "rename", "id": str(collection_id), "name": str(name)}:
            library.rename_collection(collection_id, name)
        case {"kind": "remove_collection", "id": str(collection_id)}:
            return _remove_collection(workspace, library, collection_id)
        case {"kind": "watch", "folder": str(folder)}:
            return _watch(workspace, library, folder)
        case {"kind": "unwatch", "folder": str(folder)}:
            library.unwatch(library.in_use(), Path(folder))
            workspace.follow_changes()
        case {"kind": "correct", "id": int(entry_id), "title": str(title), "author": str(author)}:
            library.correct(entry_id, title=title or None, author=author)
            workspace.follow_changes()
        case {"kind": "remove", "ids": [*ids]} if ids and all(isinstance(id_, int) for id_ in ids):
            return _remove(workspace, library, tuple(ids), undo)
        case {"kind": "undo"} if undo is not None:
            _restore(workspace, library, undo)
        case {"kind": "stop"}:
            workspace.work.stop()
        case _:
            return Outcome(problem="The page asked for something that it cannot do; reload it.")
    return Outcome()


def _use_own_collection(
    workspace: Workspace, library: Library, name: str = OWN_NAME
) -> tuple[Collection, str]:
    """Return the collection to add to, which is then in use, and what to say of the change."""
    current = find_collection(library, library.in_use())
    own = collection_for_new(library, name=name)
    if own.id == current.id:
        return own, ""
    workspace.use_collection(own.id)
    return own, f"They go to the collection “{own.name}”; “{current.name}” stays as it is."


def open_essay(library: Library, entry_id: int) -> Document:
    """Return the essay of an entry.

    Raises:
        AssistantError: It cannot be read.
    """
    try:
        return library.document(entry_id)
    except RetrievalError as error:
        raise AssistantError(str(error)) from error


def _watch(workspace: Workspace, library: Library, folder: str) -> Outcome:
    path = Path(folder).expanduser()
    if not path.is_absolute():
        raise AssistantError(
            f"{folder!r} does not say where the folder is; give its whole path, from the root or"
            " from ~ on."
        )
    if not path.is_dir():
        raise AssistantError(f"There is no folder {str(path)!r}; look for a slip in its path.")
    collection, notice = _use_own_collection(workspace, library, path.name or OWN_NAME)
    library.watch(collection.id, path)
    workspace.work.sync(collection.id)
    return Outcome(notice=notice)


def _remove_collection(workspace: Workspace, library: Library, collection_id: str) -> Outcome:
    name = find_collection(library, collection_id).name
    library.remove_collection(collection_id)
    workspace.use_collection(library.in_use())
    return Outcome(
        undo=Undo(words=f"Removed the collection “{name}”.", collection_id=collection_id)
    )


def _remove(
    workspace: Workspace, library: Library, ids: tuple[int, ...], undo: Undo | None
) -> Outcome:
    collection_id = library.in_use()
    removed = [entry for entry in library.entries(collection_id) if entry.id in ids]
    if not removed:
        return Outcome(undo=undo)  # in another tab, or by a click that was repeated
    library.remove(ids)
    workspace.follow_changes()
    first = removed[0].title or removed[0].name
    what = f"“{first}”" if len(removed) == 1 else count(len(removed), "essay")
    return Outcome(
        undo=Undo(
            words=f"Removed {what}.",
            collection_id=collection_id,
            entry_ids=tuple(entry.id for entry in removed),
        )
    )


def _restore(workspace: Workspace, library: Library, undo: Undo) -> None:
    if undo.entry_ids:
        library.restore(undo.entry_ids)
        workspace.follow_changes()
    else:
        library.restore_collection(undo.collection_id)
        workspace.use_collection(undo.collection_id)
