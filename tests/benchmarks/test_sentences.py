"""The benchmark of evidence sentences, run on the default essays."""

from pathlib import Path

from assistant import evidence
from index.passages import split_passages
from tests.benchmarks.retrieval import load_essay_task, tells_any
from tests.benchmarks.sentences import NONE, SHIPPED, make_index, rank_sentences, recall_at, use
from tests.index.essays import make_document

ROOT = Path(__file__).parents[2]


def test_the_evidence_in_the_default_essays_is_among_the_sentences_chosen() -> None:
    task = load_essay_task(ROOT / "index" / "essays", ROOT / "tests" / "questions.jsonl")
    ranks = rank_sentences(make_index(task), task)
    assert recall_at(ranks, 8) >= 0.85


def test_other_weights_hold_only_meanwhile() -> None:
    with use(NONE):
        assert NONE.cue == evidence.CUE_WEIGHT
    assert SHIPPED.cue == evidence.CUE_WEIGHT
    assert NONE.cue < SHIPPED.cue


def test_a_sentence_is_gold_if_it_holds_most_of_a_span_or_is_in_one() -> None:
    (passage,) = split_passages(make_document("The guild kept the keys. The gate was shut."))
    first, second = passage.sentences
    is_gold = tells_any(["The guild kept the keys"])
    assert is_gold(passage, first)
    assert not is_gold(passage, second)
    assert tells_any(["once more. The gate was shut. And then"])(passage, second)
