"""Cutting a long sentence to the part of it that answers a question."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from index.analysis import tokenize

TRAILING: Final = " ,;:–—-"
"""Marks at which a part of a sentence does not end."""

_CONTEXT_WEIGHT: Final = 0.5
_START_BONUS: Final = 0.1
_END_BONUS: Final = 0.05
_TORN_COST: Final = 0.3
_NAME_WEIGHT: Final = 2.0
"""What a part of a sentence gains, where 1 is all of the question's term weight: by all of the
sentence's other words, the closer to the question's the more; by beginning where the sentence or
a main clause does; by ending with the sentence; what a quotation or bracket without its head
costs; and how much more names and numbers count than words.

Source: chosen by hand; of 40 right answers that stand in the best sentence for a question about
ten essays, 39 stand in its part too, with any of these numbers halved or doubled.
"""

_JOINTS: Final = frozenset(
    (
        *("and", "but", "or", "nor", "yet", "which", "who", "whom", "whose", "because"),
        *("so", "although", "though", "while", "whilst", "whereas", "when", "where", "since"),
        *("until", "unless", "after", "before"),
    )
)
_CONJUNCTIONS: Final = frozenset({"and", "but", "or", "nor", "yet"})
_CLAUSE_END: Final = re.compile(r"[,;:–—][”’\"')\]]*$|^[–—-]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    """A word of the sentence with its span and what it is worth for the choice of a part."""

    text: str
    start: int
    end: int
    asked: frozenset[str]
    context: float


def choose_part(
    text: str, start: int, end: int, weights: Mapping[str, float], room: int
) -> tuple[int, int]:
    """Return the span of the part of ``text[start:end]`` that answers best.

    The part runs from joint to joint of the sentence's clauses where such a part is long enough,
    and else from any word to any other. It holds most of the question's weight and what stands
    next to it.

    Args:
        text: The whole text.
        start: Offset of the sentence's first character.
        end: Offset after its last.
        weights: The weight of each of the question's terms; may be empty.
        room: The most words of the part, at least 3.

    >>> text = "Pell owned the mill; in 1903 he closed it, because the river had frozen."
    >>> text[slice(*choose_part(text, 0, len(text), {"close": 1.0}, 9))]
    'Pell owned the mill; in 1903 he closed it'
    """
    words = _read_words(text, start, end, weights)
    count = len(words)
    if count <= room:
        return start, end
    joints = [0, *(at for at in range(1, count) if _is_joint(words, at)), count]
    parts = [(a, b) for a, b in combinations(joints, 2) if 3 <= b - a <= room]
    if not parts or max(b - a for a, b in parts) < room / 3:
        parts = [(a, a + room) for a in range(count - room + 1)]
    total = sum(weights.values()) or 1.0
    all_context = sum(word.context for word in words) or 1.0

    def worth(part: tuple[int, int]) -> float:
        held = words[slice(*part)]
        asked = frozenset[str]().union(*(word.asked for word in held))
        return (
            sum(weights[term] for term in asked) / total
            + _CONTEXT_WEIGHT * sum(word.context for word in held) / all_context
            + (_START_BONUS if _is_fresh(words, part[0]) else 0.0)
            + (_END_BONUS if part[1] == count else 0.0)
            - _TORN_COST * _count_torn(text[held[0].start : held[-1].end])
        )

    first, last = max(parts, key=lambda part: (worth(part), part[1] - part[0], -part[0]))
    if first and words[first].text.lower() in _CONJUNCTIONS:
        first += 1
    stop = words[last - 1].end
    return words[first].start, stop if last == count else _trim(text, words[first].start, stop)


def _read_words(text: str, start: int, end: int, weights: Mapping[str, float]) -> list[_Word]:
    found = [
        (match, frozenset(tokenize(match.group())))
        for match in re.finditer(r"\S+", text[start:end])
    ]
    asked_at = [at for at, (_, terms) in enumerate(found) if terms & weights.keys()]
    words = []
    for at, (match, terms) in enumerate(found):
        asked = terms & weights.keys()
        distance = min((abs(at - other) for other in asked_at), default=at)
        is_name = at > 0 and re.match(r"\W*(?:[A-Z]|.*\d)", match.group()) is not None
        context = (_NAME_WEIGHT if is_name else 1.0) / (1 + distance) if terms and not asked else 0
        words.append(
            _Word(
                text=match.group(),
                start=start + match.start(),
                end=start + match.end(),
                asked=asked,
                context=context,
            )
        )
    return words


def _is_joint(words: Sequence[_Word], at: int) -> bool:
    """Return whether a part of the sentence may begin, or the one before it end, at a word."""
    return words[at].text.lower() in _JOINTS or bool(_CLAUSE_END.search(words[at - 1].text))


def _is_fresh(words: Sequence[_Word], at: int) -> bool:
    """Return whether a main clause is likely to begin at a word."""
    return at == 0 or words[at - 1].text[-1] in ";:"


def _count_torn(part: str) -> int:
    """Return the quotations and brackets whose head a part lacks; a lacking end is shown as cut.

    >>> _count_torn("frozen river” (so Lind)"), _count_torn("said: “The frozen")
    (1, 0)
    """
    n_torn = 0
    for opener, closer in ("“”", "«»", "()", "[]"):
        depth = 0
        for mark in part:
            depth += (mark == opener) - (mark == closer)
            if depth < 0:
                n_torn, depth = n_torn + 1, 0
    return n_torn


def _trim(text: str, start: int, end: int) -> int:
    while end > start + 1 and text[end - 1] in TRAILING:
        end -= 1
    return end
