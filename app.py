"""The page's entry: navigation and nothing else."""

import streamlit as st

from assistant.ui import chat, library_page, models_page, sidebar

st.set_page_config(layout="wide", initial_sidebar_state=300)
pages = [
    st.Page(chat.show, title="Ask the essays", default=True),
    st.Page(library_page.show, title="Library", url_path="library"),
    st.Page(models_page.show, title="Models", url_path="models"),
]
current = st.navigation(pages, position="hidden")
sidebar.show(pages, current=current)
current.run()
