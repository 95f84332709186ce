"""Spellings of one word: what a reader may have meant by a word that no essay holds.

Three rules. Spellings that differ only in how sounds are written down ("organise", "organize";
a name in two transliterations) are one word. A slip of typing is forgiven in a long enough word,
but never in one that is itself a word of English, or a well-known name: who asks about a "winner"
does not mean a "wringer". Names are many and close to each other, so a slip that puts one consonant
for another, or changes a name's end, makes another name.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA
from spellchecker import SpellChecker

MIN_CHARS: Final = 5
"""Shorter words have too many neighbours."""
MIN_NAME_CHARS: Final = 6
"""The same for a slip in a name."""
TWO_SLIPS_CHARS: Final = 9
"""From this length on, two slips are forgiven in a word that is no name."""

_Folds = tuple[tuple[re.Pattern[str], str], ...]


def _compile(*rules: tuple[str, str]) -> _Folds:
    # Several words are folded at once, a line each.
    return tuple((re.compile(pattern, re.MULTILINE), replacement) for pattern, replacement in rules)


_CONVENTIONS: Final = _compile(
    (r"(?<=..)our(?=s?$|ed|ing|it|abl|ful|less)", "or"),
    (r"re$", "er"),
    (r"[ao]e", "e"),
    (r"(?<=[iy])z(?=[aei])", "s"),
    (r"ogue$", "og"),
    (r"ence$", "ense"),
    (r"ll", "l"),
)
"""British and American English."""
_TRANSCRIPTIONS: Final = _compile(
    (r"e?au", "o"),
    (r"([aou])e", r"\1"),
    (r"ph", "f"),
    (r"c(?=[eiy])", "s"),
    (r"(?<=[a-z])h", ""),
    (r"[cq]", "k"),
    (r"[yj]", "i"),
    (r"w", "v"),
    (r"z", "s"),
    (r"x", "ks"),
    (r"(.)\1+", r"\1"),
)
"""Names of other languages and scripts."""
_VOWELS: Final = re.compile(r"[aeiou]")
_POSSESSIVE: Final = re.compile("['’]s$", re.IGNORECASE)


def strip_possessive(word: str) -> str:
    """Return a word without the ending that makes it an owner.

    >>> strip_possessive("Pell’s"), strip_possessive("mills")
    ('Pell', 'mills')
    """
    return _POSSESSIVE.sub("", word) if word[-1:] in "sS" else word


def fold_word(word: str) -> str:
    """Return a word without what British and American spelling differ in; case is ignored.

    >>> fold_word("Organised") == fold_word("organized"), fold_word("mill") == fold_word("mall")
    (True, False)
    """
    return _fold(word, _CONVENTIONS)


def fold_name(name: str) -> str:
    """Return a name without what its transcriptions differ in; case and accents are ignored.

    >>> fold_name("Skernyi") == fold_name("Skerny"), fold_name("Skerny") == fold_name("Skarny")
    (True, False)
    """
    return _fold(name, _TRANSCRIPTIONS)


def _fold(word: str, folds: _Folds) -> str:
    """Return a word folded; words that stand a line each, each of them."""
    letters = unicodedata.normalize("NFKD", word.casefold())
    folded = "".join(letter for letter in letters if not unicodedata.combining(letter))
    for pattern, replacement in folds:
        folded = pattern.sub(replacement, folded)
    return folded


@lru_cache(maxsize=1)
def _load_lexicon() -> SpellChecker:
    return SpellChecker(language="en", distance=1)


def is_english(word: str) -> bool:
    """Return whether a word is one of English, or a widely known name; case is ignored.

    The list is read at the first call, which takes half a second.

    Source: the English frequency list of pyspellchecker, from OpenSubtitles, 160,000 words.

    >>> is_english("Winner"), is_english("winnner")
    (True, False)
    """
    return word.casefold() in _load_lexicon()


class Spellings:
    """The words of a corpus, as its essays spell them.

    Args:
        counts: For each term, how often each word stands for it, as written.
    """

    def __init__(self, counts: Mapping[str, Mapping[str, int]]) -> None:
        self._commonest = {term: _find_commonest(words) for term, words in counts.items()}
        self._counts = {term: sum(words.values()) for term, words in counts.items()}
        self._is_small = {
            term for term, words in counts.items() if any(word[0].islower() for word in words)
        }
        self._is_capital = {
            term for term, words in counts.items() if any(word[0].isupper() for word in words)
        }
        self._terms: dict[str, str] = {}
        for term, words in counts.items():
            for word in (*words, term):  # its stem too: "mills" stands for a mistyped "mill"
                if word.isalpha() and len(word) >= MIN_CHARS:
                    self._terms.setdefault(word.casefold(), term)

    def prepare(self) -> None:
        """Do now what the first look for a mistyped word does: fold all words, read the list."""
        self._folded.get("")
        is_english("")

    def get_commonest(self, term: str) -> str:
        """Return the word that most often stands for a term, as written; the term if none does."""
        return self._commonest.get(term, term)

    def has_small(self, term: str) -> bool:
        """Return whether a term stands as a word in small letters, so as no name."""
        return term in self._is_small

    def find_similar(
        self,
        word: str,
        *,
        limit: int,
        is_known: bool,
        is_wanted: Callable[[str], bool] = bool,
    ) -> tuple[str, ...]:
        """Return the terms of which a word may be a spelling, the closest first.

        Only those with the fewest slips are given; among them the commonest is first, then by
        alphabet. Empty for a word shorter than ``MIN_CHARS`` or with a digit.

        Args:
            word: As typed, without a possessive; with a capital letter it is no common word.
            limit: The most terms wanted, at least 1.
            is_known: Whether the corpus holds the word: then it has no slip, only variants.
            is_wanted: Whether a term may be given; by default every one.
        """
        typed = word.casefold()
        if len(typed) < MIN_CHARS or not typed.isalpha():
            return ()
        slips = dict.fromkeys(self._find_variants(word), 0)
        if not slips and not is_known:
            slips = self._find_slips(typed, is_name=word[0].isupper())
        slips = {term: number for term, number in slips.items() if is_wanted(term)}
        ranked = sorted(
            (number, -self._counts[term], term)
            for term, number in slips.items()
            if number == min(slips.values()) and term != self._terms.get(typed)
        )
        return tuple(term for _, _, term in ranked[:limit])

    @cached_property
    def _folded(self) -> dict[str, list[str]]:
        """Terms by their folded words; a name's by ``fold_name``, after a mark."""
        # All at once: one pass of each rule over one text takes a tenth of the time.
        words = "\n".join(self._terms)
        as_words = _fold(words, _CONVENTIONS).split("\n")
        as_names = _fold(words, _TRANSCRIPTIONS).split("\n")
        folded: dict[str, list[str]] = {}
        for term, word, name in zip(self._terms.values(), as_words, as_names, strict=False):
            folded.setdefault(word if self.has_small(term) else f"*{name}", []).append(term)
        return folded

    @cached_property
    def _words(self) -> tuple[str, ...]:
        return tuple(self._terms)

    def _find_variants(self, word: str) -> list[str]:
        found = list(self._folded.get(fold_word(word), ()))
        names = self._folded.get(f"*{fold_name(word)}", ())
        is_common = self.has_small(self._terms.get(word.casefold(), ""))
        if names and not is_common and (word[0].isupper() or not is_english(word)):
            found += names
        return found

    def _find_slips(self, typed: str, *, is_name: bool) -> dict[str, int]:
        most = 2 if len(typed) >= TWO_SLIPS_CHARS else 1
        found: dict[str, int] = {}
        for close, distance, _ in process.extract(
            typed, self._words, scorer=OSA.distance, score_cutoff=most, limit=None
        ):
            term, number = self._terms[close], int(distance)
            if is_name and term not in self._is_capital:
                continue
            is_slip = _is_word_slip if self.has_small(term) else _is_name_slip
            if is_slip(typed, close, number):
                found[term] = min(found.get(term, number), number)
        return {} if found and is_english(typed) else found


def _is_word_slip(typed: str, meant: str, n_slips: int) -> bool:
    is_same_start = typed[0] == meant[0] or typed[:2] == meant[1::-1]
    return is_same_start and (n_slips < 2 or len(meant) >= TWO_SLIPS_CHARS)


def _is_name_slip(typed: str, meant: str, n_slips: int) -> bool:
    """Return whether a name is mistyped, and not another.

    >>> _is_name_slip("skenre", "skerne", 1), _is_name_slip("sterne", "skerne", 1)
    (True, False)
    """
    if n_slips > 1:
        return False
    if sorted(typed) == sorted(meant):
        return True
    if min(len(typed), len(meant)) < MIN_NAME_CHARS:
        return False
    return (typed[0], typed[-1]) == (meant[0], meant[-1]) and (
        len(typed) != len(meant)
        or _VOWELS.sub("", fold_name(typed)) == _VOWELS.sub("", fold_name(meant))
    )


def _find_commonest(words: Mapping[str, int]) -> str:
    """Return the word counted most; of equals one written small, then by alphabet.

    >>> _find_commonest({"Mills": 1, "mills": 1, "mill": 1})
    'mill'
    """
    return min(words, key=lambda word: (-words[word], word[:1].isupper(), word))
