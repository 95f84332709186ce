"""What the assistant says of itself where there is nothing to search for."""

from collections.abc import Sequence
from typing import Final

from assistant.questions.smalltalk import Talk
from index.corpus import Document

EMPTY: Final = "Type a question about the essays."
NONSENSE: Final = "I could not read that as a question. Ask about the essays in words."
MAX_LISTED: Final = 8
"""How many titles a reply names before it says that there are more."""

_REPLIES: Final = {
    Talk.GREETING: "Hello! Ask me anything about the essays.",
    Talk.THANKS: "You are welcome. Ask on whenever you like.",
    Talk.GOODBYE: "Goodbye!",
    Talk.FEELING: "I am well and ready for a question about the essays.",
    Talk.NOTED: "All right. Ask me anything else about the essays.",
}


def reply_to(talk: Talk, documents: Sequence[Document]) -> str:
    """Return the reply to small talk, in a sentence or two.

    >>> reply_to(Talk.GOODBYE, ())
    'Goodbye!'
    """
    if talk is not Talk.ABOUT:
        return _REPLIES[talk]
    return (
        f"I answer questions about the {_count(documents)} here, and show for every statement the"
        " words that it rests on. Ask who, when, where, how or why, what an essay argues, or which"
        " essays mention something."
    )


def list_essays(documents: Sequence[Document]) -> str:
    """Return a sentence that names the essays there are.

    >>> list_essays(())
    'There are no essays here.'
    """
    if not documents:
        return "There are no essays here."
    verb = "is" if len(documents) == 1 else "are"
    return f"There {verb} {_count(documents)} here: {_name(documents)}."


def ask_which(documents: Sequence[Document]) -> str:
    """Return a question back: which of the essays is meant."""
    if not documents:
        return list_essays(documents)
    return f"Which essay do you mean? {list_essays(documents)}"


def miss_essay(name: str, documents: Sequence[Document]) -> str:
    """Return a sentence that says that no essay is by or about whom the reader named."""
    return f"No essay here is by “{name}” or so called. {list_essays(documents)}"


def _count(documents: Sequence[Document]) -> str:
    return "one essay" if len(documents) == 1 else f"{len(documents)} essays"


def _name(documents: Sequence[Document]) -> str:
    """Return the titles in quotation marks with their authors, the first ``MAX_LISTED`` of them."""
    names = [
        f"“{one.title}”" + (f" by {one.author}" if one.author else "")
        for one in documents[:MAX_LISTED]
    ]
    n_more = len(documents) - len(names)
    return "; ".join(names) + (f"; and {n_more} more" if n_more else "")
