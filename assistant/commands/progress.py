"""How the command line shows on standard error what goes on."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import NoReturn

from tqdm import tqdm

from assistant.local_models.fetching import FetchProgress
from assistant.local_models.setup import ModelStatus
from assistant.models import CatalogueModel
from index.reading.steps import FileProgress, Step


def notice(words: str) -> None:
    """Say something in a line of its own, bars notwithstanding."""
    tqdm.write(words, file=sys.stderr)
    sys.stderr.flush()


@contextmanager
def show_reading() -> Iterator[Callable[[int, int], None]]:
    """Show how many of the essays were read, if it takes more than a moment."""
    with tqdm(unit="essay", desc="Reading essays", file=sys.stderr, leave=False, delay=1) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield show


class FilesShown:
    """Shows files on their way into the library, and counts what became of them."""

    def __init__(self, bar: "tqdm[NoReturn]") -> None:
        self._bar = bar
        self._ends: dict[str, Step] = {}

    def note(self, progress: FileProgress) -> None:
        """Show one step: the bar names it, and a file that has come to its end gets a line."""
        self._bar.total = progress.total
        self._bar.set_description_str(f"{progress.name}: {progress.step}", refresh=False)
        self._bar.update(progress.done - self._bar.n)
        if progress.step.is_last:
            self._ends[progress.name] = progress.step
        if progress.step in (Step.DONE, Step.FAILED):
            words = "added" if progress.step is Step.DONE else f"not added, {progress.reason}"
            notice(f"{progress.name}: {words}")

    def count(self, step: Step) -> int:
        """Return how many files ended so."""
        return sum(end is step for end in self._ends.values())


@contextmanager
def show_files() -> Iterator[FilesShown]:
    """Show how files go into the library: a bar, and a line for each that is added or fails."""
    with tqdm(unit="file", file=sys.stderr, leave=False, disable=not sys.stderr.isatty()) as bar:
        yield FilesShown(bar)


@contextmanager
def show_steps() -> Iterator[Callable[[ModelStatus], None]]:
    """Show the steps of making a model ready: one line that changes, or lines in a file."""
    is_terminal = sys.stderr.isatty()
    state = ""
    with tqdm(
        total=100,
        file=sys.stderr,
        leave=False,
        disable=not is_terminal,
        bar_format="{desc} {percentage:3.0f} %",
    ) as bar:

        def show(status: ModelStatus) -> None:
            nonlocal state
            if not is_terminal and status.state != state:
                notice(status.message)
            state = status.state
            bar.set_description_str(status.message, refresh=False)
            bar.update(round(100 * status.fraction) - bar.n)

        yield show


@contextmanager
def show_bytes(model: CatalogueModel) -> Iterator[Callable[[FetchProgress], None]]:
    """Show how far a fetch is: bytes, speed and time left."""
    with tqdm(
        total=model.size_bytes,
        unit="B",
        unit_scale=True,
        desc=model.id,
        file=sys.stderr,
        # A log gets a line now and then, not ten a second.
        mininterval=0.1 if sys.stderr.isatty() else 10,
    ) as bar:

        def show(progress: FetchProgress) -> None:
            bar.set_description_str(f"{model.id}: {progress.source}", refresh=False)
            bar.update(progress.bytes_done - bar.n)

        yield show


@contextmanager
def show_count(total: int, *, unit: str) -> Iterator[Callable[[], None]]:
    """Show how many of ``total`` things are done; each call counts one more."""
    with tqdm(total=total, unit=unit, file=sys.stderr) as bar:

        def count() -> None:
            bar.update()

        yield count


def bars_hidden() -> AbstractContextManager[None]:
    """Take the bars away while something is printed, and draw them again."""
    return tqdm.external_write_mode(file=sys.stderr)
