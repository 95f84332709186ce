"""What is searched for, and what of a question occurs nowhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evidence import score_sentences
from assistant.questions.expansion import (
    VARIANT_WEIGHT,
    analyse_query,
    find_unknown_names,
    find_unknown_numbers,
)
from assistant.questions.querying import Expansion
from index.analysis import tokenize
from index.bm25 import Bm25Index
from tests.assistant.corpora import build_index
from tests.index.essays import make_document

SKERNYI = make_document(
    "Skernyi held the harbour in 1874. Bregov Skerny wrote his testament. The triumvirate of 1923"
    " sold 1,200 ropes to Marenko.",
)


@pytest.fixture(scope="module")
def index() -> Bm25Index:
    return build_index([SKERNYI])


def test_a_question_in_the_words_of_the_essays_is_searched_for_as_it_is(index: Bm25Index) -> None:
    text = "Who held the harbour and sold the ropes of the harbour?"
    query = analyse_query(text, index)
    assert query.text == text
    assert query.tokens == tokenize(text)
    assert query.expanded == ()
    assert not query.weights
    assert not query.alike


def test_a_mistyped_word_gives_way_to_its_spelling(index: Bm25Index) -> None:
    query = analyse_query("What did the trimuvirate sell?", index)
    (term,) = tokenize("triumvirate")
    assert query.tokens == (term, "sell")
    assert query.weights == {term: VARIANT_WEIGHT}
    assert query.expanded == (Expansion(word="trimuvirate", spellings=("triumvirate",)),)


def test_a_name_is_searched_for_in_its_other_spellings_too(index: Bm25Index) -> None:
    query = analyse_query("When did Skernyi die?", index)
    assert query.tokens == ("skernyi", "skerni", "die")
    assert query.alike == {"skerni": "skernyi"}
    assert query.expanded == (Expansion(word="Skernyi", spellings=("Skerny",)),)


def test_spellings_that_are_both_typed_are_not_expanded(index: Bm25Index) -> None:
    query = analyse_query("Are Skernyi and Skerny one?", index)
    assert query.tokens == ("skernyi", "skerni", "one")
    assert query.expanded == ()


def test_a_word_typed_twice_is_shown_once(index: Bm25Index) -> None:
    query = analyse_query("Is a testement a testement?", index)
    assert query.tokens == ("testament", "testament")
    assert len(query.expanded) == 1


def test_a_word_like_none_stays(index: Bm25Index) -> None:
    assert analyse_query("Did Khalvati ask?", index).tokens == ("khalvati", "ask")


def test_spellings_of_one_word_cover_it_once(index: Bm25Index) -> None:
    query = analyse_query("Who is Skernyi?", index)
    hits = index.search(query.tokens, top_k=8, weights=query.weights)
    scored = score_sentences(
        index, hits, query.tokens, weights=query.weights, alike=query.alike, question=query.text
    )
    by_text = {one.sentence.text: one.coverage for one in scored}
    assert by_text["Skernyi held the harbour in 1874."] == 1
    assert by_text["Bregov Skerny wrote his testament."] == 1


def test_a_mistyped_question_is_covered_like_one_that_is_not(index: Bm25Index) -> None:
    coverages = []
    for text in ("Who sold the testament?", "Who sold the testement?"):
        query = analyse_query(text, index)
        hits = index.search(query.tokens, top_k=8, weights=query.weights)
        scored = score_sentences(index, hits, query.tokens, weights={}, alike=query.alike)
        coverages.append(max(one.coverage for one in scored))
    assert coverages[0] == pytest.approx(coverages[1])


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("What did Skernyi hold?", ()),
        ("What did Skernij hold?", ()),
        ("What did Khalvati hold?", ("Khalvati",)),
        ("Did Marenko meet Ansgar Khalvati in Ulm?", ("Ansgar Khalvati", "Ulm")),
        ("Did Khalvati know Khalvati’s heir?", ("Khalvati",)),
        ("Who wrote Khalvati's life?", ("Khalvati",)),
        ("Khalvati held what?", ()),
        ("He asked. Khalvati held what?", ()),
        ("What Did Khalvati Hold?", ()),
        ("what did khalvati hold?", ()),
        ("", ()),
    ],
)
def test_unknown_names(question: str, unknown: tuple[str, ...], index: Bm25Index) -> None:
    assert find_unknown_names(question, index) == unknown


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("What was sold in 1923?", ()),
        ("What was sold in 1931 and 1932?", ("1931", "1932")),
        ("What was sold in the 1920s?", ()),
        ("What was sold in the 1930s?", ("1930s",)),
        ("Who sold 1200 ropes?", ()),
        ("Who sold 1,300 ropes?", ("1,300",)),
        ("Name 5 sellers.", ()),
        ("", ()),
    ],
)
def test_unknown_numbers(question: str, unknown: tuple[str, ...], index: Bm25Index) -> None:
    assert find_unknown_numbers(question, index) == unknown


@given(st.text(max_size=60))
def test_any_text_makes_a_query(text: str) -> None:
    index = build_index([SKERNYI])
    query = analyse_query(text, index)
    assert bool(query.tokens) is bool(tokenize(text))
    assert all(0 < weight <= 1 for weight in query.weights.values())
    find_unknown_names(text, index)
    find_unknown_numbers(text, index)
