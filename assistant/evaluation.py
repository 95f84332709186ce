"""Questions with known answers, and what an answer is worth against them.

The format is one JSON object a line: ``id``, ``kind`` (fact, why, compare, followup or
unanswerable), ``question``, ``facts`` (groups of alternatives), ``evidence`` (``essay`` and
``quote``: verbatim spans), ``history`` before a follow-up, and ``near``: whether an unanswerable
question names only what the essays name too, which makes it hard to refuse.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Literal, cast

from assistant.answers import Answer
from assistant.citations import Citation
from assistant.errors import QuestionsFileError
from assistant.questions.querying import Turn
from index.corpus import Document

Kind = Literal["fact", "why", "compare", "followup", "unanswerable"]
KINDS: Final = ("fact", "why", "compare", "followup", "unanswerable")
MAX_WORDS: Final[dict[str, int]] = {"fact": 30, "followup": 30, "why": 60, "compare": 60}
"""The longest answer, in words, that counts as correct. An unanswerable question has none."""
GOLD_SHARE: Final = 0.8
"""The share of a gold span's characters that a passage must hold to count as gold."""

_INSERTED: Final = re.compile(r"\s*\[[^\]]*\]")
"""What a quotation explains in brackets, which is in no essay."""
_PLAIN = str.maketrans(
    {"‘": "'", "’": "'", "‚": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "\u00a0": " "}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldSpan:
    """Words of an essay that answer a question."""

    essay: str
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationQuestion:
    """A question with its known answer; see the module's docstring for the fields."""

    id: str
    kind: Kind
    question: str
    facts: tuple[tuple[str, ...], ...]
    evidence: tuple[GoldSpan, ...]
    history: tuple[Turn, ...]
    is_near: bool = False

    @property
    def is_answerable(self) -> bool:
        """Whether the essays hold an answer."""
        return self.kind != "unanswerable"


def load_questions(path: Path) -> tuple[EvaluationQuestion, ...]:
    """Load a questions file.

    Raises:
        QuestionsFileError: The file cannot be read, is empty, or lines are not of the format or
            lack the facts of a right answer; the message names the lines.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionsFileError(
            f"Cannot read the questions file {str(path)!r}: {error}. Name a UTF-8 file with one"
            " JSON object a line."
        ) from error
    numbered = tuple(
        (number, _parse_question(line, place=f"{path.name}, line {number}"))
        # Not splitlines: JSON may hold characters that it takes for the end of a line.
        for number, line in enumerate(text.split("\n"), start=1)
        if line.strip()
    )
    questions = tuple(question for _, question in numbered)
    unfilled = [
        f"line {number} ({question.question!r})"
        for number, question in numbered
        if question.is_answerable and not question.facts
    ]
    if unfilled:
        raise QuestionsFileError(
            f"{path.name} does not say yet what a right answer holds: fill in the facts of"
            f" {', '.join(unfilled)}, each a list of alternatives, as in"
            ' [["Pell"], ["flood", "high water"]]; or make the kind "unanswerable".'
        )
    if not questions:
        raise QuestionsFileError(f"{str(path)!r} holds no question; write one JSON object a line.")
    ids = [question.id for question in questions]
    if repeated := sorted({name for name in ids if ids.count(name) > 1}):
        raise QuestionsFileError(f"{str(path)!r} uses the ids {repeated!r} more than once.")
    return questions


def _parse_question(line: str, *, place: str) -> EvaluationQuestion:
    try:
        raw = json.loads(line)
        kind = raw["kind"]
        if kind not in KINDS:
            raise QuestionsFileError(
                f"{place}: the kind {kind!r} is not one of {', '.join(KINDS)}."
            )
        return EvaluationQuestion(
            id=_text(raw["id"]),
            kind=cast(Kind, kind),
            question=_text(raw["question"]),
            facts=_parse_facts(raw["facts"], is_needed=kind != "unanswerable"),
            evidence=tuple(
                GoldSpan(essay=_text(span["essay"]), quote=_text(span["quote"]))
                for span in _list(raw["evidence"])
            ),
            history=_parse_history(_list(raw.get("history", []))),
            is_near=_parse_near(raw.get("near", False), kind=kind),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise QuestionsFileError(
            f"{place} is not a question ({error!r}); it needs id, kind, question, facts and"
            " evidence."
        ) from error


def _text(value: object) -> str:
    if not _string(value).strip():
        raise ValueError(f"{value!r} is a blank text")
    return str(value)


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not a text")
    return value


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"{value!r} is not a list")
    return value


def _parse_facts(groups: object, *, is_needed: bool) -> tuple[tuple[str, ...], ...]:
    """Parse groups of alternatives; with an empty one, no answer would count as right."""
    facts = tuple(tuple(_text(one) for one in _list(group)) for group in _list(groups))
    if is_needed and not all(facts):
        raise ValueError(f"{groups!r} is not a list of groups of facts, none empty")
    return facts


def _parse_near(value: object, *, kind: str) -> bool:
    if not isinstance(value, bool) or (value and kind != "unanswerable"):
        raise ValueError(f"near is {value!r} for the kind {kind!r}; only the unanswerable are near")
    return value


def _parse_history(messages: Sequence[dict[str, str]]) -> tuple[Turn, ...]:
    """Pair each user's message with the assistant's that follows it."""
    return tuple(
        # An abstention has no text.
        Turn(question=_text(asked["content"]), answer=_string(answered["content"]))
        for asked, answered in pairwise(messages)
        if asked["role"] == "user" and answered["role"] == "assistant"
    )


def fold(text: str) -> str:
    """Lower the case, make quotes plain and white space single, for comparison only.

    >>> fold("Lind’s  “last\\n testament”")
    'lind\\'s "last testament"'
    """
    return " ".join(text.translate(_PLAIN).casefold().split())


def holds_facts(text: str, question: EvaluationQuestion) -> bool:
    """Return whether every group of facts has an alternative of its own in ``text``.

    An alternative may be the beginning of a word, never its middle or end, and a number is a
    whole number. One that stands in the question proves nothing and is not counted; one
    alternative serves one group only.
    """
    folded, asked = fold(text), fold(question.question)
    groups = [
        [one for one in map(fold, group) if occurs(one, folded) and not occurs(one, asked)]
        for group in question.facts
    ]
    return _has_distinct_choice(groups, used=frozenset())


def occurs(alternative: str, folded: str) -> bool:
    """Return whether a word of ``folded`` begins where the alternative does, folded too.

    >>> occurs("rewrit", "it was rewritten"), occurs("art", "the party"), occurs("40", "400")
    (True, False, False)
    """
    before = r"(?<!\w)(?<!\d[.,])" if alternative[:1].isalnum() else ""
    after = r"(?![.,]?\d)" if alternative[-1:].isdigit() else ""
    return re.search(before + re.escape(alternative) + after, folded) is not None


def _has_distinct_choice(groups: list[list[str]], *, used: frozenset[str]) -> bool:
    if not groups:
        return True
    first, *rest = groups
    return any(_has_distinct_choice(rest, used=used | {one}) for one in first if one not in used)


def is_short_enough(text: str, question: EvaluationQuestion) -> bool:
    """Return whether ``text`` is no longer than an answer of the question's kind may be."""
    return len(text.split()) <= MAX_WORDS.get(question.kind, 0)


def is_correct_text(text: str, question: EvaluationQuestion) -> bool:
    """Return whether ``text`` is a right answer of an admissible length."""
    return (
        question.is_answerable
        and bool(text.strip())
        and is_short_enough(text, question)
        and holds_facts(text, question)
    )


def cut_words(text: str, max_words: int) -> str:
    """Return the first ``max_words`` words of ``text``.

    >>> cut_words("one two  three", 2)
    'one two'
    """
    return " ".join(text.split()[:max_words])


def own_words(answer: Answer) -> str:
    """Return the answer's text without what stands verbatim in the evidence.

    Those are whole sentences, and the parts of sentences that stand for a claim.
    """
    text = " ".join(_INSERTED.sub("", answer.text.translate(_PLAIN)).split())
    cited = [citation for claim in answer.claims for citation in claim.citations]
    verbatim = {
        " ".join(span.quote.translate(_PLAIN).split())
        for span in (*answer.evidence, *answer.quotes, *cited)
    }
    for quote in sorted(verbatim, key=len, reverse=True):
        text = re.sub(re.escape(quote), " ", text, flags=re.IGNORECASE)
    return " ".join(text.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldRange:
    """Where a gold span stands in a document: ``[start, end)`` in its text."""

    essay_id: str
    start: int
    end: int

    def overlap(self, essay_id: str, start: int, end: int) -> int:
        """Return how many characters the span shares with ``start:end`` of an essay."""
        if essay_id != self.essay_id:
            return 0
        return max(0, min(self.end, end) - max(self.start, start))


class EssayTexts:
    """The essays that an evaluation is about, folded once for all its questions.

    Args:
        documents: Those in use, in any order.
    """

    def __init__(self, documents: Iterable[Document]) -> None:
        self._texts = {document.id: document.text for document in documents}
        # translate maps characters one to one, so offsets stay those of the document.
        self._plain = {name: text.translate(_PLAIN) for name, text in self._texts.items()}
        self._folded = {name: fold(text) for name, text in self._texts.items()}

    def is_verbatim(self, citation: Citation) -> bool:
        """Return whether a citation is an exact, visible span of one of the essays."""
        text = self._texts.get(citation.essay_id, "")
        return text[citation.start : citation.end] == citation.quote != ""

    def find_gold(self, question: EvaluationQuestion) -> tuple[GoldRange, ...]:
        """Find every place of the gold spans of a question, white space and quotes folded.

        A span is looked for in every essay, whatever its file is called; one that none contains
        is left out. In order of the spans, then of the essays, then of the places.
        """
        found: list[GoldRange] = []
        for span in question.evidence:
            folded = fold(span.quote)
            words = [re.escape(word) for word in span.quote.translate(_PLAIN).split()]
            pattern = re.compile(r"\s+".join(words), re.IGNORECASE)
            for essay_id, text in self._folded.items():
                if folded in text:
                    found += [
                        GoldRange(essay_id=essay_id, start=match.start(), end=match.end())
                        for match in pattern.finditer(self._plain[essay_id])
                    ]
        return tuple(found)
