import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answers import Answered, ClaimChecked, PassagesFound, Reason
from assistant.conversations import Conversation, TurnState
from assistant.errors import (
    AssistantError,
    ConversationError,
    JobError,
    ModelLoadError,
    StoppedError,
)
from assistant.jobs import UNEXPECTED_FAILURE, JobState, JobView
from assistant.judging import Caution
from assistant.llm import Choice, Message, Piece, Usage
from assistant.local_models.setup import ClosableModel, ModelState, ModelStatus
from assistant.scope import Scope
from assistant.settings import HOME_VARIABLE, Settings, load_settings
from assistant.workspace import Workspace
from index.errors import NoEssaysError
from tests.assistant.samples import make_answer
from tests.index.library.essays import open_direct_reader

_PATIENCE_S = 20.0
_USAGE = Usage(prompt=1, evaluated=1, generated=1)
_QUESTION = "Why was the bridge over the Tay closed?"
_ESSAY = """# Bridges

The bridge over the Tay was closed in winter because the river froze. Nobody crossed it for a month.
The ferrymen of Dundee were glad of it, and the ferry ran every hour.
"""


class CopyingModel:
    """Holds the first text offered to be the best and writes what it is given to write.

    With ``gate``, it waits before the second sentence until the gate is set or it is stopped.
    """

    name = "copying"
    n_parameters = 2_000_000_000

    def __init__(self, *, gate: threading.Event | None = None, error: Exception | None = None):
        self._gate = gate
        self._error = error
        self.prompts: list[Message] = []
        self.is_closed = False

    def count_tokens(self, texts: Sequence[str]) -> tuple[int, ...]:
        return tuple(len(text.split()) for text in texts)

    def choose(
        self,
        messages: Sequence[Message],
        *,
        prefix: str,
        texts: Sequence[str],
        cancelled: threading.Event,
    ) -> Choice:
        self.prompts.append(messages[-1])
        return Choice(probabilities=(1.0, *(0.0 for _ in texts[1:])), usage=_USAGE)

    def weigh_opening(
        self, messages: Sequence[Message], *, prefix: str, text: str, cancelled: threading.Event
    ) -> Choice:
        return Choice(probabilities=(0.0,), usage=_USAGE)

    def generate(
        self,
        messages: Sequence[Message],
        *,
        prefix: str,
        stop: Sequence[str],
        max_tokens: int,
        cancelled: threading.Event,
    ) -> Iterator[Piece]:
        yield Piece(
            text="The bridge over the Tay was closed because the river froze. ", usage=_USAGE
        )
        yield Piece(text="Nobody crossed it for", usage=_USAGE)
        if self._error is not None:
            raise self._error
        while self._gate is not None and not self._gate.wait(0.01):
            if cancelled.is_set():
                raise StoppedError("stopped")
        yield Piece(text=" a month.", usage=_USAGE)

    def close(self) -> None:
        self.is_closed = True


class Factory:
    """A model factory that waits until it is let go, then returns or raises its next result."""

    def __init__(self, *results: ClosableModel | Exception) -> None:
        self._results = list(results)
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def __call__(
        self,
        settings: Settings,
        *,
        on_status: Callable[[ModelStatus], None],
        cancelled: threading.Event,
    ) -> ClosableModel:
        on_status(
            ModelStatus(
                state=ModelState.FETCHING, message="Fetching", fraction=0.5, can_retry=False
            )
        )
        while not self.may_go_on.wait(0.01):
            if cancelled.is_set():
                raise StoppedError("stopped")
        result = self._results.pop(0)
        if isinstance(result, Exception):
            raise result
        return result


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    essays = tmp_path / "essays"
    essays.mkdir()
    (essays / "bridges.md").write_text(_ESSAY)
    return load_settings(essays=[essays], environment={HOME_VARIABLE: str(tmp_path / "home")})


@pytest.fixture
def open_workspace(settings: Settings) -> Iterator[Callable[[Factory], Workspace]]:
    opened: list[Workspace] = []

    def open_one(factory: Factory) -> Workspace:
        opened.append(Workspace(settings, model_factory=factory, make_reader=open_direct_reader))
        return opened[-1]

    yield open_one
    for workspace in opened:
        workspace.close()


