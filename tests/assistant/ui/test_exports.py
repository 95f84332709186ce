"""Documents for the page, made of the chats of a workspace without a model."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import AssistantError
from assistant.exporting.files import ExportFormat
from assistant.settings import load_settings
from assistant.ui.components import TurnAct
from assistant.ui.exports import EXPORT_ACTS, make_download, view_toolbar
from assistant.workspace import Workspace
from tests.assistant.samples import make_answer
from tests.assistant.ui.test_chat import ESSAY, Loader
from tests.index.library.essays import open_direct_reader

SCRIPT = Path(__file__).parents[3] / "assistant" / "ui" / "assets" / "export.js"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("exports")
    (folder / "bridges.md").write_text(ESSAY, encoding="utf-8")
    settings = load_settings(
        essays=[folder], environment={"ESSAY_ASSISTANT_HOME": str(folder / "home")}
    )
    workspace = Workspace(settings, model_factory=Loader(), make_reader=open_direct_reader)
    yield workspace
    workspace.close()


@pytest.fixture(scope="module")
def chat_id(workspace: Workspace) -> str:
    chat = workspace.chats.create()
    for question in ("Who closed it?", "And why?"):
        turn_id = workspace.chats.start_turn(chat.id, question)
        workspace.chats.finish_turn(turn_id, make_answer(question))
    return chat.id


def take(workspace: Workspace, chat_id: str, *, turn_id: str = "", kind: str = "md") -> str:
    act = TurnAct(kind="export", turn_id=turn_id, value=kind)
    download = make_download(workspace, chat_id, act)
    assert download.name.endswith(f".{kind}")
    return base64.b64decode(download.base64).decode()


def test_a_chat_is_taken_away_whole_and_an_answer_alone(workspace: Workspace, chat_id: str) -> None:
    whole = take(workspace, chat_id)
    assert whole.startswith("# Who closed it?\n")
    assert "## And why?" in whole
    second = workspace.chats.get(chat_id).turns[1]
    assert take(workspace, chat_id, turn_id=str(second.id)).startswith("# And why?\n\n*Asked on ")


def test_each_document_has_an_id_of_its_own(workspace: Workspace, chat_id: str) -> None:
    act = TurnAct(kind="export", turn_id="", value="html")
    ids = {make_download(workspace, chat_id, act).id for _ in range(3)}
    assert len(ids) == 3


@pytest.mark.parametrize(
    ("chat", "turn_id", "kind", "words"),
    [
        ("", "", "pdf", "no document of the format 'pdf'"),
        ("", "999", "md", "The question is gone"),
        ("nobody", "", "md", "no saved chat 'nobody'"),
    ],
)
def test_what_cannot_be_taken_away_says_why(
    workspace: Workspace, chat_id: str, chat: str, turn_id: str, kind: str, words: str
) -> None:
    with pytest.raises(AssistantError, match=words):
        take(workspace, chat or chat_id, turn_id=turn_id, kind=kind)


def test_an_empty_chat_offers_nothing(workspace: Workspace, chat_id: str) -> None:
    assert view_toolbar(()) is None
    toolbar = view_toolbar(workspace.chats.get(chat_id).turns)
    assert toolbar is not None
    assert set(toolbar.formats) == set(ExportFormat)


def test_the_page_names_each_format_and_sends_the_acts_that_are_known() -> None:
    script = SCRIPT.read_text(encoding="utf-8")
    (formats,) = re.findall(r"const FORMATS = \{(.*)\};", script)
    assert set(re.findall(r"(\w+):", formats)) == set(ExportFormat)
    assert set(re.findall(r'act\("(\w+)"', script)) == {"export"}
    assert set(EXPORT_ACTS) == {"export", "saved"}
