"""What a document says of a chat, whatever its format."""

from dataclasses import replace

import pytest

from assistant.answers import Reason
from assistant.answers_json import Progress
from assistant.checks.support import Verdict
from assistant.conversations import TurnState
from assistant.errors import AssistantError
from assistant.exporting.reports import tidy
from assistant.exporting.to_text import render_text
from assistant.grounding import Claim
from assistant.judging import Caution
from assistant.kept_essays.found import FoundEssay
from assistant.kept_essays.opened import CHANGED_REMARK, OTHER_REMARK
from assistant.scope import Scope
from tests.assistant.reports import abstain, answer_with, cite_words, make_turn, report_on
from tests.assistant.samples import make_citation
from tests.assistant.ui.values import find_nothing, make_document

FIRST, SECOND = cite_words("Lind closed it."), cite_words("Pell kept it.", title="On Keys")
ONE = Claim(text="Lind closed the mill.", citations=(FIRST,))
TWO = Claim(text="Pell kept the mill.", citations=(SECOND, FIRST))


def test_footnotes_have_the_words_their_author_title_and_place() -> None:
    (note,) = report_on(answer_with(ONE)).footnotes
    assert (note.number, note.quotation) == (1, "Lind closed it.")
    assert (note.source.author, note.source.title, note.source.place) == (
        *("A. Pell", "On Ropes", "paragraph 4"),
    )


def test_a_page_stands_before_a_paragraph() -> None:
    on_page = replace(ONE, citations=(replace(FIRST, page="xii"),))
    (note,) = report_on(answer_with(on_page)).footnotes
    assert note.source.place == "p. xii"


def test_footnotes_are_numbered_through_the_chat_and_the_same_words_of_an_answer_once() -> None:
    report = report_on(answer_with(ONE, TWO), answer_with(ONE))
    numbers = [
        claim.numbers for turn in report.turns for part in turn.sections for claim in part.claims
    ]
    assert numbers == [(1,), (2, 1), (3,)]
    assert [note.number for note in report.footnotes] == [1, 2, 3]


def test_each_essay_is_listed_once_with_its_footnotes() -> None:
    elsewhere = replace(ONE, citations=(replace(FIRST, start=90, end=90 + len(FIRST.quote)),))
    report = report_on(answer_with(ONE, TWO), answer_with(elsewhere))
    assert [(one.source.title, one.source.place, one.numbers) for one in report.essays] == [
        ("On Ropes", "", (1, 3)),
        ("On Keys", "", (2,)),
    ]


def test_the_date_of_an_essay_is_told_where_the_essay_is_kept() -> None:
    document = replace(make_document(), date="Spring 1874")
    found = report_on(answer_with(ONE), find=lambda essay_id: FoundEssay(document=document))
    assert found.footnotes[0].source.date == found.essays[0].source.date == "Spring 1874"
    assert report_on(answer_with(ONE), find=find_nothing).footnotes[0].source.date == ""


def test_the_place_is_looked_up_for_chats_that_do_not_tell_it() -> None:
    older = Claim(text="It was closed.", citations=(make_citation(),))
    assert report_on(answer_with(older)).footnotes[0].source.place == "paragraph 1"
    gone = report_on(answer_with(older), find=find_nothing)
    assert gone.footnotes[0].source.place == ""


@pytest.mark.parametrize(
    ("remark", "told"),
    [(CHANGED_REMARK, CHANGED_REMARK), (f"{OTHER_REMARK} “Mine”.", ""), ("", "")],
    ids=["changed", "in another collection", "as it was"],
)
def test_what_became_of_an_essay_is_told(remark: str, told: str) -> None:
    found = FoundEssay(document=make_document(), remark=remark)
    report = report_on(answer_with(ONE), find=lambda essay_id: found)
    assert report.footnotes[0].remark == told


def test_an_answer_has_its_question_for_a_title_and_no_heading_beside() -> None:
    report = report_on(answer_with(ONE, question="Who closed\nthe mill?"))
    assert report.title == "Who closed the mill?"
    assert not report.has_headings


def test_a_title_that_is_the_cut_question_gives_way_to_it() -> None:
    question = "Who closed the mill that stood below the bridge of the old town in the war?"
    assert report_on(answer_with(ONE, question=question), title="Who closed…").title == question
    named = report_on(answer_with(ONE, question=question), title="Mills")
    assert (named.title, named.has_headings) == ("Mills", True)


def test_a_chat_without_a_question_is_a_document_too() -> None:
    report = report_on()
    assert (report.title, report.turns, report.essays) == ("Chat", (), ())


def test_question_date_and_model_are_told() -> None:
    (turn,) = report_on(replace(answer_with(ONE), model="lamb-1b")).turns
    assert turn.question == "Who closed the mill?"
    assert turn.about == "Asked on 4 May 1931. Model: lamb-1b."


def test_a_partial_claim_has_its_mark_with_the_reason() -> None:
    partial = replace(ONE, verdict=Verdict.PARTIAL, reason="1788 is not there")
    (turn,) = report_on(answer_with(partial, TWO)).turns
    assert [one.mark for one in turn.sections[0].claims] == [
        *("partly supported: 1788 is not there", ""),
    ]


