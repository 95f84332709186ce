"""What all pages share, made once for each server."""

import streamlit as st

from assistant.settings import load_settings
from assistant.workspace import Workspace


@st.cache_resource(show_spinner="Reading the essays …", on_release=Workspace.close)
def get_workspace() -> Workspace:
    """Return the one workspace, its model under way.

    Raises:
        SettingsError: A variable has a value that is not accepted.
        NoEssaysError: No usable essay was found.
        ConversationError: The saved chats cannot be opened.
    """
    workspace = Workspace(load_settings())
    workspace.start_model()
    return workspace
