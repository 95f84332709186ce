"""From a question to an answer: search, select evidence, prompt, generate, check."""

import re
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from assistant.answers import (
    Answer,
    Answered,
    ClaimChecked,
    Event,
    EvidenceSelected,
    FoundPassage,
    PassagesFound,
    QueryMade,
    QuotesChosen,
    Reason,
    Seconds,
)
from assistant.citations import Citation, cite
from assistant.errors import StoppedError
from assistant.evidence import Evidence, score_sentences, select_evidence
from assistant.grounding import (
    Claim,
    align_claim,
    find_foreign,
    is_cut_off,
    split_draft,
    split_whole,
)
from assistant.judging import Caution, find_unknown_name, is_unanswerable, rank_quotes
from assistant.llm import LanguageModel, Message, Usage
from assistant.prompting import PromptBook
from assistant.querying import Turn, make_query
from index.analysis import tokenize
from index.bm25 import Bm25Index, Hit

TOP_K: Final = 8
"""The passages searched for evidence, and shown."""
MAX_EVIDENCE_SENTENCES: Final = 8
MAX_EVIDENCE_TOKENS: Final = 350
"""Each costs the reader about 11 ms of waiting on two cores."""
QUOTES_FOR_WRITING: Final = 2
"""How many sentences are put before the model again when it writes."""
MAX_ANSWER_TOKENS: Final = 96


class Assistant:
    """Answers questions from one index with one model."""

    def __init__(
        self, index: Bm25Index, model: LanguageModel, *, prompts: PromptBook | None = None
    ) -> None:
        """Take an index, a model, and the prompts; those shipped by default."""
        self._index = index
        self._model = model
        self._prompts = prompts if prompts is not None else PromptBook()
        self._head = self._prompts.render_head()

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        caution: Caution = Caution.BALANCED,
        cancelled: threading.Event,
    ) -> Iterator[Event]:
        """Yield the steps of the answer; the last event is ``Answered``.

        Setting ``cancelled`` ends the stream within a second with what was written until then.

        Args:
            question: What the reader typed.
            history: Earlier turns of the conversation, oldest first.
            caution: How sure to be before answering.
            cancelled: Set by whoever wants a stop.

        Raises:
            ModelError: The model failed.
        """
        run = _Run(question=question, model=self._model.name, caution=caution)
        try:
            for event in self._steps(run, history, cancelled):
                run.note(event)
                yield event
        except StoppedError:
            run.reason, run.is_stopped = Reason.STOPPED, True
        yield Answered(answer=run.to_answer())

    def _steps(
        self, run: "_Run", history: Sequence[Turn], cancelled: threading.Event
    ) -> Iterator[Event]:
        run.query = make_query(run.question, history)
        yield QueryMade(query=run.query)
        tokens = tokenize(run.query)
        hits = self._index.search(tokens, top_k=TOP_K) if tokens else ()
        run.search_s = run.elapsed_s()
        yield PassagesFound(passages=tuple(_found(hit) for hit in hits))
        evidence = select_evidence(
            score_sentences(self._index, hits, tokens),
            max_sentences=MAX_EVIDENCE_SENTENCES,
            max_tokens=MAX_EVIDENCE_TOKENS,
            count_tokens=self._model.count_tokens,
        )
        if not evidence:
            run.reason = Reason.NO_PASSAGES
            return
        if find_unknown_name(run.query, is_known=self._index.has_similar_term):
            run.reason = Reason.NOT_IN_EVIDENCE
            return
        yield EvidenceSelected(evidence=tuple(_cited(one) for one in evidence))
        texts = [_line(one) for one in evidence]
        prompt = (*self._head, self._prompts.render_question(run.query, texts))
        choice = self._model.choose(
            prompt,
            prefix=self._prompts.quote_prefix,
            texts=[f" {text}" for text in (*texts, self._prompts.none_text)],
            cancelled=cancelled,
        )
        run.add_usage(choice.usage)
        *shares, p_none = choice.probabilities
        ranked = rank_quotes(evidence, shares)
        yield QuotesChosen(quotes=tuple(_cited(one) for one in ranked[:3]), p_none=p_none)
        if is_unanswerable(p_none, evidence):
            run.reason = Reason.NOT_IN_EVIDENCE
            return
        yield from self._write(run, prompt, ranked, cancelled)

    def _write(
        self,
        run: "_Run",
        prompt: Sequence[Message],
        ranked: Sequence[Evidence],
        cancelled: threading.Event,
    ) -> Iterator[Event]:
        """Let the model write after the best quotes, and yield each sentence once checked."""
        quotes = [_line(one) for one in ranked[:QUOTES_FOR_WRITING]]
        known = frozenset(tokenize(run.query)).union(*(tokenize(_said_with(one)) for one in ranked))
        draft, usage, n_done = "", Usage(prompt=0, evaluated=0, generated=0), 0
        pieces = self._model.generate(
            prompt,
            prefix=self._prompts.render_answer_prefix(quotes),
            stop=("\n",),
            max_tokens=MAX_ANSWER_TOKENS,
            cancelled=cancelled,
        )
        run.reason = Reason.UNSUPPORTED
        try:
            for piece in pieces:
                draft, usage = draft + piece.text, piece.usage
                whole = split_whole(draft)
                yield from self._check(run, whole[n_done:], ranked, known)
                n_done = max(n_done, len(whole))
            rest = split_draft(draft)[n_done:]
            if usage.generated >= MAX_ANSWER_TOKENS and is_cut_off(draft):
                rest = rest[:-1]
            yield from self._check(run, rest, ranked, known)
        finally:
            run.add_usage(usage)

    def _check(
        self,
        run: "_Run",
        sentences: Sequence[str],
        ranked: Sequence[Evidence],
        known: frozenset[str],
    ) -> Iterator[Event]:
        for sentence in sentences:
            if sentence == self._prompts.none_text:
                if not run.claims:
                    run.reason = Reason.NOT_IN_EVIDENCE
                continue
            if find_foreign(sentence, known, is_word=self._index.has_small_term):
                continue
            if any(sentence == claim.text for claim in run.claims):
                continue
            if citations := align_claim(sentence, ranked, weigh=self._index.idf):
                run.reason = Reason.ANSWERED
                yield ClaimChecked(claim=Claim(text=sentence, citations=citations))


