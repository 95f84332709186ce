"""A chat opened again after the program was closed."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answers import Answered
from assistant.checks.support import Verdict
from assistant.conversations import SavedTurn, TurnState
from assistant.grounding import Claim
from assistant.settings import load_settings
from assistant.ui.views import TurnView, view_turn
from assistant.workspace import Workspace
from tests.assistant.ui.test_chat import ESSAY, BridgeModel, Loader, wait_for_answer
from tests.index.library.essays import open_direct_reader

_FIRST = "The old bridge over the river was closed in the winter of 1907."


def open_workspace(home: Path, loader: Loader) -> Workspace:
    settings = load_settings(
        essays=[home / "essays"], environment={"ESSAY_ASSISTANT_HOME": str(home / "home")}
    )
    return Workspace(settings, model_factory=loader, make_reader=open_direct_reader)


def view(workspace: Workspace, turn: SavedTurn) -> TurnView:
    return view_turn(turn, job=None, status=workspace.model_status(), find=workspace.find_essay)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Ask a question, give its answer a second statement of each kind, and close the program."""
    (tmp_path / "essays").mkdir()
    (tmp_path / "essays" / "bridges.md").write_text(ESSAY, encoding="utf-8")
    loader = Loader()
    loader.model = BridgeModel(generations=[_FIRST])
    workspace = open_workspace(tmp_path, loader)
    workspace.start_model()
    chat = workspace.chats.create()
    job_id = workspace.ask(chat.id, "When was the old bridge over the river closed?")
    wait_for_answer(workspace, chat.id)
    last = workspace.jobs.view(job_id).events[-1]
    assert isinstance(last, Answered)
    (claim,) = last.answer.claims
    partial = replace(claim, text="It was a cold winter.", verdict=Verdict.PARTIAL, reason="cold")
    left_out = Claim(text="It was sold.", citations=(), verdict=Verdict.UNSUPPORTED, reason="no")
    full = replace(last.answer, claims=(claim, partial), withheld=(left_out,))
    workspace.chats.finish_turn(workspace.chats.start_turn(chat.id, full.question), full)
    workspace.close()
    return tmp_path


def test_a_chat_opened_again_is_as_it_was_also_without_the_model_and_the_essay(
    home: Path,
) -> None:
    with_all = open_workspace(home, Loader())
    (entry,) = with_all.chats.list()
    before = with_all.chats.get(entry.id)
    seen = [view(with_all, turn) for turn in before.turns]
    with_all.close()
    assert [turn.state for turn in before.turns] == [TurnState.FINISHED] * 2
    assert [one.mark != "" for one in seen[1].sentences] == [False, True]
    assert seen[1].left_out is not None

    shutil.rmtree(home / "essays")
    (home / "essays").mkdir()
    (home / "essays" / "other.md").write_text("Something else was written here.", encoding="utf-8")
    loader = Loader()
    loader.error = "The model is gone."
    without = open_workspace(home, loader)
    after = without.chats.get(entry.id)
    again = [view(without, turn) for turn in after.turns]
    without.close()
    assert after == before
    for old, new in zip(seen, again, strict=True):
        assert (new.kind, new.sentences, new.left_out) == (old.kind, old.sentences, old.left_out)
        for was, now in zip(
            (*old.sources, *old.passages), (*new.sources, *new.passages), strict=True
        ):
            for part in ("number", "title", "author", "before", "quote", "after"):
                assert getattr(now, part) == getattr(was, part)
