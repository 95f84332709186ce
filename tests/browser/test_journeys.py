"""Whole journeys through the page, with a real model in a real browser."""

import io
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.steps import (
    ANSWER_TIMEOUT_MS,
    LIGHTHOUSE,
    QUESTIONS,
    ask,
    held_models,
    last_turn,
    open_essay,
    serve,
    wait_for_end,
)

pytestmark = [pytest.mark.browser, pytest.mark.model]

LAMPS = """---
title: Whale Oil and After
author: Ina Holm
---
The whale oil lamp of the lighthouse was the brightest of its time. It burned a barrel of oil in \
a week.

In conclusion, the lamp was dear, and gas was cheaper than oil in every winter of the century.
"""
WORKS = (
    "built the mill",
    "dug the well",
    "laid the road",
    "planted the orchard",
    "painted the chapel",
    "carved the throne",
    "raised the tower",
    "drained the marsh",
    "opened the school",
    "printed the almanac",
    "wove the banner",
    "cast the bell",
)
"""So unlike that a question is about one essay, and a small model has little to read."""
MAKERS = (
    "Ada Pell",
    "Bo Lind",
    "Cy Vey",
    "Di Holm",
    "Ed Toll",
    "Flo Moss",
    "Gus Dahl",
    "Hal Reyes",
    "Ivy Quell",
    "Jo Aune",
    "Kit Marsh",
    "Lou Okafor",
)
N_BROWSERS, N_QUESTIONS = 4, 10
SUMMARY = "What does each essay argue?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A page, and how it is worked without a mouse."""

    page: Page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def tab_to(self, name: str) -> None:
        """Press Tab until what has this accessible name, a pattern, has the focus."""
        for _ in range(80):
            if re.search(name, self.focused()):
                return
            self.press("Tab")
        raise AssertionError(f"Tab does not reach {name!r}.")

    def focused(self) -> str:
        return str(
            self.page.evaluate(
                """() => {
                  let at = document.activeElement;
                  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
                  return at?.getAttribute("aria-label") || at?.textContent || "";
                }"""
            )
        )

    def ask(self, question: str) -> str:
        """Go to the question box by its key, ask, and return what became of it."""
        count = self.page.locator("article.turn").count()
        self.press("/")
        expect(self.page.get_by_test_id("stChatInputTextArea")).to_be_focused()
        self.page.keyboard.type(question)
        self.press("Enter")
        expect(self.page.locator("article.turn")).to_have_count(count + 1, timeout=30_000)
        return wait_for_end(self.page)


