"""The components of the Library page; see ``components.py`` for why it has its own."""

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

_ASSETS = Path(__file__).parent / "assets"


def _asset(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8")


_library = st.components.v2.component(
    "essay_assistant_library",
    css=_asset("library.css"),
    js="".join(
        map(
            _asset,
            (
                "element.js",
                "library_parts.js",
                "library_shelf.js",
                "library_work.js",
                "library_row.js",
                "library_table.js",
                "library.js",
            ),
        )
    ),
)


def draw_library(kind: str, content: Mapping[str, object], *, key: str) -> object:
    """Draw a part of the page and return what the reader asked for with it, or ``None``.

    Args:
        kind: ``shelf``, ``folders``, ``work`` or ``table``; see ``assets/library_*.js``.
        content: What it draws, as JSON values.
        key: Identifies it on the page.
    """
    result = _library(key=key, data={"kind": kind, **content}, on_act_change=_ignore)
    return result.act


def _ignore() -> None:
    """Do nothing; only a state with a callback is passed on, and results are read instead."""
