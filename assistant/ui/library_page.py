"""The Library page: draws collections and essays, and passes what the reader does on."""

import time
from dataclasses import asdict, dataclass
from functools import partial
from typing import Final

import streamlit as st

from assistant.errors import AssistantError
from assistant.kept_essays.acts import Outcome, Undo, add_files, open_essay, perform
from assistant.kept_essays.opened import find_collection
from assistant.kept_essays.progress import view_work
from assistant.kept_essays.views import (
    RowView,
    describe_row,
    summarise,
    view_collections,
    view_entries,
    view_unkept,
)
from assistant.ui.essay_view import ParagraphView, view_essay
from assistant.ui.library_components import draw_library
from assistant.ui.resources import get_workspace
from assistant.workspace import Workspace
from index.errors import RetrievalError
from index.library.entries import Collection, Entry
from index.library.store import Library
from index.reading.limits import MAX_FILE_BYTES

FOLLOW_S: Final = 0.5
"""How often the page looks at files being added."""
WATCH_S: Final = 2.0
"""How often it looks whether anything has changed, and at most is drawn anew as a whole."""

_ESSAY: Final = "essay"
_PROBLEM: Final = "library_problem"
_NOTICE: Final = "library_notice"
_UNDO: Final = "library_undo"
_SEEN_WORK: Final = "library_seen_work"
_N_UPLOADS: Final = "library_uploads"
_ASKED_ONCE: Final = (
    "These essays were named with --essays: they are asked as they are, and nothing of them is"
    " kept. Start without that option to use the library."
)
_EMPTY: Final = (
    "This collection is empty.",
    "Drop essays above, or name a folder that holds some. Text, Markdown, web pages, Word,"
    " OpenDocument, PDF and EPUB can be read.",
)
_FOLDER_HINT: Final = "What is added, changed or taken away there is noticed by itself."


def show() -> None:
    """Draw the page, or why there is none."""
    try:
        workspace = get_workspace()
    except (AssistantError, RetrievalError) as error:
        _draw_shelf_alone("The essays cannot be opened.", str(error))
        st.button("Try again", key="reopen")
        return
    draw(workspace)


def draw(workspace: Workspace) -> None:
    """Draw the collection in use, or the essays that are asked once."""
    library = workspace.library
    if library is None:
        rows = view_unkept(workspace.corpus)
        _draw_shelf_alone(f"{summarise(rows)}. {_ASKED_ONCE}", "")
        _draw_table(workspace, rows, can_change=False)
        return
    try:
        _draw_library(workspace, library)
    except (AssistantError, RetrievalError) as error:
        _draw_shelf_alone("The library cannot be read.", str(error))


def _draw_library(workspace: Workspace, library: Library) -> None:
    in_use = find_collection(library, library.in_use())
    entries = library.entries(in_use.id)
    rows = view_entries(entries)
    wanted = st.query_params.get(_ESSAY, "")
    opened = next((row for row in rows if str(row.id) == wanted and row.can_open), None)
    # A place of its own, so that the table stays where it is while an essay is read.
    with st.container():
        if opened is None:
            _draw_shelf(workspace, library, in_use, summarise(rows))
            _draw_adding(workspace, in_use)
    view = workspace.work.view()
    st.fragment(_follow, run_every=FOLLOW_S if view.is_running else WATCH_S)(
        workspace,
        library,
        drawn=_Drawn(
            collection=in_use,
            entries=entries,
            is_running=view.is_running,
            is_essay=opened is not None,
            at=time.monotonic(),
        ),
    )
    essay = _view_essay(library, opened) if opened else None
    _draw_table(workspace, rows, can_change=True, essay=essay)


def _draw_shelf(workspace: Workspace, library: Library, in_use: Collection, summary: str) -> None:
    undo, notice = st.session_state.get(_UNDO), st.session_state.get(_NOTICE)
    draw_library(
        "shelf",
        {
            "collections": [asdict(each) for each in view_collections(library.collections())],
            "in_use": in_use.id,
            "can_change": True,
            "summary": summary,
            "problem": st.session_state.get(_PROBLEM) or workspace.problem,
            "notice": "\n".join(filter(None, [*workspace.notices, notice])),
            "undo": undo.words if isinstance(undo, Undo) else "",
        },
        key="shelf",
        on_act=partial(_take, workspace),
    )


def _draw_shelf_alone(summary: str, problem: str) -> None:
    """Draw the head of a page on which there are no collections."""
    draw_library(
        "shelf",
        {
            "collections": [],
            "in_use": "",
            "can_change": False,
            "summary": summary,
            "problem": problem,
            "notice": "",
            "undo": "",
        },
        key="shelf-alone",
        on_act=_ignore,
    )


