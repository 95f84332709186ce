"""The default essays, and the project's own questions on them (``tests/questions.jsonl``).

The ids of the unanswerable questions say how hard they are: every name and number of a
``near…`` question occurs in the essays, so only what they say tells that they do not answer
it; a ``far…`` question has a name that occurs in none of them. That no id is used twice is
held by ``load_questions``.
"""

import datetime
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import frontmatter
import pytest

import index
from assistant.evaluation import (
    KINDS,
    MAX_WORDS,
    EvaluationQuestion,
    holds_facts,
    load_questions,
)

ESSAYS = Path(index.__file__).parent / "essays"
QUESTIONS = Path(__file__).parents[1] / "questions.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Essay:
    """A default essay as its file has it, read without the code under test."""

    name: str
    metadata: dict[str, Any]
    body: str


def read_essay(path: Path) -> Essay:
    post = frontmatter.loads(path.read_text(encoding="utf-8"))
    return Essay(name=path.name, metadata=dict(post.metadata), body=post.content)


def plain(text: str) -> str:
    """Fold white space and make typographic quotation marks plain."""
    return " ".join(text.translate(str.maketrans("‘’“”", "''\"\"")).split())


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-z0-9]+", plain(text).casefold().replace("'s", "")))


def names_and_numbers(question: str) -> set[str]:
    """Return the words with a capital after the first word, and the numbers."""
    _, *rest = plain(question).replace("'s", "").split()
    return {word.strip(".,?").casefold() for word in rest if word[0].isupper() or word[0].isdigit()}


ALL_ESSAYS = tuple(read_essay(path) for path in sorted(ESSAYS.iterdir()))
BODIES = {essay.name: plain(essay.body) for essay in ALL_ESSAYS}
WORDS_OF_ESSAYS = set().union(*(words(essay.body) for essay in ALL_ESSAYS))
ALL_QUESTIONS = load_questions(QUESTIONS)
ANSWERABLE = [one for one in ALL_QUESTIONS if one.is_answerable]
UNANSWERABLE = [one for one in ALL_QUESTIONS if not one.is_answerable]

each_essay = pytest.mark.parametrize("essay", ALL_ESSAYS, ids=lambda essay: essay.name)
each_question = pytest.mark.parametrize("question", ALL_QUESTIONS, ids=lambda one: one.id)
each_answerable = pytest.mark.parametrize("question", ANSWERABLE, ids=lambda one: one.id)
each_unanswerable = pytest.mark.parametrize("question", UNANSWERABLE, ids=lambda one: one.id)


def test_there_are_five_default_essays() -> None:
    assert [Path(essay.name).suffix for essay in ALL_ESSAYS] == [".md"] * 5


@each_essay
def test_a_default_essay_has_700_to_1100_words(essay: Essay) -> None:
    assert 700 <= len(essay.body.split()) <= 1100


@each_essay
def test_a_default_essay_names_its_title_author_and_day(essay: Essay) -> None:
    assert set(essay.metadata) == {"title", "author", "date"}
    assert essay.metadata["title"].strip()
    assert essay.metadata["author"] == "Essay Assistant project"
    assert datetime.date.fromisoformat(essay.metadata["date"])


def test_no_two_default_essays_share_a_title() -> None:
    assert len({essay.metadata["title"] for essay in ALL_ESSAYS}) == 5


@each_essay
def test_a_default_essay_is_plain_prose_under_headings(essay: Essay) -> None:
    blocks = essay.body.strip().split("\n\n")
    headings = [block for block in blocks if block.startswith("#")]
    assert len(headings) >= 3
    assert all(re.fullmatch(r"## [^\n]+", heading) for heading in headings)
    assert not re.search(r"[<>\[\]*_`|]|https?:|^\s*(?:[-+]|\d+\.)\s", essay.body, re.MULTILINE)


@each_essay
def test_a_saying_quoted_in_a_default_essay_has_at_most_25_words(essay: Essay) -> None:
    sayings = re.findall("“([^”]*)”", essay.body)
    assert sayings
    assert max(len(saying.split()) for saying in sayings) <= 25


@each_essay
def test_quotation_marks_in_a_default_essay_are_typographic_and_paired(essay: Essay) -> None:
    assert not re.search("[\"']", essay.body)
    assert re.sub("[^“”]", "", essay.body) == "“”" * essay.body.count("“")


def test_no_question_is_asked_twice() -> None:
    asked = Counter(plain(one.question).casefold() for one in ALL_QUESTIONS)
    assert max(asked.values()) == 1


def test_every_kind_of_question_is_asked_often_enough() -> None:
    count = Counter(one.kind for one in ALL_QUESTIONS)
    assert set(count) == set(KINDS)
    assert min(count.values()) >= 6
    assert count["unanswerable"] >= 12
    assert count.total() >= 44


def test_every_default_essay_answers_some_question() -> None:
    cited = {span.essay for one in ANSWERABLE for span in one.evidence}
    assert cited == set(BODIES)


@each_answerable
def test_the_evidence_stands_verbatim_in_the_essay_named(question: EvaluationQuestion) -> None:
    assert question.evidence
    for span in question.evidence:
        assert plain(span.quote) in BODIES[span.essay]


@each_answerable
def test_the_evidence_holds_every_group_of_facts(question: EvaluationQuestion) -> None:
    assert question.facts
    assert holds_facts(" ".join(span.quote for span in question.evidence), question)


@each_answerable
def test_an_answer_of_the_length_allowed_can_be_right(question: EvaluationQuestion) -> None:
    quotes = [span.quote for span in question.evidence]
    runs = [
        " ".join(quotes[first:last])
        for first in range(len(quotes))
        for last in range(first + 1, len(quotes) + 1)
    ]
    short = [run for run in runs if len(run.split()) <= MAX_WORDS[question.kind]]
    assert any(holds_facts(run, question) for run in short)


@each_answerable
def test_an_alternative_is_lower_case_and_not_in_the_question(question: EvaluationQuestion) -> None:
    asked = plain(question.question).casefold()
    for group in question.facts:
        assert group
        for alternative in group:
            assert alternative == plain(alternative).casefold()
            assert alternative not in asked


@each_answerable
def test_an_alternative_serves_one_group_only(question: EvaluationQuestion) -> None:
    alternatives = [alternative for group in question.facts for alternative in group]
    assert len(alternatives) == len(set(alternatives))


@each_question
def test_only_a_followup_has_something_said_before_it(question: EvaluationQuestion) -> None:
    assert len(question.history) == (1 if question.kind == "followup" else 0)


@each_unanswerable
def test_an_unanswerable_question_has_neither_facts_nor_evidence(
    question: EvaluationQuestion,
) -> None:
    assert question.facts == ()
    assert question.evidence == ()


@each_unanswerable
def test_the_id_tells_whether_all_names_occur_in_the_essays(question: EvaluationQuestion) -> None:
    foreign = names_and_numbers(question.question) - WORDS_OF_ESSAYS
    assert question.id.startswith("far" if foreign else "near")


@each_question
def test_a_question_is_marked_near_if_its_id_says_so(question: EvaluationQuestion) -> None:
    assert question.is_near == question.id.startswith("near")


def test_at_least_24_unanswerable_questions_have_only_names_of_the_essays() -> None:
    assert sum(one.is_near for one in UNANSWERABLE) >= 24


def test_half_of_the_unanswerable_questions_have_only_names_of_the_essays() -> None:
    near = [one for one in UNANSWERABLE if one.id.startswith("near")]
    assert 2 * len(near) >= len(UNANSWERABLE)
