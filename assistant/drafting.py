"""Word an answer from evidence, and check each sentence before anyone sees it."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from assistant.answers import ClaimChecked, ClaimWithheld
from assistant.appraisal import QUOTES_FOR_WRITING
from assistant.checks.relevance import find_void, tells
from assistant.checks.support import Verdict
from assistant.evidence import Evidence, terms_around
from assistant.grounding import (
    MIN_EFFECT,
    Claim,
    check_claim,
    is_cut_off,
    split_claims,
    split_draft,
    split_whole,
)
from assistant.llm import LanguageModel, Message, Usage
from assistant.prompting import PromptBook
from assistant.questions.cues import Cue, find_cue, points_back, points_on
from assistant.questions.expansion import Query
from assistant.questions.sides import find_sides
from assistant.quoting import LEAST_WORDS, quote_as_claim
from index.analysis import token_spans, tokenize
from index.bm25 import Bm25Index

QUOTES_TO_STAND: Final = 3
"""Among how many of the best sentences one is sought that can stand for a claim."""
MIN_ON_TOPIC: Final = 0.6
"""The least score of a sentence that stands for a claim, as a share of the best sentence's.

Source: ``assistant evaluate --questions FILE``: what right answers rest on has 0.64 or more, what
a model of half a billion weights copied in vain 0.28 to 0.59.
"""
SHORT_SENTENCES: Final = 2
"""An answer that may have no more is to a question of fact, and needs no quote after it."""
MAX_LEFT_OUT: Final = 0.4
"""The most of its sentence's term weight that a lone explanation may leave out by itself."""
MAX_TOKENS: Final = 96
MAX_GAP_CHARS: Final = 4
"""What may stand between a sentence and the one before it: the space, or the end of a paragraph."""
MAX_ANNOUNCED_CHARS: Final = 300
"""How far after a sentence those begin that it announces."""

MIN_WORDING_PARAMETERS: Final = 1_000_000_000
"""A model of fewer weights is not let to word answers: it only helps to choose and to judge.

Source: ``assistant evaluate --questions FILE --model ID``: with half a billion, 12 of 25 are right
in the model's words and 17 in the essays' own; with one and a half billion it is 21.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is to be worded.

    Attributes:
        prompt: The messages up to the model's reply.
        query: What is asked.
        ranked: The evidence that may be cited, the likeliest first.
        max_words: The longest answer, in words; only a first claim may be longer.
        max_sentences: The most sentences that the model may write.
    """

    prompt: tuple[Message, ...]
    query: Query
    ranked: tuple[Evidence, ...]
    max_words: int
    max_sentences: int


