"""The fakes keep the contracts of what they stand in for."""

from threading import Event

import pytest

from assistant.errors import StoppedError
from assistant.llm import LanguageModel, Message
from tests.fakes import FakeModel

QUESTION = (Message(role="user", content="Who came first?"),)


def generate(model: LanguageModel, *stop: str, max_tokens: int = 100) -> list[str]:
    pieces = model.generate(
        QUESTION, prefix="", stop=stop, max_tokens=max_tokens, cancelled=Event()
    )
    return [piece.text for piece in pieces]


def test_words_come_one_by_one_and_join_to_the_reply() -> None:
    assert generate(FakeModel(["The hen came first."])) == ["The", " hen", " came", " first."]


def test_a_stop_text_ends_the_reply_before_itself() -> None:
    assert "".join(generate(FakeModel(["One.\nTwo."]), "\n")) == "One."


def test_max_tokens_are_kept() -> None:
    assert generate(FakeModel(["a b c"]), max_tokens=2) == ["a", " b"]


def test_an_empty_reply_is_one_empty_piece() -> None:
    assert generate(FakeModel([""])) == [""]


def test_what_was_asked_is_recorded() -> None:
    model = FakeModel(choices=[[0.25, 0.75]])
    choice = model.choose(QUESTION, prefix="It was", texts=["a", "b"], cancelled=Event())
    assert choice.probabilities == (0.25, 0.75)
    assert model.requests[0].texts == ("a", "b")
    assert model.requests[0].prefix == "It was"


def test_a_stop_ends_a_reply_between_words() -> None:
    cancelled = Event()
    pieces = FakeModel(["a b c"]).generate(
        QUESTION, prefix="", stop=(), max_tokens=9, cancelled=cancelled
    )
    assert next(pieces).text == "a"
    cancelled.set()
    with pytest.raises(StoppedError):
        next(pieces)


def test_an_unexpected_request_fails_the_test_that_makes_it() -> None:
    with pytest.raises(AssertionError, match="No generation"):
        generate(FakeModel())