def wait_until_over(workspace: Workspace, job_id: str) -> JobView:
    view = workspace.jobs.view(job_id)
    while not view.is_over:
        changed = workspace.jobs.wait_for_change(job_id, seen=view.version, timeout_s=_PATIENCE_S)
        assert changed.version != view.version, f"nothing happened to {view!r}"
        view = changed
    return view


def wait_for_claim(workspace: Workspace, job_id: str) -> None:
    view = workspace.jobs.view(job_id)
    while not any(isinstance(event, ClaimChecked) for event in view.events):
        assert not view.is_over, view
        view = workspace.jobs.wait_for_change(job_id, seen=view.version, timeout_s=_PATIENCE_S)


def wait_for_model(workspace: Workspace, state: ModelState) -> ModelStatus:
    while (status := workspace.model_status()).state is not state:
        threading.Event().wait(0.005)
    return status


def texts_of(conversation: Conversation) -> list[str]:
    (turn,) = conversation.turns
    return [claim.text for claim in (turn.answer or turn.progress).claims]


FIRST = "The bridge over the Tay was closed because the river froze."
SECOND = "Nobody crossed it for a month."


def test_a_question_is_answered_and_saved(open_workspace: Callable[[Factory], Workspace]) -> None:
    workspace = open_workspace(Factory(CopyingModel()))
    workspace.start_model()
    chat = workspace.chats.create()
    view = wait_until_over(workspace, workspace.ask(chat.id, f"  {_QUESTION} "))
    assert (view.state, view.error) == (JobState.FINISHED, "")
    last = view.events[-1]
    assert isinstance(last, Answered)
    assert [claim.text for claim in last.answer.claims] == [FIRST, SECOND]
    (turn,) = workspace.chats.get(chat.id).turns
    assert (turn.state, turn.answer) == (TurnState.FINISHED, last.answer)
    citation = last.answer.claims[0].citations[0]
    document = workspace.document(citation.essay_id)
    assert document.text[citation.start : citation.end] == citation.quote


def test_a_question_waits_for_the_model(open_workspace: Callable[[Factory], Workspace]) -> None:
    factory = Factory(CopyingModel())
    factory.may_go_on.clear()
    workspace = open_workspace(factory)
    workspace.start_model()
    chat = workspace.chats.create()
    job_id = workspace.ask(chat.id, _QUESTION)
    assert wait_for_model(workspace, ModelState.FETCHING).fraction == 0.5
    assert not workspace.jobs.view(job_id).is_over
    factory.may_go_on.set()
    assert wait_until_over(workspace, job_id).state is JobState.FINISHED
    assert workspace.model_status().state is ModelState.READY


def test_claims_are_saved_while_the_answer_is_under_way(
    open_workspace: Callable[[Factory], Workspace],
) -> None:
    gate = threading.Event()
    workspace = open_workspace(Factory(CopyingModel(gate=gate)))
    workspace.start_model()
    chat = workspace.chats.create()
    job_id = workspace.ask(chat.id, _QUESTION)
    wait_for_claim(workspace, job_id)
    (turn,) = workspace.chats.get(chat.id).turns
    assert turn.state is TurnState.UNDER_WAY
    assert [claim.text for claim in turn.progress.claims] == [FIRST]
    assert turn.progress.passages
    gate.set()
    wait_until_over(workspace, job_id)


def test_a_stop_keeps_what_was_written(open_workspace: Callable[[Factory], Workspace]) -> None:
    workspace = open_workspace(Factory(CopyingModel(gate=threading.Event())))
    workspace.start_model()
    chat = workspace.chats.create()
    job_id = workspace.ask(chat.id, _QUESTION)
    wait_for_claim(workspace, job_id)
    workspace.jobs.stop(job_id)
    assert wait_until_over(workspace, job_id).state is JobState.FINISHED
    conversation = workspace.chats.get(chat.id)
    assert texts_of(conversation) == [FIRST]
    answer = conversation.turns[0].answer
    assert answer is not None
    assert answer.is_stopped


