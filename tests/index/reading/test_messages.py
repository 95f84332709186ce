"""What the reading process and the app say to each other."""

import dataclasses
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.corpus import Document, Page
from index.reading.limits import ReadingLimits
from index.reading.messages import (
    MAX_LINE_BYTES,
    Finished,
    Reached,
    Read,
    Refused,
    Reply,
    receive_bytes,
    receive_reply,
    receive_request,
    send,
)
from index.reading.steps import Step
from index.typed_lines import MessageError
from tests.index.essays import make_document

offsets = st.integers(min_value=0, max_value=10**7)
documents = st.builds(
    lambda name, headings, pages: dataclasses.replace(
        make_document(""), name=name, headings=tuple(headings), pages=tuple(pages)
    ),
    # File names may hold what is no character; see ``os.fsdecode``.
    st.text(st.characters(exclude_categories=())),
    st.lists(st.tuples(offsets, offsets), max_size=3),
    st.lists(st.builds(lambda start, label: Page(start=start, label=label), offsets, st.text())),
)
replies = st.one_of(
    st.builds(lambda step: Reached(step=step), st.sampled_from(Step)),
    st.builds(
        lambda reason, is_spent: Refused(reason=reason, is_spent=is_spent),
        st.text(),
        st.booleans(),
    ),
    st.builds(
        lambda document: Finished(document=document, text_bytes=1, segment_bytes=2), documents
    ),
)


def written(message: Read | Reply, *parts: bytes) -> io.BytesIO:
    stream = io.BytesIO()
    send(stream, message, *parts)
    stream.seek(0)
    return stream


@settings(max_examples=50, deadline=None)
@given(replies)
def test_a_reply_arrives_as_it_was_sent(reply: Reply) -> None:
    assert receive_reply(written(reply)) == reply


def test_a_request_arrives_with_its_limits_and_its_content() -> None:
    limits = ReadingLimits(max_cpu_s=1.5, max_text_words=7)
    request = Read(name="a\ud800.txt", limits=limits, content_bytes=3)
    stream = written(request, b"\n\0x")
    assert receive_request(stream) == request
    assert receive_bytes(stream, 3) == b"\n\0x"
    assert receive_request(stream) is None


def test_content_that_is_cut_off_is_noticed() -> None:
    with pytest.raises(MessageError, match="2 bytes arrived of 3"):
        receive_bytes(io.BytesIO(b"xx"), 3)


def changed(**fields: object) -> bytes:
    whole = json.loads(written(Refused(reason="", is_spent=False)).read())
    return json.dumps(whole | fields).encode() + b"\n"


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"null\n",
        b"[]\n",
        b"{}\n",
        b'{"type": "Reached", "step": "read"}',
        b'{"type": "Reached", "step": ["read"]}\n',
        b'{"type": "Reached", "step": {}}\n',
        b'{"type": ["Reached"], "step": "read"}\n',
        b'{"type": "Read", "name": "a", "content_bytes": 1}\n',
        b"x" * MAX_LINE_BYTES + b"\n",
        b"\xff\n",
        b"1" * 5000 + b"\n",
        changed(is_spent=1),
        changed(reason=None),
        changed(more=1),
    ],
    ids=lambda line: repr(line[:40]),
)
def test_what_is_no_reply_is_refused(line: bytes) -> None:
    with pytest.raises(MessageError):
        receive_reply(io.BytesIO(line))


@pytest.mark.parametrize("number", [-1, 2**53, 1.5, True, "1", None, float("nan"), float("inf")])
def test_a_size_that_is_none_is_refused(number: object) -> None:
    whole = json.loads(
        written(Finished(document=make_document(""), text_bytes=0, segment_bytes=0)).read()
    )
    line = json.dumps(whole | {"text_bytes": number}).encode() + b"\n"
    with pytest.raises(MessageError):
        receive_reply(io.BytesIO(line))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_bytes_from_anywhere_are_a_message_or_refused(line: bytes) -> None:
    try:
        receive_reply(io.BytesIO(line))
    except MessageError:
        return


def test_every_field_of_a_document_is_carried() -> None:
    document = Document(
        id="i",
        name="n",
        title="t",
        author="a",
        date="d",
        text="",
        encoding="e",
        is_truncated=True,
        format="pdf",
        headings=((0, 1),),
        pages=(Page(start=0, label="iv"),),
    )
    reply = receive_reply(written(Finished(document=document, text_bytes=0, segment_bytes=0)))
    assert isinstance(reply, Finished)
    assert reply.document == document
