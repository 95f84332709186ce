"""What is said to an assistant without asking it about the essays, and what to reply.

Only a text that is small talk as a whole counts: a greeting before a question is taken off, and
the question stays.
"""

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Final

from rapidfuzz.distance import OSA

from index.analysis import is_stop_word, token_spans


class Talk(StrEnum):
    """Kinds of small talk."""

    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    ABOUT = "about the assistant"
    FEELING = "how are you"
    NOTED = "noted"


_GREETINGS: Final = frozenset(
    ("hello", "hi", "hey", "hiya", "howdy", "greetings", "hallo", "yo", "hola", "heya", "hullo")
)
_THANKS: Final = frozenset(("thanks", "thank", "thx", "ty", "cheers", "thankyou", "tnx"))
_GOODBYES: Final = frozenset(("bye", "goodbye", "byebye", "cya", "farewell", "ciao"))
_NOTE_WORDS: Final = """
ok okay okey k yes yep yeah no nope sure right great nice good cool perfect wonderful excellent
brilliant fine wow lol interesting alright amazing awesome super oh ah
"""
_NOTES: Final = frozenset(_NOTE_WORDS.split())
_FILLER_WORDS: Final = """
there assistant everyone everybody all again you very so much a lot many dear friend my to for the
that this your help now then please and really well job work answer is it was helpful useful what
an bot computer sir madam too
"""
_FILLERS: Final = frozenset(_FILLER_WORDS.split())
_PRAISING: Final = frozenset(("very", "really", "so", "that"))
"""What may stand before "good" alone; "was it good" is a question."""
_PHRASES: Final = (
    (Talk.GREETING, r"(?:a )?(?:very )?good (?:morning|afternoon|evening|day)"),
    (Talk.THANKS, r"much appreciated|i appreciate (?:it|that)|that(?:'s| is| was) (?:all|it)"),
    (Talk.GOODBYE, r"(?:see|cu|c) (?:you|ya|u)(?: (?:later|soon|around|tomorrow))?"),
    (Talk.GOODBYE, r"good ?night|take care|until next time|have a (?:nice|good|great) \w+"),
    (Talk.FEELING, r"how(?: are|'re|r| r) (?:you|u|ya)(?: doing)?(?: today)?"),
    (Talk.FEELING, r"how(?:'s| is) (?:it going|life|everything)|how do you (?:do|feel)"),
    (Talk.FEELING, r"what(?:'s| is) up|whats up|(?:nice|pleased) to meet you|you ok(?:ay)?"),
    (Talk.NOTED, r"got it|i (?:see|understand)|(?:that )?makes sense|never ?mind|not bad"),
    (Talk.NOTED, r"that(?:'s| is) (?:all )?(?:right|wrong|good|great|fine|nice|helpful)"),
)
_ABOUT: Final = (
    r"(?:who|what) (?:are|r) (?:you|u)(?: exactly)?",
    r"(?:who|what) (?:am i talking|is this|am i chatting)(?: (?:to|with))?",
    r"what(?:'s| is| are) your (?:name|job|purpose|function)s?",
    r"(?:do|does) you have a name",
    r"what (?:can|could|do|will) (?:you|u|i|it|this)(?: (?:actually|really))? (?:do|ask|know)"
    r"(?: (?:for me|here|you|about|with (?:you|this|it)))*",
    r"what can you (?:help(?: me)? with|tell me|answer)",
    r"what (?:are you|is this(?: thing| app| page| program)?) (?:for|about)",
    r"what(?: kinds?| sorts?) (?:of )?questions (?:can|may|should|could) i ask(?: you)?",
    r"how (?:do|does|can|should) (?:you|this|it|i|i use (?:you|this|it))(?: thing| app)? ?(?:work)?"
    r"(?: (?:here|use (?:you|this|it)))?",
    r"how can (?:you|u) help(?: me)?",
    r"(?:can|could|will|would) (?:you|u) (?:please )?help(?: me)?(?: out)?(?: please)?",
    r"(?:i need |get |please )?(?:some )?help(?: me)?(?: out)?(?: please)?|usage|instructions",
    r"are you (?:an? )?(?:ai|a\.i\.|bot|robot|human|person|real|machine|computer|chatgpt|there|llm"
    r"|language model|chatbot)(?: or (?:an? )?\w+)?",
    r"(?:who|what company) (?:made|built|created|wrote|trained|programmed) (?:you|u)",
    r"(?:tell me|say something) about (?:yourself|you)|introduce yourself",
)
_ABOUT_FORM: Final = re.compile("|".join(f"(?:{pattern})" for pattern in _ABOUT))

