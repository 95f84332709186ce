"""What the assistant says in a sentence of its own when it declines."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from assistant.answers import Reason
from index.analysis import token_spans

LEAST_LETTERS: Final = 5
"""Shorter words are too often forms of others that the essays do hold."""
MAX_NAMED: Final = 3
"""The most words of a question that an abstention names."""


NOTHING_CHOSEN: Final = (
    "None of the essays that this was asked of is there any more; choose others, or ask all of"
    " them."
)


class Asked(NamedTuple):
    """The essays that were looked at, as an abstention speaks of them."""

    do: str
    have: str
    mention: str
    them: str


ALL: Final = Asked("The essays do", "they have", "they mention", "them")
_THESE: Final = Asked("These essays do", "they have", "they mention", "them")
_THIS: Final = Asked("This essay does", "it has", "it mentions", "it")


def name_asked(n_asked: int, n_all: int) -> Asked:
    """Return how to speak of the essays that were looked at.

    >>> name_asked(1, 5).do, name_asked(5, 5).do
    ('This essay does', 'The essays do')
    """
    if n_asked == n_all:
        return ALL
    return _THIS if n_asked == 1 else _THESE


def explain_abstention(
    reason: Reason,
    question: str,
    *,
    missing: Sequence[str],
    is_known: Callable[[str], bool],
    weigh: Callable[[str], float],
    asked: Asked = ALL,
) -> str:
    """Say that the essays do not answer, and name what was looked for and not found.

    Args:
        reason: Why the assistant declines.
        question: What was searched for.
        missing: Names and numbers of the question that occur nowhere in the essays.
        is_known: Whether a term stands in the essays.
        weigh: The weight of a term, the rarer the heavier.
        asked: How to speak of the essays that were looked at.

    >>> explain_abstention(Reason.NOT_IN_EVIDENCE, "When did Lind meet Pell?", missing=["Lind"],
    ...                    is_known=lambda term: True, weigh=lambda term: 1.0)
    'The essays do not say: they have nothing on “Lind”.'
    """
    words = _words(question)
    if missing:
        return f"{asked.do} not say: {asked.have} nothing on {_list(missing[:MAX_NAMED])}."
    if reason is Reason.UNSUPPORTED:
        return (
            f"{asked.do} not seem to say: what the model wrote is not backed by {asked.them}, so it"
            " is left out."
        )
    absent = [word for word, term in words if len(word) >= LEAST_LETTERS and not is_known(term)]
    if absent:
        some = "the word {} occurs" if len(absent) == 1 else "the words {} occur"
        listed = some.format(_list(absent[:MAX_NAMED]))
        return f"{asked.do} not seem to say: {listed} nowhere in {asked.them}."
    ranked = sorted(words, key=lambda one: -weigh(one[1]))
    named = {word for word, _ in ranked[:MAX_NAMED]}
    sought = [word for word, _ in words if word in named]
    if not sought:
        return f"{asked.do} not seem to say: no passage answers this question."
    return (
        f"{asked.do} not seem to say: {asked.mention} {_list(sought)}, but no passage found"
        " answers this question."
    )


def explain_limit(
    question: str,
    *,
    n_outside: int,
    is_inside: Callable[[str], bool],
    is_anywhere: Callable[[str], bool],
) -> str:
    """Say that not all essays were looked at, and which words only the others hold.

    Args:
        question: What was searched for.
        n_outside: How many essays were not looked at; with none there is nothing to say.
        is_inside: Whether a term stands in the essays that were looked at.
        is_anywhere: Whether it stands in any essay.

    >>> explain_limit("Who was Lind?", n_outside=3, is_inside=lambda term: False,
    ...               is_anywhere=lambda term: True)
    'The other 3 essays, where “Lind” occurs, were not looked at.'
    """
    if not n_outside:
        return ""
    others, were = ("essay", "was") if n_outside == 1 else (f"{n_outside} essays", "were")
    words = [word for word, term in _words(question) if is_anywhere(term) and not is_inside(term)][
        :MAX_NAMED
    ]
    occur = "occurs" if len(words) == 1 else "occur"
    where = f", where {_list(words)} {occur}," if words else ""
    return f"The other {others}{where} {were} not looked at."


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
