"""Evidence for questions over all essays: some of each that has any, and how many mention it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from assistant.evidence import Evidence, score_sentences, select_evidence
from index.analysis import tokenize
from index.bm25 import Bm25Index, Hit
from index.corpus import Document

MIN_SHARE: Final = 0.5
"""The least share of the best sentence's score that another must have to be offered.

Source: chosen over eight questions about agreement between the essays of two libraries: from .6 on
essays fall away that hold part of the answer, below .4 every essay is offered for all.
"""
MOST_WORDS_SHARE: Final = 0.6
"""The least share of the terms' weight that a passage must hold to count where none holds all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EssayMentions:
    """The passages of one essay that hold the terms.

    Attributes:
        document: The essay.
        n_passages: How many of its passages hold them, at least 1.
        best: Its sentence that holds most of them; ``None`` if no sentence shares a term.
    """

    document: Document
    n_passages: int
    best: Evidence | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionCount:
    """How many passages of all there are hold the terms of a question.

    Attributes:
        essays: Those that hold them, the one with most such passages first, ties in corpus order.
        n_passages: How many passages hold them.
        n_times: How often the terms stand in those passages, all of them counting as one time.
        n_all_passages: Over how many passages it was looked.
        n_all_essays: Over how many essays.
        is_whole: Whether each passage counted holds all the terms, not only most of them.
    """

    essays: tuple[EssayMentions, ...]
    n_passages: int
    n_times: int
    n_all_passages: int
    n_all_essays: int
    is_whole: bool


def spread_evidence(
    scored: Sequence[Evidence],
    *,
    max_sentences: int,
    max_tokens: int,
    count_tokens: Callable[[Sequence[str]], tuple[int, ...]],
    per_essay: int = 2,
) -> tuple[Evidence, ...]:
    """Choose evidence spread over essays: the best of each, then the second of each, and so on.

    Args:
        scored: Sentences, best first.
        max_sentences: The most sentences of all essays together.
        max_tokens: The most tokens of them together.
        count_tokens: The tokens of each text.
        per_essay: The most sentences of one essay.

    Returns:
        In rounds, essays in order of their best sentence; without sentences that have less than
        ``MIN_SHARE`` of the best one's score. Empty if ``scored`` is.
    """
    best = max((one.score for one in scored), default=0.0)
    relevant = [one for one in scored if one.score >= MIN_SHARE * best]
    rounds = zip_longest(*(group[:per_essay] for group in by_essay(_drop_twins(relevant))))
    return select_evidence(
        [one for each in rounds for one in each if one is not None],
        max_sentences=max_sentences,
        max_tokens=max_tokens,
        count_tokens=count_tokens,
    )


def by_essay(evidence: Sequence[Evidence]) -> tuple[tuple[Evidence, ...], ...]:
    """Group evidence by essay, essays in order of their best score.

    Within an essay and between essays of the same best score the order given is kept; empty if
    ``evidence`` is.
    """
    groups: dict[str, list[Evidence]] = {}
    for one in evidence:
        groups.setdefault(one.passage.document.id, []).append(one)
    ordered = sorted(groups.values(), key=lambda group: -max(one.score for one in group))
    return tuple(tuple(group) for group in ordered)


def count_mentions(index: Bm25Index, terms: Sequence[str]) -> MentionCount:
    """Count the passages that hold the terms, over all passages of the index.

    A passage counts if its own text, not only its essay's title, holds all the terms; where none
    does, if it holds most of their weight.

    Args:
        index: What is looked through.
        terms: From ``tokenize``; without any, nothing is counted.
    """
    wanted = frozenset(terms)
    hits = index.search(tuple(wanted), top_k=len(index.passages)) if wanted else ()
    texts = [(hit, tokenize(hit.passage.text)) for hit in hits]
    holding = [(hit, tokens) for hit, tokens in texts if wanted <= set(tokens)]
    is_whole = bool(holding) or len(wanted) < 2
    if not is_whole:
        least = MOST_WORDS_SHARE * sum(index.idf(term) for term in wanted)
        holding = [
            (hit, tokens)
            for hit, tokens in texts
            if sum(index.idf(term) for term in wanted.intersection(tokens)) >= least
        ]
    order = {id(passage): number for number, passage in enumerate(index.passages)}
    holding.sort(key=lambda held: order[id(held[0].passage)])
    groups: dict[str, list[Hit]] = {}
    for hit, _ in holding:
        groups.setdefault(hit.passage.document.id, []).append(hit)
    essays = [_read_mentions(index, group, wanted) for group in groups.values()]
    return MentionCount(
        essays=tuple(sorted(essays, key=lambda one: -one.n_passages)),
        n_passages=len(holding),
        n_times=sum(
            min(tokens.count(term) for term in wanted.intersection(tokens)) for _, tokens in holding
        ),
        n_all_passages=len(index.passages),
        n_all_essays=len({passage.document.id for passage in index.passages}),
        is_whole=is_whole,
    )


def render_count(count: MentionCount, topic: str) -> str:
    """Return a sentence that says how many essays and passages hold a topic, and of how many.

    >>> none = MentionCount(
    ...     essays=(), n_passages=0, n_times=0, n_all_passages=59, n_all_essays=5, is_whole=True
    ... )
    >>> render_count(none, "the mill")
    'None of the 5 essays mentions “the mill”, in any of their 59 passages.'
    """
    words = f"“{topic}”" if count.is_whole else f"most of the words of “{topic}”"
    places = f"{count.n_passages} of {_number(count.n_all_passages, 'passage')}"
    if count.n_all_essays == 1:
        if not count.n_passages:
            its = _number(count.n_all_passages, "passage")
            return f"The essay does not mention {words}; it was looked for in {its}."
        return f"The essay mentions {words} in {places}."
    if not count.n_passages:
        passages = _number(count.n_all_passages, "passage")
        return (
            f"None of the {count.n_all_essays} essays mentions {words}, in any of their {passages}."
        )
    mention = "mentions" if len(count.essays) == 1 else "mention"
    return f"{len(count.essays)} of the {count.n_all_essays} essays {mention} {words}, in {places}."


def render_searched(index: Bm25Index) -> str:
    """Return a sentence that says over how many passages a list was looked for."""
    n_essays = len({passage.document.id for passage in index.passages})
    passages = _number(len(index.passages), "passage")
    return f"Looked through {passages} of {_number(n_essays, 'essay')}; the list may be incomplete."


def _number(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _drop_twins(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return evidence without an essay's repetitions, which would fill its share."""
    unique: dict[tuple[str, str], Evidence] = {}
    for one in evidence:
        words = " ".join(one.sentence.text.split()).casefold()
        unique.setdefault((one.passage.document.id, words), one)
    return list(unique.values())


def _read_mentions(index: Bm25Index, hits: Sequence[Hit], wanted: frozenset[str]) -> EssayMentions:
    """Return what one essay holds, given its passages that hold the terms."""
    scored = score_sentences(index, hits, sorted(wanted))
    sharing = [one for one in scored if wanted.intersection(tokenize(one.sentence.text))]
    return EssayMentions(
        document=hits[0].passage.document,
        n_passages=len(hits),
        best=max(sharing, key=lambda one: (one.coverage, one.score), default=None),
    )
