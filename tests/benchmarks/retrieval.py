"""Measure how retrieval finds known evidence, for the settings it could have.

Run ``python -m tests.benchmarks.retrieval --essays DIR --questions FILE [--xquad FILE]``.

FILE of ``--questions`` has one JSON object a line, with ``question`` and ``evidence`` (a list of
objects with a verbatim ``quote``), perhaps ``history``; ``--xquad`` takes a file in SQuAD format,
of which each paragraph is a document. A passage is gold if it holds at least 80 % of a gold span,
or the whole answer of an XQuAD question. Printed, per setting, are the shares of questions with a
gold passage in first place and in the first four, the mean reciprocal rank, and on XQuAD the
share with the answer's passage in the first four and with its paragraph in first place.
"""

import argparse
import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import rank_bm25

from index.analysis import tokenize
from index.bm25 import K1, B, Bm25Index
from index.corpus import Document, load_corpus
from index.passages import PASSAGE_WORDS, Passage, Sentence, split_passages

_PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})
_MIN_GOLD_SHARE = 0.8
_DEPTH = 50
"""Hits looked at for the reciprocal rank."""

Terms = tuple[str, ...]


class Question(NamedTuple):
    """A question's terms and text, and whether a passage is gold for it, its document the right
    one, and a sentence gold, which is given with the passage that holds it."""

    terms: Terms
    is_gold: Callable[[Passage], bool]
    is_home: Callable[[Document], bool]
    text: str = ""
    is_gold_sentence: Callable[[Passage, Sentence], bool] = lambda _, __: False


class Setting(NamedTuple):
    """One way to retrieve."""

    variant: str
    k1: float
    b: float
    words: int
    has_titles: bool


class Task(NamedTuple):
    """Documents and questions about them."""

    documents: Sequence[Document]
    questions: Sequence[Question]


def load_essay_task(folder: Path, questions: Path) -> Task:
    """Load essays and the answerable questions about them."""
    corpus = load_corpus([folder])
    found = []
    for line in questions.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if not record["evidence"]:
            continue
        asked = [turn["content"] for turn in record.get("history", ()) if turn["role"] == "user"]
        text = " ".join([*asked, record["question"]])
        quotes = [_fold(entry["quote"]) for entry in record["evidence"]]
        found.append(
            Question(
                terms=tokenize(text),
                is_gold=holds_any(quotes),
                is_home=lambda _: True,
                text=text,
                is_gold_sentence=tells_any(quotes),
            )
        )
    return Task(corpus.documents, found)


def load_xquad_task(path: Path) -> Task:
    """Load the paragraphs and questions of a file in SQuAD format."""
    documents: list[Document] = []
    questions = []
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            document = Document(
                id=str(len(documents)),
                name=str(len(documents)),
                title=article.get("title", "").replace("_", " "),
                author="",
                date="",
                text=paragraph["context"],
                encoding="utf-8",
                is_truncated=False,
            )
            documents.append(document)
            for entry in paragraph["qas"]:
                questions.append(_xquad_question(document, entry))
    return Task(documents, questions)


def _xquad_question(document: Document, entry: dict[str, Any]) -> Question:
    answer = entry["answers"][0]
    start = answer["answer_start"]
    end = start + len(answer["text"])
    return Question(
        terms=tokenize(entry["question"]),
        is_gold=lambda p: p.document.id == document.id and p.start <= start and end <= p.end,
        is_home=lambda found: found.id == document.id,
        text=entry["question"],
        is_gold_sentence=lambda p, s: (
            p.document.id == document.id and s.start < end and start < s.end
        ),
    )


def _fold(text: str) -> str:
    return " ".join(text.translate(_PLAIN).split())


def holds_any(spans: Sequence[str]) -> Callable[[Passage], bool]:
    """Return whether a passage holds enough of any span in one piece."""
    pieces = []
    for span in spans:
        size = math.ceil(_MIN_GOLD_SHARE * len(span))
        pieces += [span[start : start + size] for start in range(len(span) - size + 1)]

    def is_gold(passage: Passage) -> bool:
        text = _fold(passage.text)
        return any(piece in text for piece in pieces)

    return is_gold


def tells_any(spans: Sequence[str]) -> Callable[[Passage, Sentence], bool]:
    """Return whether a sentence holds a span, most of it in one piece, or is a part of one."""
    holds = holds_any(spans)

    def is_gold(passage: Passage, sentence: Sentence) -> bool:
        text = _fold(sentence.text)
        return any(text in span for span in spans) or holds(
            replace(passage, start=sentence.start, end=sentence.end, text=text)
        )

    return is_gold


