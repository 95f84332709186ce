"""From the reader's thumbs to a questions file for an evaluation.

A thumb up says that the answer is right: the question is written with what makes it so, the
facts that its supported statements share with the words they cite, and is kept only if the
evaluation would then count this very answer as right. A thumb down says what is wrong and not
what is right: the question is written without facts, which the reader has to fill in, and
``load_questions`` names it until that is done.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from assistant.answers import Answer, Reason
from assistant.chats.saved_turns import Thumb, history_of
from assistant.checks.facts import find_names
from assistant.checks.numbers import find_numbers
from assistant.checks.support import Verdict
from assistant.checks.terms import base_term, read_spans, read_terms
from assistant.conversations import JudgedTurn
from assistant.evaluation import (
    EssayTexts,
    EvaluationQuestion,
    GoldSpan,
    Kind,
    fold,
    occurs,
)
from assistant.grounding import Claim
from assistant.measures.measuring import measure
from assistant.questions.intents import read_question
from assistant.questions.querying import Turn
from assistant.wording import is_rewritten

_MAX_FACTS: Final = 4
"""Another right answer need not say all that this one says beyond them."""
_MAX_WORD_FACTS: Final = 3
"""Of an answer without a name or number of its own, that many of its longest words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionsText:
    """A questions file made from feedback.

    Attributes:
        text: One JSON object a line, as ``load_questions`` takes them.
        n_questions: How many there are.
        unfilled: The numbers, from 1, of the lines whose facts the reader has to fill in.
        n_left_out: How many judged answers are no use as a question: replies to a greeting.
    """

    text: str
    n_questions: int
    unfilled: tuple[int, ...]
    n_left_out: int


def render_questions(judged: Iterable[JudgedTurn]) -> QuestionsText:
    """Render judged answers as a questions file, a line each, in the same order.

    Beside the fields of the format, a line has ``thumb``, ``note`` and ``answer``, what was said
    of it and what it was, for whoever fills it in. No judged answer at all makes an empty text.
    """
    lines, unfilled, n_left_out = [], [], 0
    for one in judged:
        answer = one.turn.answer
        if answer is None or (answer.reason is Reason.REPLIED and one.turn.thumb is Thumb.UP):
            n_left_out += 1
            continue
        question = make_question(one, answer)
        lines.append(_render_line(question, one, answer))
        if question.is_answerable and not question.facts:
            unfilled.append(len(lines))
    return QuestionsText(
        text="".join(f"{line}\n" for line in lines),
        n_questions=len(lines),
        unfilled=tuple(unfilled),
        n_left_out=n_left_out,
    )


def make_question(judged: JudgedTurn, answer: Answer) -> EvaluationQuestion:
    """Make a question of a judged answer; without facts if those are for the reader to say.

    That is so after a thumb down, and after a thumb up for an answer that an evaluation would
    not count as right whatever its facts: one that says nothing beyond its question, or is too
    long. An abstention with a thumb up is an unanswerable question.
    """
    history = history_of(judged.before)
    is_followup = bool(history) and is_rewritten(answer.question, answer.query)
    bare = EvaluationQuestion(
        id=f"{judged.conversation_id}-{judged.turn.id}",
        kind="followup" if is_followup else _kind(answer),
        question=judged.turn.question,
        facts=(),
        evidence=(),
        history=history if is_followup else (),
    )
    if judged.turn.thumb is not Thumb.UP:
        return bare
    if answer.abstained:
        return replace(bare, kind="unanswerable", is_near=not answer.missing)
    sure = tuple(claim for claim in answer.claims if claim.verdict is Verdict.SUPPORTED)
    full = replace(
        bare,
        facts=tuple((fact,) for fact in find_facts(_told(sure), bare.question)),
        evidence=tuple(
            dict.fromkeys(
                GoldSpan(essay=one.essay, quote=one.quote)
                for claim in sure
                for one in claim.citations
            )
        ),
    )
    kinds: tuple[Kind, ...] = (bare.kind, "why")  # the latter may be longer
    for kind in kinds:
        right = replace(full, kind=kind)
        if right.facts and measure(right, answer, EssayTexts(())).is_correct:
            return right
    return bare


def find_facts(told: Sequence[tuple[str, str]], question: str) -> tuple[str, ...]:
    """Return what statements say that stands in the words they cite and not in the question.

    Args:
        told: Each statement with the words it cites.
        question: What was asked.

    Returns:
        Their numbers and names, of names in a row the last; where there are none, their longest
        words. Folded, in order, at most four.

    >>> find_facts([("Edda Lind shut it in 1788.", "In 1788 Lind shut the mill.")], "Who shut it?")
    ('lind', '1788')
    """
    found = _own(
        ((fact, cited) for said, cited in told for fact in _names_and_numbers(said)), question
    )
    if not found:
        asked = set(read_terms(question))
        found = _own(
            ((word, cited) for said, cited in told for word in _new_words(said, asked)), question
        )
        longest = sorted(found, key=len, reverse=True)[:_MAX_WORD_FACTS]
        found = [word for word in found if word in longest]
    return tuple(found[:_MAX_FACTS])


def _told(claims: Iterable[Claim]) -> tuple[tuple[str, str], ...]:
    return tuple((claim.text, " ".join(one.quote for one in claim.citations)) for claim in claims)


def _own(pairs: Iterable[tuple[str, str]], question: str) -> list[str]:
    """Return the facts, each once, that their cited words hold and the question does not."""
    asked = fold(question)
    kept: dict[str, None] = {}
    for fact, cited in pairs:
        folded = fold(fact)
        if occurs(folded, fold(cited)) and not occurs(folded, asked):
            kept.setdefault(folded)
    return list(kept)


def _names_and_numbers(text: str) -> Iterator[str]:
    found = [(text.find(one.text), one.text) for one in find_numbers(text)]
    end = -1
    for name in find_names(text, is_word=lambda term: True):
        start = text.index(name.text, max(end, 0))
        if found and end >= 0 and text[end:start] == " ":
            found.pop()  # of a name in full, the last word is the one that is said always
        found.append((start, name.text.removesuffix("’s").removesuffix("'s")))
        end = start + len(name.text)
    yield from (one for _, one in sorted(found))


def _new_words(text: str, known: Collection[str]) -> Iterator[str]:
    """Yield the words whose terms are not known; terms are those of words that can be searched."""
    for span in read_spans(text):
        if base_term(span.term) not in known:
            yield text[span.start : span.end]


def _kind(answer: Answer) -> Kind:
    if answer.is_by_essay:
        return "compare"
    is_explaining = read_question(answer.question, (), is_known=lambda term: True).is_explaining
    return "why" if is_explaining else "fact"


def _render_line(question: EvaluationQuestion, judged: JudgedTurn, answer: Answer) -> str:
    row: dict[str, object] = {
        "id": question.id,
        "kind": question.kind,
        "question": question.question,
        "facts": question.facts,
        "evidence": [{"essay": one.essay, "quote": one.quote} for one in question.evidence],
    }
    if question.history:
        row["history"] = [message for turn in question.history for message in _messages(turn)]
    if question.is_near:
        row["near"] = True
    row |= {
        "thumb": judged.turn.thumb,
        "note": judged.turn.note,
        "answer": answer.text or answer.notice,
    }
    return json.dumps(row, ensure_ascii=False)


def _messages(turn: Turn) -> tuple[dict[str, str], ...]:
    return (
        {"role": "user", "content": turn.question},
        {"role": "assistant", "content": turn.answer},
    )
