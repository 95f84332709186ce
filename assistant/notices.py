"""What the assistant says in a sentence of its own when it declines."""

from collections.abc import Callable, Sequence
from typing import Final

from assistant.answers import Reason
from index.analysis import token_spans

LEAST_LETTERS: Final = 5
"""Shorter words are too often forms of others that the essays do hold."""
MAX_NAMED: Final = 3
"""The most words of a question that an abstention names."""


def explain_abstention(
    reason: Reason,
    question: str,
    *,
    missing: Sequence[str],
    is_known: Callable[[str], bool],
    weigh: Callable[[str], float],
) -> str:
    """Say that the essays do not answer, and name what was looked for and not found.

    Args:
        reason: Why the assistant declines.
        question: What was searched for.
        missing: Names and numbers of the question that occur nowhere in the essays.
        is_known: Whether a term stands in the essays.
        weigh: The weight of a term, the rarer the heavier.

    >>> explain_abstention(Reason.NOT_IN_EVIDENCE, "When did Lind meet Pell?", missing=["Lind"],
    ...                    is_known=lambda term: True, weigh=lambda term: 1.0)
    'The essays do not say: they have nothing on “Lind”.'
    """
    words = _words(question)
    if missing:
        return f"The essays do not say: they have nothing on {_list(missing[:MAX_NAMED])}."
    if reason is Reason.UNSUPPORTED:
        return (
            "The essays do not seem to say: what the model wrote is not backed by them, so it is"
            " left out."
        )
    absent = [word for word, term in words if len(word) >= LEAST_LETTERS and not is_known(term)]
    if absent:
        some = "the word {} occurs" if len(absent) == 1 else "the words {} occur"
        listed = some.format(_list(absent[:MAX_NAMED]))
        return f"The essays do not seem to say: {listed} nowhere in them."
    ranked = sorted(words, key=lambda one: -weigh(one[1]))
    named = {word for word, _ in ranked[:MAX_NAMED]}
    sought = [word for word, _ in words if word in named]
    if not sought:
        return "The essays do not seem to say: no passage answers this question."
    return (
        f"The essays do not seem to say: they mention {_list(sought)}, but no passage found"
        " answers this question."
    )


def explain_quoting(model: str) -> str:
    """Say why an answer is made of quotations alone."""
    return f"These are the essays' own words: {model} is too small to word answers of its own."


def _words(question: str) -> list[tuple[str, str]]:
    """Return the words of a question that are searched for, each once, with their terms."""
    found: dict[str, str] = {}
    for span in token_spans(question):
        found.setdefault(span.term, question[span.start : span.end])
    return [(word, term) for term, word in found.items()]


def _list(words: Sequence[str]) -> str:
    """Return words in quotation marks, joined as in a sentence.

    >>> _list(["a", "b", "c"])
    '“a”, “b” and “c”'
    """
    quoted = [f"“{word}”" for word in words]
    return " and ".join(filter(None, (", ".join(quoted[:-1]), quoted[-1])))
