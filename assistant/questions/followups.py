"""What a question leaves out because it was said before: pronouns, ellipses, "the latter".

Only the wording is looked at, by rules for English: a reference is put into words where it is clear
what it means, else the earlier question goes along. A question that brings its own names and refers
to nothing before it stays alone.
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from assistant.questions.mentions import (
    IsWord,
    Mention,
    find_mentions,
    find_person,
    find_row,
    join_names,
)
from index.analysis import tokenize

MAX_TURNS_BACK: Final = 3
"""How far back a person is looked for where the turns since then name none."""
_FEW_TERMS: Final = 2
"""A question that goes on from another and has fewer terms of its own cannot stand alone."""
_MAX_NOUN_WORDS: Final = 6

_AUXILIARY: Final = (
    "am|is|are|was|were|do|does|did|has|have|had|will|would|can|could|should|may|might|must"
)
_PREPOSITION: Final = (
    "in|at|on|after|before|during|by|with|for|under|from|to|since|until|against|without"
)
_PERSON: Final = re.compile(r"\b(?:he|she|him|his|her|hers)\b", re.IGNORECASE)
_GROUP: Final = re.compile(r"\b(?:they|them|their|theirs)\b", re.IGNORECASE)
_THING: Final = re.compile(
    r"\b(?:its|it)\b(?! (?:(?:is|was|be|has been|would be) )?(?:true|possible|important|necessary"
    r"|likely|clear|fair|right|wrong|correct|said|known|hard|difficult|easy|better|common|worth)\b)"
    r"(?! (?:that|who)\b)(?! (?:\w+ ){1,3}whom?\b)(?! takes? .*\b(?:to|for)\b)",
    re.IGNORECASE,
)
_SUBJECTS: Final = frozenset({"he", "she", "they"})
_POSSESSIVES: Final = frozenset({"his", "hers", "its", "their", "theirs"})
_CLAUSE: Final = re.compile(
    r"[,;:]|\b(?:that|when|while|because|if|before|after|since|until|although|though|as|whether|and"
    r"|but|or|how|why|where|what|who|whom|which|than|so|once|unless)\b",
    re.IGNORECASE,
)
_NOUN: Final = re.compile(r"\b(?:the|a|an|each|every|all|most|many|some|no) (?:\w+ )?\w+", re.I)
_PLURAL_NOUN: Final = re.compile(
    r"\b(?:the|all|most|many|some|no|which|what) (?:\w+ )?(?!(?:was|is|has|does|his|this)\b)\w+s\b",
    re.IGNORECASE,
)
_EVENTS: Final = (
    "decision|policy|event|idea|war|role|reason|period|year|time|day|moment|meeting|conflict"
    "|position|office|group|party|man|woman|person|book|argument|action|law|system|struggle"
    "|crisis|speech|letter|opinion|theory|movement|agreement|strategy|approach|situation"
    "|result|outcome|problem|question"
)
"""Nouns that are no verbs, so that "that" in front of them begins no clause."""
_POINTER: Final = re.compile(
    r"\bthese\b(?! (?:essays?|texts?|documents?|authors?|writers?)\b)"
    r"|\bthis\b(?! (?:essay|text|document|collection|author|writer|library|century)\b)"
    r"|\bthose\b(?! (?:who|that|which|of)\b)"
    rf"|\bthat(?=\s*(?:[?.!,]|$)| (?:{_EVENTS})\b)"
    rf"|(?:^|\b(?:{_AUXILIARY}|{_PREPOSITION}|what|why|how|who|where|when|about|of|than|into) )"
    r"that\b(?! (?:of|the|an?|he|she|it|they|there)\b)"
    r"|\bthe (?:former|latter|others|other one|first one|second one)\b"
    r"|\bthe other(?=[’']s\b|\s*(?:[?.!,]|$))"
    r"|\b(?:do|did|does|done|doing) so\b",
    re.IGNORECASE,
)
_WEAK_POINTER: Final = re.compile(
    r"\b(?:from|to|in|over) there\b"
    r"|\b(?:there|then|next|afterwards|else|instead|both)(?=\s*(?:[?.!]|$))"
    r"|\b(?:in|at|on|of|for|by) the same\b|^(?:what|who|where|when|why|how) else\b"
    r"|^what other\b(?! (?:essay|text|document|author|writer))"
    r"|\b(?:both|neither) of them\b|\bdid both\b|\bafterwards\b",
    re.IGNORECASE,
)
"""What refers back only in a question that names nothing itself."""
_OPENER: Final = re.compile(r"^(?:and|but|so|or|then)\b,?\s*", re.IGNORECASE)
_CONTINUATION: Final = re.compile(
    r"^(?:(?:and|but|so|or)\b|(?:what|how) about\b|why\b|how\b|tell me more\b|more\b|go on\b"
    r"|continue\b|elaborate\b|explain\b|say more\b|for example\b|such as\b)",
    re.IGNORECASE,
)
_READER: Final = re.compile(r"\b(?:you|your|yours|i|me|my)\b", re.IGNORECASE)
_MORE: Final = re.compile(r"^(?:please )?(?:tell me|say|give me)\b", re.IGNORECASE)
_ABOUT: Final = re.compile(
    r"^(?:(?:and|but|so|or)\b,?\s*)?(?:what|how) about (?P<rest>[^?]+)\?*$"
    r"|^(?:and|or|but)\b,?\s+(?P<bare>[^?]+)\?*$",
    re.IGNORECASE,
)
_WITH: Final = re.compile(
    rf"^(?:(?:and|or|but)\b,?\s*)?(?:(?:what|how) about )?(?P<how>{_PREPOSITION}) "
    r"(?P<rest>[^?]+)\?*$",
    re.IGNORECASE,
)
_BARE: Final = re.compile(r"^(?:(?:and|but|so)\b,?\s*)?(?P<word>why|when|where|how)\s*\?*$", re.I)
_ASKED_HOW: Final = re.compile(rf"^(?:when|where|why|how) (?P<rest>(?:{_AUXILIARY})\b.+)$", re.I)
_ASKED_WHETHER: Final = re.compile(rf"^(?P<rest>(?:{_AUXILIARY})\b.+)$", re.IGNORECASE)
_ASKED_WHAT: Final = re.compile(
    r"^(?:what|who) (?P<verb>is|was|are|were) (?P<noun>[^?]+)\?*$", re.IGNORECASE
)
_UNFINISHED: Final = re.compile(
    r"\b(?:of|about|like|for|from|to|with|in|on|at|by|made|called|named|known|built|done|doing|said"
    r"|it|they|he|she|him|her|them|this|that|there)$",
    re.IGNORECASE,
)
_YEAR: Final = re.compile(r"\b\d{3,4}s?\b")
_VERB: Final = re.compile(rf"\b(?:{_AUXILIARY})\b", re.IGNORECASE)


class Said(NamedTuple):
    """An earlier exchange: the question with its own references resolved, and the answer."""

    asked: str
    answer: str


def resolve(question: str, said: Sequence[Said], *, is_word: IsWord) -> str:
    """Return a question with what it refers back to put into words, or put in front of it.

    Args:
        question: What the reader typed, without repeated spaces.
        said: What was said before, oldest first; without it, the question stands as it is.
        is_word: Whether a term is known as a common word.

    >>> resolve("What about Vey?", [Said("When did Pell leave?", "By night.")],
    ...         is_word=lambda term: False)
    'When did Vey leave?'
    """
    if not said or not question:
        return question
    asked, answer = said[-1]
    if swapped := _swap(question, asked, is_word):
        return swapped
    text = _name_one_of_two(question, asked, answer, is_word)
    text = _name_person(text, said, is_word)
    text = _name_group(text, asked, answer, is_word)
    text = _name_thing(text, asked, is_word)
    refers = _refers_back(text, is_word, has_name=bool(_inner_mentions(question, is_word)))
    return f"{_shorten(asked)} {text}".strip() if refers else text


def _shorten(asked: str) -> str:
    """Return the first and the last of the questions that a text holds."""
    parts = re.split(r"(?<=[?.!]) (?=[A-Z])", asked)
    return asked if len(parts) < 3 else f"{parts[0]} {parts[-1]}"


def _refers_back(text: str, is_word: IsWord, *, has_name: bool) -> bool:
    pronouns = (_PERSON, _GROUP, _THING)
    if any(_find_unbound(pattern, text, is_word) for pattern in pronouns) or _POINTER.search(text):
        return True
    if not has_name and _WEAK_POINTER.search(text):
        return True
    n_terms = len(set(tokenize(text)))
    if n_terms == 0:
        return bool(_MORE.search(text)) or not _READER.search(text)
    if _OPENER.search(text) and not has_name:
        return n_terms <= _FEW_TERMS
    return bool(_CONTINUATION.search(text)) and n_terms < _FEW_TERMS


def _inner_mentions(text: str, is_word: IsWord) -> tuple[Mention, ...]:
    """Return the names after the first word, which has a capital letter anyway."""
    return tuple(one for one in find_mentions(text, is_word=is_word) if one.start > 0)


def _find_unbound(
    pattern: re.Pattern[str], text: str, is_word: IsWord
) -> tuple[re.Match[str], ...]:
    """Return the pronouns that mean nothing said before them in the same text."""
    return tuple(
        match for match in pattern.finditer(text) if not _is_bound(match, pattern, is_word)
    )


def _is_bound(match: re.Match[str], pattern: re.Pattern[str], is_word: IsWord) -> bool:
    before = match.string[: match.start()]
    names = _inner_mentions(before, is_word)
    ends = [one.end for one in names]
    if pattern is _GROUP:
        ends = [one.end for one in names if one.is_in_row]
        ends += [found.end() for found in _PLURAL_NOUN.finditer(before)]
    elif pattern is _THING:
        ends += [found.end() for found in _NOUN.finditer(before)]
    if not ends:
        return False
    word = match.group().lower()
    is_owned = any(one.is_owner for one in names)
    is_near = word in _SUBJECTS or _is_possessive(match)
    return is_near or is_owned or bool(_CLAUSE.search(before, min(ends)))


def _is_possessive(match: re.Match[str]) -> bool:
    word = match.group().lower()
    rest = match.string[match.end() :]
    if word != "her":
        return word in _POSSESSIVES
    follows = re.match(r"\s+([a-z]+)", rest)
    return follows is not None and not re.fullmatch(
        rf"{_PREPOSITION}|{_AUXILIARY}|and|or|but|as|when|because|that|so|off|out|up", follows[1]
    )


def _replace(text: str, matches: Sequence[re.Match[str]], name: str) -> str:
    for match in reversed(matches):
        put = f"{name}'s" if _is_possessive(match) else name
        text = text[: match.start()] + put + text[match.end() :]
    return text


def _name_person(text: str, said: Sequence[Said], is_word: IsWord) -> str:
    found = _find_unbound(_PERSON, text, is_word)
    if not found:
        return text
    names = (
        find_person(asked, answer, is_word=is_word)
        for asked, answer in reversed(said[-MAX_TURNS_BACK:])
    )
    name = next(filter(None, names), "")
    return _replace(text, found, name) if name else text


def _name_group(text: str, asked: str, answer: str, is_word: IsWord) -> str:
    found = _find_unbound(_GROUP, text, is_word)
    row = find_row(answer, is_word=is_word) or find_row(asked, is_word=is_word)
    noun = join_names(row) or _find_noun(asked, verbs=("are", "were"))
    if not found or not noun:
        return text
    # Once named, a pronoun after it is bound: "them from their seats".
    return _replace(text, found[:1], noun)


def _name_thing(text: str, asked: str, is_word: IsWord) -> str:
    found = _find_unbound(_THING, text, is_word)
    noun = _find_noun(asked, verbs=("is", "was"))
    return _replace(text, found[:1], noun) if found and noun else text


def _find_noun(asked: str, *, verbs: Sequence[str]) -> str:
    """Return X of the question "What was X?", or "" if another was asked."""
    match = _ASKED_WHAT.match(asked)
    if match is None or match["verb"].lower() not in verbs:
        return ""
    noun = match["noun"].strip()
    is_noun = re.match(r"(?:the|an?)\s|[\"“'‘]?[A-Z]", noun) is not None
    is_short = len(noun.split()) <= _MAX_NOUN_WORDS
    return noun if is_noun and is_short and not _UNFINISHED.search(noun) else ""


def _name_one_of_two(text: str, asked: str, answer: str, is_word: IsWord) -> str:
    """Return the text with "the former", "the latter" or "the other one" of two names named."""
    rows = [find_row(said, is_word=is_word) for said in (answer, asked)]
    pair = next((row for row in rows if len(row) == 2), ())
    if not pair:
        return text
    text = re.sub(r"\bthe former\b", pair[0], text, flags=re.IGNORECASE)
    text = re.sub(r"\bthe latter\b", pair[1], text, flags=re.IGNORECASE)
    rest = [name for name in pair if name not in answer]
    if len(rest) == 1:
        other = r"\bthe other(?: one\b|(?=[’']s\b|\s*(?:[?.!,]|$)))"
        text = re.sub(other, rest[0], text, flags=re.IGNORECASE)
    return text


def _swap(question: str, asked: str, is_word: IsWord) -> str:
    """Return the earlier question with one part of it exchanged, or "" if that is not clear."""
    if asked.count("?") > 1 or not asked.endswith("?"):
        return ""
    if bare := _BARE.match(question):
        earlier = _ASKED_HOW.match(asked) or _ASKED_WHETHER.match(asked)
        if earlier is None:
            return ""
        rest = earlier["rest"]
        return f"{bare['word'].capitalize()} {rest[0].lower()}{rest[1:]}"
    if found := _WITH.match(question):
        return _swap_part(found["rest"].strip(), asked, is_word, how=found["how"].lower())
    if found := _ABOUT.match(question):
        return _swap_part((found["rest"] or found["bare"]).strip(), asked, is_word, how="")
    return ""


def _swap_part(new: str, asked: str, is_word: IsWord, *, how: str) -> str:
    if _VERB.search(new) or _PERSON.search(new) or _POINTER.search(new) or _THING.search(new):
        return ""
    if _YEAR.fullmatch(new):
        spans = [match.span() for match in _YEAR.finditer(asked)]
    elif new in [one.name for one in find_mentions(f"is {new}", is_word=is_word)]:
        names = _inner_mentions(asked, is_word)
        spans = [
            (one.start, one.end)
            for one in names
            if (_stands_after(asked, one, how) if how else not one.is_place)
        ]
        has_other_place = bool(how) and not spans and any(one.is_place for one in names)
        if has_other_place or any(one.name == new for one in names):
            return ""
    else:
        spans = []
    if len(spans) == 1:
        start, end = spans[0]
        return asked[:start] + new + asked[end:]
    return f"{asked.rstrip('? ')} {how} {new}?" if how and not spans else ""


def _stands_after(text: str, one: Mention, how: str) -> bool:
    return re.search(rf"\b{how} (?:the )?$", text[: one.start], re.IGNORECASE) is not None
