"""The page in its states, run by Streamlit without a browser."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from assistant.answers import Reason
from assistant.citations import Citation, cite
from assistant.conversations import Conversation
from assistant.errors import ModelLoadError, StoppedError
from assistant.grounding import Claim
from assistant.jobs import JobView
from assistant.judging import Caution
from assistant.llm import Choice, Message, Usage
from assistant.local_models.setup import ModelState, ModelStatus
from assistant.settings import Settings, load_settings
from assistant.ui import chat, resources
from assistant.workspace import Workspace
from tests.assistant.samples import make_answer
from tests.fakes import FakeModel
from tests.index.library.essays import open_direct_reader

ESSAY = """---
title: On Bridges
author: A. Writer
---
The old bridge over the river was closed in the winter of 1907. The town had no money for it.

The mayor opened the bridge again in spring. People came from every village to see it.

In the years that followed, the bridge carried more carts than any other road of the county, and
the town that had been too poor to mend it grew rich on what the carts brought.
"""
HOSTILE = (
    """<img src=x onerror=alert(1)> [link](http://example.org) ![i](http://example.org/i.png)"""
)


class BridgeModel(FakeModel):
    """A fake model that prefers the first sentence offered, and can be closed."""

    def choose(
        self,
        messages: Sequence[Message],
        *,
        prefix: str,
        texts: Sequence[str],
        cancelled: threading.Event,
    ) -> Choice:
        rest = 0.1 / (len(texts) - 1)
        return Choice(
            probabilities=(0.9, *(rest for _ in texts[1:])),
            usage=Usage(prompt=1, evaluated=1, generated=1),
        )

    def close(self) -> None:
        """Do nothing: there is no process."""


class Loader:
    """Gives a model at once, fails, or waits to be let go."""

    def __init__(self) -> None:
        self.model = BridgeModel()
        self.error = ""
        self.told = threading.Event()
        self.gate = threading.Event()
        self.gate.set()

    def __call__(
        self,
        settings: Settings,
        *,
        on_status: Callable[[ModelStatus], None],
        cancelled: threading.Event,
    ) -> BridgeModel:
        on_status(
            ModelStatus(
                state=ModelState.LOADING,
                message="Loading the model, 40 %",
                fraction=0.4,
                can_retry=False,
            )
        )
        self.told.set()
        while not self.gate.wait(0.01):
            if cancelled.is_set():
                raise StoppedError("The load was stopped.")
        if self.error:
            raise ModelLoadError(self.error)
        return self.model


@pytest.fixture
def loader() -> Loader:
    return Loader()


@pytest.fixture
def workspace(tmp_path: Path, loader: Loader) -> Iterator[Workspace]:
    essays = tmp_path / "essays"
    essays.mkdir()
    (essays / "bridges.md").write_text(ESSAY, encoding="utf-8")
    settings = load_settings(
        essays=[essays], environment={"ESSAY_ASSISTANT_HOME": str(tmp_path / "home")}
    )
    workspace = Workspace(settings, model_factory=loader, make_reader=open_direct_reader)
    yield workspace
    workspace.close()


def script(workspace: "Workspace") -> None:
    import streamlit as st

    from assistant.ui import chat, sidebar

    with st.sidebar:
        sidebar.draw(workspace)
    chat.draw(workspace)


class Page:
    """The page as a test sees it."""

    def __init__(self, workspace: Workspace, chat_id: str = "", **address: str) -> None:
        self.app = AppTest.from_function(script, args=(workspace,), default_timeout=20)
        for name, value in address.items():
            self.app.query_params[name] = value
        if chat_id:
            self.app.query_params["chat"] = chat_id
        self.run()

    def run(self) -> None:
        self.app.run()
        assert not self.app.exception

    def ask(self, question: str) -> None:
        self.app.chat_input(key="question").set_value(question).run()
        assert not self.app.exception

    def click(self, key: str) -> None:
        self.app.button(key=key).click().run()
        assert not self.app.exception

    @property
    def buttons(self) -> set[str | None]:
        return {button.key for button in self.app.button}

    @property
    def chat_id(self) -> str:
        return "".join(self.app.query_params.get("chat", []))

    def drawn(self, kind: str) -> dict[str, Any]:
        for component in self.app.get("bidi_component"):
            data: dict[str, Any] = json.loads(component.proto.json)
            if data.get("kind", "reader") == kind:
                return data
        raise AssertionError(f"No {kind} is drawn.")

    @property
    def stoppable(self) -> str:
        """The job that the page offers to stop; empty if there is none."""
        return str(self.drawn("stop")["job"])

    @property
    def last(self) -> dict[str, Any]:
        turn: dict[str, Any] = self.drawn("reader")["turns"][-1]
        return turn