@dataclass(slots=True, kw_only=True)
class _Run:
    """What is known of one answer so far."""

    question: str
    model: str
    caution: Caution
    query: str = ""
    reason: Reason = Reason.NO_PASSAGES
    is_stopped: bool = False
    claims: tuple[Claim, ...] = ()
    quotes: tuple[Citation, ...] = ()
    passages: tuple[FoundPassage, ...] = ()
    evidence: tuple[Citation, ...] = ()
    p_none: float = 1.0
    usage: Usage = field(default_factory=lambda: Usage(prompt=0, evaluated=0, generated=0))
    started_s: float = field(default_factory=time.monotonic)
    search_s: float = 0.0
    first_s: float = 0.0

    def elapsed_s(self) -> float:
        return time.monotonic() - self.started_s

    def add_usage(self, more: Usage) -> None:
        self.usage = Usage(
            prompt=max(self.usage.prompt, more.prompt),
            evaluated=self.usage.evaluated + more.evaluated,
            generated=self.usage.generated + more.generated,
        )

    def note(self, event: Event) -> None:
        match event:
            case PassagesFound(passages=passages):
                self.passages = passages
            case EvidenceSelected(evidence=evidence):
                self.evidence = evidence
            case QuotesChosen(quotes=quotes, p_none=p_none):
                self.quotes, self.p_none = quotes, p_none
            case ClaimChecked(claim=claim):
                self.claims += (claim,)
                self.first_s = self.first_s or self.elapsed_s()
            case _:
                pass

    def to_answer(self) -> Answer:
        total_s = self.elapsed_s()
        abstained = not self.claims and not self.is_stopped
        reason = self.reason
        return Answer(
            question=self.question,
            query=self.query,
            abstained=abstained,
            reason=reason,
            claims=self.claims,
            quotes=self.quotes,
            passages=self.passages,
            evidence=self.evidence,
            model=self.model,
            p_none=self.p_none,
            usage=self.usage,
            seconds=Seconds(
                search=self.search_s, first_token=self.first_s or total_s, total=total_s
            ),
            is_stopped=self.is_stopped,
            caution=self.caution,
        )


def _line(one: Evidence) -> str:
    return " ".join(one.sentence.text.split())


def _said_with(one: Evidence) -> str:
    """Return what a claim may name when it rests on this sentence.

    The names of the essay's title and author too, but not its numbers: the year of a title is
    seldom that of what a sentence tells.
    """
    document = one.passage.document
    head = re.sub(r"\d+", " ", f"{document.title}\n{document.author}")
    return f"{one.sentence.text}\n{head}"


def _cited(one: Evidence) -> Citation:
    return cite(one.passage.document, start=one.sentence.start, end=one.sentence.end)


def _found(hit: Hit) -> FoundPassage:
    passage = hit.passage
    return FoundPassage(
        essay=passage.document.name,
        essay_id=passage.document.id,
        title=passage.document.title,
        author=passage.document.author,
        start=passage.start,
        end=passage.end,
        text=passage.text,
        score=hit.score,
        rank=hit.rank,
    )
