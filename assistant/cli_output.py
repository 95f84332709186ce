"""What the command line prints, as text and as JSON values."""

from dataclasses import asdict

from assistant.answers import Answer
from assistant.citations import Citation
from assistant.scorecard import QuestionResult, Scorecard
from index.corpus import Document


def render_answer(answer: Answer) -> str:
    """Render an answer with its citations numbered, or the closest passages."""
    if answer.abstained:
        lines = [f"The essays do not say: {answer.reason}."]
        if answer.passages:
            lines += ["", "The closest passages, none of them an answer:"]
            lines += [
                f"  - {one.title} ({one.essay} {one.start}-{one.end}): {one.text[:160].strip()}…"
                for one in answer.passages[:3]
            ]
        return "\n".join(lines)
    numbers: dict[Citation, int] = {}
    sentences = []
    for claim in answer.claims:
        marks = [str(numbers.setdefault(one, len(numbers) + 1)) for one in claim.citations]
        sentences.append(f"{claim.text} [{', '.join(marks)}]")
    lines = [" ".join(sentences), ""]
    for one, number in numbers.items():
        author = f"{one.author}, " if one.author else ""
        lines.append(f"[{number}] {author}{one.title} ({one.essay} {one.start}-{one.end})")
        lines.append(f"    “{' '.join(one.quote.split())}”")
    return "\n".join(lines)


def render_answer_json(answer: Answer) -> dict[str, object]:
    """Return an answer as one JSON object.

    Offsets are half-open and count characters of the essay's text as ``essays show`` prints it.
    """
    return {
        "question": answer.question,
        "query": answer.query,
        "abstained": answer.abstained,
        "reason": answer.reason.value,
        "answer": answer.text,
        "claims": [
            {"text": claim.text, "citations": [asdict(one) for one in claim.citations]}
            for claim in answer.claims
        ],
        "quotes": [asdict(one) for one in answer.quotes],
        "passages": [
            {
                "essay": one.essay,
                "start": one.start,
                "end": one.end,
                "text": one.text,
                "score": one.score,
                "rank": one.rank,
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
    }


def render_document_json(document: Document, *, has_text: bool) -> dict[str, object]:
    """Return an essay as one JSON object, with its text if wanted."""
    fields = asdict(document)
    text: str = fields.pop("text")
    fields["words"] = len(text.split())
    return {**fields, "text": text} if has_text else fields


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


def render_scorecard(card: Scorecard) -> str:
    """Render the figures, one line a group."""
    lines = [f"model: {card.model}"]
    for name, group in asdict(card).items():
        if isinstance(group, dict):
            shown = ", ".join(
                f"{key} {'-' if value is None else f'{value:g}'}" for key, value in group.items()
            )
            lines.append(f"{name}: {shown}")
    return "\n".join(lines)
