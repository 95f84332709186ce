"""An index limited to some of its essays."""

from collections.abc import Sequence

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from index.analysis import tokenize
from index.bm25 import Bm25Index
from index.passages import Passage
from tests.index.test_bm25 import QUERIES, TEXTS, make_passages


def make_index(*texts: str) -> Bm25Index:
    return Bm25Index(make_passages(texts))


def ids(passages: Sequence[Passage]) -> list[str]:
    return [one.document.id for one in passages]


@settings(max_examples=40)
@given(TEXTS, QUERIES, st.sets(st.integers(0, 19)))
def test_limited_hits_are_those_of_all_essays_without_the_others(
    texts: list[str], query: str, chosen: set[int]
) -> None:
    assume(any(texts))
    index, tokens = Bm25Index(make_passages(texts)), tokenize(query)
    wanted = {one.document.id for at, one in enumerate(index.passages) if at in chosen}
    limited = index.limit_to(wanted)
    assert [(hit.passage, hit.score) for hit in limited.search(tokens, top_k=20)] == [
        (hit.passage, hit.score)
        for hit in index.search(tokens, top_k=20)
        if hit.passage.document.id in wanted
    ]


def test_hits_are_limited_before_they_are_counted_and_ranked_from_one() -> None:
    index = make_index("rope rope", "rope", "salt", "tar", "bell")
    (hit,) = index.limit_to(ids(index.passages[1:])).search(("rope",), top_k=1)
    assert (hit.passage.text, hit.rank) == ("rope", 1)


def test_terms_and_passages_are_those_of_the_chosen_essays() -> None:
    index = make_index("rope", "salt", "tar")
    limited = index.limit_to(ids(index.passages[:2]))
    assert [one.text for one in limited.passages] == ["rope", "salt"]
    assert [limited.has_term(term) for term in ("rope", "salt", "tar", "bell")] == [
        *(True, True, False, False)
    ]


def test_the_weight_of_a_term_is_that_of_all_essays() -> None:
    index = make_index("rope", "rope salt", "tar", "bell", "gate")
    limited = index.limit_to(ids(index.passages[:1]))
    assert limited.idf("rope") == index.idf("rope")
    assert limited.idf("unknown") == index.idf("unknown")
    assert (limited.n_weighed, limited.count_holders("rope")) == (5, 2)


def test_the_whole_index_stays_as_it_was() -> None:
    index = make_index("rope", "rope salt")
    index.limit_to(ids(index.passages[:1]))
    assert len(index.passages) == len(index.search(("rope",), top_k=9)) == 2


def test_a_limit_of_a_limit_is_within_both() -> None:
    index = make_index("rope", "salt", "tar")
    first, second, third = ids(index.passages)
    assert ids(index.limit_to((first, second)).limit_to((second, third)).passages) == [second]


@pytest.mark.parametrize(
    "chosen", [pytest.param((), id="none"), pytest.param(("0" * 16,), id="one that is gone")]
)
def test_without_essays_nothing_is_found(chosen: tuple[str, ...]) -> None:
    limited = make_index("rope", "salt").limit_to(chosen)
    assert limited.passages == ()
    assert limited.search(("rope",), top_k=3) == ()
    assert not limited.has_term("rope")


def test_a_spelling_is_one_that_the_chosen_essays_have() -> None:
    index = make_index("The organisation met.", "The harbour froze.")
    assert index.find_similar("organization") == tokenize("organisation")
    assert index.limit_to(ids(index.passages[1:])).find_similar("organization") == ()


def test_a_word_of_the_other_essays_is_not_taken_for_mistyped() -> None:
    index = make_index("The windmills froze.", "The windmill of a windmilll.")
    chosen = ids(index.passages[:1])
    assert index.limit_to(chosen).find_similar("windmlls") == tokenize("windmills")
    assert index.limit_to(chosen).find_similar("windmilll") == ()
