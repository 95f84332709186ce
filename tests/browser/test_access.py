"""The page for readers who do not see it, use no mouse, need it large, narrow or at rest."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Literal

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from assistant.answers import Answer, Reason
from assistant.checks.support import Verdict
from assistant.citations import Citation, cite
from assistant.grounding import Claim
from index.corpus import Document, load_corpus
from tests.assistant.samples import make_answer, make_whole_passage
from tests.browser.axe import find_violations
from tests.browser.conftest import LibraryServer, PageServer
from tests.browser.steps import last_turn, open_citation

pytestmark = pytest.mark.browser

TIMEOUT_MS = 60_000
Scheme = Literal["light", "dark"]

Open = Callable[[BrowserContext, PageServer, LibraryServer], Page]
"""Brings a page into the state that is looked at."""


WALK = """
const walk = function* (root) {
  for (const element of root.querySelectorAll("*")) {
    yield element;
    if (element.shadowRoot) yield* walk(element.shadowRoot);
  }
};
const isOurs = (element) => element.getRootNode() !== document;
"""
"""Goes through all elements of a page; ours are those inside a component."""
CUT_OFF = (
    "() => {"
    + WALK
    + """
  // Texts and controls that lie, in part, beside the window.
  return [...walk(document.querySelector('[data-testid="stMain"]'))]
    .filter((element) => {
      const isText = [...element.childNodes].some((node) => node.data?.trim());
      const isControl = /^(input|progress)$/.test(element.localName);
      if (!isOurs(element) || !(isText || isControl)) return false;
      if (element.closest(".unseen, style") || !element.checkVisibility()) return false;
      const { left, right, width } = element.getBoundingClientRect();
      return width > 1 && (left < -1 || right > innerWidth + 1);
    })
    .map((element) => element.outerHTML);
}"""
)
LIST_CONTROLS = (
    "() => {"
    + WALK
    + """
  // In a group of radio buttons, Tab stops at one.
  const controls = "button, a[href], input:not([type=radio]), textarea, summary, [tabindex='0']";
  const top = [...walk(document)].find((element) => element.matches("dialog:modal")) ?? document;
  window.unreached = new Set(
    [...walk(top)].filter(
      (element) =>
        element.matches(controls) &&
        element.tabIndex >= 0 &&
        !element.disabled &&
        !element.closest("[inert], [aria-hidden=true]") &&
        element.checkVisibility({ visibilityProperty: true, opacityProperty: true }),
    ),
  );
  window.first = null;
  document.activeElement?.blur();
  return window.unreached.size;
}"""
)
REACH = (
    "() => {"
    + WALK
    + """
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  const isRound = element === window.first || window.unreached.size === 0;
  window.first ??= element;
  window.unreached.delete(element);
  const { outlineStyle, boxShadow } = getComputedStyle(element);
  const isMarked = outlineStyle !== "none" || boxShadow !== "none";
  return { is_round: isRound, unmarked: isOurs(element) && !isMarked ? [element.outerHTML] : [] };
}"""
)
FIND_MOVING = (
    "() => {"
    + WALK
    + """
  return [...walk(document)]
    .filter((element) => {
      const { animationName, transitionDuration, scrollBehavior } = getComputedStyle(element);
      const isStill = animationName === "none" && /^0s(, 0s)*$/.test(transitionDuration);
      return isOurs(element) && !(isStill && scrollBehavior === "auto");
    })
    .map((element) => element.outerHTML);
}"""
)
MAX_TABS = 150


def cite_words(document: Document, words: str) -> Citation:
    start = document.text.index(words)
    return cite(document, start=start, end=start + len(words))


def make_checked_answer(archive: PageServer, *, abstained: bool) -> Answer:
    """Return an answer with all that can stand in one: marks, left-out claims, passages."""
    (document,) = load_corpus([archive.hostile.with_name("lighthouse.md")]).documents
    built = cite_words(document, "The lighthouse of Skerry Point was built in 1843")
    kept = cite_words(document, "The first keeper of the lighthouse was Thomas Hale.")
    reason = "1850 is not in the cited passage"
    claims = (
        Claim(text="The lighthouse was built in 1843.", citations=(built, kept)),
        Claim(
            text="Its keeper came in 1850.",
            citations=(kept,),
            verdict=Verdict.PARTIAL,
            support=0.5,
            reason=reason,
        ),
    )
    return replace(
        make_answer("When was the lighthouse built?"),
        abstained=abstained,
        reason=Reason.NOT_IN_EVIDENCE if abstained else Reason.ANSWERED,
        claims=() if abstained else claims,
        withheld=(
            Claim(text="It fell.", citations=(), verdict=Verdict.UNSUPPORTED, reason=reason),
        ),
        quotes=(),
        passages=(make_whole_passage(document),),
        evidence=(),
    )


def open_chat(context: BrowserContext, archive: PageServer, *, abstained: bool = False) -> Page:
    """Open a saved chat, the source of its answer beside it."""
    answer = make_checked_answer(archive, abstained=abstained)
    chat = archive.chats.create()
    archive.chats.finish_turn(archive.chats.start_turn(chat.id, answer.question), answer)
    page = context.new_page()
    page.goto(f"{archive.url}/?chat={chat.id}")
    expect(last_turn(page)).to_be_visible(timeout=TIMEOUT_MS)
    if not abstained:
        expect(open_citation(page)).to_be_visible()
    return page


def open_empty(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.goto(url)
    heading = page.get_by_role("heading", name="What do the essays say?")
    expect(heading).to_be_visible(timeout=TIMEOUT_MS)
    return page


def open_library(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.goto(f"{url}/library")
    expect(page.locator(".library tbody tr").first).to_be_visible(timeout=TIMEOUT_MS)
    return page


def read_in_library(context: BrowserContext, url: str) -> Page:
    page = open_library(context, url)
    page.locator(".library button.name").first.click()
    expect(page.locator(".library article.essay")).to_be_visible()
    return page


def correct_in_library(context: BrowserContext, url: str) -> Page:
    page = open_library(context, url)
    page.get_by_role("button", name="New collection").click()
    page.locator(".library button.correct").first.click()
    expect(page.get_by_role("textbox", name="Author")).to_be_visible()
    return page


def open_models(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.goto(f"{url}/models")
    expect(page.locator(".models .card").first).to_be_visible(timeout=TIMEOUT_MS)
    return page


def open_keys(context: BrowserContext, url: str) -> Page:
    page = open_empty(context, url)
    page.get_by_role("button", name="Keys").click()
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    return page


STATES: dict[str, Open] = {
    "empty chat": lambda context, archive, _: open_empty(context, archive.url),
    "answer": lambda context, archive, _: open_chat(context, archive),
    "abstention": lambda context, archive, _: open_chat(context, archive, abstained=True),
    "keys": lambda context, archive, _: open_keys(context, archive.url),
    "library": lambda context, _, shelf: open_library(context, shelf.url),
    "essay": lambda context, _, shelf: read_in_library(context, shelf.url),
    "corrections": lambda context, _, shelf: correct_in_library(context, shelf.url),
    "models": lambda context, archive, _: open_models(context, archive.url),
}


@pytest.fixture(scope="module", params=STATES)
def state(
    request: pytest.FixtureRequest,
    profile: BrowserContext,
    archive: PageServer,
    shelf: LibraryServer,
) -> Iterator[Page]:
    """A page in one of the states; the tests below change its size and its colours only."""
    page = STATES[request.param](profile, archive, shelf)
    page.emulate_media(reduced_motion="reduce")
    page.set_default_timeout(TIMEOUT_MS)
    yield page
    page.close()


def resize(page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    # What watches the size of its place draws in the frames after.
    page.evaluate("() => new Promise((done) => setTimeout(() => requestAnimationFrame(done), 100))")


def set_scheme(page: Page, scheme: Scheme) -> None:
    """Wish for light or dark, and wait until the page has taken the wish over."""
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(
        """(isDark) => {
          const ground = getComputedStyle(document.querySelector('[data-testid="stApp"]'));
          const [red] = ground.backgroundColor.match(/[0-9.]+/g).map(Number);
          return red < 100 === isDark;
        }""",
        arg=scheme == "dark",
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_grave_violation(state: Page, scheme: Scheme) -> None:
    resize(state, 1280, 800)
    set_scheme(state, scheme)
    assert find_violations(state) == []


@pytest.mark.parametrize(
    ("width", "height"), [(390, 844), (640, 400)], ids=["390-pixels", "1280-at-200-percent"]
)
def test_nothing_is_lost_where_there_is_little_room(state: Page, width: int, height: int) -> None:
    # At 200 % a window has half as many of the pixels that style sheets count in.
    resize(state, width, height)
    widest = state.evaluate(
        """() => Math.max(...[document.documentElement,
            ...document.querySelectorAll('[data-testid="stMain"]')].map((e) => e.scrollWidth))"""
    )
    assert widest <= width
    assert state.evaluate(CUT_OFF) == []


def test_tab_reaches_all_and_shows_where_it_is(state: Page) -> None:
    resize(state, 1280, 800)
    assert state.evaluate(LIST_CONTROLS) > 0
    unmarked = set()
    for _ in range(MAX_TABS):
        state.keyboard.press("Tab")
        reached = state.evaluate(REACH)
        if reached["is_round"]:
            break
        unmarked |= set(reached["unmarked"])
    assert state.evaluate("[...window.unreached].map((element) => element.outerHTML)") == []
    assert unmarked == set()


def test_nothing_moves_for_those_who_wish_for_rest(state: Page) -> None:
    assert state.evaluate(FIND_MOVING) == []


def test_axe_sees_into_the_components(context: BrowserContext, archive: PageServer) -> None:
    page = open_models(context, archive.url)
    page.locator(".models .card h2").first.evaluate(
        "(heading) => heading.append(document.createElement('button'))"
    )
    (violation,) = find_violations(page)
    assert violation.startswith("button-name")


def test_the_list_of_keys_is_opened_and_left_by_keyboard(
    context: BrowserContext, archive: PageServer
) -> None:
    page = open_empty(context, archive.url)
    button = page.get_by_role("button", name="Keys")
    keys = page.get_by_role("dialog", name="Keys")
    button.focus()
    page.keyboard.press("?")
    expect(keys).to_contain_text("Next citation of the answer")
    expect(keys.get_by_role("button", name="Close the list of keys")).to_be_focused()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    expect(button).to_be_focused()


def test_the_sidebar_is_opened_by_keyboard_where_there_is_little_room(
    context: BrowserContext, archive: PageServer
) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{archive.url}/models")
    expect(page.locator(".models .card").first).to_be_visible(timeout=TIMEOUT_MS)
    library = page.get_by_test_id("stSidebar").get_by_role("link", name="Library")
    expect(library).not_to_be_in_viewport()
    opener = page.get_by_test_id("stExpandSidebarButton")
    opener.focus()
    page.keyboard.press("Enter")
    expect(library).to_be_in_viewport()
    library.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Library", exact=True)).to_be_visible()
