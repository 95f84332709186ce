"""Runs that are killed, or meet a full disk, each followed by a look at what is left.

A program of its own, without threads, so that it can fork: a run starts in milliseconds. It is
told on the command line what to do, and writes what went wrong as JSON: nothing, it is hoped.
"""

import ctypes
import gc
import json
import os
import random
import shutil
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from index.errors import LibraryError
from index.library.adding import Source, add_sources
from index.library.entries import EntryState
from index.library.store import Library
from index.reading.steps import FileProgress, Step
from tests.index.library.essays import ROPES, SALT, DirectReader, given

Say = Callable[[str], None]
"""Acknowledges something; whoever runs this relies on it from then on."""

KILL, FILL = 1, 2
N_ESSAYS = 40
ONE_ESSAY_S = 0.01
KILLS_OF_ONE_LIBRARY = 20


def essays(count: int) -> list[Source]:
    """Return essays that differ."""
    return [
        given(f"{number}.txt", f"On Rope {number}\n\n{ROPES} It was sold {number} times.\n\n{SALT}")
        for number in range(count)
    ]


def add_all(folder: Path, say: Say, sources: Sequence[Source]) -> None:
    """Add essays to the one collection of a library, acknowledging each."""
    library = Library(folder)
    collections = library.collections()
    collection = collections[0] if collections else library.create_collection("Ropes")

    def acknowledge(progress: FileProgress) -> None:
        if progress.step in (Step.DONE, Step.UNCHANGED):
            say(progress.name)

    add_sources(
        library,
        collection.id,
        sources,
        reader=DirectReader(),
        on_progress=acknowledge,
        cancelled=threading.Event(),
    )


def begin(folder: Path, say: Say) -> None:
    """Make a library with a collection, unless it is there."""
    library = Library(folder)
    if not library.collections():
        library.create_collection("Ropes")


def extend(folder: Path, say: Say) -> None:
    """Add a second essay to a library of one, acknowledging it."""
    add_all(folder, say, essays(2)[1:])


def run(
    act: Callable[[Say], None], *, kill_after: tuple[int, float] | None = None
) -> tuple[list[str], int]:
    """Let a child do something; return what it acknowledged and how it ended.

    Args:
        act: What to do.
        kill_after: After how many acknowledgements, and how many seconds more, to kill it.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            act(partial(_write_line, writing))
            status = 0
        except LibraryError as error:
            _write_line(writing, f"refused: {error}")
            status = 2
        except BaseException:  # noqa: BLE001 - the child must not go on as a copy of its parent
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        said = []
        if kill_after is not None:
            said = [stream.readline() for _ in range(kill_after[0])]
            time.sleep(kill_after[1])
            os.kill(child, signal.SIGKILL)
        said += stream.readlines()
    _, ended = os.waitpid(child, 0)
    return b"".join(said).decode().splitlines(), ended


def _write_line(pipe: int, line: str) -> None:
    os.write(pipe, f"{line}\n".encode())


def look(folder: Path, said: set[str], *, is_thorough: bool = True) -> Iterator[str]:
    """Yield what is wrong with a library in which essays were acknowledged."""
    library = Library(folder)
    if library.notice:
        yield f"notice: {library.notice}"
    collections = library.collections()
    entries = library.entries(collections[0].id) if collections else ()
    ready = {entry.name for entry in entries if entry.state is EntryState.READY}
    if len(ready) != len(entries):
        yield f"not ready: {entries}"
    yield from (f"lost: {name}" for name in said - ready)
    if is_thorough:
        yield from (f"check: {finding}" for finding in library.check())
    if is_thorough and collections:
        opened = library.open_index(collections[0].id)
        if opened.rebuilt:
            yield f"rebuilt: {opened.rebuilt}"
        if len(opened.documents) != len(ready):
            yield f"{len(opened.documents)} essays opened of {len(ready)}"


def at_random(folder: Path, *, kills: int, seed: int) -> dict[str, object]:
    """Kill children that add essays at random moments, until there were ``kills``.

    Each goes on with the library that the one before it left, for a number of kills.
    """
    chance = random.Random(seed)
    wrong: list[str] = []
    n_killed = n_said = 0
    sources = essays(N_ESSAYS)
    while n_killed < kills:
        place = folder / str(n_killed)
        add = partial(add_all, place, sources=sources)
        kept: set[str] = set()
        for number in range(KILLS_OF_ONE_LIBRARY):
            # What is there already is acknowledged at once, then come those that are added.
            n_first = min(len(kept) + chance.randrange(3), N_ESSAYS - 1)
            said, ended = run(add, kill_after=(n_first, chance.uniform(0, ONE_ESSAY_S)))
            n_killed += os.WIFSIGNALED(ended)
            kept |= set(said)
            found = look(place, kept, is_thorough=number % 5 == 0)
            wrong += [f"after kill {n_killed}: {one}" for one in found]
        n_said += len(kept)
        said, ended = run(add)
        if ended != 0 or len(said) != N_ESSAYS:
            wrong.append(f"{place.name} could not be completed: {said} {ended}")
        wrong += look(place, set(said))
    return {"killed": n_killed, "acknowledged": n_said, "wrong": wrong}


def at_every_write(
    folder: Path, act: Callable[[Path, Say], None], *, mode: int, step: int
) -> dict[str, object]:
    """Kill a child at every ``step``-th write in turn, or let the disk be full from it on.

    Each child begins with a copy of the library ``folder / "first"``, or with none.
    """
    faults = ctypes.CDLL(None)
    faults.faults_arm.argtypes = (ctypes.c_char_p, ctypes.c_long, ctypes.c_int)
    wrong: list[str] = []
    n_faults, at = 0, 1
    while True:
        place = folder / str(at)
        if act is not begin:
            shutil.copytree(folder / "first", place)

        def meet_fault(say: Say, place: Path = place, at: int = at) -> None:
            faults.faults_arm(str(place).encode(), at, mode)
            act(place, say)

        said, ended = run(meet_fault)
        is_refused = any(one.startswith("refused") for one in said)
        if ended == 0:
            return {"faults": n_faults, "writes": at, "wrong": wrong}
        if not os.WIFSIGNALED(ended) and not is_refused:
            wrong.append(f"write {at}: failed in another way")
        n_faults += 1
        kept = [one for one in said if not one.startswith("refused")]
        wrong += [f"write {at}: {one}" for one in look(place, set(kept))]
        act(place, kept.append)  # it completes what was begun, or raises
        shutil.rmtree(place)
        at += step


def main(arguments: Sequence[str]) -> None:
    """Do what the arguments say: what, where, how often, with what seed."""
    what, place, number, seed = arguments
    folder = Path(place)
    # What the first essay loads need not be loaded by every child.
    add_all(folder / "first", lambda said: None, essays(1))
    gc.freeze()  # else each child copies all that the collector goes through
    if what == "random":
        found = at_random(folder, kills=int(number), seed=int(seed))
    else:
        mode, act = what.split("-")
        found = at_every_write(
            folder,
            begin if act == "begin" else extend,
            mode=KILL if mode == "kill" else FILL,
            step=int(number),
        )
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
