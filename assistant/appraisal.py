"""Let the model read the evidence, and judge with it which sentence answers, and if any does."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assistant.evidence import Evidence, terms_around
from assistant.judging import Signals, find_weights, rank_quotes, weigh_doubt
from assistant.llm import LanguageModel, Message, Usage
from assistant.prompting import PromptBook
from assistant.questions.cues import find_cue, has_cue
from assistant.questions.expansion import Query
from assistant.questions.querying import Turn
from index.bm25 import Bm25Index, Hit

QUOTES_FOR_WRITING: Final = 2
"""How many sentences are put before the model again when it writes."""
CUED_QUOTES: Final = 3
"""Among how many of the best sentences one should hold what is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appraisal:
    """Evidence that the model has read.

    Attributes:
        prompt: The messages up to the model's reply, for writing from them too.
        ranked: The evidence, the likeliest to answer first.
        signals: What speaks for and against an answer in it.
        doubt: The probability, 0 to 1, that it does not answer.
        usage: The tokens that this took, by request.
    """

    prompt: tuple[Message, ...]
    ranked: tuple[Evidence, ...]
    signals: Signals
    doubt: float
    usage: tuple[Usage, ...]


class Appraiser:
    """Judges evidence with a model."""

    def __init__(self, model: LanguageModel, prompts: PromptBook, index: Bm25Index) -> None:
        """Take the model, the prompts, and the index that knows the weights of terms."""
        self._model = model
        self._prompts = prompts
        self._index = index
        self._head = prompts.render_head()

    def appraise(
        self,
        query: Query,
        evidence: Sequence[Evidence],
        *,
        hits: Sequence[Hit],
        earlier: Sequence[Turn],
        cancelled: threading.Event,
    ) -> Appraisal:
        """Let the model choose among the evidence, and weigh whether any of it answers.

        Args:
            query: What is asked.
            evidence: The sentences to choose from, at least one.
            hits: The best passages found.
            earlier: Turns that the question goes on from, oldest first.
            cancelled: Set by whoever wants a stop.

        Raises:
            StoppedError: ``cancelled`` was set.
            ModelError: The model failed.
        """
        texts = [self._prompts.render_line(one.sentence.text) for one in evidence]
        question = self._prompts.render_question(query.text, texts, earlier=earlier)
        prompt = (*self._head, question)
        choice = self._model.choose(
            prompt,
            prefix=self._prompts.quote_prefix,
            texts=[f" {text}" for text in (*texts, self._prompts.none_text)],
            cancelled=cancelled,
        )
        *shares, p_none = choice.probabilities
        ranked = rank_quotes(evidence, shares)
        best = [self._prompts.render_line(one.sentence.text) for one in ranked]
        written = self._model.weigh_opening(
            prompt,
            prefix=self._prompts.render_answer_prefix(best[:QUOTES_FOR_WRITING]),
            text=f" {self._prompts.none_text}",
            cancelled=cancelled,
        )
        cue, asked = find_cue(query.text), frozenset(query.tokens)
        has_answer = cue is None or any(
            has_cue(cue, text, asked=asked) for text in best[:CUED_QUOTES]
        )
        signals = Signals(
            p_none=p_none,
            p_none_written=written.probabilities[0],
            coverage=max(one.coverage for one in evidence),
            reach=self._reach(hits, query),
            has_cue=float(has_answer),
        )
        return Appraisal(
            prompt=prompt,
            ranked=ranked,
            signals=signals,
            doubt=weigh_doubt(signals, find_weights(self._model.name)),
            usage=(choice.usage, written.usage),
        )

    def _reach(self, hits: Sequence[Hit], query: Query) -> float:
        """Return the share of the query's term weight in the passages found and their heads."""
        held = frozenset[str]().union(*(terms_around(hit.passage) for hit in hits))
        worth = {
            term: query.weights.get(term, 1.0) * self._index.idf(term) for term in query.tokens
        }
        total = sum(worth.values())
        return sum(worth[term] for term in worth.keys() & held) / total if total else 0.0
