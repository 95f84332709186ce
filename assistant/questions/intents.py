"""What kind of question a reader asks, told by general rules on its wording.

The rules know the words of asking ("which essays mention", "summarise", "how many times"), the
authors and titles of the essays at hand, and nothing else. Whatever they do not recognise is an
ordinary question.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from assistant.questions import replies
from assistant.questions.mention_requests import (
    find_count,
    find_listed,
    find_which,
    is_across,
    is_library,
    strip_frame,
)
from assistant.questions.naming import find_mentioned
from assistant.questions.overview_requests import find_overview
from assistant.questions.smalltalk import find_talk, is_nonsense, strip_talk
from index.corpus import Document


class Intent(StrEnum):
    """What a reader wants; the value is stored and printed."""

    QUESTION = "question"
    SMALL_TALK = "small talk"
    EMPTY = "empty"
    NONSENSE = "nonsense"
    OVERVIEW = "overview"
    ACROSS = "across essays"
    COUNT = "count"
    LIST = "list"
    LIBRARY = "library"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A question as it is understood.

    Attributes:
        intent: What is wanted.
        question: The question without a greeting, thanks and polite words around it.
        topic: What to search for: the question without the words that only say what is wanted
            ("which essays mention"); empty if there is nothing left, as for all that is small
            talk.
        documents: The essays meant, in their order. For an overview those to sum up; for others
            those the question names, none meaning all.
        reply: What to say at once, with nothing to search for; empty if there is something.
        is_explaining: Whether the answer may take some sentences: why, how, compare, explain.
        is_counting: Whether the answer should say over how many passages it looked.
    """

    intent: Intent
    question: str
    topic: str = ""
    documents: tuple[Document, ...] = ()
    reply: str = ""
    is_explaining: bool = False
    is_counting: bool = False


_COMPARING: Final = re.compile(
    r"\b(?:compare[ds]?|comparison|contrast(?:ed|s)?|differ(?:s|ed|ences?|ent|ently)?|dis?agree"
    r"(?:s|d|ment)?|agree[ds]?|agreement|similar(?:ly|ity|ities)?|unlike|in common|versus|vs)\b",
    re.IGNORECASE,
)

_EXPLAINING: Final = re.compile(
    r"\bwhy\b"
    r"|(?:^|\W |\b(?:and|or|but|about|on|of|me|know|explain|describe) )how(?! (?:many|much|long"
    r"|often|old|far(?! (?:do|did|does|can))|tall|big|large|high|deep|wide|heavy|fast|soon|late"
    r"|early|frequently|strong|rich|small|close|near|likely|young|few|little)\b)\b"
    r"|\b(?:explain|describe|discuss|analy[sz]e|evaluate|assess|examine|elaborate|illustrate"
    r"|account for|outline|summari[sz]e|sum up|tell me (?:more )?about|in what ways?"
    r"|to what extent|what (?:led|caused|explains|made|accounts|difference)|for what reasons?"
    r"|what (?:do|did) \w+ and \w+)\b|^(?:compare|contrast)\b"
    r"|\bwhat (?:was|were|is|are) the (?:\w+ ){0,2}(?:significance|importance|impact|effects?"
    r"|consequences?|causes?|reasons?|differences?|similarit(?:y|ies)|purpose|results?|implications?"
    r"|advantages?|disadvantages?|relationship|arguments?)\b"
    r"|\b(?:differ(?:s|ed|ences?)?|disagree[ds]?|disagreements?)\b",
    re.IGNORECASE,
)

_VISIBLE: Final = re.compile(r"[^\s\u200b-\u200f\u2060\ufeff\u00ad]")


def read_question(
    question: str, documents: Sequence[Document], *, is_known: Callable[[str], bool]
) -> Reading:
    """Tell what kind of question is asked, about which essays, and what to search for.

    Args:
        question: What the reader typed.
        documents: The essays there are.
        is_known: Whether a term stands in the essays; keeps rare words from being taken for
            nonsense or for misspelt greetings.

    Returns:
        An ordinary question unless a rule says otherwise; a blank text is ``Intent.EMPTY``.

    >>> read_question("Hello, when did the mill close?", (), is_known=bool).question
    'When did the mill close?'
    """
    if not _VISIBLE.search(question):
        return Reading(intent=Intent.EMPTY, question="", reply=replies.EMPTY)
    text = " ".join(question.split())
    if talk := find_talk(text, is_known=is_known):
        return Reading(
            intent=Intent.SMALL_TALK, question=text, reply=replies.reply_to(talk, documents)
        )
    if is_nonsense(text, is_known=is_known):
        return Reading(intent=Intent.NONSENSE, question=text, reply=replies.NONSENSE)
    asked = strip_talk(text)
    if talk := find_talk(asked, is_known=is_known):
        return Reading(
            intent=Intent.SMALL_TALK, question=asked, reply=replies.reply_to(talk, documents)
        )
    core = asked.strip(" ?.!")
    if is_library(core):
        return Reading(intent=Intent.LIBRARY, question=asked, reply=replies.list_essays(documents))
    return (
        _read_overview(asked, core, documents)
        or _read_count(asked, core, documents)
        or _read_across(asked, core, documents)
        or _read_ordinary(asked, core, documents)
    )


def _read_overview(asked: str, core: str, documents: Sequence[Document]) -> Reading | None:
    found = find_overview(core, documents)
    if found is None:
        return None
    return Reading(
        intent=Intent.OVERVIEW,
        question=asked,
        documents=found.documents,
        reply=found.reply,
        is_explaining=True,
    )


def _read_count(asked: str, core: str, documents: Sequence[Document]) -> Reading | None:
    for intent, find in (
        (Intent.COUNT, find_count),
        (Intent.ACROSS, find_which),
        (Intent.LIST, find_listed),
    ):
        if topic := find(core):
            return Reading(
                intent=intent,
                question=asked,
                topic=topic,
                documents=find_mentioned(asked, documents) if intent is Intent.LIST else (),
                is_explaining=intent is not Intent.COUNT,
                is_counting=True,
            )
    return None


def _read_across(asked: str, core: str, documents: Sequence[Document]) -> Reading | None:
    named = find_mentioned(core, documents)
    if not is_across(core) and not (len(named) > 1 and _COMPARING.search(core)):
        return None
    return Reading(
        intent=Intent.ACROSS,
        question=asked,
        topic=strip_frame(core) or core,
        documents=named,
        is_explaining=True,
    )


def _read_ordinary(asked: str, core: str, documents: Sequence[Document]) -> Reading:
    return Reading(
        intent=Intent.QUESTION,
        question=asked,
        topic=core,
        documents=find_mentioned(core, documents),
        is_explaining=_EXPLAINING.search(core) is not None,
    )
