"""From a draft to claims, each tied to the words that back it.

The model's wording decides nothing about citations: each sentence of a draft is aligned here
with the evidence whose terms it shares, and one that names what the evidence does not name is
no claim at all.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

from assistant.checks.antecedents import find_antecedent
from assistant.checks.facts import missing_names
from assistant.checks.numbers import find_years
from assistant.checks.support import (
    MIN_SUPPORTED,
    Support,
    Verdict,
    score_support,
    score_terms,
    share_terms,
)
from assistant.checks.terms import base_term
from assistant.citations import Citation, cite
from assistant.evidence import OPENING_PRONOUN, Evidence
from index.analysis import tokenize
from index.passages import Passage, Sentence, split_sentences

SECOND_GAIN: Final = 0.15
"""What a second citation must add to that share to be worth a look."""

MAX_CHARS_BETWEEN: Final = 800
"""How far behind a sentence one that goes on from it with a pronoun may stand."""
MIN_PATCHED: Final = 0.6
"""What one of two sentences must carry of a claim alone, so that the other only adds to it."""
_PATCHED: Final = "it joins the words of two sentences, neither of which says most of it"
MIN_EFFECT: Final = 0.5
"""What share of that which a claim explains the passage must hold in which its reason stands.

Small models give a reason that they read somewhere to what they were asked about. Source: the
claims with "because" in the answers to ``tests/questions.jsonl`` and to the development questions
over both sets of essays: 10 of the 11 right ones have .63 or more, one .50; 6 of the 7 with a
reason for something else .27 to .48.
"""
_INVENTED: Final = "the passage with this reason does not speak of what it is to explain"
RIVAL_GAIN: Final = 0.1
"""How much more of a claim a sentence with another year must carry for the year to be doubted."""
_TRIED: Final = 4
"""Sentences that are tried for a claim, alone and in pairs: those that carry most of it."""
_CLAUSE_TERMS: Final = 3
"""Terms without which half a sentence says too little to stand alone."""
_RANKS: Final = (Verdict.UNSUPPORTED, Verdict.PARTIAL, Verdict.SUPPORTED)

_DIGITS = re.compile(r"\d+")
_MARKER = re.compile(r"\s*\[+[^\[\]]{0,20}\]+")
_LIST_MARK = re.compile(r"(?m)^\s*(?:[-*•]|\d{1,2}[.)])\s+")
_JOINT = re.compile(r"(?:,|;)\s+(?:and|but|while|whereas)\s+|;\s+")
_SUBJECT = re.compile(r"(?:[A-Z][\w-]+|[Tt]he|[Tt]hese|[Tt]hose)\s")
_LIKE_VERB = re.compile(
    r"\b(?:is|are|was|were|has|had|have|did|does|could|would|can|will|may|might|\w{2,}ed)\b"
)
_NUMBER = re.compile(r"\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One checkable sentence of an answer with at most two citations, the best first.

    Attributes:
        text: What is said.
        citations: What it rests on.
        verdict: What the check found.
        support: From 0 to 1, how well the cited words back it.
        reason: Why the verdict is as it is, in words; empty if supported.
    """

    text: str
    citations: tuple[Citation, ...]
    verdict: Verdict = Verdict.SUPPORTED
    support: float = 1.0
    reason: str = ""


def split_draft(draft: str) -> tuple[str, ...]:
    """Split a draft into its sentences, bracketed markers taken out, white space folded.

    The items of a list are sentences of their own.

    >>> split_draft("The mill closed [1]. Nobody there  voted.")
    ('The mill closed.', 'Nobody there voted.')
    """
    items = (_MARKER.sub("", item).replace("**", "") for item in _LIST_MARK.split(draft))
    texts = [" ".join(item.split()) for item in items]
    return tuple(text[start:end] for text in texts for start, end in split_sentences(text))


def split_whole(draft: str) -> tuple[str, ...]:
    """Return the sentences of an unfinished draft that more text cannot change.

    The last is not known to be whole, and none is while a quotation is open.

    >>> split_whole("Pell closed the mill. He said: “It is")
    ()
    >>> split_whole("Pell closed the mill. Nobody there had voted")
    ('Pell closed the mill.',)
    """
    if draft.count("“") != draft.count("”") or draft.count('"') % 2:
        return ()
    return split_draft(draft)[:-1]


def is_cut_off(draft: str) -> bool:
    """Return whether a draft ends within a sentence.

    >>> is_cut_off("Pell closed the mill because"), is_cut_off("Pell said: “No.”")
    (True, False)
    """
    return draft.rstrip().rstrip("\"'”’)]")[-1:] not in (".", "!", "?", "…")


