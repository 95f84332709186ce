"""Language models behind one small seam."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Event
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of a prompt."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one request.

    Attributes:
        prompt: Tokens of the rendered prompt.
        evaluated: Tokens run through the model for this request but the sampled ones; those of
            a prefix that the model still held are not run again.
        generated: Tokens sampled.
    """

    prompt: int
    evaluated: int
    generated: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """How likely the model holds each of the texts offered to it.

    Of ``weigh_opening`` it holds one probability, which stands for itself.

    Attributes:
        probabilities: One for each text, in the order given, summing to 1; each the product
            of the exact probabilities at the branches of the prefix tree that lead to it,
            normalised over the texts offered.
        usage: Tokens of the request.
    """

    probabilities: tuple[float, ...]
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Text as it is generated; ``usage`` counts the request up to here."""

    text: str
    usage: Usage


class LanguageModel(Protocol):
    """What the assistant needs of a model."""

    @property
    def name(self) -> str:
        """The catalogue id, or the file name of a model given by path."""

    @property
    def n_parameters(self) -> int:
        """How many weights it has; 0 as long as it was not loaded."""

    def count_tokens(self, texts: Sequence[str]) -> tuple[int, ...]:
        """Return the number of tokens of each text, without special ones."""

    def choose(
        self, messages: Sequence[Message], *, prefix: str, texts: Sequence[str], cancelled: Event
    ) -> Choice:
        """Weigh ``texts`` as continuations of an assistant's turn that starts with ``prefix``.

        Raises:
            StoppedError: ``cancelled`` was set.
            ModelError: The model failed.
        """

    def weigh_opening(
        self, messages: Sequence[Message], *, prefix: str, text: str, cancelled: Event
    ) -> Choice:
        """Weigh how a free continuation begins.

        Returns:
            One probability: that the model, left free, goes on after ``prefix`` with the first
            token of ``text``.

        Raises:
            StoppedError: ``cancelled`` was set.
            ModelError: The model failed.
        """

    def generate(
        self,
        messages: Sequence[Message],
        *,
        prefix: str,
        stop: Sequence[str],
        max_tokens: int,
        cancelled: Event,
    ) -> Iterator[Piece]:
        """Continue an assistant's turn that starts with ``prefix``, greedily.

        Ends before the first text of ``stop`` (never yielded, nor a part of it), at the model's
        own end of turn, or after ``max_tokens``. Yields at least one piece, the last with the
        final usage. Whole characters only.

        Raises:
            StoppedError: ``cancelled`` was set.
            ModelError: The model failed.
        """
