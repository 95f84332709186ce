"""Whether a sentence can be an answer to what was asked, whatever backs it.

A small model turns the question into a statement, or tells something else of what is asked about.
Its words are then all in the essays, and yet no answer.
"""

import re
from typing import Final

from assistant.questions.cues import Cue, find_cue, has_cue, without_pointers
from assistant.questions.expansion import Query
from index.analysis import tokenize

_MANY_ESSAYS: Final = re.compile(r"\b(?:the|both|all|these|other) (?:the )?essays\b", re.IGNORECASE)
_SPEAKS_FOR_MANY: Final = "it speaks for more essays than it cites"
_ONLY_REPEATS: Final = "it only repeats the question"
_LACKS: Final = {
    Cue.TIME: "it tells no time",
    Cue.NUMBER: "it tells no number",
    Cue.PLACE: "it tells no place",
}
_YES_NO: Final = re.compile(
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|must)\b",
    re.IGNORECASE,
)
_WHEREABOUTS: Final = re.compile(
    r"\b(?:(?:in|at|on|near|from|into|across|inside|outside|through|behind|under) "
    r"(?:(?:the|a|an|his|her|their|its) )?|to (?:the|a|an|his|her|their|its) )"
    r"([^\W\d_][\w’'-]*)",
    re.IGNORECASE,
)
_NO_PLACE_WORDS: Final = (
    "january february march april may june july august september october november december"
    " spring summer autumn winter time times year years month months week weeks day days night"
    " morning evening beginning end turn first last order fact general addition case total"
)
_NO_PLACES: Final = frozenset(_NO_PLACE_WORDS.split())
"""Nouns that follow "in" or "at" as places do."""
_PARTS_OF_TIME: Final = re.compile(
    r"\b((?:mon|tues|wednes|thurs|fri|satur|sun)days?|dawn|mornings?|noon|afternoons?|evenings?"
    r"|nights?|midnight|spring|summers?|autumn|winters?|christmas|easter|(?:hour|day|week|month"
    r"|year|decade|generation)s?)\b",
    re.IGNORECASE,
)
_OCCASIONS: Final = re.compile(
    r"\b(?:after|before|during|when|while|until|till|once|by the time|as soon as|at the age of"
    r"|at the end of|at the beginning of|on the eve of) ((?:[\w’'-]+ ?){1,6})",
    re.IGNORECASE,
)


def find_void(claim: str, query: Query) -> str:
    """Return why a claim answers nothing whatever its support, or "".

    It does not if it only repeats the question, unless that can be answered by yes or no; nor if
    it lacks the time, number or place asked for, or speaks for essays that it does not cite.
    """
    asked = frozenset(query.tokens)
    if _MANY_ESSAYS.search(claim):
        return _SPEAKS_FOR_MANY
    if not _YES_NO.match(query.text) and not frozenset(tokenize(without_pointers(claim))) - asked:
        return _ONLY_REPEATS
    cue = find_cue(query.text)
    if cue in _LACKS and not tells(cue, claim, asked=asked):
        return _LACKS[cue]
    return ""


def tells(cue: Cue, sentence: str, *, asked: frozenset[str]) -> bool:
    """Return whether a sentence can tell what is asked for.

    More counts here than among the hints of ``has_cue``: of a place also a common noun, of a time
    also a day of the week or what else happened then.

    >>> asked = frozenset({"pell", "school"})
    >>> tells(Cue.PLACE, "Pell was sent down from the seminary.", asked=asked)
    True
    >>> tells(Cue.PLACE, "Pell went to school with Lind.", asked=asked)
    False
    >>> tells(Cue.TIME, "Pell went to school on Saturdays.", asked=asked)
    True
    """
    if has_cue(cue, sentence, asked=asked):
        return True
    match cue:
        case Cue.PLACE:
            found = _WHEREABOUTS.findall(sentence)
            told = [noun for noun in found if noun.lower() not in _NO_PLACES]
        case Cue.TIME:
            told = [*_PARTS_OF_TIME.findall(sentence), *_OCCASIONS.findall(sentence)]
        case _:
            told = []
    return any(frozenset(tokenize(words)) - asked for words in told)
