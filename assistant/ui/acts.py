"""What the reader does in a component of the page's own: none is lost, and none is done twice.

Of two events that come while a run of the page is under way, Streamlit keeps the later one only.
So each carries the acts before it, numbered, and the component is told the last that was done;
see ``assets/outbox.js``.
"""

from collections.abc import Callable, Mapping

import streamlit as st


def last_done(key: str) -> int:
    """Return the number of the last act that was done in the component ``key``; 0 for none."""
    return int(st.session_state.get(_done_key(key), 0))


def do_acts(key: str, do: Callable[[Mapping[str, object]], None]) -> None:
    """Give each act that has come and was not done to ``do``, in order.

    To be called before the page is drawn, as the component's callback: an act that was read while
    drawing would be lost if the next one cut that short.
    """
    match st.session_state.get(key):
        case {"acts": [*acts]}:
            for act in acts:
                match act:
                    case {"number": int(number)} if number > last_done(key):
                        st.session_state[_done_key(key)] = number
                        do(act)


def _done_key(key: str) -> str:
    return f"{key}-done"
