"""Why passages were found: what was searched for, as it is kept with an answer."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from assistant.questions.expansion import Query
from index.analysis import token_spans
from index.bm25 import Bm25Index


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchedTerm:
    """One term that was searched for.

    Attributes:
        term: The term, as the analysis of text leaves it.
        word: The word as typed, or of another spelling as the essays write it.
        stands_for: The word typed that this is another spelling of; empty if it was typed itself.
        weight: How much it counts in the query, all its repetitions together.
        idf: Its inverse document frequency: how much it counts for being rare.
        n_passages: In how many of all passages it stands, their titles and authors included.
    """

    term: str
    word: str
    stands_for: str
    weight: float
    idf: float
    n_passages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A search, with all that a score can be computed from again; empty if there was none.

    With ``TermScore.n_times`` as f and ``FoundPassage.n_terms`` as n, a term adds
    ``weight * idf * f * (k1 + 1) / (f + k1 * (1 - b + b * n / mean_n_terms))``.

    Attributes:
        text: What was searched for, before analysis.
        terms: In the order of the text, each once, followed by its other spellings.
        n_passages: Of how many passages ``SearchedTerm.n_passages`` is said: those of all essays,
            also if the question was limited to some.
        mean_n_terms: Their mean length in terms.
        k1: How much repeated terms count.
        b: From 0 to 1, how much long passages count less.
    """

    text: str = ""
    terms: tuple[SearchedTerm, ...] = ()
    n_passages: int = 0
    mean_n_terms: float = 0.0
    k1: float = 0.0
    b: float = 0.0


NO_SEARCH: Final = Search()


def record_search(query: Query, index: Bm25Index) -> Search:
    """Return what a query searches an index for."""
    typed = {
        span.term: query.text[span.start : span.end] for span in reversed(token_spans(query.text))
    }
    meanings = {one.term: one.typed for one in query.terms}
    return Search(
        text=query.text,
        terms=tuple(
            SearchedTerm(
                term=term,
                word=typed[term] if term in typed else index.get_spelling(term),
                stands_for="" if term in typed else typed.get(meanings[term], ""),
                weight=n_typed * query.weights.get(term, 1.0),
                idf=index.idf(term),
                n_passages=index.count_holders(term),
            )
            for term, n_typed in Counter(query.tokens).items()
        ),
        n_passages=index.n_weighed,
        mean_n_terms=index.mean_n_terms,
        k1=index.k1,
        b=index.b,
    )
