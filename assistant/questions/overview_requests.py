"""Requests to sum up an essay: "summarise this essay", "what does Pell argue"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assistant.questions import replies
from assistant.questions.naming import find_named, is_author
from assistant.questions.request_words import ESSAY, ESSAYS, THE
from index.corpus import Document

_ARGUES: Final = (
    r"(?:argue|say|claim|think|believe|maintain|conclude|write|contend|propose|suggest)"
)

_POINT: Final = (
    r"(?:(?:main|key|central|principal|overall|basic|general|core|chief|most important) )*"
    r"(?:point|argument|idea|thesis|claim|conclusion|message|theme|topic|subject|gist|takeaway"
    r"|finding|thrust|line of argument)s?"
)

_SUM_UP: Final = (
    r"(?:(?:(?:can|could|would|will) you |please )*"
    r"(?:summari[sz]e|sum up|outline|recap|abridge|condense|"
    r"(?:give|write|make|provide|show|get)(?: me| us)? (?:(?:an?|the) )?(?:\w+ )?"
    r"(?:summary|overview|synopsis|outline|gist|abstract|recap)(?: of)?|"
    r"(?:(?:an?|the) )?(?:(?:short|brief|quick) )?(?:summary|overview|synopsis|gist|tl;?dr)"
    r"(?: of| for|:)?)\s*)"
)

_SUMMARY: Final = re.compile(rf"{_SUM_UP}(?P<object>.*)", re.IGNORECASE)

_POINTS: Final = re.compile(
    r"(?:(?:what|which)(?:'s| is| are| was| were) (?:the )?"
    r"|(?:tell me|state|give me|explain) the )?"
    rf"{_POINT}(?: (?:of|in|made by|made in|behind|from) (?P<object>.+))?",
    re.IGNORECASE,
)

_OWN_POINT: Final = re.compile(
    rf"(?:what|which)(?:'s| is| are| was| were) (?P<object>.+?)['’]s? {_POINT}", re.IGNORECASE
)

_ABOUT: Final = re.compile(
    r"what(?:'s| is| are| was) (?P<object>.+?) (?:all )?(?:about|saying|arguing)", re.IGNORECASE
)

_DOES_ARGUE: Final = re.compile(
    rf"what (?:does|do|did) (?P<object>.+?) (?:(?:mainly|actually|really|ultimately|try to|want to)"
    rf" )*{_ARGUES}(?: (?:in (?:(?:his|her|their|the|this|its) )?(?:{ESSAY}|conclusion|whole)"
    r"|overall|in general|exactly))?",
    re.IGNORECASE,
)

_THIS_ESSAY: Final = re.compile(
    rf"(?:(?:this|that|the|my|it|your) ?)?(?:(?:whole|entire|given|following) )?{ESSAY}?",
    re.IGNORECASE,
)

_ALL_ESSAYS: Final = re.compile(
    rf"(?:{THE}{ESSAYS}|(?:each|every)(?: single)? {ESSAY}|everything|them(?: all)?"
    r"|all(?: of)?(?: (?:this|them|it))?|the (?:library|collection|folder|corpus))",
    re.IGNORECASE,
)

_NAMED_ESSAY: Final = re.compile(
    rf"(?:(?:the|an?|this|that) )?(?:(?P<owner>.+?)['’]s? (?:{ESSAY}|argument|view|position|thesis)"
    rf"|{ESSAY} (?:by|of|from|written by) (?P<author>.+)"
    rf"|{ESSAY} (?:on|about|called|titled|entitled|named) (?P<title>.+)"
    rf"|(?P<bare>.+?) {ESSAY})(?: (?:on|about) (?P<rest>.+))?",
    re.IGNORECASE,
)

_ARGUMENT_OF: Final = re.compile(
    r"(?:the )?(?:(?:main|central|key|whole) )?(?:argument|view|position|thesis|point)s? of (.+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewRequest:
    """Which essays to sum up.

    Attributes:
        documents: The essays, in their order; empty if it cannot be told which.
        reply: What to ask back if it cannot be told; else empty.
    """

    documents: tuple[Document, ...]
    reply: str = ""


def find_overview(core: str, documents: Sequence[Document]) -> OverviewRequest | None:
    """Return which essays a question wants summed up; ``None`` if it wants something else.

    Args:
        core: The question without the marks around it.
        documents: The essays there are.
    """
    if match := _SUMMARY.fullmatch(core):
        return _resolve(match["object"], documents, is_essay=False)
    if match := _POINTS.fullmatch(core):
        return _resolve(match["object"] or "", documents, is_essay=False)
    if (match := _OWN_POINT.fullmatch(core)) or (match := _DOES_ARGUE.fullmatch(core)):
        meant = match["object"]
        found = _resolve(meant, documents, is_essay=False)
        is_title = found is not None and not found.reply and not _names_essay(meant)
        if found and is_title and not any(is_author(meant, one) for one in found.documents):
            return None
        return found
    if match := _ABOUT.fullmatch(core):
        return _resolve(match["object"], documents, is_essay=False)
    return None


def _names_essay(meant: str) -> bool:
    """Return whether words say that an essay is meant."""
    return any(pattern.fullmatch(meant) for pattern in (_THIS_ESSAY, _ALL_ESSAYS, _NAMED_ESSAY))


def _resolve(
    meant: str, documents: Sequence[Document], *, is_essay: bool
) -> OverviewRequest | None:
    """Return the essays that the object of a request names; ``None`` if it names something else."""
    meant = re.sub(r"^(?:of|for|about) ", "", " ".join(meant.split()).strip(" ,:"))
    if match := _ARGUMENT_OF.fullmatch(meant):
        meant = match[1]
    if _THIS_ESSAY.fullmatch(meant):
        if len(documents) == 1:
            return OverviewRequest(documents=tuple(documents))
        return OverviewRequest(documents=(), reply=replies.ask_which(documents))
    if _ALL_ESSAYS.fullmatch(meant):
        return OverviewRequest(documents=tuple(documents))
    if match := _NAMED_ESSAY.fullmatch(meant):
        if match["rest"] and not find_named(match["rest"], documents, is_essay=True):
            return None
        name = next(filter(None, (match[key] for key in ("owner", "author", "title", "bare"))))
        if found := find_named(name, documents, is_essay=True):
            return OverviewRequest(documents=found)
        if match["author"] or (match["owner"] and re.search(rf"\b{ESSAY}\b", meant)):
            return OverviewRequest(documents=(), reply=replies.miss_essay(name, documents))
        return None
    if found := find_named(meant, documents, is_essay=is_essay):
        return OverviewRequest(documents=found)
    return None
