"""Files of each format, in each encoding."""

import pytest

from index.errors import EssayError
from index.readers import READERS, RawEssay
from index.readers.decoding import decode

TEXT = "The café’s naïve owner said “no” – and left for the harbour of the old town."


@pytest.mark.parametrize(
    ("codec", "encoding"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-32", "utf-32"),
        ("cp1252", "cp1252"),
    ],
)
def test_text_is_read_in_its_encoding(codec: str, encoding: str) -> None:
    assert decode(TEXT.encode(codec)) == (TEXT, encoding)


def test_big_endian_text_with_a_mark_is_read() -> None:
    assert decode(b"\xfe\xff" + TEXT.encode("utf-16-be")).text == TEXT


def test_latin_1_is_read() -> None:
    text = "The café of the naïve owner was shut, and the rôle of the guild was over."
    assert decode(text.encode("latin-1")).text == text


def test_line_ends_of_all_systems_are_read_alike() -> None:
    assert decode(b"one\r\ntwo\rthree\nfour").text == "one\ntwo\nthree\nfour"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"%PDF-1.7\n\0\xff\xfe\x01", id="nulls"),
        pytest.param(bytes(range(1, 9)) * 20, id="control characters"),
        pytest.param(b"\x7fELF\x02\x01\x01" + bytes(40), id="program"),
    ],
)
def test_binary_content_is_refused(content: bytes) -> None:
    with pytest.raises(EssayError, match="binary file, not text; save it as plain text"):
        decode(content)


def texts(essay: RawEssay) -> list[str]:
    return ["\n".join(line.text for line in block.lines) for block in essay.blocks]


def test_markdown_becomes_plain_paragraphs() -> None:
    source = (
        "# On *Ropes*\n\nThe [guild](http://example.org/ 'x') kept\nits **keys** & `tar`.\n\n"
        "![a picture](http://example.org/a.png)\n\n<div onclick='x()'>\n\n- one thing\n- two\n\n"
        "> A quotation\n\n| a | b |\n|---|---|\n| c | d |\n"
    )
    assert texts(READERS["md"](source.encode())) == [
        "On Ropes",
        "The guild kept its keys & tar.",
        "one thing",
        "two",
        "A quotation",
        "a",
        "b",
        "c",
        "d",
    ]


def test_front_matter_is_read_and_leaves_the_text() -> None:
    source = (
        b"---\ntitle: On Ropes\nauthor: [Jane Example, Sam Reed]\ndate: 2009-05-03\n---\nIt is."
    )
    essay = READERS["md"](source)
    assert (essay.title, essay.author, essay.date) == (
        "On Ropes",
        "Jane Example, Sam Reed",
        "2009-05-03",
    )
    assert texts(essay) == ["It is."]


def test_markdown_without_front_matter_has_no_metadata() -> None:
    essay = READERS["md"](b"It is.")
    assert (essay.title, essay.author, essay.date) == ("", "", "")


def test_front_matter_that_is_not_yaml_is_refused() -> None:
    with pytest.raises(EssayError, match="front matter is not valid YAML"):
        READERS["md"](b"---\ntitle: [\n---\nText.")


def test_a_rule_above_a_list_is_not_front_matter() -> None:
    assert "one thing" in texts(READERS["md"](b"---\n- one thing\n---\nText."))
