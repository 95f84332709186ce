"""What all pages share, made once for each server."""

import gc

import streamlit as st

from assistant.settings import load_settings
from assistant.workspace import Workspace


@st.cache_resource(show_spinner="Reading the essays …", on_release=Workspace.close)
def get_workspace() -> Workspace:
    """Return the one workspace, its model under way.

    Raises:
        SettingsError: A variable has a value that is not accepted.
        NoEssaysError: No usable essay was found in the folders asked once.
        LibraryError: The library cannot be opened.
        ConversationError: The saved chats cannot be opened.
    """
    workspace = Workspace(load_settings(), on_open=_settle)
    _settle()
    workspace.start_model()
    return workspace


def _settle() -> None:
    """Let the garbage collector pass over all that is held now.

    Streamlit collects garbage after each run of the page, several times a second while an answer
    is followed. What is held for long need not be looked at each time: that took 80 ms of a core
    which the model needs.
    """
    gc.collect()
    gc.freeze()
