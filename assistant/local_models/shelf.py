"""Work on the models of this machine: fetch, add, measure, remove; one piece at a time."""

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from assistant.errors import AssistantError, ModelError, ModelNotFoundError, StoppedError
from assistant.jobs import UNEXPECTED_FAILURE
from assistant.llm import LanguageModel
from assistant.local_models.digests import record_file
from assistant.local_models.fetching import FetchProgress, default_sources, fetch_model
from assistant.local_models.listing import ModelList
from assistant.local_models.setup import describe_fetch
from assistant.local_models.speed import measure_speed
from assistant.local_models.stock import StockedModel, delete_model, remove_model, stock_models
from assistant.models import CatalogueModel, find_model
from assistant.prompting import PromptBook
from assistant.settings import Settings

_logger = logging.getLogger(__name__)

Lend = Callable[[threading.Event], AbstractContextManager[LanguageModel]]
"""Lends the loaded model until the context is left; waits for it until the event is set."""
Tell = Callable[[str, float], None]
"""Takes what goes on, in words, and how much is done, 0 to 1."""


class WorkState(StrEnum):
    """What has become of the last piece of work."""

    NONE = "none"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelWork:
    """The last piece of work.

    Attributes:
        model: What it is about: an id or a path.
        state: What has become of it.
        message: What goes on, or came out, or went wrong, in words.
        fraction: How much is done, 0 to 1.
    """

    model: str = ""
    state: WorkState = WorkState.NONE
    message: str = ""
    fraction: float = 0.0

    @property
    def is_running(self) -> bool:
        """Whether it is under way."""
        return self.state is WorkState.RUNNING


