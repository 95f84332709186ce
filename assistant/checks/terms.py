"""When two words say the same: irregular forms, spelling variants, words made from a name."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import DamerauLevenshtein

from index.analysis import TokenSpan, token_spans, tokenize

_IRREGULAR_VERBS: Final = """
arise arose arisen|awake awoke|bear bore borne|beat beaten|become became|begin began begun
bind bound|bite bit bitten|blow blew blown|break broke broken|bring brought|build built
burn burnt|buy bought|catch caught|choose chose chosen|come came|creep crept|deal dealt|dig dug
draw drew drawn|drink drank drunk|drive drove driven|eat ate eaten|fall fell fallen|feed fed
feel felt|fight fought|find found|flee fled|fly flew flown|forbid forbade forbidden
forget forgot forgotten|forgive forgave forgiven|freeze froze frozen|get got|give gave given
go went gone|grow grew grown|hang hung|hear heard|hide hid hidden|hold held|keep kept
know knew known|lay laid|lead led|leave left|lend lent|lose lost|make made|mean meant|meet met
overcome overcame|overthrow overthrew overthrown|pay paid|ride rode ridden|ring rang rung
rise rose risen|run ran|say said|see saw seen|seek sought|sell sold|send sent|shake shook shaken
shoot shot|show shown|sing sang sung|sink sank sunk|sit sat|sleep slept|speak spoke spoken
spend spent|stand stood|steal stole stolen|stick stuck|strike struck|swear swore sworn
swim swam swum|take took taken|teach taught|tear tore torn|tell told|think thought
throw threw thrown|undertake undertook undertaken|understand understood|wear wore worn
win won|withdraw withdrew withdrawn|write wrote written
"""
"""English verbs whose forms have different stems; forms that are common nouns are left out."""

_ENDINGS: Final = "e|y|s|n|an|ian|ism|ist|ish|ite|ic|ese"
_MADE_FROM_NAME: Final = re.compile(rf"(?:{_ENDINGS})?s?")
_ROMANISED: Final = re.compile(r"(?:yi|iy|ij|ii|yj|y|i)$")
_FEW_LETTERS: Final = 5
"""Shorter words are the same only when spelt the same."""
_MANY_LETTERS: Final = 8
"""From here on two letters may differ rather than one."""
_MANY_CONSONANTS: Final = 5
"""With as many consonants in common, in order, vowels may differ."""


@lru_cache(maxsize=1)
def _load_forms() -> dict[str, str]:
    rows = [tokenize(row) for row in re.split(r"[|\n]", _IRREGULAR_VERBS) if row]
    return {form: row[0] for row in rows for form in row[1:]}


def base_term(term: str) -> str:
    """Return the term under which all forms of an irregular verb are compared.

    >>> base_term("wrote"), base_term("written"), base_term("mill")
    ('write', 'write', 'mill')
    """
    return _load_forms().get(term, term)


@lru_cache(maxsize=1 << 10)
def read_spans(text: str) -> tuple[TokenSpan, ...]:
    """Return ``token_spans`` of a text, remembered: one claim has the same sentences read often."""
    return token_spans(text)


@lru_cache(maxsize=1 << 10)
def read_terms(text: str) -> tuple[str, ...]:
    """Return the terms of a text in order, all forms of an irregular verb alike.

    >>> read_terms("Pell had written to the mill.")
    ('pell', 'write', 'mill')
    """
    return tuple(base_term(span.term) for span in read_spans(text))


@lru_cache(maxsize=1 << 14)
def is_variant(first: str, second: str) -> bool:
    """Return whether two words, of five letters or more, are spellings of one word.

    Spellings may differ in accents, in the ending of a romanised name, in one letter (two from
    eight letters on), in vowels only, or by an ending that makes a word from a name.

    >>> is_variant("tarnowsky", "tarnovskii"), is_variant("skerne", "skernish")
    (True, True)
    >>> is_variant("pell", "bell"), is_variant("marlow", "barlow")
    (False, False)
    """
    if first == second:
        return True
    one, two = sorted((_plain(first), _plain(second)), key=len)
    if one[:1] != two[:1] or not (one + two).isalpha():
        return False
    if len(one) >= _FEW_LETTERS - 1 and _is_made_from(one, two):
        return True
    one, two = _ROMANISED.sub("", one), _ROMANISED.sub("", two)
    if min(len(_plain(first)), len(_plain(second))) < _FEW_LETTERS:
        return False
    if one == two:
        return True
    consonants = re.sub("[aeiouy]+", "", one)
    if len(consonants) >= _MANY_CONSONANTS and consonants == re.sub("[aeiouy]+", "", two):
        return True
    allowed = 2 if min(len(one), len(two)) >= _MANY_LETTERS else 1
    return DamerauLevenshtein.distance(one, two, score_cutoff=allowed) <= allowed


def _is_made_from(one: str, two: str) -> bool:
    """Return whether both are one stem of four letters or more with endings made from names."""
    for length in range(len(one), _FEW_LETTERS - 2, -1):
        if one[:length] == two[:length]:
            rests = (one[length:], two[length:])
            if all(_MADE_FROM_NAME.fullmatch(rest) for rest in rests):
                return True
    return False


def _plain(word: str) -> str:
    """Return a word in small letters without accents and doubled letters."""
    letters = unicodedata.normalize("NFKD", word.casefold().removesuffix("'s"))
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"(.)\1+", r"\1", kept.replace("ph", "f").replace("w", "v"))
