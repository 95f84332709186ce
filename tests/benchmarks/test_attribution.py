"""The benchmark of the scorer, run on a few invented examples."""

import json
from pathlib import Path

import numpy as np
import pytest

from assistant.checks.support import Verdict
from tests.benchmarks.attribution import (
    contain,
    cross_validate,
    fit_threshold,
    judge_examples,
    load_examples,
    report,
)


def write_examples(folder: Path) -> Path:
    """Write four claims, two of them backed."""
    reference = "[1] https://example.org/mill\n\nPell closed the old mill in 1903. Rain fell."
    claims = [
        ("Pell closed the old mill in 1903 [1].", "attributable"),
        ("The old mill was closed by Pell.", "attributable"),
        ("Pell closed the old mill in 1904 [1].", "not attributable"),
        ("Weavers danced upstairs.", "not attributable"),
    ]
    path = folder / "examples.jsonl"
    rows = [
        {
            "question": "What became of the mill?",
            "claim": claim,
            "references": [reference],
            "attribution_label": label,
            "src_dataset": "invented",
        }
        for claim, label in claims
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_markers_and_addresses_are_no_part_of_an_example(tmp_path: Path) -> None:
    first = load_examples(write_examples(tmp_path))[0]
    assert first.claim == "Pell closed the old mill in 1903 ."
    assert first.references == ("Pell closed the old mill in 1903. Rain fell.",)
    assert first.is_attributable


def test_backed_claims_are_told_where_containment_fails(tmp_path: Path) -> None:
    judged = judge_examples(load_examples(write_examples(tmp_path)))
    assert [one is Verdict.SUPPORTED for one in judged.verdicts] == [True, True, False, False]
    assert judged.containment[2] >= judged.containment[1]


def test_containment_is_the_share_of_different_words() -> None:
    assert contain("Pell closed the the mill", ["The mill", "closed"]) == 0.75


def test_a_threshold_parts_what_can_be_parted() -> None:
    scores, labels = np.array([0.1, 0.2, 0.6, 0.9]), np.array([False, False, True, True])
    assert fit_threshold(scores, labels) == pytest.approx(0.4)
    assert cross_validate(scores, labels, folds=2, repeats=2) == 1.0


def test_the_table_has_both_scorers_for_all_and_for_each_set(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    examples = load_examples(write_examples(tmp_path))
    report(examples, judge_examples(examples), folds=2, repeats=1)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[2:4]] == ["all", "invented"]
    assert len(lines[2].split()) == 7
