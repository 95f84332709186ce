"""How much memory a model needs, told from its file's header, and how much there is."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from assistant.errors import ModelFileError, ModelMemoryError
from assistant.inference.engine import N_BATCH, N_SLOTS
from assistant.inference.process import MAX_CONTEXT_TOKENS
from assistant.local_models.files import Header, Value, read_header

_MAX_BLOCKS: Final = 1024
_MAX_WIDTH: Final = 1 << 20
_MAX_CONTEXT: Final = 1 << 31
_FLOAT16_BYTES: Final = 2
_FLOAT32_BYTES: Final = 4
_PROCESS_BYTES: Final = 48 << 20
"""Python, its libraries and llama.cpp in the model's process.

Source: VmHWM of that process less what the other terms give, smollm2-135m and
qwen2.5-coder-0.5b; python -m tests.benchmarks.memory MODEL.
"""
_VOCABULARY_ITEM_BYTES: Final = 150
"""What llama.cpp keeps for each token and each merge of a vocabulary; measured as above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelShape:
    """What of a model decides how much memory it takes.

    Attributes:
        file_bytes: Size of the file; its weights are used where they lie.
        cache_floats: Numbers kept for each token of a context.
        n_tokens: Size of the vocabulary.
        n_vocabulary_items: Tokens and merges of the vocabulary.
        context_tokens: The longest context that the model was made for.
    """

    file_bytes: int
    cache_floats: int
    n_tokens: int
    n_vocabulary_items: int
    context_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryNeed:
    """The memory of a model's process, in bytes.

    Attributes:
        weights: The file, mapped.
        cache: What is kept of the prompts.
        work: What one step of the model takes.
        rest: Vocabulary, program and libraries.
    """

    weights: int
    cache: int
    work: int
    rest: int

    @property
    def needed(self) -> int:
        """Bytes that the process holds once it answers, its file among them."""
        return self.weights + self.cache + self.work + self.rest

    @property
    def freed(self) -> int:
        """Bytes that others can use once the process has ended, for certain."""
        return self.cache + self.rest


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineMemory:
    """The memory of this machine, in bytes; ``available`` without pushing anything out."""

    total: int
    available: int


def read_machine_memory() -> MachineMemory:
    """Return how much memory there is at this moment."""
    memory = psutil.virtual_memory()
    return MachineMemory(total=memory.total, available=memory.available)


def read_shape(header: Header) -> ModelShape:
    """Tell a model's shape from its file's header.

    Raises:
        ModelFileError: It lacks what every model has, or says what cannot be.
    """
    values = header.values
    architecture = values.get("general.architecture", "")
    if not isinstance(architecture, str) or not architecture:
        raise ModelFileError("The header names no architecture (general.architecture).")

    def number(key: str, most: int, default: int | None = None) -> int:
        return _number(values.get(f"{architecture}.{key}", default), f"{architecture}.{key}", most)

    n_blocks = number("block_count", _MAX_BLOCKS)
    width = number("embedding_length", _MAX_WIDTH)
    n_heads = _per_block(values.get(f"{architecture}.attention.head_count", 0), n_blocks)
    # Without a word on it, every head has keys and values of its own.
    kv_heads = values.get(f"{architecture}.attention.head_count_kv")
    n_kv_heads = n_heads if kv_heads is None else _per_block(kv_heads, n_blocks)
    head_width = width // max(1, *n_heads)
    keys = number("attention.key_length", _MAX_WIDTH, head_width)
    entries = number("attention.value_length", _MAX_WIDTH, head_width)
    n_tokens = header.lengths.get("tokenizer.ggml.tokens", 0)
    return ModelShape(
        file_bytes=header.size_bytes,
        cache_floats=sum(n_kv_heads) * (keys + entries),
        n_tokens=n_tokens,
        n_vocabulary_items=n_tokens + header.lengths.get("tokenizer.ggml.merges", 0),
        context_tokens=number("context_length", _MAX_CONTEXT, MAX_CONTEXT_TOKENS),
    )


def estimate_need(shape: ModelShape) -> MemoryNeed:
    """Estimate the memory of a model with the context that the assistant uses.

    The largest part of what a step takes are the logits of a batch.

    Source: llama.cpp's own report of its buffers for three models.

    >>> need = estimate_need(ModelShape(file_bytes=98_362_432, cache_floats=11_520,
    ...     n_tokens=49_152, n_vocabulary_items=98_052, context_tokens=8192))
    >>> need.cache / 2**20, need.work / 2**20
    (202.5, 24.5625)
    """
    context = N_SLOTS * min(MAX_CONTEXT_TOKENS, shape.context_tokens)
    return MemoryNeed(
        weights=shape.file_bytes,
        cache=context * shape.cache_floats * _FLOAT16_BYTES,
        work=(N_BATCH + N_SLOTS) * shape.n_tokens * _FLOAT32_BYTES,
        rest=_PROCESS_BYTES + shape.n_vocabulary_items * _VOCABULARY_ITEM_BYTES,
    )


def estimate_file(path: Path) -> MemoryNeed:
    """Estimate the memory of the model in a GGUF file.

    Raises:
        ModelFileError: It cannot be read, or is no model's file.
    """
    return estimate_need(read_shape(read_header(path)))


def require_memory(name: str, need: MemoryNeed, machine: MachineMemory) -> None:
    """Check that the machine can hold a model.

    Raises:
        ModelMemoryError: It cannot; the message says what to do.
    """
    if need.needed > machine.available:
        raise ModelMemoryError(
            f"{name!r} needs about {show_bytes(need.needed)} of memory, and"
            f" {show_bytes(machine.available)} of {show_bytes(machine.total)} are free. It was not"
            " loaded, since the machine could come to a standstill. Close other programs, choose"
            " a smaller model, or load it anyway (on the Models page, or with --load-anyway).",
            needed_bytes=need.needed,
        )


def show_bytes(n_bytes: int) -> str:
    """Write an amount of memory or disk in the unit that suits it.

    >>> show_bytes(98_362_432), show_bytes(1_117_320_768), show_bytes(8_000_000_000_000)
    ('98 MB', '1.1 GB', '8.0 TB')
    """
    if n_bytes >= 999_950_000_000:
        return f"{n_bytes / 1e12:,.1f} TB"
    return f"{n_bytes / 1e9:,.1f} GB" if n_bytes >= 999_500_000 else f"{n_bytes / 1e6:,.0f} MB"


def _number(value: Value | None, key: str, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise ModelFileError(f"The header says {key} = {value!r}; it is a number from 1 to {most}.")
    return value


def _per_block(value: Value, n_blocks: int) -> tuple[int, ...]:
    """Return a number for each block; a single one counts for all."""
    numbers = value if isinstance(value, tuple) else (value,) * n_blocks
    if len(numbers) != n_blocks or not all(
        isinstance(one, int) and 0 <= one <= _MAX_WIDTH for one in numbers
    ):
        raise ModelFileError(
            f"The header says {str(value)[:80]} attention heads for {n_blocks} blocks."
        )
    return tuple(int(one) for one in numbers)