def wait_for_model(workspace: Workspace) -> None:
    loader = workspace.model_keeper._loader
    if loader is not None:
        loader.join(20)


def wait_for_answer(workspace: Workspace, chat_id: str) -> None:
    job_id = workspace.active_job(chat_id)
    view: JobView | None = None
    while job_id and (view is None or not view.is_over):
        view = workspace.jobs.wait_for_change(
            job_id, seen=view.version if view else -1, timeout_s=20
        )


def saved_chat(workspace: Workspace) -> tuple[Conversation, int]:
    conversation = workspace.chats.create()
    return conversation, workspace.chats.start_turn(conversation.id, "When was it closed?")


def test_an_empty_chat_offers_the_examples(workspace: Workspace) -> None:
    page = Page(workspace)
    assert page.drawn("reader")["turns"] == []
    assert page.drawn("reader")["welcome"]["examples"] == list(workspace.examples)


def test_the_sidebar_says_how_many_essays_and_words_there_are(workspace: Workspace) -> None:
    words = len(workspace.corpus.documents[0].text.split())
    assert Page(workspace).drawn("essays")["summary"] == f"1 essay, {words} words"


def test_the_sidebar_says_that_nothing_leaves_the_machine(workspace: Workspace) -> None:
    captions = [caption.value for caption in Page(workspace).app.sidebar.caption]
    assert any("Nothing leaves this machine" in caption for caption in captions)


def test_while_the_model_loads_the_page_says_how_far_it_is(
    workspace: Workspace, loader: Loader
) -> None:
    loader.gate.clear()
    workspace.start_model()
    assert loader.told.wait(20)
    page = Page(workspace)
    model = page.drawn("model")
    assert (model["state"], model["message"]) == ("loading", "Loading the model, 40 %")
    assert model["fraction"] == 0.4
    assert "stop_model" in page.buttons
    assert not page.app.chat_input(key="question").disabled


def test_a_load_that_was_stopped_can_be_begun_again(workspace: Workspace, loader: Loader) -> None:
    loader.gate.clear()
    workspace.start_model()
    page = Page(workspace)
    page.click("stop_model")
    wait_for_model(workspace)
    page.run()
    assert page.drawn("model")["state"] == "stopped"
    loader.gate.set()
    page.click("start_model")
    wait_for_model(workspace)
    page.run()
    assert page.drawn("model")["state"] == "ready"
    assert "start_model" not in page.buttons


def test_a_model_that_cannot_be_loaded_says_why(workspace: Workspace, loader: Loader) -> None:
    loader.error = "The file 'x.gguf' is no model; fetch it again."
    workspace.start_model()
    wait_for_model(workspace)
    page = Page(workspace)
    assert page.drawn("model")["message"] == loader.error
    assert "start_model" in page.buttons


def test_a_question_asked_early_waits_for_the_model(workspace: Workspace, loader: Loader) -> None:
    loader.gate.clear()
    workspace.start_model()
    assert loader.told.wait(20)
    page = Page(workspace)
    page.ask("Why was the bridge closed?")
    assert page.last["kind"] == "active"
    assert "Loading the model, 40 %" in page.last["status"]
    assert not page.app.chat_input(key="question").disabled
    assert page.stoppable


def test_a_question_is_answered_with_the_words_it_rests_on(
    workspace: Workspace, loader: Loader
) -> None:
    answer = "The old bridge over the river was closed in the winter of 1907."
    loader.model = BridgeModel(generations=[answer])
    workspace.start_model()
    page = Page(workspace)
    page.ask("When was the old bridge over the river closed?")
    wait_for_answer(workspace, page.chat_id)
    page.run()
    assert page.last["kind"] == "answer", page.last
    assert page.last["sentences"] == [{"text": answer, "numbers": [1], "mark": "", "heading": ""}]
    (source,) = page.last["sources"]
    assert source["quote"] == answer
    assert source["place"] == "paragraph 1 of 3"
    assert page.last["question"] == "When was the old bridge over the river closed?"
    assert not page.stoppable


def test_the_address_names_the_chat_and_a_reload_shows_it(workspace: Workspace) -> None:
    page = Page(workspace)
    page.ask("Why was the bridge closed?")
    assert page.chat_id == workspace.chats.list()[0].id
    reloaded = Page(workspace, page.chat_id)
    assert reloaded.last["question"] == "Why was the bridge closed?"


def test_a_question_sent_too_early_is_refused_and_comes_back_into_the_box(
    workspace: Workspace, loader: Loader
) -> None:
    loader.gate.clear()
    workspace.start_model()
    page = Page(workspace)
    page.ask("Why was the bridge closed?")
    page.ask("Who opened it again?")
    assert "still being answered" in page.drawn("reader")["problem"]
    assert len(page.drawn("reader")["turns"]) == 1
    box = page.app.chat_input(key="question").proto
    assert (box.set_value, box.value) == (True, "Who opened it again?")


