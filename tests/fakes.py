"""Stand-ins shipped beside the seams that they stand in for."""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Event

from assistant.errors import StoppedError
from assistant.llm import Choice, Message, Piece, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeRequest:
    """What the fake model was asked; ``texts`` is empty for a generation."""

    messages: tuple[Message, ...]
    prefix: str
    texts: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
    max_tokens: int = 0
    is_opening: bool = False


class FakeModel:
    """A language model that replays queued replies and records what it was asked.

    A token is a word between white space. ``generations`` are given back word by word, each
    word with the white space before it, cut at the first stop text and at ``max_tokens``;
    ``choices`` are probabilities, one sequence for each call of ``choose``; ``openings`` one for
    each call of ``weigh_opening``, 0 when they are used up.
    """

    def __init__(
        self,
        generations: Sequence[str] = (),
        choices: Sequence[Sequence[float]] = (),
        name: str = "fake",
        openings: Sequence[float] = (),
        n_parameters: int = 2_000_000_000,
    ) -> None:
        self.name = name
        self.n_parameters = n_parameters
        self.requests: list[FakeRequest] = []
        self._generations = deque(generations)
        self._choices = deque(choices)
        self._openings = deque(openings)

    def count_tokens(self, texts: Sequence[str]) -> tuple[int, ...]:
        return tuple(len(text.split()) for text in texts)

    def choose(
        self, messages: Sequence[Message], *, prefix: str, texts: Sequence[str], cancelled: Event
    ) -> Choice:
        _raise_if_set(cancelled)
        self.requests.append(
            FakeRequest(messages=tuple(messages), prefix=prefix, texts=tuple(texts))
        )
        if not self._choices:
            raise AssertionError(f"No choice is queued for {list(texts)!r}.")
        probabilities = tuple(self._choices.popleft())
        if len(probabilities) != len(texts):
            raise AssertionError(
                f"{len(texts)} texts were offered, {len(probabilities)} probabilities queued."
            )
        return Choice(probabilities=probabilities, usage=self._usage(messages, prefix, 0))

    def weigh_opening(
        self, messages: Sequence[Message], *, prefix: str, text: str, cancelled: Event
    ) -> Choice:
        _raise_if_set(cancelled)
        self.requests.append(
            FakeRequest(messages=tuple(messages), prefix=prefix, texts=(text,), is_opening=True)
        )
        share = self._openings.popleft() if self._openings else 0.0
        return Choice(probabilities=(share,), usage=self._usage(messages, prefix, 0))

    def generate(
        self,
        messages: Sequence[Message],
        *,
        prefix: str,
        stop: Sequence[str],
        max_tokens: int,
        cancelled: Event,
    ) -> Iterator[Piece]:
        _raise_if_set(cancelled)
        self.requests.append(
            FakeRequest(
                messages=tuple(messages), prefix=prefix, stop=tuple(stop), max_tokens=max_tokens
            )
        )
        if not self._generations:
            raise AssertionError(f"No generation is queued for {messages!r}.")
        reply = self._generations.popleft()
        ends = [at for text in stop if text and (at := reply.find(text)) >= 0]
        words = re.findall(r"\s*\S+|\s+$", reply[: min(ends, default=len(reply))])[:max_tokens]
        for n, word in enumerate(words or [""], start=1):
            _raise_if_set(cancelled)
            yield Piece(text=word, usage=self._usage(messages, prefix, n if words else 0))
        _raise_if_set(cancelled)

    def _usage(self, messages: Sequence[Message], prefix: str, generated: int) -> Usage:
        prompt = sum(self.count_tokens([*(message.content for message in messages), prefix]))
        return Usage(prompt=prompt, evaluated=prompt, generated=generated)


def _raise_if_set(cancelled: Event) -> None:
    if cancelled.is_set():
        raise StoppedError("The answer was stopped.")
