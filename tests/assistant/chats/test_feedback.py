"""From judged answers to a questions file."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answers import Answer, Reason
from assistant.answers_json import Progress
from assistant.chats.feedback import QuestionsText, find_facts, render_questions
from assistant.checks.support import Verdict
from assistant.conversations import JudgedTurn, SavedTurn, Thumb, TurnState
from assistant.errors import QuestionsFileError
from assistant.evaluation import EssayTexts, load_questions
from assistant.grounding import Claim
from assistant.measures.measuring import measure
from assistant.questions.querying import Turn
from tests.assistant.samples import make_answer, make_citation


def make_claim(text: str, quote: str, verdict: Verdict = Verdict.SUPPORTED) -> Claim:
    return Claim(text=text, citations=(make_citation(quote),), verdict=verdict)


LIND = make_claim(
    "Edda Lind closed both mills in 1788.", "In 1788 Lind closed the 2 mills, both of them."
)


def make_turn(answer: Answer, thumb: Thumb, *, note: str = "", turn_id: int = 7) -> SavedTurn:
    return SavedTurn(
        id=turn_id,
        question=answer.question,
        asked_at="2024-05-03T12:00:00.000+00:00",
        state=TurnState.FINISHED,
        progress=Progress(),
        answer=answer,
        error="",
        thumb=thumb,
        note=note,
        judged_at="2024-05-03T12:01:00.000+00:00",
    )


def judge(
    answer: Answer, thumb: Thumb, *, note: str = "", before: tuple[SavedTurn, ...] = ()
) -> JudgedTurn:
    return JudgedTurn(
        conversation_id="c", title="t", turn=make_turn(answer, thumb, note=note), before=before
    )


def answer_with(*claims: Claim, question: str = "Who closed the mills?") -> Answer:
    return replace(make_answer(question), claims=claims)


def rows(made: QuestionsText) -> list[dict[str, Any]]:
    return [json.loads(line) for line in made.text.splitlines()]


def write(folder: Path, made: QuestionsText) -> Path:
    file = folder / "questions.jsonl"
    file.write_text(made.text, encoding="utf-8")
    return file


# Facts


@pytest.mark.parametrize(
    ("claim", "question", "facts"),
    [
        (LIND, "Who closed the mills?", ("lind", "1788")),
        (LIND, "When did Lind close the mills?", ("1788",)),
        (
            make_claim("The oil was too dear.", "Whale oil was far too dear then."),
            "Why were there no lamps?",
            ("oil", "dear"),
        ),
        (make_claim("Skerne closed it.", "Pell's men closed it."), "Who?", ("closed",)),
        (make_claim("The mills closed.", "The mills closed."), "Which mills closed?", ()),
    ],
    ids=["names and numbers", "none of the question's", "else words", "only cited ones", "nothing"],
)
def test_facts_are_what_a_claim_shares_with_its_words_and_not_with_the_question(
    claim: Claim, question: str, facts: tuple[str, ...]
) -> None:
    told = [(claim.text, claim.citations[0].quote)]
    assert find_facts(told, question) == facts


# Thumbs up


def test_a_thumb_up_becomes_a_question_that_evaluate_takes(tmp_path: Path) -> None:
    made = render_questions([judge(answer_with(LIND), Thumb.UP)])
    (question,) = load_questions(write(tmp_path, made))
    assert (question.id, question.kind, question.question) == (
        "c-7",
        "fact",
        "Who closed the mills?",
    )
    assert question.facts == (("lind",), ("1788",))
    assert [(one.essay, one.quote) for one in question.evidence] == [
        ("bridges.md", "In 1788 Lind closed the 2 mills, both of them.")
    ]
    assert (made.n_questions, made.unfilled, made.n_left_out) == (1, (), 0)


def test_what_is_only_partly_supported_gives_no_facts(tmp_path: Path) -> None:
    partial = make_claim("Pell sold them in 1790.", "Pell sold them in 1790.", Verdict.PARTIAL)
    made = render_questions([judge(answer_with(LIND, partial), Thumb.UP)])
    (question,) = load_questions(write(tmp_path, made))
    assert question.facts == (("lind",), ("1788",))


def test_a_long_answer_is_a_question_that_may_have_a_long_answer(tmp_path: Path) -> None:
    long = make_claim(f"{LIND.text} {'and so on ' * 12}", LIND.citations[0].quote)
    made = render_questions([judge(answer_with(long), Thumb.UP)])
    (question,) = load_questions(write(tmp_path, made))
    assert question.kind == "why"


@pytest.mark.parametrize(
    "claim",
    [
        make_claim("Someone closed the mills.", "Someone closed the mills."),
        make_claim(f"Lind did. {'and so on ' * 30}", "Lind did."),
    ],
    ids=["says only what the question says", "too long for any kind"],
)
def test_an_answer_that_evaluate_would_not_count_is_left_for_the_reader_to_fill_in(
    claim: Claim,
) -> None:
    question = "Did someone close the mills?"
    made = render_questions([judge(answer_with(claim, question=question), Thumb.UP)])
    assert made.unfilled == (1,)
    assert rows(made)[0]["facts"] == []


@pytest.mark.parametrize(
    ("missing", "is_near"), [((), True), (("Skerne",), False)], ids=["near", "far"]
)
def test_an_abstention_that_was_right_is_an_unanswerable_question(
    tmp_path: Path, missing: tuple[str, ...], is_near: bool
) -> None:
    declined = replace(
        make_answer(), abstained=True, reason=Reason.NOT_IN_EVIDENCE, claims=(), missing=missing
    )
    (question,) = load_questions(write(tmp_path, render_questions([judge(declined, Thumb.UP)])))
    assert (question.kind, question.facts, question.is_near) == ("unanswerable", (), is_near)


def test_a_reply_to_a_greeting_is_no_question() -> None:
    reply = replace(make_answer("Hello"), reason=Reason.REPLIED, claims=(), notice="Good day.")
    made = render_questions([judge(reply, Thumb.UP)])
    assert (made.text, made.n_questions, made.n_left_out) == ("", 0, 1)


def test_a_follow_up_keeps_what_was_said_before_it(tmp_path: Path) -> None:
    first = answer_with(LIND)
    declined = replace(
        make_answer("Why?"), abstained=True, reason=Reason.NOT_IN_EVIDENCE, claims=()
    )
    second = replace(
        answer_with(make_claim("Lind was born in Skerne.", "Lind was born in Skerne.")),
        question="Where was she born?",
        query="Where was Lind born?",
    )
    before = (make_turn(first, Thumb.NONE, turn_id=1), make_turn(declined, Thumb.NONE, turn_id=2))
    made = render_questions([judge(second, Thumb.UP, before=before)])
    (question,) = load_questions(write(tmp_path, made))
    assert question.kind == "followup"
    assert question.history == (
        Turn(question="Who closed the mills?", answer=LIND.text),
        Turn(question="Why?", answer=""),
    )


def test_a_question_that_stands_for_itself_has_no_history() -> None:
    before = (make_turn(answer_with(LIND), Thumb.NONE, turn_id=1),)
    (row,) = rows(render_questions([judge(answer_with(LIND), Thumb.UP, before=before)]))
    assert "history" not in row


# Thumbs down


def test_a_thumb_down_asks_the_reader_for_the_right_answer(tmp_path: Path) -> None:
    made = render_questions(
        [
            judge(answer_with(LIND), Thumb.UP),
            judge(answer_with(LIND), Thumb.DOWN, note="It was Pell."),
        ]
    )
    assert made.unfilled == (2,)
    row = rows(made)[1]
    assert (row["facts"], row["note"], row["answer"]) == ([], "It was Pell.", LIND.text)
    with pytest.raises(QuestionsFileError, match=r"fill in the facts of line 2"):
        load_questions(write(tmp_path, made))


@pytest.mark.parametrize(
    ("filled", "is_answerable"),
    [({"facts": [["Pell"]]}, True), ({"kind": "unanswerable"}, False)],
    ids=["with the facts", "as unanswerable"],
)
def test_what_was_filled_in_is_taken(
    tmp_path: Path, filled: dict[str, object], is_answerable: bool
) -> None:
    (row,) = rows(render_questions([judge(answer_with(LIND), Thumb.DOWN)]))
    file = tmp_path / "questions.jsonl"
    file.write_text(json.dumps({**row, **filled}), encoding="utf-8")
    assert load_questions(file)[0].is_answerable is is_answerable


def test_no_feedback_makes_no_line() -> None:
    assert render_questions([]) == QuestionsText(text="", n_questions=0, unfilled=(), n_left_out=0)


_WORDS = st.lists(
    st.sampled_from(["Lind", "Pell's", "mill", "1788", "the", "dear", "two", "\u2028", "'s", "X"]),
    max_size=12,
).map(" ".join)


@settings(max_examples=40, deadline=None)
@given(question=_WORDS, said=_WORDS, quote=_WORDS)
def test_whatever_is_filled_in_for_the_reader_counts_the_answer_as_right(
    tmp_path_factory: pytest.TempPathFactory, question: str, said: str, quote: str
) -> None:
    asked, told, cited = f"Q {question}", f"S {said}", f"C {quote}"
    answer = answer_with(make_claim(told, cited), question=asked)
    made = render_questions([judge(answer, Thumb.UP)])
    if made.unfilled:
        return
    (read,) = load_questions(write(tmp_path_factory.mktemp("q"), made))
    assert measure(read, answer, EssayTexts(())).is_correct
