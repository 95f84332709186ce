"""What a ``ReadingProcess`` and its child say to each other.

A message is one line, a JSON object named by its ``type``, and the bytes that it announces: the
content of a file one way, a text and a segment the other. A ``Read`` is answered by any number of
``Reached``, then by a ``Refused`` or a ``Finished``. What arrives is checked against the types and
the sizes before anything uses it: a file may have got the better of the process that reads it.
"""

import dataclasses
import enum
import functools
import json
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO

from index.corpus import Document
from index.errors import RetrievalError
from index.reading.limits import ReadingLimits
from index.reading.steps import Step

MAX_LINE_BYTES = 4_000_000
"""Longer lines are refused. The headings of the longest essay fit in one several times over."""

_MAX_INTEGER = 2**53


class MessageError(RetrievalError):
    """What arrived is no message between a reading process and its child."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Read a file; its content follows.

    Attributes:
        name: The file's name as it is shown.
        limits: What the reading may cost, as far as the child looks after it itself.
        content_bytes: The size of the content.
    """

    name: str
    limits: ReadingLimits
    content_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """The file has come to this step."""

    step: Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The file cannot be used.

    Attributes:
        reason: In words, fit to be shown after the file's name.
        is_spent: Whether the child is no longer fit to read another file.
    """

    reason: str
    is_spent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The file is an essay; its text in UTF-8 and its segment follow.

    Attributes:
        document: The essay without its text.
        text_bytes: The size of the text.
        segment_bytes: The size of the segment.
    """

    document: Document
    text_bytes: int
    segment_bytes: int


Reply = Reached | Refused | Finished


def send(stream: IO[bytes], message: Read | Reply, *parts: bytes) -> None:
    """Write a message and the bytes that it announces.

    Raises:
        OSError: There is no reader any more.
    """
    fields = {"type": type(message).__name__} | dataclasses.asdict(message)
    stream.write(json.dumps(fields).encode("ascii") + b"\n")
    for part in parts:
        stream.write(part)
    stream.flush()


def receive_request(stream: IO[bytes]) -> Read | None:
    """Return the next request, its content not yet taken; ``None`` at the end of the stream.

    Raises:
        MessageError: What arrives is none.
    """
    return typing.cast(Read | None, _receive(stream, (Read,)))


def receive_reply(stream: IO[bytes]) -> Reply | None:
    """Return the next reply, its bytes not yet taken; ``None`` at the end of the stream.

    Raises:
        MessageError: What arrives is none.
    """
    return typing.cast(Reply | None, _receive(stream, typing.get_args(Reply)))


def receive_bytes(stream: IO[bytes], size: int) -> bytes:
    """Return the ``size`` bytes that a message has announced.

    Raises:
        MessageError: The stream ends before.
    """
    content = stream.read(size)
    if len(content) != size:
        raise MessageError(f"{len(content):,} bytes arrived of {size:,} announced.")
    return content


def _receive(stream: IO[bytes], accepted: tuple[type, ...]) -> object:
    line = stream.readline(MAX_LINE_BYTES)
    if not line:
        return None
    if not line.endswith(b"\n"):
        raise MessageError(
            f"A line is cut off or longer than {MAX_LINE_BYTES:,} bytes: {line[:80]!r}."
        )
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise MessageError(f"The line {line[:80]!r} is not JSON.") from error
    if isinstance(fields, dict):
        name = fields.pop("type", None)
        for kind in accepted:
            if kind.__name__ == name:
                return _build(kind, fields)
    raise MessageError(
        f"The line {line[:80]!r} is none of the messages accepted:"
        f" {', '.join(kind.__name__ for kind in accepted)}."
    )


def _build(kind: type, fields: Mapping[str, object]) -> object:
    hints = _hints(kind)
    if fields.keys() != hints.keys():
        raise MessageError(f"{kind.__name__} has {sorted(hints)}, not {sorted(fields)}.")
    return kind(**{name: _check(hints[name], fields[name], name) for name in hints})


@functools.cache
def _hints(kind: type) -> Mapping[str, object]:
    return types.MappingProxyType(typing.get_type_hints(kind))


def _check(hint: object, value: object, name: str) -> object:
    """Return ``value`` as the type that ``hint`` names, if it is one."""
    if typing.get_origin(hint) is tuple and isinstance(value, list):
        kinds = typing.get_args(hint)
        if kinds[-1] is Ellipsis:
            return tuple(_check(kinds[0], item, name) for item in value)
        if len(kinds) == len(value):
            return tuple(_check(*pair, name) for pair in zip(kinds, value, strict=True))
    elif isinstance(hint, type):
        if dataclasses.is_dataclass(hint) and isinstance(value, dict):
            return _build(hint, value)
        if issubclass(hint, enum.Enum) and value in [member.value for member in hint]:
            return hint(value)
        if hint in (int, float) and type(value) in (int, float):
            number = typing.cast(float, value)
            # "Not a number" is not within these bounds either.
            if 0 <= number < _MAX_INTEGER and hint(number) == number:
                return hint(number)
        if hint in (str, bool) and type(value) is hint:
            return value
    raise MessageError(f"The field {name!r} has a value that is not accepted: {value!r:.80}.")
