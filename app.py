"""The page's entry: navigation and nothing else."""

import streamlit as st

from assistant.ui import chat

st.set_page_config(page_title="Ask the essays", layout="wide", initial_sidebar_state=300)
st.navigation([st.Page(chat.show, title="Ask the essays", default=True)], position="hidden").run()
