"""Measure what it costs when one word of every question is mistyped.

Run ``python -m tests.benchmarks.misspelling --essays DIR --questions FILE --xquad FILE``, with
files as for ``tests.benchmarks.retrieval``. In each question one word of at least five letters
gets a slip at random, seeded: two letters change places, one is left out, doubled, or another.
Printed are the shares of questions with a gold passage in first place and in the first four: as
asked and mistyped, each searched for as typed and as ``analyse_query`` reads it.
"""

import argparse
import random
import string
from collections.abc import Sequence
from pathlib import Path

from assistant.questions.expansion import analyse_query
from index.analysis import token_spans, tokenize
from index.bm25 import Bm25Index
from tests.benchmarks.retrieval import Question, load_essay_task, load_xquad_task
from tests.benchmarks.sentences import make_index

MIN_CHARS = 5
DEPTHS = (1, 4)
SEEDS = (0, 1, 2)


def mistype(text: str, chance: random.Random) -> str:
    """Return a text with one slip in one of its longer words; as it is if it has none."""
    spans = [
        span
        for span in token_spans(text)
        if span.end - span.start >= MIN_CHARS and text[span.start : span.end].isalpha()
    ]
    if not spans:
        return text
    span = chance.choice(spans)
    at = chance.randrange(span.start + 1, span.end - 1)
    here, following = text[at], text[at + 1]
    other = chance.choice([letter for letter in string.ascii_lowercase if letter != here])
    slips = [("", 1), (here * 2, 1), (other, 1)]
    if here != following:
        slips.append((following + here, 2))
    put, n_replaced = chance.choice(slips)
    return text[:at] + put + text[at + n_replaced :]


def recall(
    index: Bm25Index, questions: Sequence[Question], texts: Sequence[str], *, is_read: bool
) -> tuple[float, ...]:
    """Return the recall at ``DEPTHS`` for the questions as worded in ``texts``.

    Args:
        index: What is searched.
        questions: With their gold passages.
        texts: One for each question.
        is_read: Whether ``analyse_query`` reads them.
    """
    ranks = []
    for question, text in zip(questions, texts, strict=True):
        query = analyse_query(text, index)
        tokens, weights = (query.tokens, query.weights) if is_read else (tokenize(text), {})
        hits = index.search(tokens, top_k=max(DEPTHS), weights=weights)
        ranks.append(next((hit.rank for hit in hits if question.is_gold(hit.passage)), 0))
    return tuple(sum(0 < rank <= depth for rank in ranks) / len(ranks) for depth in DEPTHS)


def main() -> None:
    """Print four lines for each task."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--essays", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--xquad", type=Path, required=True)
    options = parser.parse_args()
    tasks = {
        "essays": load_essay_task(options.essays, options.questions),
        "xquad": load_xquad_task(options.xquad),
    }
    for name, task in tasks.items():
        index = make_index(task)
        texts = [question.text for question in task.questions]
        wordings = {"as asked": texts}
        for seed in SEEDS:
            chance = random.Random(seed)
            wordings[f"mistyped, seed {seed}"] = [mistype(text, chance) for text in texts]
        for wording, worded in wordings.items():
            for is_read in (False, True):
                found = recall(index, task.questions, worded, is_read=is_read)
                columns = " ".join(
                    f"R@{depth} {share:.3f}" for depth, share in zip(DEPTHS, found, strict=True)
                )
                print(f"{name:6} {wording:16} {'read' if is_read else 'as typed':8} {columns}")


if __name__ == "__main__":
    main()
