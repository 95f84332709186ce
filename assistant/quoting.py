"""A sentence of an essay as a claim of its own: introduced, cut to length, in quotation marks.

Where the model's wording fails, the essay's own words stand for it. They are changed only where
the change shows: "…" for words left out, a name in brackets after a pronoun.
"""

import re
from collections.abc import Mapping
from typing import Final

from assistant.checks.pronouns import explain_pronoun
from assistant.checks.support import Verdict
from assistant.citations import cite
from assistant.cutting import TRAILING, choose_part
from assistant.evidence import Evidence
from assistant.grounding import Claim
from index.analysis import is_stop_word
from index.corpus import Document

LEAST_WORDS: Final = 16
"""Fewer leave no room for words after the longest introduction."""
MAX_TITLE_WORDS: Final = 6
"""A longer title is cut in an introduction."""
_MAX_AUTHOR_WORDS: Final = 8

_INTRODUCED: Final = re.compile(r"(?:“[^”]*”|[^“”]+) (?:writes?|quotes?|says): “(.+)”", re.DOTALL)
_INSERTED: Final = re.compile(r" \[[^\]]+\]")

_OPENERS: Final = {"“": "”", "„": "“”", "«": "»", "‘": "’"}
_STRAIGHT: Final = {'"': '"', "'": "'"}
_CLOSERS: Final = "”»"
_PARTICLE_WORDS: Final = "and da de del den der di du la le of ter van von zu"
_PARTICLES: Final = frozenset(_PARTICLE_WORDS.split())


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
    first, last = choose_part(document.text, start, end, weights, room)
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


def without_introduction(claim: str) -> str:
    """Return the essay's own words of an introduced quotation; any other claim as it is.

    What introduces them, or is put among them in brackets, says nothing that they could carry.

    >>> without_introduction("Jonas Pell writes: “It [the mill] closed…”")
    'It closed'
    """
    if (introduced := _INTRODUCED.fullmatch(claim)) is None:
        return claim
    return _INSERTED.sub("", introduced[1]).strip("…")


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
    return " ".join(kept).rstrip(TRAILING) + "…"


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


def _show(document: Document, first: int, last: int, *, start: int, end: int, room: int) -> str:
    """Return the words of a part as they stand within quotation marks, on one line."""
    shown = _nest(" ".join(document.text[first:last].split()))
    if (
        first == start
        and len(shown.split()) < room
        and (antecedent := explain_pronoun(document.text, first, last))
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
