"""The model's process: llama.cpp behind typed messages.

Run as ``python -m assistant.llm_worker`` by ``ModelProcess``; it ends when its standard input
does, so it never outlives the app. The C functions are called directly: the wrapper class of
llama-cpp-python neither reports how far a load is, nor keeps several sequences, nor can it be
interrupted while it reads a prompt.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jinja2
import llama_cpp
import numpy as np
import numpy.typing as npt
import psutil
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from assistant.errors import ModelError, ModelLoadError, StoppedError
from assistant.inference.chat_template import TemplateError
from assistant.inference.engine import N_BATCH, N_SLOTS, Logits
from assistant.inference.service import ModelService
from assistant.llm import Message

_ABORTED = 2
"""What ``llama_decode`` returns when its abort callback said so."""
_GGML_LOG_LEVEL_ERROR = 4
_TEMPLATE_ERRORS = (
    jinja2.TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What a template, a program by a stranger, can fail with."""


class LlamaBackend:
    """A model and its memory in llama.cpp; implements ``llm_engine.Backend``."""

    def __init__(
        self,
        path: Path,
        *,
        max_context_tokens: int,
        on_progress: Callable[[float], None],
        is_cancelled: Callable[[], bool],
    ) -> None:
        """Load a GGUF file.

        Raises:
            ModelLoadError: llama.cpp cannot load it.
            StoppedError: The load was cancelled.
        """
        self._is_cancelled = is_cancelled
        errors: list[str] = []
        # ctypes keeps no reference to a callback: each is an attribute as long as it may be
        # called.
        self._on_log = llama_cpp.llama_log_callback(_log_to(errors))
        llama_cpp.llama_log_set(self._on_log, ctypes.c_void_p())
        llama_cpp.llama_backend_init()

        def on_load(fraction: float, _user: object) -> bool:
            on_progress(min(max(fraction, 0.0), 1.0))
            return not is_cancelled()

        self._on_load = llama_cpp.llama_progress_callback(on_load)
        params = llama_cpp.llama_model_default_params()
        params.n_gpu_layers = 0
        # Weights in an order made for the processor would be a second copy of most of them, take
        # longer to load, and read prompts no faster; see tests/benchmarks/repacking.py.
        params.use_extra_bufts = False
        params.progress_callback = self._on_load
        try:
            file = path.resolve(strict=True)
            stat = file.stat()
        except OSError as error:
            raise ModelLoadError(
                f"The model file {str(path)!r} is not there, or cannot be read: {error.strerror}."
            ) from error
        if not file.is_file():
            raise ModelLoadError(f"{str(path)!r} is no file; give the path of a GGUF file.")
        self._model = llama_cpp.llama_model_load_from_file(os.fsencode(path), params)
        if not self._model:
            if is_cancelled():
                raise StoppedError("Loading the model was stopped.")
            raise ModelLoadError(_cannot_load(path, errors))
        self._vocab = llama_cpp.llama_model_get_vocab(self._model)
        self._n_vocab = llama_cpp.llama_vocab_n_tokens(self._vocab)
        if not llama_cpp.llama_model_has_decoder(self._model) or self._n_vocab <= 0:
            raise ModelLoadError(
                f"The model in {path.name!r} cannot write text; use a GGUF file of a chat model."
            )
        self.n_slots = N_SLOTS
        self.n_parameters = int(llama_cpp.llama_model_n_params(self._model))
        trained = llama_cpp.llama_model_n_ctx_train(self._model)
        self.context_tokens = (
            min(max_context_tokens, trained) if trained > 0 else max_context_tokens
        )
        self._open_context(path, errors)
        # The context's kinds of memory are not named here: llama.cpp checks them itself.
        parts = (file, stat.st_size, stat.st_mtime_ns, self.context_tokens, N_BATCH)
        self.fingerprint = f"{parts} {_identify_llama()}"
        bos = llama_cpp.llama_vocab_bos(self._vocab)
        self.start_token = (
            bos if bos >= 0 and llama_cpp.llama_vocab_get_add_bos(self._vocab) else None
        )
        self.end_tokens = tuple(
            token
            for token in range(self._n_vocab)
            if llama_cpp.llama_vocab_is_eog(self._vocab, token)
        )
        self._formatter = self._load_formatter()

    def _open_context(self, path: Path, errors: list[str]) -> None:
        params = llama_cpp.llama_context_default_params()
        # Each slot has a memory of its own: what the others hold then costs no time.
        params.n_seq_max = self.n_slots
        params.kv_unified = False
        params.n_ctx = self.n_slots * self.context_tokens
        params.n_batch = params.n_ubatch = N_BATCH
        params.n_threads = params.n_threads_batch = usable_cores()
        params.swa_full = True  # A sliding window could not be cut back.
        self._context = llama_cpp.llama_init_from_model(self._model, params)
        if not self._context:
            raise ModelLoadError(_cannot_load(path, errors))
        self._memory = llama_cpp.llama_get_memory(self._context)
        # Between the operations of a forward pass llama.cpp asks whether to go on. Python is
        # too slow to be asked for each generated token, so it is only while a prompt is read.
        self._on_abort = llama_cpp.ggml_abort_callback(lambda _user: self._is_cancelled())
        self._no_abort = llama_cpp.ggml_abort_callback()
        self._batch = llama_cpp.llama_batch_init(N_BATCH, 0, 1)

    def _load_formatter(self) -> Jinja2ChatFormatter | None:
        template = llama_cpp.llama_model_chat_template(self._model, None)
        if not template:
            return None

        def text(token: int) -> str:
            if token < 0:
                return ""
            return str(
                llama_cpp.llama_vocab_get_text(self._vocab, token).decode("utf-8", "replace")
            )

        try:
            return Jinja2ChatFormatter(
                template=template.decode("utf-8", "replace"),
                bos_token=text(llama_cpp.llama_vocab_bos(self._vocab)),
                eos_token=text(llama_cpp.llama_vocab_eos(self._vocab)),
            )
        except _TEMPLATE_ERRORS as error:
            sys.stderr.write(f"The chat template of the model cannot be parsed: {error}\n")
            return None

    def format_chat(self, messages: Sequence[Message]) -> str:
        if self._formatter is None:
            raise TemplateError("The model has no chat template that can be parsed.")
        turns: list[Any] = [{"role": turn.role, "content": turn.content} for turn in messages]
        try:
            return str(self._formatter(messages=turns).prompt)
        except _TEMPLATE_ERRORS as error:
            raise TemplateError(f"The chat template fails: {error}") from error

    def tokenize(self, text: str, *, is_markup: bool) -> list[int]:
        encoded = text.encode("utf-8", "replace")
        # A token stands for at least one byte, save one that a tokeniser may put in front.
        room = len(encoded) + 2
        tokens = (llama_cpp.llama_token * room)()
        count = llama_cpp.llama_tokenize(
            self._vocab, encoded, len(encoded), tokens, room, False, is_markup
        )
        if count < 0:
            raise ModelError(f"The model cannot read the text {text[:40]!r}.")
        return list(tokens[:count])

    def text_of(self, token: int) -> bytes:
        room = 64
        while True:
            piece = ctypes.create_string_buffer(room)
            length = llama_cpp.llama_token_to_piece(self._vocab, token, piece, room, 0, False)
            if length >= 0:
                return piece.raw[:length]
            room = -length

    def truncate(self, slot: int, length: int) -> int:
        if llama_cpp.llama_memory_seq_rm(self._memory, slot, length, -1):
            return length
        # A recurrent model cannot forget its last tokens only.
        llama_cpp.llama_memory_seq_rm(self._memory, slot, -1, -1)
        return 0

    def run(self, slot: int, start: int, tokens: Sequence[int]) -> Logits:
        batch = self._batch
        batch.n_tokens = len(tokens)
        for place, token in enumerate(tokens):
            batch.token[place] = token
            batch.pos[place] = start + place
            batch.n_seq_id[place] = 1
            batch.seq_id[place][0] = slot
            batch.logits[place] = place == len(tokens) - 1
        on_abort = self._on_abort if len(tokens) > 1 else self._no_abort
        llama_cpp.llama_set_abort_callback(self._context, on_abort, ctypes.c_void_p())
        status = llama_cpp.llama_decode(self._context, batch)
        if status == 0:
            logits = llama_cpp.llama_get_logits_ith(self._context, -1)
            return np.ctypeslib.as_array(logits, shape=(self._n_vocab,)).copy()
        if self.truncate(slot, start) != start:
            raise ModelError("The model lost what it had read; ask again.")
        if status == _ABORTED:
            raise StoppedError("The request was stopped.")
        raise ModelError(f"The model cannot evaluate the prompt (llama.cpp says {status}).")

    def save(self, slot: int) -> memoryview:
        if llama_cpp.llama_model_n_swa(self._model) > 0:
            # llama.cpp leaves out what lies before the sliding window, so that what is restored
            # could not be cut back.
            return memoryview(b"")
        size = llama_cpp.llama_state_seq_get_size(self._context, slot)
        state = np.empty(size, dtype=np.uint8)
        n_written = llama_cpp.llama_state_seq_get_data(self._context, _bytes_of(state), size, slot)
        return state.data[:n_written]

    def restore(self, slot: int, state: memoryview) -> bool:
        source = _bytes_of(np.frombuffer(state, dtype=np.uint8))
        size = len(state)
        if llama_cpp.llama_state_seq_set_data(self._context, source, size, slot) == size:
            return True
        self.truncate(slot, 0)
        return False


