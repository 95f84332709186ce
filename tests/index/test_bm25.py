"""Ranking."""

import json
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
import rank_bm25
from hypothesis import assume, given
from hypothesis import strategies as st

from index.analysis import tokenize
from index.bm25 import K1, B, Bm25Index
from index.corpus import load_corpus
from index.errors import EmptyIndexError
from index.passages import Passage, split_passages
from tests.conftest import Golden
from tests.index.essays import make_document

ESSAYS = Path(__file__).parents[2] / "index" / "essays"
QUESTIONS = Path(__file__).parents[1] / "questions.jsonl"
WORDS = ["harbour", "guild", "rope", "gate", "keys", "sailor", "war", "salt", "tar", "bell"]


def make_passages(texts: Sequence[str], **head: str) -> list[Passage]:
    """Return one passage for each text; a blank text has one too."""
    return [
        Passage(
            document=make_document(text, **head), start=0, end=len(text), text=text, sentences=()
        )
        for text in texts
    ]


def numbers_found(index: Bm25Index, query: str, *, top_k: int = 100) -> list[int]:
    return [index.passages.index(hit.passage) for hit in index.search(tokenize(query), top_k=top_k)]


TEXTS = st.lists(
    st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join), min_size=1, max_size=20
)
QUERIES = st.lists(st.sampled_from([*WORDS, "unknown"]), max_size=5).map(" ".join)


@given(TEXTS, QUERIES)
def test_scores_are_those_of_rank_bm25_where_it_has_any(texts: list[str], query: str) -> None:
    terms = [tokenize(text) for text in texts]
    assume(any(terms))
    counts = Counter(term for held in terms for term in set(held))
    query_terms = tokenize(query)
    assume(all(counts[term] < len(texts) / 2 for term in query_terms))
    expected = rank_bm25.BM25Okapi(terms, k1=K1, b=B).get_scores(query_terms)
    index = Bm25Index(make_passages(texts))
    scores = {
        index.passages.index(hit.passage): hit.score
        for hit in index.search(query_terms, top_k=len(texts))
    }
    distinct = {text: number for number, text in reversed(list(enumerate(texts)))}
    for text, number in distinct.items():
        assert scores.get(number, 0.0) == expected[number], text


def test_scores_are_those_of_rank_bm25_on_a_larger_corpus() -> None:
    chance = random.Random(1905)
    vocabulary = [f"term{number}" for number in range(300)]
    texts = [" ".join(chance.choices(vocabulary, k=chance.randint(1, 120))) for _ in range(400)]
    terms = [tokenize(text) for text in texts]
    reference = rank_bm25.BM25Okapi(terms, k1=K1, b=B)
    index = Bm25Index(make_passages(texts))
    for _ in range(30):
        query = tuple(chance.choices(vocabulary, k=6))
        expected = reference.get_scores(query)
        for hit in index.search(query, top_k=400):
            assert hit.score == expected[texts.index(hit.passage.text)]


@given(TEXTS, QUERIES, st.integers(1, 20))
def test_fewer_hits_are_the_first_of_more_hits(texts: list[str], query: str, top_k: int) -> None:
    assume(any(texts))
    index = Bm25Index(make_passages(texts))
    more = index.search(tokenize(query), top_k=top_k + 1)
    assert index.search(tokenize(query), top_k=top_k) == more[:top_k]


@given(TEXTS, QUERIES)
def test_a_passage_is_a_hit_exactly_if_it_shares_a_term(texts: list[str], query: str) -> None:
    assume(any(texts))
    index = Bm25Index(make_passages(texts))
    hits = index.search(tokenize(query), top_k=len(texts))
    wanted = set(tokenize(query))
    assert sorted(hit.passage.text for hit in hits) == sorted(
        text for text in texts if wanted & set(tokenize(text))
    )
    assert all(hit.score > 0 for hit in hits)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_equal_scores_keep_the_order_of_the_corpus() -> None:
    index = Bm25Index(make_passages(["rope gate", "salt", "gate rope", "rope gate"]))
    assert [
        hit.passage is index.passages[n]
        for hit, n in zip(index.search(("gate",), top_k=4), (0, 2, 3), strict=True)
    ] == [True, True, True]


def test_a_term_of_half_of_the_passages_still_counts() -> None:
    index = Bm25Index(make_passages(["rope", "salt"]))
    assert numbers_found(index, "rope") == [0]


