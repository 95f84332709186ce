"""Keep one model for an open assistant: load it, lend it, exchange it for another."""

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from assistant.errors import (
    AssistantError,
    ModelChangedError,
    ModelError,
    ModelListError,
    ModelMemoryError,
    StoppedError,
)
from assistant.jobs import UNEXPECTED_FAILURE
from assistant.llm import LanguageModel
from assistant.local_models.listing import ModelList
from assistant.local_models.loan import LoanedModel
from assistant.local_models.memory import MachineMemory, estimate_file, read_machine_memory
from assistant.local_models.setup import (
    ClosableModel,
    ModelFactory,
    ModelState,
    ModelStatus,
    Remedy,
    prepare_model,
)
from assistant.local_models.shelf import ModelShelf
from assistant.local_models.stock import full_name
from assistant.models import find_model
from assistant.settings import Settings
from index.errors import RetrievalError

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """What a loader is to load.

    Attributes:
        settings: They name the model.
        is_choice: Whether it is to be remembered for the next start.
        cancelled: Set to stop it.
        previous: The loader that must end first.
    """

    settings: Settings
    is_choice: bool
    cancelled: threading.Event
    previous: threading.Thread | None


class ModelKeeper:
    """The one model of an open assistant; loaded and exchanged in threads of its own.

    Every method may be called from any thread.

    Attributes:
        shelf: All models of this machine, and the work on them.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        model_factory: ModelFactory = prepare_model,
        read_memory: Callable[[], MachineMemory] = read_machine_memory,
    ) -> None:
        """Remember what to load; nothing is loaded before ``start``."""
        self.shelf = ModelShelf(settings, lend=self.wait_for)
        self._settings = settings
        self._loads_any = settings.load_anyway
        self._model_factory = model_factory
        self._read_memory = read_memory
        self._list = ModelList(settings.model_list_path)
        self._changed = threading.Condition()
        self._held: LoanedModel | None = None
        self._loader: threading.Thread | None = None
        self._loading_cancelled = threading.Event()
        self._refusal: tuple[_Order, ModelError] | None = None
        self._is_closed = False
        self._status = ModelStatus(
            state=ModelState.STOPPED,
            message="The model is not loaded.",
            fraction=0.0,
            can_retry=True,
        )

    @property
    def name(self) -> str:
        """What is in use or being loaded: a catalogue id, or the whole path of a GGUF file."""
        with self._changed:
            return full_name(self._settings.model, models_dir=self._settings.models_dir)

    def start(self) -> None:
        """Begin to find, fetch and load the model in a thread of its own.

        Does nothing while that is under way, once the model is ready, and after ``close``.
        """
        with self._changed:
            if self._loader is None and self._held is None:
                self._begin(self._settings)

    def choose(self, name: str) -> None:
        """Exchange the model for another, and remember it for the next start once it is loaded.

        An answer under way is finished by the model that began it. A load under way is stopped.
        If the other model cannot be had, the one before stays, unless it had to make room.

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
            # That one model was to be loaded anyway says nothing of another.
            chosen = replace(self._settings, model=name, load_anyway=self._loads_any)
            self._begin(chosen, is_choice=True)

    def insist(self) -> None:
        """Load the model that was refused all the same; does nothing if none was.

        A file that changed is from then on remembered as it was when it was refused.

        Raises:
            ModelListError: The list of models cannot be read or written.
        """
        with self._changed:
            if self._refusal is None or self._loader is not None:
                return
            order, error = self._refusal
            settings = order.settings
            if isinstance(error, ModelChangedError):
                self._list.add(error.found)
            else:
                settings = replace(settings, load_anyway=True)
            self._begin(settings, is_choice=order.is_choice)

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
            held.take()
        try:
            yield held.model
        finally:
            held.give_back()

    def close(self) -> None:
        """End the loading and the model's process, whoever uses it. Can be repeated."""
        with self._changed:
            self._is_closed = True
            self._loading_cancelled.set()
            loader = self._loader
            self._changed.notify_all()
        self.shelf.close()
        if loader is not None:
            loader.join(10.0)
        with self._changed:
            held, self._held = self._held, None
        if held is not None:
            held.model.close()

    def _begin(self, settings: Settings, *, is_choice: bool = False) -> None:
        """Start a thread that loads what ``settings`` say; the caller holds the condition."""
        if self._is_closed:
            return
        self._settings = settings
        self._refusal = None
        self._loading_cancelled = threading.Event()
        self._status = _loading("Looking for the model")
        order = _Order(
            settings=settings,
            is_choice=is_choice,
            cancelled=self._loading_cancelled,
            previous=self._loader,
        )
        self._loader = threading.Thread(
            target=self._load, args=(order,), name="model loader", daemon=True
        )
        self._changed.notify_all()
        self._loader.start()

    def _load(self, order: _Order) -> None:
        if order.previous is not None:
            order.previous.join()
        model: ClosableModel | None = None
        error: Exception | None = None
        state, message, can_retry = ModelState.READY, "", False
        try:
            model = self._prepare(order)
            message = f"{model.name} is ready"
        except StoppedError:
            state, message = ModelState.STOPPED, "The model was stopped before it was ready."
            can_retry = True
        except (AssistantError, RetrievalError) as caught:
            error = caught
            state, message, can_retry = ModelState.FAILED, str(caught), True
        except Exception:
            _logger.exception("The model could not be prepared.")
            state, message, can_retry = ModelState.FAILED, UNEXPECTED_FAILURE, True
        remedy = _remedy(error)
        status = ModelStatus(
            state=state,
            message=message,
            fraction=1.0 if state is ModelState.READY else 0.0,
            can_retry=can_retry,
            refused=order.settings.model if state is ModelState.FAILED else "",
            remedy=remedy,
        )
        self._end_load(order, model, status, error)

    def _prepare(self, order: _Order) -> ClosableModel:
        """Make the model ready; if memory is short, after the one before was unloaded."""

        def tell(status: ModelStatus) -> None:
            self._set_status(status, order)

        try:
            return self._model_factory(order.settings, on_status=tell, cancelled=order.cancelled)
        except ModelMemoryError as error:
            if not self._make_room(error.needed_bytes, order):
                raise
        return self._model_factory(order.settings, on_status=tell, cancelled=order.cancelled)

    def _make_room(self, needed_bytes: int, order: _Order) -> bool:
        """Unload the model held, once no answer uses it, if that makes room for another.

        Raises:
            StoppedError: The order was cancelled while an answer was awaited.
        """
        held = self._held
        if held is None:
            return False
        located = find_model(held.settings.model, models_dir=held.settings.models_dir)
        freed = estimate_file(located.path).freed
        if needed_bytes > self._read_memory().available + freed:
            return False
        # Questions asked from here on wait for the other model, since its load is under way.
        if held.is_used:
            words = "Waiting for the answer under way, to make room in memory"
            self._set_status(_loading(words), order)
        held.wait_until_unused(order.cancelled)
        with self._changed:
            self._held = None
        held.model.close()
        return True

    def _end_load(
        self,
        order: _Order,
        model: ClosableModel | None,
        status: ModelStatus,
        error: Exception | None,
    ) -> None:
        """Take the model into use, unless another was chosen meanwhile, and say what became."""
        unused = LoanedModel(model, order.settings) if model is not None else None
        with self._changed:
            if self._loader is threading.current_thread():
                self._loader = None
                before = self._held
                if unused is not None and not self._is_closed:
                    self._held, unused = unused, before
                    if order.is_choice:
                        status = replace(status, message=status.message + self._remember(order))
                elif before is not None:
                    self._settings = before.settings
                    status = replace(
                        status,
                        state=ModelState.READY,
                        message=f"{status.message} {before.model.name} stays in use.",
                        fraction=1.0,
                        can_retry=False,
                    )
                if isinstance(error, ModelError) and status.remedy is not None:
                    self._refusal = (order, error)
                self._status = status
            self._changed.notify_all()
        if unused is not None:
            unused.retire()

    def _remember(self, order: _Order) -> str:
        """Remember a choice for the next start; return what to add if that fails."""
        try:
            self._list.choose(order.settings.model)
        except ModelListError as error:
            return f", but not remembered for the next start. {error}"
        return ""

    def _set_status(self, status: ModelStatus, order: _Order) -> None:
        with self._changed:
            if order.cancelled is self._loading_cancelled:
                self._status = status
            self._changed.notify_all()


def _loading(message: str) -> ModelStatus:
    return ModelStatus(state=ModelState.LOADING, message=message, fraction=0.0, can_retry=False)


def _remedy(error: Exception | None) -> Remedy | None:
    """Return what lets a model be loaded that was refused with this error."""
    match error:
        case ModelMemoryError():
            return Remedy.LOAD_ANYWAY
        case ModelChangedError():
            return Remedy.ACCEPT_FILE
        case _:
            return None