def test_claims_ordered_by_essay_stand_under_its_name() -> None:
    (turn,) = report_on(replace(answer_with(ONE, TWO), is_by_essay=True)).turns
    assert [part.heading for part in turn.sections] == ["A. Pell, On Ropes", "A. Pell, On Keys"]


def test_left_out_claims_are_a_note_with_their_reasons() -> None:
    withheld = Claim(
        text="It burnt.", citations=(), verdict=Verdict.UNSUPPORTED, reason="no word of fire"
    )
    (turn,) = report_on(replace(answer_with(ONE), withheld=(withheld,))).turns
    assert turn.left_out_heading == "Left out: 1 statement that the essays do not support"
    assert [(one.text, one.reason) for one in turn.left_out] == [("It burnt.", "no word of fire")]
    assert "It burnt." not in [claim.text for claim in turn.sections[0].claims]


def test_an_abstention_says_so_and_names_the_closest_passages() -> None:
    report = report_on(replace(abstain(), missing=("Skerne",)))
    (turn,) = report.turns
    assert turn.notice == "The essays do not seem to answer this question. No essay has “Skerne”."
    assert [one.excerpt for one in turn.closest] == ["The bridge was closed. It was winter."]
    assert (turn.sections, report.footnotes, report.essays) == ((), (), ())
    assert "quote" not in report.colophon


def test_a_reply_to_no_question_is_a_notice_alone() -> None:
    answer = replace(abstain("Hello!"), reason=Reason.REPLIED, notice="Good day.", abstained=False)
    (turn,) = report_on(answer).turns
    assert (turn.notice, turn.sections, turn.closest) == ("Good day.", (), ())


def test_what_was_searched_for_and_how_is_told_where_it_differs() -> None:
    answer = replace(
        answer_with(ONE), query="Who closed the old mill?", notice="5 essays.", caution=Caution.BOLD
    )
    (turn,) = report_on(answer).turns
    assert turn.remarks == (
        "Searched for: Who closed the old mill?",
        "5 essays.",
        "Made with “When in doubt: answer”.",
    )


def test_to_which_essays_a_question_was_limited_is_told() -> None:
    scope = Scope(authors=("A. Pell",), words="the essay by A. Pell")
    (turn,) = report_on(replace(answer_with(ONE), scope=scope)).turns
    assert turn.remarks == ("Asked only of: the essay by A. Pell",)
    begun = make_turn(state=TurnState.STOPPED, progress=Progress(scope=scope))
    assert report_on(begun).turns[0].remarks == ("Asked only of: the essay by A. Pell",)


@pytest.mark.parametrize(
    ("state", "notice"),
    [
        (TurnState.UNDER_WAY, "This was still being answered when the document was made."),
        (TurnState.STOPPED, "Stopped here."),
        (TurnState.INTERRUPTED, "The assistant was closed before this was answered. Ask again."),
        (TurnState.FAILED, "The model ended."),
    ],
)
def test_a_question_without_an_answer_says_why_and_what_there_is(
    state: TurnState, notice: str
) -> None:
    turn = make_turn(state=state, progress=Progress(claims=(ONE,)), error="The model ended.")
    report = report_on(turn)
    assert report.turns[0].notice == notice
    assert [note.quotation for note in report.footnotes] == ["Lind closed it."]


def test_a_saved_text_that_cannot_be_looked_up_is_no_failure() -> None:
    def fail(essay_id: str) -> FoundEssay:
        raise AssistantError("gone")

    assert report_on(answer_with(ONE), abstain(), find=fail).footnotes[0].quotation


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("a\n\n b\u2028c\xa0d", "a b c d"),
        ("a\x00b\x1bc\x7fd\ud800e\uffff", "abcde"),
        ("\u202eon\u202c \u2066off\u2069", "on off"),
        ("שלום 👩‍👧 e\u0301", "שלום 👩‍👧 e\u0301"),
    ],
    ids=["on one line", "what no file holds", "direction", "what is left alone"],
)
def test_texts_are_tidied(text: str, tidied: str) -> None:
    assert tidy(text) == tidied


def test_plain_text_has_numbers_in_brackets_then_the_words() -> None:
    partial = replace(TWO, verdict=Verdict.PARTIAL, reason="a part")
    text = render_text(report_on(answer_with(ONE, partial)))
    assert text == (
        "Who closed the mill?\n"
        "Asked on 4 May 1931. Model: fake.\n"
        "\n"
        "Lind closed the mill. [1] Pell kept the mill. [2] [1] (partly supported: a part)\n"
        "\n"
        "[1] “Lind closed it.” A. Pell, On Ropes, paragraph 4.\n"
        "[2] “Pell kept it.” A. Pell, On Keys, paragraph 4.\n"
        "\n"
        "Essays cited:\n"
        "- A. Pell, On Ropes: note 1\n"
        "- A. Pell, On Keys: note 2\n"
        "\n"
        "Made with Essay Assistant on 4 May 1931. The notes quote the essays word for word.\n"
    )
