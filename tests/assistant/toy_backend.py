"""A toy model with exact bookkeeping, in the place of llama.cpp."""

import re
import zlib
from collections.abc import Sequence

import numpy as np

from assistant.errors import StoppedError
from assistant.inference.chat_template import render_chatml
from assistant.inference.engine import Logits
from assistant.llm import Message

END = 256
MARKS = {"<|im_start|>": 257, "<|im_end|>": END}
START = 258


class ToyBackend:
    """A model over bytes whose next token follows from all that its memory holds."""

    def __init__(
        self, *, can_cut: bool = True, start_token: int | None = None, context_tokens: int = 900
    ) -> None:
        self.context_tokens = context_tokens
        self.n_parameters = 1000
        self.n_slots = 3
        self.fingerprint = "toy"
        self.start_token = start_token
        self.end_tokens: tuple[int, ...] = (END,)
        self.memory: list[list[int]] = [[] for _ in range(self.n_slots)]
        self.batches: list[int] = []
        self.aborts_in = -1
        self.restores = True
        self._can_cut = can_cut

    def format_chat(self, messages: Sequence[Message]) -> str:
        return render_chatml(messages)

    def tokenize(self, text: str, *, is_markup: bool) -> list[int]:
        pieces = re.split(r"(<\|im_\w+\|>)", text) if is_markup else [text]
        return [
            token
            for piece in pieces
            for token in ([MARKS[piece]] if is_markup and piece in MARKS else piece.encode())
        ]

    def text_of(self, token: int) -> bytes:
        return bytes([token]) if token < 256 else b""

    def truncate(self, slot: int, length: int) -> int:
        assert length <= len(self.memory[slot])
        left = length if self._can_cut else 0
        del self.memory[slot][left:]
        return left

    def run(self, slot: int, start: int, tokens: Sequence[int]) -> Logits:
        assert start == len(self.memory[slot])
        self.aborts_in -= 1
        if self.aborts_in == 0:
            raise StoppedError("aborted")
        self.batches.append(len(tokens))
        self.memory[slot].extend(tokens)
        seed = zlib.crc32(np.array(self.memory[slot], dtype=np.int32).tobytes())
        logits = np.random.default_rng(seed).normal(size=259).astype(np.float32)
        # Letters are likely, so that what is written is text, now and then an end.
        logits[97:123] += 3
        logits[END] += 2
        return logits

    def save(self, slot: int) -> memoryview:
        return np.array(self.memory[slot], dtype=np.int32).data.cast("B")

    def restore(self, slot: int, state: memoryview) -> bool:
        self.memory[slot] = np.frombuffer(state, dtype=np.int32).tolist() if self.restores else []
        return self.restores
