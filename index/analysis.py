"""The one analysis of text for passages and queries: text to terms.

A term is what is compared when searching: a stemmed, case-folded word, a number, or the letters
of an abbreviation. The same function serves the index, the query and the highlighting, so the
three cannot disagree.
"""

import re
import threading
import unicodedata
from functools import lru_cache
from typing import NamedTuple, Protocol, cast

import snowballstemmer

_STOP_WORDS = """
i me my myself we us our ours ourselves you your yours yourself yourselves he him his himself
she her hers herself it its itself they them their theirs themselves what which who whom whose
this that these those am is are was were be been being have has had having do does did doing
would should could ought will shall can may might must
i'm you're he's she's it's we're they're i've you've we've they've i'd you'd he'd she'd we'd
they'd i'll you'll he'll she'll we'll they'll isn't aren't wasn't weren't hasn't haven't hadn't
doesn't don't didn't won't wouldn't shan't shouldn't can't cannot couldn't mustn't let's that's
who's what's here's there's when's where's why's how's
a an the and but if or because as until while of at by for with about against between into
through during before after above below to from up down in out on off over under again further
then once here there when where why how all any both each few more most other some such no nor
not only own same so than too very
"""

STOP_WORDS = frozenset(_STOP_WORDS.split())
"""Words too common to find anything by.

Source: the Snowball project's English stop word list (snowballstem.org, BSD), with the modal
verbs and "us" and "whose" that it comments out or lacks.
"""

_CACHED_WORDS = 1 << 16
"""Distinct words whose terms are remembered: more than the vocabulary of a large library, a few
megabytes at most."""

_LETTER = r"[^\W\d_](?:[\u0300-\u036f])*"
_TOKEN = re.compile(
    rf"""
    (?P<initials>(?<!\w)[A-Z]\.(?:[ ]?[A-Z]\.)+)       # U.S.S.R., J. V.
    | (?P<number>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?(?!\w)    # 500,000
        | \d+\.\d+(?!\w))                                # 3.5
    | (?P<decade>\d+['’]?s(?!\w))                        # 1920s, 1920's
    | (?P<word>(?:{_LETTER}|\d)+(?:['’](?:{_LETTER}|\d)+)*)
    """,
    re.VERBOSE,
)


class TokenSpan(NamedTuple):
    """A term and where it stands: ``text[start:end]`` is the word it was made from."""

    term: str
    start: int
    end: int


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802 - the library's name


_STEMMER_LOCK = threading.Lock()  # a Snowball stemmer keeps the word it works on in itself


@lru_cache(maxsize=1)
def _load_stemmer() -> _Stemmer:
    return cast(_Stemmer, snowballstemmer.stemmer("english"))


def _normalize(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold().replace("’", "'")


def is_stop_word(word: str) -> bool:
    """Return whether a word is too common to search by; case and kind of apostrophe are ignored.

    >>> is_stop_word("Didn’t"), is_stop_word("war")
    (True, False)
    """
    return _normalize(word) in STOP_WORDS


def token_spans(text: str) -> tuple[TokenSpan, ...]:
    """Return the terms of a text with the half-open spans of the words they were made from.

    Stop words have no span. Spans are in order and do not overlap.

    >>> token_spans("The Kings' 500,000 men")
    (TokenSpan(term='king', start=4, end=9), TokenSpan(term='500000', start=11, end=18), \
TokenSpan(term='men', start=19, end=22))
    """
    spans = []
    for match in _TOKEN.finditer(text):
        term = _term(match)
        if term:
            spans.append(TokenSpan(term, match.start(), match.end()))
    return tuple(spans)


def tokenize(text: str) -> tuple[str, ...]:
    """Return the terms of a text in order, with repetitions; empty if it has none.

    Unicode-normalised (NFKC), case-folded, both apostrophes alike, possessives dropped, a number
    with thousands separators one term, dotted initials one term, Snowball stems, no stop words.

    Source: M. F. Porter, the "English (Porter2)" stemmer of snowballstem.org.

    >>> tokenize("Why did J. V. Example's 500,000 workers rise in the U.S.?")
    ('jv', 'exampl', '500000', 'worker', 'rise', 'us')
    """
    return tuple(span.term for span in token_spans(text))


def _term(match: re.Match[str]) -> str:
    """Return the term of a matched word; empty for a stop word."""
    found = match.group()
    kind = match.lastgroup
    if kind == "word":
        return _word_term(found)
    if kind == "initials":
        return "".join(letter for letter in found if letter.isalpha()).casefold()
    if kind == "number":
        return found.replace(",", "")
    return re.sub("['’]", "", found)


@lru_cache(maxsize=_CACHED_WORDS)
def _word_term(found: str) -> str:
    if found == "US":  # the country; the pronoun is a stop word
        return "us"
    word = _normalize(found)
    if word in STOP_WORDS:
        return ""
    word = word.removesuffix("'s")
    if word in STOP_WORDS:
        return ""
    with _STEMMER_LOCK:
        return _load_stemmer().stemWord(word)
