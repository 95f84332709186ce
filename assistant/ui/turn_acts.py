"""What can be done with a turn of a chat, and doing it: ask again, edit, judge."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from assistant.chats.saved_turns import has_come_to_something
from assistant.conversations import SavedTurn, Thumb, TurnState
from assistant.errors import ConversationError
from assistant.export import make_report
from assistant.exporting.to_text import render_text
from assistant.kept_essays.found import FindEssay
from assistant.ui import scope_panel, sidebar
from assistant.ui.components import TurnAct
from assistant.ui.views import ActionsView
from assistant.workspace import Workspace


def view_actions(turns: Sequence[SavedTurn], *, find: FindEssay) -> tuple[ActionsView | None, ...]:
    """Return what can be done with each turn of a chat; ``None`` for one under way.

    Args:
        turns: All of the chat, oldest first.
        find: Finds the essays that are cited, to name them in a copy.
    """
    is_active = bool(turns) and turns[-1].state is TurnState.UNDER_WAY
    return tuple(
        None
        if turn.state is TurnState.UNDER_WAY
        else ActionsView(
            copy_text=_copy(turn, find) if turn.answer or turn.progress.claims else "",
            can_repeat=not is_active,
            can_edit=turn is turns[-1],
            can_judge=turn.answer is not None,
            thumb=turn.thumb,
            note=turn.note,
        )
        for turn in turns
    )


def _copy(turn: SavedTurn, find: FindEssay) -> str:
    report = make_report([turn], find=find, made_at=datetime.now().astimezone())
    return render_text(report)


def _again(workspace: Workspace, chat_id: str, act: TurnAct) -> None:
    """Ask the same question once more; a last one that came to nothing is replaced."""
    turn, is_last = _find(workspace, chat_id, act.turn_id)
    is_for_nothing = is_last and not has_come_to_something(turn)
    _ask(workspace, chat_id, turn.question, replacing=turn.id if is_for_nothing else 0)


def _edit(workspace: Workspace, chat_id: str, act: TurnAct) -> None:
    """Ask the question ``act.value`` in place of the last one."""
    turn, _ = _find(workspace, chat_id, act.turn_id)
    _ask(workspace, chat_id, act.value, replacing=turn.id)


def _ask(workspace: Workspace, chat_id: str, question: str, *, replacing: int) -> None:
    workspace.ask(
        chat_id,
        question,
        caution=sidebar.wanted_caution(),
        scope=scope_panel.wanted_scope(),
        replacing=replacing,
    )


def _judge(workspace: Workspace, chat_id: str, act: TurnAct) -> None:
    """Save a thumb, and the reason that may stand in the lines below it."""
    turn, _ = _find(workspace, chat_id, act.turn_id)
    value, _, note = act.value.partition("\n")
    try:
        thumb = Thumb(value)
    except ValueError:
        raise ConversationError(
            f"The thumb {value!r} is none; it is 'up', 'down' or nothing."
        ) from None
    workspace.chats.set_feedback(turn.id, thumb, note)


def _find(workspace: Workspace, chat_id: str, turn_id: str) -> tuple[SavedTurn, bool]:
    """Return a turn of a chat and whether it is the last one."""
    turns = workspace.chats.get(chat_id).turns
    for turn in turns:
        if str(turn.id) == turn_id:
            return turn, turn is turns[-1]
    raise ConversationError(
        f"The question {turn_id!r} is not in this chat any more; reload the page to see what is."
    )


ACTS: Final[Mapping[str, Callable[[Workspace, str, TurnAct], None]]] = {
    "again": _again,
    "edit": _edit,
    "thumb": _judge,
}
"""What does each kind of act; each raises ``AssistantError`` with the reason if it cannot."""