def _draw_adding(workspace: Workspace, in_use: Collection) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        # A new key makes an empty uploader once its files are taken.
        key = _upload_key()
        st.file_uploader(
            "Drop essays here (text, Markdown, HTML, Word, ODT, PDF, EPUB)",
            accept_multiple_files=True,
            key=key,
            # In whole megabytes; what is between is refused when it is read.
            max_upload_size=-(-MAX_FILE_BYTES // 2**20),
            on_change=_take_files,
            args=(workspace, key),
        )
    with right:
        (shown,) = view_collections([in_use])
        draw_library(
            "folders",
            {"folders": shown.folders, "hint": _FOLDER_HINT},
            key="folders",
            on_act=partial(_take, workspace),
        )


def _upload_key() -> str:
    return f"uploads-{st.session_state.get(_N_UPLOADS, 0)}"


def _take_files(workspace: Workspace, key: str) -> None:
    """Add what was dropped; the uploader is then exchanged for an empty one."""
    if key != _upload_key():
        return  # the browser told of an uploader whose files were taken
    files = [(file.name, file.getvalue()) for file in st.session_state[key]]
    if files:
        _keep(add_files(workspace, files))
        st.session_state[_N_UPLOADS] = st.session_state.get(_N_UPLOADS, 0) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """What the page showed when it was last drawn as a whole."""

    collection: Collection
    entries: tuple[Entry, ...]
    is_running: bool
    is_essay: bool
    at: float


def _follow(workspace: Workspace, library: Library, *, drawn: _Drawn) -> None:
    """Draw the work as it is now; run again and again, without the rest of the page."""
    # The work first: once it is over, what the library has is final.
    view = workspace.work.view()
    progress = view_work(
        view.files, is_running=view.is_running, message=view.problem or view.message
    )
    is_new = view.is_running or st.session_state.get(_SEEN_WORK) != view.job_id
    is_here = view.collection_id in ("", drawn.collection.id) and not drawn.is_essay
    draw_library(
        "work",
        {"progress": asdict(progress), "is_shown": bool(progress.message) and is_new and is_here},
        key="work",
        on_act=partial(_take, workspace),
    )
    # The whole page takes long to draw: while files are added, not with each of them.
    is_old = time.monotonic() - drawn.at >= WATCH_S
    if view.is_running != drawn.is_running or (is_old and _is_changed(library, drawn)):
        st.rerun()


def _is_changed(library: Library, drawn: _Drawn) -> bool:
    return (
        find_collection(library, library.in_use()) != drawn.collection
        or library.entries(drawn.collection.id) != drawn.entries
    )


def _view_essay(library: Library, row: RowView) -> dict[str, object]:
    paragraphs: tuple[ParagraphView, ...] = ()
    problem = ""
    try:
        paragraphs = view_essay(open_essay(library, row.id)).paragraphs
    except AssistantError as error:
        problem = str(error)
    return {
        "id": row.id,
        "title": row.title,
        "about": describe_row(row),
        "name": row.name,
        "note": problem or row.reason,
        "paragraphs": [asdict(paragraph) for paragraph in paragraphs],
    }


def _draw_table(
    workspace: Workspace,
    rows: tuple[RowView, ...],
    *,
    can_change: bool,
    essay: dict[str, object] | None = None,
) -> None:
    draw_library(
        "table",
        {
            "rows": [asdict(row) for row in rows],
            "can_change": can_change,
            "essay": essay,
            "empty": _EMPTY,
        },
        key="table",
        on_act=partial(_take, workspace),
    )


def _take(workspace: Workspace, act: object) -> None:
    """Carry out what the reader asked for."""
    match act:
        case {"kind": "open", "id": int(entry_id)}:
            st.query_params[_ESSAY] = str(entry_id)
        case {"kind": "shut"}:
            st.query_params.pop(_ESSAY, None)
        case {"kind": "forget_problem"}:
            st.session_state.pop(_PROBLEM, None)
        case {"kind": "forget_undo"}:
            st.session_state.pop(_UNDO, None)
        case {"kind": "forget_work"}:
            st.session_state[_SEEN_WORK] = workspace.work.view().job_id
        case _:
            _keep(perform(workspace, act, undo=st.session_state.get(_UNDO)))


def _keep(outcome: Outcome) -> None:
    """Remember what is to be said of the last act."""
    st.session_state[_PROBLEM] = outcome.problem
    st.session_state[_NOTICE] = outcome.notice
    st.session_state[_UNDO] = outcome.undo


def _ignore(act: object) -> None:
    """Do nothing: there is nothing to ask for."""