def test_a_stop_before_the_model_is_ready_is_saved(
    open_workspace: Callable[[Factory], Workspace],
) -> None:
    factory = Factory(CopyingModel())
    factory.may_go_on.clear()
    workspace = open_workspace(factory)
    workspace.start_model()
    chats = [workspace.chats.create() for _ in range(2)]
    job_ids = [workspace.ask(chat.id, _QUESTION) for chat in chats]
    for job_id in reversed(job_ids):
        workspace.jobs.stop(job_id)
    for job_id, chat in zip(job_ids, chats, strict=True):
        assert wait_until_over(workspace, job_id).events == ()
        assert workspace.chats.get(chat.id).turns[0].state is TurnState.STOPPED


def test_a_failing_model_fails_the_turn_and_keeps_what_was_written(
    open_workspace: Callable[[Factory], Workspace],
) -> None:
    workspace = open_workspace(Factory(CopyingModel(error=ModelLoadError("out of memory"))))
    workspace.start_model()
    chat = workspace.chats.create()
    view = wait_until_over(workspace, workspace.ask(chat.id, _QUESTION))
    assert (view.state, view.error) == (JobState.FAILED, "out of memory")
    conversation = workspace.chats.get(chat.id)
    (turn,) = conversation.turns
    assert (turn.state, turn.error) == (TurnState.FAILED, "out of memory")
    assert texts_of(conversation) == [FIRST]


def test_a_chat_answers_one_question_at_a_time(
    open_workspace: Callable[[Factory], Workspace],
) -> None:
    gate = threading.Event()
    workspace = open_workspace(Factory(CopyingModel(gate=gate)))
    workspace.start_model()
    chat, other = workspace.chats.create(), workspace.chats.create()
    job_id = workspace.ask(chat.id, _QUESTION)
    assert workspace.active_job(chat.id) == job_id
    with pytest.raises(JobError, match="still being answered"):
        workspace.ask(chat.id, "And then?")
    assert workspace.active_job(other.id) == ""
    other_job_id = workspace.ask(other.id, _QUESTION)
    gate.set()
    wait_until_over(workspace, other_job_id)
    assert workspace.active_job(chat.id) == ""
    wait_until_over(workspace, workspace.ask(chat.id, _QUESTION))
    assert len(workspace.chats.get(chat.id).turns) == 2


def test_a_follow_up_sees_the_turns_before_it(
    open_workspace: Callable[[Factory], Workspace],
) -> None:
    workspace = open_workspace(Factory(CopyingModel()))
    workspace.start_model()
    chat = workspace.chats.create()
    wait_until_over(workspace, workspace.ask(chat.id, _QUESTION))
    view = wait_until_over(workspace, workspace.ask(chat.id, "Who was glad of it?"))
    last = view.events[-1]
    assert isinstance(last, Answered)
    assert "bridge" in last.answer.query


def test_a_greeting_between_two_questions_is_not_referred_back_to(
    open_workspace: Callable[[Factory], Workspace],
) -> None:
    workspace = open_workspace(Factory(CopyingModel()))
    workspace.start_model()
    chat = workspace.chats.create()
    wait_until_over(workspace, workspace.ask(chat.id, _QUESTION))
    reply = replace(make_answer("Thanks"), reason=Reason.REPLIED, claims=(), notice="Gladly.")
    workspace.chats.finish_turn(workspace.chats.start_turn(chat.id, "Thanks"), reply)
    view = wait_until_over(workspace, workspace.ask(chat.id, "Who was glad of it?"))
    last = view.events[-1]
    assert isinstance(last, Answered)
    assert "bridge" in last.answer.query


