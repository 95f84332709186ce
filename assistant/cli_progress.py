"""How the command line shows on standard error what goes on."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from tqdm import tqdm

from assistant.fetching import FetchProgress
from assistant.model_setup import ModelStatus
from assistant.models import CatalogueModel


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
