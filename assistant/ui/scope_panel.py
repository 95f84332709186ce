"""The choice above the question box: of which essays the questions are asked."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Final
from urllib.parse import quote, unquote

import streamlit as st

from assistant.scope import ALL_ESSAYS, Scope, find_chosen, settle
from assistant.ui.acts import do_acts, last_done
from assistant.ui.asset_files import read_assets
from assistant.workspace import Workspace
from index.corpus import Document

ONLY: Final = "only"
"""The name that the address has for it; in the session what it named when last drawn."""

_KEY: Final = "scope"
_BY: Final = "by:"

_scope = st.components.v2.component(
    "essay_assistant_scope",
    css=read_assets("scope.css"),
    js=read_assets("element.js", "mount.js", "outbox.js", "scope.js"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceView:
    """An essay or an author that can be chosen.

    Attributes:
        value: Names it in the address.
        name: The title, or the author.
        about: The essay's author, or how many essays are the author's; may be empty.
    """

    value: str
    name: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeView:
    """What can be chosen and what is.

    Attributes:
        summary: Of which essays the next question is asked.
        is_limited: Whether that is not all of them.
        authors: By name; empty if no essay has one.
        essays: In the order of the essays.
        chosen: The values that are chosen, also those that are not there any more.
    """

    summary: str
    is_limited: bool
    authors: tuple[ChoiceView, ...]
    essays: tuple[ChoiceView, ...]
    chosen: tuple[str, ...]


def draw(workspace: Workspace) -> None:
    """Draw the choice; nothing if there are no essays to choose from."""
    st.session_state[ONLY] = st.query_params.get(ONLY, "")
    documents = workspace.corpus.documents
    if not documents:
        return
    _scope(
        key=_KEY,
        data={
            "kind": "scope",
            **asdict(view_scope(wanted_scope(), documents)),
            "done": last_done(_KEY),
        },
        on_acts_change=partial(do_acts, _KEY, _choose),
    )


def wanted_scope() -> Scope:
    """Return the essays that the reader wants to ask, as the page was last drawn with them."""
    return parse_only(st.session_state.get(ONLY, ""))


def _choose(act: Mapping[str, object]) -> None:
    match act:
        case {"kind": "choose", "values": [*values]}:
            only = ",".join(value for value in values if isinstance(value, str))
            st.session_state[ONLY] = only
            if only:
                st.query_params[ONLY] = only
            else:
                st.query_params.pop(ONLY, None)


def parse_only(text: str) -> Scope:
    """Return the limit that an address names; none of an empty text.

    >>> parse_only("ab12,by:Agnes%20Lind")
    Scope(essay_ids=('ab12',), authors=('Agnes Lind',), words='')
    """
    values = [value for value in text.split(",") if value]
    if not values:
        return ALL_ESSAYS
    return Scope(
        essay_ids=tuple(value for value in values if not value.startswith(_BY)),
        authors=tuple(unquote(value[len(_BY) :]) for value in values if value.startswith(_BY)),
    )


def view_scope(scope: Scope, documents: Sequence[Document]) -> ScopeView:
    """Return what can be chosen from essays, and what is chosen.

    Args:
        scope: What is chosen.
        documents: The essays there are, at least one.
    """
    counts = Counter(one.author for one in documents if one.author.strip())
    return ScopeView(
        summary=_summarise(scope, documents),
        is_limited=scope.is_limited,
        authors=tuple(
            ChoiceView(
                value=_name_author(author),
                name=" ".join(author.split()),
                about="1 essay" if count == 1 else f"{count} essays",
            )
            for author, count in sorted(counts.items(), key=lambda one: one[0].casefold())
        ),
        essays=tuple(
            ChoiceView(value=one.id, name=one.title, about=one.author) for one in documents
        ),
        chosen=(*scope.essay_ids, *map(_name_author, scope.authors)),
    )


def _name_author(author: str) -> str:
    return f"{_BY}{quote(author, safe='')}"


def _summarise(scope: Scope, documents: Sequence[Document]) -> str:
    if not scope.is_limited:
        return (
            "Asking the one essay" if len(documents) == 1 else f"Asking all {len(documents)} essays"
        )
    if not find_chosen(scope, documents):
        return "Asking only what is no longer there; choose again"
    return f"Asking only {settle(scope, documents).words}"