def write_essays(folder: Path, texts: dict[str, str]) -> Path:
    folder.mkdir(parents=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def marked(page: Page) -> str:
    """Return the words looked at, and that they lie where one sees them."""
    marks = open_essay(page)
    expect(marks.first).to_be_in_viewport(timeout=15_000)
    return " ".join(marks.all_inner_texts())


def open_page(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.goto(url)
    expect(page.get_by_test_id("stChatInputTextArea")).to_be_visible(timeout=60_000)
    return page


def test_a_reader_asks_doubts_and_takes_the_answer_away_by_keyboard_then_returns_without_a_model(
    tmp_path: Path, chromium: None, small_model: None, new_context: BrowserContext
) -> None:
    home = tmp_path / "home"
    essays = write_essays(tmp_path / "essays", {"a.md": LIGHTHOUSE, "b.md": LAMPS})
    with serve(home, essays=(essays,)) as url:
        reader = Reader(page=open_page(new_context, url))
        page = reader.page
        assert reader.ask(SUMMARY) == "answer"
        cites = last_turn(page).locator("a.cite")
        assert cites.count() >= 3

        # Doubt: through three citations in two essays, and back.
        reader.tab_to("^citation 1, ")
        reader.press("Enter")
        titles, words = [], []
        for _ in range(cites.count()):
            words.append(marked(page))
            titles.append(page.locator("aside.pane .title").inner_text())
            reader.press("]")
            page.wait_for_timeout(200)
        assert len(set(words)) >= 3
        assert len(set(titles)) == 2
        assert all(any(part in text for text in (LIGHTHOUSE, LAMPS)) for part in map(_plain, words))
        reader.press(*["["] * cites.count())
        expect(page.locator("aside.pane h2")).to_contain_text("Citation 1 of")
        assert marked(page) == words[0]
        reader.press("Escape")
        expect(page.locator("aside.pane")).to_be_hidden()

        # A follow-up, searched for with what it refers to.
        for question in ("When was the lighthouse of Skerry Point built?", "Who paid for it?"):
            assert reader.ask(question) in ("answer", "abstention")
        expect(last_turn(page)).to_contain_text("Searched for")

        # The Word file, by keyboard, holds the words cited.
        reader.tab_to("^Export the chat")
        reader.press("Enter")
        reader.tab_to("^Word")
        with page.expect_download(timeout=30_000) as expected:
            reader.press("Enter")
        with zipfile.ZipFile(io.BytesIO(Path(expected.value.path()).read_bytes())) as package:
            notes = package.read("word/footnotes.xml").decode()
        assert all(_plain(one) in notes for one in words)
        shown = page.locator("article.turn").first.locator(".answer").inner_text()
        chat = page.url.partition("chat=")[2].partition("&")[0]

    # The next day, the model is gone; the chat is as it was.
    (home / "models").unlink()
    with sqlite3.connect(home / "chats.sqlite3") as db:
        db.execute(
            "UPDATE turn SET asked_at = strftime('%Y-%m-%dT12:00:00', 'now', '-1 day')||'+00:00'"
        )
    shutil.rmtree(home / "cache", ignore_errors=True)
    with serve(home, essays=(essays,), has_models=False) as url:
        reader = Reader(page=open_page(new_context, url))
        page = reader.page
        expect(page.locator(".chats h3").first).to_have_text("Yesterday")
        reader.tab_to(f"^{re.escape(SUMMARY)}")
        reader.press("Enter")
        expect(page.locator("article.turn")).to_have_count(3, timeout=30_000)
        assert f"chat={chat}" in page.url
        assert page.locator("article.turn").first.locator(".answer").inner_text() == shown
        reader.tab_to("^citation 2, ")
        reader.press("Enter")
        assert marked(page) == words[1]


def _plain(words: str) -> str:
    """Return marked words without the numbers that stand among them."""
    return re.sub(r"^\s*\d+\s*", "", " ".join(words.split()))


def test_an_answer_under_way_outlives_a_reload_is_followed_in_a_second_tab_and_is_stopped(
    page: Page, context: BrowserContext
) -> None:
    reader = Reader(page=page)
    ask(page, QUESTIONS[0])
    wait_for_end(page)
    with held_models():
        ask(page, QUESTIONS[1])
        page.reload()
        second = context.new_page()
        second.goto(page.url)
        for tab in (page, second):
            expect(last_turn(tab).locator(".question")).to_contain_text(
                QUESTIONS[1], timeout=30_000
            )
            expect(last_turn(tab)).to_have_attribute("aria-busy", "true")
    assert wait_for_end(page) == wait_for_end(second) in ("answer", "abstention")
    assert page.locator("article.turn").count() == 2
    assert last_turn(second).text_content() == last_turn(page).text_content()

    with held_models():
        ask(second, QUESTIONS[2])
        expect(last_turn(page).locator(".question")).to_contain_text(QUESTIONS[2], timeout=15_000)
        page.bring_to_front()
        reader.press("/")
        reader.tab_to("^Stop$")
        reader.press("Enter")
        expect(last_turn(page)).to_contain_text(re.compile("Stopp(ing|ed)"), timeout=30_000)
    for tab in (page, second):
        assert wait_for_end(tab) == "stopped"
        expect(last_turn(tab).locator(".notice")).to_contain_text("Stopped")


@pytest.fixture
def works(tmp_path: Path, chromium: None, small_model: None) -> Iterator[str]:
    """Serve one short essay on each work."""
    texts = {
        f"{work.split()[-1]}.md": f"---\ntitle: On {work.split(maxsplit=1)[1]}\nauthor: A. Writer\n"
        f"---\n{maker} {work} with two brothers. It took {maker} three winters.\n"
        for work, maker in zip(WORKS, MAKERS, strict=True)
    }
    essays = write_essays(tmp_path / "essays", texts)
    with serve(tmp_path / "home", essays=(essays,)) as url:
        yield url


def test_four_browsers_asking_ten_questions_each_get_their_own_answers_in_turn(
    works: str, browser: Browser
) -> None:
    with ExitStack() as stack:
        contexts = [browser.new_context() for _ in range(N_BROWSERS)]
        for context in contexts:
            stack.callback(context.close)
        pages = [open_page(context, works) for context in contexts]
        ask(pages[0], f"Who {WORKS[0]}?")
        wait_for_end(pages[0])  # the model is loaded
        pages[0].get_by_role("button", name="New chat").click()
        expect(pages[0].locator("article.turn")).to_have_count(0)
        asked: list[list[str]] = [[] for _ in pages]
        for round_number in range(N_QUESTIONS):
            # Held once, so that all four wait together.
            with held_models() if round_number == 0 else nullcontext():
                for number, page in enumerate(pages):
                    work = WORKS[(round_number + 3 * number) % len(WORKS)]
                    ask(page, f"Who {work}?")
                    asked[number].append(work)
                    if round_number == 0 and number > 0:
                        others = "1 other question" if number == 1 else f"{number} other questions"
                        expect(last_turn(page)).to_contain_text(
                            f"Waiting for {others}", timeout=30_000
                        )
            for page in pages:
                wait_for_end(page)
        assert len({page.url for page in pages}) == N_BROWSERS
        n_answered = sum(_check_turns(page, asked[n]) for n, page in enumerate(pages))
        assert n_answered >= N_BROWSERS * N_QUESTIONS / 2


def _check_turns(page: Page, asked: list[str]) -> int:
    """Return how many questions were answered, each by the essay on its own work."""
    turns = page.locator("article.turn")
    expect(turns).to_have_count(len(asked), timeout=ANSWER_TIMEOUT_MS)
    n_answered = 0
    for number, work in enumerate(asked):
        turn = turns.nth(number)
        assert f"Who {work}?" in turn.locator(".question").inner_text()
        if turn.get_attribute("data-kind") != "answer":
            continue
        n_answered += 1
        assert f"{MAKERS[WORKS.index(work)]} {work}" in turn.locator(".answer").inner_text()
        link = turn.locator("a.cite").first
        assert (link.get_attribute("aria-label") or "").startswith("citation 1, ")
    return n_answered
