"""The page's own components: what Streamlit's widgets cannot draw safely or at all.

Texts of essays, questions and the model are drawn by these alone. They go to the browser as JSON
and become text nodes there, whereas Streamlit's widgets read most texts as Markdown, with its
images, links and directives.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

from assistant.ui.essay_view import EssayView
from assistant.ui.views import TurnView

READER_SCRIPTS = (
    "element.js",
    "why.js",
    "export.js",
    "actions.js",
    "pane.js",
    "turn.js",
    "keys.js",
    "reader.js",
)
"""Put one after the other they are one module, with no build step; the last one exports it."""
READER_STYLES = ("reader.css", "keys.css")
_ASSETS = Path(__file__).parent / "assets"


def _asset(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8")


_reader = st.components.v2.component(
    "essay_assistant_reader",
    css="".join(map(_asset, READER_STYLES)),
    js="".join(map(_asset, READER_SCRIPTS)),
)
_panel = st.components.v2.component(
    "essay_assistant_panel",
    css=_asset("panel.css"),
    js=_asset("element.js") + _asset("panel.js"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of an essay that the reader wants to see in the whole."""

    essay_id: str
    start: int
    end: int


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
class ReaderEvent:
    """What the reader did in a chat since it was drawn last.

    Attributes:
        ask: The example question that was clicked; empty if none was.
        act: What is to be done with a turn; ``None`` if nothing is.
    """

    ask: str = ""
    act: TurnAct | None = None


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


def draw_reader(
    *,
    key: str,
    turns: Sequence[TurnView],
    essay: EssayView | None,
    heading: str,
    text: str,
    examples: Sequence[str],
    problem: str,
    toolbar: ToolbarView | None = None,
    download: DownloadView | None = None,
) -> ReaderEvent:
    """Draw a chat and return what the reader did in it.

    Args:
        key: Identifies the chat on the page.
        turns: Its questions, oldest first.
        essay: What ``wanted_span`` asks for.
        heading: Stands above an empty chat.
        text: Stands below the heading.
        examples: Questions offered in an empty chat.
        problem: What went wrong with the last request; may be empty.
        toolbar: What can be done with the whole chat; ``None`` if nothing can.
        download: A document to save; ``None`` if there is none.
    """
    result = _reader(
        key=key,
        data={
            "turns": [asdict(turn) for turn in turns],
            "essay": asdict(essay) if essay else None,
            "welcome": {"heading": heading, "text": text, "examples": list(examples)},
            "problem": problem,
            "toolbar": asdict(toolbar) if toolbar else None,
            "download": asdict(download) if download else None,
        },
        on_ask_change=_ignore,
        on_act_change=_ignore,
        on_essay_change=_ignore,
    )
    return ReaderEvent(
        ask=result.ask if isinstance(result.ask, str) else "", act=_read_act(result.act)
    )


def _read_act(sent: object) -> TurnAct | None:
    match sent:
        case {"kind": str(kind), "turn": str(turn_id), "value": str(value)}:
            return TurnAct(kind=kind, turn_id=turn_id, value=value)
        case _:
            return None


def wanted_span(key: str) -> Span | None:
    """Return the span whose whole essay is open in the chat ``key``."""
    match st.session_state.get(key):
        case {"essay": {"essay_id": str(essay_id), "start": int(start), "end": int(end)}}:
            return Span(essay_id=essay_id, start=start, end=end)
        case _:
            return None


def draw_panel(kind: str, content: Mapping[str, object], *, key: str) -> str:
    """Draw a list of the sidebar and return the id of the chat that was clicked, if any.

    Args:
        kind: ``chats``, ``model`` or ``essays``; see ``assets/panel.js`` for what each draws.
        content: What it draws, as JSON values.
        key: Identifies it on the page.
    """
    result = _panel(key=key, data={"kind": kind, **content}, on_open_change=_ignore)
    return result.open if isinstance(result.open, str) else ""


def _ignore() -> None:
    """Do nothing; only a state with a callback is passed on, and results are read instead."""
