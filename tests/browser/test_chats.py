"""Saved chats in the browser: found, renamed, deleted and brought back, judged, copied, edited."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from assistant.conversations import Thumb
from tests.assistant.samples import make_answer
from tests.browser.conftest import PageServer
from tests.browser.steps import last_turn

pytestmark = pytest.mark.browser


@pytest.fixture
def chats(archive: PageServer) -> Iterator[list[str]]:
    """Save three chats, the only ones listed, and give their ids; take them away afterwards."""
    clear(archive)
    ids = [
        save(archive, "When was the lamp put out?"),
        save(archive, "Who built the tower?", claim="Margaret Dunmore built it."),
        save(archive, "Who kept it?", "And why?"),
    ]
    yield ids
    clear(archive)


def clear(server: PageServer) -> None:
    for entry in server.chats.list():
        server.chats.remove(entry.id)


def save(server: PageServer, *questions: str, claim: str = "") -> str:
    chat = server.chats.create()
    for question in questions:
        turn_id = server.chats.start_turn(chat.id, question)
        server.chats.finish_turn(turn_id, make_answer(question, claim=claim))
    return chat.id


def visit(context: BrowserContext, server: PageServer, chat_id: str) -> Page:
    page = context.new_page()
    page.goto(f"{server.url}/?chat={chat_id}")
    expect(last_turn(page)).to_be_visible(timeout=30_000)
    return page


def listed(page: Page) -> Locator:
    return page.locator(".chats .open")


def active(page: Page) -> str:
    """Return the text or the name of what has the focus, in whichever component it is."""
    text: str = page.evaluate(
        """() => {
          let one = document.activeElement;
          while (one.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
          return one.getAttribute("aria-label") ?? one.textContent;
        }"""
    )
    return text


def test_chats_are_listed_by_day_all_are_reached_and_one_click_opens_one(
    context: BrowserContext, archive: PageServer, chats: list[str]
) -> None:
    for number in range(10):
        save(archive, f"Question {number}?")
    page = visit(context, archive, chats[0])
    expect(listed(page)).to_have_count(8)
    page.get_by_role("button", name="Show all 13 chats").click()
    expect(listed(page)).to_have_count(13, timeout=15_000)
    expect(page.locator(".chats h3").first).to_have_text("Today")
    expect(page.locator(".chats .open[aria-current]")).to_have_text("When was the lamp put out?")
    listed(page).nth(11).click()
    expect(last_turn(page).locator(".question")).to_contain_text("Who built the tower?")
    assert f"chat={chats[1]}" in page.url


def test_a_chat_is_found_renamed_deleted_and_brought_back_by_keyboard_alone(
    context: BrowserContext, archive: PageServer, chats: list[str]
) -> None:
    page = visit(context, archive, chats[0])
    page.locator(".chats input[type=search]").focus()
    page.keyboard.type("dunmore")
    expect(listed(page)).to_have_text(["Who built the tower?"], timeout=15_000)
    expect(page.locator(".chats [role=status]").first).to_have_text("1 chat")
    page.keyboard.press("Tab")
    page.keyboard.press("F2")
    page.keyboard.type("The tower")
    page.keyboard.press("Enter")
    expect(listed(page)).to_have_text(["The tower"], timeout=15_000)
    assert archive.chats.get(chats[1]).title == "The tower"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    expect(listed(page)).to_have_count(3, timeout=15_000)

    page.keyboard.press("Tab")
    assert active(page) == "Who kept it?"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Delete")
    expect(listed(page)).to_have_text(
        ["Who kept it?", "When was the lamp put out?"], timeout=15_000
    )
    expect(page.locator(".undo")).to_contain_text("Deleted “The tower”.")
    assert active(page) == "When was the lamp put out?"
    for _ in range(4):  # back over the first chat's two buttons
        page.keyboard.press("Shift+Tab")
        if active(page) == "Undo":
            break
    page.keyboard.press("Enter")
    expect(listed(page)).to_have_count(3, timeout=15_000)
    assert archive.chats.get(chats[1]).title == "The tower"


def test_deleting_the_open_chat_leaves_an_empty_one_and_it_can_be_brought_back_later(
    context: BrowserContext, archive: PageServer, chats: list[str]
) -> None:
    page = visit(context, archive, chats[0])
    page.get_by_role("button", name="Rename or delete “When was").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.locator("article.turn")).to_have_count(0, timeout=15_000)
    assert "chat=" not in page.url
    page.reload()
    deleted = page.locator(".chats summary")
    expect(deleted).to_have_text(re.compile("Deleted chats"), timeout=30_000)
    deleted.click()
    page.get_by_role("button", name="Restore “When was").first.click()
    expect(listed(page)).to_have_count(3, timeout=15_000)
    assert len(archive.chats.get(chats[0]).turns) == 1


def test_an_answer_is_judged_with_a_reason_and_stays_judged(
    context: BrowserContext, archive: PageServer, chats: list[str]
) -> None:
    page = visit(context, archive, chats[0])
    page.get_by_role("button", name="Thumb down: wrong").focus()
    page.keyboard.press("Enter")
    thumb = page.get_by_role("button", name="Thumb down: wrong")
    expect(thumb).to_have_attribute("aria-pressed", "true", timeout=15_000)
    assert active(page) == "Thumb down: wrong"
    page.get_by_role("textbox", name="Why?").fill("It was spring.")
    page.keyboard.press("Enter")
    expect(page.locator(".note")).to_have_text("It was spring.", timeout=15_000)
    page.reload()
    expect(thumb).to_have_attribute("aria-pressed", "true", timeout=30_000)
    (turn,) = archive.chats.get(chats[0]).turns
    assert (turn.thumb, turn.note) == (Thumb.DOWN, "It was spring.")
    thumb.click()
    expect(thumb).to_have_attribute("aria-pressed", "false", timeout=15_000)


def test_an_answer_is_copied_with_its_citations_also_without_the_clipboard_interface(
    context: BrowserContext, archive: PageServer, chats: list[str]
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visit(context, archive, chats[0])
    claim = make_answer().claims[0]
    for hindrance in ("", "navigator.clipboard.writeText = () => Promise.reject(new Error())"):
        page.evaluate(
            f"async () => {{ await navigator.clipboard.writeText('before'); {hindrance} }}"
        )
        page.locator(".tools").get_by_role("button", name="Copy", exact=True).click()
        expect(page.locator(".tools").get_by_role("button", name="Copied")).to_be_visible()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert f"{claim.text} [1]" in copied
        assert claim.citations[0].quote in copied


def test_the_last_question_is_edited_in_its_place_and_a_cancelled_edit_changes_nothing(
    context: BrowserContext, archive: PageServer, chats: list[str]
) -> None:
    page = visit(context, archive, chats[2])
    expect(page.get_by_role("button", name="Edit", exact=True)).to_have_count(1)
    page.get_by_role("button", name="Edit", exact=True).click()
    field = page.get_by_role("textbox", name="The question", exact=True)
    expect(field).to_be_focused()
    expect(field).to_have_value("And why?")
    page.keyboard.press("Escape")
    expect(field).to_be_hidden()
    assert active(page) == "Edit"
    page.keyboard.press("Enter")
    field.fill("And for how long?")
    page.keyboard.press("Enter")
    # There is no model here: the new question fails, and so the earlier one stands again.
    expect(page.locator(".question p")).to_have_text(
        ["Who kept it?", "And why?", "And for how long?"], timeout=30_000
    )
    expect(last_turn(page)).to_have_attribute("data-kind", "failed")
