"""The chat page: draws a chat, and passes on to the workspace what the reader does in it."""

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

import streamlit as st

from assistant.conversations import Conversation, SavedTurn, TurnState
from assistant.errors import AssistantError, JobError
from assistant.jobs import JobView
from assistant.ui import scope_panel, sidebar, turn_acts
from assistant.ui.components import TurnAct, WelcomeView, draw_reader, draw_stop
from assistant.ui.exports import EXPORT_ACTS, view_toolbar, wanted_download
from assistant.ui.opened import Opened, parse_opened, read_opened, view_opened, write_opened
from assistant.ui.resources import get_workspace
from assistant.ui.views import view_turn
from assistant.workspace import Workspace
from index.errors import RetrievalError

FOLLOW_S = 0.5
"""How often the page looks at an answer under way: each look costs it some 80 ms of processor."""
QUEUE_S = 1.0
"""How often while other questions come first: looking costs time that their answers need."""
WATCH_S = 2.0
"""How often it looks whether another tab has asked something in this chat."""

_HEADING = "What do the essays say?"
_TEXT = "Ask a question. Each sentence of the answer is tied to the words of an essay it rests on."
_COLUMN_PX = 704  # that of the answers, see assets/reader.css
_QUESTION = "question"
# Kept in the session: what the address named when the page was last drawn as a whole, as changed
# by the reader's acts since; the part that follows an answer may still be told the address before.
_CHAT = "open_chat"
_OPENED = "opened"
_HELD = "held"
_PROBLEM = "problem"
_AWAITED = "awaited"
_IS_STALE = "is_stale"
_KEPT_IN_LINKS = ("chat", "caution", scope_panel.ONLY)

Act = Callable[[Workspace, str, TurnAct], None]
"""Does what the reader wants in the chat with an id; raises ``AssistantError`` with the reason."""
_ACTS: Final[Mapping[str, Act]] = {**EXPORT_ACTS, **turn_acts.ACTS}
"""What does each kind of ``TurnAct``."""


def show() -> None:
    """Draw the page, or why there is none."""
    try:
        workspace = get_workspace()
    except (AssistantError, RetrievalError) as error:
        draw_reader(
            key="failure",
            on_act=_ignore,
            welcome=WelcomeView(heading="The essays cannot be opened", text=str(error)),
        )
        with st.container(horizontal_alignment="center"):
            st.button("Try again", key="reopen")
        return
    draw(workspace)


def draw(workspace: Workspace) -> None:
    """Draw the chat that the address names, or an empty one."""
    chat_id = st.query_params.get("chat", "")
    _read_address(chat_id)
    conversation, _ = _open(workspace, chat_id)
    is_active = _is_active(conversation.turns if conversation else ())
    job = _active_job(workspace, chat_id)
    every_s = _find_pace(is_active, job)
    st.fragment(_follow, run_every=every_s)(
        workspace, chat_id, every_s, workspace.model_status().state
    )
    with st.bottom, st.container(horizontal_alignment="center"):
        with st.container(width=_COLUMN_PX):
            scope_panel.draw(workspace)
        # Beside the box, so that nothing moves up or down when the button comes and goes.
        box = st.container(width=_COLUMN_PX, horizontal=True, vertical_alignment="bottom", gap=None)
    with box:
        # What is typed during an answer waits: sent too early, it comes back into the box.
        st.chat_input(
            "Answering … The next question can be written meanwhile"
            if is_active
            else "Ask the essays",
            key=_QUESTION,
            on_submit=_ask_typed,
            args=(workspace,),
        )
        draw_stop(
            key="stop",
            job_id=job.id if job else "",
            on_stop=partial(_stop, workspace),
        )


def _read_address(chat_id: str) -> None:
    """Take over what the address has open, unless that is left from another chat."""
    opened = read_opened(st.query_params.to_dict())
    is_left = opened == st.session_state.get(_OPENED) and chat_id != st.session_state.get(_CHAT)
    if opened and is_left:
        opened = None
        st.query_params.update(write_opened(None))
    st.session_state[_CHAT] = chat_id
    st.session_state[_OPENED] = opened


