"""Keep one model for an open assistant: load it, lend it, exchange it for another."""

import contextlib
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

from assistant.errors import AssistantError, ModelError, StoppedError
from assistant.jobs import UNEXPECTED_FAILURE
from assistant.llm import LanguageModel
from assistant.model_setup import (
    ClosableModel,
    ModelFactory,
    ModelState,
    ModelStatus,
    prepare_model,
)
from assistant.models import find_model
from assistant.settings import Settings
from index.errors import RetrievalError

_logger = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class _Held:
    """A loaded model and how many answers use it; a retired one is closed after the last."""

    model: ClosableModel
    settings: Settings
    n_users: int = 0
    is_retired: bool = False


class ModelKeeper:
    """The one model of an open assistant; loaded and exchanged in threads of its own.

    Every method may be called from any thread.
    """

    def __init__(self, settings: Settings, *, model_factory: ModelFactory = prepare_model) -> None:
        """Remember what to load; nothing is loaded before ``start``."""
        self._settings = settings
        self._model_factory = model_factory
        self._changed = threading.Condition()
        self._held: _Held | None = None
        self._loader: threading.Thread | None = None
        self._loading_cancelled = threading.Event()
        self._is_closed = False
        self._status = ModelStatus(
            state=ModelState.STOPPED,
            message="The model is not loaded.",
            fraction=0.0,
            can_retry=True,
        )

    @property
    def name(self) -> str:
        """What is in use or being loaded: a catalogue id, or the path of a GGUF file."""
        with self._changed:
            return self._settings.model

    def start(self) -> None:
        """Begin to find, fetch and load the model in a thread of its own.

        Does nothing while that is under way, once the model is ready, and after ``close``.
        """
        with self._changed:
            if self._loader is None and self._held is None:
                self._begin(self._settings)

    def choose(self, name: str) -> None:
        """Exchange the model for another, which ``start`` loads from then on.

        An answer under way is finished by the model that began it. A load under way is stopped.
        If the other model cannot be had, the one before stays.

        Args:
            name: A catalogue id, or the path of a GGUF file.

        Raises:
            ModelNotFoundError: It is neither.
        """
        find_model(name, models_dir=self._settings.models_dir)
        with self._changed:
            if name == self._settings.model and (self._loader is not None or self._held):
                return
            self._loading_cancelled.set()
            self._begin(replace(self._settings, model=name))

    def stop(self) -> None:
        """Stop a fetch or a load under way; ``start`` begins it again."""
        with self._changed:
            self._loading_cancelled.set()

    def status(self) -> ModelStatus:
        """Return how far the model is."""
        with self._changed:
            return self._status

    @contextlib.contextmanager
    def wait_for(self, cancelled: threading.Event) -> Iterator[LanguageModel]:
        """Wait until the model is ready and lend it; it is not closed before it is given back.

        Raises:
            StoppedError: ``cancelled`` was set, or the assistant was closed.
            ModelError: The model could not be had; the message says why.
        """
        with self._changed:
            while self._held is None or self._loader is not None:
                if cancelled.is_set() or self._is_closed:
                    raise StoppedError("The answer was stopped while it waited for the model.")
                if self._loader is None:
                    raise ModelError(
                        f"There is no model to answer with. {self._status.message} Start it again"
                        " in the sidebar."
                    )
                # A stop sets the event without a word to this condition, hence the short wait.
                self._changed.wait(0.1)
            held = self._held
            held.n_users += 1
        try:
            yield held.model
        finally:
            with self._changed:
                held.n_users -= 1
                is_last = held.is_retired and held.n_users == 0
                self._changed.notify_all()
            if is_last:
                held.model.close()

    def close(self) -> None:
        """End the loading and the model's process, whoever uses it. Can be repeated."""
        with self._changed:
            self._is_closed = True
            self._loading_cancelled.set()
            loader = self._loader
            self._changed.notify_all()
        if loader is not None:
            loader.join(10.0)
        with self._changed:
            held, self._held = self._held, None
        if held is not None:
            held.model.close()

    def _begin(self, settings: Settings) -> None:
        """Start a thread that loads what ``settings`` say; the caller holds the condition."""
        if self._is_closed:
            return
        self._settings = settings
        self._loading_cancelled = threading.Event()
        self._status = ModelStatus(
            state=ModelState.LOADING,
            message="Looking for the model",
            fraction=0.0,
            can_retry=False,
        )
        self._loader = threading.Thread(
            target=self._load,
            args=(settings, self._loading_cancelled, self._loader),
            name="model loader",
            daemon=True,
        )
        self._changed.notify_all()
        self._loader.start()

    def _load(
        self, settings: Settings, cancelled: threading.Event, previous: threading.Thread | None
    ) -> None:
        if previous is not None:
            previous.join()
        model: ClosableModel | None = None
        state, message, can_retry = ModelState.READY, "", False
        try:
            model = self._model_factory(settings, on_status=self._set_status, cancelled=cancelled)
            message = f"{model.name} is ready"
        except StoppedError:
            state, message = ModelState.STOPPED, "The model was stopped before it was ready."
            can_retry = True
        except (AssistantError, RetrievalError) as error:
            state, message, can_retry = ModelState.FAILED, str(error), True
        except Exception:
            _logger.exception("The model could not be prepared.")
            state, message, can_retry = ModelState.FAILED, UNEXPECTED_FAILURE, True
        self._end_load(
            settings,
            model,
            ModelStatus(
                state=state,
                message=message,
                fraction=1.0 if state is ModelState.READY else 0.0,
                can_retry=can_retry,
            ),
        )

    def _end_load(
        self, settings: Settings, model: ClosableModel | None, status: ModelStatus
    ) -> None:
        """Take the model into use, unless another was chosen meanwhile, and say what became."""
        unused = model
        with self._changed:
            if self._loader is threading.current_thread():
                self._loader = None
                before = self._held
                if model is not None and not self._is_closed:
                    self._held = _Held(model=model, settings=settings)
                    unused = _retire(before)
                elif before is not None:
                    self._settings = before.settings
                    status = replace(
                        status,
                        state=ModelState.READY,
                        message=f"{status.message} {before.model.name} stays in use.",
                        fraction=1.0,
                        can_retry=False,
                    )
                self._status = status
            self._changed.notify_all()
        if unused is not None:
            unused.close()

    def _set_status(self, status: ModelStatus) -> None:
        with self._changed:
            self._status = status
            self._changed.notify_all()


def _retire(held: _Held | None) -> ClosableModel | None:
    """Let a model go, and return it if it is to be closed now: no answer uses it."""
    if held is None:
        return None
    held.is_retired = True
    return None if held.n_users else held.model
