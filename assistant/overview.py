"""An essay's own leading claims: what its introduction and conclusion say it argues.

Sentences are taken as they stand. Chosen are those that lie where essays state their case, say
that they do, and speak of what the essay speaks of most.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from assistant.evidence import Evidence, score_sentences
from index.analysis import tokenize
from index.bm25 import Bm25Index, Hit
from index.corpus import Document

_CENTRE_WEIGHT: Final = 1.0
_TITLE_WEIGHT: Final = 0.4
_ENDS_WEIGHT: Final = 0.5
_CASE_WEIGHT: Final = 0.8
_CUE_WEIGHT: Final = 0.5
_HINT_WEIGHT: Final = 0.25
_DEPENDENT_COST: Final = 0.3
_DETAIL_COST: Final = 0.15
"""What a sentence gains or loses: by speaking of what the essay speaks of most, by the terms of
the title, by standing in the first or last paragraph, by saying that it argues, by words that
sum up, by words that reason, by leaning on the sentence before, by a detail such as a year.

Source: chosen by hand over ten essays whose cases are known from reading them.
"""
_MAX_LIKENESS: Final = 0.5
"""From this share of common terms on, two sentences say the same."""
_MIN_WORDS: Final = 7
_MAX_WORDS: Final = 50

_CASE: Final = re.compile(
    r"\b(?:this|the|my|our) (?:essay|paper|article|study) (?:\w+ly )?(?:will |shall |has )?"
    r"(?:argue|contend|maintain|claim|suggest|conclude|show|propose|hold|demonstrate)"
    r"|\bI (?:shall |will |would |want to |wish to |hope to |have |now |also )*(?:argue|argued"
    r"|contend|maintain|claim|conclude|propose|submit|quarrel)\b",
    re.IGNORECASE,
)
_CUE: Final = re.compile(
    r"\b(?:this|the|my|our) (?:essay|paper|article|study|argument|aim|purpose|thesis|conclusion)\b"
    r"|\bI (?:shall |will |would |want to |wish to |hope to |have |prefer to )*(?:suggest|show"
    r"|shown|believe|think|prefer|describe|weigh|hold)\b"
    r"|\b(?:in conclusion|to conclude|in (?:short|sum|brief|summary|the end)|to sum up|all in all"
    r"|on the whole|overall|ultimately|above all|most of all|most importantly)\b"
    r"|\bit (?:is|becomes|seems) (?:clear|apparent|evident|plain|obvious)\b"
    r"|\b(?:misleading|mistaken|wrong) to\b",
    re.IGNORECASE,
)
_HINT: Final = re.compile(
    r"\b(?:therefore|thus|hence|so let us|must|should|nevertheless|the (?:key|main|real|true|root"
    r"|chief|most \w+) \w+|because|not \w+ but|rather than|more than|the result of|due to)\b",
    re.IGNORECASE,
)
_DEPENDENT: Final = re.compile(
    r"[“\"'‘(]?(?:he|she|it|they|his|her|its|their|this|these|that|those|such|but|however|yet|and"
    r"|for example|for instance|both|neither|firstly|secondly|then|also|another|furthermore"
    r"|moreover|the other|the latter|the former|to do so|some|meanwhile)\b",
    re.IGNORECASE,
)
_OWN_REFERENCE: Final = re.compile(
    r"this (?:essay|paper|article|study|text|argument|is the story|is why)", re.IGNORECASE
)
_QUOTED: Final = re.compile(r"“[^”]*”?|\"[^\"]*\"?|«[^»]*»?")
_DETAIL: Final = re.compile(r"\b\d+\b")
_CUT_OFF: Final = re.compile(r"(?:\.\.\.|…)\W*$")


def lead_evidence(
    documents: Sequence[Document], index: Bm25Index, *, max_sentences: int
) -> tuple[Evidence, ...]:
    """Return the sentences that best tell what each essay argues.

    Headings, questions, what is mostly a quotation and what is cut off are left out, and so is a
    sentence that says what a better one says.

    Args:
        documents: The essays, all of them in the index.
        index: Whose passages hold the sentences.
        max_sentences: The most sentences of each essay, at least 0.

    Returns:
        Essays in the order given, their sentences in the order of the text; ``score`` is
        comparable within an essay, ``coverage`` the share of the title's terms held. Empty if no
        sentence qualifies.
    """
    return tuple(
        one
        for document in documents
        for one in _choose(_score_leads(document, index), max_sentences)
    )


def _choose(scored: Sequence[Evidence], max_sentences: int) -> list[Evidence]:
    chosen: list[Evidence] = []
    for one in sorted(scored, key=lambda one: -one.score):
        if len(chosen) < max_sentences and not any(_is_alike(one, other) for other in chosen):
            chosen.append(one)
    return sorted(chosen, key=lambda one: one.sentence.start)


def _is_alike(one: Evidence, other: Evidence) -> bool:
    left, right = (set(tokenize(each.sentence.text)) for each in (one, other))
    return len(left & right) >= _MAX_LIKENESS * min(len(left), len(right))


def _score_leads(document: Document, index: Bm25Index) -> list[Evidence]:
    """Return the sentences of an essay that may state its case, scored as such."""
    passages = [one for one in index.passages if one.document.id == document.id]
    hits = [Hit(passage=one, score=1.0, rank=rank) for rank, one in enumerate(passages, start=1)]
    everything = sorted({term for one in passages for term in tokenize(one.text)})
    sentences = [
        one for one in score_sentences(index, hits, everything) if _may_lead(one.sentence.text)
    ]
    if not sentences:
        return []
    terms = [frozenset(tokenize(one.sentence.text)) for one in sentences]
    spread = Counter(term for held in terms for term in held)
    centres = [
        sum(spread[term] for term in held) / (len(sentences) * math.sqrt(len(held) or 1))
        for held in terms
    ]
    highest = max(centres) or 1.0
    titled = frozenset(tokenize(document.title))
    ends = _find_ends(document, sentences)
    scored = []
    for one, held, centre in zip(sentences, terms, centres, strict=True):
        share = len(held & titled) / len(titled) if titled else 0.0
        score = _CENTRE_WEIGHT * centre / highest + _TITLE_WEIGHT * share
        score += _ENDS_WEIGHT * any(start <= one.sentence.start < end for start, end in ends)
        scored.append(replace(one, score=score + _score_wording(one.sentence.text), coverage=share))
    return scored


def _may_lead(text: str) -> bool:
    """Return whether a sentence can state a case at all.

    >>> _may_lead("Why did the river freeze in that long and bitter winter?")
    False
    """
    n_words = len(text.split())
    n_quoted = sum(len(match.split()) for match in _QUOTED.findall(text))
    return (
        _MIN_WORDS <= n_words <= _MAX_WORDS
        and not text[0].islower()
        and not text.rstrip("”’\"') ").endswith("?")
        and not _CUT_OFF.search(text)
        and 2 * n_quoted < n_words
    )


def _score_wording(text: str) -> float:
    """Return what the wording of a sentence alone tells.

    >>> _score_wording("In short, the river was the cause.") > _score_wording("He left in 1903.")
    True
    """
    score = _CUE_WEIGHT if _CUE.search(text) else 0.0
    score = _CASE_WEIGHT if _CASE.search(text) else score
    score += _HINT_WEIGHT if _HINT.search(text) else 0.0
    if _DEPENDENT.match(text) and not _OWN_REFERENCE.match(text):
        score -= _DEPENDENT_COST
    return score - (_DETAIL_COST if _DETAIL.search(text) else 0.0)


def _find_ends(document: Document, sentences: Sequence[Evidence]) -> list[tuple[int, int]]:
    """Return the spans of the first and the last paragraph that hold sentences.

    An essay that is only a part of one has no last paragraph.
    """
    starts = sorted(one.sentence.start for one in sentences)
    ends = [_paragraph_at(document.text, starts[0])]
    if not document.is_truncated:
        ends.append(_paragraph_at(document.text, starts[-1]))
    return ends


def _paragraph_at(text: str, position: int) -> tuple[int, int]:
    start = text.rfind("\n\n", 0, position)
    end = text.find("\n\n", position)
    return max(start, 0), len(text) if end < 0 else end
