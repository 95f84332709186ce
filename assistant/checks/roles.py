"""Who does what to whom: the names before and after a word, as far as word order tells.

No grammar is parsed. For one word, say "convinced", the name that acts and the name that is
acted on are read off the order of the words around it, with rules for passives, relative
clauses, owners, insertions between commas and names in a row. What the rules cannot tell has no
role, so a difference is reported only where both texts are plain.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from assistant.checks.clauses import (
    BE,
    BOUNDARIES,
    DETERMINERS,
    OBJECT_PRONOUNS,
    PASSIVE_AIDS,
    PREPOSITIONS,
    REACH,
    SUBJECT_PRONOUNS,
    Word,
    after_preposition,
    antecedent,
    first_actor,
    group_after,
    group_before,
    has_name,
    has_noun_phrase,
    word_set,
)

_RELATING: Final = word_set("over against from for than")
"""Prepositions that set one name against another."""


_SPEECH: Final = word_set(
    "say write ask repli answer argu claim note add conclud declar observ explain recal complain"
)
"""Terms of verbs that may stand before who speaks: "..., said Pell"."""


_CLOSING: Final = word_set(', ” " ? !')


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The terms of the names that act on, and are acted on by, one word.

    Attributes:
        agents: Who acts.
        patients: On whom.
        governed: Names after it with the preposition before them, as ("over", name).
    """

    agents: frozenset[str]
    patients: frozenset[str]
    governed: frozenset[tuple[str, str]]


def read_roles(words: tuple[Word, ...], term: str, *, reads_pronouns: bool) -> Roles:
    """Return the roles around all occurrences of a term.

    A subject pronoun is read as the first name before it, or as no one's.
    """
    agents: set[str] = set()
    patients: set[str] = set()
    governed: set[tuple[str, str]] = set()
    for at, word in enumerate(words):
        if word.term == term and not word.name:
            is_pronoun = _is_pronoun_subject(words, at)
            for acting, acted in _roles_at(words, at):
                agents |= acting if reads_pronouns or not is_pronoun else set()
                patients |= acted
            governed |= {
                (preposition, name)
                for preposition in _RELATING
                for name in after_preposition(words, at, preposition)
            }
    return Roles(
        agents=frozenset(agents), patients=frozenset(patients), governed=frozenset(governed)
    )


def _is_pronoun_subject(words: tuple[Word, ...], at: int) -> bool:
    """Return whether the nearest that could act on the left is a pronoun."""
    for back in range(at - 1, -1, -1):
        if words[back].text in SUBJECT_PRONOUNS:
            return True
        if words[back].name or words[back].text in BOUNDARIES:
            return False
    return False


def _roles_at(words: tuple[Word, ...], at: int) -> Iterator[tuple[set[str], set[str]]]:
    following = words[at + 1] if at + 1 < len(words) else None
    owner = _owner_before(words, at)
    by = _by_after(words, at)
    of = after_preposition(words, at, "of")
    if owner:
        if by:
            yield by, owner
        elif of or (following and following.text == "of"):
            yield owner, of
        elif following and following.text in BE:
            yield group_after(words, at + 2), owner
        elif following and following.name and not words[at - 1].name:
            yield owner, _object(words, at)
        else:
            yield _subject(words, _owner_start(words, at)), owner
        return
    if words[at].term in _SPEECH and at and words[at - 1].text in _CLOSING:
        yield group_after(words, at + 1), set()
        return
    is_noun = at > 0 and words[at - 1].text in DETERMINERS
    if at and words[at - 1].text in PREPOSITIONS - {"to"} and not _is_gerund(words[at]):
        return
    if by:
        yield by, of or _subject(words, at)
        return
    if is_noun and not _follows_be(words, at):
        return
    if relative := _object_relative(words, at):
        yield relative
        return
    if _is_passive(words, at):
        yield set(), _subject(words, at)
        return
    subject = _subject(words, at)
    if not subject and _is_gerund(words[at]) and not has_name(words[:at]):
        subject = _after_comma(words, at)
    yield subject, _object(words, at) | after_preposition(words, at, "to")


def _is_gerund(word: Word) -> bool:
    return word.text.endswith("ing")