@pytest.mark.parametrize(
    ("asked", "saved"),
    [(None, Caution.CAREFUL), (Caution.BOLD, Caution.BOLD)],
    ids=["as the settings say", "as the reader says"],
)
def test_an_answer_is_made_with_the_caution_wished_for(
    settings: Settings, asked: Caution | None, saved: Caution
) -> None:
    workspace = Workspace(
        replace(settings, caution=Caution.CAREFUL),
        model_factory=Factory(CopyingModel()),
        make_reader=open_direct_reader,
    )
    workspace.start_model()
    chat = workspace.chats.create()
    try:
        wait_until_over(workspace, workspace.ask(chat.id, _QUESTION, caution=asked))
    finally:
        workspace.close()
    (turn,) = workspace.chats.get(chat.id).turns
    assert turn.answer is not None
    assert turn.answer.caution is saved


@pytest.mark.parametrize("question", ["", " \n"])
def test_a_blank_question_is_refused_and_not_saved(
    open_workspace: Callable[[Factory], Workspace], question: str
) -> None:
    workspace = open_workspace(Factory())
    chat = workspace.chats.create()
    with pytest.raises(JobError, match="blank"):
        workspace.ask(chat.id, question)
    assert workspace.chats.get(chat.id).turns == ()


def test_a_question_to_no_chat_is_refused(open_workspace: Callable[[Factory], Workspace]) -> None:
    with pytest.raises(ConversationError, match="'nobody'"):
        open_workspace(Factory()).ask("nobody", _QUESTION)


@pytest.mark.parametrize(
    ("error", "message"),
    [(ModelLoadError("no such file"), "no such file"), (OSError("odd"), UNEXPECTED_FAILURE)],
    ids=["known", "unknown"],
)
def test_a_model_that_cannot_be_had_fails_the_question_with_its_reason_and_can_be_retried(
    open_workspace: Callable[[Factory], Workspace], error: Exception, message: str
) -> None:
    workspace = open_workspace(Factory(error, CopyingModel()))
    workspace.start_model()
    chat = workspace.chats.create()
    view = wait_until_over(workspace, workspace.ask(chat.id, _QUESTION))
    assert view.state is JobState.FAILED
    assert message in view.error
    status = workspace.model_status()
    assert (status.state, status.message, status.can_retry) == (ModelState.FAILED, message, True)

    workspace.start_model()
    view = wait_until_over(workspace, workspace.ask(chat.id, _QUESTION))
    assert view.state is JobState.FINISHED


def test_loading_can_be_stopped_and_begun_again(
    open_workspace: Callable[[Factory], Workspace],
) -> None:
    factory = Factory(CopyingModel())
    factory.may_go_on.clear()
    workspace = open_workspace(factory)
    workspace.start_model()
    workspace.stop_model()
    assert wait_for_model(workspace, ModelState.STOPPED).can_retry
    factory.may_go_on.set()
    workspace.start_model()
    wait_for_model(workspace, ModelState.READY)


def test_closing_closes_the_model_and_ends_the_answer_under_way(
    open_workspace: Callable[[Factory], Workspace],
) -> None:
    model = CopyingModel(gate=threading.Event())
    workspace = open_workspace(Factory(model))
    workspace.start_model()
    chat = workspace.chats.create()
    job_id = workspace.ask(chat.id, _QUESTION)
    wait_for_claim(workspace, job_id)
    workspace.close()
    assert model.is_closed
    assert workspace.jobs.view(job_id).is_over
    assert texts_of(workspace.chats.get(chat.id)) == [FIRST]
    workspace.close()


def test_closing_while_the_model_loads_leaves_nothing_behind(
    open_workspace: Callable[[Factory], Workspace],
) -> None:
    factory = Factory(CopyingModel())
    factory.may_go_on.clear()
    workspace = open_workspace(factory)
    before = threading.active_count()
    workspace.start_model()
    workspace.close()
    assert threading.active_count() < before
    workspace.start_model()
    assert workspace.model_status().state is ModelState.STOPPED


def test_a_model_that_comes_after_the_closing_is_closed(
    open_workspace: Callable[[Factory], Workspace],
) -> None:
    model = CopyingModel()
    closed = threading.Event()

    class LateFactory(Factory):
        def __call__(
            self,
            settings: Settings,
            *,
            on_status: Callable[[ModelStatus], None],
            cancelled: threading.Event,
        ) -> ClosableModel:
            cancelled.wait(_PATIENCE_S)
            closed.set()
            return model

    workspace = open_workspace(LateFactory())
    workspace.start_model()
    workspace.close()
    assert closed.is_set()
    assert model.is_closed


