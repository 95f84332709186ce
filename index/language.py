"""Telling English essays from others."""

from functools import lru_cache
from typing import Protocol, cast

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from index.analysis import is_stop_word

_ENGLISH_STOP_WORD_SHARE = 0.25
"""Of English prose about half of the words are stop words; of its neighbours, which share "in",
"was" or "die" with it, less than a sixth."""
_MIN_WORDS = 20
_MIN_PROBABILITY = 0.9


class _Identifier(Protocol):
    def classify(self, text: str) -> tuple[str, float]: ...


@lru_cache(maxsize=1)
def _load_identifier() -> _Identifier:
    return cast(_Identifier, LanguageIdentifier.from_pickled_model(MODEL_FILE, norm_probs=True))


def foreign_language(text: str) -> str:
    """Return the ISO 639-1 code of the language a text is in, or nothing if it passes as English.

    Short texts pass: a wrong rejection is worse than a wrong essay among the others.

    >>> foreign_language("The war began in the spring, and it was over by the autumn.")
    ''
    """
    words = text.split()
    if sum(is_stop_word(word) for word in words) >= _ENGLISH_STOP_WORD_SHARE * len(words):
        return ""
    is_latin_script = sum(letter.isascii() for letter in text) > len(text) / 2
    if is_latin_script and len(words) < _MIN_WORDS:
        return ""
    language, probability = _load_identifier().classify(text)
    return language if language != "en" and probability >= _MIN_PROBABILITY else ""