def _follow(workspace: Workspace, chat_id: str, every_s: float, model_state: str) -> None:
    """Draw the chat as it is now; run again and again, without the rest of the page."""
    # The job first: once it is over, what the chat has saved is final.
    job = _active_job(workspace, chat_id)
    conversation, problem = _open(workspace, chat_id)
    # In hexadecimal, since Streamlit takes two underscores in a key for a mark of its own.
    key = f"reader-{chat_id.encode('utf-8', 'replace').hex()}"
    status = workspace.model_status()
    saved = conversation.turns if conversation else ()
    acts = turn_acts.view_actions(saved, find=workspace.find_essay)
    turns = [
        replace(view_turn(turn, job=job, status=status, find=workspace.find_essay), actions=one)
        for turn, one in zip(saved, acts, strict=True)
    ]
    opened: Opened | None = st.session_state.get(_OPENED)
    pane, essay = (
        view_opened(opened, turns, find=workspace.find_essay, held=_held_in(key))
        if opened
        else (None, None)
    )
    draw_reader(
        key=key,
        on_act=partial(_do, workspace, chat_id, key),
        welcome=WelcomeView(heading=_HEADING, text=_TEXT, examples=workspace.examples),
        turns=turns,
        opened=pane,
        essay=essay,
        address={name: st.query_params[name] for name in _KEPT_IN_LINKS if name in st.query_params},
        problem=st.session_state.get(_PROBLEM) or problem or workspace.chats.notice,
        is_awaited=st.session_state.get(_AWAITED) == chat_id,
        toolbar=view_toolbar(saved),
        download=wanted_download(chat_id),
    )
    is_stale = st.session_state.pop(_IS_STALE, False)
    is_other_pace = _find_pace(_is_active(saved), job) != every_s
    if is_stale or is_other_pace or status.state != model_state:
        st.rerun()


def _find_pace(is_active: bool, job: JobView | None) -> float:
    """Return after how many seconds to look again."""
    if not is_active:
        return WATCH_S
    return QUEUE_S if job is not None and job.ahead > 0 else FOLLOW_S


def _held_in(key: str) -> str:
    """Return the key of the essay that the reader component ``key`` has in the browser."""
    holder, held = st.session_state.get(_HELD, ("", ""))
    return held if holder == key else ""


def _do(workspace: Workspace, chat_id: str, key: str, act: TurnAct) -> None:
    """Do what the reader wants, before the chat is drawn again."""
    match act.kind:
        case "open":
            _open_words(parse_opened(act.value, act.turn_id))
        case "close":
            _open_words(None)
        case "held":
            st.session_state[_HELD] = (key, act.value)
        case "ask":
            _ask(workspace, act.value)
            st.session_state[_IS_STALE] = True
        case kind if do := _ACTS.get(kind):
            st.session_state[_PROBLEM] = ""
            try:
                do(workspace, chat_id, act)
            except (AssistantError, RetrievalError) as error:
                st.session_state[_PROBLEM] = str(error)
            st.session_state[_IS_STALE] = True


def _open_words(opened: Opened | None) -> None:
    st.session_state[_OPENED] = opened
    st.query_params.update(write_opened(opened))


def _is_active(turns: tuple[SavedTurn, ...]) -> bool:
    return bool(turns) and turns[-1].state is TurnState.UNDER_WAY


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
    typed = st.session_state[_QUESTION]
    if not _ask(workspace, typed):
        st.session_state[_QUESTION] = typed


def _ask(workspace: Workspace, question: str) -> bool:
    """Ask in the chat that the address names, or in a new one, which it names from then on.

    Return whether the question was accepted; else the page says why not.
    """
    chat_id = st.query_params.get("chat", "")
    st.session_state[_PROBLEM] = ""
    try:
        conversation, _ = _open(workspace, chat_id)
        if conversation is None:
            chat_id = workspace.chats.create().id
        workspace.ask(
            chat_id,
            question,
            caution=sidebar.wanted_caution(),
            scope=scope_panel.wanted_scope(),
        )
    except AssistantError as error:
        st.session_state[_PROBLEM] = str(error)
        return False
    st.query_params["chat"] = st.session_state[_CHAT] = st.session_state[_AWAITED] = chat_id
    return True


def _stop(workspace: Workspace, job_id: str) -> None:
    with contextlib.suppress(JobError):  # one that ended long ago
        workspace.jobs.stop(job_id)


def _ignore(act: TurnAct) -> None:
    """Do nothing: there is no chat that anything could be done with."""