def _after_comma(words: tuple[Word, ...], at: int) -> set[str]:
    """Return who acts in "By helping Lind, Pell won": the names after the next comma."""
    comma = next((n for n in range(at, len(words)) if words[n].text == ","), len(words))
    return group_after(words, comma + 1)


def _owner_before(words: tuple[Word, ...], at: int) -> set[str]:
    """Return the owner right before a word, "Pell's" of "Pell's old teacher"."""
    for back in range(at - 1, max(-1, at - 3), -1):
        if words[back].name:
            return {words[back].name} if words[back].is_owner else set()
        if not words[back].term:
            return set()
    return set()


def _owner_start(words: tuple[Word, ...], at: int) -> int:
    back = at - 1
    while back > 0 and not words[back].name:
        back -= 1
    while back > 0 and words[back - 1].name:
        back -= 1
    return back


def _by_after(words: tuple[Word, ...], at: int) -> set[str]:
    return after_preposition(words, at, "by")


def _is_passive(words: tuple[Word, ...], at: int) -> bool:
    """Return whether a form of "be" stands before a word that looks like a participle."""
    if not re.search(r"(?:ed|en|n|t|ught|ung|old|eld)$", words[at].text):
        return False
    for back in range(at - 1, max(-1, at - 4), -1):
        if words[back].text in PASSIVE_AIDS:
            return True
        if words[back].name or words[back].text in BOUNDARIES | DETERMINERS | {","}:
            return False
    return False


def _follows_be(words: tuple[Word, ...], at: int) -> bool:
    return any(words[back].text in BE for back in range(max(0, at - 4), at))


def _object_relative(words: tuple[Word, ...], at: int) -> tuple[set[str], set[str]] | None:
    """Read "Pell, whom Lind convinced": the name before the pronoun is acted on."""
    subject = _subject(words, at)
    for back in range(at - 1, max(-1, at - 8), -1):
        if words[back].text in ("whom", "who", "that") and subject:
            between = words[back + 1 : at]
            has_subject = any(one.name or one.text in SUBJECT_PRONOUNS for one in between)
            has_subject = has_subject and not any(one.text in BE for one in between)
            before = back - 2 if back and words[back - 1].text == "," else back - 1
            if not has_subject or before < 0 or not words[before].name:
                return None
            return subject, {words[before].name}
        if words[back].text in BOUNDARIES or words[back].text == ",":
            return None
    return None


def _subject(words: tuple[Word, ...], at: int) -> set[str]:
    """Return the names that most likely act when the word at ``at`` is the verb."""
    back = at - 1
    while (
        back >= 0
        and not words[back].name
        and words[back].text not in (SUBJECT_PRONOUNS | BOUNDARIES | {",", "and", "or"})
    ):
        back -= 1
    if back < 0:
        return set()
    here = words[back]
    if has_noun_phrase(words, back + 1, at):
        return set()
    if here.text in SUBJECT_PRONOUNS:
        return first_actor(words[:back])
    if here.text in ("who", "which", "that"):
        return antecedent(words, back)
    if here.text in (",", "and", "or", "but") and any(
        word.term and not word.text.endswith("ly") for word in words[back + 1 : at]
    ):
        return set()
    if here.text == ",":
        inserted = back - 1
        while inserted >= 0 and words[inserted].text not in (",", ";", "."):
            inserted -= 1
        if inserted >= 0 and words[inserted].text == ",":
            return _subject(words, inserted)
        return first_actor(words[:back])
    if here.text in ("and", "or", "but"):
        return first_actor(words[:back])
    if not here.name:
        return set()
    first, group = group_before(words, back)
    if first and (words[first - 1].text in PREPOSITIONS or here.is_owner):
        return _subject(words, first - 1) if words[first - 1].text in PREPOSITIONS else set()
    return set() if here.is_owner else group


def _object(words: tuple[Word, ...], at: int) -> set[str]:
    """Return the names acted on: the next after the word within its clause."""
    is_turned = False
    for ahead in range(at + 1, min(len(words), at + 1 + REACH)):
        word = words[ahead]
        if word.name:
            return set() if is_turned else group_after(words, ahead)
        if word.text in BOUNDARIES or word.text in (",", "and", "or", "by"):
            return set()
        if word.text in OBJECT_PRONOUNS and words[ahead - 1].term:
            return set()
        is_turned = is_turned or word.text in BE
    return set()
