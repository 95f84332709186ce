"""Public question sets as the project's own questions, on invented samples."""

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.evaluation import EssayTexts
from tests.benchmarks.datasets import (
    BenchmarkQuestion,
    detokenise,
    draw_sample,
    load_clapnq,
    load_xquad,
)

MILL = "Pell built the mill in 1874. It had four wheels. The river drove four looms."
BRIDGE = "The bridge fell. Marta Vey drew the next one."


def write_xquad(path: Path) -> Path:
    articles = [
        {
            "title": "Mills_of_Harrow",
            "paragraphs": [
                paragraph(MILL, ("q1", "How many looms were driven?", "four", MILL.rindex("four"))),
                paragraph(BRIDGE),
            ],
        },
        {"paragraphs": [paragraph(BRIDGE, ("q2", "Who drew it?", "Marta Vey", 17))]},
    ]
    file = path / "xquad.json"
    file.write_text(json.dumps({"data": articles}), encoding="utf-8")
    return file


def paragraph(context: str, *entries: tuple[str, str, str, int]) -> dict[str, Any]:
    return {
        "context": context,
        "qas": [
            {"id": name, "question": asked, "answers": [{"text": text, "answer_start": start}]}
            for name, asked, text, start in entries
        ],
    }


def make_record(*selected: int) -> dict[str, Any]:
    sentences = [
        "Pell said : `` no one - year pause '' .",
        "He did n't close the mill 's gate ( of iron ) .",
        ", so they say .",
    ]
    return {
        "id": "7",
        "input": "who said no",
        "passages": [{"title": "Pell 's mill", "text": "", "sentences": sentences}],
        "output": [
            {
                "answer": "Pell did." if selected else "",
                "selected_sentences": [sentences[number] for number in selected],
            }
        ],
    }


def load_record(path: Path, record: dict[str, Any], *, is_answerable: bool) -> BenchmarkQuestion:
    file = path / "clapnq.jsonl"
    file.write_text(f"{json.dumps(record)}\n\n", encoding="utf-8")
    (loaded,) = load_clapnq(file, is_answerable=is_answerable)
    return loaded


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        ("`` No , '' he said .", "“No,” he said."),
        ("It 's Pell 's and the weavers ' mill .", "It's Pell's and the weavers' mill."),
        ("They ca n't and wo n't .", "They can't and won't."),
        ("a one - year pause and / or more", "a one-year pause and/or more"),
        ("Pell -- a miller -- left", "Pell – a miller – left"),
        ("( 40 % of it ) ; then ...", "(40% of it); then..."),
        ("\ufeffPaid £ 300 .", "Paid £300."),
        ("", ""),
    ],
)
def test_tokens_are_joined_as_text_is_written(tokens: str, text: str) -> None:
    assert detokenise(tokens) == text
    assert detokenise(text) == text


def test_every_article_is_one_essay_of_every_question(tmp_path: Path) -> None:
    first, second = load_xquad(write_xquad(tmp_path))
    assert first.documents is second.documents
    assert [one.title for one in first.documents] == ["Mills of Harrow", ""]
    assert first.documents[0].text == f"{MILL}\n\n{BRIDGE}"


def test_the_evidence_is_the_sentence_at_the_answers_place(tmp_path: Path) -> None:
    first, second = load_xquad(write_xquad(tmp_path))
    (gold,) = EssayTexts(first.documents).find_gold(first.question)
    assert MILL[gold.start : gold.end] == "The river drove four looms."
    assert (first.question.kind, first.question.facts) == ("fact", (("four",),))
    assert [span.quote for span in second.question.evidence] == ["Marta Vey drew the next one."]


def test_an_answerable_question_comes_with_its_passage_and_selected_sentences(
    tmp_path: Path,
) -> None:
    loaded = load_record(tmp_path, make_record(0, 1), is_answerable=True)
    (document,) = loaded.documents
    assert document.title == "Pell's mill"
    assert document.text == (
        "Pell said: “no one-year pause”. He didn't close the mill's gate (of iron)., so they say."
    )
    gold = EssayTexts(loaded.documents).find_gold(loaded.question)
    assert [document.text[one.start : one.end] for one in gold] == [
        "Pell said: “no one-year pause”.",
        "He didn't close the mill's gate (of iron).",
    ]
    assert loaded.question.is_answerable


def test_an_unanswerable_question_is_near_and_has_no_evidence(tmp_path: Path) -> None:
    loaded = load_record(tmp_path, make_record(), is_answerable=False)
    assert loaded.question.is_near
    assert not loaded.question.is_answerable
    assert not loaded.question.evidence
    assert not loaded.question.facts
    assert loaded.question.id == "unanswerable:7"


def test_a_sample_is_the_same_for_a_seed_and_in_order(tmp_path: Path) -> None:
    one = load_record(tmp_path, make_record(), is_answerable=False)
    numbered = [one] * 3 + list(load_xquad(write_xquad(tmp_path)))
    sample = draw_sample(numbered, 4, seed=1)
    assert sample == draw_sample(numbered, 4, seed=1)
    assert len(sample) == 4
    assert draw_sample(numbered, 99, seed=1) == tuple(numbered)
