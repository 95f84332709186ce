"""The chat page: draws a chat, and passes questions and stops on to the workspace."""

from collections.abc import Callable, Mapping
from typing import Final

import streamlit as st

from assistant.conversations import Conversation, SavedTurn, TurnState
from assistant.errors import AssistantError, JobError
from assistant.jobs import JobView
from assistant.ui import sidebar
from assistant.ui.components import TurnAct, draw_reader, wanted_span
from assistant.ui.essay_view import view_essay
from assistant.ui.resources import get_workspace
from assistant.ui.views import view_turn
from assistant.workspace import Workspace
from index.errors import RetrievalError

FOLLOW_S = 0.3
"""How often the page looks at an answer under way."""
WATCH_S = 2.0
"""How often it looks whether another tab has asked something in this chat."""

_HEADING = "What do the essays say?"
_TEXT = "Ask a question. Each sentence of the answer is tied to the words of an essay it rests on."
_COLUMN_PX = 704  # that of the answers, see assets/reader.css
_PROBLEM = "problem"
Act = Callable[[Workspace, str, TurnAct], None]
"""Does what the reader wants in the chat with an id; raises ``AssistantError`` with the reason."""
_ACTS: Final[Mapping[str, Act]] = {}
"""What does each kind of ``TurnAct``."""


def show() -> None:
    """Draw the page, or why there is none."""
    try:
        workspace = get_workspace()
    except (AssistantError, RetrievalError) as error:
        draw_reader(
            key="failure",
            turns=(),
            essay=None,
            heading="The essays cannot be opened",
            text=str(error),
            examples=(),
            problem="",
        )
        with st.container(horizontal_alignment="center"):
            st.button("Try again", key="reopen")
        return
    draw(workspace)


def draw(workspace: Workspace) -> None:
    """Draw the chat that the address names, or an empty one."""
    chat_id = st.query_params.get("chat", "")
    last, is_active = _last_turn(workspace, chat_id)
    st.fragment(_follow, run_every=FOLLOW_S if is_active else WATCH_S)(
        workspace, chat_id, is_active, workspace.model_status().state
    )
    with (
        st.bottom,
        st.container(horizontal_alignment="center"),
        st.container(width=_COLUMN_PX, horizontal_alignment="center"),
    ):
        if workspace.active_job(chat_id):
            st.button("Stop", key="stop", on_click=_stop, args=(workspace, chat_id))
        elif last and last.state in (TurnState.FAILED, TurnState.INTERRUPTED):
            st.button("Ask again", key="again", on_click=_ask, args=(workspace, last.question))
        st.chat_input(
            "Answering …" if is_active else "Ask the essays",
            key="question",
            disabled=is_active,
            on_submit=_ask_typed,
            args=(workspace,),
        )


def _follow(workspace: Workspace, chat_id: str, was_active: bool, model_state: str) -> None:
    """Draw the chat as it is now; run again and again, without the rest of the page."""
    # The job first: once it is over, what the chat has saved is final.
    job = _active_job(workspace, chat_id)
    conversation, problem = _open(workspace, chat_id)
    # In hexadecimal, since Streamlit takes two underscores in a key for a mark of its own.
    key = f"reader-{chat_id.encode('utf-8', 'replace').hex()}"
    span = wanted_span(key)
    status = workspace.model_status()
    turns = conversation.turns if conversation else ()
    event = draw_reader(
        key=key,
        turns=[
            view_turn(turn, job=job, status=status, find=workspace.find_essay) for turn in turns
        ],
        essay=view_essay(span.essay_id, span.start, span.end, find=workspace.find_essay)
        if span
        else None,
        heading=_HEADING,
        text=_TEXT,
        examples=workspace.examples,
        problem=st.session_state.get(_PROBLEM) or problem or workspace.chats.notice,
    )
    if event.ask:
        _ask(workspace, event.ask)
    if event.act:
        _act(workspace, chat_id, event.act)
    if event.ask or event.act or _is_active(turns) != was_active or status.state != model_state:
        st.rerun()


def _is_active(turns: tuple[SavedTurn, ...]) -> bool:
    return bool(turns) and turns[-1].state is TurnState.UNDER_WAY


def _last_turn(workspace: Workspace, chat_id: str) -> tuple[SavedTurn | None, bool]:
    conversation, _ = _open(workspace, chat_id)
    turns = conversation.turns if conversation else ()
    return (turns[-1] if turns else None), _is_active(turns)


def _open(workspace: Workspace, chat_id: str) -> tuple[Conversation | None, str]:
    """Return the chat, if there is one, and why not otherwise."""
    if not chat_id:
        return None, ""
    try:
        return workspace.chats.get(chat_id), ""
    except AssistantError as error:
        return None, str(error)


def _active_job(workspace: Workspace, chat_id: str) -> JobView | None:
    try:
        return workspace.jobs.view(workspace.active_job(chat_id))
    except JobError:
        return None


def _ask_typed(workspace: Workspace) -> None:
    _ask(workspace, st.session_state["question"])


def _ask(workspace: Workspace, question: str) -> None:
    """Ask in the chat that the address names, or in a new one, which it names from then on."""
    chat_id = st.query_params.get("chat", "")
    st.session_state[_PROBLEM] = ""
    try:
        conversation, _ = _open(workspace, chat_id)
        if conversation is None:
            chat_id = workspace.chats.create().id
        workspace.ask(chat_id, question, caution=sidebar.wanted_caution())
    except AssistantError as error:
        st.session_state[_PROBLEM] = str(error)
    else:
        st.query_params["chat"] = chat_id


def _act(workspace: Workspace, chat_id: str, act: TurnAct) -> None:
    st.session_state[_PROBLEM] = ""
    if do := _ACTS.get(act.kind):
        try:
            do(workspace, chat_id, act)
        except (AssistantError, RetrievalError) as error:
            st.session_state[_PROBLEM] = str(error)


def _stop(workspace: Workspace, chat_id: str) -> None:
    job = _active_job(workspace, chat_id)
    if job is not None:
        workspace.jobs.stop(job.id)
