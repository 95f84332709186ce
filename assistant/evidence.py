"""Choose the sentences that the model may see, within a token budget."""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, Never

from assistant.questions.cues import Cue, find_cue, has_cue, points_back, points_on
from index.analysis import token_spans, tokenize
from index.bm25 import Bm25Index, Hit
from index.passages import Passage, Sentence

NEIGHBOUR_WEIGHT: Final = 0.2
"""How much a query term counts that stands in the sentence before or after only."""
PASSAGE_WEIGHT: Final = 0.2
"""How much the passage's score counts, as a share of the best passage's."""
LENGTH_PENALTY: Final = 0.5
"""BM25's ``b`` for sentences."""

CUE_WEIGHT: Final = 0.1
"""How much it counts, as a share of the query's term weight, that a sentence holds the kind of
thing that is asked for.

Source: ``python -m tests.benchmarks.sentences --essays DIR --questions FILE --xquad FILE``, with
and without this and ``REFERRED_WEIGHT``; 0.05 to 0.2 are alike.
"""
REFERRED_WEIGHT: Final = 0.6
"""How much a name counts that stands in the sentence before one that opens with a pronoun."""
QUESTION_WEIGHT: Final = 0.5
"""What the score of a sentence that itself asks is multiplied with."""

POINTED_AT: Final = 0.9
"""What share of a sentence's score those get that it points at: the sentence before "for this
reason", the ones after "for two reasons"."""
MAX_ANNOUNCED: Final = 2
"""How many sentences after one that announces them get a share of its score."""

FEW_SENTENCES: Final = 3
"""With fewer that share a term with the query, the others of the passages found are offered too:
where a title alone has the question's words, any sentence may answer."""

MAX_HEADING_WORDS: Final = 12
_OPENING_QUOTES: Final = ("“", '"', "‘", "'")
_NOTHING: Final[Mapping[str, Never]] = MappingProxyType({})
_CLOSING_MARKS: Final = "\"'”’)] "
OPENING_PRONOUN: Final = re.compile(r"\W*(?:he|she|it|they|his|her|its|their)\b", re.IGNORECASE)


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
    index: Bm25Index,
    hits: Sequence[Hit],
    query_tokens: Sequence[str],
    *,
    weights: Mapping[str, float] = _NOTHING,
    alike: Mapping[str, str] = _NOTHING,
    question: str = "",
) -> tuple[Evidence, ...]:
    """Score every sentence of the passages found, best first; ties in order of the hits.

    A sentence is worth the inverse document frequency of the query's terms in it, a share of
    that of the terms which only its neighbours hold, both dampened by its length, a share of
    its passage's score, and a little for holding the kind of thing that is asked for. "He" at
    its beginning holds the names of the sentence before. A sentence that announces others, or
    names the one before it as a reason, gives them most of its score. A heading is no evidence,
    a sentence that asks is seldom any, and words that introduce a quotation are one sentence
    with it.

    Args:
        index: What was searched.
        hits: The passages found.
        query_tokens: The terms searched for.
        weights: How much a term counts, 1 if it is not among them, as in the search.
        alike: For terms that are spellings of one word, one that they all stand for; however
            many of them a sentence holds, the word counts once.
        question: The text of the query, which may tell what kind of thing is asked for.

    Returns:
        All sentences of ``hits`` that share a term with the query, or whose neighbour does, and
        all others too if those are fewer than ``FEW_SENTENCES``; empty if ``hits`` is.
    """
    meanings = {term: alike.get(term, term) for term in query_tokens}
    worth = dict.fromkeys(meanings.values(), 0.0)
    for term, meaning in meanings.items():
        worth[meaning] = max(worth[meaning], weights.get(term, 1.0) * index.idf(term))
    total = math.fsum(worth.values())
    if not hits or total <= 0:
        return ()
    best_passage = max(hit.score for hit in hits)
    rows = [
        (hit, [_Shares(one, meanings) for one in _join_introductions(hit.passage)]) for hit in hits
    ]
    lengths = [one.length for _, sentences in rows for one in sentences]
    mean_length = max(1.0, sum(lengths) / max(1, len(lengths)))
    cue, asked = find_cue(question), frozenset(query_tokens)

    def sum_of(terms: Iterable[str]) -> float:
        return math.fsum(worth[term] for term in terms)

    scored: list[Evidence] = []
    others: list[Evidence] = []
    for hit, sentences in rows:
        meant: Set[str] = frozenset()
        row: list[tuple[Evidence, bool]] = []
        for position, one in enumerate(sentences):
            own, text = one.terms, one.sentence.text
            referred = meant - own if OPENING_PRONOUN.match(text) else frozenset()
            meant = one.names | referred
            beside = sentences[max(0, position - 1) : position + 2]
            near = frozenset[str]().union(*(other.terms for other in beside)) - own - referred
            if _is_heading(text):
                continue
            weight = sum_of(own) + REFERRED_WEIGHT * sum_of(referred)
            weight += NEIGHBOUR_WEIGHT * sum_of(near)
            damp = 1 - LENGTH_PENALTY + LENGTH_PENALTY * one.length / mean_length
            score = weight / math.sqrt(max(damp, 0.25))
            score += PASSAGE_WEIGHT * total * (hit.score / best_passage if best_passage else 0)
            if cue and has_cue(cue, text, asked=asked):
                score += CUE_WEIGHT * total
            if text.rstrip(_CLOSING_MARKS).endswith("?"):
                score *= QUESTION_WEIGHT
            evidence = Evidence(
                passage=hit.passage,
                sentence=one.sentence,
                score=score,
                coverage=sum_of(own) / total,
            )
            row.append((evidence, bool(own or near or referred)))
        for evidence, is_sharing in _pass_on(row, asks_why=cue is Cue.REASON):
            (scored if is_sharing else others).append(evidence)
    if len(scored) < FEW_SENTENCES:
        scored += others
    return tuple(sorted(scored, key=lambda one: -one.score))


def _pass_on(
    row: Sequence[tuple[Evidence, bool]], *, asks_why: bool
) -> Iterable[tuple[Evidence, bool]]:
    """Give those sentences of a passage a share of a score that its sentence points at.

    Whether a sentence shares terms with the query goes along.
    """
    passed = list(row)
    for at, (one, is_sharing) in enumerate(row):
        text = one.sentence.text
        pointed = [*range(at + 1, at + 1 + MAX_ANNOUNCED)] if points_on(text) else []
        if asks_why and points_back(text):
            pointed.append(at - 1)
        for place in pointed:
            if 0 <= place < len(row) and passed[place][0].score < POINTED_AT * one.score:
                raised = replace(passed[place][0], score=POINTED_AT * one.score)
                passed[place] = raised, is_sharing or row[place][1]
    return passed


class _Shares:
    """A sentence with the terms it shares with the query, and those of them that are names."""

    __slots__ = ("length", "names", "sentence", "terms")

    def __init__(self, sentence: Sentence, meanings: Mapping[str, str]) -> None:
        spans = token_spans(sentence.text)
        shared = [span for span in spans if span.term in meanings]
        self.sentence = sentence
        self.length = len(spans)
        self.terms = frozenset(meanings[span.term] for span in shared)
        self.names = frozenset(
            meanings[span.term] for span in shared if sentence.text[span.start].isupper()
        )


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
    return text.rstrip(_CLOSING_MARKS).endswith((".", "!", "?", "…", ";"))


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


def terms_around(passage: Passage) -> frozenset[str]:
    """Return the terms of a passage and of the head of its essay."""
    return frozenset(tokenize(f"{passage.text}\n{passage.document.head}"))
