"""A language model that runs in a process of its own.

A bad model file can abort llama.cpp and a big one can exhaust memory: then that process ends,
the app says what happened, and the next request starts it again.
"""

import contextlib
import math
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from assistant.errors import (
    ModelCrashError,
    ModelError,
    ModelLoadError,
    StoppedError,
)
from assistant.inference.child import STARTED_AGAIN, WORKER_COMMAND, ModelChild
from assistant.inference.protocol import (
    Choose,
    Chosen,
    Count,
    Counted,
    Generate,
    Generated,
    Load,
    Loaded,
    Progress,
    Reply,
    Request,
    Text,
    Warm,
    Warmed,
    WeighOpening,
)
from assistant.llm import Choice, Message, Piece

MAX_CONTEXT_TOKENS = 3072
"""Room for a prompt with its demonstrations, evidence and history, and for the answer."""

OnProgress = Callable[[float, str], None]
"""Told how much is done, 0 to 1, and what goes on, in words."""

_POLL_S = 0.02

_LOADING = "Loading the model"
_WARMING = "Reading the instructions"
_CLOSED = "The model was closed; start the assistant again."

Wanted = TypeVar("Wanted", bound=Reply)


class ModelProcess:
    """A GGUF model in a child process; implements ``LanguageModel``.

    Every method may be called from any thread: requests take turns. A generation has its turn
    from the first piece until its iterator ends or is closed.
    """

    def __init__(
        self,
        path: Path,
        *,
        name: str = "",
        max_context_tokens: int = MAX_CONTEXT_TOKENS,
        heads_dir: Path | None = None,
        command: Sequence[str] = WORKER_COMMAND,
    ) -> None:
        """Prepare a process; it starts with ``start`` or the first request.

        Args:
            path: The GGUF file.
            name: The catalogue id; the file's name if empty.
            max_context_tokens: The most tokens of a prompt and its answer together; the model's
                own limit counts if it is lower.
            heads_dir: Where the heads that were warmed are kept, so that the next start need not
                evaluate them again; ``None`` for nowhere.
            command: What to run; it speaks ``llm_protocol``.
        """
        self.name = name or path.name
        self._path = path.absolute()
        self._max_context_tokens = max_context_tokens
        self._heads_dir = heads_dir
        self._command = tuple(command)
        self._turn = threading.Lock()
        self._turn_owner = 0
        self._child: ModelChild | None = None
        self._is_closed = False
        self._heads: list[tuple[Message, ...]] = []
        self._last_id = 0
        self._n_parameters = 0

    @property
    def n_parameters(self) -> int:
        """How many weights the model has; 0 as long as it was not loaded."""
        return self._n_parameters

    def start(
        self, *, on_progress: OnProgress = lambda fraction, words: None, cancelled: threading.Event
    ) -> None:
        """Load the model, unless it is loaded.

        Raises:
            StoppedError: ``cancelled`` was set.
            ModelLoadError: The file is no model that can be loaded, or memory is short.
        """
        with self._my_turn(cancelled):
            self._ready_child(cancelled, on_progress)

    def warm(
        self,
        head: Sequence[Message],
        *,
        on_progress: OnProgress = lambda fraction, words: None,
        cancelled: threading.Event,
    ) -> int:
        """Evaluate what many prompts begin with, so that none of them has to.

        The heads of three different prompts are held at the same time; they are evaluated again
        when the process had to be started again.

        Args:
            head: The messages that these prompts begin with; the last content may be only the
                beginning of theirs.
            on_progress: Told how far this is.
            cancelled: Ends this when set.

        Returns:
            The tokens of the head.

        Raises:
            StoppedError: ``cancelled`` was set.
            ModelError: The model failed.
        """
        with self._my_turn(cancelled):
            child = self._ready_child(cancelled, on_progress)
            length = self._warm(child, tuple(head), cancelled, on_progress)
            if tuple(head) not in self._heads:
                self._heads.append(tuple(head))
            return length

    def count_tokens(self, texts: Sequence[str]) -> tuple[int, ...]:
        """Return the number of tokens of each text, without special ones.

        Raises:
            ModelError: The model failed.
        """
        never = threading.Event()
        with self._my_turn(never):
            child = self._ready_child(never)
            request = Count(id=self._next_id(), texts=tuple(texts))
            counted = self._last_reply(child, request, Counted, never)
            if len(counted.counts) != len(texts):
                raise child.refuse(counted)
            return counted.counts

    def choose(
        self,
        messages: Sequence[Message],
        *,
        prefix: str,
        texts: Sequence[str],
        cancelled: threading.Event,
    ) -> Choice:
        """Weigh ``texts`` as continuations of an assistant's turn that starts with ``prefix``.

        Raises:
            StoppedError: ``cancelled`` was set.
            ModelError: The model failed.
        """
        with self._my_turn(cancelled):
            child = self._ready_child(cancelled)
            request = Choose(
                id=self._next_id(), messages=tuple(messages), prefix=prefix, texts=tuple(texts)
            )
            chosen = self._last_reply(child, request, Chosen, cancelled)
            total = math.fsum(chosen.probabilities)
            if len(chosen.probabilities) != len(texts) or (texts and abs(total - 1) > 1e-6):
                raise child.refuse(chosen)
            return Choice(probabilities=chosen.probabilities, usage=chosen.usage)

    def weigh_opening(
        self, messages: Sequence[Message], *, prefix: str, text: str, cancelled: threading.Event
    ) -> Choice:
        """Weigh how a free continuation begins; see ``LanguageModel.weigh_opening``.

        Raises:
            StoppedError: ``cancelled`` was set.
            ModelError: The model failed.
        """
        with self._my_turn(cancelled):
            child = self._ready_child(cancelled)
            request = WeighOpening(
                id=self._next_id(), messages=tuple(messages), prefix=prefix, text=text
            )
            weighed = self._last_reply(child, request, Chosen, cancelled)
            if len(weighed.probabilities) != 1 or not 0 <= weighed.probabilities[0] <= 1 + 1e-6:
                raise child.refuse(weighed)
            return Choice(probabilities=weighed.probabilities, usage=weighed.usage)

    def generate(
        self,
        messages: Sequence[Message],
        *,
        prefix: str,
        stop: Sequence[str],
        max_tokens: int,
        cancelled: threading.Event,
    ) -> Iterator[Piece]:
        """Continue an assistant's turn that starts with ``prefix``, greedily.

        A prefix should not end in white space: models begin a word with the space before it.

        Raises:
            StoppedError: ``cancelled`` was set.
            ModelError: The model failed.
        """
        with self._my_turn(cancelled):
            child = self._ready_child(cancelled)
            request = Generate(
                id=self._next_id(),
                messages=tuple(messages),
                prefix=prefix,
                stop=tuple(stop),
                max_tokens=max_tokens,
            )
            for reply in child.ask(request, cancelled):
                if isinstance(reply, Generated):
                    return
                if not isinstance(reply, Text):
                    raise child.refuse(reply)
                yield Piece(text=reply.text, usage=reply.usage)

    def close(self) -> None:
        """End the process, whatever it is doing; can be repeated."""
        self._is_closed = True
        if self._child is not None:
            self._child.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @contextlib.contextmanager
    def _my_turn(self, cancelled: threading.Event) -> Iterator[None]:
        """Wait until no other request is under way."""
        me = threading.get_ident()
        while not self._turn.acquire(timeout=_POLL_S):
            if self._turn_owner == me:
                raise ModelError(
                    "A generation in this thread is not over; use up or close its iterator first."
                )
            if cancelled.is_set():
                raise StoppedError("The request was stopped while it waited for the model.")
        self._turn_owner = me
        try:
            if cancelled.is_set():
                raise StoppedError("The request was stopped.")
            yield
        except (ModelCrashError, ModelLoadError) as error:
            if self._is_closed:
                raise ModelError(_CLOSED) from error
            raise
        finally:
            self._turn_owner = 0
            self._turn.release()

    def _ready_child(
        self,
        cancelled: threading.Event,
        on_progress: OnProgress = lambda fraction, words: None,
    ) -> ModelChild:
        """Return a process that has the model loaded; started if there is none."""
        if self._child is not None and self._child.is_usable and not self._is_closed:
            return self._child
        if self._child is not None:
            self._child.end()
            self._child = None
        if self._is_closed:
            raise ModelError(_CLOSED)
        child = ModelChild(self._command)
        self._child = child
        try:
            if self._is_closed:  # closed while it started: ``close`` saw no process
                raise ModelError(_CLOSED)
            self._load(child, cancelled, on_progress)
            for head in self._heads:
                self._warm(child, head, cancelled, on_progress)
        except BaseException:
            child.kill()
            raise
        return child

    def _load(self, child: ModelChild, cancelled: threading.Event, on_progress: OnProgress) -> None:
        request = Load(
            id=self._next_id(),
            path=str(self._path),
            max_context_tokens=self._max_context_tokens,
            heads_dir=str(self._heads_dir.absolute()) if self._heads_dir else "",
        )
        on_progress(0.0, _LOADING)
        try:
            loaded = self._last_reply(
                child, request, Loaded, cancelled, lambda share: on_progress(share, _LOADING)
            )
        except ModelCrashError as error:
            raise ModelLoadError(
                f"The model {self._path.name!r} cannot be loaded."
                f" {str(error).removesuffix(STARTED_AGAIN)} The file may be damaged"
                " or need more memory than there is; check it with 'assistant models check' or"
                " choose another with --model."
            ) from error
        self._n_parameters = loaded.n_parameters
        on_progress(1.0, _LOADING)

    def _warm(
        self,
        child: ModelChild,
        head: tuple[Message, ...],
        cancelled: threading.Event,
        on_progress: OnProgress,
    ) -> int:
        request = Warm(id=self._next_id(), head=head)
        warmed = self._last_reply(
            child, request, Warmed, cancelled, lambda share: on_progress(share, _WARMING)
        )
        return warmed.head_tokens

    def _last_reply(
        self,
        child: ModelChild,
        request: Request,
        wanted: type[Wanted],
        cancelled: threading.Event,
        on_progress: Callable[[float], None] = lambda share: None,
    ) -> Wanted:
        for reply in child.ask(request, cancelled):
            if isinstance(reply, Progress):
                on_progress(reply.fraction)
            elif isinstance(reply, wanted):
                return reply
            else:
                raise child.refuse(reply)
        raise ModelError("The model did not answer.")

    def _next_id(self) -> int:
        self._last_id += 1
        return self._last_id
