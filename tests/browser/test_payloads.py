"""Hostile texts in every place that is drawn, in a real browser: none is more than text.

Saved answers and a library are written beforehand, all texts at once; no model is needed.
"""

import re
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect

from assistant.answers import Reason
from assistant.checks.support import Verdict
from assistant.citations import cite
from assistant.grounding import Claim
from index.corpus import Document
from index.library.adding import Source, add_sources
from index.library.store import Library
from index.reading.process import ReadEssay
from index.reading.steps import Step
from index.segments import make_segment
from tests.assistant.samples import make_answer, make_whole_passage
from tests.browser.conftest import LibraryServer
from tests.browser.containment import Canary, Watch, find_acts, find_reordered, listening
from tests.browser.payloads import BIDIRECTIONAL, make_payloads
from tests.browser.steps import last_turn
from tests.index.essays import make_document

pytestmark = pytest.mark.browser

SHELF = "Hostile <b>essays</b>"
LONG = "The long one"
BLANK = "\n\n"
N_DROPPED = 8
N_ASKED = 7
N_CLOSEST = 4  # an abstention shows no more
TIMEOUT_MS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """Where the hostile texts were put.

    Attributes:
        texts: All of them.
        shown: As they are shown where others stand beside them: no mark turns the direction.
        chat_id: The chat with a question and an answer for each.
        declined_id: The chat with an abstention; those before it are named by some of the texts.
    """

    texts: tuple[str, ...]
    shown: tuple[str, ...]
    chat_id: str
    declined_id: str


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    with listening() as canary:
        yield canary


@pytest.fixture(scope="module")
def planted(shelf: LibraryServer, canary: Canary) -> Planted:
    """Put the texts into a library and into chats."""
    texts = make_payloads(canary.host)
    documents = [
        make_document(f"{number}. {text}", title=text, author=text, name=f"{text}.txt")
        for number, text in enumerate(texts)
    ]
    long = make_document(join(texts), title=LONG, author=texts[0], name="long.txt")
    fill_library(Library(shelf.library), [*documents, long])
    return Planted(
        texts=texts,
        shown=tuple(re.sub("[\u202a-\u202e\u2066-\u2069]", "", text) for text in texts),
        chat_id=save_chat(shelf, texts, documents, long),
        declined_id=save_abstention(shelf, texts, documents),
    )


class GivenReader:
    """Stands for the reading of files: the essays are as they were made here."""

    def __init__(self, documents: list[Document]) -> None:
        self._documents = {one.name: one for one in documents}

    def read(
        self,
        name: str,
        content: bytes,
        *,
        on_step: Callable[[Step], None],
        cancelled: threading.Event,
    ) -> ReadEssay:
        document = self._documents[name]
        return ReadEssay(document=document, segment=make_segment(document))


def fill_library(library: Library, documents: list[Document]) -> None:
    add_sources(
        library,
        library.create_collection(SHELF).id,
        [Source(name=one.name, path=None, content=one.text.encode()) for one in documents],
        reader=GivenReader(documents),
        on_progress=lambda _: None,
        cancelled=threading.Event(),
    )


def save_chat(
    shelf: LibraryServer, texts: tuple[str, ...], documents: list[Document], long: Document
) -> str:
    """Save a chat in which each text is asked, answered, cited and left out, some at a time."""
    chat = shelf.chats.create()
    start = 0
    claims, withheld = [], []
    for text, document in zip(texts, documents, strict=True):
        own = cite(document, start=0, end=len(document.text))
        shared = cite(long, start=start, end=start + len(text))
        start += len(text) + len(BLANK)
        claims.append(Claim(text=text, citations=(own, shared)))
        claims.append(Claim(text=text, citations=(own,), verdict=Verdict.PARTIAL, reason=text))
        left_out = Claim(text=text, citations=(), verdict=Verdict.UNSUPPORTED, reason=text)
        withheld.append(left_out)
    for first in range(0, len(texts), N_ASKED):
        last = first + N_ASKED
        answer = replace(
            make_answer(join(texts[first:last])),
            claims=tuple(claims[2 * first : 2 * last]),
            withheld=tuple(withheld[first:last]),
            quotes=(),
            passages=tuple(map(make_whole_passage, documents[first:last])),
            evidence=(),
            notice=texts[first],
            model=texts[first],
        )
        shelf.chats.finish_turn(shelf.chats.start_turn(chat.id, answer.question), answer)
    return chat.id


def join(texts: Iterable[str]) -> str:
    """Join texts as paragraphs of one."""
    return BLANK.join(texts)


def save_abstention(shelf: LibraryServer, texts: tuple[str, ...], documents: list[Document]) -> str:
    """Save chats named by some of the texts, then one of abstentions with the passages of all."""
    for text in texts[::8]:
        chat = shelf.chats.create()
        shelf.chats.fail_turn(shelf.chats.start_turn(chat.id, text), text)
    chat = shelf.chats.create()
    for number in range(0, len(documents), N_CLOSEST):
        declined = replace(
            make_answer("?"),
            abstained=True,
            reason=Reason.NOT_IN_EVIDENCE,
            claims=(),
            quotes=(),
            passages=tuple(map(make_whole_passage, documents[number : number + N_CLOSEST])),
            evidence=(),
            missing=(texts[number],),
        )
        shelf.chats.finish_turn(shelf.chats.start_turn(chat.id, "?"), declined)
    return chat.id


