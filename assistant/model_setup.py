"""From the settings to a model that is ready: find it, fetch it if allowed, load it, warm it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from assistant.errors import ModelNotFoundError
from assistant.llm import LanguageModel
from assistant.settings import Settings


class ModelState(StrEnum):
    """Where a model is on its way to answering."""

    FETCHING = "fetching"
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelStatus:
    """What the reader is told of the model.

    Attributes:
        state: Where it is.
        message: What goes on or went wrong, in words.
        fraction: How much of the step under way is done, 0 to 1.
        can_retry: Whether starting it again makes sense now.
    """

    state: ModelState
    message: str
    fraction: float
    can_retry: bool


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
) -> ClosableModel:
    """Find the model of the settings, fetch it unless offline, load and warm it.

    Raises:
        StoppedError: ``cancelled`` was set.
        ModelError: It cannot be had; the message says what to do.
    """
    raise ModelNotFoundError("The model's process is not written yet.")
