"""A sentence of an essay as a claim of its own: introduced, cut to length, in quotation marks.

Where the model's wording fails, the essay's own words stand for it. They are changed only where
the change shows: "…" for words left out, a name in brackets after a pronoun.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from assistant.antecedents import find_antecedent
from assistant.citations import cite
from assistant.evidence import Evidence
from assistant.grounding import Claim
from assistant.support import Verdict
from index.analysis import is_stop_word, tokenize
from index.corpus import Document

LEAST_WORDS: Final = 16
"""Fewer leave no room for words after the longest introduction."""
MAX_TITLE_WORDS: Final = 6
"""A longer title is cut in an introduction."""
_MAX_AUTHOR_WORDS: Final = 8

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
_TRAILING: Final = " ,;:–—-"
_OPENERS: Final = {"“": "”", "„": "“”", "«": "»", "‘": "’"}
_STRAIGHT: Final = {'"': '"', "'": "'"}
_CLOSERS: Final = "”»"
_PARTICLES: Final = frozenset(
    (
        "and",
        "da",
        "de",
        "del",
        "den",
        "der",
        "di",
        "du",
        "la",
        "le",
        "of",
        "ter",
        "van",
        "von",
        "zu",
    )
)


def quote_as_claim(evidence: Evidence, *, weights: Mapping[str, float], max_words: int) -> Claim:
    """Let a sentence of an essay stand as a claim, introduced by its author or title.

    A sentence too long is cut to the contiguous part that holds most of the question's weight
    and what stands next to it; its citation is that part.

    Args:
        evidence: The sentence.
        weights: The weight of each of the question's terms; may be empty.
        max_words: The most words of the claim, its introduction included; at least
            ``LEAST_WORDS``.

    Returns:
        A supported claim with one citation, the span whose words it shows.

    Raises:
        ValueError: ``max_words`` is less than ``LEAST_WORDS``.
    """
    if max_words < LEAST_WORDS:
        raise ValueError(f"max_words is {max_words!r}; give {LEAST_WORDS} or more.")
    document, sentence = evidence.passage.document, evidence.sentence
    start, end = _unwrap(document.text, sentence.start, sentence.end)
    introduction = introduce(document, is_quoting=start > sentence.start)
    room = max_words - len(introduction.split())
    first, last = _choose_part(document.text, start, end, weights, room)
    shown = _show(document, first, last, start=start, end=end, room=room)
    return Claim(
        text=f"{introduction} “{shown}”",
        citations=(cite(document, start=first, end=last),),
        verdict=Verdict.SUPPORTED,
        support=1.0,
    )


def introduce(document: Document, *, is_quoting: bool = False) -> str:
    """Return the words before a quotation from an essay, at most nine.

    The author where one is known who is a person, else the title, cut if it is long.

    Args:
        document: The essay.
        is_quoting: Whether the words are another's, which the essay quotes.
    """
    author = re.sub(r"\s*[(\[].*", "", document.author)
    if is_person(author) and len(author.split()) <= _MAX_AUTHOR_WORDS:
        is_plural = re.search(r"\band\b|&", author) is not None
        verb = "quote" if is_quoting else "write"
        return f"{author} {verb}{'' if is_plural else 's'}:"
    return f"“{_nest(shorten_title(document.title))}” {'quotes' if is_quoting else 'says'}:"


def is_person(author: str) -> bool:
    """Return whether an author's name looks like that of a person rather than of a body.

    >>> is_person("Jonas van Pell"), is_person("Skerne history project"), is_person("")
    (True, False, False)
    """
    words = [word for word in re.findall(r"[^\W\d_][\w.’'-]*", author) if word not in _PARTICLES]
    return bool(words) and (all(word[0].isupper() for word in words) or author.islower())


def shorten_title(title: str) -> str:
    """Return a title without its subtitle, and cut after ``MAX_TITLE_WORDS`` words.

    >>> shorten_title("The Frozen River: A Study of Mills")
    'The Frozen River'
    >>> shorten_title("How did the mills close in the winter of 1903?")
    'How did the mills close…'
    """
    head = re.split(r":\s+|\s+[–—-]\s+", " ".join(title.split()), maxsplit=1)[0]
    words = (head if len(head.split()) > 1 else title).split()
    if len(words) <= MAX_TITLE_WORDS:
        return " ".join(words)
    kept = words[:MAX_TITLE_WORDS]
    while len(kept) > 1 and is_stop_word(kept[-1]):
        kept.pop()
    return " ".join(kept).rstrip(_TRAILING) + "…"


def _unwrap(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span within the marks of a sentence that is one quotation as a whole."""
    closers = _OPENERS.get(text[start]) or _STRAIGHT.get(text[start], "")
    last = end - 1
    while last > start and text[last] in ".,;:" and text[last - 1] in closers:
        last -= 1
    inner = text[start + 1 : last]
    is_whole = closers and text[last] in closers and not any(mark in inner for mark in closers)
    kept = inner.strip()
    if not is_whole or not kept:
        return start, end
    inner_start = start + 1 + len(inner) - len(inner.lstrip())
    return inner_start, inner_start + len(kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    """A word of the sentence with its span and what it is worth for the choice of a part."""

    text: str
    start: int
    end: int
    asked: frozenset[str]
    context: float


def _choose_part(
    text: str, start: int, end: int, weights: Mapping[str, float], room: int
) -> tuple[int, int]:
    """Return the span of the part of ``text[start:end]`` that answers best in ``room`` words."""
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
    while end > start + 1 and text[end - 1] in _TRAILING:
        end -= 1
    return end


def _show(document: Document, first: int, last: int, *, start: int, end: int, room: int) -> str:
    """Return the words of a part as they stand within quotation marks, on one line."""
    shown = _nest(" ".join(document.text[first:last].split()))
    if (
        first == start
        and len(shown.split()) < room
        and (antecedent := find_antecedent(document.text, first, last))
    ):
        shown = re.sub(
            rf"\b{antecedent.pronoun}\b",
            f"{antecedent.pronoun} [{antecedent.name}]",
            shown,
            count=1,
        )
    before = "…" if first > start else ""
    after = "…" if last < end and not shown.endswith("…") else ""
    return f"{before}{shown}{after}"


def _nest(text: str) -> str:
    """Return a text with its quotation marks as they stand within a quotation.

    Marks alternate with their depth, single ones first; apostrophes stay. A quotation that the
    text opens or closes only is made whole.

    >>> _nest("Pell wrote that Lind’s “‘cold’ business” was over.")
    'Pell wrote that Lind’s ‘“cold” business’ was over.'
    """
    shown: list[str] = []
    waiting: list[str] = []
    for at, mark in enumerate(text):
        is_inner = text[at - 1 : at].isalnum() and text[at + 1 : at + 2].isalnum()
        if waiting and mark in waiting[-1] and not (is_inner and mark in "’'"):
            waiting.pop()
            shown.append("’”"[len(waiting) % 2])
        elif closers := _closers_after(text, at):
            shown.append("‘“"[len(waiting) % 2])
            waiting.append(closers)
        elif mark in _CLOSERS:
            shown.insert(0, "‘")
            shown.append("’")
        else:
            shown.append(mark)
    while waiting:
        closers = waiting.pop()
        shown.append("" if closers in "’'" else "’”"[len(waiting) % 2])
    return "".join(shown)


def _closers_after(text: str, at: int) -> str:
    """Return the marks that close a quotation which opens at a character; "" if none does."""
    mark = text[at]
    if mark in _OPENERS:
        return _OPENERS[mark]
    has_word_before = text[at - 1 : at].isalnum() if at else False
    has_word_after = text[at + 1 : at + 2].isalnum() or text[at + 1 : at + 2] in ("…", "'", "[")
    return _STRAIGHT.get(mark, "") if has_word_after and not has_word_before else ""
