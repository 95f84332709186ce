"""What is searched for: the query's terms, and those that are spelt otherwise in the essays."""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from assistant.questions.querying import Expansion
from index.analysis import TokenSpan, token_spans
from index.bm25 import Bm25Index

VARIANT_WEIGHT: Final = 0.9
"""How much another spelling counts in the search.

Source: ``python -m tests.benchmarks.misspelling --essays DIR --questions FILE --xquad FILE``;
0.5 to 1 are alike.
"""
MIN_DIGITS: Final = 3
"""Shorter numbers are seldom what a question asks about ("give 2 reasons")."""

MIN_TITLE_WORDS: Final = 4
"""Fewer words may well be all names ("Did Pell?")."""

_POSSESSIVE: Final = re.compile("['’]s?$")
_DECADE: Final = re.compile(r"(\d+)0s")


class QueryTerm(NamedTuple):
    """A term searched for, how much it counts, and the term typed that it stands for."""

    term: str
    weight: float
    typed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What the index receives.

    Attributes:
        text: What is asked, references resolved; for the model and the page.
        terms: In the order of the text, each followed by its other spellings; a term typed twice
            stands twice. A word that no essay holds is not among them if a spelling of it is.
        expanded: The words for which other spellings are searched, as typed.
    """

    text: str
    terms: tuple[QueryTerm, ...]
    expanded: tuple[Expansion, ...]

    @property
    def tokens(self) -> tuple[str, ...]:
        """The terms searched for."""
        return tuple(one.term for one in self.terms)

    @property
    def weights(self) -> dict[str, float]:
        """How much the terms count that do not count fully."""
        return {one.term: one.weight for one in self.terms if one.weight != 1}

    @property
    def alike(self) -> dict[str, str]:
        """For each other spelling the term that it stands for."""
        return {one.term: one.typed for one in self.terms if one.term != one.typed}


def analyse_query(text: str, index: Bm25Index) -> Query:
    """Return the terms to search for, words that the essays spell otherwise in their spelling.

    Args:
        text: What is asked, from ``make_query``.
        index: What will be searched.
    """
    spans = token_spans(text)
    typed = {span.term for span in spans}
    terms: list[QueryTerm] = []
    expanded: dict[str, Expansion] = {}
    for span in spans:
        word = text[span.start : span.end]
        similar = [term for term in index.find_similar(_as_meant(text, span)) if term not in typed]
        if index.has_term(span.term) or not similar:
            terms.append(QueryTerm(span.term, 1.0, span.term))
        terms += [QueryTerm(term, VARIANT_WEIGHT, span.term) for term in similar]
        if similar:
            spellings = tuple(index.get_spelling(term) for term in similar)
            expanded.setdefault(span.term, Expansion(word=word, spellings=spellings))
    return Query(text=text, terms=tuple(terms), expanded=tuple(expanded.values()))


def find_unknown_names(question: str, index: Bm25Index) -> tuple[str, ...]:
    """Return the names of a question that no essay holds in any spelling, as typed, in order.

    A name is a word with a capital letter after the first word of a sentence; names side by side
    are one. Nothing can be said from the essays about one that they never name. A question with
    all words capitalised, like a title, tells no names.

    Args:
        question: One question or more.
        index: The essays.
    """
    spans = [span for span in token_spans(question) if not _opens_sentence(question[: span.start])]
    names = [span for span in spans if question[span.start].isupper()]
    if _is_title(question):
        return ()
    unknown = [span for span in names if not _is_known(question, span, index)]
    return tuple(dict.fromkeys(_join_neighbours(question, unknown)))


def find_unknown_numbers(question: str, index: Bm25Index) -> tuple[str, ...]:
    """Return the numbers of a question that stand nowhere in the essays, as typed, in order.

    Years among them, and decades of which no year does; not numbers of less than ``MIN_DIGITS``
    digits.
    """
    found = []
    for span in token_spans(question):
        word = question[span.start : span.end]
        decade = _DECADE.fullmatch(span.term)
        terms = [span.term]
        terms += [f"{decade[1]}{digit}" for digit in range(10)] if decade else []
        if sum(map(str.isdigit, word)) >= MIN_DIGITS and not any(map(index.has_term, terms)):
            found.append(word)
    return tuple(dict.fromkeys(found))


def _is_known(question: str, span: TokenSpan, index: Bm25Index) -> bool:
    return index.has_term(span.term) or bool(index.find_similar(_as_meant(question, span)))


def _as_meant(text: str, span: TokenSpan) -> str:
    """Return a word with a capital letter only if that tells a name."""
    word = text[span.start : span.end]
    return word.casefold() if word.isupper() or _opens_sentence(text[: span.start]) else word


def _join_neighbours(question: str, spans: list[TokenSpan]) -> list[str]:
    joined: list[tuple[int, int]] = []
    for span in spans:
        if joined and question[joined[-1][1] : span.start] == " ":
            joined[-1] = (joined[-1][0], span.end)
        else:
            joined.append((span.start, span.end))
    return [_POSSESSIVE.sub("", question[start:end]) for start, end in joined]


def _opens_sentence(before: str) -> bool:
    kept = before.rstrip(" \t\n\"'“”‘’(")
    return not kept or kept[-1] in ".!?:"


def _is_title(question: str) -> bool:
    """Return whether no word is written small, so that capitals tell nothing.

    >>> _is_title("How Did Pell Die?"), _is_title("Did Pell die?"), _is_title("Did Pell?")
    (True, False, False)
    """
    words = question.split()
    return len(words) >= MIN_TITLE_WORDS and not any(word[0].islower() for word in words)
