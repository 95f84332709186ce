"""The text that is searched for, after what came before it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.questions.querying import Turn, make_query


def after(question: str, *turns: tuple[str, str]) -> str:
    return make_query(question, [Turn(question=asked, answer=said) for asked, said in turns])


STRIKE = ("Who led the strike at Harrow?", "Agnes Lind led the strike at Harrow.")


def test_the_first_question_stands_as_it_is_with_single_spaces() -> None:
    assert after("  Why did \n he  leave? ") == "Why did he leave?"


@pytest.mark.parametrize(
    ("question", "query"),
    [
        ("Where was she born?", "Where was Agnes Lind born?"),
        ("Who paid her?", "Who paid Agnes Lind?"),
        ("Who was her rival?", "Who was Agnes Lind's rival?"),
        ("What became of his house?", "What became of Agnes Lind's house?"),
    ],
)
def test_a_pronoun_becomes_the_person_of_the_answer(question: str, query: str) -> None:
    assert after(question, STRIKE) == query


def test_a_name_that_is_news_goes_before_one_that_was_asked_about() -> None:
    turn = ("Who followed Pell?", "Pell was followed by Lind.")
    assert after("When did she die?", turn) == "When did Lind die?"


def test_an_owner_comes_after_the_person_owned_by_nobody() -> None:
    turn = ("Who led it?", "Pell’s rival Lind led it.")
    assert after("When did he die?", turn) == "When did Lind die?"


def test_the_question_names_the_person_where_the_answer_does_not() -> None:
    turn = ("When did the young Pell leave Harrow?", "In the spring, by night.")
    assert "Pell" in after("Why did he leave?", turn)


@pytest.mark.parametrize("question", ["Why did it end?", "What did they want?", "What was that?"])
def test_what_cannot_be_resolved_carries_the_earlier_question_along(question: str) -> None:
    assert after(question, STRIKE) == f"{STRIKE[0]} {question}"


@pytest.mark.parametrize(
    "question", ["And why?", "Why?", "How so?", "But when?", "What about 1903?"]
)
def test_a_question_too_short_to_stand_alone_goes_on_from_the_last(question: str) -> None:
    assert after(question, STRIKE) == f"{STRIKE[0]} {question}"


@pytest.mark.parametrize(
    "question",
    [
        "What was the new bridge made of?",
        "Why did the merchants of Kestrel pay for towers?",
        "How did Vey draw the plans of the bridge?",
        "Why did Vey say that he would draw it?",
    ],
)
def test_a_new_topic_inherits_nothing(question: str) -> None:
    assert after(question, STRIKE) == question


def test_only_the_last_turn_is_referred_back_to() -> None:
    query = after("Where was he born?", ("Who fell?", "Jonas Pell fell."), STRIKE)
    assert query == "Where was Agnes Lind born?"


def test_an_abstention_before_leaves_the_question_to_refer_to() -> None:
    assert "Vey" in after("When did she die?", ("Who taught Marta Vey?", ""))


def test_a_pronoun_within_a_word_is_none() -> None:
    assert after("Where is the heritage of shepherds?", STRIKE) == (
        "Where is the heritage of shepherds?"
    )


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_any_question_keeps_its_words_that_are_no_pronouns(
    question: str, asked: str, said: str
) -> None:
    query = after(question, (asked, said))
    pronouns = {"he", "she", "him", "his", "her", "hers"}
    kept = [word for word in question.split() if word.casefold() not in pronouns]
    if not any(pronoun in question.casefold() for pronoun in ("he", "hi")):
        assert query.endswith(" ".join(kept))
    assert query == " ".join(query.split())
