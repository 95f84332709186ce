"""Which two a question sets side by side, so that an answer can be held to tell of both."""

import re
from typing import Final

_NAME: Final = r"[^\W\d_a-z][\w-]*(?: [^\W\d_a-z][\w-]*)*"
_ENDS_THING: Final = (
    r"(?:differ|dis?agree|compare|contrast|argue|say|said|think|thought|view|judge|over|about|on|in"
    r"|at|during|with|to|from|as|when|after|before)"
)
_THING: Final = rf"(?:[\w-]+ )??[\w-]+?(?= {_ENDS_THING}\w*\b|[?,.;]|$)"
_PAIR: Final = re.compile(
    rf"\W(?P<one>{_NAME})(?:['’]s(?: [\w-]+)?)?,? "
    r"(?P<joint>and|unlike|versus|vs\.?|with|to|(?:differ|differs|differed|different|distinct) from"
    r"|compared (?:with|to)) "
    rf"(?:the (?P<thing>{_THING})|(?:that of |those of )?(?P<other>{_NAME}))"
)
_COMPARING: Final = re.compile(r"\b(?:compare|contrast)\b", re.IGNORECASE)


def find_sides(question: str) -> tuple[str, ...]:
    """Return the two that a question names side by side, as typed; empty if it names none so.

    The first is a name, the second a name or a thing with "the"; the first word of a question,
    which has its capital letter anyway, is no name.

    >>> find_sides("How did Pell and the weavers differ over the mill?")
    ('Pell', 'weavers')
    >>> find_sides("Why did Pell close the mill?")
    ()
    """
    first = re.match(r"\W*\w+", question)
    if first is None or (found := _PAIR.search(question, first.end())) is None:
        return ()
    if found["joint"] in ("with", "to") and not _COMPARING.match(first[0].strip()):
        return ()  # "with" joins two only after "Compare"
    return (found["one"], found["thing"] or found["other"])
