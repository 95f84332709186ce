"""The benchmark of mistyped questions, run on the default essays."""

import random
from pathlib import Path

from tests.benchmarks.misspelling import mistype, recall
from tests.benchmarks.retrieval import load_essay_task
from tests.benchmarks.sentences import make_index

ROOT = Path(__file__).parents[2]


def test_one_word_is_mistyped() -> None:
    text = "Who paid for the towers of the bridge?"
    wrong = {mistype(text, random.Random(seed)) for seed in range(40)}
    assert text not in wrong
    assert len(wrong) > 20
    assert all(
        sum(a != b for a, b in zip(text.split(), w.split(), strict=True)) == 1 for w in wrong
    )


def test_a_text_without_long_words_stays() -> None:
    assert mistype("Who is he?", random.Random(0)) == "Who is he?"


def test_reading_a_mistyped_question_finds_more_and_harms_no_other() -> None:
    task = load_essay_task(ROOT / "index" / "essays", ROOT / "tests" / "questions.jsonl")
    index = make_index(task)
    asked = [question.text for question in task.questions]
    chance = random.Random(0)
    mistyped = [mistype(text, chance) for text in asked]

    def recall_at_four(texts: list[str], *, is_read: bool) -> float:
        return recall(index, task.questions, texts, is_read=is_read)[-1]

    assert recall_at_four(mistyped, is_read=True) > recall_at_four(mistyped, is_read=False)
    assert recall_at_four(asked, is_read=True) >= recall_at_four(asked, is_read=False)
