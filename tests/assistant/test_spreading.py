"""Evidence over all essays."""

from collections.abc import Sequence

import pytest

from assistant.evidence import Evidence, score_sentences
from assistant.spreading import (
    MIN_SHARE,
    MentionCount,
    by_essay,
    count_mentions,
    render_count,
    render_searched,
    spread_evidence,
)
from index.analysis import tokenize
from index.bm25 import Bm25Index
from index.corpus import Document
from index.passages import split_passages
from tests.index.essays import make_document

MILL = make_document(
    "Pell closed the mill. The mill stood empty.\n\nThe river froze. Nobody saw Pell at the mill.",
    name="mill.md",
    title="On Weaving",
)
TOWN = make_document("Harrow had one mill. Its clock was slow.", name="town.md")
ROAD = make_document("The road to Tarn was paved with flint.", name="road.md")


def build(*documents: Document) -> Bm25Index:
    return Bm25Index([one for each in documents for one in split_passages(each, words=8)])


def make_scored(*rows: tuple[str, float]) -> tuple[Evidence, ...]:
    """Return sentences of essays, the essay named by the first letter of each."""
    letters = dict.fromkeys(text[0] for text, _ in rows)
    essays = {
        letter: make_document(
            "\n\n".join(text for text, _ in rows if text[0] == letter), name=letter
        )
        for letter in letters
    }
    sentences = {
        letter: {one.text: (passage, one) for passage in split_passages(essay, words=1)
                 for one in passage.sentences}
        for letter, essay in essays.items()
    }  # fmt: skip
    return tuple(
        Evidence(
            passage=sentences[text[0]][text][0],
            sentence=sentences[text[0]][text][1],
            score=score,
            coverage=0.5,
        )
        for text, score in rows
    )


def count_words(texts: Sequence[str]) -> tuple[int, ...]:
    return tuple(len(text.split()) for text in texts)


def spread(
    scored: Sequence[Evidence], *, sentences: int = 8, tokens: int = 100, per_essay: int = 2
) -> list[str]:
    chosen = spread_evidence(
        scored,
        max_sentences=sentences,
        max_tokens=tokens,
        count_tokens=count_words,
        per_essay=per_essay,
    )
    return [one.sentence.text for one in chosen]


SCORED = make_scored(
    ("A one is here.", 9.0),
    ("A two is here.", 8.5),
    ("A three is here.", 8.0),
    ("B one is here.", 7.0),
    ("C one is here.", 6.0),
    ("B two is here.", 5.0),
    ("D one is here.", 9.0 * MIN_SHARE - 0.1),
)


def test_the_best_of_each_essay_comes_first_then_the_second() -> None:
    assert spread(SCORED) == [
        "A one is here.",
        "B one is here.",
        "C one is here.",
        "A two is here.",
        "B two is here.",
    ]


def test_an_essay_with_little_to_say_is_left_out() -> None:
    assert "D one is here." not in spread(SCORED)


def test_few_sentences_still_reach_many_essays() -> None:
    assert spread(SCORED, sentences=3) == ["A one is here.", "B one is here.", "C one is here."]


def test_one_essay_gives_no_more_than_its_share() -> None:
    assert spread(SCORED, per_essay=1) == ["A one is here.", "B one is here.", "C one is here."]


def test_the_tokens_are_kept_to() -> None:
    assert spread(SCORED, tokens=9) == ["A one is here.", "B one is here."]


def test_no_evidence_spreads_to_none() -> None:
    assert spread(()) == []


def test_groups_stand_in_order_of_their_best() -> None:
    groups = by_essay(tuple(reversed(SCORED)))
    assert [group[0].passage.document.name for group in groups] == ["A", "B", "C", "D"]
    assert [one.score for one in groups[0]] == [8.0, 8.5, 9.0]
    assert by_essay(()) == ()


# Counts


