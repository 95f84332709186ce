"""Pieces of work on the library, and the view of them that pages draw."""

import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from assistant.kept_essays.inbox import Batch
from index.library.adding import Source
from index.reading.steps import FileProgress, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkView:
    """The work on the library at one moment: what is under way, else what was done last.

    Attributes:
        job_id: The id of that piece of work; empty before the first.
        collection_id: The collection that it is for; empty before the first.
        files: The last state of each of its files, in the order in which they were given.
        n_waiting: How many pieces of work come after it.
        is_running: Whether anything is under way or waits.
        is_stopping: Whether a stop was asked for.
        message: What the reader should know, in words; usually empty.
        problem: Why the work failed as a whole, in words; empty if it did not. A file that
            failed is in ``files``.
        version: Grows with every change of any of the above; see ``wait_for_change``.
    """

    job_id: str = ""
    collection_id: str = ""
    files: tuple[FileProgress, ...] = ()
    n_waiting: int = 0
    is_running: bool = False
    is_stopping: bool = False
    message: str = ""
    problem: str = ""
    version: int = 0


@dataclass(slots=True, kw_only=True)
class Task:
    """A piece of work; ``LibraryWork`` touches ``files`` only under its lock.

    Attributes:
        collection_id: The collection that it is for.
        sources: The files to add; empty for a look at the watched folders.
        batch: Where those of them that were uploaded lie; ``None`` if none was.
        id: The work's id.
        files: The last state of each file, by name.
        cancelled: Set to stop it.
    """

    collection_id: str
    sources: tuple[Source, ...] = ()
    batch: Batch | None = None
    id: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    files: dict[str, FileProgress] = field(default_factory=dict)
    cancelled: threading.Event = field(default_factory=threading.Event)

    @property
    def is_look(self) -> bool:
        """Whether it looks at the watched folders."""
        return not self.sources

    @property
    def is_seen(self) -> bool:
        """Whether there is anything to show: of a look, that something changed."""
        return not self.is_look or any(one.step is not Step.WAITING for one in self.files.values())


def make_task(collection_id: str, sources: Sequence[Source], batch: Batch | None) -> Task:
    """Make a piece of work whose files all wait."""
    return Task(
        collection_id=collection_id,
        sources=tuple(sources),
        batch=batch,
        files={
            source.name: FileProgress(
                name=source.name, step=Step.WAITING, done=0, total=len(sources)
            )
            for source in sources
        },
    )


def task_of_batch(batch: Batch) -> Task:
    """Make the piece of work that reads the uploads of a process that is gone."""
    sources = [Source(name=file.name, path=file.path, content=None) for file in batch.files]
    return make_task(batch.collection_id, sources, batch)


def number_names(sources: Sequence[Source]) -> list[Source]:
    """Return the sources with names that are unique among them.

    >>> given = [Source(name="a.md", path=None, content=b"") for _ in range(2)]
    >>> [one.name for one in number_names(given)]
    ['a.md', 'a (2).md']
    """
    taken: set[str] = set()
    named = []
    for source in sources:
        ending = PurePath(source.name).suffix
        name, number = source.name, 2
        while name in taken:
            name = f"{source.name.removesuffix(ending)} ({number}){ending}"
            number += 1
        taken.add(name)
        named.append(replace(source, name=name))
    return named
