"""Answer requests with a model: prompts, their reuse, choices and generation.

Everything between the protocol and llama.cpp that can be told without llama.cpp. The tokens of a
prompt are made part by part (see ``chat_template``), so that contents cannot hold marks; where
two parts meet, this can differ from the tokens of the joined text, always in the same way, and
that keeps the head of every prompt the same.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from assistant.choice import END, common_length, weigh
from assistant.errors import ModelError, PromptTooLongError, StoppedError
from assistant.inference.chat_template import Part, render_parts
from assistant.inference.kept_heads import KeptHeads
from assistant.inference.prefix_slots import PrefixSlots, Slot
from assistant.inference.text_stream import TextStream
from assistant.llm import Choice, Message, Piece, Usage

N_BATCH = 128
"""Tokens evaluated at once; between batches progress is told."""
N_SLOTS = 3
"""Prompts with different heads that stay evaluated at the same time."""
_SEAM_TOKENS = 4
"""Tokens at the end of a head's last, unfinished content that may change with what follows."""

Logits = npt.NDArray[np.float32]


class Backend(Protocol):
    """What the engine needs of llama.cpp."""

    context_tokens: int
    """The most tokens of one slot."""
    n_parameters: int
    """How many weights the model has."""
    n_slots: int
    fingerprint: str
    """Tells the model's file, llama.cpp and the processor from all others."""
    start_token: int | None
    """What every prompt begins with, if the model wants that."""
    end_tokens: tuple[int, ...]
    """All that end a turn, in ascending order; may be empty."""

    def format_chat(self, messages: Sequence[Message]) -> str:
        """Render the model's chat template.

        Raises:
            TemplateError: It has none, or that fails.
        """

    def tokenize(self, text: str, *, is_markup: bool) -> list[int]:
        """Return the tokens of a text; special ones only in markup."""

    def text_of(self, token: int) -> bytes:
        """Return what a token stands for; nothing for special ones."""

    def truncate(self, slot: int, length: int) -> int:
        """Cut a slot's memory back; return the length left, which may be less, even 0."""

    def run(self, slot: int, start: int, tokens: Sequence[int]) -> Logits:
        """Evaluate up to ``N_BATCH`` tokens after the first ``start`` of a slot's memory.

        Returns:
            The logits after the last token, float32, ``(n_vocab,)``.

        Raises:
            StoppedError: The evaluation was aborted; the memory is as before.
            ModelError: It failed; what the memory holds is not known.
        """

    def save(self, slot: int) -> memoryview:
        """Return a copy of what a slot's memory holds; empty if it cannot be restored."""

    def restore(self, slot: int, state: memoryview) -> bool:
        """Make a slot's memory hold what ``save`` returned of the same model.

        Returns:
            Whether it does; the memory is empty otherwise.
        """


@dataclass(slots=True, kw_only=True)
class _Counter:
    """Counts the tokens of one request as they are evaluated."""

    prompt: int
    evaluated: int = 0
    generated: int = 0

    def usage(self) -> Usage:
        return Usage(prompt=self.prompt, evaluated=self.evaluated, generated=self.generated)


