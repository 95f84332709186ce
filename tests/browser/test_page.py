"""The journey of a reader, with a real model in a real browser."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from assistant.answers import Answer, Reason
from assistant.citations import cite
from assistant.grounding import Claim
from index.corpus import Document, load_corpus
from tests.assistant.samples import make_answer, make_whole_passage
from tests.browser.conftest import PageServer
from tests.browser.steps import (
    CONTRAST,
    LEAST_CONTRAST,
    ask_until_answered,
    last_turn,
    open_citation,
    open_essay,
)

pytestmark = [pytest.mark.browser, pytest.mark.model]


def saved_answer(page: Page, server: PageServer) -> Answer:
    """Return the last answer of the chat that the address names, as it was saved."""
    match = re.search(r"[?&]chat=([^&]+)", page.url)
    assert match is not None
    answer = server.chats.get(match[1]).turns[-1].answer
    assert answer is not None
    return answer


def joined(marks: Locator) -> str:
    return "".join(marks.all_text_contents())


def is_in_view(page: Page, marks: Locator) -> bool:
    """Return whether the first marked words lie in the window and in the pane's own frame."""
    box, frame = marks.first.bounding_box(), page.locator("aside.pane .body").bounding_box()
    size = page.viewport_size
    assert box is not None
    assert frame is not None
    assert size is not None
    middle = box["y"] + box["height"] / 2
    return (
        max(0, frame["y"]) <= middle <= min(size["height"], frame["y"] + frame["height"])
        and box["x"] >= 0
        and box["x"] + box["width"] <= size["width"] + 1
    )


def show_hostile(page: Page, server: PageServer, *, abstained: bool = False) -> Document:
    """Open a saved chat in which everything comes from the hostile essay."""
    (document,) = load_corpus([server.hostile]).documents
    whole = cite(document, start=0, end=len(document.text))
    conversation = server.chats.create()
    turn_id = server.chats.start_turn(conversation.id, f"{document.title} {document.text}")
    server.chats.finish_turn(
        turn_id,
        replace(
            make_answer("?"),
            abstained=abstained,
            reason=Reason.NOT_IN_EVIDENCE if abstained else Reason.ANSWERED,
            claims=() if abstained else (Claim(text=document.text, citations=(whole,)),),
            quotes=(),
            passages=(make_whole_passage(document),),
            evidence=(),
        ),
    )
    page.goto(f"{server.url}/?chat={conversation.id}")
    expect(last_turn(page)).to_be_visible(timeout=30_000)
    return document


def test_an_answer_leads_to_the_marked_words_in_their_essay(
    page: Page, page_server: PageServer
) -> None:
    page.evaluate("window.isStillTheSamePage = true")
    ask_until_answered(page)
    answer = saved_answer(page, page_server)
    expect(page.locator(".chat > [role=status]")).to_have_text(
        re.compile(r"^Answer complete: \d+ statements?, \d+ citations?\.$")
    )
    citation = answer.claims[0].citations[0]
    sentences = last_turn(page).locator(".sentence")
    assert sentences.count() == len(answer.claims)
    for shown, claim in zip(sentences.all_text_contents(), answer.claims, strict=True):
        assert shown.startswith(claim.text)

    pane = open_citation(page)
    expect(pane).to_contain_text(citation.title)
    expect(pane).to_contain_text(re.compile(r"paragraph \d+ of \d+"))
    marks = open_essay(page)
    assert joined(marks) == citation.quote
    assert is_in_view(page, marks)
    assert pane.locator(".body p").count() > 1
    expect(last_turn(page).locator(".answer")).to_be_in_viewport()
    assert page.evaluate("window.isStillTheSamePage")

    # Whoever comes back to the chat is not told again.
    page.get_by_role("button", name="New chat").click()
    expect(page.locator("article.turn")).to_have_count(0, timeout=15_000)
    page.locator(".chats .open").first.click()
    expect(last_turn(page).locator("a.cite").first).to_be_visible(timeout=15_000)
    expect(page.locator(".chat > [role=status]")).to_have_text("")


def test_a_citation_is_reached_and_left_with_the_keyboard(
    page: Page, page_server: PageServer
) -> None:
    show_hostile(page, page_server)
    number = last_turn(page).locator("a.cite").first
    assert re.match(r"citation 1, .*, paragraph 1$", number.get_attribute("aria-label") or "")
    number.focus()
    page.keyboard.press("Enter")
    pane = page.locator("aside.pane")
    expect(pane).to_be_visible()
    expect(pane.get_by_role("heading", name="Citation 1 of 1")).to_be_focused()
    page.keyboard.press("Escape")
    expect(pane).to_be_hidden()
    expect(number).to_be_focused()


def test_an_example_question_is_one_click_and_a_new_chat_another(page: Page) -> None:
    example = page.get_by_role("list", name="Example questions").get_by_role("button").first
    question = example.text_content() or ""
    example.click()
    expect(last_turn(page).locator(".question")).to_contain_text(question, timeout=30_000)
    page.get_by_role("button", name="New chat").click()
    expect(page.locator("article.turn")).to_have_count(0)
    assert "chat=" not in page.url


@pytest.mark.parametrize("abstained", [False, True], ids=["answer", "abstention"])
def test_a_hostile_essay_is_drawn_as_plain_text(
    page: Page, page_server: PageServer, abstained: bool
) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    document = show_hostile(page, page_server, abstained=abstained)
    if abstained:
        last_turn(page).locator(".passages button").first.click()
    else:
        open_citation(page)
    open_essay(page)
    paragraphs = page.locator("aside.pane .body p")
    expect(paragraphs).to_have_count(document.text.count("\n\n") + 1, timeout=30_000)
    assert "\n\n".join(paragraphs.all_text_contents()) == document.text
    assert page.locator("article img, article iframe, aside img, aside a").count() == 0
    assert page.locator("article a:not(.cite)").count() == 0
    assert page.locator("[href*='203.0.113.7'], [src*='203.0.113.7']").count() == 0
    assert page.evaluate("window.hacked === undefined")
    foreign = [url for url in requests if not url.startswith((page_server.url, "blob:", "data:"))]
    assert foreign == []


def test_an_abstention_says_that_its_passages_are_no_answer(
    page: Page, page_server: PageServer
) -> None:
    show_hostile(page, page_server, abstained=True)
    turn = last_turn(page)
    expect(turn).to_have_attribute("data-kind", "abstention")
    expect(turn.locator(".notice")).to_contain_text("do not seem to answer")
    expect(turn.locator(".passages")).to_contain_text("They are not an answer.")
    expect(turn.locator("a.cite")).to_have_count(0)


def test_nothing_is_wider_than_a_narrow_window(page: Page, page_server: PageServer) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    show_hostile(page, page_server)
    open_citation(page)
    marks = open_essay(page)
    expect(marks.first).to_be_visible()
    assert is_in_view(page, marks)
    widest = page.evaluate(
        """() => Math.max(...[document.documentElement,
            ...document.querySelectorAll('[data-testid="stMain"]')].map((e) => e.scrollWidth))"""
    )
    assert widest <= 390


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable_in_light_and_dark(
    context: BrowserContext, page_server: PageServer, scheme: str
) -> None:
    page = context.new_page()
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    show_hostile(page, page_server)
    open_citation(page)
    for selector in (".question p", ".sentence", "a.cite", ".pane .place", ".pane mark"):
        ground, contrast = page.locator(selector).first.evaluate(CONTRAST)
        if selector == ".sentence":
            assert (ground < 0.2) == (scheme == "dark")
        assert contrast >= LEAST_CONTRAST, selector
