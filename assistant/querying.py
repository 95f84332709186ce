"""The query: the question, with what it refers back to carried over from the conversation.

A pronoun for a person is replaced by the name it most likely stands for, so that the search and
the model are asked the same thing. What cannot be resolved in this way ("it", "they", "and
why?") carries the earlier question along.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from index.analysis import is_stop_word, tokenize

_PERSON: Final = re.compile(r"\b(?:he|she|him|his|her|hers)\b", re.IGNORECASE)
_POSSESSIVE: Final = frozenset({"his", "hers"})
_REFERENCE: Final = re.compile(
    r"\b(?:he|she|him|his|her|hers|it|its|they|them|their|theirs|these|those|this|that)\b",
    re.IGNORECASE,
)
_CONTINUATION: Final = re.compile(r"^\s*(?:and|but|so|what about|how about|why|how)\b", re.I)
_FEW_TERMS: Final = 2
"""A question that goes on from another and has fewer terms of its own cannot stand alone."""
_NAME: Final = re.compile(r"[A-Z][\w-]+(?: [A-Z][\w-]+)*(?P<possessive>[’']s?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One earlier exchange of a conversation, as the model and the query see it."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expansion:
    """A word of the question, and the spellings searched for instead of it or beside it.

    Attributes:
        word: As the reader typed it.
        spellings: Words as the essays spell them, the closest first, without the word itself.
    """

    word: str
    spellings: tuple[str, ...]


def make_query(question: str, history: Sequence[Turn]) -> str:
    """Return the text to search for, before analysis.

    Args:
        question: What the reader typed.
        history: Earlier turns, oldest first; only the last is referred back to.

    >>> turn = Turn(question="Who led the strike?", answer="Pell's rival Lind led the strike.")
    >>> make_query("Where was he born?", [turn])
    'Where was Lind born?'
    >>> make_query("Where was Pell born?", [turn])
    'Where was Pell born?'
    """
    question = " ".join(question.split())
    if not history or not _refers_back(question):
        return question
    last = history[-1]
    name = _find_person(last) if _PERSON.search(question) else ""
    if name:
        resolved = _PERSON.sub(lambda match: _put(name, match), question)
        if not _refers_back(resolved):
            return resolved
        question = resolved
    return f"{' '.join(last.question.split())} {question}"


def _refers_back(question: str) -> bool:
    reference = _REFERENCE.search(question)
    if reference is not None and not _has_name(question[: reference.start()]):
        return True
    return bool(_CONTINUATION.search(question)) and len(set(tokenize(question))) < _FEW_TERMS


def _has_name(before: str) -> bool:
    """Return whether a name stands before a pronoun, which the pronoun then means."""
    return any(match.start() > 0 for match in _NAME.finditer(before))


def _put(name: str, match: re.Match[str]) -> str:
    word = match.group().lower()
    rest = match.string[match.end() :]
    is_owner = word in _POSSESSIVE or (word == "her" and re.match(r"\s+[a-z]", rest) is not None)
    return f"{name}'s" if is_owner else name


def _find_person(turn: Turn) -> str:
    """Return the name that a pronoun after this turn most likely means, or "".

    Owners ("Pell's") and names in a row ("Pell and Lind") come after all others, names of the
    answer before those of the question, and among the answer's one that is news.
    """
    asked = turn.question.casefold()
    ranked: list[tuple[bool, bool, bool, int, str]] = []
    for is_question, text in ((False, turn.answer), (True, turn.question)):
        for match in _NAME.finditer(text):
            name = match.group().removesuffix(match.group("possessive") or "")
            if is_stop_word(name) or not tokenize(name):
                continue
            is_known = not is_question and name.casefold() in asked
            is_aside = bool(match.group("possessive")) or _is_in_row(match)
            ranked.append((is_aside, is_question, is_known, match.start(), name))
    return min(ranked)[-1] if ranked else ""


def _is_in_row(match: re.Match[str]) -> bool:
    before, after = match.string[: match.start()], match.string[match.end() :]
    return bool(re.search(r"(?:,|\band)\s+$", before) or re.match(r"(?:,|\s+and)\s+[A-Z]", after))
