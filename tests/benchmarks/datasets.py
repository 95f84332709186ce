"""Public question sets in the form of the project's own questions, with their texts as essays.

Each question comes with the essays that it is put to: all articles of XQuAD, one essay for each;
of ClapNQ, whose unanswerable questions come with a passage on their subject that does not answer
them, the question's own passage alone. The sentence that holds an XQuAD answer is its evidence,
and so are the sentences that ClapNQ's annotators selected.
"""

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from assistant.evaluation import EvaluationQuestion, GoldSpan
from index.corpus import Document
from index.passages import split_sentences
from tests.index.essays import make_document

XQUAD_FILE: Final = "xquad_dev.json"
CLAPNQ_FILES: Final = {
    True: "clapnq_answerable_dev.jsonl",
    False: "clapnq_unanswerable_dev.jsonl",
}
"""By whether the questions of the file can be answered."""

_INVISIBLE: Final = re.compile("[\ufeff\u200b\u200e\u2061]")
_BEFORE: Final = re.compile(
    r"\s+(?=(?:\.\.\.|[,.;:!?%)\]}”]|n't\b|'(?:s|re|ve|d|ll|m)\b|'(?:\s|$)))"
)
"""White space before what belongs to the word before it."""
_AFTER: Final = re.compile(r"(?<=[(\[{“£$€])\s+")
_BETWEEN: Final = re.compile(r"(?<=\S)\s+([-/])\s+(?=\S)")


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkQuestion:
    """A question, and the essays that it is put to."""

    question: EvaluationQuestion
    documents: tuple[Document, ...]


def detokenise(text: str) -> str:
    """Join what a tokeniser took apart, by a few rules that hold for any English text.

    >>> detokenise("It did n't say : `` the mill 's one - year pause ( of 1903 ) '' .")
    "It didn't say: “the mill's one-year pause (of 1903)”."
    """
    text = _INVISIBLE.sub("", text).replace("``", "“").replace("''", "”").replace(" -- ", " – ")
    text = _AFTER.sub("", _BEFORE.sub("", text))
    return " ".join(_BETWEEN.sub(r"\1", text).split())


def load_xquad(path: Path) -> tuple[BenchmarkQuestion, ...]:
    """Load a file in SQuAD format; all its articles are the essays of every question.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is not JSON.
    """
    articles = json.loads(path.read_text(encoding="utf-8"))["data"]
    documents = tuple(
        make_document(
            "\n\n".join(paragraph["context"] for paragraph in article["paragraphs"]),
            title=article.get("title", "").replace("_", " "),
            name=f"article-{number:02}.txt",
        )
        for number, article in enumerate(articles, start=1)
    )
    return tuple(
        BenchmarkQuestion(question=question, documents=documents)
        for document, article in zip(documents, articles, strict=True)
        for paragraph in article["paragraphs"]
        for question in _xquad_questions(document.name, paragraph)
    )


def _xquad_questions(essay: str, paragraph: dict[str, Any]) -> Iterator[EvaluationQuestion]:
    context = paragraph["context"]
    spans = split_sentences(context)
    for entry in paragraph["qas"]:
        answer = entry["answers"][0]
        first = answer["answer_start"]
        last = first + len(answer["text"])
        held = [(start, end) for start, end in spans if start < last and first < end]
        yield EvaluationQuestion(
            id=entry["id"],
            kind="fact",
            question=entry["question"],
            facts=((answer["text"],),),
            evidence=tuple(GoldSpan(essay=essay, quote=context[start:end]) for start, end in held),
            history=(),
        )


def load_clapnq(path: Path, *, is_answerable: bool) -> tuple[BenchmarkQuestion, ...]:
    """Load a file of ClapNQ; the essay of each question is its own passage.

    Raises:
        OSError: The file cannot be read.
        ValueError: A line is not JSON.
    """
    return tuple(
        _clapnq_question(json.loads(line), is_answerable=is_answerable)
        for line in path.read_text(encoding="utf-8").split("\n")
        if line.strip()
    )


def _clapnq_question(record: dict[str, Any], *, is_answerable: bool) -> BenchmarkQuestion:
    (passage,) = record["passages"]
    # The text is made of the sentences, so that those selected stand in it verbatim.
    text = _BEFORE.sub("", " ".join(detokenise(sentence) for sentence in passage["sentences"]))
    document = make_document(text, title=detokenise(passage["title"]), name="passage.txt")
    selected = {one for output in record["output"] for one in output["selected_sentences"]}
    return BenchmarkQuestion(
        question=EvaluationQuestion(
            id=f"{'answerable' if is_answerable else 'unanswerable'}:{record['id']}",
            kind="why" if is_answerable else "unanswerable",
            question=record["input"],
            facts=tuple((output["answer"],) for output in record["output"][:1])
            if is_answerable
            else (),
            evidence=tuple(
                GoldSpan(essay=document.name, quote=detokenise(sentence))
                for sentence in passage["sentences"]
                if sentence in selected
            )
            if is_answerable
            else (),
            history=(),
            is_near=not is_answerable,
        ),
        documents=(document,),
    )


def draw_sample(
    questions: Sequence[BenchmarkQuestion], n: int, *, seed: int
) -> tuple[BenchmarkQuestion, ...]:
    """Return ``n`` questions, or all if there are fewer, in their order, the same for a seed."""
    numbers = random.Random(seed).sample(range(len(questions)), min(n, len(questions)))
    return tuple(questions[number] for number in sorted(numbers))