_ASKING: Final = (
    r"(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|has|have|had|can"
    r"|could|would|will|should|tell|explain|describe|compare|summari[sz]e|list|name|give|show"
    r"|please|according|in|i)\b"
)
_HAIL: Final = r"(?:h+e+l+o+|h+i+|h+e+y+|hiya|howdy|greetings|good (?:morning|afternoon|evening))"
_GREETED: Final = re.compile(
    rf"^\s*{_HAIL}(?: (?:there|again|everyone|all|assistant))?"
    rf"(?:\s*[,.!:;–—]+\s+(?=\S)|\s+(?={_ASKING}))",
    re.IGNORECASE,
)
_THANKED: Final = re.compile(
    r",?\s+please(?=\W*$)"
    r"|(?<=[?.!])\s*(?:many )?(?:thanks|thank you|thx|cheers)(?: very much| so much| a lot"
    r"| in advance| you)?\s*[.!]*\s*$",
    re.IGNORECASE,
)
_POLITE: Final = re.compile(
    r"^\s*(?:please[,:]?\s+)?"
    r"(?:(?:can|could|would|will) you (?:please |kindly )?(?:tell me|let me know|say)"
    r"|(?:please |kindly )?tell me|do you know|i(?: would|'d|’d) (?:like|love) to know"
    r"|i (?:want|wanted|need) to know|i(?: was|'m| am|’m) wondering|please)"
    r"(?: please)?[,:]?\s+(?=(?:if|whether|who|whom|whose|what|which|when|where|why|how|explain"
    r"|describe|summari[sz]e|compare|list|name|give)\b)",
    re.IGNORECASE,
)

MAX_TYPOS: Final = 1
"""Letters that may be wrong in a word of small talk."""
MIN_TYPO_LETTERS: Final = 5
"""Shorter words of small talk must be spelt as they are."""


def find_talk(text: str, *, is_known: Callable[[str], bool]) -> Talk | None:
    """Return the kind of small talk that a text is as a whole; ``None`` if it says more.

    Args:
        text: What the reader typed; blank text is no small talk.
        is_known: Whether a term stands in the essays: such a word is no misspelt greeting.

    >>> find_talk("Helo there!", is_known=lambda term: False)
    <Talk.GREETING: 'greeting'>
    >>> find_talk("Hello Pell", is_known=lambda term: False) is None
    True
    """
    plain = _plain(text)
    if not plain:
        return None
    if _ABOUT_FORM.fullmatch(plain):
        return Talk.ABOUT
    for talk, pattern in _PHRASES:
        plain, n_found = re.subn(rf"\b(?:{pattern})\b", " ", plain)
        if n_found:
            rest = plain.split()
            return talk if all(_is_small(word, is_known) for word in rest) else None
    words = plain.split()
    kinds = [_kind_of(word, is_known) for word in words]
    found = [kind for kind in kinds if kind is not None]
    is_small = all(kind or word in _FILLERS for kind, word in zip(kinds, words, strict=True))
    is_note = found[:1] == [Talk.NOTED]
    if not found or not is_small or (is_note and not (kinds[0] or words[0] in _PRAISING)):
        return None
    return next((kind for kind in found if kind is not Talk.NOTED), Talk.NOTED)


def strip_talk(text: str) -> str:
    """Return a text without the greeting, the thanks and the polite words around its question.

    >>> strip_talk("Hello there, could you tell me when the mill closed? Thanks!")
    'When the mill closed?'
    """
    kept = " ".join(_THANKED.sub("", text).split())
    shorter = _POLITE.sub("", _GREETED.sub("", kept))
    return shorter if shorter == kept else shorter[:1].upper() + shorter[1:]


def _plain(text: str) -> str:
    """Return a text in small letters without marks, symbols and stretched letters."""
    folded = text.casefold().replace("’", "'")
    kept = re.sub(r"[^\w\s'.]|_|\.(?!\w)|(?<!\w)'|'(?!\w)", " ", folded)
    return " ".join(re.sub(r"([^\W\d])\1{2,}", r"\1\1", kept).split())


