"""Answers as JSON text and back, the form in which chats are saved.

The fields follow the dataclasses of ``assistant.answers``: a field added there with a default is
read from older texts too; without one, older texts are refused. Reading trusts nothing, since a
saved file can be edited or damaged: every type and every bound is checked.
"""

import json
import math
from dataclasses import MISSING, asdict, dataclass, fields, is_dataclass, replace
from enum import StrEnum
from typing import Final, TypeVar, get_args, get_origin, get_type_hints

from assistant.answers import (
    Answer,
    ClaimChecked,
    ClaimWithheld,
    Event,
    FoundPassage,
    PassagesFound,
    Seconds,
)
from assistant.citations import Citation
from assistant.errors import ConversationError
from assistant.grounding import Claim
from assistant.llm import Usage
from assistant.scope import ALL_ESSAYS, Scope
from assistant.why import SearchedTerm
from index.explaining import TermScore

__all__ = ["Progress", "parse_answer", "parse_progress", "render_answer", "render_progress"]

_T = TypeVar("_T")

_NEWER: Final = "If a newer version of the assistant saved it, use that one; else ask again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What an answer under way has come to.

    Attributes:
        passages: Those found.
        claims: Those checked and shown.
        withheld: Those checked and left out.
        scope: To which essays the question was limited.
    """

    passages: tuple[FoundPassage, ...] = ()
    claims: tuple[Claim, ...] = ()
    withheld: tuple[Claim, ...] = ()
    scope: Scope = ALL_ESSAYS

    def add(self, event: Event) -> "Progress":
        """Return the progress after one more event; itself if the event changes nothing of it."""
        match event:
            case PassagesFound(passages=passages):
                return replace(self, passages=passages)
            case ClaimChecked(claim=claim):
                return replace(self, claims=(*self.claims, claim))
            case ClaimWithheld(claim=claim):
                return replace(self, withheld=(*self.withheld, claim))
            case _:
                return self


def render_answer(answer: Answer) -> str:
    """Return the answer as ASCII JSON; ``parse_answer`` reads it back equal."""
    return _render(answer)


def parse_answer(text: str) -> Answer:
    """Read what ``render_answer`` wrote.

    Raises:
        ConversationError: The text is not a well-formed answer.
    """
    return _parse(Answer, text)


def render_progress(progress: Progress) -> str:
    """Return the progress as ASCII JSON; ``parse_progress`` reads it back equal."""
    return _render(progress)


def parse_progress(text: str) -> Progress:
    """Read what ``render_progress`` wrote.

    Raises:
        ConversationError: The text is not a well-formed progress.
    """
    return _parse(Progress, text)


def _render(value: Answer | Progress) -> str:
    return json.dumps(asdict(value), allow_nan=False, separators=(",", ":"))


def _parse(kind: type[_T], text: str) -> _T:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConversationError(f"A saved answer is not JSON: {error}.") from error
    return _read(kind, value, "answer")


def _read(kind: type[_T], value: object, where: str) -> _T:
    """Turn a JSON value into a ``kind``; ``where`` names it in errors."""
    result: object
    if get_origin(kind) is tuple:
        (item_kind, _) = get_args(kind)
        if not isinstance(value, list):
            raise _unexpected(where, value, "a list")
        result = tuple(_read(item_kind, item, f"{where}[{i}]") for i, item in enumerate(value))
    elif is_dataclass(kind):
        result = _read_fields(kind, value, where)
    elif issubclass(kind, StrEnum):
        if not isinstance(value, str) or value not in list(kind):
            accepted = ", ".join(repr(str(member)) for member in kind)
            raise _unexpected(where, value, f"one of {accepted}. {_NEWER}")
        result = kind(value)
    elif kind is float:
        # bool is an int to Python, and a whole float may be written without its point.
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _unexpected(where, value, "a number")
        try:
            result = float(value)
        except OverflowError:
            result = math.inf
        if not math.isfinite(result):
            raise _unexpected(where, value, "a finite number")
    else:
        if type(value) is not kind:
            raise _unexpected(where, value, f"of type {kind.__name__}")
        result = value
    return result  # type: ignore[return-value]  # each branch made a ``kind``


def _read_fields(kind: type, value: object, where: str) -> object:
    if not isinstance(value, dict):
        raise _unexpected(where, value, "an object")
    hints = get_type_hints(kind)
    known = {field.name: field for field in fields(kind)}
    required = {
        name
        for name, field in known.items()
        if field.default is MISSING and field.default_factory is MISSING
    }
    if wrong := sorted((required - value.keys()) | (value.keys() - known.keys())):
        raise ConversationError(
            f"A saved answer cannot be read: {where} misses or does not know the fields {wrong!r}."
            f" {_NEWER}"
        )
    read = {name: _read(hints[name], item, f"{where}.{name}") for name, item in value.items()}
    result = kind(**read)
    if complaint := _complaint(result):
        raise ConversationError(f"A saved answer cannot be read: {where} {complaint}.")
    return result


def _complaint(value: object) -> str:
    """Return which bound of its docstring a value breaks, or nothing."""
    match value:
        case Citation(start=start, end=end, quote=words, paragraph=paragraph):
            if not 0 <= start < end or end - start != len(words):
                return f"has offsets {start}:{end} for a text of {len(words)} characters"
            if paragraph < 0:
                return f"has the paragraph {paragraph}; paragraphs count from 1"
        case FoundPassage(start=start, end=end, text=words, rank=rank):
            if not 0 <= start < end or end - start != len(words):
                return f"has offsets {start}:{end} for a text of {len(words)} characters"
            if rank < 1:
                return f"has the rank {rank}; ranks count from 1"
            if value.n_terms < 0:
                return f"has {value.n_terms} terms"
        case TermScore(n_times=n_times):
            if n_times < 1:
                return f"has a term {n_times} times; it stands there at least once"
        case SearchedTerm(n_passages=n_passages):
            if n_passages < 0:
                return f"has a term in {n_passages} passages"
        case Claim(citations=citations, support=support):
            if len(citations) > 2:
                return f"has {len(citations)} citations; a claim has at most 2"
            if not _is_share(support):
                return f"has the support {support}; it lies between 0 and 1"
        case Usage(prompt=prompt, evaluated=evaluated, generated=generated):
            if min(prompt, evaluated, generated) < 0:
                return "counts fewer than 0 tokens"
        case Seconds(search=search, first_token=first_token, total=total):
            if min(search, first_token, total) < 0:
                return "took less than 0 seconds"
        case Answer(p_none=p_none, doubt=doubt):
            for probability in (p_none, doubt):
                if not _is_share(probability):
                    return f"has the probability {probability}; it lies between 0 and 1"
            if value.abstained and value.claims:
                return "is an abstention with claims"
        case _:
            pass
    return ""


def _is_share(value: float) -> bool:
    # A sum of shares may pass 1 by a rounding error.
    return 0 <= value <= 1 + 1e-6


def _unexpected(where: str, value: object, expected: str) -> ConversationError:
    shown = repr(value)
    shown = shown if len(shown) <= 60 else shown[:60] + "…"
    expected = expected if expected.endswith(".") else f"{expected}."
    return ConversationError(
        f"A saved answer cannot be read: {where} is {shown}; it must be {expected}"
    )
