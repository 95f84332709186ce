"""Find the passages for a query, and the sentences of them that the model may see."""

from collections.abc import Callable, Sequence
from typing import Final

from assistant.answers import FoundPassage, PassagesFound
from assistant.evidence import Evidence, score_sentences, select_evidence
from assistant.prompting import PromptBook
from assistant.questions.expansion import Query
from assistant.spreading import spread_evidence
from assistant.why import record_search
from index.bm25 import Bm25Index, Hit
from index.explaining import explain

TOP_K: Final = 8
"""The passages searched for evidence, and shown."""
MAX_EVIDENCE_SENTENCES: Final = 8
MAX_EVIDENCE_TOKENS: Final = 350
"""Each costs the reader about 11 ms of waiting on two cores."""


class Finder:
    """Searches one index."""

    def __init__(
        self,
        index: Bm25Index,
        *,
        prompts: PromptBook,
        count_tokens: Callable[[Sequence[str]], tuple[int, ...]],
    ) -> None:
        """Take an index, the prompts that its sentences are put in, and the model's count."""
        self._index = index
        self._prompts = prompts
        self._count_tokens = count_tokens

    def search(self, query: Query, *, top_k: int) -> tuple[Hit, ...]:
        """Return the best passages; empty if none shares a term with the query."""
        if not query.tokens:
            return ()
        return self._index.search(query.tokens, top_k=top_k, weights=query.weights)

    def tell(self, hits: Sequence[Hit], query: Query) -> PassagesFound:
        """Return passages found as values, with how each came to its score."""
        return PassagesFound(
            passages=tuple(self._tell_hit(hit, query) for hit in hits),
            search=record_search(query, self._index),
        )

    def _tell_hit(self, hit: Hit, query: Query) -> FoundPassage:
        passage = hit.passage
        explained = explain(self._index, query.tokens, passage, weights=query.weights)
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
            n_terms=explained.n_terms,
            matches=explained.parts,
        )

    def select(self, hits: Sequence[Hit], query: Query, *, is_spread: bool) -> tuple[Evidence, ...]:
        """Return the sentences to offer to the model, the best first.

        Args:
            hits: The passages found.
            query: What they were found by.
            is_spread: Whether each essay is to have a share in them.
        """
        scored = score_sentences(
            self._index,
            hits,
            query.tokens,
            weights=query.weights,
            alike=query.alike,
            question=query.text,
        )
        select = spread_evidence if is_spread else select_evidence
        return select(
            self._offer(scored),
            max_sentences=MAX_EVIDENCE_SENTENCES,
            max_tokens=MAX_EVIDENCE_TOKENS,
            count_tokens=self._count_tokens,
        )

    def _offer(self, scored: Sequence[Evidence]) -> list[Evidence]:
        """Return the sentences without those that would read like another, or say nothing.

        A sentence of an essay must not pass for the choice of none either.
        """
        seen = {"", self._prompts.none_text.casefold()}
        offered = []
        for one in scored:
            if (read := self._prompts.render_line(one.sentence.text).casefold()) not in seen:
                seen.add(read)
                offered.append(one)
        return offered
