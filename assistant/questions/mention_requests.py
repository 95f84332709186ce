"""Questions over all essays: which mention something, how many, whether they agree, lists."""

import re
from typing import Final

from assistant.questions.request_words import ESSAY, ESSAYS, THE

_SAYS: Final = (
    r"(?:agree|disagree|differ|compare|contrast|contradict|conflict|diverge|say|tell|think|believe"
    r"|claim|argue|maintain|conclude|suggest|mention|name|cite|quote|refer|discuss|describe|explain"
    r"|treat|present|portray|depict|see|view|judge|assess|interpret|cover|deal|talk|write|speak"
    r"|contain|have in common|share|support|include|touch|address|give|blame|praise|criticise"
    r"|criticize|emphasise|emphasize|stress|report|account|note|use|consider|regard)(?:s|es)?"
)

_MENTIONED: Final = (
    r"(?:mentioned|named|discussed|described|referred to|cited|quoted|talked about|written about"
    r"|dealt with|covered|brought up|used)"
)

_APPEARS: Final = r"(?:appear|occur|come up|turn up|show up|crop up|get mentioned)s?"

_WHERE: Final = rf"(?: (?:in|across|throughout) (?:{THE}{ESSAYS}|them|total)| altogether| overall)?"

_COUNT: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:in )?how many (?:of )?{THE}(?:{ESSAYS}|passages|paragraphs|sentences|places)"
        rf"(?: (?:do|does|did|that|which))? {_SAYS}(?: (?:to|of|with|about|on|that))?"
        r" (?P<topic>.+)",
        rf"(?:in )?how many (?:of )?{THE}(?:{ESSAYS}|passages|paragraphs|sentences|places)"
        rf" (?:is|are|was|were|does|do) (?P<topic>.+?) (?:{_MENTIONED}|{_APPEARS})",
        rf"how (?:often|many times|frequently) (?:is|are|was|were) (?P<topic>.+?) {_MENTIONED}"
        rf"{_WHERE}",
        rf"how (?:often|many times|frequently) (?:do|does) (?P<topic>.+?) {_APPEARS}{_WHERE}",
        rf"how (?:often|many times|frequently) (?:do|does|did) {THE}{ESSAYS} {_SAYS}"
        r"(?: (?:to|of|with|about))? (?P<topic>.+)",
        rf"count(?: up)? (?:(?:all|the|how many|number|times|of) )*(?:mentions of|{ESSAYS}"
        rf"(?: that| which)? {_SAYS}(?: (?:to|of|with|about))?) (?P<topic>.+)",
        r"(?:list|show|find|give|quote|collect)(?: me)? (?:(?:all|every|each|any|the|of) )*"
        r"(?:mentions?|passages?|references?|places?|occurrences?|sentences?|quotations?|quotes?)"
        r" (?:(?:of|on|about|to|for|where|in|which|that|with)"
        rf" )*(?:(?:{_SAYS}|{_MENTIONED}|talking about)(?: (?:to|of|with|about))? )?(?P<topic>.+)",
    )
)

_WHICH: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:which|what) (?:of )?{THE}(?:{ESSAYS}|{ESSAY}|author|writer|essayist)"
        rf"(?: (?:do|does|that))? {_SAYS}(?: (?:to|of|with|about|on|that))? (?P<topic>.+)",
        rf"(?:which|what) (?:of )?{THE}(?:{ESSAYS}|{ESSAY}) (?:is|are) (?:about|on)"
        r" (?P<topic>.+)",
        rf"(?:in )?(?:which|what) (?:of )?{THE}(?:{ESSAYS}|{ESSAY}) (?:is|are|was|were|does|do)"
        rf" (?P<topic>.+?) (?:{_MENTIONED}|{_APPEARS})",
        rf"(?:is|are|was|were) (?P<topic>.+?) {_MENTIONED} (?:in|by|anywhere in) {THE}"
        rf"(?:{ESSAYS}|{ESSAY})",
        rf"do(?:es)? (?:any|all|some|each|every|both|none|one)(?: of)? {THE}(?:{ESSAYS}|{ESSAY})"
        r" (?:mention|discuss|name|cover|refer to|talk about|deal with|speak of|treat)"
        r" (?P<topic>.+)",
        rf"(?:list|show|name|find|give)(?: me)? (?:(?:all|every|the) )*(?:{ESSAYS}|{ESSAY})"
        rf"(?: (?:that|which))? {_SAYS}(?: (?:to|of|with|about|on))? (?P<topic>.+)",
        rf"(?:list|show|name|find|give)(?: me)? (?:(?:all|every|the) )*(?:{ESSAYS})"
        r" (?:on|about) (?P<topic>.+)",
    )
)

