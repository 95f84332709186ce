"""What the command line gives back: its exit status, text and JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from assistant.answers import Answer, Reason
from assistant.citations import describe_place
from assistant.grounding import Claim
from assistant.measures.curves import render_curve
from assistant.measures.measuring import QuestionResult
from assistant.numbering import number_spans
from assistant.scope import describe_scope
from assistant.wording import (
    describe_expansions,
    describe_mark,
    describe_missing,
    split_sections,
)
from index.corpus import Document

if TYPE_CHECKING:
    # It takes seconds to import, see assistant/cli.py.
    from assistant.measures.scorecard import Scorecard

OK = 0
FAILURE = 1
BAD_INPUT = 2


def print_json(value: object) -> None:
    """Print a JSON value."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def render_answer(answer: Answer) -> str:
    """Render an answer with its citations numbered, or the closest passages.

    What is no question is replied to in one sentence and nothing else.
    """
    limit = describe_scope(answer.scope)
    if answer.reason is Reason.REPLIED:
        return "\n\n".join(filter(None, (limit, answer.notice)))
    lines = [limit, ""] if limit else []
    lines += _abstention_lines(answer) if answer.abstained else _claim_lines(answer)
    if answer.withheld:
        lines += ["", "Left out:"]
        lines += [f"  - {one.text} ({one.reason or one.verdict})" for one in answer.withheld]
    if notes := _note_lines(answer):
        lines += ["", *notes]
    return "\n".join(lines)


def _abstention_lines(answer: Answer) -> list[str]:
    lines = [answer.notice or f"The essays do not say: {answer.reason}."]
    if answer.passages:
        lines += ["", "The closest passages, none of them an answer:"]
        lines += [
            f"  - {one.title} ({one.essay} {one.start}-{one.end}): {one.text[:160].strip()}…"
            for one in answer.passages[:3]
        ]
    return lines


def _claim_lines(answer: Answer) -> list[str]:
    numbering = number_spans(answer.claims)
    numbers = iter(numbering.of_claims)
    lines: list[str] = []
    for section in split_sections(answer):
        if section.heading:
            lines += [*([""] if lines else []), f"{section.heading}:"]
        lines.append(" ".join(_render_claim(claim, next(numbers)) for claim in section.claims))
    if answer.notice:
        lines += ["", answer.notice]
    lines.append("")
    for number, one in enumerate(numbering.citations, start=1):
        named = ", ".join(filter(None, (one.author, one.title, describe_place(one))))
        lines.append(f"[{number}] {named} ({one.essay} {one.start}-{one.end})")
        lines.append(f"    “{' '.join(one.quote.split())}”")
    return lines


def _render_claim(claim: Claim, numbers: Sequence[int]) -> str:
    mark = describe_mark(claim)
    return f"{claim.text} [{', '.join(map(str, numbers))}]{f' ({mark})' if mark else ''}"


def _note_lines(answer: Answer) -> list[str]:
    """Return what was searched for, where that is not what the reader typed."""
    is_limited = answer.scope.is_limited
    expansions = describe_expansions(answer.expanded, is_limited=is_limited)
    missing = ""
    if answer.abstained:
        missing = describe_missing(answer.missing, answer.notice, is_limited=is_limited)
    return [
        *([missing] if missing else []),
        *([f"Searched also for: {expansions}"] if expansions else []),
    ]


def render_answer_json(answer: Answer) -> dict[str, object]:
    """Return an answer as one JSON object.

    Offsets are half-open and count characters of the essay's text as ``essays show`` prints it.
    """
    return {
        "question": answer.question,
        "query": answer.query,
        "abstained": answer.abstained,
        "reason": answer.reason.value,
        "answer": answer.notice if answer.reason is Reason.REPLIED else answer.text,
        "claims": [_claim_json(claim) for claim in answer.claims],
        "quotes": [asdict(one) for one in answer.quotes],
        "passages": [
            {
                "essay": one.essay,
                "start": one.start,
                "end": one.end,
                "text": one.text,
                "score": one.score,
                "rank": one.rank,
                "n_terms": one.n_terms,
                "matches": [asdict(match) for match in one.matches],
            }
            for one in answer.passages
        ],
        "evidence": [
            {"essay": one.essay, "start": one.start, "end": one.end, "text": one.quote}
            for one in answer.evidence
        ],
        "model": answer.model,
        "p_none": answer.p_none,
        "tokens": asdict(answer.usage),
        "seconds": asdict(answer.seconds),
        "withheld": [_claim_json(claim) for claim in answer.withheld],
        "expanded": [asdict(one) for one in answer.expanded],
        "notice": answer.notice,
        "missing": list(answer.missing),
        "is_by_essay": answer.is_by_essay,
        "doubt": answer.doubt,
        "caution": answer.caution.value,
        "scope": asdict(answer.scope),
        "search": asdict(answer.search),
    }


def _claim_json(claim: Claim) -> dict[str, object]:
    return {
        "text": claim.text,
        "citations": [asdict(one) for one in claim.citations],
        "verdict": claim.verdict.value,
        "support": claim.support,
        "reason": claim.reason,
    }


def render_document_json(document: Document, *, has_text: bool) -> dict[str, object]:
    """Return an essay as one JSON object, with its text and the offsets into it if wanted."""
    fields = asdict(document)
    offsets = {name: fields.pop(name) for name in ("headings", "pages", "text")}
    fields["words"] = len(document.text.split())
    return {**fields, **offsets} if has_text else fields


def render_question_line(result: QuestionResult) -> str:
    """Render what became of one evaluation question in two lines."""
    answer = result.answer
    if not result.question.is_answerable:
        verdict = "refused" if answer.abstained else "WRONG: answered"
    elif answer.abstained:
        verdict = "WRONG: refused"
    elif result.is_correct:
        verdict = "right" if result.is_correct_own_words else "right, copied"
    else:
        verdict = "WRONG"
    shown = answer.text if not answer.abstained else f"({answer.reason})"
    return f"{result.question.id} {verdict}: {result.question.question}\n    {shown}"


def render_scorecard(card: "Scorecard") -> str:
    """Render the figures, one line a group, and the curve as a table."""
    lines = [f"model: {card.model}"]
    for name, group in {**asdict(card), "by_kind": None, "curve": None}.items():
        if isinstance(group, dict):
            shown = ", ".join(f"{key} {_render_figure(value)}" for key, value in group.items())
            lines.append(f"{name}: {shown}")
        elif isinstance(group, int):
            lines.append(f"{name}: {group}")
    for kind, figures in card.by_kind:
        shown = ", ".join(f"{key} {value}" for key, value in asdict(figures).items())
        lines.append(f"kind {kind}: {shown}")
    return "\n".join([*lines, "", render_curve(card.curve)])


def _render_figure(value: float | dict[str, float] | None) -> str:
    match value:
        case None:
            return "-"
        case {"low": low, "high": high}:
            return f"{low:.2f} to {high:.2f}"
        case _:
            return f"{value:g}"
