"""What the app and the model's process say to each other: JSON lines of typed messages.

The app writes requests to the process's standard input and reads replies from its standard
output, one JSON object in each line, named by its ``type``. A request is answered by any number
of ``Progress`` or ``Text``, then by exactly one of the other replies; a ``Cancel`` is not
answered itself. What arrives is checked against the types before anything uses it: neither end
trusts the other to be well.
"""

import dataclasses
import functools
import json
import math
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Literal

from assistant.errors import AssistantError
from assistant.llm import Message, Usage

MAX_LINE_BYTES = 16 * 2**20
"""Longer lines are refused, so that a confused sender cannot exhaust the receiver's memory."""


class ProtocolError(AssistantError):
    """A line is no message of this protocol."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Load a model; the first request of a process.

    Attributes:
        path: The GGUF file, absolute.
        max_context_tokens: The most tokens that a prompt and its answer may have together; the
            model's own limit counts if it is lower.
    """

    id: int
    path: str
    max_context_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Warm:
    """Evaluate the head of prompts, so that no request has to."""

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
    fields = {"type": type(message).__name__} | dataclasses.asdict(message)
    return json.dumps(fields).encode("ascii") + b"\n"


def decode_request(line: bytes) -> Request:
    """Return the request that a line stands for.

    Raises:
        ProtocolError: It stands for none.
    """
    return typing.cast(Request, _decode(line, typing.get_args(Request)))


def decode_reply(line: bytes) -> Reply:
    """Return the reply that a line stands for.

    Raises:
        ProtocolError: It stands for none.
    """
    return typing.cast(Reply, _decode(line, typing.get_args(Reply)))


def read_line(stream: IO[bytes]) -> bytes:
    """Read the next line with its line end; empty at the end of the stream.

    Raises:
        ProtocolError: The line is too long or cut off.
    """
    line = stream.readline(MAX_LINE_BYTES)
    if line and not line.endswith(b"\n"):
        raise ProtocolError(
            f"A line is cut off or longer than {MAX_LINE_BYTES} bytes: {line[:80]!r}."
        )
    return line


def _decode(line: bytes, accepted: tuple[type, ...]) -> object:
    if len(line) > MAX_LINE_BYTES:
        raise ProtocolError(f"A line has {len(line)} bytes; at most {MAX_LINE_BYTES} are read.")
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"The line {line[:80]!r} is not JSON.") from error
    if not isinstance(fields, dict):
        raise ProtocolError(f"The line {line[:80]!r} is no JSON object.")
    name = fields.pop("type", None)
    for kind in accepted:
        if kind.__name__ == name:
            return _build(kind, fields)
    raise ProtocolError(
        f"The message type is {name!r}; accepted: {', '.join(kind.__name__ for kind in accepted)}."
    )


def _build(kind: type, fields: Mapping[str, object]) -> object:
    hints = _hints(kind)
    if fields.keys() != hints.keys():
        raise ProtocolError(f"{kind.__name__} has {sorted(hints)}, not {sorted(fields)}.")
    return kind(**{name: _check(hints[name], fields[name], name) for name in hints})


@functools.cache
def _hints(kind: type) -> Mapping[str, object]:
    return types.MappingProxyType(typing.get_type_hints(kind))


def _check(hint: object, value: object, name: str) -> object:
    """Return ``value`` as the type that ``hint`` names, if it is one."""
    if typing.get_origin(hint) is tuple and isinstance(value, list):
        return tuple(_check(typing.get_args(hint)[0], item, name) for item in value)
    if typing.get_origin(hint) is Literal:
        if value in typing.get_args(hint):
            return value
    elif isinstance(hint, type) and dataclasses.is_dataclass(hint) and isinstance(value, dict):
        return _build(hint, value)
    elif hint is float and isinstance(value, int | float) and not isinstance(value, bool):
        # Every fraction and probability is from 0 to 1; "not a number" fails this too.
        if math.isfinite(value) and 0 <= value <= 1:
            return float(value)
    elif hint is int and isinstance(value, int) and not isinstance(value, bool):
        if 0 <= value < 2**53:
            return value
    elif hint is str and isinstance(value, str):
        return value
    raise ProtocolError(f"The field {name!r} has a value that is not accepted: {value!r:.80}.")
