"""From the settings to a model that is ready: find it, fetch it if allowed, load it, warm it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from assistant.errors import ModelNotFoundError
from assistant.inference.process import ModelProcess
from assistant.llm import LanguageModel
from assistant.local_models.digests import require_unchanged
from assistant.local_models.fetching import FetchProgress, default_sources, fetch_model
from assistant.local_models.listing import ModelList
from assistant.local_models.memory import estimate_file, read_machine_memory, require_memory
from assistant.models import CatalogueModel, find_fault, find_model, write_stamp
from assistant.prompting import PromptBook
from assistant.settings import Settings


class ModelState(StrEnum):
    """Where a model is on its way to answering."""

    FETCHING = "fetching"
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"
    STOPPED = "stopped"


class Remedy(StrEnum):
    """What the reader can say to a model that was refused; the value is shown."""

    LOAD_ANYWAY = "Load it anyway"
    ACCEPT_FILE = "Use it as it is now"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelStatus:
    """What the reader is told of the model.

    Attributes:
        state: Where it is.
        message: What goes on or went wrong, in words.
        fraction: How much of the step under way is done, 0 to 1.
        can_retry: Whether starting it again makes sense now.
        refused: The model that could not be had, by id or path, also where the one before stays
            in use; empty if there is none.
        remedy: What lets it be loaded all the same; ``None`` if nothing does.
    """

    state: ModelState
    message: str
    fraction: float
    can_retry: bool
    refused: str = ""
    remedy: Remedy | None = None


class ClosableModel(LanguageModel, Protocol):
    """A model whose process can be ended."""

    def close(self) -> None:
        """End the model's process; can be repeated."""


class ModelFactory(Protocol):
    """Makes a model ready, in the caller's thread."""

    def __call__(
        self,
        settings: Settings,
        *,
        on_status: Callable[[ModelStatus], None],
        cancelled: threading.Event,
    ) -> ClosableModel:
        """Return the model, warm.

        Raises:
            StoppedError: ``cancelled`` was set.
            ModelError: It cannot be had; the message says what to do.
        """


def prepare_model(
    settings: Settings,
    *,
    on_status: Callable[[ModelStatus], None],
    cancelled: threading.Event,
) -> ModelProcess:
    """Find the model of the settings, fetch it unless offline, load and warm it.

    The caller closes it.

    Raises:
        StoppedError: ``cancelled`` was set.
        ModelMemoryError: The machine lacks the memory, and the settings do not say to load the
            model anyway; nothing was loaded.
        ModelChangedError: The file is not the one that was added; nothing was loaded.
        ModelError: It cannot be had; the message says what to do.
        PromptError: The prompts it is to be warmed with are not whole.
    """

    def show_load(fraction: float, words: str) -> None:
        on_status(_under_way(ModelState.LOADING, words, fraction))

    path, name = locate_model(settings, on_status=on_status, cancelled=cancelled)
    head = PromptBook().render_head()
    if not settings.load_anyway:
        require_memory(name, estimate_file(path), read_machine_memory())
    model = ModelProcess(path, name=name, heads_dir=settings.heads_dir)
    try:
        model.start(on_progress=show_load, cancelled=cancelled)
        model.warm(head, on_progress=show_load, cancelled=cancelled)
    except BaseException:
        model.close()
        raise
    return model


def locate_model(
    settings: Settings,
    *,
    on_status: Callable[[ModelStatus], None],
    cancelled: threading.Event,
) -> tuple[Path, str]:
    """Return the file of the settings' model and its name; fetch it if need be and allowed.

    A file of the catalogue is used only after its digest agreed once, one that was added by its
    path only if it is still the one that was added.

    Raises:
        StoppedError: ``cancelled`` was set.
        ModelChangedError: The file is not the one that was added.
        ModelError: It cannot be had; the message says what to do.
    """
    located = find_model(settings.model, models_dir=settings.models_dir)
    model = located.model
    if model is None:
        _check_added(settings, located.path, on_status=on_status, cancelled=cancelled)
        return located.path, located.id
    if located.is_verified:
        return located.path, located.id
    if settings.is_offline:
        _verify_offline(model, located.path, on_status=on_status, cancelled=cancelled)
        return located.path, located.id

    def show_fetch(progress: FetchProgress) -> None:
        on_status(
            _under_way(
                ModelState.FETCHING,
                describe_fetch(model, progress),
                progress.bytes_done / progress.bytes_total,
            )
        )

    fetched = fetch_model(
        model,
        models_dir=settings.models_dir,
        on_progress=show_fetch,
        cancelled=cancelled,
        sources=default_sources(settings.hub_url),
    )
    return fetched.path, located.id


def describe_fetch(model: CatalogueModel, progress: FetchProgress) -> str:
    """Say in one sentence how far a fetch is."""
    amount = f"{progress.bytes_done / 1e6:,.0f} of {progress.bytes_total / 1e6:,.0f} MB"
    parts = [f"{model.id}: {progress.source}", amount]
    if progress.bytes_per_s > 0:
        parts.append(f"{progress.bytes_per_s / 1e6:,.1f} MB/s")
    if progress.seconds_left is not None:
        minutes, seconds = divmod(round(progress.seconds_left), 60)
        parts.append(f"{minutes} min {seconds} s left" if minutes else f"{seconds} s left")
    return ", ".join(parts)


def _check_added(
    settings: Settings,
    path: Path,
    *,
    on_status: Callable[[ModelStatus], None],
    cancelled: threading.Event,
) -> None:
    """Check that a file is still the one that was added; any other is used as it is."""
    model_list = ModelList(settings.model_list_path)
    added = model_list.find(path)
    if added is None:
        return

    def show_check(n_bytes: int) -> None:
        on_status(
            _under_way(
                ModelState.LOADING, "Checking the model's file", n_bytes / max(1, added.size_bytes)
            )
        )

    seen = require_unchanged(added, cancelled=cancelled, on_read=show_check)
    if seen != added:
        # The same bytes with another time: the next start need not read them again.
        model_list.add(seen)


def _verify_offline(
    model: CatalogueModel,
    path: Path,
    *,
    on_status: Callable[[ModelStatus], None],
    cancelled: threading.Event,
) -> None:
    """Read the file whole and compare its digest, once.

    Raises:
        StoppedError: ``cancelled`` was set.
        ModelNotFoundError: The file is not there or is not the model.
    """

    def show_check(n_bytes: int) -> None:
        on_status(
            _under_way(ModelState.LOADING, "Checking the model's file", n_bytes / model.size_bytes)
        )

    what_next = (
        f"The network is not used with --offline: fetch it once with 'assistant models fetch"
        f" {model.id}', or give the path of a GGUF file with --model."
    )
    if not path.is_file():
        raise ModelNotFoundError(f"The model {model.id!r} is not on this machine. {what_next}")
    try:
        fault = find_fault(path, model, cancelled=cancelled, on_read=show_check)
    except OSError as error:
        fault = f"it cannot be read ({error.strerror})"
    if fault:
        raise ModelNotFoundError(f"{str(path)!r} is not {model.id!r}: {fault}. {what_next}")
    write_stamp(path, model)


def _under_way(state: ModelState, message: str, fraction: float) -> ModelStatus:
    return ModelStatus(
        state=state, message=message, fraction=min(1.0, max(0.0, fraction)), can_retry=False
    )
