"""The numbers, names and quotations of a text, which no paraphrase may change."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from assistant.terms import is_variant, read_spans
from index.analysis import is_stop_word, tokenize

_COUNTING: Final = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen
"""
_TENS: Final = """
twenty thirty forty fifty sixty seventy eighty ninety
"""
_ORDINALS: Final = """
third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
fifteenth sixteenth seventeenth eighteenth nineteenth twentieth
"""
_WORDS: Final = {
    **{word: value for value, word in enumerate(_COUNTING.split())},
    **{word: 10 * value for value, word in enumerate(_TENS.split(), start=2)},
    **{word: value for value, word in enumerate(_ORDINALS.split(), start=3)},
    "dozen": 12,
}
_SCALES: Final = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 10**9}
_NOT_COUNTED: Final = frozenset({"one", "zero"})
"""Words that seldom count anything."""

_NUMBER: Final = re.compile(
    r"(?<![\w.,])(?P<digits>\d{1,3}(?:[,\u00a0\u202f ]\d{3})+(?![\d])|\d+(?:\.\d+)?)"
    r"(?P<ending>['’]?s\b|st\b|nd\b|rd\b|th\b)?"
    r"|(?P<word>[A-Za-z]+)"
)
_RANGE: Final = re.compile(r"(?<!\d)(\d{3,4})\s*[-–—/]\s*(\d{1,2})(?!\d)")
_YEAR: Final = re.compile(r"1\d{3}|20\d{2}")
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
class Fact:
    """A number or a name of a text.

    Attributes:
        text: As written.
        readings: For a number, its values as digits, any of which it may mean; empty for a name.
        term: For a name, the term it is searched by; empty for a number.
    """

    text: str
    readings: frozenset[str] = frozenset()
    term: str = ""


def find_numbers(text: str) -> tuple[Fact, ...]:
    """Return the numbers of a text in order, in digits or spelled out.

    "500,000", "500 000", "half a million" are read alike; so are "two" and "2", "19th" and
    "nineteenth". Decades are read as "1920s". "One" and "first" are no numbers.

    >>> [(one.text, sorted(one.readings)) for one in find_numbers("Half a million in 1,904")]
    [('Half a million', ['500000']), ('1,904', ['1904'])]
    """
    matches = list(_NUMBER.finditer(text))
    found: list[Fact] = []
    number = 0
    while number < len(matches):
        taken, readings = _read_number(text, matches, number)
        if taken:
            start, end = matches[number].start(), matches[number + taken - 1].end()
            found.append(Fact(text=text[start:end], readings=readings))
        number += max(1, taken)
    return tuple(found)


def _read_number(text: str, matches: list[re.Match[str]], first: int) -> tuple[int, frozenset[str]]:
    """Return how many matches a number starting at ``first`` takes, and its readings."""
    match = matches[first]
    if match["digits"]:
        digits, ending = match["digits"], match["ending"] or ""
        plain = re.sub(r"[,\s]", "", digits)
        if ending.endswith("s"):
            return 1, frozenset({f"{plain}s"})
        scale, taken = _read_scales(text, matches, first + 1)
        readings = {_show(float(plain) * scale)} if scale > 1 else {plain}
        if re.search(r"\s", digits):
            readings |= set(digits.split())
        return 1 + taken, frozenset(readings)
    word = match["word"].casefold()
    after = matches[first + 1]["word"] if first + 1 < len(matches) else None
    if word in ("half", "quarter") and (after or "").casefold() in ("a", "of"):
        scale, taken = _read_scales(text, matches, first + 2)
        share = 0.5 if word == "half" else 0.25
        return (2 + taken, frozenset({_show(share * scale)})) if taken else (0, frozenset())
    if word in ("a", "several"):
        scale, taken = _read_scales(text, matches, first + 1)
        is_single = word == "a" and taken
        return (1 + taken, frozenset({_show(scale)})) if is_single else (0, frozenset())
    if word not in _WORDS:
        return 0, frozenset()
    value, taken = float(_WORDS[word]), 1
    nearer = matches[first + 1] if after else None
    if word in _TENS.split() and nearer and _is_near(text, match, nearer):
        unit = _WORDS.get(nearer["word"].casefold(), 0)
        if 0 < unit < 10:
            value, taken = value + unit, 2
    scale, more = _read_scales(text, matches, first + taken)
    if word in _NOT_COUNTED and not more:
        return 0, frozenset()
    return taken + more, frozenset({_show(value * scale)})


def _read_scales(text: str, matches: list[re.Match[str]], first: int) -> tuple[float, int]:
    """Return the product of the words "hundred", "thousand" ... from ``first`` on, and how many."""
    product, taken = 1.0, 0
    while first + taken < len(matches):
        match = matches[first + taken]
        scale = _SCALES.get((match["word"] or "").casefold())
        if not scale or (first + taken and not _is_near(text, matches[first + taken - 1], match)):
            break
        product, taken = product * scale, taken + 1
    return product, taken


def _is_near(text: str, before: re.Match[str], after: re.Match[str]) -> bool:
    return text[before.end() : after.start()] in (" ", "-", "\u00a0")


def _show(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def find_names(text: str, *, is_word: Callable[[str], bool]) -> tuple[Fact, ...]:
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
        found.append(Fact(text=word, term=span.term))
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
    second half of "1922-24" is a year. Names may be spelt a little differently, be made from
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


@lru_cache(maxsize=256)
def said_numbers(said: str) -> frozenset[str]:
    """Return the readings of all numbers of a text, the second years of ranges among them."""
    values = {reading for one in find_numbers(said) for reading in one.readings}
    for match in _RANGE.finditer(said):
        values.add(match[1][: -len(match[2])] + match[2])
    return frozenset(values)


def has_number(number: Fact, values: frozenset[str]) -> bool:
    """Return whether a number is among values, a decade also by one of its years."""
    if number.readings & values:
        return True
    decades = {one[:-2] for one in number.readings if re.fullmatch(r"\d{3}0s", one)}
    return any(_YEAR.fullmatch(value) and value[:3] in decades for value in values)


def find_moved_number(claim: str, spans: str) -> str:
    """Return the first number of the claim that the spans lack while they hold another like it.

    Alike are years with years, and other numbers with others. "" if there is none.

    >>> find_moved_number("The mill closed in 1904.", "In 1903 Pell closed the mill.")
    '1904'
    """
    values = said_numbers(spans)
    for number in find_numbers(claim):
        is_year = any(_YEAR.match(reading) for reading in number.readings)
        rivals = {value for value in values if bool(_YEAR.match(value)) is is_year}
        if rivals and is_year and not has_number(number, values):
            return number.text
    return ""


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