def test_passages_that_hold_the_words_are_counted_over_all() -> None:
    count = count_mentions(build(MILL, TOWN, ROAD), tokenize("the mill"))
    assert [(one.document.name, one.n_passages) for one in count.essays] == [
        ("mill.md", 2),
        ("town.md", 1),
    ]
    assert (count.n_passages, count.n_times) == (3, 4)
    assert (count.n_all_passages, count.n_all_essays) == (4, 3)


def test_more_passages_than_a_search_shows_are_counted() -> None:
    text = "\n\n".join(f"The mill number {number} was built of grey stone." for number in range(40))
    assert count_mentions(build(make_document(text)), ("mill",)).n_passages == 40


def test_a_title_alone_mentions_nothing() -> None:
    assert count_mentions(build(MILL, TOWN), tokenize("weaving")).n_passages == 0


def test_all_words_of_a_topic_must_stand_in_the_passage() -> None:
    count = count_mentions(build(MILL, TOWN), tokenize("Pell's mill"))
    assert ([one.document.name for one in count.essays], count.is_whole) == (["mill.md"], True)


def test_most_of_the_words_count_where_no_passage_holds_all() -> None:
    count = count_mentions(build(MILL, TOWN, ROAD), tokenize("slow clock mill flint"))
    assert ([one.document.name for one in count.essays], count.is_whole) == (["town.md"], False)


def test_a_name_that_no_essay_holds_is_not_left_aside() -> None:
    assert count_mentions(build(MILL, TOWN, ROAD), tokenize("Skerne's mill")).n_passages == 0


def test_no_words_are_found_nowhere() -> None:
    count = count_mentions(build(MILL), ())
    assert (count.essays, count.n_passages, count.n_times) == ((), 0, 0)


def test_the_best_sentence_of_each_essay_is_its_evidence() -> None:
    count = count_mentions(build(MILL, TOWN), tokenize("Pell mill"))
    (mill,) = count.essays
    assert mill.best is not None
    assert {"pell", "mill"} <= set(tokenize(mill.best.sentence.text))
    assert mill.best.passage.document.id == MILL.id


def make_count(essays: int, passages: int, all_essays: int, all_passages: int) -> MentionCount:
    index = build(MILL)
    (one,) = count_mentions(index, ("mill",)).essays
    return MentionCount(
        essays=(one,) * essays,
        n_passages=passages,
        n_times=passages,
        n_all_passages=all_passages,
        n_all_essays=all_essays,
        is_whole=True,
    )


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ((3, 12, 5, 59), "3 of the 5 essays mention “Pell”, in 12 of 59 passages."),
        ((1, 1, 5, 59), "1 of the 5 essays mentions “Pell”, in 1 of 59 passages."),
        ((0, 0, 5, 59), "None of the 5 essays mentions “Pell”, in any of their 59 passages."),
        ((1, 2, 1, 9), "The essay mentions “Pell” in 2 of 9 passages."),
        ((0, 0, 1, 1), "The essay does not mention “Pell”; it was looked for in 1 passage."),
    ],
)
def test_a_count_says_over_how_many_it_looked(
    numbers: tuple[int, int, int, int], sentence: str
) -> None:
    assert render_count(make_count(*numbers), "Pell") == sentence


def test_a_count_of_most_words_says_so() -> None:
    count = count_mentions(build(MILL, TOWN, ROAD), tokenize("slow clock mill flint"))
    assert render_count(count, "x").startswith(
        "1 of the 3 essays mentions most of the words of “x”"
    )


def test_a_list_says_over_how_many_passages_it_was_looked_for() -> None:
    assert render_searched(build(MILL, TOWN)) == (
        "Looked through 3 passages of 2 essays; the list may be incomplete."
    )


def test_evidence_of_a_real_search_reaches_every_essay_that_speaks_of_it() -> None:
    index = build(MILL, TOWN, ROAD)
    terms = tokenize("Which essays mention the mill")
    scored = score_sentences(index, index.search(terms, top_k=9), terms)
    chosen = spread_evidence(scored, max_sentences=4, max_tokens=100, count_tokens=count_words)
    assert {one.passage.document.name for one in chosen} == {"mill.md", "town.md"}
