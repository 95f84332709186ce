"""What a document says of a chat or a single answer, the same in every format."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from textwrap import shorten
from typing import Final

from assistant.answers import FoundPassage
from assistant.citations import Citation, describe_place, name_place
from assistant.conversations import SavedTurn, TurnState
from assistant.exporting.reports import (
    CitedEssay,
    Closest,
    Footnote,
    LeftOut,
    Report,
    ReportClaim,
    ReportSection,
    ReportTurn,
    Source,
    tidy,
)
from assistant.grounding import Claim
from assistant.kept_essays.found import FindEssay, FoundEssay, find_kept
from assistant.kept_essays.opened import OTHER_REMARK
from assistant.numbering import number_spans
from assistant.outcomes import (
    INTERRUPTED,
    MAX_CLOSEST,
    STOPPED,
    STOPPED_EMPTY,
    describe_outcome,
    describe_remarks,
    describe_search,
)
from assistant.scope import describe_scope
from assistant.wording import Section, describe_mark, describe_withheld, split_sections
from index.places import find_place

_UNTITLED: Final = "Chat"
_UNDER_WAY: Final = "This was still being answered when the document was made."
_MAX_EXCERPT_CHARS: Final = 200


def make_report(
    turns: Sequence[SavedTurn],
    *,
    title: str = "",
    find: FindEssay,
    made_at: datetime,
) -> Report:
    """Return saved questions and their answers as a document.

    A turn that has no answer is told with the reason; of one under way, what there is so far.

    Args:
        turns: Oldest first; none make a document without questions.
        title: The chat's title, by default that of a single question is the question.
        find: Finds the essays that are cited, for their dates and what has become of them.
        made_at: Now; the dates of questions are told in its time zone.
    """
    reported: list[ReportTurn] = []
    n_notes = 0
    for turn in turns:
        reported.append(_report_turn(turn, first=n_notes + 1, find=find, zone=made_at.tzinfo))
        n_notes += len(reported[-1].footnotes)
    named = tidy(title)
    # A title is the beginning of the first question unless the reader gave another.
    if len(reported) == 1 and reported[0].question.startswith(named.removesuffix("…").rstrip()):
        named = reported[0].question
    reading = " The notes quote the essays word for word." if n_notes else ""
    return Report(
        title=named or _UNTITLED,
        turns=tuple(reported),
        essays=_list_essays(reported),
        colophon=f"Made with Essay Assistant on {_name_day(made_at)}.{reading}",
    )


def _report_turn(
    turn: SavedTurn, *, first: int, find: FindEssay, zone: tzinfo | None
) -> ReportTurn:
    asked = f"Asked on {_name_day(datetime.fromisoformat(turn.asked_at).astimezone(zone))}."
    answer, progress = turn.answer, turn.progress
    if answer is None:
        begun = ReportTurn(
            question=tidy(turn.question),
            about=asked,
            remarks=_tidy_lines(describe_scope(progress.scope)),
            notice=tidy(_describe_state(turn)),
        )
        sections = (Section(heading="", claims=progress.claims),) if progress.claims else ()
        return _add_claims(begun, sections, progress.withheld, first=first, find=find)
    model = f" Model: {tidy(answer.model)}." if answer.model else ""
    scope = answer.scope
    searched = describe_search(
        answer.question, answer.query, answer.expanded, is_limited=scope.is_limited
    )
    closest = answer.passages[:MAX_CLOSEST] if answer.abstained else ()
    begun = ReportTurn(
        question=tidy(turn.question),
        about=f"{asked}{model}",
        remarks=_tidy_lines(describe_scope(scope), *searched, *describe_remarks(answer)),
        notice=tidy(describe_outcome(answer)),
        closest=tuple(_report_passage(one, find) for one in closest),
    )
    return _add_claims(begun, split_sections(answer), answer.withheld, first=first, find=find)


def _tidy_lines(*lines: str) -> tuple[str, ...]:
    return tuple(filter(None, map(tidy, lines)))


def _describe_state(turn: SavedTurn) -> str:
    """Say why there is no answer."""
    match turn.state:
        case TurnState.UNDER_WAY:
            return _UNDER_WAY
        case TurnState.STOPPED:
            return STOPPED if turn.progress.claims else STOPPED_EMPTY
        case TurnState.INTERRUPTED:
            return INTERRUPTED
        case _:
            return turn.error


def _add_claims(
    turn: ReportTurn,
    sections: Sequence[Section],
    withheld: Sequence[Claim],
    *,
    first: int,
    find: FindEssay,
) -> ReportTurn:
    """Return the turn with its sentences, their footnotes numbered from ``first``."""
    numbering = number_spans(
        (claim for section in sections for claim in section.claims), first=first
    )
    numbers = iter(numbering.of_claims)
    return replace(
        turn,
        sections=tuple(
            ReportSection(
                heading=tidy(section.heading),
                claims=tuple(
                    ReportClaim(
                        text=tidy(claim.text),
                        numbers=next(numbers),
                        mark=tidy(describe_mark(claim)),
                    )
                    for claim in section.claims
                ),
            )
            for section in sections
        ),
        left_out=tuple(
            LeftOut(text=tidy(claim.text), reason=tidy(claim.reason)) for claim in withheld
        ),
        left_out_heading=f"Left out: {describe_withheld(len(withheld))}" if withheld else "",
        footnotes=tuple(
            _report_citation(citation, number, find)
            for number, citation in enumerate(numbering.citations, start=first)
        ),
    )


def _report_citation(citation: Citation, number: int, find: FindEssay) -> Footnote:
    found = find_kept(find, citation.essay_id)
    if found and not citation.paragraph:
        # Chats of earlier versions do not tell the place.
        place = find_place(found.document, citation.start)
        citation = replace(citation, paragraph=place.paragraph, page=place.page)
    return Footnote(
        number=number,
        quotation=tidy(citation.quote),
        source=Source(
            author=tidy(citation.author),
            title=tidy(citation.title),
            date=tidy(found.document.date) if found else "",
            place=tidy(describe_place(citation)),
        ),
        essay_id=citation.essay_id,
        remark=_describe_fate(found),
    )


def _describe_fate(found: FoundEssay | None) -> str:
    """Say what has become of an essay; which collection is in use says nothing of the essay."""
    if found is None or found.remark.startswith(OTHER_REMARK):
        return ""
    return tidy(found.remark)


def _report_passage(passage: FoundPassage, find: FindEssay) -> Closest:
    found = find_kept(find, passage.essay_id)
    place = find_place(found.document, passage.start) if found else None
    return Closest(
        excerpt=shorten(tidy(passage.text), _MAX_EXCERPT_CHARS, placeholder=" …"),
        source=Source(
            author=tidy(passage.author),
            title=tidy(passage.title),
            place=name_place(place.paragraph, place.page) if place else "",
        ),
    )


def _list_essays(turns: Sequence[ReportTurn]) -> tuple[CitedEssay, ...]:
    notes: dict[str, list[Footnote]] = {}
    for turn in turns:
        for note in turn.footnotes:
            notes.setdefault(note.essay_id, []).append(note)
    return tuple(
        CitedEssay(
            source=replace(of_essay[0].source, place=""),
            numbers=tuple(note.number for note in of_essay),
        )
        for of_essay in notes.values()
    )


def _name_day(moment: datetime) -> str:
    """Name a day as a document does.

    >>> _name_day(datetime(1903, 5, 4))
    '4 May 1903'
    """
    return f"{moment.day} {moment:%B %Y}"
