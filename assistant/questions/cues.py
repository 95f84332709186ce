"""What a sentence holds that can answer a kind of question: a date, a number, a reason, a name.

Only the question's wording is looked at, and only hints are given: a sentence without the cue may
answer all the same.
"""

import re
from enum import StrEnum
from typing import Final

from index.analysis import token_spans, tokenize


class Cue(StrEnum):
    """What the answer to a question likely holds."""

    TIME = "time"
    NUMBER = "number"
    REASON = "reason"
    PERSON = "person"
    PLACE = "place"


_ASKS: Final = (
    r" (?:am|is|are|was|were|do|does|did|has|have|had|will|would|can|could|should|may|might|must)\b"
)
"""What follows "when" and "where" if they ask; otherwise they join clauses."""
_WHICH: Final = r"\b(?:which|what) (?:\w+ )?"
_QUESTIONS: Final = (
    (Cue.TIME, rf"\bwhen{_ASKS}|{_WHICH}(?:year|date|century|month|decade|day|season)\b"),
    (
        Cue.NUMBER,
        r"\bhow (?:many|much|long|old|tall|far|large|big|high|often)\b"
        r"|\bwhat (?:percent|percentage|number|amount|share|proportion)\b",
    ),
    (Cue.REASON, rf"\bwhy\b|\bhow come\b|{_WHICH}(?:reason|cause)s?\b"),
    (
        Cue.PERSON,
        r"(?:^|[,;:.?!] |\b(?:and|but|or|by|with|to|for|from|of|against|about|on) )"
        rf"(?:who|whom|whose)\b|{_WHICH}(?:person|people|man|woman|men|women|leader|writer|author"
        r"|historian|politician|scientist|artist|king|queen|president)s?\b",
    ),
    (
        Cue.PLACE,
        rf"\bwhere{_ASKS}|{_WHICH}(?:city|country|place|town|village|state|region|river|continent"
        r"|island)\b",
    ),
)
_KINDS: Final = tuple((cue, re.compile(pattern, re.IGNORECASE)) for cue, pattern in _QUESTIONS)

_TIMES: Final = re.compile(
    r"\b[12]\d{3}s?\b|\b(?:centur(?:y|ies)|decades?)\b|\b(?:January|February|March|April|June|July"
    r"|August|September|October|November|December|(?:in|of|on|since|until) May)\b"
)
_DATES: Final = re.compile(
    r"\b(?:in|since|of|by|until|till|before|after|from|to|during|around|the|year|early|late|mid)"
    r"[ -](?:the |early |late |mid-)*[12]\d{3}(?:s\b|\b(?!,\d))|\b[12]\d{3}s\b",
    re.IGNORECASE,
)
_YEARS: Final = re.compile(r"\b(?:1[5-9]|20)\d{2}\b(?! (?!(?:was|is|has|his|this)\b)\w+s\b)")
"""A number like a year's, unless it counts what comes after it."""
_NUMBERS: Final = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|twenty|thirty"
    r"|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|half|third|quarter"
    r"|twice|once)s?\b",
    re.IGNORECASE,
)
_REASONS: Final = re.compile(
    r"\b(?:because|since|due to|owing to|thanks to|as a result|so that|therefore|thus|in order to"
    r"|led to|caused?|reasons?|for fear|so)\b",
    re.IGNORECASE,
)
_PLACES: Final = re.compile(
    r"\b(?:in|at|to|near|from|into|across|outside|through|on) (?:the )?(?:[a-z]+ )?([A-Z]\w+)"
)


_POINTERS_BACK: Final = re.compile(
    r"^\W*(?:consequently|therefore|thus|hence|accordingly|(?:this|that) (?:is|was) (?:\w+ly )?why"
    r"|(?:this|these|those) (?:[\w’'-]+ ){0,3}?(?:led|meant|made|caused|allowed|enabled|helped"
    r"|forced|gave|let|resulted|explain(?:s|ed)?|ensured|prevented))\b"
    r"|\bfor (?:this|that|these|those|the same) reasons?\b"
    r"|\b(?:because of|due to) (?:this|that|these|those)\b(?! \w)"
    r"|\bas a (?:result|consequence)\b(?! of)",
    re.IGNORECASE,
)
_POINTERS_ON: Final = re.compile(
    r"\b(?:two|three|four|five|six|several|many|various|different|a few|a number of|the following)"
    r" (?:(?!and\b)\w+ )?(?:reasons|causes|factors|ways|differences|explanations|grounds)\b"
    r"|\bas follows\b|:\W*$",
    re.IGNORECASE,
)


def points_back(sentence: str) -> bool:
    """Return whether a sentence calls what stands before it the reason of what it tells.

    >>> points_back("Lind left the mill for this reason."), points_back("Lind left in this year.")
    (True, False)
    """
    return bool(_POINTERS_BACK.search(sentence))


def points_on(sentence: str) -> bool:
    """Return whether a sentence announces what the sentences after it tell.

    >>> points_on("The mill closed for two reasons."), points_on("There was no reason to stay.")
    (True, False)
    """
    return bool(_POINTERS_ON.search(sentence))


def without_pointers(sentence: str) -> str:
    """Return a sentence without the words that point at others: what it tells by itself.

    >>> without_pointers("Lind left the mill for this reason.")
    'Lind left the mill .'
    """
    return _POINTERS_ON.sub("", _POINTERS_BACK.sub("", sentence))


def find_cue(question: str) -> Cue | None:
    """Return what the answer to a question likely holds, or None if its wording does not tell.

    >>> find_cue("In which year did Pell leave?"), find_cue("What did Pell build?")
    (<Cue.TIME: 'time'>, None)
    """
    found = [(match.start(), cue) for cue, kind in _KINDS if (match := kind.search(question))]
    return min(found, key=lambda one: one[0])[1] if found else None


def has_cue(cue: Cue, sentence: str, *, asked: frozenset[str]) -> bool:
    """Return whether a sentence holds what the answer likely holds.

    Args:
        cue: What that is.
        sentence: One sentence.
        asked: The question's terms; a name among them is no answer.

    >>> has_cue(Cue.PERSON, "In spring Lind followed Pell.", asked=frozenset({"pell"}))
    True
    """
    match cue:
        case Cue.TIME:
            return bool(_TIMES.search(sentence))
        case Cue.NUMBER:
            # A year is no answer to "how many".
            return bool(_NUMBERS.search(_YEARS.sub("", _DATES.sub("", sentence))))
        case Cue.REASON:
            return bool(_REASONS.search(sentence))
        case Cue.PLACE:
            return any(not asked.issuperset(tokenize(name)) for name in _PLACES.findall(sentence))
        case Cue.PERSON:
            return any(
                span.start > 0 and sentence[span.start].isupper() and span.term not in asked
                for span in token_spans(sentence)
            )