class Writer:
    """Lets a model word answers, and puts the evidence's own words where it fails."""

    def __init__(self, model: LanguageModel, prompts: PromptBook, index: Bm25Index) -> None:
        """Take the model, the prompts, and the index that knows the weights of terms."""
        self._model = model
        self._prompts = prompts
        self._index = index

    @property
    def is_wording(self) -> bool:
        """Whether the model is large enough to word answers; a model not yet loaded is."""
        return not 0 < self._model.n_parameters < MIN_WORDING_PARAMETERS

    def write(
        self, task: Task, *, add_usage: Callable[[Usage], None], cancelled: threading.Event
    ) -> Iterator[ClaimChecked | ClaimWithheld]:
        """Yield each claim once checked, in the order in which they are to be read.

        A model too small to word anything is not asked: the best sentences are quoted. Else
        supported claims come as they are written. Where there is none, a quote stands for them
        if one answers; else partial claims are shown as such. Nothing is yielded as checked if
        the model itself declines.

        Raises:
            StoppedError: ``cancelled`` was set.
            ModelError: The model failed.
        """
        if not self.is_wording:
            yield from self._quote_best(task)
            return
        shown: list[Claim] = []
        partial: list[Claim] = []
        failed: list[Claim] = []
        is_declined = False
        for sentence in self._sentences(task, add_usage=add_usage, cancelled=cancelled):
            is_declined = is_declined or sentence == self._prompts.none_text
            if is_declined:
                continue
            for part in split_claims(sentence, task.ranked, weigh=self._index.idf):
                if any(part == claim.text for claim in (*shown, *partial, *failed)):
                    continue
                claim = self._check(part, task)
                if claim.verdict is Verdict.UNSUPPORTED:
                    failed.append(claim)
                    yield ClaimWithheld(claim=claim)
                elif claim.verdict is Verdict.PARTIAL:
                    partial.append(claim)
                elif _fits(claim, shown, task):
                    shown.append(claim)
                    yield ClaimChecked(claim=claim)
        if shown or is_declined:
            kept = [claim for claim in partial if not is_declined and _fits(claim, shown, task)]
            for claim in partial:
                yield ClaimChecked(claim=claim) if claim in kept else ClaimWithheld(claim=claim)
            if not is_declined:
                if quote := self._find_rest([*shown, *kept], task):
                    kept.append(quote)
                    yield ClaimChecked(claim=quote)
                yield from self._tell_sides([*shown, *kept], task)
        elif found := self._find_quote(task, [*partial, *failed]):
            yield from self._tell_quote(found, task)
            for claim in partial:
                yield ClaimWithheld(claim=claim)
        else:
            # No quote tells the time or number asked for: that of a doubtful claim is worse.
            is_kept = find_cue(task.query.text) not in (Cue.TIME, Cue.NUMBER)
            for claim in partial:
                yield ClaimChecked(claim=claim) if is_kept else ClaimWithheld(claim=claim)

    def _sentences(
        self, task: Task, *, add_usage: Callable[[Usage], None], cancelled: threading.Event
    ) -> Iterator[str]:
        """Yield the sentences of the model's draft as soon as each is whole."""
        chosen = task.ranked[:QUOTES_FOR_WRITING]
        quotes = [self._prompts.render_line(one.sentence.text) for one in chosen]
        draft, usage, n_done = "", Usage(prompt=0, evaluated=0, generated=0), 0
        try:
            for piece in self._model.generate(
                task.prompt,
                prefix=self._prompts.render_answer_prefix(quotes),
                stop=("\n",),
                max_tokens=MAX_TOKENS,
                cancelled=cancelled,
            ):
                draft, usage = draft + piece.text, piece.usage
                for sentence in split_whole(draft)[n_done : task.max_sentences]:
                    n_done += 1
                    yield sentence
            rest = split_draft(draft)[n_done : task.max_sentences]
            if usage.generated >= MAX_TOKENS and is_cut_off(draft):
                rest = rest[:-1]
            yield from rest
        finally:
            add_usage(usage)

    def _check(self, text: str, task: Task) -> Claim:
        claim = check_claim(
            text,
            task.ranked,
            weigh=self._index.idf,
            is_word=self._index.has_small_term,
        )
        if claim.verdict is not Verdict.UNSUPPORTED and (fault := find_void(text, task.query)):
            return replace(claim, verdict=Verdict.UNSUPPORTED, reason=fault)
        return claim

    def _quote_best(self, task: Task) -> Iterator[ClaimChecked]:
        """Yield the sentences that share most with the question, as claims, as far as they fit.

        The order is that of the search: a small model's choice of a sentence is worse.
        """
        for one in _by_score(task.ranked)[:QUOTES_TO_STAND]:
            if self._can_stand(one, task):
                yield from self._tell_quote(one, task)
                return

    def _find_quote(self, task: Task, failed: Sequence[Claim]) -> Evidence | None:
        """Return a sentence that can answer: one the model drew on, else the best."""
        meant = [one for claim in failed for one in task.ranked if _is_cited(one, claim)]
        least = MIN_ON_TOPIC * max((one.score for one in task.ranked), default=0.0)
        for one in meant or task.ranked[:QUOTES_TO_STAND]:
            if one.score >= least and self._can_stand(one, task):
                return one
        return None

    def _tell_quote(self, one: Evidence, task: Task) -> Iterator[ClaimChecked]:
        """Yield a sentence as a quote, and for an explanation what goes with it."""
        quote = self._quote(one, task, max_words=task.max_words)
        if sides := tuple(self._tell_sides([quote], task)):
            yield from (ClaimChecked(claim=quote), *sides)
            return
        quotes = [quote]
        if more := self._find_more(one, quote, task):
            is_before = _points_at(one, more) and more.sentence.start < one.sentence.start
            room = task.max_words - len(quote.text.split())
            quotes.insert(0 if is_before else 1, self._quote(more, task, max_words=room))
        yield from (ClaimChecked(claim=one) for one in quotes)

    def _tell_sides(self, shown: Sequence[Claim], task: Task) -> Iterator[ClaimChecked]:
        """Yield the best sentence on each side of a comparison that no claim names."""
        if task.max_sentences <= SHORT_SENTENCES:
            return
        claims = list(shown)
        for side in find_sides(task.query.text):
            terms = frozenset(tokenize(side))
            room = task.max_words - sum(len(claim.text.split()) for claim in claims)
            if room < LEAST_WORDS or any(terms <= set(tokenize(one.text)) for one in claims):
                continue
            for one in _by_score(task.ranked):
                is_new = not any(_is_cited(one, claim) for claim in claims)
                if is_new and terms <= set(tokenize(one.sentence.text)):
                    claims.append(self._quote(one, task, max_words=room))
                    yield ClaimChecked(claim=claims[-1])
                    break

    def _find_more(self, first: Evidence, quote: Claim, task: Task) -> Evidence | None:
        """Return what goes with a quote, where a question of why or how has room for it.

        That is a sentence which the first points at, else the next best.
        """
        room = task.max_words - len(quote.text.split())
        if task.max_sentences <= SHORT_SENTENCES or room < LEAST_WORDS:
            return None
        ranked = sorted(_by_score(task.ranked), key=lambda one: not _points_at(first, one))
        for one in ranked:
            if not _is_cited(one, quote) and self._can_stand(one, task):
                return one
        return None

    def _can_stand(self, one: Evidence, task: Task) -> bool:
        """Return whether a sentence is about whom is asked, and can tell what is asked for.

        Of a reason no more is asked than that its passage speaks of what it is to explain.
        """
        around = terms_around(one.passage)
        around |= {typed for term, typed in task.query.alike.items() if term in around}
        names = _names_of(task.query.text)
        if names and not names & around:
            return False
        cue, asked = find_cue(task.query.text), frozenset(task.query.tokens)
        if cue is Cue.REASON:
            known = filter(self._index.has_term, tokenize(task.query.text))
            worth = {term: self._index.idf(term) for term in known}
            held = sum(weight for term, weight in worth.items() if term in around)
            return held >= MIN_EFFECT * sum(worth.values())
        return cue is None or tells(cue, one.sentence.text, asked=asked)

    def _find_rest(self, shown: Sequence[Claim], task: Task) -> Claim | None:
        """Return the sentence behind a short explanation that leaves out much of it, as a claim.

        Small models tell half of a reason; the essay's words after it tell the rest.
        """
        if task.max_sentences <= SHORT_SENTENCES or len(shown) != 1:
            return None
        (claim,) = shown
        room = task.max_words - len(claim.text.split())
        said = frozenset(tokenize(f"{claim.text} {task.query.text}"))
        for one in task.ranked:
            if room >= LEAST_WORDS and _is_cited(one, claim):
                worth = {term: self._index.idf(term) for term in tokenize(one.sentence.text)}
                left = sum(weight for term, weight in worth.items() if term not in said)
                if left > MAX_LEFT_OUT * sum(worth.values()):
                    return self._quote(one, task, max_words=room)
        return None

    def _quote(self, one: Evidence, task: Task, *, max_words: int) -> Claim:
        weights = {term: self._index.idf(term) for term in task.query.tokens}
        return quote_as_claim(one, weights=weights, max_words=max_words)


