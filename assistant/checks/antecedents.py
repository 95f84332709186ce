"""Whom "he" or "she" means: the nearest earlier sentence of the essay that names someone."""

import re
from collections.abc import Callable, Sequence
from typing import Final

from assistant.checks.clauses import PREPOSITIONS
from assistant.checks.facts import is_no_name, opens_sentence
from assistant.evidence import Evidence
from index.analysis import tokenize
from index.passages import Sentence, split_sentences

_PERSON: Final = re.compile(r"\b(?:he|she|him|his|her)\b", re.IGNORECASE)
_MENTION: Final = re.compile(r"[A-Z][\w-]*(?:\s[A-Z][\w-]*)*(?:[’']s?(?!\w))?")
_BEFORE: Final = re.compile(r"([A-Za-z]+)(?:\s+the)?\s+$")
_LOOK_BACK_CHARS: Final = 1500
"""How far back a pronoun may reach: about three passages."""


def find_antecedent(
    one: Evidence, names: Sequence[str], *, is_word: Callable[[str], bool]
) -> Sentence | None:
    """Find the sentence before a passage that tells whom a pronoun in it means.

    Args:
        one: A sentence whose passage may replace a name by "he" or "she".
        names: The words of that name; all of them must stand in the sentence found.
        is_word: Whether a term is a common word, so that it is no name where it opens a sentence.

    Returns:
        The nearest earlier sentence of the essay that names it, offsets into the document; None
        if the sentence has no pronoun for a person, or another name comes between that the
        pronoun could mean, or no sentence nearby holds the name.
    """
    pronoun = _PERSON.search(one.sentence.text)
    wanted = frozenset(tokenize(" ".join(names)))
    if not pronoun or not wanted:
        return None
    text = one.passage.document.text
    if find_actors(text[one.passage.start : one.sentence.start + pronoun.start()], is_word):
        return None
    first = max(0, one.passage.start - _LOOK_BACK_CHARS)
    if first:
        first = text.find("\n", first, one.passage.start) + 1 or one.passage.start
    for start, end in reversed(split_sentences(text[first : one.passage.start])):
        sentence = Sentence(
            start=first + start, end=first + end, text=text[first + start : first + end]
        )
        actors = find_actors(sentence.text, is_word)
        if wanted <= frozenset(tokenize(sentence.text)):
            is_plain = not actors or bool(wanted & set(tokenize(actors[0])))
            return sentence if is_plain else None
        if actors:
            return None
    return None


def find_actors(text: str, is_word: Callable[[str], bool]) -> tuple[str, ...]:
    """Return the names of a text, in order, that no preposition governs and that own nothing.

    >>> find_actors("In Skerne, Pell's friend Lind wrote to Vey.", lambda term: False)
    ('Lind',)
    """
    found = []
    for match in _MENTION.finditer(text):
        words = [word for word in match.group().split() if not is_no_name(word.casefold())]
        words = [word for word in words if word.casefold() not in PREPOSITIONS]
        if words and opens_sentence(text, match.start()):
            terms = tokenize(words[0])
            if len(words) == 1 and all(is_no_name(term) or is_word(term) for term in terms):
                words = []
        if not words:
            continue
        before = _BEFORE.search(text[: match.start() + match.group().index(words[0])])
        is_governed = before is not None and before[1].casefold() in PREPOSITIONS
        if not is_governed and not re.search(r"[’']s?$", match.group()):
            found.append(" ".join(words))
    return tuple(found)