def saved_answer_of(workspace: Workspace) -> tuple[Conversation, int, Citation]:
    """Save an answer that cites the essay and return its chat, turn and citation."""
    document = workspace.corpus.documents[0]
    start = document.text.index("The mayor opened")
    citation = cite(document, start=start, end=start + 42)
    conversation, turn_id = saved_chat(workspace)
    claim = Claim(text="The mayor opened it.", citations=(citation,))
    workspace.chats.finish_turn(turn_id, replace(make_answer(), claims=(claim,)))
    return conversation, turn_id, citation


def address_of(citation: Citation) -> dict[str, str]:
    return {"essay": citation.essay_id, "words": f"{citation.start}-{citation.end}"}


def test_the_address_of_a_citation_opens_the_whole_essay(workspace: Workspace) -> None:
    conversation, turn_id, citation = saved_answer_of(workspace)
    page = Page(workspace, conversation.id, **address_of(citation))
    opened, essay = page.drawn("reader")["open"], page.drawn("reader")["essay"]
    assert (opened["turn_id"], opened["source"]["number"]) == (str(turn_id), 1)
    assert opened["source"]["quote"] == citation.quote
    assert opened["essay_key"] == essay["key"]
    marked = [part for one in essay["paragraphs"] for part in one["parts"] if part["numbers"]]
    assert [part["text"] for part in marked] == [citation.quote]


def test_words_of_an_essay_are_opened_without_a_chat_too(workspace: Workspace) -> None:
    _, _, citation = saved_answer_of(workspace)
    page = Page(workspace, **address_of(citation))
    assert page.drawn("reader")["turns"] == []
    assert page.drawn("reader")["open"]["source"]["quote"] == citation.quote


def test_the_essay_is_sent_once(workspace: Workspace) -> None:
    conversation, _, citation = saved_answer_of(workspace)
    page = Page(workspace, conversation.id, **address_of(citation))
    key = page.drawn("reader")["essay"]["key"]
    page.app.session_state["held"] = (f"reader-{conversation.id.encode().hex()}", key)
    page.run()
    assert page.drawn("reader")["open"]["essay_key"] == key
    assert page.drawn("reader")["essay"] is None


def test_another_chat_does_not_keep_the_essay_open(workspace: Workspace) -> None:
    conversation, _, citation = saved_answer_of(workspace)
    other, _ = saved_chat(workspace)
    page = Page(workspace, conversation.id, **address_of(citation))
    page.app.query_params["chat"] = other.id
    page.run()
    assert page.drawn("reader")["open"] is None
    assert "essay" not in str(page.app.query_params.get("essay", ""))


def test_an_essay_that_does_not_exist_is_told(workspace: Workspace) -> None:
    page = Page(workspace, essay="no-such-essay", words="0-10")
    assert "no-such-essay" in page.drawn("reader")["open"]["problem"]
    assert page.drawn("reader")["essay"] is None


def test_an_answer_that_was_asked_for_here_is_awaited_there(
    workspace: Workspace, loader: Loader
) -> None:
    loader.gate.clear()
    workspace.start_model()
    page = Page(workspace)
    page.ask("Why was the bridge closed?")
    assert page.drawn("reader")["awaited"]
    assert not Page(workspace, page.chat_id).drawn("reader")["awaited"]
    workspace.jobs.stop(page.stoppable)
    wait_for_answer(workspace, page.chat_id)
    page.run()
    assert page.last["announcement"] == "Stopped before the first sentence was written."
    assert page.drawn("reader")["awaited"]


def test_a_second_tab_follows_the_same_answer(workspace: Workspace, loader: Loader) -> None:
    loader.gate.clear()
    workspace.start_model()
    first = Page(workspace)
    first.ask("Why was the bridge closed?")
    second = Page(workspace, first.chat_id)
    assert second.last["kind"] == "active"
    assert second.stoppable == first.stoppable
    workspace.jobs.stop(second.stoppable)
    wait_for_answer(workspace, first.chat_id)
    first.run()
    assert first.last["kind"] == "stopped"


def test_a_stopped_question_says_so(workspace: Workspace, loader: Loader) -> None:
    loader.gate.clear()
    workspace.start_model()
    page = Page(workspace)
    page.ask("Why was the bridge closed?")
    workspace.jobs.stop(page.stoppable)
    wait_for_answer(workspace, page.chat_id)
    page.run()
    assert page.last["kind"] == "stopped"
    assert page.last["notice"] == "Stopped before the first sentence was written."
    assert not page.app.chat_input(key="question").disabled


