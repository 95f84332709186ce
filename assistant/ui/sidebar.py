"""The sidebar: chats, the model, the essays in use."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

import streamlit as st

from assistant.errors import ConversationError
from assistant.judging import Caution
from assistant.model_setup import ModelState
from assistant.ui.components import draw_panel
from assistant.wording import CAUTION_WORDS
from assistant.workspace import Workspace
from index.corpus import Corpus

_FOLLOW_S = 0.5
_MAX_CHATS = 8
_CAUTION = "caution"
_CAUTION_HELP: Final[Mapping[Caution, str]] = {
    Caution.CAREFUL: "answer only what the essays clearly say",
    Caution.BALANCED: "in between",
    Caution.BOLD: "answer more, and be wrong more often",
}
_UNDER_WAY = (ModelState.FETCHING, ModelState.LOADING)


def draw(workspace: Workspace, chat_id: str) -> None:
    """Draw the sidebar beside the chat ``chat_id``."""
    st.button("New chat", key="new", width="stretch", on_click=_open_chat)
    _draw_chats(workspace, chat_id)
    _draw_caution(workspace.settings.caution)
    is_under_way = workspace.model_status().state in _UNDER_WAY
    st.fragment(_draw_model, run_every=_FOLLOW_S if is_under_way else None)(workspace)
    _draw_essays(workspace.corpus)
    st.caption(
        "Nothing leaves this machine: the essays, your questions and the model all stay on it."
    )


def wanted_caution() -> Caution | None:
    """Return how sure the reader wants the assistant to be; ``None`` if that is not drawn."""
    chosen = st.session_state.get(_CAUTION)
    return chosen if isinstance(chosen, Caution) else None


def _draw_caution(start: Caution) -> None:
    # Kept in the address: it survives a reload and goes along from chat to chat.
    st.radio(
        "When in doubt",
        list(Caution),
        index=list(Caution).index(start),
        format_func=CAUTION_WORDS.__getitem__,
        key=_CAUTION,
        captions=[_CAUTION_HELP[caution] for caution in Caution],
        bind="query-params",
    )


def _open_chat(chat_id: str = "") -> None:
    if chat_id:
        st.query_params["chat"] = chat_id
    else:
        st.query_params.pop("chat", None)
    st.session_state.pop("problem", None)


def _draw_chats(workspace: Workspace, chat_id: str) -> None:
    try:
        entries = workspace.chats.list()[:_MAX_CHATS]
    except ConversationError:
        return  # the chat itself says what is wrong
    if not entries:
        return
    chats = [
        {
            "id": entry.id,
            "title": entry.title,
            "date": _date(entry.created_at),
            "is_current": entry.id == chat_id,
        }
        for entry in entries
    ]
    if clicked := draw_panel("chats", {"chats": chats}, key="chats"):
        _open_chat(clicked)
        st.rerun()


def _date(iso: str) -> str:
    """Return the day of a moment, as this machine's clock has it.

    >>> _date("2024-05-03T12:00:00+00:00")
    '3 May'
    """
    moment = datetime.fromisoformat(iso).astimezone()
    return f"{moment.day} {moment:%b}"


def _draw_model(workspace: Workspace) -> None:
    status = workspace.model_status()
    is_under_way = status.state in _UNDER_WAY
    draw_panel(
        "model",
        {
            # A catalogue id stays as it is, of a path the file's name is left.
            "name": Path(workspace.model_keeper.name).name,
            "state": status.state,
            "message": status.message,
            "fraction": status.fraction if is_under_way else None,
        },
        key="model",
    )
    if is_under_way:
        st.button("Stop loading", key="stop_model", on_click=workspace.stop_model)
    elif status.can_retry:
        st.button("Load the model", key="start_model", on_click=workspace.start_model)


def _draw_essays(corpus: Corpus) -> None:
    words = {document.id: len(document.text.split()) for document in corpus.documents}
    count = len(corpus.documents)
    draw_panel(
        "essays",
        {
            "summary": f"{count} essay{'' if count == 1 else 's'}, {sum(words.values()):,} words",
            "essays": [
                {
                    "title": document.title,
                    "about": " · ".join(
                        part
                        for part in (
                            document.author,
                            f"{words[document.id]:,} words",
                            "only a part of it" if document.is_truncated else "",
                        )
                        if part
                    ),
                }
                for document in corpus.documents
            ],
            "rejected": [
                {"name": rejected.name, "reason": rejected.reason} for rejected in corpus.rejected
            ],
        },
        key="essays",
    )
