"""Messages between two processes: lines of JSON, each checked against a type before it is used.

A message is an instance of a dataclass whose fields are texts, numbers that are not negative,
truth values, enumerations, literals, tuples and dataclasses of these. Its line is a JSON object
that names its ``type``. Neither end trusts the other to be well.
"""

import dataclasses
import enum
import functools
import json
import types
import typing
from collections.abc import Mapping
from typing import IO

from index.errors import RetrievalError

if typing.TYPE_CHECKING:
    from _typeshed import DataclassInstance

_MAX_NUMBER = 2**53
"""Where JSON's readers begin to disagree about whole numbers."""


class MessageError(RetrievalError):
    """What arrived from another process is no message that is accepted."""


def encode_line(message: "DataclassInstance") -> bytes:
    r"""Return the line that stands for a message.

    >>> from index.reading.steps import FileProgress, Step
    >>> encode_line(FileProgress(name="a", step=Step.READ, done=0, total=2))
    b'{"type": "FileProgress", "name": "a", "step": "read", "reason": "", "done": 0, "total": 2}\n'
    """
    fields = {"type": type(message).__name__} | dataclasses.asdict(message)
    return json.dumps(fields).encode("ascii") + b"\n"


def read_line(stream: IO[bytes], *, max_bytes: int) -> bytes:
    """Read the next line with its line end; empty at the end of the stream.

    Raises:
        MessageError: The line is too long or cut off.
    """
    line = stream.readline(max_bytes)
    if line and not line.endswith(b"\n"):
        raise MessageError(f"A line is cut off or longer than {max_bytes:,} bytes: {line[:80]!r}.")
    return line


def decode_line(line: bytes, accepted: tuple[type, ...]) -> object:
    """Return the message that a line stands for, an instance of one of the types accepted.

    Raises:
        MessageError: It stands for none.
    """
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
    values = {name: _check(hints[name], fields[name], name) for name in hints}
    try:
        return kind(**values)
    except ValueError as error:  # what the type itself does not accept
        raise MessageError(str(error)) from error


@functools.cache
def _hints(kind: type) -> Mapping[str, object]:
    return types.MappingProxyType(typing.get_type_hints(kind))


def _check(hint: object, value: object, name: str) -> object:
    """Return ``value`` as the type that ``hint`` names, if it is one."""
    kinds = typing.get_args(hint)
    if typing.get_origin(hint) is tuple and isinstance(value, list):
        if kinds[-1] is Ellipsis:
            return tuple(_check(kinds[0], item, name) for item in value)
        if len(kinds) == len(value):
            return tuple(_check(*pair, name) for pair in zip(kinds, value, strict=True))
    elif typing.get_origin(hint) is typing.Literal:
        if value in kinds:
            return value
    elif isinstance(hint, type):
        if dataclasses.is_dataclass(hint) and isinstance(value, dict):
            return _build(hint, value)
        if issubclass(hint, enum.Enum) and value in [member.value for member in hint]:
            return hint(value)
        # "Not a number" is not within these bounds either; and what is true is no number.
        if hint is float and type(value) in (int, float):
            number = typing.cast(float, value)
            if 0 <= number < _MAX_NUMBER:
                return float(number)
        if hint is int and type(value) is int and 0 <= value < _MAX_NUMBER:
            return value
        if hint in (str, bool) and type(value) is hint:
            return value
    raise MessageError(f"The field {name!r} has a value that is not accepted: {value!r:.80}.")
