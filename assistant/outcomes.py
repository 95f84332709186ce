"""What came of a question beside its sentences, in words: on the page and in what is exported."""

from collections.abc import Mapping, Sequence
from typing import Final

from assistant.answers import Answer, Reason
from assistant.judging import Caution
from assistant.questions.querying import Expansion
from assistant.wording import (
    CAUTION_WORDS,
    describe_expansions,
    describe_missing,
    is_rewritten,
)

INTERRUPTED: Final = "The assistant was closed before this was answered. Ask again."
STOPPED: Final = "Stopped here."
STOPPED_EMPTY: Final = "Stopped before the first sentence was written."
MAX_CLOSEST: Final = 4
"""How many of the passages found are told where there is no answer."""

_NOTICES: Final[Mapping[Reason, str]] = {
    Reason.NO_PASSAGES: "The essays do not say: none of them shares a word with this question.",
    Reason.NOT_IN_EVIDENCE: "The essays do not seem to answer this question.",
    Reason.UNSUPPORTED: (
        "The essays do not seem to answer this question: what the model wrote is not backed by"
        " them, so it is not shown as an answer."
    ),
    Reason.REPLIED: "That is no question about the essays.",
}


def describe_outcome(answer: Answer) -> str:
    """Say why a question has no answer, or that the answer was stopped; empty for an answer."""
    if answer.reason is Reason.REPLIED:
        return answer.notice or _NOTICES[answer.reason]
    if answer.is_stopped:
        return STOPPED if answer.claims else STOPPED_EMPTY
    if not answer.abstained:
        return ""
    notice = answer.notice or _NOTICES.get(answer.reason, str(answer.reason))
    missing = describe_missing(answer.missing, notice, is_limited=answer.scope.is_limited)
    return f"{notice} {missing}".rstrip()


def describe_remarks(answer: Answer) -> tuple[str, ...]:
    """Say what there is to know about an answer, a line each; of a reply nothing."""
    if answer.reason is Reason.REPLIED:
        return ()
    is_answer = not (answer.abstained or answer.is_stopped)
    return (
        *((answer.notice,) if is_answer and answer.notice else ()),
        *(
            (f"Made with “When in doubt: {CAUTION_WORDS[answer.caution]}”.",)
            if answer.caution is not Caution.BALANCED
            else ()
        ),
    )


def describe_search(
    question: str, query: str, expanded: Sequence[Expansion], *, is_limited: bool = False
) -> tuple[str, ...]:
    """Say what was searched for, a line each, where that is not what the reader typed.

    Args:
        question: What the reader typed.
        query: The text that was searched for.
        expanded: The words for which other spellings were searched.
        is_limited: Whether the question was limited to some essays.

    >>> describe_search("Where was he born?", "Where was Lind born?", ())
    ('Searched for: Where was Lind born?',)
    """
    also = describe_expansions(expanded, is_limited=is_limited)
    return (
        *((f"Searched for: {query}",) if is_rewritten(question, query) else ()),
        *((f"Searched also for {also}",) if also else ()),
    )
