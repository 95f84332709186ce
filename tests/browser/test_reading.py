"""From a citation to its words in the essay and on to the next, with saved answers and no model."""

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, WebSocket, expect

from assistant.citations import Citation, cite
from assistant.grounding import Claim
from index.corpus import Document, load_corpus
from tests.assistant.samples import make_answer, make_whole_passage
from tests.browser.conftest import PageServer
from tests.browser.steps import CONTRAST, LEAST_CONTRAST, ask, last_turn, open_essay, wait_for_end

pytestmark = pytest.mark.browser

WORDS = (
    "was built in 1843 by Margaret Dunmore.",
    "He kept the lamp for thirty years",
    "until evening fell.\n\nOn day 180",
    "No ship had called there for ten years.",
)
"""Cited one by one: of the lighthouse but for the third, which ends far down the long road."""


@pytest.fixture(scope="module")
def citations(archive: PageServer) -> tuple[Citation, ...]:
    folder = archive.hostile.parent
    lighthouse, road = (
        load_corpus([folder / name]).documents[0] for name in ("lighthouse.md", "road.md")
    )
    return tuple(cite_words(road if words == WORDS[2] else lighthouse, words) for words in WORDS)


def cite_words(document: Document, words: str) -> Citation:
    start = document.text.index(words)
    return cite(document, start=start, end=start + len(words))


@pytest.fixture(scope="module")
def chat_id(archive: PageServer, citations: tuple[Citation, ...]) -> str:
    return save(archive, citations)


def save(archive: PageServer, citations: tuple[Citation, ...]) -> str:
    """Save a chat whose answer has a sentence for each citation; return the chat's id."""
    (document,) = load_corpus([archive.hostile.with_name("lighthouse.md")]).documents
    conversation = archive.chats.create()
    turn_id = archive.chats.start_turn(conversation.id, "What became of the lighthouse?")
    answer = replace(
        make_answer("What became of the lighthouse?"),
        claims=tuple(Claim(text=f"{one.quote}.", citations=(one,)) for one in citations),
        passages=(make_whole_passage(document),),
        quotes=(),
        evidence=(),
    )
    archive.chats.finish_turn(turn_id, answer)
    return conversation.id


@pytest.fixture
def page(context: BrowserContext, archive: PageServer, chat_id: str) -> Page:
    """The chat, ready to be read."""
    return open_page(context, f"{archive.url}/?chat={chat_id}")


