"""The collections of the library, the folders watched for them, and which one is in use."""

import secrets
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from index.errors import LibraryError
from index.library.entries import BUILTIN_ID, Collection, EntryState
from index.library.shelving import settle
from index.sqlite_file import SqliteFile

_MAX_NAME_CHARS: Final = 100
_IN_USE: Final = "in use"


class CollectionStore:
    """The collections of one library file. Every method may be called from any thread.

    Attributes:
        file: The file; for the other modules of this package.
    """

    def __init__(self, file: SqliteFile, *, clock: Callable[[], datetime]) -> None:
        self.file = file
        self._clock = clock

    @property
    def notice(self) -> str:
        """What the reader should know about the opening, in words; usually empty."""
        return self.file.notice

    def now(self) -> str:
        """Return the time, ISO 8601 in UTC."""
        return self._clock().isoformat(timespec="milliseconds")

    def collections(self) -> tuple[Collection, ...]:
        """Return the collections, the built-in one first, then by name."""
        with self.file.connected() as db:
            return _fetch_collections(db)

    def ensure_builtin(self, name: str, folder: Path) -> Collection:
        """Return the collection that comes with the program, made or renamed if need be.

        Args:
            name: What it is called.
            folder: The folder it watches, instead of the one it watched so far: the program may
                have been installed elsewhere. What is known of the files moves with it.
        """
        path, now = str(folder.resolve()), self.now()
        with self.file.connected() as db:
            known = _find_builtin(db)
        if known is None or known.name != name or known.folders != (Path(path),):
            with self.file.writing() as db:
                db.execute(
                    "INSERT INTO collection (id, name, is_builtin, created_at)"
                    " VALUES (?, ?, 1, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name",
                    (BUILTIN_ID, name, now),
                )
                db.execute("DELETE FROM folder WHERE collection_id = ?", (BUILTIN_ID,))
                db.execute(
                    "UPDATE entry SET folder = ? WHERE collection_id = ? AND folder != ''",
                    (path, BUILTIN_ID),
                )
                db.execute(
                    "INSERT INTO folder (collection_id, path) VALUES (?, ?)", (BUILTIN_ID, path)
                )
        return self.collections()[0]

    def create_collection(self, name: str) -> Collection:
        """Make an empty collection.

        Raises:
            LibraryError: The name is blank, too long or that of another.
        """
        collection_id = secrets.token_urlsafe(12)
        with self.file.writing() as db:
            db.execute(
                "INSERT INTO collection (id, name, is_builtin, created_at) VALUES (?, ?, 0, ?)",
                (collection_id, _check_name(db, name, besides=""), self.now()),
            )
            return _fetch_collection(db, collection_id)

    def rename_collection(self, collection_id: str, name: str) -> None:
        """Call a collection otherwise.

        Raises:
            LibraryError: There is no such collection, it is built in, or the name is blank, too
                long or that of another.
        """
        with self.file.writing() as db:
            _refuse_builtin(self.require(db, collection_id), "renamed")
            db.execute(
                "UPDATE collection SET name = ? WHERE id = ?",
                (_check_name(db, name, besides=collection_id), collection_id),
            )

    def remove_collection(self, collection_id: str) -> None:
        """Take a collection away; ``restore_collection`` undoes it for ``KEPT_DAYS``.

        Raises:
            LibraryError: There is no such collection, or it is built in.
        """
        with self.file.writing() as db:
            _refuse_builtin(self.require(db, collection_id), "removed")
            db.execute(
                "UPDATE collection SET removed_at = ? WHERE id = ?", (self.now(), collection_id)
            )

    def restore_collection(self, collection_id: str) -> None:
        """Undo ``remove_collection``; if its name was taken meanwhile, it gets a number.

        Raises:
            LibraryError: It is not kept any more.
        """
        with self.file.writing() as db:
            found = db.execute(
                "SELECT name, removed_at FROM collection WHERE id = ?", (collection_id,)
            ).fetchone()
            if found is None:
                raise _unknown(collection_id)
            name, number = found[0], 2
            while found[1] and _is_taken(db, name, besides=collection_id):
                name, number = f"{found[0]} ({number})", number + 1
            db.execute(
                "UPDATE collection SET removed_at = '', name = ? WHERE id = ?",
                (name, collection_id),
            )

    def in_use(self) -> str:
        """Return the id of the collection in use, the built-in one at first."""
        with self.file.connected() as db:
            found = db.execute(
                "SELECT value FROM setting JOIN collection ON id = value"
                " WHERE setting.name = ? AND removed_at = ''",
                (_IN_USE,),
            ).fetchone()
        return str(found[0]) if found else BUILTIN_ID

    def use(self, collection_id: str) -> None:
        """Take a collection into use; that is remembered.

        Raises:
            LibraryError: There is no such collection.
        """
        with self.file.writing() as db:
            self.require(db, collection_id)
            db.execute(
                "INSERT INTO setting (name, value) VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (_IN_USE, collection_id),
            )

    def watch(self, collection_id: str, folder: Path) -> None:
        """Watch a folder for a collection; ``sync_folders`` reads it.

        Essays of it from before an ``unwatch`` are there again at once. Nothing changes if it is
        watched already.

        Raises:
            LibraryError: There is no such collection or folder, the collection is built in, or a
                folder around or below this one is watched for it.
        """
        path = folder.resolve()
        if not path.is_dir():
            raise LibraryError(
                f"There is no folder {str(folder)!r}; give the path of a folder of essays."
            )
        with self.file.writing() as db:
            collection = self.require(db, collection_id)
            _refuse_builtin(collection, "given another folder")
            for other in collection.folders:
                if other == path:
                    return
                if other in path.parents or path in other.parents:
                    raise LibraryError(
                        f"{str(path)!r} overlaps with {str(other)!r}, which is watched already;"
                        " give a folder outside of it, or stop watching that one first."
                    )
            db.execute(
                "INSERT INTO folder (collection_id, path) VALUES (?, ?)"
                " ON CONFLICT (collection_id, path) DO UPDATE SET removed_at = ''",
                (collection_id, _storable_path(path)),
            )
            again = db.execute(
                "SELECT id FROM present WHERE collection_id = ? AND folder = ? ORDER BY id",
                (collection_id, str(path)),
            ).fetchall()
            for (entry_id,) in again:
                settle(db, entry_id, now=self.now())

    def unwatch(self, collection_id: str, folder: Path) -> None:
        """Watch a folder no longer: its essays leave the collection; its files stay.

        ``watch`` brings them back for ``KEPT_DAYS``, with corrections.

        Raises:
            LibraryError: There is no such collection, it is built in, or the folder is not
                watched.
        """
        with self.file.writing() as db:
            collection = self.require(db, collection_id)
            _refuse_builtin(collection, "parted from its folder")
            path = folder if folder in collection.folders else folder.resolve()
            if path not in collection.folders:
                watched = ", ".join(repr(str(each)) for each in collection.folders) or "none"
                raise LibraryError(
                    f"The folder {str(folder)!r} is not watched for {collection.name!r};"
                    f" those that are: {watched}."
                )
            db.execute(
                "UPDATE folder SET removed_at = ? WHERE collection_id = ? AND path = ?",
                (self.now(), collection_id, str(path)),
            )

    def require(self, db: sqlite3.Connection, collection_id: str) -> Collection:
        """Return a collection that is there.

        Raises:
            LibraryError: There is no such collection.
        """
        return _fetch_collection(db, collection_id)