class Ranks(NamedTuple):
    """For each question the rank of the first gold passage (0: none), and whether the first
    passage is of the right document."""

    gold: tuple[int, ...]
    is_home_first: tuple[bool, ...]

    def recall_at(self, k: int) -> float:
        """Return the share of questions with a gold passage among the first ``k``."""
        return sum(0 < rank <= k for rank in self.gold) / len(self.gold)

    @property
    def mrr(self) -> float:
        """The mean of one over the rank of the first gold passage."""
        return sum(1 / rank for rank in self.gold if rank) / len(self.gold)

    @property
    def home_first(self) -> float:
        """The share of questions whose first passage is of the right document."""
        return sum(self.is_home_first) / len(self.is_home_first)


class Ranker:
    """Ranks a task's passages; passages are made once for each length."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._passages: dict[tuple[int, bool], tuple[Passage, ...]] = {}

    def rank(self, setting: Setting) -> Ranks:
        """Return where the gold passages come under a setting."""
        passages = self._split(setting.words, has_titles=setting.has_titles)
        search = _make_search(setting, passages)
        ranks = []
        is_home_first = []
        for question in self._task.questions:
            found = search(question.terms)
            gold = (rank for rank, hit in enumerate(found, start=1) if question.is_gold(hit))
            ranks.append(next(gold, 0))
            is_home_first.append(bool(found) and question.is_home(found[0].document))
        return Ranks(tuple(ranks), tuple(is_home_first))

    def _split(self, words: int, *, has_titles: bool) -> tuple[Passage, ...]:
        key = (words, has_titles)
        if key not in self._passages:
            documents = self._task.documents
            if not has_titles:
                documents = [replace(document, title="", author="") for document in documents]
            self._passages[key] = tuple(
                passage for found in documents for passage in split_passages(found, words=words)
            )
        return self._passages[key]


def _make_search(
    setting: Setting, passages: Sequence[Passage]
) -> Callable[[Terms], Sequence[Passage]]:
    """Return a search for the first passages: the project's index, or raw rank_bm25."""
    if setting.variant == "index":
        index = Bm25Index(passages, k1=setting.k1, b=setting.b)
        return lambda terms: [hit.passage for hit in index.search(terms, top_k=_DEPTH)]
    terms_of_passages = [tokenize(f"{p.document.head}\n{p.text}") for p in passages]
    model = getattr(rank_bm25, f"BM25{setting.variant}")(
        terms_of_passages, k1=setting.k1, b=setting.b
    )

    def search(terms: Terms) -> Sequence[Passage]:
        order = np.argsort(-model.get_scores(terms), kind="stable")
        return [passages[number] for number in order[:_DEPTH].tolist()]

    return search


def _settings(*, is_full: bool) -> Iterator[Setting]:
    """Yield the default, then one dimension at a time, or everything."""
    default = Setting("index", K1, B, PASSAGE_WORDS, True)
    yield default
    for has_titles in (True, False):
        for words in (60, 70, 75, 80, 85, 90, 100):
            yield default._replace(words=words, has_titles=has_titles)
    for variant in ("index", "Okapi", "L", "Plus"):
        for k1 in (0.9, 1.2, 1.5, 2.0) if is_full else (K1,):
            for b in (0.3, 0.4, 0.5, 0.6, 0.75, 0.9) if is_full else (0.4, 0.6, B):
                yield default._replace(variant=variant, k1=k1, b=b)


def main() -> None:
    """Print one line for each setting."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--essays", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--xquad", type=Path)
    parser.add_argument("--full", action="store_true", help="every k1 and b for each variant")
    options = parser.parse_args()
    essays = Ranker(load_essay_task(options.essays, options.questions))
    xquad = Ranker(load_xquad_task(options.xquad)) if options.xquad else None
    print(
        "variant  k1    b   words titles | essays R@1  R@4   MRR | xquad passage R@4  paragraph R@1"
    )
    for setting in dict.fromkeys(_settings(is_full=options.full)):
        ranks = essays.rank(setting)
        line = (
            f"{setting.variant:7} {setting.k1:4} {setting.b:5} {setting.words:5}"
            f" {'yes' if setting.has_titles else 'no':6} |"
            f" {ranks.recall_at(1):10.3f} {ranks.recall_at(4):.3f} {ranks.mrr:.3f} |"
        )
        if xquad:
            ranks = xquad.rank(setting)
            line += f" {ranks.recall_at(4):17.3f} {ranks.home_first:14.3f}"
        print(line)


if __name__ == "__main__":
    main()