def _identify_llama() -> str:
    """Tell the installed llama.cpp, which has no version of its own, and the processor."""
    library = Path(llama_cpp.__file__).with_name("lib")
    built = sorted((one.name, one.stat().st_mtime_ns) for one in library.glob("*"))
    system = llama_cpp.llama_print_system_info().decode("utf-8", "replace")
    return f"{llama_cpp.__version__} {built} {system}"


def _bytes_of(array: npt.NDArray[np.uint8]) -> Any:
    return array.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))


def usable_cores() -> int:
    """Return how many physical cores this process may use; at least 1."""
    physical = psutil.cpu_count(logical=False) or psutil.cpu_count() or 1
    if sys.platform == "linux":
        return max(1, min(physical, len(os.sched_getaffinity(0))))
    return max(1, physical)


def main() -> None:
    """Serve the app at the other end of standard input and output."""
    # llama.cpp and its libraries may print: the replies get a channel that they do not know.
    replies = os.fdopen(os.dup(1), "wb")
    requests = os.fdopen(os.dup(0), "rb")
    os.dup2(2, 1)
    # Ctrl-C reaches every process of a terminal; the app decides when this one ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A failed check in llama.cpp aborts: that must not write gigabytes to the disk.
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ModelService(requests, replies, load=LlamaBackend).run()


def _log_to(errors: list[str]) -> Callable[[int, bytes | None, object], None]:
    def on_log(level: int, text: bytes | None, _user: object) -> None:
        if level == _GGML_LOG_LEVEL_ERROR and text:
            line = text.decode("utf-8", "replace")
            errors.append(line.strip())
            sys.stderr.write(line)

    return on_log


def _cannot_load(path: Path, errors: Sequence[str]) -> str:
    reason = errors[0] if errors else "no reason given"
    return (
        f"llama.cpp cannot load the model {path.name!r} ({reason:.200}). The file may be damaged"
        " or no GGUF file, or the machine may lack memory; check it with 'assistant models check'"
        " or choose another with --model."
    )


if __name__ == "__main__":
    main()
