"""Telling English essays from others."""

import math

import py3langid

from index.analysis import is_stop_word

_ENGLISH_STOP_WORD_SHARE = 0.25
"""Of English prose about half of the words are stop words; of its neighbours, which share "in",
"was" or "die" with it, less than a sixth."""
_MIN_WORDS = 20
_MAX_WORDS = 2000
"""A text's beginning is enough to tell."""
_MIN_ODDS = 10


def foreign_language(text: str) -> str:
    """Return the ISO 639-1 code of the language a text is in, or nothing if it passes as English.

    Short texts pass: a wrong rejection is worse than a wrong essay among the others.

    >>> foreign_language("The war began in the spring, and it was over by the autumn.")
    ''
    """
    words = text.split()[:_MAX_WORDS]
    if sum(is_stop_word(word) for word in words) >= _ENGLISH_STOP_WORD_SHARE * len(words):
        return ""
    is_latin_script = sum(letter.isascii() for letter in text) > len(text) / 2
    if is_latin_script and len(words) < _MIN_WORDS:
        return ""
    ranked = py3langid.rank(" ".join(words))  # (code, log-probability up to a constant), best first
    best, best_score = ranked[0]
    english_score = dict(ranked)["en"]
    return str(best) if best_score - english_score > math.log(_MIN_ODDS) else ""
