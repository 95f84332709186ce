"""A report as plain text, fit to be copied into a letter."""

from collections.abc import Iterator

from assistant.exporting.reports import (
    CLOSEST_HEADING,
    ESSAYS_HEADING,
    Report,
    ReportTurn,
    describe_numbers,
    describe_source,
    quote_words,
)


def render_text(report: Report) -> str:
    """Return the sentences with numbers in brackets, then the words that they rest on."""
    lines = [report.title, ""] if len(report.turns) != 1 else []
    for turn in report.turns:
        lines += [*_turn_lines(turn), ""]
    if report.essays:
        lines += [f"{ESSAYS_HEADING}:"]
        lines += [
            f"- {describe_source(essay.source)}: {describe_numbers(essay.numbers)}"
            for essay in report.essays
        ]
        lines += [""]
    return "\n".join([*lines, report.colophon, ""])


def _turn_lines(turn: ReportTurn) -> Iterator[str]:
    yield turn.question
    yield turn.about
    yield from turn.remarks
    if turn.notice:
        yield from ("", turn.notice)
    for section in turn.sections:
        yield ""
        if section.heading:
            yield f"{section.heading}:"
        yield " ".join(
            f"{claim.text}{''.join(f' [{number}]' for number in claim.numbers)}"
            + (f" ({claim.mark})" if claim.mark else "")
            for claim in section.claims
        )
    if turn.closest:
        yield from ("", CLOSEST_HEADING)
        for one in turn.closest:
            yield f"- {describe_source(one.source)}: {quote_words(one.excerpt)}"
    if turn.left_out:
        yield from ("", f"{turn.left_out_heading}:")
        for left in turn.left_out:
            yield f"- {left.text}{f' ({left.reason})' if left.reason else ''}"
    if turn.footnotes:
        yield ""
    for note in turn.footnotes:
        words = f"{quote_words(note.quotation)} {describe_source(note.source)}."
        yield " ".join(filter(None, (f"[{note.number}]", words, note.remark)))
