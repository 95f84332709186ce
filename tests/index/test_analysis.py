"""Terms: what is compared when searching."""

import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analysis import STOP_WORDS, is_stop_word, token_spans, tokenize


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("HARBOUR", "harbour", id="case"),
        pytest.param("rope maker's", "rope maker’s", id="apostrophes"),
        pytest.param("the guild’s gate", "guild gate", id="possessive"),
        pytest.param("the makers’ gate", "makers gate", id="plural possessive"),
        pytest.param("caf\u00e9", "cafe\u0301", id="composed and decomposed"),
        pytest.param("ﬁsh", "fish", id="ligature"),
        pytest.param("500,000 ropes", "500000 ropes", id="thousands"),
        pytest.param("U.S.S.R.", "USSR", id="dotted abbreviation"),
        pytest.param("J.V. Example", "J. V. Example", id="initials"),
        pytest.param("the 1920’s", "the 1920s", id="decade"),
        pytest.param("governing governs governed", "govern govern govern", id="stems"),
        pytest.param("don’t sail", "sail", id="contraction is a stop word"),
        pytest.param("out-manoeuvred", "out manoeuvred", id="hyphen"),
        pytest.param("Ｗｉｄｅ", "wide", id="compatibility forms"),
        pytest.param("STRASSE", "straße", id="case folding"),
    ],
)
def test_two_spellings_have_the_same_terms(one: str, other: str) -> None:
    assert tokenize(one) == tokenize(other)
    assert tokenize(one)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        pytest.param("500,000", ("500000",), id="number with thousands"),
        pytest.param("3.5 tons", ("3.5", "ton"), id="decimal number"),
        pytest.param("in 1905, 1912", ("1905", "1912"), id="years in a list"),
        pytest.param("the US and us", ("us",), id="country, not pronoun"),
        pytest.param("It was the", (), id="stop words only"),
        pytest.param("", (), id="nothing"),
        pytest.param("?! …", (), id="punctuation"),
    ],
)
def test_terms_of_a_text(text: str, terms: tuple[str, ...]) -> None:
    assert tokenize(text) == terms


def test_stop_words_are_recognised_in_any_case_and_with_any_apostrophe() -> None:
    assert is_stop_word("THE")
    assert is_stop_word("Wasn’t")
    assert not is_stop_word("harbour")


def test_stop_words_are_in_the_form_they_are_compared_in() -> None:
    assert all(word == unicodedata.normalize("NFKC", word).casefold() for word in STOP_WORDS)


@given(st.text())
def test_spans_are_in_order_within_the_text_and_make_the_terms(text: str) -> None:
    spans = token_spans(text)
    edges = [edge for span in spans for edge in (span.start, span.end)]
    assert edges == sorted(edges)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert tuple(span.term for span in spans) == tokenize(text)
    assert all(tokenize(text[span.start : span.end]) for span in spans)


def test_threads_get_the_same_terms() -> None:
    texts = [" ".join(f"word{number}ing{letter}" for letter in "abcdf") for number in range(200)]
    expected = [tuple(f"word{n}ing{letter}" for letter in "abcdf") for n in range(200)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(tokenize, texts)) == expected
