"""The retrieval benchmark, run on the default essays."""

from pathlib import Path

import pytest

from index.bm25 import K1, B
from index.passages import PASSAGE_WORDS, split_passages
from tests.benchmarks.retrieval import (
    Ranker,
    Setting,
    holds_any,
    load_essay_task,
)
from tests.index.essays import make_document

ROOT = Path(__file__).parents[2]


def test_the_shipped_setting_finds_the_evidence_in_the_default_essays() -> None:
    task = load_essay_task(ROOT / "index" / "essays", ROOT / "tests" / "questions.jsonl")
    ranks = Ranker(task).rank(Setting("index", K1, B, PASSAGE_WORDS, True))
    assert ranks.recall_at(4) >= 0.95
    assert ranks.recall_at(1) >= 0.75


@pytest.mark.parametrize(
    ("span", "is_gold"),
    [
        pytest.param("“The guild kept”", True, id="quotes and spaces are folded"),
        pytest.param("The guild kept the keys, they say", False, id="less than 80 % held"),
        pytest.param("the keys of the gate.", True, id="at least 80 % held"),
    ],
)
def test_a_passage_is_gold_if_it_holds_most_of_a_span(span: str, is_gold: bool) -> None:
    (passage,) = split_passages(make_document('He said: "The guild kept" it, the keys of the gat'))
    assert holds_any([span])(passage) is is_gold
