"""The names and quotations of a text, and what of its facts another text lacks."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from assistant.checks.numbers import find_numbers, has_number, said_numbers
from assistant.checks.terms import is_variant, read_spans
from index.analysis import is_stop_word, tokenize

_QUOTATION: Final = re.compile(
    r"“([^”]*)”|\"([^\"]*)\"|(?<!\w)‘((?:[^’]|’(?=\w))*)’(?!\w)|(?<!\w)'((?:[^']|'(?=\w))*)'(?!\w)"
)
_ELLIPSIS: Final = re.compile(r"\s*(?:\.\s?\.\s?\.|…|\[…\]|\[[^\]]*\])\s*")
_MARKS: Final = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})
_MAX_INITIALS: Final = 6
_OPENERS: Final = frozenset(
    tokenize(
        "according although however therefore thus since though while whereas moreover"
        " furthermore additionally overall despite instead initially eventually finally"
        " first second third another many several people yes also even like unlike without"
        " within among later soon today still yet perhaps"
    )
)
"""Terms of words that open sentences and need not stand in any essay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A capitalised word of a text, and the term it is searched by."""

    text: str
    term: str


def find_names(text: str, *, is_word: Callable[[str], bool]) -> tuple[Name, ...]:
    """Return the names of a text in order: its capitalised words.

    Args:
        text: One sentence or more.
        is_word: Whether a term is known as a common word. Where every word is capitalised, at
            the start of a sentence, a word known so is no name.

    >>> [one.text for one in find_names("Mills closed where Pell's men met.",
    ...                                 is_word=lambda term: term == "mill")]
    ["Pell's"]
    """
    found = []
    for span in read_spans(text):
        word = text[span.start : span.end]
        if not word[:1].isupper():
            continue
        if opens_sentence(text, span.start) and (span.term in _OPENERS or is_word(span.term)):
            continue
        found.append(Name(text=word, term=span.term))
    return tuple(found)


def opens_sentence(text: str, start: int) -> bool:
    """Return whether a word that begins at ``start`` is the first of a sentence."""
    before = text[:start].rstrip(" \t\n\"'“”‘’([")
    return not before or before[-1] in ".!?:"


def is_no_name(term: str) -> bool:
    """Return whether a word or term is one like "however", "many" or "the".

    >>> is_no_name("howev"), is_no_name("The"), is_no_name("pell")
    (True, True, False)
    """
    return term in _OPENERS or is_stop_word(term)


def find_missing(claim: str, said: str, *, is_word: Callable[[str], bool]) -> str:
    """Return the first number or name of ``claim`` that ``said`` does not hold, or "".

    Numbers are compared by value; a decade stands in a text that holds a year of it, and the
    second half of "1788-91" is a year. Names may be spelt a little differently, be made from
    one another, or be the initials of a name in full and the other way round.

    >>> find_missing("In 1788 two mills closed.", "2 mills closed then.",
    ...              is_word=lambda term: True)
    '1788'
    """
    values = said_numbers(said)
    for number in find_numbers(claim):
        if not has_number(number, values):
            return number.text
    return next(missing_names(claim, said, is_word=is_word), "")


def missing_names(claim: str, said: str, *, is_word: Callable[[str], bool]) -> Iterator[str]:
    """Yield the names of ``claim`` that ``said`` does not hold, in order."""
    terms = {span.term for span in read_spans(said)}
    lone = _initials(said)
    spelled = {word for run in _capital_runs(claim) if run[0] in terms for word in run[1]}
    for name in find_names(claim, is_word=is_word):
        if name.term in terms or name.term in lone or name.term in spelled:
            continue
        if any(is_variant(name.term, term) for term in terms if term[:1] == name.term[:1]):
            continue
        if re.search(r"\d", name.term):
            continue
        yield name.text.removesuffix("’s").removesuffix("'s")


def find_false_quotation(claim: str, spans: str) -> str:
    """Return the first quotation of ``claim`` that does not stand so in ``spans``, or "".

    The kind of quotation marks, white space, the case of the first letter, closing punctuation
    and parts left out with an ellipsis or put in brackets do not matter.

    >>> find_false_quotation("He called it “a cold business”.", "It was a warm business.")
    'a cold business'
    """
    said = _fold(spans)
    for match in _QUOTATION.finditer(claim):
        quoted = next(group for group in match.groups() if group is not None)
        pieces = [_fold(piece).strip(" .,;:!?'\"") for piece in _ELLIPSIS.split(quoted)]
        if any(piece and piece not in said for piece in pieces):
            return quoted.strip()
    return ""


def _fold(text: str) -> str:
    return " ".join(text.translate(_MARKS).split()).casefold()


@lru_cache(maxsize=256)
def _capital_runs(text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return runs of capitalised words as their initials and terms."""
    runs: list[tuple[str, tuple[str, ...]]] = []
    words: list[tuple[str, str]] = []
    end = 0
    for span in (*read_spans(text), None):
        word = text[span.start : span.end] if span else ""
        is_near = span is not None and re.fullmatch(
            r"\s*(?:(?:of|the|and|for)\s+)*", text[end : span.start]
        )
        if words and not (is_near and word[:1].isupper()):
            if len(words) > 1:
                runs.append(("".join(one[0] for one in words), tuple(one[1] for one in words)))
            words = []
        if span and word[:1].isupper():
            words.append((word[0].casefold(), span.term))
        end = span.end if span else 0
    return tuple(runs)


@lru_cache(maxsize=256)
def _initials(text: str) -> frozenset[str]:
    """Return what two to six capitalised words in a row may be abbreviated to."""
    return frozenset(
        letters[start:end]
        for letters, _ in _capital_runs(text)
        for start in range(len(letters))
        for end in range(start + 2, min(len(letters), start + _MAX_INITIALS) + 1)
    )