def _is_small(word: str, is_known: Callable[[str], bool]) -> bool:
    return word in _FILLERS or word in _NOTES or _kind_of(word, is_known) is not None


def _kind_of(word: str, is_known: Callable[[str], bool]) -> Talk | None:
    kinds = (
        (Talk.GREETING, _GREETINGS),
        (Talk.THANKS, _THANKS),
        (Talk.GOODBYE, _GOODBYES),
        (Talk.NOTED, _NOTES),
    )
    for form in (word, re.sub(r"(.)\1+", r"\1", word)):
        for kind, words in kinds:
            if form in words or (kind is Talk.NOTED and re.fullmatch(r"(?:ha|hm+)+", form)):
                return kind
    if len(word) < MIN_TYPO_LETTERS - 1 or is_stop_word(word) or any(map(is_known, _terms(word))):
        return None
    return next(
        (kind for kind, words in kinds[:-1] if any(_is_misspelt(word, one) for one in words)), None
    )


def _is_misspelt(word: str, meant: str) -> bool:
    return (
        len(meant) >= MIN_TYPO_LETTERS
        and word[0] == meant[0]
        and OSA.distance(word, meant, score_cutoff=MAX_TYPOS) <= MAX_TYPOS
    )


def _terms(text: str) -> Iterator[str]:
    return (span.term for span in token_spans(text))


_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop")
_MIN_MASH: Final = 4
_MAX_CONSONANTS: Final = 6
_DIGRAPHS: Final = re.compile("t?sch|tch|ch|sh|th|ph|gh|kh|zh|ck|ng|tz|cz|sz|rz|ts")
"""Letters that stand for one sound together."""
_VOWELS: Final = "aeiouyäöüàáâåãèéêëìíîïòóôõøùúûýæœ"


def is_nonsense(text: str, *, is_known: Callable[[str], bool]) -> bool:
    """Return whether a text holds no word: marks alone, or keys struck at random.

    Rare words, names and other languages are words. So is all that the essays hold.

    Args:
        text: What the reader typed; not blank.
        is_known: Whether a term stands in the essays.

    >>> unknown = lambda term: False
    >>> is_nonsense("?!...", is_known=unknown), is_nonsense("sdfkjh asdf", is_known=unknown)
    (True, True)
    >>> is_nonsense("Przemysl?", is_known=unknown)
    False
    """
    words = re.findall(r"[^\W_]+", text)
    if not words:
        return True
    if any(is_stop_word(word) for word in words) or any(map(is_known, _terms(text))):
        return False
    if len(words) > 2 and len({word.casefold() for word in words}) == 1:
        return True
    long = [word for word in words if len(word) >= _MIN_MASH]
    return bool(long) and all(_is_mashed(word) for word in long)


def _is_mashed(word: str) -> bool:
    """Return whether a word of four letters or more cannot be one.

    >>> [_is_mashed(word) for word in ("asdf", "aaaaa", "jkljkljkl", "NKVD", "strengths")]
    [True, True, True, False, False]
    """
    low = word.casefold()
    if not low.isascii() or not low.isalpha():
        return len(set(low)) == 1 and low.isalpha()
    if re.search(r"(.)\1{3}", low) or re.fullmatch(r"(.{2,4})\1{2,}", low) or _is_row(low):
        return True
    if word.isupper() and len(word) < 2 * _MIN_MASH:
        return False
    longest = max(len(run) for run in re.split(f"[{_VOWELS}]", _DIGRAPHS.sub("x", low)))
    n_vowels = sum(letter in _VOWELS for letter in low)
    return longest >= _MAX_CONSONANTS or (len(low) > _MIN_MASH and n_vowels == 0)


def _is_row(word: str) -> bool:
    """Return whether a word is written by running along rows of the keyboard."""
    steps = {row[at : at + 3] for row in (*_ROWS, *(row[::-1] for row in _ROWS)) for at in range(9)}
    covered = {
        at + offset
        for at in range(len(word) - 2)
        if word[at : at + 3] in steps and len(word[at : at + 3]) == 3
        for offset in range(3)
    }
    return len(covered) == len(word)
