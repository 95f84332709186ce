"""Scores taken apart term by term."""

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from index.analysis import tokenize
from index.bm25 import Bm25Index
from index.explaining import explain
from tests.index.test_bm25 import QUERIES, TEXTS, make_passages


@settings(max_examples=40)
@given(TEXTS, QUERIES, st.floats(0.1, 1))
def test_the_parts_sum_to_the_score(texts: list[str], query: str, weight: float) -> None:
    assume(any(texts))
    index, tokens = Bm25Index(make_passages(texts, title="Rope and tar")), tokenize(query)
    weights = {"rope": weight}
    for hit in index.search(tokens, top_k=20, weights=weights):
        parts = explain(index, tokens, hit.passage, weights=weights).parts
        assert math.isclose(math.fsum(part.score for part in parts), hit.score)
        assert {part.term for part in parts} <= set(tokens)
        assert all(part.score > 0 for part in parts)


def test_each_term_is_counted_in_the_passage_and_the_head_of_its_essay() -> None:
    texts = ["rope tar rope", "salt", "bell"]
    index = Bm25Index(make_passages(texts, title="Rope", author="Jane Example"))
    found = explain(index, ("rope", "tar", "gate", "exampl"), index.passages[0])
    assert [(part.term, part.n_times) for part in found.parts] == [
        *(("rope", 3), ("tar", 1), ("exampl", 1))
    ]
    assert found.n_terms == 6


def test_a_term_asked_twice_adds_twice() -> None:
    index = Bm25Index(make_passages(["rope tar", "salt", "bell"]))
    (once,) = explain(index, ("rope",), index.passages[0]).parts
    (twice,) = explain(index, ("rope", "rope"), index.passages[0]).parts
    assert twice.score == 2 * once.score


def test_a_limit_changes_no_part() -> None:
    index = Bm25Index(make_passages(["rope tar", "rope", "bell", "gate", "salt"]))
    limited = index.limit_to([index.passages[0].document.id])
    tokens = ("rope", "tar")
    assert explain(limited, tokens, index.passages[0]) == explain(index, tokens, index.passages[0])


def test_a_passage_of_another_index_is_refused() -> None:
    (other,) = make_passages(["gate"])
    with pytest.raises(ValueError, match=r"The passage at 0 of 'a\.txt' is not in the index"):
        explain(Bm25Index(make_passages(["rope"])), ("rope",), other)