def open_page(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    expect(page.locator("article.turn, h1, aside.pane").first).to_be_visible(timeout=60_000)
    return page


def cites(page: Page) -> Locator:
    return last_turn(page).locator("a.cite")


def heading(page: Page) -> Locator:
    return page.locator("aside.pane h2")


def looked_at(page: Page) -> str:
    return "\n\n".join(open_essay(page).all_text_contents())


def address_of(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_a_click_opens_the_whole_essay_at_the_words_beside_the_answer(
    page: Page, citations: tuple[Citation, ...]
) -> None:
    page.evaluate("window.isStillTheSamePage = true")
    cites(page).nth(2).click()
    assert looked_at(page) == WORDS[2]
    marks = page.locator("mark.looked-at")
    expect(marks.last).to_be_in_viewport()
    expect(page.locator("aside.pane .title")).to_have_text("The Long Road")
    expect(page.locator("aside.pane .body p")).to_have_count(200)
    expect(page.locator("aside.pane .body p").last).to_have_attribute("data-number", "200")
    expect(cites(page).nth(2)).to_be_in_viewport()
    expect(cites(page).nth(2)).to_have_attribute("aria-current", "true")
    expect(page).to_have_url(re.compile("essay="))
    words = f"{citations[2].start}-{citations[2].end}"
    assert address_of(page)["words"] == [words]
    assert address_of(page)["essay"] == [citations[2].essay_id]
    assert page.evaluate("window.isStillTheSamePage")


def test_all_that_the_answer_cites_of_the_essay_is_marked_and_told_apart(page: Page) -> None:
    cites(page).first.click()
    open_essay(page)
    marks = page.locator("aside.pane mark")
    assert marks.all_text_contents() == [WORDS[0], WORDS[1], WORDS[3]]
    assert [mark.get_attribute("data-label") for mark in marks.all()] == ["1", "2", "4"]
    strokes = {
        mark.evaluate("(node) => getComputedStyle(node).textDecorationStyle")
        for mark in marks.all()
    }
    assert len(strokes) == 3
    expect(page.locator("mark.looked-at")).to_have_count(1)


def test_the_keys_go_through_the_citations_of_two_essays_and_back(page: Page) -> None:
    page.keyboard.press("]")
    expect(heading(page)).to_have_text("Citation 1 of 4")
    assert looked_at(page) == WORDS[0]
    for number in (2, 3, 4):
        page.keyboard.press("]")
        expect(heading(page)).to_have_text(f"Citation {number} of 4")
        assert looked_at(page) == WORDS[number - 1]
    page.keyboard.press("[")
    page.keyboard.press("[")
    expect(heading(page)).to_have_text("Citation 2 of 4")
    assert looked_at(page) == WORDS[1]
    expect(page.locator(".chat > [role=status]")).to_have_text(re.compile("^citation 2, A. Writer"))
    page.get_by_role("button", name="Next citation").click()
    expect(heading(page)).to_have_text("Citation 3 of 4")
    page.keyboard.press("Escape")
    expect(page.locator("aside.pane")).to_be_hidden()
    expect(cites(page).nth(2)).to_be_focused()
    expect(page).not_to_have_url(re.compile("essay="))


def test_the_browsers_way_back_leads_through_what_was_open(page: Page) -> None:
    for number in (0, 2):
        cites(page).nth(number).click()
        expect(heading(page)).to_have_text(f"Citation {number + 1} of 4")
        open_essay(page)
        expect(page).to_have_url(re.compile("essay=" + "." * 16))
    expect(page.locator("aside.pane .title")).to_have_text("The Long Road")
    page.go_back()
    expect(heading(page)).to_have_text("Citation 1 of 4")
    assert looked_at(page) == WORDS[0]


def test_the_address_opens_the_same_words_after_a_reload_and_in_another_tab(
    page: Page, context: BrowserContext
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    cites(page).nth(2).click()
    assert looked_at(page) == WORDS[2]
    page.get_by_role("button", name="Copy the address").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    expect(page).to_have_url(page.evaluate("navigator.clipboard.readText()"))
    page.reload()
    expect(last_turn(page)).to_be_visible(timeout=60_000)
    assert looked_at(page) == WORDS[2]
    with context.expect_page() as opened:
        cites(page).nth(1).click(modifiers=["Control"])
    expect(last_turn(opened.value)).to_be_visible(timeout=60_000)
    assert looked_at(opened.value) == WORDS[1]
    expect(heading(page)).to_have_text("Citation 3 of 4")


def test_an_address_without_a_chat_opens_the_essay_alone(
    context: BrowserContext, archive: PageServer, citations: tuple[Citation, ...]
) -> None:
    one = citations[1]
    page = open_page(context, f"{archive.url}/?essay={one.essay_id}&words={one.start}-{one.end}")
    assert looked_at(page) == WORDS[1]
    expect(page.get_by_role("heading", name="What do the essays say?")).to_be_visible()


def test_the_words_of_a_citation_are_shown_while_it_is_stood_on_and_nothing_moves(
    page: Page,
) -> None:
    answer = last_turn(page).locator(".answer")
    before = answer.bounding_box()
    preview = page.locator(".preview")
    cites(page).nth(1).hover()
    expect(preview).to_contain_text(WORDS[1])
    expect(preview).to_be_visible()
    page.keyboard.press("Escape")
    expect(preview).to_be_hidden()
    cites(page).nth(1).focus()
    page.keyboard.press("Tab")
    expect(cites(page).nth(2)).to_be_focused()
    expect(preview).to_contain_text("On day 180")
    expect(preview).to_be_visible()
    page.keyboard.press("Shift+Tab")
    expect(preview).to_contain_text(WORDS[1])
    assert answer.bounding_box() == before
    expect(cites(page).nth(1)).to_have_accessible_name("citation 2, A. Writer, paragraph 2")
    expect(cites(page).nth(1)).to_have_accessible_description(WORDS[1])


def test_of_an_essay_that_is_gone_the_kept_words_are_shown(
    context: BrowserContext, archive: PageServer, citations: tuple[Citation, ...]
) -> None:
    gone = replace(citations[0], essay_id="0" * 16)
    page = open_page(context, f"{archive.url}/?chat={save(archive, (gone, citations[1]))}")
    cites(page).first.click()
    pane = page.locator("aside.pane")
    expect(pane.locator(".remark")).to_contain_text("saved with the answer")
    expect(pane).to_have_attribute("data-state", "kept")
    expect(pane.locator("mark.looked-at")).to_have_text(WORDS[0])
    page.keyboard.press("]")
    assert looked_at(page) == WORDS[1]


def test_an_essay_of_twenty_thousand_words_opens_within_a_second_and_is_sent_once(
    context: BrowserContext, archive: PageServer, citations: tuple[Citation, ...]
) -> None:
    page = context.new_page()
    sent: list[bytes] = []

    def listen(socket: WebSocket) -> None:
        socket.on(
            "framereceived",
            lambda frame: sent.append(frame if isinstance(frame, bytes) else frame.encode()),
        )

    page.on("websocket", listen)
    page.goto(f"{archive.url}/?chat={save(archive, citations)}")
    expect(last_turn(page)).to_be_visible(timeout=60_000)
    took_ms = []
    # Other tests may take the machine's time; the best of three is the page's own.
    for _ in range(3):
        took_ms.append(cites(page).nth(2).evaluate(OPEN))
        page.keyboard.press("Escape")
        expect(page).not_to_have_url(re.compile("essay="))
        if took_ms[-1] < 1000:
            break
        page.reload()
        expect(last_turn(page)).to_be_visible(timeout=60_000)
        sent.clear()
    assert took_ms[-1] < 1000, took_ms
    # Opened again, and drawn again while the next question is asked, the browser has it.
    cites(page).nth(2).click()
    assert looked_at(page) == WORDS[2]
    ask(page, "And then?")
    assert wait_for_end(page) == "failed"  # there is no model
    assert looked_at(page) == WORDS[2]
    assert sum(b"On day 77 we went" in frame for frame in sent) == 1


OPEN = """(link) => new Promise((resolve) => {
  const began = performance.now();
  const pane = link.getRootNode().querySelector("aside.pane");
  new MutationObserver((_, observer) => {
    if (pane.dataset.state !== "whole" || !pane.querySelector("mark.looked-at")) return;
    observer.disconnect();
    requestAnimationFrame(() => resolve(performance.now() - began));
  }).observe(pane, { attributes: true });
  link.click();
})"""
"""Clicks a citation and gives the milliseconds until the whole essay is painted."""


MOST_CHATS = """() => {
  window.mostChats = 0;
  const look = () => {
    const drawn = [...document.querySelectorAll("[class*=st-key-reader] .stBidiComponent *")];
    const roots = drawn.flatMap(({ shadowRoot }) => shadowRoot ?? []);
    const chats = [document, ...roots].flatMap((root) => [...root.querySelectorAll(".chat")]);
    window.mostChats = Math.max(window.mostChats, chats.length);
    requestAnimationFrame(look);
  };
  look();
}"""
"""Counts, from now on, how many chats are painted at a time."""


def test_the_outcome_is_announced_once_to_those_who_hear_the_page(
    context: BrowserContext, archive: PageServer
) -> None:
    page = open_page(context, archive.url)
    page.evaluate(MOST_CHATS)
    ask(page, "When was the lighthouse built?")
    assert wait_for_end(page) == "failed"  # there is no model
    news = page.locator(".chat > [role=status]")
    notice = last_turn(page).locator(".notice").inner_text()
    expect(news).to_have_text(notice)
    expect(page.locator("article [aria-live], article [role=status]")).to_have_count(0)
    assert page.evaluate("window.mostChats") == 1


@pytest.mark.parametrize(
    ("width", "height"), [(390, 844), (720, 450)], ids=["narrow", "200 percent"]
)
def test_nothing_is_lost_in_a_narrow_window_or_a_low_one(
    page: Page, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    cites(page).nth(2).click()
    assert looked_at(page) == WORDS[2]
    expect(page.locator("mark.looked-at").first).to_be_in_viewport()
    for one in page.locator("aside.pane :is(h2, button, .title, .place, .body)").all():
        box = one.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    page.keyboard.press("Escape")
    expect(cites(page).nth(2)).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_marks_are_readable_in_light_and_dark(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    cites(page).first.click()
    open_essay(page)
    page.mouse.move(0, 0)
    for selector in (".cite", ".pane h2", ".pane .place", ".copy", ".pane .body p", ".pane mark"):
        for one in page.locator(selector).all()[:4]:
            _, contrast = one.evaluate(CONTRAST)
            assert contrast >= LEAST_CONTRAST, selector