_ACROSS: Final = re.compile(
    rf"\b(?:do|does|did|can|would) {THE}(?:{ESSAYS}|(?:(?<=each )|(?<=every )){ESSAY})"
    rf" (?:\w+ly |all |both |ever |each |not )*{_SAYS}\b"
    rf"|\bhow (?:far )?(?:do|does|did|is|are) .+ (?:in|across|between|among(?:st)?) "
    rf"(?:each of )?(?:the|these|all|different) (?:(?:different|various|two|three|four|five|\d+) )?"
    rf"{ESSAYS}"
    rf"|^(?:compare|contrast)(?: and (?:compare|contrast))? {THE}{ESSAYS}\b"
    rf"|\b(?:between|among(?:st)?|across|compare|contrast) (?:all )?(?:the|these|all|both)"
    rf" (?:(?:different|various|two|three|four|five|\d+) )?{ESSAYS}\b"
    rf"|\b(?:is|are|were) {THE}{ESSAYS} (?:agreed|of (?:one|the same) (?:mind|opinion)|in"
    r" (?:agreement|accord)|at odds|consistent|unanimous)"
    rf"|^what (?:is|are) (?:different|common|similar) (?:in|about|to) {THE}{ESSAYS}",
    re.IGNORECASE,
)

_LIST: Final = re.compile(
    r"(?:please )?(?:(?:list|enumerate)\b(?! price)|(?:name|give(?: me)?|show(?: me)?|tell me|find|"
    r"write down|what are|who are|who were|what were) (?:all|every|each)\b)"
    r"(?: of)?(?: me)?(?: (?:all|every|each|the|of))*\s*(?P<topic>.*)",
    re.IGNORECASE,
)

_TOPIC_FRAME: Final = re.compile(
    rf"^(?:(?:do|does|did|how|what|where|on what|in what ways?|to what extent|how far|about what)"
    rf" )*{THE}{ESSAYS} (?:\w+ly |all |both )*{_SAYS}(?: (?:about|that|on|over|of|to|with))*"
    r"|(?:,? (?:in|across|between|among(?:st)?|according to) (?:each of )?"
    rf"{THE}{ESSAYS})\b|^(?:compare|contrast)(?: {THE}{ESSAYS})?(?: (?:on|about))?",
    re.IGNORECASE,
)

_WORD_OF: Final = re.compile(
    r"^(?:(?:the )?(?:words?|terms?|names?|phrase|expression|person|topic|subject) )?"
    r"(?:of |about )?",
    re.IGNORECASE,
)

_LIBRARY: Final = re.compile(
    rf"(?:how many|which|what) {ESSAYS} (?:are|do|have|can)(?: (?:there|you|we|i|here|in|the|this"
    r"|have|got|know|read|loaded|indexed|available|library|folder|collection|ask|about|see))*"
    rf"|(?:(?:list|show|name|give)(?: me)?|what are|which are)(?: all)? (?:the )?(?:titles of )?"
    rf"(?:the )?(?:{ESSAYS}|titles)(?: (?:you have|there are|here))?",
    re.IGNORECASE,
)


def find_count(core: str) -> str:
    """Return of what a question counts or lists the mentions; "" if it does not.

    >>> find_count("How many essays mention the mill"), find_count("How many essays did Lind print")
    ('the mill', '')
    """
    return _find_topic(_COUNT, core)


def find_which(core: str) -> str:
    """Return what a question wants the essays named for that speak of it; "" if it does not.

    >>> find_which("Which essays mention the word mill"), find_which("Which mill closed")
    ('mill', '')
    """
    return _find_topic(_WHICH, core)


def find_listed(core: str) -> str:
    """Return what a question wants listed; "" if it does not.

    >>> find_listed("List all the owners of the mill"), find_listed("Name the owner")
    ('owners of the mill', '')
    """
    match = _LIST.fullmatch(core)
    return match["topic"].strip() if match else ""


def is_library(core: str) -> bool:
    """Return whether a question asks which essays there are.

    >>> is_library("How many essays are there"), is_library("How many mills are there")
    (True, False)
    """
    return _LIBRARY.fullmatch(core) is not None


def is_across(core: str) -> bool:
    """Return whether a question asks what the essays say of something, each or together.

    >>> is_across("Do the essays agree about the mill"), is_across("Did Pell and Lind agree")
    (True, False)
    """
    return _ACROSS.search(core) is not None


def strip_frame(core: str) -> str:
    """Return a question across essays without the words that only say so.

    >>> strip_frame("What do the essays say about the mill")
    'the mill'
    """
    return " ".join(_TOPIC_FRAME.sub(" ", core).split())


def _find_topic(patterns: tuple[re.Pattern[str], ...], core: str) -> str:
    for pattern in patterns:
        if match := pattern.fullmatch(core):
            topic = re.sub(_WHERE + "$", "", match["topic"], flags=re.IGNORECASE)
            return _WORD_OF.sub("", topic).strip(" \"'“”‘’,")
    return ""