def test_a_failed_answer_says_why_and_can_be_asked_again(workspace: Workspace) -> None:
    page = Page(workspace)
    page.ask("Why was the bridge closed?")
    wait_for_answer(workspace, page.chat_id)
    page.run()
    assert page.last["kind"] == "failed"
    assert "no model" in page.last["notice"]
    assert page.last["actions"]["can_repeat"]


def test_an_abstention_shows_the_closest_passages_and_no_sentence(workspace: Workspace) -> None:
    conversation, turn_id = saved_chat(workspace)
    answer = replace(make_answer(), abstained=True, reason=Reason.NOT_IN_EVIDENCE, claims=())
    workspace.chats.finish_turn(turn_id, answer)
    page = Page(workspace, conversation.id)
    assert page.last["kind"] == "abstention"
    assert page.last["sentences"] == []
    assert page.last["passages"][0]["quote"] == answer.passages[0].text


def test_the_reader_chooses_what_happens_when_in_doubt_and_the_answer_says_so(
    workspace: Workspace, loader: Loader
) -> None:
    loader.model = BridgeModel(generations=["The old bridge was closed in the winter of 1907."] * 2)
    workspace.start_model()
    page = Page(workspace)
    choice = page.app.radio(key="caution")
    assert (choice.label, choice.options) == ("When in doubt", ["decline", "balanced", "answer"])
    assert choice.value is Caution.BALANCED
    choice.set_value(Caution.BOLD).run()
    page.ask("When was the old bridge over the river closed?")
    wait_for_answer(workspace, page.chat_id)
    page.run()
    answer = workspace.chats.get(page.chat_id).turns[-1].answer
    assert answer is not None
    assert answer.caution is Caution.BOLD
    assert page.last["remarks"] == ["Made with “When in doubt: answer”."]


def test_the_choice_is_taken_from_the_address(workspace: Workspace) -> None:
    app = AppTest.from_function(script, args=(workspace,), default_timeout=20)
    app.query_params["caution"] = "decline"
    app.run()
    assert app.radio(key="caution").value is Caution.CAREFUL


def test_a_choice_that_does_not_exist_is_as_none(workspace: Workspace) -> None:
    app = AppTest.from_function(script, args=(workspace,), default_timeout=20)
    app.query_params["caution"] = "reckless"
    app.run()
    assert not app.exception
    assert app.radio(key="caution").value is Caution.BALANCED


@pytest.mark.parametrize("chat_id", ["no-such-chat", "a__b", "_", "<b>:red[x]"])
def test_a_chat_that_does_not_exist_is_told_and_a_question_begins_a_new_one(
    workspace: Workspace, chat_id: str
) -> None:
    page = Page(workspace, chat_id)
    assert chat_id in page.drawn("reader")["problem"]
    page.ask("Why was the bridge closed?")
    assert page.chat_id == workspace.chats.list()[0].id
    assert page.drawn("reader")["problem"] == ""


def test_a_new_chat_is_one_click(workspace: Workspace) -> None:
    page = Page(workspace)
    page.ask("Why was the bridge closed?")
    page.click("new")
    assert page.chat_id == ""
    assert page.drawn("reader")["turns"] == []
    assert page.drawn("chats")["days"][0]["chats"][0]["title"] == "Why was the bridge closed?"


def test_a_blank_question_is_refused_in_words(workspace: Workspace) -> None:
    page = Page(workspace)
    page.ask("   ")
    assert page.drawn("reader")["problem"] == "The question is blank; type one."


def test_a_hostile_question_and_answer_are_sent_as_plain_values_only(
    workspace: Workspace,
) -> None:
    conversation = workspace.chats.create()
    turn_id = workspace.chats.start_turn(conversation.id, HOSTILE)
    workspace.chats.finish_turn(turn_id, make_answer(HOSTILE, claim=HOSTILE))
    page = Page(workspace, conversation.id)
    assert page.last["question"] == HOSTILE
    assert page.last["sentences"][0]["text"] == HOSTILE
    widgets = [*page.app.markdown, *page.app.text, *page.app.caption]
    assert not any("example.org" in str(widget.value) for widget in widgets)
    assert not any("example.org" in button.label for button in page.app.button)


def test_without_essays_the_page_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESSAY_ASSISTANT_ESSAYS", str(tmp_path))
    monkeypatch.setenv("ESSAY_ASSISTANT_HOME", str(tmp_path / "home"))
    resources.get_workspace.clear()
    app = AppTest.from_file(str(Path(chat.__file__).parents[2] / "app.py"), default_timeout=20)
    app.run()
    assert not app.exception
    (reader,) = app.get("bidi_component")
    welcome = json.loads(reader.proto.json)["welcome"]
    assert welcome["heading"] == "The essays cannot be opened"
    assert str(tmp_path) in welcome["text"]
    st.cache_resource.clear()
