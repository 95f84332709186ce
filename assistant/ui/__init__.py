"""Streamlit pages and panels: they take values and draw them."""
