"""What the app and the model's process say to each other: JSON lines of typed messages.

The app writes requests to the process's standard input and reads replies from its standard
output, one JSON object in each line, named by its ``type``. A request is answered by any number
of ``Progress`` or ``Text``, then by exactly one of the other replies; a ``Cancel`` is not
answered itself. What arrives is checked against the types before anything uses it: neither end
trusts the other to be well.
"""

import typing
from dataclasses import dataclass
from typing import IO, Literal

from assistant.llm import Message, Usage
from index import typed_lines
from index.typed_lines import decode_line, encode_line

MAX_LINE_BYTES = 16 * 2**20
"""Longer lines are refused, so that a confused sender cannot exhaust the receiver's memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Load a model; the first request of a process.

    Attributes:
        path: The GGUF file, absolute.
        max_context_tokens: The most tokens that a prompt and its answer may have together; the
            model's own limit counts if it is lower.
        heads_dir: The folder where heads are kept from one start to the next, absolute; empty
            for nowhere.
    """

    id: int
    path: str
    max_context_tokens: int
    heads_dir: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Warm:
    """Have the head of prompts evaluated, so that no request has to."""

    id: int
    head: tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Count the tokens of texts."""

    id: int
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choose:
    """Weigh texts; see ``LanguageModel.choose``."""

    id: int
    messages: tuple[Message, ...]
    prefix: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeighOpening:
    """Weigh how a turn goes on; see ``LanguageModel.weigh_opening``."""

    id: int
    messages: tuple[Message, ...]
    prefix: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Generate:
    """Continue a turn; see ``LanguageModel.generate``."""

    id: int
    messages: tuple[Message, ...]
    prefix: str
    stop: tuple[str, ...]
    max_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """End the request with this id soon, with ``Stopped`` if it has not ended by then."""

    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How much of a load or of a warming is done, from 0 to 1."""

    id: int
    fraction: float

    def __post_init__(self) -> None:
        _check_shares(self.fraction)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The model is ready; ``n_parameters`` is how many weights it has."""

    id: int
    context_tokens: int
    n_parameters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Warmed:
    """The head is evaluated and held."""

    id: int
    head_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One count for each text, in order."""

    id: int
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """One probability for each text, in order."""

    id: int
    probabilities: tuple[float, ...]
    usage: Usage

    def __post_init__(self) -> None:
        _check_shares(*self.probabilities)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A stretch of the answer in whole characters; the last one may be empty."""

    id: int
    text: str
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """The answer is complete; at least one ``Text`` came before."""

    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """The request was cancelled."""

    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The request failed; ``reason`` says which error to raise, ``message`` is for the reader."""

    id: int
    reason: Literal["load", "prompt_too_long", "other"]
    message: str


Request = Load | Warm | Count | Choose | WeighOpening | Generate | Cancel
Reply = Progress | Loaded | Warmed | Counted | Chosen | Text | Generated | Stopped | Failed


def encode(message: Request | Reply) -> bytes:
    r"""Return the line that stands for a message.

    >>> encode(Cancel(id=7))
    b'{"type": "Cancel", "id": 7}\n'
    """
    return encode_line(message)


def decode_request(line: bytes) -> Request:
    """Return the request that a line stands for.

    Raises:
        MessageError: It stands for none.
    """
    return typing.cast(Request, decode_line(line, typing.get_args(Request)))


def decode_reply(line: bytes) -> Reply:
    """Return the reply that a line stands for.

    Raises:
        MessageError: It stands for none.
    """
    return typing.cast(Reply, decode_line(line, typing.get_args(Reply)))


def read_line(stream: IO[bytes]) -> bytes:
    """Read the next line with its line end; empty at the end of the stream.

    Raises:
        MessageError: The line is too long or cut off.
    """
    return typed_lines.read_line(stream, max_bytes=MAX_LINE_BYTES)


def _check_shares(*shares: float) -> None:
    for share in shares:
        if not 0 <= share <= 1:
            raise ValueError(f"{share!r} is no share of a whole; it lies from 0 to 1.")