class ModelShelf:
    """The models of a reader.

    Every method may be called from any thread. Those that begin work return at once; ``work``
    tells what becomes of it.
    """

    def __init__(self, settings: Settings, *, lend: Lend) -> None:
        """Take the settings, and how to borrow the model that is loaded."""
        self._settings = settings
        self._list = ModelList(settings.model_list_path)
        self._lend = lend
        self._guard = threading.Lock()
        self._work = ModelWork()
        self._thread: threading.Thread | None = None
        self._cancelled = threading.Event()
        self._is_closed = False

    @property
    def is_offline(self) -> bool:
        """Whether nothing can be fetched."""
        return self._settings.is_offline

    def stock(self, *, in_use: str) -> tuple[StockedModel, ...]:
        """Return all models, ``in_use`` among them; see ``stock_models``.

        Raises:
            ModelListError: The list of models cannot be read.
        """
        return stock_models(self._settings, in_use=in_use)

    def work(self) -> ModelWork:
        """Return the last piece of work."""
        with self._guard:
            return self._work

    def stop(self) -> None:
        """Stop the work under way; a fetch goes on from there when it is begun again."""
        self._cancelled.set()

    def close(self) -> None:
        """Stop the work under way and wait for its end. Can be repeated."""
        with self._guard:
            self._is_closed = True
            thread = self._thread
        self.stop()
        if thread is not None:
            thread.join(10.0)

    def fetch(self, name: str) -> None:
        """Begin to fetch a model of the catalogue, or to go on with that.

        Raises:
            ModelNotFoundError: There is no such model in the catalogue.
            ModelError: Other work is under way, or the network must not be used.
        """
        model = self._find_in_catalogue(name)
        if self._settings.is_offline:
            raise ModelError(
                f"{name!r} cannot be fetched: the assistant was started with --offline. Start it"
                " without that, or fetch with 'assistant models fetch'."
            )

        def run(cancelled: threading.Event, tell: Tell) -> str:
            def show(progress: FetchProgress) -> None:
                tell(describe_fetch(model, progress), progress.bytes_done / progress.bytes_total)

            result = fetch_model(
                model,
                models_dir=self._settings.models_dir,
                on_progress=show,
                cancelled=cancelled,
                sources=default_sources(self._settings.hub_url),
            )
            return f"{name} is here and verified; it came from {result.source}."

        self._begin(name, "Beginning", run, stopped="Stopped. Fetch it again to go on from there.")

    def add(self, path: str) -> None:
        """Begin to add a GGUF file: its header is read, and its digest taken and remembered.

        Args:
            path: Where it lies; ``~`` stands for the reader's home.

        Raises:
            ModelNotFoundError: There is no such file.
            ModelError: Other work is under way.
        """
        where = Path(path.strip().strip("\"'")).expanduser().absolute()
        if not path.strip() or not where.is_file():
            raise ModelNotFoundError(
                f"There is no file {path.strip()!r}; give the whole path of a GGUF file on this"
                " machine."
            )

        def run(cancelled: threading.Event, tell: Tell) -> str:
            size = max(1, where.stat().st_size)
            added = record_file(
                where,
                cancelled=cancelled,
                on_read=lambda n_bytes: tell("Taking the file's digest", n_bytes / size),
            )
            self._list.add(added)
            return f"{where.name} was added."

        self._begin(str(where), "Reading the file's header", run, stopped="Stopped; not added.")

    def measure(self, name: str) -> None:
        """Begin to measure the speed of the model that is loaded.

        Args:
            name: Its id or path, under which the speed is remembered.

        Raises:
            ModelError: Other work is under way.
        """

        def run(cancelled: threading.Event, tell: Tell) -> str:
            with self._lend(cancelled) as model:
                speed = measure_speed(
                    model,
                    PromptBook().render_head(),
                    cancelled=cancelled,
                    on_progress=lambda fraction: tell("Measuring, about ten seconds", fraction),
                )
            self._list.keep_speed(name, speed)
            return ""

        self._begin(name, "Waiting for the model", run, stopped="Stopped before it was measured.")

    def remove(self, name: str) -> None:
        """Take a model that was added off the list; its file is not touched.

        Raises:
            ModelNotFoundError: No such model was added.
            ModelListError: The list of models cannot be read or written.
        """
        remove_model(self._settings, name)

    def delete(self, name: str) -> None:
        """Delete the file of a model of the catalogue; it can be fetched again.

        Raises:
            ModelNotFoundError: There is no such model in the catalogue, or it is not here.
            ModelError: It is being fetched, or its file cannot be deleted.
        """
        if self.work().is_running and self.work().model == name:
            raise ModelError(f"{name!r} is being fetched; stop that first.")
        delete_model(self._settings, name)

    def _find_in_catalogue(self, name: str) -> CatalogueModel:
        model = find_model(name, models_dir=self._settings.models_dir).model
        if model is None:
            raise ModelNotFoundError(f"{name!r} is a file, and no model of the catalogue.")
        return model

    def _begin(
        self, name: str, message: str, run: Callable[[threading.Event, Tell], str], *, stopped: str
    ) -> None:
        """Run work in a thread; ``run`` returns what came out of it, in words."""

        def tell(words: str, fraction: float) -> None:
            with self._guard:
                self._work = replace(
                    self._work, message=words, fraction=min(1.0, max(0.0, fraction))
                )

        def work(cancelled: threading.Event) -> None:
            state, words = WorkState.DONE, ""
            try:
                words = run(cancelled, tell)
            except StoppedError:
                state, words = WorkState.STOPPED, stopped
            except AssistantError as error:
                state, words = WorkState.FAILED, str(error)
            except Exception:
                _logger.exception("Work on a model failed.")
                state, words = WorkState.FAILED, UNEXPECTED_FAILURE
            with self._guard:
                self._work = ModelWork(model=name, state=state, message=words)

        with self._guard:
            if self._is_closed:
                return
            if self._work.is_running:
                raise ModelError(
                    f"Work on {Path(self._work.model).name!r} is still under way; wait or stop it."
                )
            self._cancelled = threading.Event()
            self._work = ModelWork(model=name, state=WorkState.RUNNING, message=message)
            self._thread = threading.Thread(
                target=work, args=(self._cancelled,), name="model work", daemon=True
            )
            self._thread.start()
