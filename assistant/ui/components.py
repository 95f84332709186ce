"""The page's own components: what Streamlit's widgets cannot draw safely or at all.

Texts of essays, questions and the model are drawn by these alone. They go to the browser as JSON
and become text nodes there, whereas Streamlit's widgets read most texts as Markdown, with its
images, links and directives.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial

import streamlit as st

from assistant.ui.acts import do_acts, last_done
from assistant.ui.asset_files import read_assets
from assistant.ui.essay_view import EssayView
from assistant.ui.opened import OpenView
from assistant.ui.views import TurnView

_reader = st.components.v2.component(
    "essay_assistant_reader",
    css=read_assets("reader.css", "pane.css", "why.css", "export.css", "actions.css", "keys.css"),
    js=read_assets(
        "element.js",
        "mount.js",
        "outbox.js",
        "why.js",
        "export.js",
        "actions.js",
        "preview.js",
        "essay.js",
        "pane.js",
        "turn.js",
        "keys.js",
        "reader.js",
    ),
)
_panel = st.components.v2.component(
    "essay_assistant_panel",
    css=read_assets("panel.css"),
    js=read_assets("element.js", "panel.js"),
)
_stop = st.components.v2.component(
    "essay_assistant_stop",
    css=read_assets("stop.css"),
    js=read_assets("element.js", "mount.js", "outbox.js", "stop.js"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnAct:
    """What the reader wants done with a turn, or with the whole chat.

    Attributes:
        kind: What: a name that ``chat.py`` knows.
        turn_id: Of which turn; empty for the whole chat.
        value: What goes with it, as the kind has it; may be empty.
    """

    kind: str
    turn_id: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolbarView:
    """What can be done with the whole chat: the formats that it can be taken away in."""

    formats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadView:
    """A document that the browser is to save, once for each id."""

    id: str
    name: str
    mime: str
    base64: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WelcomeView:
    """What stands in an empty chat: a heading, a text, and questions that can be asked."""

    heading: str
    text: str
    examples: tuple[str, ...] = ()


def draw_reader(
    *,
    key: str,
    on_act: Callable[[TurnAct], None],
    welcome: WelcomeView,
    turns: Sequence[TurnView] = (),
    opened: OpenView | None = None,
    essay: EssayView | None = None,
    address: Mapping[str, str] | None = None,
    problem: str = "",
    is_awaited: bool = False,
    toolbar: ToolbarView | None = None,
    download: DownloadView | None = None,
) -> None:
    """Draw a chat, with the essay that is open beside it.

    Args:
        key: Identifies the chat on the page.
        on_act: Given what the reader does in it, before it is drawn again: each act once, in
            order, however many come at a time.
        welcome: What stands in the chat as long as it is empty.
        turns: Its questions, oldest first.
        opened: What is open beside it; ``None`` if nothing is.
        essay: Its whole essay; ``None`` if the browser has it, or there is none.
        address: What stays in the address of the page when words of an essay are added to it.
        problem: What went wrong with the last request; may be empty.
        is_awaited: Whether the reader has asked here, so that the last answer is announced once,
            though it may be complete when it is drawn first.
        toolbar: What can be done with the whole chat; ``None`` if nothing can.
        download: A document to save; ``None`` if there is none.
    """

    def do(act: Mapping[str, object]) -> None:
        match act:
            case {"kind": str(kind), "turn": str(turn_id), "value": str(value)}:
                on_act(TurnAct(kind=kind, turn_id=turn_id, value=value))

    _reader(
        key=key,
        data={
            "turns": [asdict(turn) for turn in turns],
            "open": asdict(opened) if opened else None,
            "essay": asdict(essay) if essay else None,
            "address": dict(address or {}),
            "welcome": asdict(welcome),
            "problem": problem,
            "awaited": is_awaited,
            "toolbar": asdict(toolbar) if toolbar else None,
            "download": asdict(download) if download else None,
            "done": last_done(key),
        },
        on_acts_change=partial(do_acts, key, do),
    )


def draw_panel(kind: str, content: Mapping[str, object], *, key: str) -> None:
    """Draw a part of the sidebar.

    Args:
        kind: ``model`` or ``essays``; see ``assets/panel.js`` for what each draws.
        content: What it draws, as JSON values.
        key: Identifies it on the page.
    """
    _panel(key=key, data={"kind": kind, **content})


def draw_stop(*, key: str, job_id: str, on_stop: Callable[[str], None]) -> None:
    """Draw the button that stops an answer.

    Args:
        key: Identifies it on the page.
        job_id: Of the answer under way; empty if there is none, and then nothing is to be seen.
        on_stop: Given the id of the answer that the reader stops, once.
    """

    def do(act: Mapping[str, object]) -> None:
        match act:
            case {"kind": "stop", "job": str(job)}:
                on_stop(job)

    _stop(
        key=key,
        data={"kind": "stop", "job": job_id, "done": last_done(key)},
        on_acts_change=partial(do_acts, key, do),
        width="content",
    )
