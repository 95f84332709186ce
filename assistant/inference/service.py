"""Serve a model to the app: one request at a time, typed messages in and out."""

import os
import queue
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, NoReturn, Protocol

from assistant.errors import ModelError, ModelLoadError, PromptTooLongError, StoppedError
from assistant.inference.engine import Backend, Engine
from assistant.inference.kept_heads import KeptHeads
from assistant.inference.protocol import (
    Cancel,
    Choose,
    Chosen,
    Count,
    Counted,
    Failed,
    Generate,
    Generated,
    Load,
    Loaded,
    Progress,
    Reply,
    Request,
    Stopped,
    Text,
    Warm,
    Warmed,
    WeighOpening,
    decode_request,
    encode,
    read_line,
)
from index.typed_lines import MessageError


class LoadBackend(Protocol):
    """Loads a model."""

    def __call__(
        self,
        path: Path,
        *,
        max_context_tokens: int,
        on_progress: Callable[[float], None],
        is_cancelled: Callable[[], bool],
    ) -> Backend:
        """Return the model of a GGUF file; the context is at most as large as wanted.

        Raises:
            ModelLoadError: It cannot be loaded.
            StoppedError: ``is_cancelled`` said so.
        """


class ModelService:
    """Reads requests, answers them in order, and obeys cancellations at once."""

    def __init__(self, requests: IO[bytes], replies: IO[bytes], *, load: LoadBackend) -> None:
        """Read from ``requests``, write to ``replies``, and load models with ``load``."""
        self._requests = requests
        self._replies = replies
        self._load = load
        self._waiting: queue.SimpleQueue[Request] = queue.SimpleQueue()
        self._current_id = 0
        # Ids grow and requests are answered in order, so one number tells all cancelled ones,
        # and a cancellation that comes too late harms no later request.
        self._cancelled_id = -1
        self._engine: Engine | None = None

    def run(self) -> NoReturn:
        """Answer requests; the process ends when the input does or holds something else."""
        threading.Thread(target=self._read, name="requests", daemon=True).start()
        while True:
            request = self._waiting.get()
            self._current_id = request.id
            try:
                for reply in self._answer(request):
                    self._send(reply)
            except StoppedError:
                self._send(Stopped(id=request.id))
            except PromptTooLongError as error:
                self._send(Failed(id=request.id, reason="prompt_too_long", message=str(error)))
            except ModelLoadError as error:
                self._send(Failed(id=request.id, reason="load", message=str(error)))
            except ModelError as error:
                self._send(Failed(id=request.id, reason="other", message=str(error)))

    def _read(self) -> None:
        status = 1
        try:
            while line := read_line(self._requests):
                request = decode_request(line)
                if isinstance(request, Cancel):
                    self._cancelled_id = max(self._cancelled_id, request.id)
                else:
                    self._waiting.put(request)
            status = 0
        except MessageError as error:
            sys.stderr.write(f"{error}\n")
        finally:
            # The app has gone, perhaps by force, and the main thread may be deep in llama.cpp.
            sys.stderr.flush()
            os._exit(status)

    def _send(self, reply: Reply) -> None:
        self._replies.write(encode(reply))
        self._replies.flush()

    def _is_cancelled(self) -> bool:
        return self._current_id <= self._cancelled_id

    def _answer(self, request: Request) -> Iterator[Reply]:
        def on_progress(fraction: float) -> None:
            self._send(Progress(id=request.id, fraction=fraction))

        if isinstance(request, Load):
            backend = self._load(
                Path(request.path),
                max_context_tokens=request.max_context_tokens,
                on_progress=on_progress,
                is_cancelled=self._is_cancelled,
            )
            heads = (
                KeptHeads(Path(request.heads_dir), model=backend.fingerprint)
                if request.heads_dir
                else None
            )
            self._engine = Engine(backend, is_cancelled=self._is_cancelled, heads=heads)
            yield Loaded(
                id=request.id,
                context_tokens=backend.context_tokens,
                n_parameters=backend.n_parameters,
            )
            return
        if self._engine is None:
            raise ModelError("No model is loaded yet.")
        match request:
            case Warm():
                length = self._engine.warm(request.head, on_progress=on_progress)
                yield Warmed(id=request.id, head_tokens=length)
            case Count():
                yield Counted(id=request.id, counts=self._engine.count_tokens(request.texts))
            case Choose():
                choice = self._engine.choose(
                    request.messages, prefix=request.prefix, texts=request.texts
                )
                yield Chosen(id=request.id, probabilities=choice.probabilities, usage=choice.usage)
            case WeighOpening():
                choice = self._engine.weigh_opening(
                    request.messages, prefix=request.prefix, text=request.text
                )
                yield Chosen(id=request.id, probabilities=choice.probabilities, usage=choice.usage)
            case Generate():
                for piece in self._engine.generate(
                    request.messages,
                    prefix=request.prefix,
                    stop=request.stop,
                    max_tokens=request.max_tokens,
                ):
                    yield Text(id=request.id, text=piece.text, usage=piece.usage)
                yield Generated(id=request.id)
