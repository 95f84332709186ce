"""What can be done with a turn, done to a workspace whose model never comes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.conversations import SavedTurn, Thumb, TurnState
from assistant.errors import AssistantError, ConversationError
from assistant.settings import load_settings
from assistant.ui.components import TurnAct
from assistant.ui.turn_acts import ACTS, view_actions
from assistant.workspace import Workspace
from tests.assistant.samples import make_answer
from tests.assistant.ui.test_chat import ESSAY, Loader
from tests.assistant.ui.values import find_nothing
from tests.index.library.essays import open_direct_reader


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    essays = tmp_path / "essays"
    essays.mkdir()
    (essays / "bridges.md").write_text(ESSAY, encoding="utf-8")
    settings = load_settings(
        essays=[essays], environment={"ESSAY_ASSISTANT_HOME": str(tmp_path / "home")}
    )
    loader = Loader()
    loader.gate.clear()  # an answer once begun stays under way
    workspace = Workspace(settings, model_factory=loader, make_reader=open_direct_reader)
    workspace.start_model()
    yield workspace
    workspace.close()


def saved(workspace: Workspace, *questions: str) -> str:
    chat = workspace.chats.create()
    for question in questions:
        turn_id = workspace.chats.start_turn(chat.id, question)
        workspace.chats.finish_turn(turn_id, make_answer(question))
    return chat.id


def failed(workspace: Workspace) -> str:
    chat = workspace.chats.create()
    workspace.chats.fail_turn(workspace.chats.start_turn(chat.id, "one"), "The model is gone.")
    return chat.id


def turns(workspace: Workspace, chat_id: str) -> tuple[SavedTurn, ...]:
    return workspace.chats.get(chat_id).turns


def do(workspace: Workspace, chat_id: str, kind: str, value: str = "", *, turn: int = -1) -> None:
    turn_id = str(turns(workspace, chat_id)[turn].id)
    ACTS[kind](workspace, chat_id, TurnAct(kind=kind, turn_id=turn_id, value=value))


def shown(workspace: Workspace, chat_id: str) -> list[tuple[str, TurnState]]:
    return [(turn.question, turn.state) for turn in turns(workspace, chat_id)]


def test_an_answered_question_is_asked_again_as_a_new_turn(workspace: Workspace) -> None:
    chat_id = saved(workspace, "one", "two")
    do(workspace, chat_id, "again", turn=0)
    assert shown(workspace, chat_id) == [
        ("one", TurnState.FINISHED),
        ("two", TurnState.FINISHED),
        ("one", TurnState.UNDER_WAY),
    ]


def test_a_last_question_that_failed_is_asked_again_in_its_place(workspace: Workspace) -> None:
    chat_id = failed(workspace)
    do(workspace, chat_id, "again")
    assert shown(workspace, chat_id) == [("one", TurnState.UNDER_WAY)]


def test_the_edited_question_stands_for_the_last_one(workspace: Workspace) -> None:
    chat_id = saved(workspace, "one", "two")
    do(workspace, chat_id, "edit", " three ")
    assert shown(workspace, chat_id) == [
        ("one", TurnState.FINISHED),
        ("three", TurnState.UNDER_WAY),
    ]


@pytest.mark.parametrize(("value", "turn"), [(" ", -1), ("three", 0)], ids=["blank", "not last"])
def test_a_refused_edit_leaves_all_as_it_was(workspace: Workspace, value: str, turn: int) -> None:
    chat_id = saved(workspace, "one", "two")
    before = workspace.chats.get(chat_id)
    with pytest.raises(AssistantError):
        do(workspace, chat_id, "edit", value, turn=turn)
    assert workspace.chats.get(chat_id) == before


def test_nothing_is_asked_while_an_answer_is_under_way(workspace: Workspace) -> None:
    chat_id = saved(workspace, "one")
    do(workspace, chat_id, "again")
    for kind, value in (("again", ""), ("edit", "two")):
        with pytest.raises(AssistantError, match="still being answered"):
            do(workspace, chat_id, kind, value)


@pytest.mark.parametrize(
    ("value", "thumb", "note"),
    [
        ("up", Thumb.UP, ""),
        ("down\nWrong\nyear", Thumb.DOWN, "Wrong\nyear"),
        ("", Thumb.NONE, ""),
    ],
    ids=["up", "down with a reason", "taken back"],
)
def test_a_thumb_is_kept_with_the_answer(
    workspace: Workspace, value: str, thumb: Thumb, note: str
) -> None:
    chat_id = saved(workspace, "one")
    do(workspace, chat_id, "thumb", "up\nOf before")
    do(workspace, chat_id, "thumb", value)
    (turn,) = turns(workspace, chat_id)
    assert (turn.thumb, turn.note) == (thumb, note)


def test_an_unknown_thumb_is_refused(workspace: Workspace) -> None:
    with pytest.raises(ConversationError, match="'sideways' is none"):
        do(workspace, saved(workspace, "one"), "thumb", "sideways")


@pytest.mark.parametrize("kind", sorted(ACTS))
def test_a_turn_of_another_chat_is_refused(workspace: Workspace, kind: str) -> None:
    chat_id, other = saved(workspace, "one"), saved(workspace, "two")
    turn_id = str(turns(workspace, other)[0].id)
    with pytest.raises(ConversationError, match="not in this chat any more"):
        ACTS[kind](workspace, chat_id, TurnAct(kind=kind, turn_id=turn_id, value="up"))
    assert turns(workspace, other)[0].thumb is Thumb.NONE


def test_a_removed_chat_is_answered_no_further_and_comes_back_whole(workspace: Workspace) -> None:
    chat_id = saved(workspace, "one")
    do(workspace, chat_id, "again")
    job_id = workspace.active_job(chat_id)
    workspace.remove_chat(chat_id)
    view = workspace.jobs.view(job_id)
    while not view.is_over:
        view = workspace.jobs.wait_for_change(job_id, seen=view.version, timeout_s=20)
    workspace.chats.restore(chat_id)
    assert shown(workspace, chat_id) == [("one", TurnState.FINISHED), ("one", TurnState.STOPPED)]


# What is offered


def test_every_question_can_be_repeated_and_only_the_last_edited(workspace: Workspace) -> None:
    chat_id = saved(workspace, "one", "two")
    first, last = view_actions(turns(workspace, chat_id), find=find_nothing)
    assert first is not None
    assert last is not None
    assert (first.can_repeat, first.can_edit, first.can_judge) == (True, False, True)
    assert (last.can_repeat, last.can_edit, last.can_judge) == (True, True, True)


def test_during_an_answer_the_others_can_only_be_copied_and_judged(workspace: Workspace) -> None:
    chat_id = saved(workspace, "one")
    do(workspace, chat_id, "again")
    first, last = view_actions(turns(workspace, chat_id), find=find_nothing)
    assert last is None
    assert first is not None
    assert (first.can_repeat, first.can_edit, first.can_judge) == (False, False, True)


def test_what_failed_can_be_repeated_and_edited_but_not_copied_or_judged(
    workspace: Workspace,
) -> None:
    (only,) = view_actions(turns(workspace, failed(workspace)), find=find_nothing)
    assert only is not None
    assert (only.can_repeat, only.can_edit) == (True, True)
    assert (only.copy_text, only.can_judge) == ("", False)


def test_a_copy_holds_the_answer_with_its_citations_even_if_the_essay_is_gone(
    workspace: Workspace,
) -> None:
    (only,) = view_actions(turns(workspace, saved(workspace, "one")), find=find_nothing)
    assert only is not None
    claim = make_answer().claims[0]
    assert f"{claim.text} [1]" in only.copy_text
    assert claim.citations[0].quote in only.copy_text
    assert claim.citations[0].title in only.copy_text


def test_no_turn_has_no_actions() -> None:
    assert view_actions((), find=find_nothing) == ()
