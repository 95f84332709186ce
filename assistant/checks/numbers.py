"""The numbers of a text by value, however they are written."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

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
    r"(?<!\d)(?<!\d[.,])(?P<digits>\d{1,3}(?:[,\u00a0\u202f ]\d{3})+(?![\d])|\d+(?:\.\d+)?)"
    r"(?P<ending>['’]?s\b|st\b|nd\b|rd\b|th\b)?"
    r"|(?P<word>[A-Za-z]+)"
)
_RANGE: Final = re.compile(r"(?<!\d)(\d{3,4})\s*[-–—/]\s*(\d{1,2})(?!\d)")
_YEAR: Final = re.compile(r"1\d{3}|20\d{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number of a text.

    Attributes:
        text: As written.
        readings: Its values as digits, any of which it may mean.
    """

    text: str
    readings: frozenset[str]


def find_numbers(text: str) -> tuple[Number, ...]:
    """Return the numbers of a text in order, in digits or spelled out.

    "500,000", "500 000", "half a million" are read alike; so are "two" and "2", "19th" and
    "nineteenth". Decades are read as "1920s". "One" and "first" are no numbers.

    >>> [(one.text, sorted(one.readings)) for one in find_numbers("Half a million in 1,788")]
    [('Half a million', ['500000']), ('1,788', ['1788'])]
    """
    matches = list(_NUMBER.finditer(text))
    found: list[Number] = []
    number = 0
    while number < len(matches):
        taken, readings = _read_number(text, matches, number)
        if taken:
            start, end = matches[number].start(), matches[number + taken - 1].end()
            found.append(Number(text=text[start:end], readings=readings))
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


@lru_cache(maxsize=256)
def said_numbers(said: str) -> frozenset[str]:
    """Return the readings of all numbers of a text, the second years of ranges among them."""
    values = {reading for one in find_numbers(said) for reading in one.readings}
    return frozenset(values.union(_range_ends(said)))


def has_number(number: Number, values: frozenset[str]) -> bool:
    """Return whether a number is among values, a decade also by one of its years."""
    if number.readings & values:
        return True
    decades = {one[:-2] for one in number.readings if re.fullmatch(r"\d{3}0s", one)}
    return any(_YEAR.fullmatch(value) and value[:3] in decades for value in values)


def find_moved_year(claim: str, spans: str) -> str:
    """Return the first year of the claim that the spans lack while they hold another, or "".

    >>> find_moved_year("The mill closed in 1788.", "In 1903 Pell closed the mill.")
    '1788'
    """
    values = said_numbers(spans)
    if not find_years(spans):
        return ""
    return next(
        (
            number.text
            for number in find_numbers(claim)
            if _YEAR.fullmatch(number.text) and not has_number(number, values)
        ),
        "",
    )


def find_years(text: str) -> frozenset[str]:
    """Return the years of a text, the second ones of ranges among them.

    >>> sorted(find_years("From 1788-91 Pell owned 1,200 looms."))
    ['1788', '1791']
    """
    written = {one.text for one in find_numbers(text)} | set(_range_ends(text))
    return frozenset(one for one in written if _YEAR.fullmatch(one))


def _range_ends(text: str) -> list[str]:
    """Return the years that "1903-05" ends with, written out."""
    return [match[1][: -len(match[2])] + match[2] for match in _RANGE.finditer(text)]
