"""Who does what to whom: the names before and after a word, as far as word order tells.

No grammar is parsed. For one word, say "convinced", the name that acts and the name that is
acted on are read off the order of the words around it, with rules for passives, relative
clauses, owners, insertions between commas and names in a row. What the rules cannot tell has no
role, so a difference is reported only where both texts are plain.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from assistant.facts import is_no_name, opens_sentence
from assistant.terms import base_term, is_variant, read_spans

_WORD: Final = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*|[,;:.!?()“”\"–—]")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_BE: Final = _set("is are was were be been being")
_PASSIVE_AIDS: Final = _BE | _set("get gets got")
_SUBJECT_PRONOUNS: Final = _set("he she they")
_OBJECT_PRONOUNS: Final = _set("him her them")
PREPOSITIONS: Final = _set(
    "of for with from against at in on near under over about between to into by after before"
    " during despite without like than through behind beside besides towards toward among beyond"
    " since until upon within unlike"
)
_DETERMINERS: Final = _set("a an the this these those his her their its no any some")
_BOUNDARIES: Final = _set(
    "because while when whereas although though if unless as since so until before after but"
    " that who whom which whose where ; : . ! ?"
)
_MUTUAL: Final = frozenset({"meet", "marri", "resembl", "differ", "fight", "correspond", "alli"})
"""Terms of verbs that say the same with their names in either order."""
_SPEECH: Final = _set(
    "say write ask repli answer argu claim note add conclud declar observ explain recal complain"
)
"""Terms of verbs that may stand before who speaks: "..., said Pell"."""
_CLOSING: Final = _set(', ” " ? !')
_REACH: Final = 6
"""Words between a verb and the name that it acts on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    """A word or mark: its text in small letters, its term, and the number of its name, or -1."""

    text: str
    term: str
    name: str
    is_owner: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The terms of the names that act on, and are acted on by, one word."""

    agents: frozenset[str]
    patients: frozenset[str]


def find_reversal(claim: str, spans: Sequence[str], *, names: frozenset[str]) -> str:
    """Return the name that acts in the claim and is acted on in the spans, or "".

    Also the other way round, and a name that would, by a pronoun, act on itself. Only words
    that the claim shares with a span are looked at. A passive with "by" is the same as its
    active, and verbs such as "met" have no order.

    Args:
        claim: One sentence.
        spans: What it rests on.
        names: Terms of the claim's names.

    >>> find_reversal("Pell convinced Lind.", ("Lind convinced Pell.",),
    ...               names=frozenset({"pell", "lind"}))
    'pell'
    >>> find_reversal("Pell convinced Lind.", ("Lind was convinced by Pell.",),
    ...               names=frozenset({"pell", "lind"}))
    ''
    """
    names &= _certain_names([claim, *spans])
    said = _words(claim, names)
    sources = [_words(span, names) for span in spans]
    shared = {word.term for words in sources for word in words if word.term and not word.name}
    for term in dict.fromkeys(word.term for word in said if word.term in shared):
        if term in _MUTUAL:
            continue
        own = _roles(said, term, reads_pronouns=True)
        if not own.agents and not own.patients:
            continue
        theirs = [_roles(words, term, reads_pronouns=False) for words in sources]
        agents = frozenset[str]().union(*(one.agents for one in theirs))
        patients = frozenset[str]().union(*(one.patients for one in theirs))
        turned = (own.agents & patients - agents) | (own.patients & agents - patients)
        turned |= own.agents & own.patients - (agents & patients)
        if turned:
            return next(word.name for word in said if word.name in turned)
    return ""


def _certain_names(texts: Sequence[str]) -> frozenset[str]:
    """Return the terms that are capitalised elsewhere than at the start of a sentence."""
    return frozenset(
        span.term
        for text in texts
        for span in read_spans(text)
        if text[span.start].isupper()
        and (not opens_sentence(text, span.start) or re.search(r"['’]s$", text[: span.end]))
    )


def _words(text: str, names: frozenset[str]) -> tuple[_Word, ...]:
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
            _Word(
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


def _roles(words: tuple[_Word, ...], term: str, *, reads_pronouns: bool) -> Roles:
    """Return the roles around all occurrences of a term.

    A subject pronoun is read as the first name before it, or as no one's.
    """
    agents: set[str] = set()
    patients: set[str] = set()
    for at, word in enumerate(words):
        if word.term == term and not word.name:
            is_pronoun = _is_pronoun_subject(words, at)
            for acting, acted in _roles_at(words, at):
                agents |= acting if reads_pronouns or not is_pronoun else set()
                patients |= acted
    return Roles(agents=frozenset(agents), patients=frozenset(patients))


def _is_pronoun_subject(words: tuple[_Word, ...], at: int) -> bool:
    """Return whether the nearest that could act on the left is a pronoun."""
    for back in range(at - 1, -1, -1):
        if words[back].text in _SUBJECT_PRONOUNS:
            return True
        if words[back].name or words[back].text in _BOUNDARIES:
            return False
    return False


def _roles_at(words: tuple[_Word, ...], at: int) -> Iterator[tuple[set[str], set[str]]]:
    following = words[at + 1] if at + 1 < len(words) else None
    owner = _owner_before(words, at)
    by = _by_after(words, at)
    of = _after_preposition(words, at, "of")
    if owner:
        if by:
            yield by, owner
        elif of or (following and following.text == "of"):
            yield owner, of
        elif following and following.text in _BE:
            yield _group_after(words, at + 2), owner
        elif following and following.name and not words[at - 1].name:
            yield owner, _object(words, at)
        else:
            yield _subject(words, _owner_start(words, at)), owner
        return
    if words[at].term in _SPEECH and at and words[at - 1].text in _CLOSING:
        yield _group_after(words, at + 1), set()
        return
    is_noun = at > 0 and words[at - 1].text in _DETERMINERS
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
    if not subject and _is_gerund(words[at]) and not _has_name(words[:at]):
        subject = _after_comma(words, at)
    yield subject, _object(words, at) | _after_preposition(words, at, "to")


def _is_gerund(word: _Word) -> bool:
    return word.text.endswith("ing")


def _has_name(words: tuple[_Word, ...]) -> bool:
    return any(word.name or word.text in _SUBJECT_PRONOUNS for word in words)


def _after_comma(words: tuple[_Word, ...], at: int) -> set[str]:
    """Return who acts in "By helping Lind, Pell won": the names after the next comma."""
    comma = next((n for n in range(at, len(words)) if words[n].text == ","), len(words))
    return _group_after(words, comma + 1)


def _owner_before(words: tuple[_Word, ...], at: int) -> set[str]:
    """Return the owner right before a word, "Pell's" of "Pell's old teacher"."""
    for back in range(at - 1, max(-1, at - 3), -1):
        if words[back].name:
            return {words[back].name} if words[back].is_owner else set()
        if not words[back].term:
            return set()
    return set()


def _owner_start(words: tuple[_Word, ...], at: int) -> int:
    back = at - 1
    while back > 0 and not words[back].name:
        back -= 1
    while back > 0 and words[back - 1].name:
        back -= 1
    return back


def _by_after(words: tuple[_Word, ...], at: int) -> set[str]:
    return _after_preposition(words, at, "by")


def _after_preposition(words: tuple[_Word, ...], at: int, preposition: str) -> set[str]:
    """Return the names after a preposition that follows the word within its clause."""
    for ahead in range(at + 1, min(len(words), at + _REACH)):
        if words[ahead].text in _BOUNDARIES or words[ahead].text in (",", "and"):
            return set()
        if words[ahead].text == preposition:
            return _group_after(words, ahead + 1)
    return set()


def _is_passive(words: tuple[_Word, ...], at: int) -> bool:
    """Return whether a form of "be" stands before a word that looks like a participle."""
    if not re.search(r"(?:ed|en|n|t|ught|ung|old|eld)$", words[at].text):
        return False
    for back in range(at - 1, max(-1, at - 4), -1):
        if words[back].text in _PASSIVE_AIDS:
            return True
        if words[back].name or words[back].text in _BOUNDARIES | _DETERMINERS | {","}:
            return False
    return False


def _follows_be(words: tuple[_Word, ...], at: int) -> bool:
    return any(words[back].text in _BE for back in range(max(0, at - 4), at))


def _object_relative(words: tuple[_Word, ...], at: int) -> tuple[set[str], set[str]] | None:
    """Read "Pell, whom Lind convinced": the name before the pronoun is acted on."""
    subject = _subject(words, at)
    for back in range(at - 1, max(-1, at - 8), -1):
        if words[back].text in ("whom", "who", "that") and subject:
            has_subject = any(
                one.name or one.text in _SUBJECT_PRONOUNS for one in words[back + 1 : at]
            )
            before = back - 2 if back and words[back - 1].text == "," else back - 1
            if not has_subject or before < 0 or not words[before].name:
                return None
            return subject, {words[before].name}
        if words[back].text in _BOUNDARIES or words[back].text == ",":
            return None
    return None


def _subject(words: tuple[_Word, ...], at: int) -> set[str]:
    """Return the names that most likely act when the word at ``at`` is the verb."""
    back = at - 1
    while (
        back >= 0
        and not words[back].name
        and words[back].text not in (_SUBJECT_PRONOUNS | _BOUNDARIES | {",", "and", "or"})
    ):
        back -= 1
    if back < 0:
        return set()
    here = words[back]
    if _has_noun_phrase(words, back + 1, at):
        return set()
    if here.text in _SUBJECT_PRONOUNS:
        return _first_actor(words[:back])
    if here.text in ("who", "which", "that"):
        return _antecedent(words, back)
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
        return _first_actor(words[:back])
    if here.text in ("and", "or", "but"):
        return _first_actor(words[:back])
    if not here.name:
        return set()
    first, group = _group_before(words, back)
    if first and (words[first - 1].text in PREPOSITIONS or here.is_owner):
        return _subject(words, first - 1) if words[first - 1].text in PREPOSITIONS else set()
    return set() if here.is_owner else group


def _has_noun_phrase(words: tuple[_Word, ...], start: int, end: int) -> bool:
    """Return whether a common noun with an article, governed by no preposition, stands between."""
    return any(
        words[at].text in _DETERMINERS and words[at - 1].text not in PREPOSITIONS
        for at in range(max(1, start), end)
    )


def _antecedent(words: tuple[_Word, ...], at: int) -> set[str]:
    """Return the names right before a relative pronoun."""
    before = at - 2 if at and words[at - 1].text == "," else at - 1
    if before < 0 or not words[before].name or words[before].is_owner:
        return set()
    return {words[before].name}


def _first_actor(words: tuple[_Word, ...]) -> set[str]:
    """Return the first names of a clause that no preposition governs."""
    start = max((n + 1 for n, word in enumerate(words) if word.text in (";", ".", ":")), default=0)
    for number in range(start, len(words)):
        word = words[number]
        if not word.name or word.is_owner or (number and words[number - 1].name):
            continue
        if number and words[number - 1].text in PREPOSITIONS:
            continue
        return _group_after(words, number)
    return set()


def _object(words: tuple[_Word, ...], at: int) -> set[str]:
    """Return the names acted on: the next after the word within its clause."""
    is_turned = False
    for ahead in range(at + 1, min(len(words), at + 1 + _REACH)):
        word = words[ahead]
        if word.name:
            return set() if is_turned else _group_after(words, ahead)
        if word.text in _BOUNDARIES or word.text in (",", "and", "or", "by"):
            return set()
        if word.text in _OBJECT_PRONOUNS and words[ahead - 1].term:
            return set()
        is_turned = is_turned or word.text in _BE
    return set()


def _group_after(words: tuple[_Word, ...], start: int) -> set[str]:
    """Return the names in a row from ``start`` on, of the last one of each full name."""
    while start < len(words) and words[start].text in _DETERMINERS:
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


def _continues(words: tuple[_Word, ...], number: int) -> bool:
    """Return whether a name follows the "and" or comma here, and no verb of its own after it."""
    ahead = number + 1
    if ahead < len(words) and words[ahead].text in ("and", "or"):
        ahead += 1
    return ahead < len(words) and bool(words[ahead].name)


def _group_before(words: tuple[_Word, ...], last: int) -> tuple[int, set[str]]:
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
