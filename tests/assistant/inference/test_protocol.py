"""The lines between the app and the model's process."""

import io
import json
import math
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.inference import protocol as llm_protocol
from assistant.inference.protocol import (
    Cancel,
    Chosen,
    Generate,
    Load,
    Progress,
    Reply,
    Request,
    Text,
    decode_reply,
    decode_request,
    encode,
    read_line,
)
from assistant.llm import Message, Usage
from index.typed_lines import MessageError

COUNT, SHARE = st.integers(0, 2**40), st.floats(0, 1)
VALUES: dict[object, st.SearchStrategy[object]] = {
    int: COUNT,
    float: SHARE,
    tuple[int, ...]: st.lists(COUNT, max_size=3).map(tuple),
    tuple[float, ...]: st.lists(SHARE, max_size=3).map(tuple),
    Usage: st.builds(Usage, prompt=COUNT, evaluated=COUNT, generated=COUNT),
}
"""Counts are not negative, shares lie between 0 and 1; other types need no such care."""


def any_of(union: object) -> st.SearchStrategy[Any]:
    return st.one_of(*(st.builds(kind, **fields_of(kind)) for kind in get_args(union)))


def fields_of(kind: type) -> dict[str, st.SearchStrategy[object]]:
    hints = get_type_hints(kind).items()
    return {name: VALUES.get(hint, st.from_type(hint)) for name, hint in hints}


@given(any_of(Request))
def test_a_request_survives_the_line(request: Request) -> None:
    line = encode(request)
    assert line.count(b"\n") == 1
    assert decode_request(line) == request


@given(any_of(Reply))
def test_a_reply_survives_the_line(reply: Reply) -> None:
    assert decode_reply(encode(reply)) == reply


def test_line_ends_quotes_and_odd_characters_stay_within_a_line() -> None:
    message = Message(role="user", content='a\nb\r\u2028"’\x00')
    request = Generate(id=1, messages=(message,), prefix="", stop=("\n",), max_tokens=1)
    assert decode_request(encode(request)) == request


@given(st.binary(max_size=60))
def test_noise_is_refused(line: bytes) -> None:
    with pytest.raises(MessageError):
        decode_reply(line)


USAGE = {"prompt": 1, "evaluated": 1, "generated": 1}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"type": "Explode", "id": 1},
        {"type": ["Cancel"], "id": 1},
        {"type": "Cancel", "id": 1},
        {"type": "Progress", "id": 1},
        {"type": "Progress", "id": 1, "fraction": 0.5, "more": 1},
        {"type": "Progress", "id": "1", "fraction": 0.5},
        {"type": "Progress", "id": True, "fraction": 0.5},
        {"type": "Progress", "id": -1, "fraction": 0.5},
        {"type": "Progress", "id": 2**60, "fraction": 0.5},
        {"type": "Progress", "id": 1, "fraction": 1.5},
        {"type": "Progress", "id": 1, "fraction": -0.5},
        {"type": "Progress", "id": 1, "fraction": math.nan},
        {"type": "Progress", "id": 1, "fraction": "0.5"},
        {"type": "Counted", "id": 1, "counts": 3},
        {"type": "Counted", "id": 1, "counts": [-3]},
        {"type": "Chosen", "id": 1, "probabilities": [math.inf], "usage": USAGE},
        {"type": "Text", "id": 1, "text": None, "usage": USAGE},
        {"type": "Text", "id": 1, "text": "", "usage": {"prompt": 1}},
        {"type": "Text", "id": 1, "text": "", "usage": [1, 1, 1]},
        {"type": "Failed", "id": 1, "reason": "boredom", "message": ""},
        {"type": "Failed", "id": 1, "reason": ["load"], "message": ""},
    ],
    ids=str,
)
def test_a_reply_with_wrong_fields_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(MessageError):
        decode_reply(json.dumps(fields).encode())


def test_a_request_is_no_reply_and_a_reply_no_request() -> None:
    with pytest.raises(MessageError, match="accepted: Progress, Loaded"):
        decode_reply(encode(Load(id=1, path="a", max_context_tokens=1)))
    with pytest.raises(MessageError, match="accepted: Load, Warm"):
        decode_request(encode(Progress(id=1, fraction=0.5)))


@pytest.mark.parametrize("line", [b"[" * 100_000, b"1", b"null", b'"a"', b"\xff"])
def test_json_that_is_no_object_is_refused(line: bytes) -> None:
    with pytest.raises(MessageError):
        decode_request(line)


def test_lines_are_read_one_by_one_until_the_end() -> None:
    stream = io.BytesIO(b"{}\n{}\n")
    assert [read_line(stream), read_line(stream), read_line(stream)] == [b"{}\n", b"{}\n", b""]


def test_a_line_cut_off_is_refused() -> None:
    with pytest.raises(MessageError, match="cut off"):
        read_line(io.BytesIO(b'{"type": '))


def test_a_line_too_long_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llm_protocol, "MAX_LINE_BYTES", 10)
    stream = io.BytesIO(b"x" * 1000 + b"\n")
    with pytest.raises(MessageError, match="longer than 10"):
        read_line(stream)
    assert stream.tell() == 10


def test_messages_are_values() -> None:
    assert Cancel(id=1) == Cancel(id=1)
    assert hash(Text(id=1, text="", usage=Usage(**USAGE)))
    assert Chosen(id=1, probabilities=(1.0,), usage=Usage(**USAGE)).probabilities == (1.0,)
