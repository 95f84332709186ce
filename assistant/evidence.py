"""Choose the sentences that the model may see, within a token budget."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from index.analysis import tokenize
from index.bm25 import Bm25Index, Hit
from index.passages import Passage, Sentence

NEIGHBOUR_WEIGHT: Final = 0.2
"""How much a query term counts that stands in the sentence before or after only."""
PASSAGE_WEIGHT: Final = 0.2
"""How much the passage's score counts, as a share of the best passage's."""
LENGTH_PENALTY: Final = 0.5
"""BM25's ``b`` for sentences."""

MAX_HEADING_WORDS: Final = 12
_OPENING_QUOTES: Final = ("“", '"', "‘", "'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A sentence that may be shown to the model.

    Attributes:
        passage: The passage found that holds it.
        sentence: The sentence, offsets into ``passage.document``.
        score: At least 0; comparable within one query only.
        coverage: Share, 0 to 1, of the query's term weight that the sentence itself holds.
    """

    passage: Passage
    sentence: Sentence
    score: float
    coverage: float


def score_sentences(
    index: Bm25Index, hits: Sequence[Hit], query_tokens: Sequence[str]
) -> tuple[Evidence, ...]:
    """Score every sentence of the passages found, best first; ties in order of the hits.

    A sentence is worth the inverse document frequency of the query's terms in it, a share of
    that of the terms which only its neighbours hold, both dampened by its length, and a share
    of its passage's score. A heading is no evidence, and words that introduce a quotation are
    one sentence with it.

    Returns:
        All sentences of ``hits`` that share a term with the query, or whose neighbour does;
        empty if ``hits`` is.
    """
    weights = {term: index.idf(term) for term in query_tokens}
    total = sum(weights.values())
    if not hits or total <= 0:
        return ()
    best_passage = max(hit.score for hit in hits)
    rows = [
        (hit, [(one, tokenize(one.text)) for one in _join_introductions(hit.passage)])
        for hit in hits
    ]
    lengths = [len(tokens) for _, sentences in rows for _, tokens in sentences]
    mean_length = max(1.0, sum(lengths) / max(1, len(lengths)))
    scored: list[Evidence] = []
    for hit, sentences in rows:
        for position, (sentence, tokens) in enumerate(sentences):
            own = {term for term in tokens if term in weights}
            near = {
                term
                for neighbour in (position - 1, position + 1)
                if 0 <= neighbour < len(sentences)
                for term in sentences[neighbour][1]
                if term in weights and term not in own
            }
            if _is_heading(sentence.text) or not (own or near):
                continue
            weight = sum(weights[term] for term in own)
            weight += NEIGHBOUR_WEIGHT * sum(weights[term] for term in near)
            damp = 1 - LENGTH_PENALTY + LENGTH_PENALTY * len(tokens) / mean_length
            score = weight / math.sqrt(max(damp, 0.25))
            score += PASSAGE_WEIGHT * total * (hit.score / best_passage if best_passage else 0)
            scored.append(
                Evidence(
                    passage=hit.passage,
                    sentence=sentence,
                    score=score,
                    coverage=sum(weights[term] for term in own) / total,
                )
            )
    return tuple(sorted(scored, key=lambda one: -one.score))


def _join_introductions(passage: Passage) -> list[Sentence]:
    """Return the passage's sentences, "Pell writes that" joined with the quotation after it."""
    joined: list[Sentence] = []
    for sentence in passage.sentences:
        before = joined[-1] if joined else None
        if before and sentence.text[:1] in _OPENING_QUOTES and not _ends(before.text):
            joined[-1] = Sentence(
                start=before.start,
                end=sentence.end,
                text=passage.document.text[before.start : sentence.end],
            )
        else:
            joined.append(sentence)
    return joined


def _is_heading(text: str) -> bool:
    """Return whether a sentence is short and without an end, as headings are.

    >>> _is_heading("The mill and its owners"), _is_heading("Pell owned the mill.")
    (True, False)
    """
    return not _ends(text) and len(text.split()) <= MAX_HEADING_WORDS


def _ends(text: str) -> bool:
    return text.rstrip("\"'”’)] ").endswith((".", "!", "?", "…", ";"))


def select_evidence(
    scored: Sequence[Evidence],
    *,
    max_sentences: int,
    max_tokens: int,
    count_tokens: Callable[[Sequence[str]], tuple[int, ...]],
) -> tuple[Evidence, ...]:
    """Keep the best sentences whose tokens fit the budget together, best first.

    A sentence that does not fit is passed over, so that one very long sentence does not shut
    out the shorter ones after it. The same words are not offered twice.
    """
    unique: dict[str, Evidence] = {}
    for one in scored:
        unique.setdefault(" ".join(one.sentence.text.split()).casefold(), one)
    candidates = list(unique.values())[: 2 * max_sentences]
    if not candidates:
        return ()
    chosen: list[Evidence] = []
    left = max_tokens
    counts = count_tokens([one.sentence.text for one in candidates])
    for one, n_tokens in zip(candidates, counts, strict=True):
        if len(chosen) < max_sentences and n_tokens <= left:
            chosen.append(one)
            left -= n_tokens
    return tuple(chosen)