def test_a_commoner_term_never_weighs_more() -> None:
    texts = [" ".join(WORDS[: number % len(WORDS) + 1]) for number in range(40)]
    index = Bm25Index(make_passages(texts))
    counts = Counter(word for text in texts for word in text.split())
    weights = [index.idf(*tokenize(word)) for word, _ in counts.most_common()]
    assert weights == sorted(weights)
    assert weights[0] > 0
    assert index.idf("unknown") > weights[-1]


def test_title_and_author_are_searched_and_not_part_of_the_passage() -> None:
    index = Bm25Index(
        make_passages(["The gate was shut."], title="On Ropes", author="Jane Example")
    )
    hits = index.search(tokenize("What does Example say of ropes?"), top_k=1)
    assert [hit.passage.text for hit in hits] == ["The gate was shut."]
    assert index.has_term("exampl")


def test_an_unknown_term_finds_nothing() -> None:
    index = Bm25Index(make_passages(["rope"]))
    assert index.search(("unknown",), top_k=3) == ()
    assert index.search((), top_k=3) == ()
    assert not index.has_term("unknown")


@pytest.mark.parametrize(
    "texts", [pytest.param([], id="no passages"), pytest.param(["…", "the"], id="no terms")]
)
def test_an_index_of_nothing_is_refused(texts: list[str]) -> None:
    with pytest.raises(EmptyIndexError, match="give essays with text"):
        Bm25Index(make_passages(texts))


def test_a_string_is_refused_as_a_query() -> None:
    with pytest.raises(TypeError, match="tokens is the string 'rope'"):
        Bm25Index(make_passages(["rope"])).search("rope", top_k=1)


def test_a_top_k_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="top_k is 0; give 1 or more"):
        Bm25Index(make_passages(["rope"])).search(("rope",), top_k=0)


def test_the_ranking_of_the_default_essays_is_the_golden_one(golden: Golden) -> None:
    documents = load_corpus([ESSAYS]).documents
    index = Bm25Index([passage for found in documents for passage in split_passages(found)])
    lines = []
    records = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    for record in records[:10]:
        lines.append(record["question"])
        lines += [
            f"  {hit.rank} {hit.score:6.2f}  {hit.passage.document.name}"
            f" {hit.passage.start}:{hit.passage.end}"
            for hit in index.search(tokenize(record["question"]), top_k=4)
        ]
    golden("ranking.txt", "\n".join(lines) + "\n")


def test_a_term_counts_by_its_weight() -> None:
    index = Bm25Index(make_passages(["rope", "salt", "gate", "bell", "tar"]))
    plain = index.search(("rope", "salt"), top_k=2)
    weighted = index.search(("rope", "salt"), top_k=2, weights={"rope": 0.5})
    assert [hit.passage.text for hit in weighted] == ["salt", "rope"]
    assert weighted[0].score == plain[1].score
    assert weighted[1].score == plain[0].score / 2


@given(TEXTS, QUERIES)
def test_full_weights_change_nothing(texts: list[str], query: str) -> None:
    assume(any(texts))
    index, tokens = Bm25Index(make_passages(texts)), tokenize(query)
    weights = dict.fromkeys(tokens, 1.0)
    assert index.search(tokens, top_k=9, weights=weights) == index.search(tokens, top_k=9)


def test_a_mistyped_word_is_found_among_the_words_of_passages_titles_and_authors() -> None:
    index = Bm25Index(
        make_passages(["The harbours froze."], title="On Windmills", author="Jane Sterndale")
    )
    assert index.find_similar("harbuor") == tokenize("harbours")
    assert index.find_similar("windmlls") == tokenize("windmills")
    assert index.find_similar("Sterndal's") == ()
    assert index.find_similar("Sterndle's") == tokenize("Sterndale")
    assert index.get_spelling(*tokenize("harbour")) == "harbours"


def test_a_word_of_the_essays_is_not_taken_for_mistyped() -> None:
    index = Bm25Index(make_passages(["The robes and the ropes. Tarmskii met Tarmsky's heir."]))
    assert index.find_similar("ropes") == ()
    assert index.find_similar("Tarmsky’s") == tokenize("Tarmskii")


def test_spellings_made_ready_beforehand_are_those_found_otherwise() -> None:
    passages = make_passages(["The harbours froze.", "Tarmskii met Tarmsky's heir."])
    ready, other = Bm25Index(passages), Bm25Index(passages)
    ready.prepare_spellings()
    for word in ("harbuor", "Tarmsky", "gate"):
        assert ready.find_similar(word) == other.find_similar(word)