def test_an_essay_that_is_not_in_use_is_an_error(
    open_workspace: Callable[[Factory], Workspace],
) -> None:
    workspace = open_workspace(Factory())
    (document,) = workspace.corpus.documents
    assert workspace.document(document.id) is document
    with pytest.raises(AssistantError, match=r"'gone'.*not among those in use"):
        workspace.document("gone")


def test_a_folder_without_essays_is_refused_before_anything_is_started(
    tmp_path: Path, settings: Settings
) -> None:
    (tmp_path / "empty").mkdir()
    threads = threading.active_count()
    empty = load_settings(essays=[tmp_path / "empty"], environment={HOME_VARIABLE: str(tmp_path)})
    with pytest.raises(NoEssaysError):
        Workspace(empty, model_factory=Factory(), make_reader=open_direct_reader)
    assert threading.active_count() == threads


def test_passages_are_seen_before_the_first_claim(
    open_workspace: Callable[[Factory], Workspace],
) -> None:
    workspace = open_workspace(Factory(CopyingModel()))
    workspace.start_model()
    view = wait_until_over(workspace, workspace.ask(workspace.chats.create().id, _QUESTION))
    kinds = [type(event) for event in view.events]
    assert kinds.index(PassagesFound) < kinds.index(ClaimChecked)


def test_a_question_that_replaces_the_last_does_not_see_it(
    open_workspace: Callable[[Factory], Workspace],
) -> None:
    workspace = open_workspace(Factory(CopyingModel()))
    workspace.start_model()
    chat = workspace.chats.create()
    wait_until_over(workspace, workspace.ask(chat.id, _QUESTION))
    (turn,) = workspace.chats.get(chat.id).turns
    view = wait_until_over(
        workspace, workspace.ask(chat.id, "Who was glad of it?", replacing=turn.id)
    )
    last = view.events[-1]
    assert isinstance(last, Answered)
    assert last.answer.query == "Who was glad of it?"
    assert [one.question for one in workspace.chats.get(chat.id).turns] == ["Who was glad of it?"]


def test_a_refused_question_leaves_the_one_that_it_was_to_replace(
    open_workspace: Callable[[Factory], Workspace],
) -> None:
    workspace = open_workspace(Factory(CopyingModel()))
    workspace.start_model()
    chat = workspace.chats.create()
    wait_until_over(workspace, workspace.ask(chat.id, _QUESTION))
    before = workspace.chats.get(chat.id)
    with pytest.raises(JobError, match="blank"):
        workspace.ask(chat.id, " ", replacing=before.turns[0].id)
    workspace.jobs.close()
    with pytest.raises(JobError, match="shutting down"):
        workspace.ask(chat.id, "Who was glad of it?", replacing=before.turns[0].id)
    assert workspace.chats.get(chat.id).turns[0] == before.turns[0]


def test_a_limit_is_kept_from_the_asking_on_and_told_with_the_answer(
    open_workspace: Callable[[Factory], Workspace], settings: Settings
) -> None:
    (settings.essays[0] / "ferries.md").write_text("# Ferries\n\nThe ferry over the Tay ran on.\n")
    factory = Factory(CopyingModel())
    factory.may_go_on.clear()
    workspace = open_workspace(factory)
    workspace.start_model()
    bridges = next(one for one in workspace.corpus.documents if one.name == "bridges.md")
    chat = workspace.chats.create()
    job_id = workspace.ask(chat.id, _QUESTION, scope=Scope(essay_ids=(bridges.id,)))
    (turn,) = workspace.chats.get(chat.id).turns
    assert turn.progress.scope.words == "“Bridges”"
    factory.may_go_on.set()
    wait_until_over(workspace, job_id)
    (turn,) = workspace.chats.get(chat.id).turns
    assert turn.answer is not None
    assert turn.answer.scope.words == "“Bridges”"
    assert {one.essay for one in turn.answer.passages} == {"bridges.md"}