def _fetch_collections(db: sqlite3.Connection) -> tuple[Collection, ...]:
    counts = dict(
        db.execute(
            "SELECT collection_id, count(*) FROM present WHERE state = ? GROUP BY collection_id",
            (EntryState.READY,),
        ).fetchall()
    )
    folders: dict[str, list[Path]] = {}
    for collection_id, path in db.execute(
        "SELECT collection_id, path FROM folder WHERE removed_at = '' ORDER BY path"
    ):
        folders.setdefault(collection_id, []).append(Path(path))
    rows = db.execute(
        "SELECT id, name, is_builtin FROM collection WHERE removed_at = ''"
        " ORDER BY is_builtin DESC, name, id"
    )
    return tuple(
        Collection(
            id=id_,
            name=name,
            folders=tuple(folders.get(id_, ())),
            is_builtin=bool(is_builtin),
            n_essays=counts.get(id_, 0),
        )
        for id_, name, is_builtin in rows
    )


def _fetch_collection(db: sqlite3.Connection, collection_id: str) -> Collection:
    for collection in _fetch_collections(db):
        if collection.id == collection_id:
            return collection
    raise _unknown(collection_id)


def _find_builtin(db: sqlite3.Connection) -> Collection | None:
    return next((each for each in _fetch_collections(db) if each.is_builtin), None)


def _unknown(collection_id: str) -> LibraryError:
    return LibraryError(f"There is no collection {collection_id!r}; choose another.")


def _refuse_builtin(collection: Collection, what: str) -> None:
    if collection.is_builtin:
        raise LibraryError(
            f"The collection {collection.name!r} comes with the program and cannot be {what};"
            " make one of your own."
        )


def _check_name(db: sqlite3.Connection, name: str, *, besides: str) -> str:
    line = " ".join(name.split())
    if not line or len(line) > _MAX_NAME_CHARS:
        raise LibraryError(
            f"{name!r} cannot be the name of a collection; give 1 to {_MAX_NAME_CHARS} characters."
        )
    if _is_taken(db, line, besides=besides):
        raise LibraryError(f"There is a collection {line!r} already; give another name.")
    return line


def _is_taken(db: sqlite3.Connection, name: str, *, besides: str) -> bool:
    return any(
        each.name.casefold() == name.casefold() and each.id != besides
        for each in _fetch_collections(db)
    )


def _storable_path(path: Path) -> str:
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise LibraryError(
            f"The path {str(path)!r} is no valid text; rename the folder, then give it again."
        ) from error
    return str(path)