@pytest.fixture
def watch(new_context: BrowserContext, shelf: LibraryServer) -> Watch:
    watch = Watch(url=shelf.url)
    watch.start(new_context)
    return watch


@pytest.fixture
def page(new_context: BrowserContext, watch: Watch, planted: Planted) -> Page:
    new_context.set_default_timeout(TIMEOUT_MS)
    return new_context.new_page()


def open_shelf(page: Page, shelf: LibraryServer) -> None:
    page.goto(f"{shelf.url}/library")
    page.get_by_role("list", name="Collections").get_by_role("button", name=SHELF).click(
        timeout=TIMEOUT_MS
    )
    expect(page.locator(".library tbody tr")).not_to_have_count(5, timeout=TIMEOUT_MS)


def test_there_are_two_hundred_and_outside_the_page_they_act(
    browser: Browser, canary: Canary, planted: Planted
) -> None:
    assert len(planted.texts) >= 200
    loose = browser.new_page()
    loose.set_content("".join(planted.texts[:2]), wait_until="commit")
    loose.wait_for_function("window.hacked === 1")
    loose.wait_for_timeout(200)
    assert canary.has_heard()
    loose.set_content(f"<p>{BIDIRECTIONAL[0]} <span>plain words</span></p>", wait_until="commit")
    assert find_reordered(loose) == ["plain words"]
    loose.close()


def test_titles_authors_and_names_in_the_library_are_text(
    page: Page, shelf: LibraryServer, planted: Planted, watch: Watch, canary: Canary
) -> None:
    open_shelf(page, shelf)
    expect(page.locator(".library tbody tr")).to_have_count(
        len(planted.texts) + 1, timeout=TIMEOUT_MS
    )
    shown = page.locator(".library td.title .name").all_text_contents()
    assert sorted(shown) == sorted([*planted.shown, LONG])
    assert set(planted.shown) <= set(page.locator(".library td.author").all_text_contents())
    names = page.locator(".library td.title .origin").all_text_contents()
    assert {f"{text}.txt" for text in planted.shown} <= set(names)
    assert find_acts(page, watch, canary) == []


def test_the_text_of_an_essay_in_the_library_is_text(
    page: Page, shelf: LibraryServer, planted: Planted, watch: Watch, canary: Canary
) -> None:
    open_shelf(page, shelf)
    page.get_by_role("button", name=LONG, exact=True).click()
    paragraphs = page.locator(".library article.essay .text p")
    expect(paragraphs.first).to_be_visible(timeout=TIMEOUT_MS)
    assert join(paragraphs.all_text_contents()) == join(planted.texts)
    assert find_acts(page, watch, canary) == []


def test_files_dropped_with_hostile_names_and_heads_are_text(
    page: Page, shelf: LibraryServer, planted: Planted, watch: Watch, canary: Canary
) -> None:
    open_shelf(page, shelf)
    texts = [text for text in planted.texts if "\n" not in text and len(text) < 80]
    step = len(texts) // N_DROPPED
    chosen = texts[::step][:N_DROPPED]
    head = "---\ntitle: {0!r}\nauthor: {0!r}\n---\n"
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        [
            FilePayload(
                name=f"{text}.md",
                mimeType="text/markdown",
                buffer=f"{head.format(text)}{text} {number}\n\n{text}".encode(),
            )
            for number, text in enumerate(chosen)
        ]
    )
    count = len(planted.texts) + 1 + len(chosen)
    expect(page.locator(".library tbody tr")).to_have_count(count, timeout=TIMEOUT_MS)
    assert find_acts(page, watch, canary) == []


def test_questions_answers_and_what_they_cite_are_text(
    page: Page, shelf: LibraryServer, planted: Planted, watch: Watch, canary: Canary
) -> None:
    page.goto(f"{shelf.url}/?chat={planted.chat_id}")
    turns = page.locator("article.turn")
    expect(turns).to_have_count(-(-len(planted.texts) // N_ASKED), timeout=TIMEOUT_MS)
    questions = page.locator("article.turn .question p").all_text_contents()
    assert join(questions) == join(planted.shown)
    said = page.locator("article.turn .sentence bdi").all_text_contents()
    assert said[::2] == said[1::2] == list(planted.shown)
    last_turn(page).locator(".cite").nth(1).click()
    paragraphs = page.locator("aside.pane .body p")
    expect(paragraphs.nth(1)).to_be_visible(timeout=TIMEOUT_MS)
    assert join(paragraphs.all_text_contents()) == join(planted.texts)
    assert find_acts(page, watch, canary) == []


def test_the_passages_of_an_abstention_and_the_names_of_chats_are_text(
    page: Page, shelf: LibraryServer, planted: Planted, watch: Watch, canary: Canary
) -> None:
    page.goto(f"{shelf.url}/?chat={planted.declined_id}")
    expect(last_turn(page)).to_have_attribute("data-kind", "abstention", timeout=TIMEOUT_MS)
    titles = page.locator("article.turn .passages .title").all_text_contents()
    assert titles == list(planted.shown)
    expect(page.get_by_test_id("stSidebar")).to_contain_text(planted.texts[-3], timeout=TIMEOUT_MS)
    assert find_acts(page, watch, canary) == []