def _names_of(question: str) -> frozenset[str]:
    """Return the terms of the names in a question: words with a capital letter but the first."""
    spans = token_spans(question)
    return frozenset(span.term for span in spans[1:] if question[span.start].isupper())


def _by_score(ranked: Sequence[Evidence]) -> list[Evidence]:
    return sorted(ranked, key=lambda one: -one.score)


def _points_at(one: Evidence, other: Evidence) -> bool:
    """Return whether a sentence calls the one before it a reason, or announces those after it."""
    if one.passage.document.id != other.passage.document.id:
        return False
    before = one.sentence.start - other.sentence.end
    after = other.sentence.start - one.sentence.end
    text = one.sentence.text
    return (0 <= before <= MAX_GAP_CHARS and points_back(text)) or (
        0 <= after <= MAX_ANNOUNCED_CHARS and points_on(text)
    )


def _is_cited(one: Evidence, claim: Claim) -> bool:
    """Return whether a sentence, or a part of it, is what a claim first rests on."""
    return any(
        cited.essay_id == one.passage.document.id
        and cited.start < one.sentence.end
        and one.sentence.start < cited.end
        for cited in claim.citations[:1]
    )


def _fits(claim: Claim, shown: Sequence[Claim], task: Task) -> bool:
    n_words = sum(len(one.text.split()) for one in (*shown, claim))
    return not shown or n_words <= task.max_words
