"""The default model on the default essays: two questions, asked once."""

import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.answering import Assistant
from assistant.evaluation import EvaluationQuestion, load_questions
from assistant.inference.process import ModelProcess
from assistant.measures.measuring import QuestionResult, evaluate
from assistant.prompting import PromptBook
from assistant.settings import DEFAULT_ESSAYS, DEFAULT_MODEL, load_settings
from index.corpus import load_corpus
from index.passages import PASSAGE_WORDS
from tests.assistant.corpora import assert_names_and_numbers_are_cited, build_index
from tests.machine import require_model

pytestmark = pytest.mark.model

QUESTIONS = Path(__file__).parents[1] / "questions.jsonl"
ASKED = ("why01", "far01")
"""A reason, and what no essay speaks of: an answer takes this model some ten seconds. All of
tests/questions.jsonl is what ``assistant evaluate`` is for."""
NEVER = threading.Event()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """What came of the questions; ``head_tokens`` is what all prompts start with."""

    results: tuple[QuestionResult, ...]
    head_tokens: int

    @property
    def answerable(self) -> tuple[QuestionResult, ...]:
        return tuple(one for one in self.results if one.question.is_answerable)

    @property
    def unanswerable(self) -> tuple[QuestionResult, ...]:
        return tuple(one for one in self.results if not one.question.is_answerable)


@pytest.fixture(scope="module")
def evaluated() -> Evaluated:
    documents = load_corpus([DEFAULT_ESSAYS]).documents
    known: dict[str, EvaluationQuestion] = {one.id: one for one in load_questions(QUESTIONS)}
    path, heads_dir = require_model(DEFAULT_MODEL), load_settings().heads_dir
    with ModelProcess(path, name=DEFAULT_MODEL, heads_dir=heads_dir) as model:
        model.start(cancelled=NEVER)
        head_tokens = model.warm(PromptBook().render_head(), cancelled=NEVER)
        results = evaluate(
            Assistant(build_index(documents, words=PASSAGE_WORDS), model),
            [known[name] for name in ASKED],
            documents,
            on_result=lambda result: None,
            cancelled=NEVER,
        )
    return Evaluated(results=results, head_tokens=head_tokens)


def test_all_citations_are_verbatim(evaluated: Evaluated) -> None:
    assert len(evaluated.results) == len(ASKED)
    assert sum(one.n_citations for one in evaluated.results) > 0
    assert all(one.n_verbatim == one.n_citations for one in evaluated.results)


def test_every_name_and_number_shown_stands_in_a_cited_passage(evaluated: Evaluated) -> None:
    index = build_index(load_corpus([DEFAULT_ESSAYS]).documents, words=PASSAGE_WORDS)
    for one in evaluated.results:
        for claim in one.answer.claims:
            assert_names_and_numbers_are_cited(index, claim)


def test_the_answerable_question_is_answered_right(evaluated: Evaluated) -> None:
    assert len(evaluated.answerable) == 1
    answers = [(one.question.id, one.is_correct, one.answer.text) for one in evaluated.answerable]
    assert all(one.is_correct for one in evaluated.answerable), answers


def test_what_the_essays_do_not_speak_of_is_declined(evaluated: Evaluated) -> None:
    assert len(evaluated.unanswerable) == 1
    for one in evaluated.unanswerable:
        assert one.answer.abstained, one.answer.text


def test_the_head_of_the_prompt_is_evaluated_once_for_all_questions(evaluated: Evaluated) -> None:
    assert evaluated.head_tokens > 0
    for one in evaluated.results:
        usage = one.answer.usage
        if usage.prompt:
            assert usage.prompt > evaluated.head_tokens
            assert usage.evaluated < evaluated.head_tokens
