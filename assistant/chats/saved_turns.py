"""A question of a saved chat and what came of it, read from its row of the chats file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from assistant.answers import Answer, Reason
from assistant.answers_json import Progress, parse_answer, parse_progress
from assistant.errors import ConversationError
from assistant.owners import is_alive
from assistant.questions.querying import Turn

TURN_COLUMNS: Final = (
    "id, question, asked_at, state, owner, progress, answer, error, thumb, note, judged_at,"
    " replaced_by"
)
"""What ``read_turns`` needs of the table ``turn``, in this order."""


class TurnState(StrEnum):
    """What became of a question; the value is stored, but for ``INTERRUPTED``."""

    UNDER_WAY = "under way"
    FINISHED = "finished"
    STOPPED = "stopped"
    """Stopped before there was an answer; an answer stopped later is ``FINISHED``."""
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    """The process that was answering is gone."""


class Thumb(StrEnum):
    """What the reader thinks of an answer; the value is stored."""

    NONE = ""
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedTurn:
    """A question and what came of it.

    Attributes:
        id: The turn's id; ids grow within a conversation.
        question: What the reader typed.
        asked_at: When, ISO 8601 in UTC.
        state: What became of it.
        progress: What was written before the end; empty once there is an answer.
        answer: The answer if ``FINISHED``, else ``None``: it was not reached.
        error: Why it failed; empty unless ``FAILED``.
        thumb: What the reader thinks of the answer.
        note: The reader's words on why; may be empty.
        judged_at: When the reader said so, ISO 8601 in UTC; empty without a thumb.
    """

    id: int
    question: str
    asked_at: str
    state: TurnState
    progress: Progress
    answer: Answer | None
    error: str
    thumb: Thumb = Thumb.NONE
    note: str = ""
    judged_at: str = ""


def read_turns(
    rows: Iterable[Sequence[object]], *, is_whole: bool = False
) -> tuple[SavedTurn, ...]:
    """Make turns of the rows of one conversation.

    A turn whose saved text cannot be read is ``FAILED`` with the reason; the others are not lost
    with it. A turn that another one replaces is left out as long as that is under way or has
    come to something; else the earlier one stands again.

    Args:
        rows: Of ``TURN_COLUMNS``, oldest first.
        is_whole: Whether to give the replaced ones too.
    """
    read = [(_read_turn(row), row[-1]) for row in rows]
    standing = {turn.id for turn, _ in read if has_come_to_something(turn)}
    return tuple(
        turn
        for turn, replaced_by in read
        if is_whole or replaced_by not in standing or replaced_by is None
    )


def history_of(turns: Iterable[SavedTurn]) -> tuple[Turn, ...]:
    """Return the answered turns as a later question sees them; an abstention has no text.

    A greeting or thanks between two questions is no turn that the second refers back to.
    """
    return tuple(
        Turn(question=turn.question, answer=turn.answer.text)
        for turn in turns
        if turn.answer is not None and turn.answer.reason is not Reason.REPLIED
    )


def has_come_to_something(turn: SavedTurn) -> bool:
    """Return whether there is an answer, if only its beginning, or one is under way."""
    if turn.answer is not None:
        return bool(turn.answer.claims) or not turn.answer.is_stopped
    return turn.state is TurnState.UNDER_WAY


def _read_turn(row: Sequence[object]) -> SavedTurn:
    # The tables are strict: each column has the type that the schema says.
    id_, question, asked_at, state, owner, progress, answer, error, thumb, note, judged_at, _ = row
    read_progress, read_answer, error = Progress(), None, str(error)
    try:
        read_state = TurnState(str(state))
        read_progress = parse_progress(str(progress))
        if read_state is TurnState.FINISHED:
            read_answer = parse_answer(str(answer))
    except (ConversationError, ValueError) as cause:
        read_state, error = TurnState.FAILED, str(cause)
    if read_state is TurnState.UNDER_WAY and not is_alive(str(owner)):
        read_state = TurnState.INTERRUPTED
    return SavedTurn(
        id=int(str(id_)),
        question=str(question),
        asked_at=str(asked_at),
        state=read_state,
        progress=read_progress,
        answer=read_answer,
        error=error,
        thumb=Thumb(str(thumb)) if thumb in list(Thumb) else Thumb.NONE,
        note=str(note),
        judged_at=str(judged_at),
    )


def storable(text: str) -> str:
    """Replace lone surrogates, which UTF-8 and so SQLite cannot hold.

    >>> storable("a\\ud800b")
    'a?b'
    """
    return text.encode("utf-8", "replace").decode("utf-8")
