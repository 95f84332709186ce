"""Measure the library: indexing, opening again, searching, and what memory that takes.

Run ``python -m tests.benchmarks.library --essays DIR`` with any folder of essays, in any format
that is read. They go into a library of their own, which is deleted afterwards. Printed are, for
the indexing, the time by format, of the whole, and the most memory of this process and of the one
that reads; then, each in a process of its own as after a start, the time to open the library and
its index (without the loading of Python's modules), to make the example questions, to make ready
for mistyped words, and to search: the median and the longest of ``N_QUERIES`` queries of words
drawn from the essays, each with one word mistyped, with its look for other spellings.
"""

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from assistant.examples import example_questions
from assistant.questions.expansion import analyse_query
from index.library.entries import EntryState
from index.library.store import Library
from index.library.watching import sync_folders
from index.reading.process import ReadingProcess
from index.reading.steps import FileProgress, Step
from tests.benchmarks.misspelling import mistype

N_QUERIES = 50
QUERY_WORDS = 12
COLLECTION = "Benchmark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What it took to open a library in a new process, and to search it; times in seconds.

    Attributes:
        open_s: ``Library(...)`` and ``open_index(...)`` together.
        cpu_s: The processor time of that.
        examples_s: The example questions.
        prepare_s: What the first mistyped word would wait for.
        median_search_s: Reading a query and searching for it.
        longest_search_s: The same, the longest.
        memory_mb: The most memory of the process, in megabytes.
        n_passages: How many were searched.
    """

    open_s: float
    cpu_s: float
    examples_s: float
    prepare_s: float
    median_search_s: float
    longest_search_s: float
    memory_mb: float
    n_passages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexing:
    """What it took to index a folder; times in seconds.

    Attributes:
        n_files: All files found.
        n_words: Of the essays kept.
        failures: Name and reason of each file that was not.
        total_s: By the clock.
        cpu_s: Processor time of both processes.
        by_format: For each format: essays, words, seconds.
        memory_mb: The most memory of this process, in megabytes.
        reader_memory_mb: The most of the process that reads.
        disk_mb: What the library takes on the disk.
    """

    n_files: int
    n_words: int
    failures: tuple[tuple[str, str], ...]
    total_s: float
    cpu_s: float
    by_format: dict[str, tuple[int, int, float]]
    memory_mb: float
    reader_memory_mb: float
    disk_mb: float


def index_folder(essays: Path, place: Path) -> Indexing:
    """Index the essays of a folder into a new library at ``place``."""
    library = Library(place)
    collection = library.create_collection(COLLECTION).id
    library.watch(collection, essays)
    begun: dict[str, float] = {}
    taken: dict[str, float] = {}

    def note(progress: FileProgress) -> None:
        now = time.perf_counter()
        if progress.step is Step.READ:
            begun[progress.name] = now
        elif progress.step is Step.DONE:
            taken[progress.name] = now - begun[progress.name]

    start, start_cpu_s = time.perf_counter(), _cpu_s()
    with ReadingProcess() as reader:
        last = sync_folders(
            library, collection, reader=reader, on_progress=note, cancelled=threading.Event()
        )
    total_s, cpu_s = time.perf_counter() - start, _cpu_s() - start_cpu_s
    entries = [each for each in library.entries(collection) if each.state is EntryState.READY]
    by_format: defaultdict[str, tuple[int, int, float]] = defaultdict(lambda: (0, 0, 0.0))
    for each in entries:
        n_essays, n_words, seconds = by_format[each.format]
        by_format[each.format] = (
            n_essays + 1,
            n_words + each.words,
            seconds + taken.get(each.name, 0.0),
        )
    return Indexing(
        n_files=len(last),
        n_words=sum(each.words for each in entries),
        failures=tuple((one.name, one.reason) for one in last if one.step is Step.FAILED),
        total_s=total_s,
        cpu_s=cpu_s,
        by_format=dict(by_format),
        memory_mb=_peak_mb(resource.RUSAGE_SELF),
        reader_memory_mb=_peak_mb(resource.RUSAGE_CHILDREN),
        disk_mb=sum(path.stat().st_size for path in place.rglob("*") if path.is_file()) / 1e6,
    )


def open_library(place: Path, *, seed: int) -> Opening:
    """Open the library at ``place`` and search it."""
    start, start_cpu = time.perf_counter(), time.process_time()
    library = Library(place)
    collection = library.collections()[0].id
    opened = library.open_index(collection)
    open_s, cpu_s = time.perf_counter() - start, time.process_time() - start_cpu
    if opened.index is None or opened.rebuilt:
        raise ValueError(f"{place} was not opened as it was made: {opened.rebuilt!r}.")
    start = time.perf_counter()
    example_questions(opened.index)
    examples_s = time.perf_counter() - start
    start = time.perf_counter()
    opened.index.prepare_spellings()
    prepare_s = time.perf_counter() - start
    chance = random.Random(seed)
    words = chance.choice(opened.documents).text.split()
    searches = []
    for _ in range(N_QUERIES):
        text = mistype(" ".join(chance.choices(words, k=QUERY_WORDS)), chance)
        start = time.perf_counter()
        query = analyse_query(text, opened.index)
        opened.index.search(query.tokens, top_k=10, weights=query.weights)
        searches.append(time.perf_counter() - start)
    return Opening(
        open_s=open_s,
        cpu_s=cpu_s,
        examples_s=examples_s,
        prepare_s=prepare_s,
        median_search_s=statistics.median(searches),
        longest_search_s=max(searches),
        memory_mb=_peak_mb(resource.RUSAGE_SELF),
        n_passages=len(opened.index.passages),
    )


def open_in_new_process(place: Path, *, seed: int) -> Opening:
    """Return ``open_library`` of a new process."""
    done = subprocess.run(
        [sys.executable, "-m", __spec__.name, "--opened", str(place), "--seed", str(seed)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Opening(**json.loads(done.stdout))


def render(indexing: Indexing, openings: Sequence[Opening]) -> str:
    """Return the figures as text; of the openings the median and, behind it, the longest."""
    n_essays = sum(n for n, _, _ in indexing.by_format.values())
    lines = [
        f"{indexing.n_files:,} files, {n_essays:,} essays kept, {indexing.n_words:,} words,"
        f" {openings[0].n_passages:,} passages",
        f"indexing       {indexing.total_s:8.2f} s",
        f"  processor    {indexing.cpu_s:8.2f} s",
    ]
    for name, (n, n_words, seconds) in sorted(indexing.by_format.items()):
        per_1000 = 1000 * seconds / max(1, n_words)
        lines.append(
            f"  {name:<12} {seconds:8.2f} s  {n:,} essays, {n_words:,} words,"
            f" {1000 * per_1000:.0f} ms for 1,000 words"
        )
    lines += [
        f"  memory       {indexing.memory_mb:8.0f} MB, of the process that reads"
        f" {indexing.reader_memory_mb:.0f} MB",
        f"  on the disk  {indexing.disk_mb:8.1f} MB",
        *(f"  not kept: {name}: {reason}" for name, reason in indexing.failures),
    ]
    figures = (
        ("opening", "open_s", "s"),
        ("  processor", "cpu_s", "s"),
        ("examples", "examples_s", "s"),
        ("preparing", "prepare_s", "s"),
        ("searching", "median_search_s", "s"),
        ("  longest", "longest_search_s", "s"),
        ("  memory", "memory_mb", "MB"),
    )
    for label, name, unit in figures:
        values = [getattr(one, name) for one in openings]
        digits = 0 if unit == "MB" else 3
        lines.append(
            f"{label:<14} {statistics.median(values):8.{digits}f} {unit}"
            f" (longest of {len(values)}: {max(values):.{digits}f})"
        )
    return "\n".join(lines)


def _cpu_s() -> float:
    """Return the processor time of this process and of those that it has ended."""
    return sum(os.times()[:4])


def _peak_mb(whose: int) -> float:
    peak = resource.getrusage(whose).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure a folder, or, for ``open_in_new_process``, one opening."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("--essays", type=Path, help="a folder of essays")
    chosen.add_argument("--opened", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--openings", type=int, default=5, help="how often to open it")
    parser.add_argument("--seed", type=int, default=1905, help="of the queries")
    asked = parser.parse_args(arguments)
    if asked.opened:
        print(json.dumps(asdict(open_library(asked.opened, seed=asked.seed))))
        return
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "library"
        indexing = index_folder(asked.essays, place)
        openings = [
            open_in_new_process(place, seed=asked.seed + number) for number in range(asked.openings)
        ]
    print(render(indexing, openings))


if __name__ == "__main__":
    main()
