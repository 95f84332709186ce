"""The components of the Library page; see ``components.py`` for why it has its own."""

from collections.abc import Callable, Mapping

import streamlit as st

from assistant.ui.asset_files import read_assets

_library = st.components.v2.component(
    "essay_assistant_library",
    css=read_assets("base.css", "library.css"),
    js=read_assets(
        "element.js",
        "library_parts.js",
        "library_shelf.js",
        "library_work.js",
        "library_row.js",
        "library_table.js",
        "library.js",
    ),
)


def draw_library(
    kind: str, content: Mapping[str, object], *, key: str, on_act: Callable[[object], None]
) -> None:
    """Draw a part of the page.

    Args:
        kind: ``shelf``, ``folders``, ``work`` or ``table``; see ``assets/library_*.js``.
        content: What it draws, as JSON values.
        key: Identifies it on the page.
        on_act: Given what the reader asks for with it, before the page is drawn again: an act
            that was read while drawing would be lost if the next one cut that short.
    """

    done_key = f"{key}-done"

    def act() -> None:
        # Later events carry the acts of earlier ones, which may have been done by then.
        match st.session_state.get(key):
            case {"acts": [*acts]}:
                for one in acts:
                    match one:
                        case {"number": int(number)} if number > st.session_state.get(done_key, 0):
                            st.session_state[done_key] = number
                            on_act(one)

    _library(
        key=key,
        data={"kind": kind, "done": st.session_state.get(done_key, 0), **content},
        on_acts_change=act,
    )
