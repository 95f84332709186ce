"""Documents that the reader takes away: made when asked for, held until the browser has them."""

import base64
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import streamlit as st

from assistant.conversations import SavedTurn
from assistant.errors import ExportError
from assistant.export import make_report
from assistant.exporting.files import ExportFormat, write_report
from assistant.ui.components import DownloadView, ToolbarView, TurnAct
from assistant.workspace import Workspace

_DOWNLOAD: Final = "download"
_FORMATS: Final = (ExportFormat.WORD, ExportFormat.HTML, ExportFormat.MARKDOWN)
"""In the order in which they are offered."""


def view_toolbar(turns: Sequence[SavedTurn]) -> ToolbarView | None:
    """Return what can be done with a whole chat; nothing with one that is empty."""
    return ToolbarView(formats=_FORMATS) if turns else None


def wanted_download(chat_id: str) -> DownloadView | None:
    """Return the document of this chat that the browser does not have yet."""
    match st.session_state.get(_DOWNLOAD):
        case (str(holder), DownloadView() as download) if holder == chat_id:
            return download
        case _:
            return None


def make_download(workspace: Workspace, chat_id: str, act: TurnAct) -> DownloadView:
    """Return the document of a turn, or of the whole chat, in the format that the act names.

    Raises:
        AssistantError: It cannot be made.
    """
    if act.value not in list(ExportFormat):
        raise ExportError(
            f"There is no document of the format {act.value!r}; take {', '.join(ExportFormat)}."
        )
    chat = workspace.chats.get(chat_id)
    turns = [turn for turn in chat.turns if act.turn_id in ("", str(turn.id))]
    if not turns:
        raise ExportError("The question is gone from the chat; there is nothing to write.")
    report = make_report(
        turns,
        title="" if act.turn_id else chat.title,
        find=workspace.find_essay,
        made_at=datetime.now().astimezone(),
    )
    file = write_report(report, ExportFormat(act.value))
    return DownloadView(
        id=secrets.token_urlsafe(8),
        name=file.name,
        mime=file.mime,
        base64=base64.b64encode(file.content).decode(),
    )


def _export(workspace: Workspace, chat_id: str, act: TurnAct) -> None:
    st.session_state[_DOWNLOAD] = (chat_id, make_download(workspace, chat_id, act))


def _forget(workspace: Workspace, chat_id: str, act: TurnAct) -> None:
    """Let go of a document that the browser has; one made since stays."""
    download = wanted_download(chat_id)
    if download is not None and download.id == act.value:
        del st.session_state[_DOWNLOAD]


EXPORT_ACTS: Final[Mapping[str, Callable[[Workspace, str, TurnAct], None]]] = {
    "export": _export,
    "saved": _forget,
}
"""What does each kind of ``TurnAct`` that is about documents."""
