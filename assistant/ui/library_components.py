"""The components of the Library page; see ``components.py`` for why it has its own."""

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from assistant.ui.acts import do_acts, last_done
from assistant.ui.asset_files import read_assets

_library = st.components.v2.component(
    "essay_assistant_library",
    css=read_assets("base.css", "library.css"),
    js=read_assets(
        "element.js",
        "mount.js",
        "outbox.js",
        "essay.js",
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
        on_act: Given what the reader asks for with it; see ``do_acts``.
    """
    _library(
        key=key,
        data={"kind": kind, "done": last_done(key), **content},
        on_acts_change=partial(do_acts, key, on_act),
    )
