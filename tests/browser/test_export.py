"""Chats and answers taken away as documents, with saved answers and no model."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Download, Locator, Page, expect

from assistant.answers import Answer
from assistant.exporting.to_html import render_html
from assistant.grounding import Claim
from tests.assistant.reports import (
    HOSTILE,
    answer_with,
    cite_words,
    hostile_report,
)
from tests.browser.conftest import PageServer
from tests.browser.steps import last_turn

pytestmark = pytest.mark.browser

WORDS = 'The whale oil lamp & "the brightest" of its time <b>shone</b> — אור 😀.'
QUESTION = 'Which lamp was "the brightest"? ../<b>x</b>'
NAME = "Which lamp was the brightest b x b"


@pytest.fixture
def chat(archive: PageServer, context: BrowserContext) -> Page:
    """Open a saved chat of two questions."""
    claim = Claim(text="The whale oil lamp was.", citations=(cite_words(WORDS),))
    return open_chat(archive, context, answer_with(claim, question="Any lamp?"), lamp_answer())


def lamp_answer() -> Answer:
    return answer_with(Claim(text="It shone.", citations=(cite_words(WORDS),)), question=QUESTION)


def open_chat(archive: PageServer, context: BrowserContext, *answers: Answer) -> Page:
    conversation = archive.chats.create()
    for answer in answers:
        turn_id = archive.chats.start_turn(conversation.id, answer.question)
        archive.chats.finish_turn(turn_id, answer)
    page = context.new_page()
    page.goto(f"{archive.url}/?chat={conversation.id}")
    expect(last_turn(page)).to_be_visible(timeout=60_000)
    return page


def take(page: Page, do: Callable[[], None]) -> tuple[Download, bytes]:
    """Do what saves a file, and return it with its content."""
    with page.expect_download(timeout=30_000) as expected:
        do()
    download = expected.value
    return download, Path(download.path()).read_bytes()


def menu(place: Locator) -> Locator:
    return place.locator("details.export")


def test_an_answer_is_taken_away_as_a_file_of_word_by_keyboard(chat: Page) -> None:
    export = menu(last_turn(chat))
    export.locator("summary").focus()
    chat.keyboard.press("Enter")
    word = export.get_by_role("button", name="Word")
    expect(word).to_be_visible()
    chat.keyboard.press("Tab")
    expect(word).to_be_focused()
    download, content = take(chat, lambda: chat.keyboard.press("Enter"))
    assert download.suggested_filename == f"{NAME}.docx"
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        notes = package.read("word/footnotes.xml").decode()
    assert notes.count("w:footnote ") == 3  # with the two that are lines
    assert "&lt;b&gt;shone&lt;/b&gt; — אור 😀." in notes
    # The menu has folded, and whoever used it stands on it still.
    expect(word).to_be_hidden()
    expect(export.locator("summary")).to_be_focused()


def test_a_chat_is_taken_away_in_the_other_formats_each_saved_once(chat: Page) -> None:
    saved: list[Download] = []
    chat.on("download", lambda download: saved.append(download))
    toolbar = menu(chat.locator(".toolbar"))
    for label, ending in (("HTML", "html"), ("Markdown", "md")):
        toolbar.locator("summary").click()
        button = toolbar.get_by_role("button", name=label)
        download, content = take(chat, button.click)
        assert download.suggested_filename == f"Any lamp.{ending}"
        shown = content.decode()
        assert "Any lamp?" in shown
        assert "— אור 😀.”" in shown
    chat.reload()
    expect(last_turn(chat)).to_be_visible(timeout=60_000)
    assert len(saved) == 2


def test_escape_folds_the_formats_and_leaves_the_rest(chat: Page) -> None:
    export = menu(last_turn(chat))
    export.locator("summary").click()
    export.get_by_role("button", name="Markdown").focus()
    chat.keyboard.press("Escape")
    expect(export.get_by_role("button", name="Markdown")).to_be_hidden()
    expect(export.locator("summary")).to_be_focused()


def test_the_saved_page_runs_nothing_asks_for_nothing_and_links_its_notes(
    context: BrowserContext, tmp_path: Path
) -> None:
    file = tmp_path / "chat.html"
    file.write_text(render_html(hostile_report()), encoding="utf-8")
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(file.as_uri())
    assert page.evaluate("window.hacked") is None
    assert asked == [file.as_uri()]
    # The policy lets the page's own style in, so that the browser has nothing to complain of.
    assert said == []
    expect(page.locator("footer")).to_have_css("border-top-style", "solid")
    reference = page.get_by_role("link", name="note 2", exact=True).first
    reference.click()
    assert page.url.endswith("#note-2")
    expect(page.locator("#note-2")).to_be_in_viewport()
    page.locator("#note-2 a.back").first.click()
    assert re.search(r"#use-2-\d+$", page.url)
    expect(reference).to_be_in_viewport()
    assert len(HOSTILE) * 2 == page.locator("section:has(> .about)").count()
