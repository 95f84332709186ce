"""The sidebar, the same beside every page: pages, chats, the model, the essays in use."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import streamlit as st

from assistant.errors import AssistantError
from assistant.judging import Caution
from assistant.kept_essays.views import summarise_corpus
from assistant.local_models.setup import ModelState
from assistant.ui.chat_list import draw_chats
from assistant.ui.components import draw_panel
from assistant.ui.resources import get_workspace
from assistant.ui.scope_panel import ONLY
from assistant.wording import CAUTION_WORDS
from assistant.workspace import Workspace
from index.errors import RetrievalError

_FOLLOW_S = 0.5
_CHAT = "chat"
_CAUTION = "caution"
_CAUTION_HELP: Final[Mapping[Caution, str]] = {
    Caution.CAREFUL: "answer only what the essays clearly say",
    Caution.BALANCED: "in between",
    Caution.BOLD: "answer more, and be wrong more often",
}
_UNDER_WAY = (ModelState.FETCHING, ModelState.LOADING)


def show(pages: Sequence[st.Page], *, current: st.Page) -> None:
    """Draw the sidebar; called by the entry, so that its choices outlive a change of page.

    Args:
        pages: All pages, that of the chats first.
        current: The page beside which it is drawn.
    """
    try:
        workspace = get_workspace()
    except (AssistantError, RetrievalError):
        return  # the page says why
    chats = pages[0]
    with st.sidebar:
        _draw_pages(pages)
        draw(workspace, chats=None if current is chats else chats)


def draw(workspace: Workspace, *, chats: st.Page | None = None) -> None:
    """Draw all but the links to the pages.

    Args:
        workspace: What it tells of.
        chats: The page to go to with a chat; ``None`` if it is the current one.
    """
    chat_id = st.query_params.get(_CHAT, "")
    if st.button("New chat", key="new", width="stretch"):
        _open_chat("", chats=chats)
    draw_chats(workspace, chat_id, open_chat=partial(_open_chat, chats=chats))
    _draw_caution(workspace.settings.caution)
    is_under_way = workspace.model_status().state in _UNDER_WAY
    st.fragment(_draw_model, run_every=_FOLLOW_S if is_under_way else None)(workspace)
    collection = workspace.collection
    draw_panel(
        "essays",
        {
            "name": collection.name if collection else "",
            "summary": summarise_corpus(workspace.corpus),
        },
        key="essays",
    )
    st.caption(
        "Nothing leaves this machine: the essays, your questions and the model all stay on it."
    )


def _draw_pages(pages: Sequence[st.Page]) -> None:
    for page in pages:
        # Whoever comes back finds the same chat, and the same choices in doubt and of essays.
        st.page_link(page, query_params=_kept_address())


def _kept_address() -> dict[str, str]:
    names = (_CHAT, _CAUTION, ONLY)
    return {name: st.query_params[name] for name in names if name in st.query_params}


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


def _open_chat(chat_id: str, *, chats: st.Page | None) -> None:
    """Go to a chat, or to an empty one without an id; does not return."""
    st.session_state.pop("problem", None)
    if chats is not None:
        # The choice in doubt stays by itself: it is drawn beside every page.
        only = {ONLY: st.query_params[ONLY]} if ONLY in st.query_params else {}
        st.switch_page(chats, query_params=only | ({_CHAT: chat_id} if chat_id else {}))
    if chat_id:
        st.query_params[_CHAT] = chat_id
    else:
        st.query_params.pop(_CHAT, None)
    st.rerun()


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
