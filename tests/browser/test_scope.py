"""Asking only some of the essays, and why passages were found, in Chromium with a real model."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PageServer
from tests.browser.steps import QUESTIONS, ask, last_turn, wait_for_end

LIGHTHOUSE = "The Lighthouse of Skerry Point"
LIMIT = f"Asking only “{LIGHTHOUSE}”"


def choice(page: Page) -> Locator:
    return page.locator("details.scope")


def summary(page: Page) -> Locator:
    return choice(page).locator("summary")


def test_a_question_is_asked_of_one_essay_by_keyboard_and_the_limit_outlives_a_reload(
    page: Page,
) -> None:
    expect(summary(page)).to_have_text("Asking all 7 essays")
    summary(page).press("Enter")
    choice(page).get_by_role("searchbox", name="Filter essays and authors").fill("SKERRY")
    boxes = choice(page).get_by_role("checkbox")
    expect(boxes).to_have_count(1)
    boxes.press("Space")
    expect(summary(page)).to_have_text(LIMIT)
    boxes.press("Escape")
    expect(summary(page)).to_be_focused()
    expect(choice(page).locator(".choice")).to_be_hidden()

    ask(page, QUESTIONS[0])
    assert wait_for_end(page) in ("answer", "abstention")
    turn = last_turn(page)
    expect(turn.locator(".scope")).to_have_text(f"Asked only of: “{LIGHTHOUSE}”")

    why = turn.locator(".why")
    why.get_by_text("Why these passages").press("Enter")
    expect(why.get_by_role("table", name="What was searched for")).to_contain_text("lighthous")
    hits = why.get_by_role("listitem")
    assert hits.count() == turn.locator(".passages li").count() >= 1
    hits.first.locator("summary").press("Enter")
    cells = hits.first.locator("tbody td:last-child").all_inner_texts()
    total = float(hits.first.locator("tfoot td").last.inner_text())
    assert abs(sum(map(float, cells)) - total) < 0.01 * len(cells)
    marked = hits.first.locator("mark").all_inner_texts()
    assert {"lighthouse", "Skerry", "Point", "built"} <= set(marked)

    page.reload()
    expect(summary(page)).to_have_text(LIMIT, timeout=60_000)
    expect(last_turn(page).locator(".scope")).to_have_text(f"Asked only of: “{LIGHTHOUSE}”")


def test_authors_and_titles_are_offered_as_the_texts_they_are(page: Page) -> None:
    summary(page).click()
    author = choice(page).get_by_role("group", name="Authors").get_by_text("<b>A</b> [Writer]")
    expect(author).to_be_visible()
    expect(choice(page).get_by_text(":red[x] $x^2$")).to_be_visible()
    assert choice(page).locator("b, a, img, script").count() == 0
    author.click()
    expect(summary(page)).to_have_text(
        "Asking only the essay by <b>A</b> [Writer](http://203.0.113.7/)"
    )
    choice(page).get_by_role("checkbox", name=LIGHTHOUSE).check()
    expect(summary(page)).to_have_text(re.compile(f"^Asking only “{LIGHTHOUSE}” and the essay by"))
    choice(page).get_by_role("button", name="Ask all essays").click()
    expect(summary(page)).to_have_text("Asking all 7 essays")
    assert "only" not in parse_qs(urlsplit(page.url).query)
    assert page.evaluate("window.hacked") is None


def test_a_chosen_essay_that_is_gone_is_said(page: Page, page_server: PageServer) -> None:
    page.goto(f"{page_server.url}/?only={'0' * 16}")
    expect(summary(page)).to_have_text(
        "Asking only what is no longer there; choose again", timeout=60_000
    )
