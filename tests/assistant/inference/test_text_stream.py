"""Text as it is written, cut at stop texts."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from assistant.inference.text_stream import TextStream


def shown(pieces: list[bytes], *stop: str) -> list[str]:
    stream = TextStream(stop)
    return [*(stream.feed(piece) for piece in pieces), stream.flush()]


def cut_anyhow(text: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    return [text[a:b] for a, b in pairwise(edges)]


@given(st.text("ab\nç’", max_size=20), st.lists(st.integers(0, 99), max_size=8))
def test_the_pieces_join_to_the_text_before_the_stop_however_it_is_cut(
    text: str, cuts: list[int]
) -> None:
    pieces = cut_anyhow(text.encode(), cuts)
    assert "".join(shown(pieces, "ab\n")) == text.partition("ab\n")[0]


def test_a_character_in_two_pieces_comes_whole() -> None:
    assert shown([b"\xe2\x80", b"\x99s"]) == ["", "’s", ""]


def test_half_a_character_at_the_end_is_replaced() -> None:
    assert shown([b"a\xe2"]) == ["a", "\N{REPLACEMENT CHARACTER}"]


def test_what_only_began_like_a_stop_is_shown_at_the_end() -> None:
    assert shown([b"a\n"], "\n\n") == ["a", "\n"]


def test_the_first_stop_in_the_text_ends_it_not_the_first_in_the_list() -> None:
    assert "".join(shown([b"a, b. c"], ".", ",")) == "a"


def test_an_empty_stop_is_ignored() -> None:
    assert "".join(shown([b"ab"], "")) == "ab"


def test_nothing_is_shown_after_a_stop() -> None:
    stream = TextStream(["."])
    assert stream.feed(b"a.b") == "a"
    assert stream.is_ended
    assert stream.feed(b"c") == ""
    assert stream.flush() == ""
