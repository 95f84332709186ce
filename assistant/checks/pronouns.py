"""Whom the pronoun at the head of a sentence means, where that is beyond doubt.

Only one case is decided: the sentence before, in the same paragraph, names one person, as the
subject of a clause, and no other could be meant. In all others the reader is not told.
"""

import re
from dataclasses import dataclass
from typing import Final

from index.analysis import is_stop_word
from index.passages import split_sentences

MAX_WORDS_BEFORE: Final = 5
"""A pronoun further on than this is no head of a sentence."""

_PRONOUN: Final = re.compile(r"\b(?:[Hh]e|[Ss]he|[Hh]is|Her)\b")
_NAME: Final = re.compile(r"\b[A-Z][\w-]+(?:\s+(?:[A-Z]\.\s*)*[A-Z][\w-]+)*")
_ROLE: Final = re.compile(
    r"(?<!\bas )(?<!\bas a )(?<!\bas the )\b(?:man|woman|boy|girl|person|someone|somebody|"
    r"one|other|former|latter|another|him|"
    r"father|mother|brother|sister|son|daughter|husband|wife|uncle|aunt|cousin|nephew|niece|"
    r"friend|rival|enemy|ally|partner|neighbour|neighbor|colleague|comrade|opponent|successor|"
    r"predecessor|leader|king|queen|prince|princess|emperor|empress|president|minister|"
    r"secretary|general|officer|soldier|doctor|nurse|lawyer|judge|priest|bishop|pope|teacher|"
    r"pupil|student|servant|master|mistress|owner|worker|writer|author|poet|painter|historian|"
    r"critic|editor|assistant|deputy|agent|spy|widow|widower|heir|child|baby|guest|stranger)\b",
    re.IGNORECASE,
)
_CLAUSE_OPENER: Final = re.compile(
    r"(?:[,;:–—]|\bin \d{3,4}"
    r"|\b(?:and|but|so|because|when|while|although|though|since|where|that|then))\s*$",
    re.IGNORECASE,
)
_ACTS: Final = re.compile(r"\s+(?!(?:and|or)\b(?! (?:his|her)\b))[a-z]")
_NOT_A_PERSON: Final = r"(?:the|an?|in|at|near|from|into|across|towards?|outside|inside)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Antecedent:
    """A pronoun as it stands in a sentence, and the name it means.

    Attributes:
        pronoun: As written.
        name: The name, with its possessive ending if the pronoun is an owner.
    """

    pronoun: str
    name: str


def explain_pronoun(text: str, start: int, end: int) -> Antecedent | None:
    """Return whom the pronoun at the head of ``text[start:end]`` means; ``None`` if in doubt.

    Args:
        text: The whole text that holds the sentence.
        start: Offset of the sentence's first character.
        end: Offset after its last.

    >>> text = "The mill was owned by Pell. In 1903 Pell closed it. He left Harrow."
    >>> explain_pronoun(text, 52, 67)
    Antecedent(pronoun='He', name='Pell')
    >>> explain_pronoun(text, 0, 27) is None
    True
    """
    sentence = text[start:end]
    pronoun = _PRONOUN.search(sentence)
    if pronoun is None or not _is_head(text, sentence[: pronoun.start()]):
        return None
    paragraph = text[text.rfind("\n\n", 0, start) + 1 : start]
    before = [paragraph[slice(*span)] for span in split_sentences(paragraph)]
    if not before or _ROLE.search(before[-1]):
        return None
    names = _find_people(before[-1], text)
    if len(names) != 1 or not names[0].is_subject or names[0].name in sentence:
        return None
    is_owner = pronoun.group().lower() in ("his", "her")
    return Antecedent(pronoun=pronoun.group(), name=names[0].name + ("’s" if is_owner else ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    name: str
    is_subject: bool


def _is_head(text: str, before: str) -> bool:
    """Return whether the words before a pronoun are few and hold no name."""
    words = re.findall(r"\w[\w’'-]*", before)
    return len(words) <= MAX_WORDS_BEFORE and not any(
        word[0].isupper() and not _is_common(text, word) for word in words
    )


def _find_people(sentence: str, text: str) -> list[_Person]:
    """Return the names in a sentence that may be people's, doubtful ones too."""
    people: dict[str, _Person] = {}
    for match in _NAME.finditer(sentence):
        name, start = match.group(), match.start()
        is_doubtful = False
        if not sentence[:start].strip("“‘\"'( "):
            first, _, rest = name.partition(" ")
            is_opener = True
            if _is_common(text, first):
                name = rest.strip()
            else:
                is_doubtful = not _stands_within(text, first)
        else:
            is_opener = _CLAUSE_OPENER.search(sentence[:start]) is not None
        is_acting = is_opener and _ACTS.match(sentence[match.end() :]) is not None
        is_place = _is_place(text, name)
        if not name or (is_place and not is_acting):
            continue
        is_subject = is_acting and not (is_doubtful or is_place)
        known = people.get(name)
        people[name] = _Person(name=name, is_subject=is_subject or bool(known and known.is_subject))
    return list(people.values())


def _is_common(text: str, word: str) -> bool:
    """Return whether a word that opens a sentence is no name."""
    if is_stop_word(word) or word.endswith("ly"):
        return True
    return re.search(rf"\b{re.escape(word.lower())}\b", text) is not None


def _stands_within(text: str, word: str) -> bool:
    """Return whether the text has a capitalised word within a sentence, as names stand."""
    return re.search(rf"[a-z,;]\s+{re.escape(word)}\b", text) is not None


def _is_place(text: str, name: str) -> bool:
    """Return whether the text uses a name as it does those of places, bodies and things."""
    pattern = rf"\b(?i:{_NOT_A_PERSON})\s+{re.escape(name)}\b(?!['’])"
    return re.search(pattern, text) is not None
