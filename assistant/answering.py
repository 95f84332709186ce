"""From a question to an answer: search, select evidence, judge it, write, check."""

import threading
from collections.abc import Iterator, Sequence
from typing import Final

from assistant.answers import (
    Answered,
    ClaimChecked,
    Event,
    EvidenceSelected,
    QueryMade,
    QuotesChosen,
    Reason,
)
from assistant.appraisal import Appraiser
from assistant.citations import Citation, cite
from assistant.drafting import Task, Writer
from assistant.errors import StoppedError
from assistant.evidence import Evidence
from assistant.finding import TOP_K, Finder
from assistant.judging import Caution, is_doubtful
from assistant.llm import LanguageModel
from assistant.notices import (
    NOTHING_CHOSEN,
    explain_abstention,
    explain_limit,
    explain_quoting,
    name_asked,
)
from assistant.overview import lead_evidence
from assistant.prompting import PromptBook
from assistant.questions.expansion import (
    Query,
    analyse_query,
    find_unknown_names,
    find_unknown_numbers,
)
from assistant.questions.intents import Intent, Reading, read_question
from assistant.questions.querying import Turn, make_query
from assistant.quoting import quote_as_claim
from assistant.record import AnswerRecord
from assistant.scope import ALL_ESSAYS, Scope, find_chosen, settle
from assistant.spreading import (
    by_essay,
    count_mentions,
    render_count,
    render_searched,
)
from index.analysis import tokenize
from index.bm25 import Bm25Index
from index.corpus import Document

QUOTES_KEPT: Final = 3
"""How many of the sentences preferred are kept with the answer."""
MAX_EARLIER_TURNS: Final = 2
MAX_EARLIER_TOKENS: Final = 100
"""How much of the conversation the model sees with a question that goes on from it."""
MAX_WORDS: Final = 30
"""The longest answer to a question of fact, in words."""
MAX_EXPLAINING_WORDS: Final = 60
"""The same for questions that ask why or how."""
MAX_SENTENCES: Final = 2
MAX_EXPLAINING_SENTENCES: Final = 3
MAX_ESSAYS_ACROSS: Final = 4
"""Over how many essays an answer that is ordered by essay goes at most."""
MAX_WORDS_PER_ESSAY: Final = 25
LEAD_SENTENCES: Final = 3
"""How many of an essay's own sentences tell what it says."""
MAX_QUOTED_WORDS: Final = 60
"""The longest quotation that tells what an essay says."""


