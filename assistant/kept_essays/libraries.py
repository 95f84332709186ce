"""The library of this machine's reader: where it is, and where new essays go in it."""

from typing import Final

from assistant.kept_essays.opened import find_collection
from assistant.settings import DEFAULT_ESSAYS, Settings
from index.library.entries import Collection
from index.library.store import Library

INBOX_NAME: Final = "inbox"
"""The folder in that of the library where uploads wait."""
_BUILTIN_NAME: Final = "Essays that come with the assistant"
OWN_NAME: Final = "My essays"
"""The collection that is made when files are given while there is no other of the reader's."""


def open_library(settings: Settings) -> Library:
    """Open the library, with the essays that come with the assistant as its first collection.

    Raises:
        LibraryError: It cannot be opened.
    """
    library = Library(settings.library_dir)
    library.ensure_builtin(_BUILTIN_NAME, DEFAULT_ESSAYS)
    return library


def collection_for_new(library: Library, *, name: str = OWN_NAME) -> Collection:
    """Return the collection that essays are added to where none is named.

    It is the one in use, unless that is the one that came with the assistant, which stays as it
    is: then the reader's own of this name, which is made if there is none. It is not taken into
    use by this.

    Raises:
        LibraryError: The library cannot be read or written.
    """
    current = find_collection(library, library.in_use())
    if not current.is_builtin:
        return current
    own = [one for one in library.collections() if one.name == name and not one.is_builtin]
    return own[0] if own else library.create_collection(name)
