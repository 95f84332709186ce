"""The list of the saved chats in the sidebar: drawn, and the reader's acts in it carried out."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Final

import streamlit as st

from assistant.chats.views import view_chats
from assistant.errors import AssistantError, ConversationError
from assistant.ui.acts import do_acts, last_done
from assistant.ui.asset_files import read_assets
from assistant.workspace import Workspace

_list = st.components.v2.component(
    "essay_assistant_chats",
    css=read_assets("panel.css", "chats.css"),
    js=read_assets("element.js", "mount.js", "outbox.js", "chats.js"),
)
_KEY: Final = "chats"
# Kept in the session.
_SEARCH: Final = "chats_search"
_IS_WHOLE: Final = "chats_whole"
_REMOVED: Final = "chats_removed"
_OPENING: Final = "chats_opening"
_PROBLEM: Final = "chats_problem"


def draw_chats(workspace: Workspace, chat_id: str, *, open_chat: Callable[[str], None]) -> None:
    """Draw the list, again without the rest of the page when the reader does something in it.

    Args:
        workspace: Holds the chats.
        chat_id: The one that is open; empty if none is.
        open_chat: Goes to the chat with an id, to an empty one without; it does not return.
    """
    st.fragment(_draw)(workspace, chat_id, open_chat)


def _draw(workspace: Workspace, chat_id: str, open_chat: Callable[[str], None]) -> None:
    opening = st.session_state.pop(_OPENING, None)
    if opening is not None:
        open_chat(opening)
    search = st.session_state.get(_SEARCH, "")
    try:
        listed = view_chats(
            workspace.chats.search(search) if search.strip() else workspace.chats.list(),
            workspace.chats.removed(),
            now=datetime.now().astimezone(),
            current=chat_id,
            search=search,
            is_whole=st.session_state.get(_IS_WHOLE, False),
            removed_last=st.session_state.get(_REMOVED, ""),
            problem=st.session_state.get(_PROBLEM, ""),
        )
    except ConversationError:
        return  # the chat itself says what is wrong
    _list(
        key=_KEY,
        data={"kind": "chats", **asdict(listed), "done": last_done(_KEY)},
        on_acts_change=partial(do_acts, _KEY, partial(_do, workspace, chat_id)),
    )


def _do(workspace: Workspace, chat_id: str, act: Mapping[str, object]) -> None:
    st.session_state[_PROBLEM] = ""
    match act:
        case {"kind": "search", "value": str(text)}:
            st.session_state[_SEARCH] = text
        case {"kind": "whole", "value": bool(is_whole)}:
            st.session_state[_IS_WHOLE] = is_whole
        case {"kind": str(kind), "id": str(id_), "value": str(value)}:
            try:
                _do_with(workspace, chat_id, kind, id_, value)
            except AssistantError as error:
                st.session_state[_PROBLEM] = str(error)


def _do_with(workspace: Workspace, chat_id: str, kind: str, id_: str, value: str) -> None:
    st.session_state[_REMOVED] = ""
    match kind:
        case "open":
            st.session_state[_OPENING] = id_
        case "rename":
            workspace.chats.rename(id_, value)
        case "remove":
            workspace.remove_chat(id_)
            st.session_state[_REMOVED] = id_
            if id_ == chat_id:
                st.session_state[_OPENING] = ""
        case "restore":
            workspace.chats.restore(id_)