class Assistant:
    """Answers questions from one index with one model."""

    def __init__(
        self, index: Bm25Index, model: LanguageModel, *, prompts: PromptBook | None = None
    ) -> None:
        """Take an index, a model, and the prompts; those shipped by default."""
        self._index = index
        self._model = model
        self._prompts = prompts if prompts is not None else PromptBook()
        self._appraiser = Appraiser(model, self._prompts, index)
        self._writer = Writer(model, self._prompts, index)
        self._finder = Finder(index, prompts=self._prompts, count_tokens=model.count_tokens)
        self._documents = tuple(
            {passage.document.id: passage.document for passage in index.passages}.values()
        )

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        caution: Caution = Caution.BALANCED,
        scope: Scope = ALL_ESSAYS,
        cancelled: threading.Event,
    ) -> Iterator[Event]:
        """Yield the steps of the answer; the last event is ``Answered``.

        Setting ``cancelled`` ends the stream within a second with what was written until then.

        Args:
            question: What the reader typed.
            history: Earlier turns of the conversation, oldest first.
            caution: How sure to be before answering.
            scope: Which essays alone to look at; those of them that are gone are told as such.
            cancelled: Set by whoever wants a stop.

        Raises:
            ModelError: The model failed.
        """
        record = AnswerRecord(
            question=question,
            model=self._model.name,
            caution=caution,
            scope=settle(scope, self._documents),
        )
        limited = self._limit_to(scope)
        try:
            for event in limited._steps(record, history, cancelled):
                record.note(event)
                yield event
        except StoppedError:
            record.reason, record.is_stopped = Reason.STOPPED, True
        if not record.claims and record.reason is not Reason.REPLIED and not record.is_stopped:
            record.notice = self._explain(record, limited)
        if record.claims and record.quotes and not self._writer.is_wording:
            record.notice = record.notice or explain_quoting(self._model.name)
        yield Answered(answer=record.to_answer())

    def _explain(self, record: AnswerRecord, limited: "Assistant") -> str:
        """Say why the essays that were looked at do not answer, and that others were not."""
        if not limited._documents:
            return NOTHING_CHOSEN
        declined = record.notice or explain_abstention(
            record.reason,
            record.query,
            missing=record.missing,
            is_known=limited._index.has_term,
            weigh=self._index.idf,
            asked=name_asked(len(limited._documents), len(self._documents)),
        )
        outside = explain_limit(
            record.query,
            n_outside=len(self._documents) - len(limited._documents),
            is_inside=limited._index.has_term,
            is_anywhere=self._index.has_term,
        )
        return f"{declined} {outside}".rstrip()

    def _limit_to(self, scope: Scope) -> "Assistant":
        """Return an assistant that knows of nothing but the essays that are to be looked at."""
        if not scope.is_limited:
            return self
        chosen = [one.id for one in find_chosen(scope, self._documents)]
        return Assistant(self._index.limit_to(chosen), self._model, prompts=self._prompts)

    def _steps(
        self, record: AnswerRecord, history: Sequence[Turn], cancelled: threading.Event
    ) -> Iterator[Event]:
        if not self._documents:
            return  # all that was chosen is gone
        reading = read_question(record.question, self._documents, is_known=self._index.has_term)
        if reading.reply:
            record.reason, record.notice = Reason.REPLIED, reading.reply
            return
        text = make_query(reading.question, history, is_word=self._index.has_small_term)
        if reading.intent is Intent.OVERVIEW:
            yield QueryMade(query=text)
            yield from self._give_overview(record, reading.documents)
            return
        query = analyse_query(text, self._index)
        yield QueryMade(query=query.text, expanded=query.expanded)
        if reading.is_counting and reading.intent is not Intent.LIST:
            yield from self._count(record, reading.topic)
        else:
            earlier = self._select_turns(history) if text != reading.question else ()
            yield from self._answer(record, reading, query, earlier, cancelled)

    def _answer(
        self,
        record: AnswerRecord,
        reading: Reading,
        query: Query,
        earlier: Sequence[Turn],
        cancelled: threading.Event,
    ) -> Iterator[Event]:
        """Find, judge and write."""
        is_across = reading.intent is Intent.ACROSS and len(self._documents) > 1
        if is_across and query.text == reading.question:
            # "Do the essays agree about" is not what to look for, nor what to ask of each essay.
            query = analyse_query(_as_question(reading.topic), self._index)
        hits = self._finder.search(query, top_k=len(self._index.passages) if is_across else TOP_K)
        yield self._finder.tell(hits[:TOP_K], query)
        evidence = self._finder.select(hits, query, is_spread=is_across)
        record.missing = (
            *find_unknown_names(query.text, self._index),
            *find_unknown_numbers(query.text, self._index),
        )
        if not evidence:
            record.reason = Reason.NO_PASSAGES
            return
        record.reason = Reason.NOT_IN_EVIDENCE
        if record.missing:
            return
        yield EvidenceSelected(evidence=tuple(_cited(one) for one in evidence))
        appraisal = self._appraiser.appraise(
            query, evidence, hits=hits[:TOP_K], earlier=earlier, cancelled=cancelled
        )
        for usage in appraisal.usage:
            record.add_usage(usage)
        yield QuotesChosen(
            quotes=tuple(_cited(one) for one in appraisal.ranked[:QUOTES_KEPT]),
            p_none=appraisal.signals.p_none,
            doubt=appraisal.doubt,
            signals=appraisal.signals,
        )
        if is_doubtful(appraisal.doubt, record.caution):
            return
        if reading.is_counting:
            record.notice = render_searched(self._index)
        groups = by_essay(appraisal.ranked)[:MAX_ESSAYS_ACROSS] if is_across else ()
        # A question that goes on from another is answered as briefly as one of fact.
        is_long = reading.is_explaining and not earlier
        if len(groups) < 2:
            task = Task(
                prompt=appraisal.prompt,
                query=query,
                ranked=appraisal.ranked,
                max_words=MAX_EXPLAINING_WORDS if is_long else MAX_WORDS,
                max_sentences=MAX_EXPLAINING_SENTENCES if is_long else MAX_SENTENCES,
            )
            yield from self._writer.write(task, add_usage=record.add_usage, cancelled=cancelled)
            return
        record.is_by_essay = True
        for group in groups:
            task = Task(
                prompt=appraisal.prompt,
                query=query,
                ranked=group,
                max_words=MAX_WORDS_PER_ESSAY,
                max_sentences=1,
            )
            yield from self._writer.write(task, add_usage=record.add_usage, cancelled=cancelled)

    def _select_turns(self, history: Sequence[Turn]) -> tuple[Turn, ...]:
        """Return the last turns that fit their budget together, oldest first."""
        kept: list[Turn] = []
        left = MAX_EARLIER_TOKENS
        for turn in reversed(history[-MAX_EARLIER_TURNS:]):
            left -= sum(self._model.count_tokens([turn.question, turn.answer]))
            if left < 0:
                break
            kept.append(turn)
        return tuple(reversed(kept))

    def _give_overview(
        self, record: AnswerRecord, documents: Sequence[Document]
    ) -> Iterator[Event]:
        """Let each essay's own leading sentences tell what it says."""
        named = documents[:MAX_ESSAYS_ACROSS]
        leads = lead_evidence(named, self._index, max_sentences=LEAD_SENTENCES)
        yield EvidenceSelected(evidence=tuple(_cited(one) for one in leads))
        record.is_by_essay = True
        if len(documents) > len(named):
            record.notice = (
                f"These are the first {len(named)} of {len(documents)} essays; name one to have it"
                " summed up."
            )
        for one in leads:
            yield ClaimChecked(claim=quote_as_claim(one, weights={}, max_words=MAX_QUOTED_WORDS))
        record.reason = Reason.ANSWERED if leads else Reason.NO_PASSAGES

    def _count(self, record: AnswerRecord, topic: str) -> Iterator[Event]:
        """Say in how many passages and essays something is mentioned, and quote one of each."""
        count = count_mentions(self._index, tokenize(topic))
        record.notice = render_count(count, topic)
        best = [one.best for one in count.essays[:MAX_ESSAYS_ACROSS] if one.best is not None]
        yield EvidenceSelected(evidence=tuple(_cited(one) for one in best))
        record.is_by_essay = True
        for one in best:
            yield ClaimChecked(claim=quote_as_claim(one, weights={}, max_words=MAX_QUOTED_WORDS))


def _as_question(topic: str) -> str:
    """Return a topic as something to ask.

    >>> _as_question("who closed the mill")
    'Who closed the mill?'
    """
    return f"{topic[:1].upper()}{topic[1:]}?"


def _cited(one: Evidence) -> Citation:
    return cite(one.passage.document, start=one.sentence.start, end=one.sentence.end)
