"""A chat or an answer as a document: sentences, footnotes, and the essays cited.

The values say what stands in the document; ``assistant.export`` makes them, and
``export_text``, ``export_markdown``, ``export_html`` and ``export_word`` decide how it looks.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

CLOSEST_HEADING: Final = "The closest passages, none of them an answer:"
ESSAYS_HEADING: Final = "Essays cited"
NOTES_HEADING: Final = "Notes"

_UNFIT: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
"""Controls, lone surrogates and what is no character, which XML or UTF-8 cannot hold; and the
marks that turn round the direction of the words after them, those of others too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where words stand.

    Attributes:
        author: The essay's author; empty if unknown.
        title: Its title.
        date: Its date, as written; empty if unknown.
        place: The page or the paragraph; empty if unknown.
    """

    author: str
    title: str
    date: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Footnote:
    """The words that a sentence rests on.

    Attributes:
        number: Counts from 1 through the document.
        quotation: The words themselves.
        source: Where they stand.
        essay_id: The id of the essay.
        remark: What has become of the essay since; empty if it is as it was.
    """

    number: int
    quotation: str
    source: Source
    essay_id: str
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportClaim:
    """A sentence of an answer.

    Attributes:
        text: What is said.
        numbers: Those of its footnotes, the best first.
        mark: That, and why, it is only partly supported; empty if it is supported.
    """

    text: str
    numbers: tuple[int, ...]
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSection:
    """Sentences in a row; ``heading`` is the essay they rest on, or empty."""

    heading: str
    claims: tuple[ReportClaim, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A statement that is no part of the answer, and why."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closest:
    """The beginning of a passage that was found and does not answer."""

    excerpt: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTurn:
    """A question and its answer.

    Attributes:
        question: What the reader typed.
        about: When it was asked and by which model it was answered, in words.
        remarks: What there is to know about question and answer, a line each: to which essays
            the question was limited, what was searched for, what the answer counts.
        notice: Why there is no answer, or no whole one; empty for an answer.
        sections: The answer.
        left_out: The statements that the essays do not support; ``left_out_heading`` counts them.
        left_out_heading: Empty if there are none.
        closest: Of an abstention the closest passages.
        footnotes: What the sentences cite, by number.
    """

    question: str
    about: str
    remarks: tuple[str, ...] = ()
    notice: str = ""
    sections: tuple[ReportSection, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    left_out_heading: str = ""
    closest: tuple[Closest, ...] = ()
    footnotes: tuple[Footnote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedEssay:
    """An essay of the list at the end, with the numbers of the footnotes that quote it."""

    source: Source
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A chat or an answer as a document; each of its texts is as ``tidy`` leaves it.

    Attributes:
        title: That of the chat, or the question of a single answer.
        turns: Oldest first; the footnotes are numbered through all of them.
        essays: Those cited, in the order in which they first are.
        colophon: When the document was made, and how its footnotes are to be read.
    """

    title: str
    turns: tuple[ReportTurn, ...]
    essays: tuple[CitedEssay, ...]
    colophon: str

    @property
    def footnotes(self) -> tuple[Footnote, ...]:
        """Those of all turns, by number."""
        return tuple(note for turn in self.turns for note in turn.footnotes)

    @property
    def has_headings(self) -> bool:
        """Whether each question needs a heading: the title of a single one says it already."""
        return len(self.turns) > 1 or any(turn.question != self.title for turn in self.turns)


def tidy(text: str) -> str:
    r"""Return a text on one line, without the characters that no document can hold.

    >>> tidy("It \u202ewas\x00\n\n so.")
    'It was so.'
    """
    return " ".join(_UNFIT.sub("", text).split())


def split_source(source: Source) -> tuple[tuple[str, bool], ...]:
    """Name a source as a reference does, in pieces of which those that are ``True`` are titles.

    >>> split_source(Source(author="A. Pell", title="On Ropes", date="1874", place="p. 12"))
    (('A. Pell', False), (', ', False), ('On Ropes', True), (' (1874), p. 12', False))
    """
    after = f" ({source.date})" if source.date else ""
    if source.place:
        after += f", {source.place}"
    pieces = (
        (source.author, False),
        (", " if source.author and source.title else "", False),
        (source.title, True),
        (after, False),
    )
    return tuple(piece for piece in pieces if piece[0])


def describe_source(source: Source) -> str:
    """Name a source as a reference does.

    >>> describe_source(Source(author="", title="On Ropes", place="paragraph 4"))
    'On Ropes, paragraph 4'
    """
    return "".join(text for text, _ in split_source(source))


def describe_numbers(numbers: Sequence[int]) -> str:
    """Name footnotes by their numbers.

    >>> describe_numbers([3]), describe_numbers([1, 3])
    ('note 3', 'notes 1, 3')
    """
    return f"note{'s' * (len(numbers) != 1)} {', '.join(map(str, numbers))}"


def quote_words(words: str) -> str:
    """Put words of an essay between quotation marks."""
    return f"“{words}”"
