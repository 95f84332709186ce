"""What is said about an answer in words, the same on the page and on the command line."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from assistant.answers import Answer
from assistant.checks.support import Verdict
from assistant.grounding import Claim
from assistant.judging import Caution
from assistant.questions.querying import Expansion

PARTLY_SUPPORTED: Final = "partly supported"
CAUTION_WORDS: Final[Mapping[Caution, str]] = {
    Caution.CAREFUL: "decline",
    Caution.BALANCED: "balanced",
    Caution.BOLD: "answer",
}
"""What the assistant does "when in doubt", as the reader chooses it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Claims in a row that stand under one heading.

    Attributes:
        heading: The essay that they rest on; empty in an answer that is not ordered by essay.
        claims: In order.
    """

    heading: str
    claims: tuple[Claim, ...]


def split_sections(answer: Answer) -> tuple[Section, ...]:
    """Return the shown claims under the headings of their essays.

    A claim belongs to the essay of its first citation; an essay that comes again after another
    has its heading again. An answer that is not ordered by essay is one section without a
    heading, one without claims has none.
    """
    if not answer.claims:
        return ()
    if not answer.is_by_essay:
        return (Section(heading="", claims=answer.claims),)
    return tuple(
        Section(heading=heading, claims=tuple(claims))
        for (_, heading), claims in groupby(answer.claims, key=_essay_of)
    )


def _essay_of(claim: Claim) -> tuple[str, str]:
    for one in claim.citations:
        return one.essay_id, describe_essay(one.title, one.author)
    return "", ""


def describe_essay(title: str, author: str) -> str:
    """Name an essay in a heading.

    >>> describe_essay("The Mill", "A. Pell"), describe_essay("The Mill", "")
    ('A. Pell, The Mill', 'The Mill')
    """
    return ", ".join(part for part in (author, title) if part)


def describe_citation(
    number: int, *, title: str, author: str, page: str = "", paragraph: int = 0
) -> str:
    """Name a citation for those who hear it; without a number, the words that it is made of.

    >>> describe_citation(2, title="The Mill", author="A. Pell", paragraph=4)
    'citation 2, A. Pell, paragraph 4'
    >>> describe_citation(1, title="The Mill", author="", page="xii", paragraph=4)
    'citation 1, The Mill, page xii, paragraph 4'
    >>> describe_citation(0, title="The Mill", author="A. Pell")
    'words of A. Pell'
    """
    essay = author or title or "an essay"
    parts = (
        f"citation {number}, {essay}" if number else f"words of {essay}",
        f"page {page}" if page else "",
        f"paragraph {paragraph}" if paragraph else "",
    )
    return ", ".join(part for part in parts if part)


def describe_mark(claim: Claim) -> str:
    """Return the mark of a claim that is not fully supported, with the reason; else nothing."""
    if claim.verdict is Verdict.SUPPORTED:
        return ""
    return f"{PARTLY_SUPPORTED}: {claim.reason}" if claim.reason else PARTLY_SUPPORTED


def describe_expansions(expanded: Sequence[Expansion], *, is_limited: bool = False) -> str:
    """Name the spellings searched for beside words that no essay holds; empty if there are none.

    Of a question that was limited to some essays, those alone are meant.

    >>> describe_expansions([Expansion(word="Linde", spellings=("Lind", "Lindt"))])
    '“Lind”, “Lindt” (no essay has “Linde”)'
    """
    none = "no essay asked" if is_limited else "no essay"
    return "; ".join(f"{_quoted(one.spellings)} ({none} has “{one.word}”)" for one in expanded)


def describe_missing(missing: Sequence[str], notice: str, *, is_limited: bool = False) -> str:
    """Name what occurs in no essay and the notice does not name; empty if there is nothing.

    Of a question that was limited to some essays, those alone are meant.

    >>> describe_missing(["Lind", "1788"], "The essays do not seem to answer this question.")
    'No essay has “Lind”, “1788”.'
    >>> describe_missing(["Lind", "1788"], "The essays have nothing on “Lind”.")
    'No essay has “1788”.'
    >>> describe_missing(["Lind"], "The essays have nothing on “Lind”.")
    ''
    """
    said = notice.casefold()
    unsaid = [
        word
        for word in missing
        if not re.search(rf"(?<!\w){re.escape(word.casefold())}(?!\w)", said)
    ]
    none = "No essay asked" if is_limited else "No essay"
    return f"{none} has {_quoted(unsaid)}." if unsaid else ""


def describe_withheld(count: int) -> str:
    """Count the statements that were left out.

    >>> describe_withheld(1), describe_withheld(2)
    ('1 statement that the essays do not support', '2 statements that the essays do not support')
    """
    if count == 1:
        return "1 statement that the essays do not support"
    return f"{count} statements that the essays do not support"


def is_rewritten(question: str, query: str) -> bool:
    """Return whether something else was searched for than what was asked.

    White space, capital letters and the marks around the words do not count, nor does an empty
    query.

    >>> is_rewritten("Where was he born?", "Where was Lind born?")
    True
    >>> is_rewritten(" Where was  Lind born?", "Where was Lind born")
    False
    """
    return bool(query.strip()) and _bare(question) != _bare(query)


def _bare(text: str) -> str:
    return re.sub(r"^\W+|\W+$", "", " ".join(text.split()).casefold())


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f"“{word}”" for word in words)
