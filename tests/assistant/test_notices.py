"""What the assistant says when it declines."""

from collections.abc import Collection, Sequence

import pytest

from assistant.answers import Reason
from assistant.notices import MAX_NAMED, explain_abstention

QUESTION = "Why did Pell sell the mill on the river to Lind?"


def explain(
    reason: Reason = Reason.NOT_IN_EVIDENCE,
    *,
    question: str = QUESTION,
    missing: Sequence[str] = (),
    unknown: Collection[str] = (),
    heavy: Collection[str] = (),
) -> str:
    """Explain an abstention where all terms but ``unknown`` stand in the essays."""
    return explain_abstention(
        reason,
        question,
        missing=missing,
        is_known=lambda term: term not in unknown,
        weigh=lambda term: 2.0 if term in heavy else 1.0,
    )


@pytest.mark.parametrize("reason", [Reason.NOT_IN_EVIDENCE, Reason.UNSUPPORTED, Reason.NO_PASSAGES])
def test_what_the_essays_name_nowhere_is_said_whatever_the_reason(reason: Reason) -> None:
    assert explain(reason, missing=["Oswin"]) == (
        "The essays do not say: they have nothing on “Oswin”."
    )


def test_words_that_stand_in_no_essay_are_named_as_typed() -> None:
    notice = explain(question="Who painted Sunflowers?", unknown=["sunflow"])
    assert notice == (
        "The essays do not seem to say: the word “Sunflowers” occurs nowhere in them."
    )


def test_a_word_that_the_essays_lack_is_no_reason_for_what_was_left_out() -> None:
    notice = explain(Reason.UNSUPPORTED, question="Who painted Sunflowers?", unknown=["sunflow"])
    assert "Sunflowers" not in notice


def test_several_are_joined_as_in_a_sentence_and_not_too_many() -> None:
    notice = explain(missing=["Ash", "Birch", "Cole", "Dorn"])
    assert notice.endswith("nothing on “Ash”, “Birch” and “Cole”.")
    assert MAX_NAMED == 3


def test_where_all_words_are_known_the_weightiest_are_named_in_their_order() -> None:
    notice = explain(heavy=["river", "lind", "pell"])
    assert "they mention “Pell”, “river” and “Lind”" in notice
    assert "no passage found answers this question" in notice


def test_a_word_typed_twice_is_named_once() -> None:
    assert explain(question="Did the mill close the mill?").count("mill") == 1


def test_what_the_model_wrote_in_vain_is_said_to_be_left_out() -> None:
    assert "left out" in explain(Reason.UNSUPPORTED)


@pytest.mark.parametrize("question", ["", "Who was he?"])
def test_a_question_without_words_to_search_for_is_declined_in_a_whole_sentence(
    question: str,
) -> None:
    notice = explain(question=question)
    assert notice == "The essays do not seem to say: no passage answers this question."


@pytest.mark.parametrize("reason", list(Reason))
def test_a_notice_is_one_sentence(reason: Reason) -> None:
    notice = explain(reason)
    assert notice.endswith(".")
    assert notice.count(".") == 1
    assert "\n" not in notice
