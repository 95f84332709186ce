"""One SQLite file: opened, checked, brought to this version, set aside if damaged.

Each use opens a connection of its own, so any thread, and any number of processes, may use the
file at once; write-ahead logging lets them read while one writes.
"""

import secrets
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

_DAMAGE: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_CAUSES: Final = {
    sqlite3.SQLITE_BUSY: "another process has been writing to them for {busy_timeout_s:g} seconds."
    " Wait until it is done, then try again",
    sqlite3.SQLITE_FULL: "the disk is full. Nothing that was saved is lost; make room, then try"
    " again",
    sqlite3.SQLITE_READONLY: "the file may not be written to. Make it writable, then try again",
}
_OTHER_CAUSE: Final = "{error}. Check the disk, then start the assistant again"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKind:
    """What a file holds and how its failures are told.

    Attributes:
        schema: The statements that make its tables, for a new file.
        version: The schema's version, at least 1.
        what: What is in it, in the plural, as an error message begins: "The saved chats".
        error: What is raised, with the message.
        busy_timeout_s: How long to wait for another process that writes.
        upgrades: For each earlier version that is still read, the statements that make the next
            version of it.
        on_connect: Called with each new connection, before it is used.
        is_own: Tells of an opened file of this version whether its tables are those it should have.
    """

    schema: Sequence[str]
    version: int
    what: str
    error: type[Exception]
    busy_timeout_s: float
    upgrades: Mapping[int, Sequence[str]] = field(default_factory=dict)
    on_connect: Callable[[sqlite3.Connection], None] = lambda db: None
    is_own: Callable[[sqlite3.Connection], bool] = lambda db: True


class SqliteFile:
    """A file of tables that survives crashes, and whose damage is noticed when it is opened."""

    def __init__(self, path: Path, kind: FileKind) -> None:
        """Open the file; make it, and its folder, if there is none.

        A damaged file is set aside under a new name, and ``notice`` says so.

        Raises:
            Exception: Of the class ``kind.error``: the file cannot be opened, or is of a newer
                version.
        """
        self.path = path
        self.notice = ""
        """What the reader should know about the opening; usually empty."""
        self._kind = kind
        try:
            self._prepare()
        except kind.error as error:
            if not _is_damage(error.__cause__):
                raise
            kept = self._set_aside()
            self.notice = (
                f"{kind.what} could not be read. The damaged file was kept as {str(kept)!r},"
                " and a new one was begun."
            )
            self._prepare()

    @contextmanager
    def connected(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection that commits each statement.

        Raises:
            Exception: Of the class ``kind.error``: SQLite failed, in this block too.
        """
        try:
            with closing(
                sqlite3.connect(self.path, timeout=self._kind.busy_timeout_s, isolation_level=None)
            ) as db:
                db.execute("PRAGMA foreign_keys = ON")
                # Else a loss of power could undo what was acknowledged.
                db.execute("PRAGMA synchronous = FULL")
                self._kind.on_connect(db)
                yield db
        # Of a damaged file, Python's module may not even decode what SQLite says.
        except (sqlite3.Error, UnicodeDecodeError) as error:
            cause = _CAUSES.get(_code(error), _OTHER_CAUSE).format(
                error=error, busy_timeout_s=self._kind.busy_timeout_s
            )
            raise self._kind.error(
                f"{self._kind.what} in {str(self.path)!r} cannot be read or written: {cause}."
            ) from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection within one transaction, undone if the block raises.

        Raises:
            Exception: Of the class ``kind.error``: SQLite failed, in this block too.
        """
        with self.connected() as db:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")

    def _prepare(self) -> None:
        """Check the file and bring it to this version."""
        kind = self._kind
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # It is private: made for its owner alone, before SQLite makes it.
            self.path.touch(mode=0o600)
        except OSError as error:
            raise kind.error(
                f"{kind.what} cannot be opened: {error}. Make {str(self.path)!r} writable."
            ) from error
        with self.connected() as db:
            (checked,) = db.execute("PRAGMA quick_check(1)").fetchone()
            if checked != "ok":
                raise kind.error(f"{self.path}: {checked}") from _DamageFoundError()
            db.execute("PRAGMA journal_mode = WAL")
            if self._version(db) != kind.version:
                db.execute("BEGIN IMMEDIATE")
                self._bring_to_version(db)
                db.execute("COMMIT")
            if not kind.is_own(db):
                raise kind.error(
                    f"The tables in {str(self.path)!r} are not those of this program: the file is"
                    " damaged, or another program changed it. Keep a copy, and move it away to"
                    " begin anew."
                )

    def _version(self, db: sqlite3.Connection) -> int:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        return int(version)

    def _bring_to_version(self, db: sqlite3.Connection) -> None:
        """Make the tables of a new file, or upgrade those of an older one, within a transaction."""
        kind, version = self._kind, self._version(db)
        if version > kind.version:
            raise kind.error(
                f"{kind.what} in {str(self.path)!r} are of version {version}; this program"
                f" reads up to version {kind.version}. Update it, or move the file away."
            )
        if version == 0:
            if db.execute("SELECT 1 FROM sqlite_master").fetchone():
                raise kind.error(
                    f"{str(self.path)!r} is a database of another program; move it away."
                )
            steps = [kind.schema]
        else:
            steps = [kind.upgrades[older] for older in range(version, kind.version)]
        for statement in (one for step in steps for one in step):
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {kind.version}")

    def _set_aside(self) -> Path:
        """Rename the damaged file, with what SQLite keeps beside it, and return its new name."""
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        kept = self.path.with_name(f"{self.path.name}.damaged-{stamp}-{secrets.token_hex(2)}")
        try:
            for suffix in ("-wal", "-shm", ""):
                part = self.path.with_name(self.path.name + suffix)
                if part.exists():
                    part.rename(kept.with_name(kept.name + suffix))
        except OSError as error:
            raise self._kind.error(
                f"{self._kind.what} in {str(self.path)!r} are damaged and cannot be set aside:"
                f" {error}. Move the file away."
            ) from error
        return kept


class _DamageFoundError(Exception):
    """What SQLite reported as a finding, not as an error."""


def _code(error: Exception) -> int:
    # Extended codes carry the plain code in their lowest byte.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _is_damage(error: BaseException | None) -> bool:
    if isinstance(error, sqlite3.Error):
        return _code(error) in _DAMAGE
    return isinstance(error, _DamageFoundError | UnicodeDecodeError)