def split_claims(
    sentence: str, evidence: Sequence[Evidence], *, weigh: Callable[[str], float]
) -> tuple[str, ...]:
    """Split a compound sentence into its halves where they rest on different evidence.

    Each half must be a clause with a noun or name of its own for its subject. The second half
    then begins with a capital, the first ends with a full stop.

    Returns:
        Two claims, or the sentence itself alone.
    """
    for joint in _JOINT.finditer(sentence):
        first, second = sentence[: joint.start()], sentence[joint.end() :]
        if not (_is_clause(first) and _is_clause(second) and _SUBJECT.match(second)):
            continue
        best = [_best_of(half, evidence, weigh) for half in (first, second)]
        if best[0] >= 0 and best[1] >= 0 and best[0] != best[1]:
            return f"{first}.", f"{second[:1].upper()}{second[1:]}"
    return (sentence,)


def _is_clause(half: str) -> bool:
    """Return whether a half has something like a verb, and ends no quotation of the other's."""
    is_closed = half.count("“") == half.count("”") and half.count('"') % 2 == 0
    verb = _LIKE_VERB.search(half) or any(base_term(term) != term for term in tokenize(half))
    return is_closed and bool(verb) and len(tokenize(half)) >= _CLAUSE_TERMS


def _best_of(half: str, evidence: Sequence[Evidence], weigh: Callable[[str], float]) -> int:
    """Return the number of the sentence that carries most of a half, -1 if none supports it."""
    scores = [
        score_terms(half, [one.sentence.text], context=said_around(one), weigh=weigh)
        for one in evidence
    ]
    best = max(range(len(scores)), key=scores.__getitem__, default=-1)
    return best if best >= 0 and scores[best] >= MIN_SUPPORTED else -1


def check_claim(
    claim: str,
    evidence: Sequence[Evidence],
    *,
    weigh: Callable[[str], float],
    is_word: Callable[[str], bool] = lambda term: False,
) -> Claim:
    """Align a claim with the one or two sentences that back it best, and judge it.

    Where the passage of the sentence says only "he" or "she" for a name of the claim, the
    nearest earlier sentence of the same essay that names it is the second citation, unless
    another name between the two could be meant.

    Args:
        claim: One sentence.
        evidence: The sentences that the model saw, the likeliest first, which decides ties.
        weigh: The weight of a term, at least 0; the rarer, the heavier.
        is_word: Whether a term is a common word, so that it is no name where it opens a sentence.

    Returns:
        The claim with its verdict; the citations in order of what they carry, none if nothing
        of the claim stands in any sentence.
    """
    best: tuple[Support, tuple[Citation, ...], tuple[Evidence, ...]] | None = None
    for chosen in _candidates(claim, evidence, weigh):
        for spans in _with_antecedent(claim, chosen, is_word):
            support = score_support(
                claim,
                [span.quote for span in spans],
                context="\n".join(said_around(one) for one in chosen),
                weigh=weigh,
                is_word=is_word,
            )
            if best is None or _rank(support) > _rank(best[0]):
                best = support, spans, chosen
        if best and best[0].verdict is Verdict.SUPPORTED:
            break
    if best is None:
        reason = "nothing of this stands in the passages found"
        return Claim(
            text=claim, citations=(), verdict=Verdict.UNSUPPORTED, support=0.0, reason=reason
        )
    support, citations, chosen = best
    if support.verdict is Verdict.SUPPORTED and _is_invented_reason(claim, chosen, weigh):
        support = replace(support, verdict=Verdict.UNSUPPORTED, reason=_INVENTED)
    if support.verdict is Verdict.SUPPORTED and _is_patched(claim, chosen, weigh):
        support = replace(support, verdict=Verdict.PARTIAL, reason=_PATCHED)
    year = find_rival_year(claim, citations, evidence, weigh=weigh)
    if year and support.verdict is Verdict.SUPPORTED:
        reason = f"another passage found gives {year} for this"
        support = replace(support, verdict=Verdict.PARTIAL, reason=reason)
    return Claim(
        text=claim,
        citations=citations,
        verdict=support.verdict,
        support=support.score,
        reason=support.reason,
    )


