"""What a ``ReadingProcess`` and its child say to each other.

A message is one line, a JSON object named by its ``type``, and the bytes that it announces: the
content of a file one way, a text and a segment the other. A ``Read`` is answered by any number of
``Reached``, then by a ``Refused`` or a ``Finished``. What arrives is checked against the types and
the sizes before anything uses it: a file may have got the better of the process that reads it.
"""

import typing
from dataclasses import dataclass
from typing import IO

from index.corpus import Document
from index.reading.limits import ReadingLimits
from index.reading.steps import Step
from index.typed_lines import MessageError, decode_line, encode_line, read_line

MAX_LINE_BYTES = 4_000_000
"""Longer lines are refused. The headings of the longest essay fit in one several times over."""


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
    stream.write(encode_line(message))
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
    line = read_line(stream, max_bytes=MAX_LINE_BYTES)
    return decode_line(line, accepted) if line else None
