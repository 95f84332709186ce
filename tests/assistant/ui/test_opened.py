"""What is open beside a chat, as the address names it."""

from dataclasses import replace

import pytest

from assistant.citations import Citation
from assistant.grounding import Claim
from assistant.kept_essays.found import FoundEssay
from assistant.ui.opened import (
    Opened,
    OpenView,
    parse_opened,
    read_opened,
    view_opened,
    write_opened,
)
from assistant.ui.source_view import number_citations, view_passages
from assistant.ui.views import TurnView
from tests.assistant.samples import make_passage
from tests.assistant.ui.values import TEXT, find, find_nothing, make_document, span

ESSAY = make_document().id


def make_turn(turn_id: str, *citations: Citation) -> TurnView:
    """Return an answer that cites each span in a sentence of its own, and a passage found."""
    claims = [Claim(text="A claim.", citations=(one,)) for one in citations]
    sentences, sources = number_citations(claims, (), find=find)
    passage = replace(make_passage(TEXT[10:47]), start=10, end=47)
    return TurnView(
        id=turn_id,
        question="?",
        kind="answer",
        sentences=sentences,
        sources=sources,
        passages=view_passages((passage,), find),
    )


def look(opened: Opened, *turns: TurnView) -> OpenView:
    return view_opened(opened, turns, find=find)[0]


def at(start: int, end: int, turn_id: str = "") -> Opened:
    return Opened(essay_id=ESSAY, start=start, end=end, turn_id=turn_id)


@pytest.mark.parametrize("opened", [at(10, 32), at(10, 32, "3")])
def test_what_an_address_is_made_of_is_read_again(opened: Opened) -> None:
    parts = {name: value for name, value in write_opened(opened).items() if value}
    assert read_opened({name: str(value) for name, value in parts.items()}) == opened


@pytest.mark.parametrize(
    "address",
    [
        {},
        {"essay": ESSAY},
        {"words": "1-2"},
        {"essay": ESSAY, "words": "1"},
        {"essay": ESSAY, "words": "-1-2"},
        {"essay": ESSAY, "words": "1-2-3"},
        {"essay": ESSAY, "words": "٣-٤"},
        {"essay": ESSAY, "words": "1-99999999999999999999"},
    ],
    ids=str,
)
def test_an_address_that_names_no_words_opens_nothing(address: dict[str, str]) -> None:
    assert read_opened(address) is None


def test_an_address_of_nothing_names_nothing() -> None:
    assert not any(write_opened(None).values())


@pytest.mark.parametrize("text", ["", "ab12", ":1-2", "ab12:1", "1-2"])
def test_words_that_a_browser_names_wrongly_open_nothing(text: str) -> None:
    assert parse_opened(text, "3") is None


def test_words_that_an_answer_cites_are_opened_with_all_that_it_cites_of_the_essay() -> None:
    turn = make_turn("1", span(33, 47), span(10, 32))
    opened, essay = view_opened(at(10, 32), [turn], find=find)
    assert (opened.turn_id, opened.source.number, opened.problem) == ("1", 2, "")
    assert essay is not None
    assert [(one.number, one.start, one.end) for one in essay.spans] == [(1, 33, 47), (2, 10, 32)]


def test_what_an_answer_cites_of_another_essay_is_not_marked() -> None:
    other = replace(span(33, 47), essay_id="another")
    _, essay = view_opened(at(10, 32), [make_turn("1", other, span(10, 32))], find=find)
    assert essay is not None
    assert [one.number for one in essay.spans] == [2]


def test_the_turn_in_the_address_is_the_one_opened_and_else_the_latest() -> None:
    turns = [make_turn(turn_id, span(10, 32)) for turn_id in ("1", "2", "3")]
    assert look(at(10, 32, "2"), *turns).turn_id == "2"
    assert look(at(10, 32), *turns).turn_id == "3"
    assert look(at(10, 32, "gone"), *turns).turn_id == "3"


def test_a_passage_found_is_marked_beside_the_citations() -> None:
    opened, essay = view_opened(at(10, 47), [make_turn("1", span(10, 32))], find=find)
    assert (opened.turn_id, opened.source.number) == ("1", 0)
    assert essay is not None
    assert [one.number for one in essay.spans] == [0, 1]


def test_words_that_no_answer_cites_are_marked_alone() -> None:
    opened, essay = view_opened(at(49, 69), [make_turn("1", span(10, 32))], find=find)
    assert (opened.turn_id, opened.source.number) == ("", 0)
    assert opened.source.quote == TEXT[49:69]
    assert opened.source.place == "paragraph 3 of 3"
    assert essay is not None
    assert [one.number for one in essay.spans] == [0]


@pytest.mark.parametrize(("start", "end"), [(60, 900), (900, 950), (20, 10), (5, 5)])
def test_words_that_the_essay_does_not_have_are_told_beside_the_essay(start: int, end: int) -> None:
    opened, essay = view_opened(at(start, end), (), find=find)
    assert "does not have" in opened.problem
    assert essay is not None


def test_of_an_essay_that_is_gone_the_kept_words_are_shown() -> None:
    turn = make_turn("1", span(10, 32))
    opened, essay = view_opened(at(10, 32), [turn], find=find_nothing)
    assert essay is None
    assert opened.essay_key == ""
    assert opened.source.quote == TEXT[10:32]
    assert "is gone" in opened.problem
    assert "saved with the answer" in opened.problem


def test_of_an_essay_that_is_gone_and_cited_by_none_nothing_is_promised() -> None:
    opened, essay = view_opened(at(10, 32), (), find=find_nothing)
    assert essay is None
    assert "is gone" in opened.problem
    assert "saved with the answer" not in opened.problem


def test_an_essay_that_changed_says_so() -> None:
    found = FoundEssay(document=make_document(), remark="It has changed since.")
    opened, _ = view_opened(at(49, 69), (), find=lambda _: found)
    assert opened.source.remark == "It has changed since."


def test_an_essay_that_the_browser_has_is_not_made_again() -> None:
    turn = make_turn("1", span(33, 47), span(10, 32))
    opened, essay = view_opened(at(10, 32), [turn], find=find)
    assert essay is not None
    assert opened.essay_key == essay.key
    again, none = view_opened(at(33, 47), [turn], find=find, held=essay.key)
    assert again.essay_key == essay.key
    assert none is None