class Engine:
    """A loaded model, ready for one request at a time."""

    def __init__(
        self,
        backend: Backend,
        *,
        is_cancelled: Callable[[], bool],
        heads: KeptHeads | None = None,
    ) -> None:
        """Use a model.

        Args:
            backend: The model.
            is_cancelled: Tells whether the present request should end.
            heads: Where heads are kept from one start to the next; ``None`` for nowhere.
        """
        self._backend = backend
        self._is_cancelled = is_cancelled
        self._heads = heads
        self._slots = PrefixSlots(backend.n_slots)

    def count_tokens(self, texts: Sequence[str]) -> tuple[int, ...]:
        """Return the number of tokens of each text, without special ones."""
        return tuple(len(self._backend.tokenize(text, is_markup=False)) for text in texts)

    def warm(self, head: Sequence[Message], *, on_progress: Callable[[float], None]) -> int:
        """Evaluate the beginning of prompts, unless it is kept, and return its length in tokens.

        Args:
            head: The messages that all these prompts begin with; the last content may be the
                beginning only of theirs.
            on_progress: Told how much is done, 0 to 1.

        Raises:
            StoppedError: The request was cancelled; what was evaluated until then is held.
            ModelError: The model failed.
        """
        parts = render_parts(head, self._backend.format_chat)
        last = _last_content(parts)
        open_end = self._tokens(parts[last : last + 1])
        tokens = self._prompt(parts[:last]) + open_end[: max(0, len(open_end) - _SEAM_TOKENS)]
        if tokens:
            self._check_room(len(tokens))
            slot = self._slots.take(tokens, head_length=len(tokens))
            is_new = not slot.tokens
            if not self._restore(slot, tokens):
                self._evaluate(slot, tokens, _Counter(prompt=len(tokens)), on_progress)
                if self._heads and is_new:
                    self._heads.keep(tokens, self._backend.save(slot.id))
        return len(tokens)

    def _restore(self, slot: Slot, tokens: Sequence[int]) -> bool:
        """Make an empty slot hold ``tokens`` as they were kept; return whether it does."""
        state = self._heads.find(tokens) if self._heads and not slot.tokens else None
        if state is None or not self._backend.restore(slot.id, state):
            return False
        slot.tokens = [*tokens]
        return True

    def choose(self, messages: Sequence[Message], *, prefix: str, texts: Sequence[str]) -> Choice:
        """Weigh texts; see ``LanguageModel.choose``.

        A text's tokens are those of prefix and text together, so that a word that begins in the
        one and ends in the other is weighed as the model would have written it. Where one text
        goes on from the end of another, the end is weighed by the tokens that end a turn.

        Raises:
            StoppedError: The request was cancelled.
            ModelError: The model failed.
        """
        base, head_length = self._base(messages)
        paths = [self._backend.tokenize(prefix + text, is_markup=False) for text in texts]
        self._check_room(len(base) + max(map(len, paths), default=0))
        counter = _Counter(prompt=len(base) + common_length(paths))
        slot: Slot | None = None

        def score(path: Sequence[int], offered: Sequence[int]) -> list[float]:
            nonlocal slot
            slot = slot or self._slots.take(base, head_length=head_length)
            logits = self._evaluate(slot, [*base, *path], counter)
            return [
                self._end_logit(logits) if token == END else float(logits[token])
                for token in offered
            ]

        return Choice(probabilities=weigh(paths, score), usage=counter.usage())

    def weigh_opening(self, messages: Sequence[Message], *, prefix: str, text: str) -> Choice:
        """Weigh how a turn goes on; see ``LanguageModel.weigh_opening``.

        Raises:
            StoppedError: The request was cancelled.
            ModelError: The model failed.
        """
        base, head_length = self._base(messages)
        before = self._backend.tokenize(prefix, is_markup=False)
        path = self._backend.tokenize(prefix + text, is_markup=False)
        depth = common_length([before, path])
        tokens = [*base, *path[:depth]]
        self._check_room(len(tokens))
        counter = _Counter(prompt=len(tokens))
        slot = self._slots.take(tokens, head_length=head_length)
        logits = self._evaluate(slot, tokens, counter)
        found = self._end_logit(logits) if depth == len(path) else float(logits[path[depth]])
        share = math.exp(found - float(np.logaddexp.reduce(logits)))
        return Choice(probabilities=(min(1.0, share),), usage=counter.usage())

    def generate(
        self, messages: Sequence[Message], *, prefix: str, stop: Sequence[str], max_tokens: int
    ) -> Iterator[Piece]:
        """Continue a turn; see ``LanguageModel.generate``.

        Raises:
            StoppedError: The request was cancelled.
            ModelError: The model failed.
        """
        base, head_length = self._base(messages)
        prompt = base + self._backend.tokenize(prefix, is_markup=False)
        self._check_room(len(prompt) + max_tokens)
        counter = _Counter(prompt=len(prompt))
        slot = self._slots.take(prompt, head_length=head_length)
        stream = TextStream(stop)
        logits = self._evaluate(slot, prompt, counter)
        while counter.generated < max_tokens:
            token = int(np.argmax(logits))
            if token in self._backend.end_tokens:
                break
            counter.generated += 1
            if text := stream.feed(self._backend.text_of(token)):
                yield Piece(text=text, usage=counter.usage())
            if stream.is_ended or counter.generated == max_tokens:
                break
            logits = self._run(slot, [token])
        yield Piece(text=stream.flush(), usage=counter.usage())

    def _base(self, messages: Sequence[Message]) -> tuple[list[int], int]:
        """Return the tokens of a conversation, and how many come before its last content."""
        parts = render_parts(messages, self._backend.format_chat)
        last = _last_content(parts)
        head = self._prompt(parts[:last])
        return head + self._tokens(parts[last:]), len(head)

    def _prompt(self, parts: Sequence[Part]) -> list[int]:
        tokens = self._tokens(parts)
        start = self._backend.start_token
        # Most templates write the start themselves.
        return tokens if start is None or tokens[:1] == [start] else [start, *tokens]

    def _tokens(self, parts: Sequence[Part]) -> list[int]:
        return [
            token
            for part in parts
            for token in self._backend.tokenize(part.text, is_markup=part.is_markup)
        ]

    def _check_room(self, n_tokens: int) -> None:
        if n_tokens > self._backend.context_tokens:
            raise PromptTooLongError(
                f"The prompt and its answer need {n_tokens} tokens; the model's context has"
                f" {self._backend.context_tokens}. Ask a shorter question, or begin a new chat."
            )

    def _evaluate(
        self,
        slot: Slot,
        tokens: Sequence[int],
        counter: _Counter,
        on_progress: Callable[[float], None] = lambda fraction: None,
    ) -> Logits:
        """Make the slot hold exactly ``tokens`` and return the logits after the last.

        What the slot holds of them already is not evaluated again, save the last token, whose
        logits are wanted.
        """
        keep = min(common_length([slot.tokens, tokens]), len(tokens) - 1)
        if keep < len(slot.tokens):
            keep = self._backend.truncate(slot.id, keep)
            del slot.tokens[keep:]
        for start in range(keep, len(tokens), N_BATCH):
            batch = tokens[start : start + N_BATCH]
            logits = self._run(slot, batch)
            counter.evaluated += len(batch)
            on_progress((start + len(batch) - keep) / (len(tokens) - keep))
        return logits

    def _run(self, slot: Slot, batch: Sequence[int]) -> Logits:
        if self._is_cancelled():
            raise StoppedError("The request was stopped.")
        try:
            logits = self._backend.run(slot.id, len(slot.tokens), batch)
        except ModelError:
            self._backend.truncate(slot.id, 0)
            slot.tokens.clear()
            raise
        slot.tokens.extend(batch)
        if not np.isfinite(logits.max()):
            raise ModelError(
                "The model computes no numbers; its file may be damaged."
                " Check it with 'assistant models check'."
            )
        return logits

    def _end_logit(self, logits: Logits) -> float:
        ends = list(self._backend.end_tokens)
        return float(np.logaddexp.reduce(logits[ends])) if ends else float("-inf")


def _last_content(parts: Sequence[Part]) -> int:
    """Return where the last content stands; the number of parts if there is none."""
    return max((at for at, part in enumerate(parts) if not part.is_markup), default=len(parts))
