"""The page's entry: navigation and nothing else."""

import streamlit as st

from assistant.ui import chat, sidebar

st.set_page_config(layout="wide", initial_sidebar_state=300)
pages = [
    st.Page(chat.show, title="Ask the essays", default=True),
]
current = st.navigation(pages, position="hidden")
sidebar.show(pages, current=current)
current.run()
