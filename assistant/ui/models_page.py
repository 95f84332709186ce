"""The Models page: draws the models, and passes on what the reader does with them."""

from dataclasses import asdict

import streamlit as st

from assistant.errors import AssistantError
from assistant.local_models.acts import perform
from assistant.local_models.keeper import ModelKeeper
from assistant.local_models.views import ModelsView, view_keeper
from assistant.ui.asset_files import read_assets
from assistant.ui.resources import get_workspace
from index.errors import RetrievalError

FOLLOW_S = 0.4
"""How often the page looks at work under way."""
WATCH_S = 3.0
"""How often it looks whether another tab or program has begun some, and at the free memory."""

_PROBLEM = "models_problem"

_models = st.components.v2.component(
    "essay_assistant_models",
    css=read_assets("base.css", "models.css"),
    js=read_assets("element.js", "mount.js", "models.js"),
)


def show() -> None:
    """Draw the page, or why there is none."""
    try:
        workspace = get_workspace()
    except (AssistantError, RetrievalError) as error:
        _draw(ModelsView.empty(str(error)), problem="")
        st.button("Try again", key="reopen")
        return
    draw(workspace.model_keeper)


def draw(keeper: ModelKeeper) -> None:
    """Draw the models that ``keeper`` can load."""
    is_busy = view_keeper(keeper).is_busy
    st.fragment(_follow, run_every=FOLLOW_S if is_busy else WATCH_S)(keeper, is_busy)


def _follow(keeper: ModelKeeper, was_busy: bool) -> None:
    """Draw the models as they are now; run again and again, without the rest of the page."""
    view = view_keeper(keeper)
    act = _draw(view, problem=st.session_state.get(_PROBLEM, ""))
    if act is not None:
        st.session_state[_PROBLEM] = perform(keeper, act)
    if act is not None or view.is_busy != was_busy:
        st.rerun()


def _draw(view: ModelsView, *, problem: str) -> object:
    """Draw the models and return what the reader asked for, or ``None``."""
    result = _models(key="models", data={**asdict(view), "problem": problem}, on_act_change=_ignore)
    return result.act


def _ignore() -> None:
    """Do nothing; only a trigger with a callback is passed on, and results are read instead."""
