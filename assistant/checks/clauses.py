"""Words, names and rows of names: what the order of words is read from."""

import re
from dataclasses import dataclass
from typing import Final

from assistant.checks.facts import is_no_name, opens_sentence
from assistant.checks.terms import base_term, is_variant, read_spans

_WORD: Final = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*|[,;:.!?()“”\"–—]")


def word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


BE: Final = word_set("is are was were be been being")


PASSIVE_AIDS: Final = BE | word_set("get gets got")


SUBJECT_PRONOUNS: Final = word_set("he she they")


OBJECT_PRONOUNS: Final = word_set("him her them")


PREPOSITIONS: Final = word_set(
    "of for with from against at in on near under over about between to into by after before"
    " during despite without like than through behind beside besides towards toward among beyond"
    " since until upon within unlike"
)


DETERMINERS: Final = word_set("a an the this these those his her their its no any some")


BOUNDARIES: Final = word_set(
    "because while when whereas although though if unless as since so until before after but"
    " that who whom which whose where ; : . ! ?"
)


REACH: Final = 6
"""Words between a verb and the name that it acts on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word or mark: its text in small letters, its term, and the number of its name, or -1."""

    text: str
    term: str
    name: str
    is_owner: bool


def read_words(text: str, names: frozenset[str]) -> tuple[Word, ...]:
    terms = {span.start: span.term for span in read_spans(text)}
    words = []
    for match in _WORD.finditer(text):
        term = terms.get(match.start(), "")
        name = _same_name(term, names) if term and match.group()[:1].isupper() else ""
        if name and opens_sentence(text, match.start()) and is_no_name(term):
            name = ""
        is_owner = bool(re.search(r"['’]s?$", match.group()))
        if not is_owner and text[match.end() : match.end() + 1] in ("'", "’"):
            is_owner = match.group().endswith("s")
        words.append(
            Word(
                text=match.group().casefold(),
                term=base_term(term) if term else "",
                name=name,
                is_owner=is_owner,
            )
        )
    return tuple(words)


def _same_name(term: str, names: frozenset[str]) -> str:
    """Return which of the names a term spells; "" if none."""
    if term in names:
        return term
    return next((name for name in sorted(names) if is_variant(name, term)), "")


def has_name(words: tuple[Word, ...]) -> bool:
    return any(word.name or word.text in SUBJECT_PRONOUNS for word in words)


def after_preposition(words: tuple[Word, ...], at: int, preposition: str) -> set[str]:
    """Return the names after a preposition that follows the word within its clause."""
    for ahead in range(at + 1, min(len(words), at + REACH)):
        if words[ahead].text in BOUNDARIES or words[ahead].text in (",", "and"):
            return set()
        if words[ahead].text == preposition:
            return group_after(words, ahead + 1)
    return set()


def has_noun_phrase(words: tuple[Word, ...], start: int, end: int) -> bool:
    """Return whether a common noun with an article, governed by no preposition, stands between."""
    return any(
        words[at].text in DETERMINERS and words[at - 1].text not in PREPOSITIONS
        for at in range(max(1, start), end)
    )


def antecedent(words: tuple[Word, ...], at: int) -> set[str]:
    """Return the names right before a relative pronoun."""
    before = at - 2 if at and words[at - 1].text == "," else at - 1
    if before < 0 or not words[before].name or words[before].is_owner:
        return set()
    return {words[before].name}


def first_actor(words: tuple[Word, ...]) -> set[str]:
    """Return the first names of a clause that no preposition governs."""
    start = max((n + 1 for n, word in enumerate(words) if word.text in (";", ".", ":")), default=0)
    for number in range(start, len(words)):
        word = words[number]
        if not word.name or word.is_owner or (number and words[number - 1].name):
            continue
        if number and words[number - 1].text in PREPOSITIONS:
            continue
        return group_after(words, number)
    return set()


def group_after(words: tuple[Word, ...], start: int) -> set[str]:
    """Return the names in a row from ``start`` on, of the last one of each full name."""
    while start < len(words) and words[start].text in DETERMINERS:
        start += 1
    group: set[str] = set()
    number = start
    while number < len(words):
        if words[number].name:
            is_last = number + 1 >= len(words) or not words[number + 1].name
            if is_last and words[number].is_owner:
                group = group or {words[number].name}
                break
            if is_last:
                group.add(words[number].name)
        elif (
            words[number].text not in (",", "and", "or")
            or number + 1 >= len(words)
            or not _continues(words, number)
        ):
            break
        number += 1
    return group


def _continues(words: tuple[Word, ...], number: int) -> bool:
    """Return whether the names in a row go on after the "and" or comma here.

    After a comma only if an "and" comes later in the row: "After Lind, Pell spoke" is none.
    """
    ahead = number
    while ahead < len(words) and (words[ahead].name or words[ahead].text in (",", "and", "or")):
        if words[ahead].text in ("and", "or"):
            return ahead + 1 < len(words) and bool(words[ahead + 1].name)
        ahead += 1
    return False


def group_before(words: tuple[Word, ...], last: int) -> tuple[int, set[str]]:
    """Return where the names in a row that end at ``last`` begin, and the names."""
    group = {words[last].name}
    first = last
    while first > 0:
        before = words[first - 1]
        if before.name:
            first -= 1
        elif before.text in ("and", "or", ",") and first > 1 and words[first - 2].name:
            if first > 2 and words[first - 3].text in PREPOSITIONS:
                break
            is_row = before.text != "," or "and" in {one.text for one in words[first:last]}
            if not is_row:
                break
            if not words[first - 2].is_owner:
                group.add(words[first - 2].name)
            first -= 2
        else:
            break
    return first, group
