"""The names in what was said, and which of them a pronoun after it most likely means."""

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from index.analysis import is_stop_word, tokenize

IsWord = Callable[[str], bool]
"""Whether a term is known as a word in small letters: then a capital may only open a sentence."""

_NAME: Final = re.compile(r"[A-Z][\w-]+(?: [A-Z][\w-]+)*")
_OWNED: Final = re.compile(r"[’']s?(?!\w)")
_CALENDAR: Final = re.compile(
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday)",
    re.IGNORECASE,
)
_PLACE_BEFORE: Final = re.compile(r"\b(?:in|at|near|from|to|into|of) (?:the )?$", re.IGNORECASE)
_ROW_BEFORE: Final = re.compile(r"(?:,|,? \b(?:and|or|nor)) $")
_ROW_AFTER: Final = re.compile(r"(?:,|,? (?:and|or|nor)) (?=[A-Z])")


class Mention(NamedTuple):
    """A name in a text, and how it stands there.

    Attributes:
        name: Without a possessive.
        start: Offset of its first character.
        end: Offset after its last.
        is_owner: Whether a possessive follows.
        is_in_row: Whether another name is beside it ("Pell and Lind").
        is_place: Whether a preposition that places precedes it.
    """

    name: str
    start: int
    end: int
    is_owner: bool
    is_in_row: bool
    is_place: bool


def find_mentions(text: str, *, is_word: IsWord) -> tuple[Mention, ...]:
    """Return the names of a text in order; days and months are none.

    >>> [one.name for one in find_mentions("Did Jonas Pell's rival meet Lind in May?",
    ...                                    is_word=lambda term: False)]
    ['Jonas Pell', 'Lind']
    """
    found = []
    for match in _NAME.finditer(text):
        start, end = match.span()
        words = match.group().split()
        if _opens(text, start) and (is_stop_word(words[0]) or _is_common(words[0], is_word)):
            start += len(words.pop(0)) + 1
        name = " ".join(words)
        if not tokenize(name) or is_stop_word(name) or _CALENDAR.fullmatch(name):
            continue
        before, after = text[:start], text[end:]
        found.append(
            Mention(
                name=name,
                start=start,
                end=end,
                is_owner=_OWNED.match(after) is not None,
                is_in_row=bool(_ROW_BEFORE.search(before) or _ROW_AFTER.match(after)),
                is_place=_PLACE_BEFORE.search(before) is not None,
            )
        )
    return tuple(found)


def _opens(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \"'“‘(")
    return not before or before[-1] in ".!?:"


def _is_common(word: str, is_word: IsWord) -> bool:
    return any(map(is_word, tokenize(word)))


def find_person(asked: str, answer: str, *, is_word: IsWord) -> str:
    """Return the name that "he" or "she" after an exchange most likely means, or "".

    Owners ("Pell's"), places ("at Harrow") and names in a row ("Pell and Lind") come after all
    others, names of the answer before those of the question, and among the answer's one that is
    news.
    """
    known = asked.casefold()
    ranked: list[tuple[int, bool, bool, int, str]] = []
    for is_question, text in ((False, answer), (True, asked)):
        for one in find_mentions(text, is_word=is_word):
            is_known = not is_question and one.name.casefold() in known
            n_marks = one.is_owner + one.is_in_row + 2 * one.is_place
            ranked.append((n_marks, is_question, is_known, one.start, one.name))
    return min(ranked)[-1] if ranked else ""


def find_row(text: str, *, is_word: IsWord) -> tuple[str, ...]:
    """Return the first names in a text that stand in a row of two or more, else none.

    >>> find_row("In Harrow, Pell, Lind and Vey met.", is_word=lambda term: False)
    ('Pell', 'Lind', 'Vey')
    """
    row: list[Mention] = []
    for one in find_mentions(text, is_word=is_word):
        between = text[row[-1].end : one.start] if row else ""
        if row and re.fullmatch(r"(?:,|,? (?:and|or|nor)) ", between) and not row[-1].is_place:
            row.append(one)
        elif len(row) > 1:
            break
        else:
            row = [one]
    return tuple(one.name for one in row) if len(row) > 1 else ()


def join_names(names: tuple[str, ...]) -> str:
    """Return names as a phrase.

    >>> join_names(("Pell", "Lind", "Vey"))
    'Pell, Lind and Vey'
    """
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
