"""Whether two names have changed places between a claim and the words it rests on."""

import re
from collections.abc import Sequence
from typing import Final

from assistant.checks.clauses import read_words
from assistant.checks.facts import opens_sentence
from assistant.checks.roles import Roles, read_roles
from assistant.checks.terms import read_spans

_MUTUAL: Final = frozenset({"meet", "marri", "resembl", "differ", "fight", "correspond", "alli"})
"""Terms of verbs that say the same with their names in either order."""


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
    said = read_words(claim, names)
    sources = [read_words(span, names) for span in spans]
    shared = {word.term for words in sources for word in words if word.term and not word.name}
    swaps: set[tuple[str, str]] = set()
    for term in dict.fromkeys(word.term for word in said if word.term in shared - _MUTUAL):
        own = read_roles(said, term, reads_pronouns=True)
        theirs = _join([read_roles(words, term, reads_pronouns=False) for words in sources])
        turned = (own.agents & theirs.patients - theirs.agents) | (
            own.patients & theirs.agents - theirs.patients
        )
        turned |= own.agents & own.patients - (theirs.agents & theirs.patients)
        turned |= _exchanged(own, theirs)
        if not own.agents & theirs.agents:
            swaps |= {(one, other) for one in own.agents for other in theirs.agents}
        turned |= {one for one, other in swaps if (other, one) in swaps}
        if turned:
            return next(word.name for word in said if word.name in turned)
    return ""


def _join(roles: Sequence[Roles]) -> Roles:
    return Roles(
        agents=frozenset[str]().union(*(one.agents for one in roles)),
        patients=frozenset[str]().union(*(one.patients for one in roles)),
        governed=frozenset[tuple[str, str]]().union(*(one.governed for one in roles)),
    )


def _exchanged(own: Roles, theirs: Roles) -> frozenset[str]:
    """Return the names acted on that change places with one after a preposition, as "over"."""
    return frozenset(
        name
        for preposition, other in own.governed
        for name in own.patients
        if (preposition, name) in theirs.governed
        and other in theirs.patients
        and (preposition, other) not in theirs.governed
    )


def _certain_names(texts: Sequence[str]) -> frozenset[str]:
    """Return the terms that are capitalised elsewhere than at the start of a sentence."""
    return frozenset(
        span.term
        for text in texts
        for span in read_spans(text)
        if text[span.start].isupper()
        and (not opens_sentence(text, span.start) or re.search(r"['’]s$", text[: span.end]))
    )