def _is_patched(claim: str, chosen: Sequence[Evidence], weigh: Callable[[str], float]) -> bool:
    """Return whether a claim takes two sentences, neither of which says most of it.

    Small models join a subject of one with what another tells of something else.
    """
    alone = [
        score_terms(claim, [one.sentence.text], context=said_around(one), weigh=weigh)
        for one in chosen
    ]
    if len(chosen) < 2 or max(alone) >= MIN_PATCHED or _goes_on(chosen):
        return False
    return len(split_claims(claim, chosen, weigh=weigh)) == 1


def _is_invented_reason(
    claim: str, chosen: Sequence[Evidence], weigh: Callable[[str], float]
) -> bool:
    """Return whether what stands before "because" is missing where the reason stands."""
    effect, _, reason = claim.partition(" because ")
    if not reason:
        return False
    best = max(chosen, key=lambda one: share_terms(reason, one.sentence.text, weigh=weigh))
    return share_terms(effect, said_around(best), weigh=weigh) < MIN_EFFECT


def _goes_on(chosen: Sequence[Evidence]) -> bool:
    """Return whether one sentence goes on, soon after the other, with "he" or "it"."""
    first, second = sorted(chosen, key=lambda one: one.sentence.start)
    is_near = (
        first.passage.document.id == second.passage.document.id
        and second.sentence.start - first.sentence.end < MAX_CHARS_BETWEEN
    )
    return is_near and bool(OPENING_PRONOUN.match(second.sentence.text))


def find_rival_year(
    claim: str,
    citations: Sequence[Citation],
    evidence: Sequence[Evidence],
    *,
    weigh: Callable[[str], float],
) -> str:
    """Return the year that evidence nearer to the claim gives instead of the claim's, or "".

    A year easily gets to a claim from a sentence that is about something else. Nearer is a
    sentence that carries more of the claim without its year than those cited that hold the year.
    """
    years = find_years(claim)
    if len(years) != 1:
        return ""
    rest = claim.replace(min(years), " ")
    cited = [
        score_terms(rest, [one.quote], context="", weigh=weigh)
        for one in citations
        if years & find_years(one.quote)
    ]
    if not cited:
        return ""
    rivals = [
        (score_terms(rest, [one.sentence.text], context="", weigh=weigh), found)
        for one in evidence
        if (found := find_years(one.sentence.text)) and not found & years
    ]
    score, found = max(rivals, key=lambda row: row[0], default=(0.0, frozenset()))
    return min(found) if score > max(cited) + RIVAL_GAIN else ""


def said_around(one: Evidence) -> str:
    """Return what stands around a sentence: its passage, and the names of its essay's head.

    Not the numbers of the head: the year of a title is seldom that of what a sentence tells.
    """
    head = _DIGITS.sub(" ", one.passage.document.head)
    return f"{one.passage.text}\n{head}"


def _rank(support: Support) -> int:
    return _RANKS.index(support.verdict)


def _candidates(
    claim: str, evidence: Sequence[Evidence], weigh: Callable[[str], float]
) -> tuple[tuple[Evidence, ...], ...]:
    """Return sentences and pairs of them by what they carry of the claim, the most first.

    A pair pays for its second sentence; ties stand in the order of the evidence.
    """

    def worth(chosen: Sequence[Evidence]) -> float:
        spans = [one.sentence.text for one in chosen]
        around = "\n".join(said_around(one) for one in chosen)
        carried = score_terms(claim, spans, context=around, weigh=weigh)
        return carried - SECOND_GAIN * (len(chosen) - 1)

    scored = [(worth([one]), (one,)) for one in evidence]
    singles = sorted((row for row in scored if row[0] > 0), key=lambda row: -row[0])[:_TRIED]
    pairs = [one + two for (_, one), (_, two) in combinations(singles, 2)]
    tried = [*singles, *((worth(pair), pair) for pair in pairs)]
    return tuple(chosen for _, chosen in sorted(tried, key=lambda row: -row[0]))


def _with_antecedent(
    claim: str, chosen: Sequence[Evidence], is_word: Callable[[str], bool]
) -> Iterator[tuple[Citation, ...]]:
    """Yield the citations of the sentences, and with that of whom a pronoun in one means."""
    cited = tuple(_cite(one.passage, one.sentence) for one in chosen)
    yield cited
    if len(chosen) > 1:
        return
    said = f"{chosen[0].sentence.text}\n{said_around(chosen[0])}"
    missing = tuple(missing_names(claim, said, is_word=is_word))
    if missing and (earlier := find_antecedent(chosen[0], missing, is_word=is_word)):
        yield (*cited, _cite(chosen[0].passage, earlier))


def _cite(passage: Passage, sentence: Sentence) -> Citation:
    return cite(passage.document, start=sentence.start, end=sentence.end)
