"""What is kept with an answer of how its passages came to their scores."""

import math
from dataclasses import replace

import pytest

from assistant.answers import Answer
from assistant.answers_json import render_answer
from assistant.questions.expansion import analyse_query
from assistant.scope import Scope
from assistant.why import NO_SEARCH, record_search
from tests.assistant.corpora import BRIDGE, QUESTION, ask, build_index, final

INDEX = build_index()


def asked(question: str = QUESTION, *drafts: str) -> Answer:
    return final(ask(INDEX, *drafts, question=question))


@pytest.mark.parametrize(
    "question",
    [
        QUESTION,
        "Was the mill a mill of Harow, and who closed the mill?",
        "Do the essays agree about the river?",
    ],
)
def test_every_score_is_the_sum_of_what_its_terms_add_by_the_numbers_kept(question: str) -> None:
    answer = asked(question, "Pell closed the mill.")
    search, terms = answer.search, {one.term: one for one in answer.search.terms}
    assert answer.passages
    for passage in answer.passages:
        norm = 1 - search.b + search.b * passage.n_terms / search.mean_n_terms
        for match in passage.matches:
            times = match.n_times * (search.k1 + 1) / (match.n_times + search.k1 * norm)
            term = terms[match.term]
            assert math.isclose(match.score, term.weight * term.idf * times)
        assert math.isclose(sum(match.score for match in passage.matches), passage.score)


def test_each_word_is_kept_as_typed_with_its_term_and_its_rareness() -> None:
    search = record_search(analyse_query("Why were Mills closing the mill?", INDEX), INDEX)
    assert [(one.word, one.term, one.weight) for one in search.terms] == [
        ("Mills", "mill", 2.0),
        ("closing", "close", 1.0),
    ]
    mill = search.terms[0]
    assert (mill.idf, mill.n_passages) == (INDEX.idf("mill"), INDEX.count_holders("mill"))
    assert search.n_passages == len(INDEX.passages)


def test_another_spelling_names_the_word_that_it_stands_for() -> None:
    search = record_search(analyse_query("Who were the weeavers?", INDEX), INDEX)
    assert [(one.word, one.stands_for, one.weight) for one in search.terms] == [
        ("weavers", "weeavers", 0.9)
    ]


def test_a_word_that_no_essay_has_is_kept_with_no_passage() -> None:
    search = record_search(analyse_query("Who saw the zeppelin?", INDEX), INDEX)
    assert [(one.word, one.n_passages) for one in search.terms] == [("saw", 0), ("zeppelin", 0)]


def test_under_a_limit_rareness_is_that_of_all_essays() -> None:
    answer = final(
        ask(
            INDEX,
            "The bridge was made of iron.",
            question="What was the bridge made of?",
            scope=Scope(essay_ids=(BRIDGE.id,)),
        )
    )
    assert answer.search.n_passages == len(INDEX.passages)


def test_an_answer_without_a_search_keeps_none() -> None:
    assert asked("Summarise the essays").search == NO_SEARCH


def test_the_reasons_take_little_room() -> None:
    answer = asked(QUESTION, "Pell closed the mill.")
    bare = replace(
        answer,
        search=NO_SEARCH,
        passages=tuple(replace(one, matches=(), n_terms=0) for one in answer.passages),
    )
    more = len(render_answer(answer)) - len(render_answer(bare))
    assert 0 < more < 400 * (1 + len(answer.passages))
