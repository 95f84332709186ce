"""The library in a real browser: essays given, found, corrected, taken out, followed, kept."""

import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from assistant.conversations import Conversations
from tests.browser.conftest import PageServer
from tests.browser.library_files import BROKEN, ESSAYS, essay_text, write_essays
from tests.browser.steps import (
    CONTRAST,
    LEAST_CONTRAST,
    ask,
    last_turn,
    start,
    wait_for_end,
)

pytestmark = [pytest.mark.browser, pytest.mark.model]

N_MANY = 200
"""Files in the folder that is being read when the program is killed."""
WORK_TIMEOUT_MS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryServer:
    """A running program with a library of its own; ``files`` were dropped on its page."""

    url: str
    folder: Path
    files: list[Path]
    page: Page
    chats: Conversations


@pytest.fixture(scope="module", autouse=True)
def patience() -> Iterator[None]:
    """Wait longer than usual for what is expected: the machine may be busy with other things."""
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture(scope="module")
def library_server(
    tmp_path_factory: pytest.TempPathFactory, shallow_model: Path, browser: Browser
) -> Iterator[LibraryServer]:
    """Serve an empty library, and drop seven essays of seven formats and a broken file on it.

    Only what is found counts here, so a model is enough that answers without sense.
    """
    folder = tmp_path_factory.mktemp("library")
    files = write_essays(folder / "given")
    options = ("--offline", "--model", str(shallow_model))
    with start(folder / "home", (), has_models=True, options=options) as server:
        page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="light")
        open_library(page, server.url)
        drop(page, files)
        expect(summary(page)).to_contain_text("7 essays", timeout=WORK_TIMEOUT_MS)
        expect(summary(page)).to_contain_text("1 file not added", timeout=WORK_TIMEOUT_MS)
        yield LibraryServer(
            url=server.url,
            folder=folder,
            files=files,
            page=page,
            chats=Conversations(folder / "home" / "chats.sqlite3"),
        )
        page.close()


@pytest.fixture
def library(library_server: LibraryServer) -> Page:
    """The one page of these tests, come to the library from the chats."""
    page = library_server.page
    go_to(page, "Ask the essays")
    expect(page.get_by_test_id("stChatInputTextArea")).to_be_visible()
    go_to(page, "Library")
    expect(page.locator(".library tbody tr").first).to_be_visible()
    return page


def open_library(page: Page, url: str) -> None:
    page.goto(f"{url}/library")
    expect(page.get_by_role("heading", name="Library", exact=True)).to_be_visible(timeout=60_000)


def drop(page: Page, files: list[Path]) -> None:
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(files)


def summary(page: Page) -> Locator:
    return page.locator(".shelf .summary")


def row(page: Page, words: str) -> Locator:
    return page.locator(".library tbody tr").filter(has_text=words)


def go_to(page: Page, name: str) -> None:
    page.get_by_test_id("stSidebar").get_by_role("link", name=name).click()


def ask_library(page: Page, question: str) -> Locator:
    """Ask in a new chat; return what was found, the best first."""
    go_to(page, "Ask the essays")
    # The page of the chats first, then an empty chat: on the way there are no turns either.
    expect(page.get_by_test_id("stChatInputTextArea")).to_be_visible(timeout=15_000)
    page.get_by_role("button", name="New chat").click()
    expect(page.locator(".chat .welcome h1")).to_be_visible(timeout=15_000)
    expect(page.locator("article.turn")).to_have_count(0)
    ask(page, question)
    wait_for_end(page)
    details = last_turn(page).locator(".passages summary")
    if details.count():
        details.click()
    return last_turn(page).locator(".passages button")


def test_each_dropped_file_is_in_the_table_or_says_why_not(library: Page) -> None:
    for title, _ in ESSAYS.values():
        expect(row(library, title).locator("td.state")).to_have_text("ready")
    broken = row(library, BROKEN)
    expect(broken.locator("td.state")).to_have_text("not added")
    expect(broken.locator(".reason")).to_have_text(re.compile(r"\w+.*\.$"))
    formats = {library.locator("td.format").nth(i).inner_text() for i in range(8)}
    named = {"Text", "Markdown", "Web page", "Word", "OpenDocument", "PDF", "EPUB"}
    assert named <= formats


@pytest.mark.parametrize(
    ("question", "file", "place"),
    [
        ("What carried off the bridge at Ossing?", "bridge.pdf", "page 2, paragraph"),
        ("Who rowed the ferry over the Tarn?", "ferry.docx", "paragraph 1 of 2"),
        ("What happened to the harbour of Quellby?", "harbour.html", "paragraph 1 of 2"),
        ("What did the quarry of Hask give?", "quarry.epub", "paragraph 1 of 2"),
        ("What did the mill at Fenwold grind?", "mill.md", "paragraph 1 of 2"),
        ("What did the orchard of Pellworth bear?", "orchard.odt", "paragraph 1 of 2"),
        ("What was the tower of Arnsmouth built of?", "tower.txt", "paragraph 1 of 2"),
    ],
    ids=["pdf", "docx", "html", "epub", "md", "odt", "txt"],
)
def test_a_question_finds_the_essay_and_the_very_place(
    library: Page, question: str, file: str, place: str
) -> None:
    title, told = ESSAYS[file]
    best = ask_library(library, question).first
    expect(best).to_contain_text(title)
    expect(best).to_contain_text(place)
    best.click()
    expect(library.locator("aside.pane .body")).to_contain_text(told)


def test_an_essay_is_removed_and_the_removal_undone(library: Page) -> None:
    title, _ = ESSAYS["mill.md"]
    library.get_by_role("button", name=f"Remove {title}").click()
    expect(row(library, title)).to_have_count(0)
    expect(summary(library)).to_contain_text("6 essays")
    expect(library.locator(".news")).to_contain_text(f"Removed “{title}”.")
    library.get_by_role("button", name="Undo").click()
    expect(row(library, title)).to_have_count(1)
    expect(summary(library)).to_contain_text("7 essays")


def test_an_essay_is_found_by_the_author_that_was_corrected(library: Page) -> None:
    title, _ = ESSAYS["orchard.odt"]
    library.get_by_role("button", name=f"Correct title and author of {title}").click()
    library.get_by_role("textbox", name="Author").fill("Ysolde Brackwater")
    library.keyboard.press("Enter")
    expect(row(library, title).locator("td.author")).to_have_text("Ysolde Brackwater")
    best = ask_library(library, "What does Brackwater tell about?").first
    expect(best).to_have_accessible_name(re.compile(f"{title} by Ysolde Brackwater"))


def test_the_table_is_sorted_filtered_and_read_by_keyboard(library: Page) -> None:
    library.locator("th.title button").focus()
    library.keyboard.press("Enter")
    titles = library.locator("td.title .name").all_inner_texts()
    assert titles.index("The Bridge at Ossing") < titles.index("The Tower of Arnsmouth")
    library.keyboard.press("Enter")
    assert library.locator("td.title .name").all_inner_texts() == titles[::-1]
    library.get_by_role("searchbox", name="Filter").fill("QUARRY epub")
    expect(library.locator(".library tbody tr")).to_have_count(1)
    name = row(library, "The Quarry of Hask").locator("button.name")
    name.focus()
    library.keyboard.press("Enter")
    essay = library.locator("article.essay")
    expect(essay.get_by_role("heading", name="The Quarry of Hask")).to_be_focused()
    expect(essay.locator("p[data-number='1']")).to_contain_text(ESSAYS["quarry.epub"][1])
    library.get_by_role("button", name="All essays").press("Enter")
    expect(name).to_be_focused()


def test_a_changed_file_of_a_watched_folder_is_found_by_its_new_words(
    library: Page, library_server: LibraryServer
) -> None:
    watched = library_server.folder / "watched"
    watched.mkdir()
    essay = watched / "weir.txt"
    essay.write_text(essay_text("The Weir of Dunlow", "The weir of Dunlow was made of oak"))
    library.get_by_role("textbox", name="Or watch a folder").fill(str(watched))
    library.keyboard.press("Enter")
    expect(row(library, "The Weir of Dunlow")).to_have_count(1, timeout=30_000)
    words = row(library, "The Weir of Dunlow").locator("td.words").inner_text()
    told = "The weir of Dunlow was guarded by a heron called Marrowby"
    essay.write_text(essay_text("The Weir of Dunlow", told))
    changed = row(library, "The Weir of Dunlow").locator("td.words")
    expect(changed).not_to_have_text(words, timeout=30_000)
    ask_library(library, "Which heron was called Marrowby?").first.click()
    expect(library.locator("aside.pane .body")).to_contain_text(told)


def test_another_collection_is_made_used_renamed_and_removed_with_undo(library: Page) -> None:
    collections = library.get_by_role("list", name="Collections")
    library.get_by_role("button", name="New collection").click()
    library.get_by_role("textbox", name="Name of the new collection").fill("Rivers")
    library.keyboard.press("Enter")
    expect(collections.locator("[aria-current]")).to_contain_text("Rivers")
    expect(library.locator(".library .empty")).to_contain_text("Drop essays above")
    library.get_by_role("button", name="Remove the collection Rivers").click()
    expect(collections).not_to_contain_text("Rivers")
    library.get_by_role("button", name="Undo").click()
    expect(collections.locator("[aria-current]")).to_contain_text("Rivers")
    library.get_by_role("button", name="Remove the collection Rivers").click()
    collections.get_by_role("button", name="My essays").click()
    expect(row(library, ESSAYS["tower.txt"][0])).to_have_count(1)


def test_acts_in_quick_succession_are_all_carried_out(
    library: Page, library_server: LibraryServer
) -> None:
    removed = ["mill.md", "tower.txt", "orchard.odt"]
    for name in removed:
        title = ESSAYS[name][0]
        button = library.get_by_role("button", name=f"Remove {title}", exact=True)
        button.evaluate("(button) => button.click()")  # without waiting for the page
    for name in removed:
        expect(row(library, ESSAYS[name][0])).to_have_count(0)
    drop(library, [path for path in library_server.files if path.name in removed])
    for name in removed:
        expect(row(library, ESSAYS[name][0])).to_have_count(1)


def test_a_hostile_name_and_title_are_drawn_as_plain_text(
    library: Page, library_server: LibraryServer
) -> None:
    requests: list[str] = []
    library.on("request", lambda request: requests.append(request.url))
    title = "Lamps <img src=http://203.0.113.7/t.png onerror=window.hacked=1> ![i](http://203.0.113.7/i)"
    hostile = library_server.folder / "![i](x) <img src=x onerror=window.hacked=1>.md"
    told = essay_text(title, "The lamps of Varn burned whale oil")
    hostile.write_text(f"---\ntitle: '{title}'\n---\n{told}", encoding="utf-8")
    drop(library, [hostile])
    name = row(library, "Lamps").locator("button.name")
    expect(name).to_have_text(title, timeout=30_000)
    name.click()
    expect(library.locator("article.essay h2")).to_have_text(title)
    assert library.locator(".library img, .library a, .library iframe").count() == 0
    assert library.locator("[href*='203.0.113.7'], [src*='203.0.113.7']").count() == 0
    assert library.evaluate("window.hacked === undefined")
    own = (library_server.url, "blob:", "data:")
    assert [url for url in requests if not url.startswith(own)] == []


def test_chat_and_choice_in_doubt_are_kept_while_the_library_is_looked_at(
    library: Page, library_server: LibraryServer
) -> None:
    question = "Who wound the clock of Tarrow?"
    saved = library_server.chats.create()
    library_server.chats.fail_turn(library_server.chats.start_turn(saved.id, question), "Stopped.")
    library.get_by_test_id("stRadio").get_by_text("decline", exact=True).click()
    expect(library).to_have_url(re.compile("caution=decline"))
    sidebar = library.get_by_test_id("stSidebar")
    sidebar.get_by_role("button", name=question, exact=True).click()
    expect(last_turn(library).locator(".question")).to_contain_text(question)
    go_to(library, "Library")
    expect(library.get_by_role("heading", name="Library", exact=True)).to_be_visible()
    go_to(library, "Ask the essays")
    expect(last_turn(library).locator(".question")).to_contain_text(question)
    expect(library.get_by_role("radio", name="decline")).to_be_checked()
    go_to(library, "Library")
    library.get_by_role("button", name="New chat").click()
    expect(library.get_by_role("heading", name="What do the essays say?")).to_be_visible()
    expect(library.get_by_role("radio", name="decline")).to_be_checked()


def test_essays_asked_once_are_listed_and_said_not_to_be_kept(
    context: BrowserContext, page_server: PageServer
) -> None:
    page = context.new_page()
    open_library(page, page_server.url)
    expect(summary(page)).to_contain_text("nothing of them is kept")
    expect(row(page, "The Lighthouse of Skerry Point")).to_have_count(1)
    expect(page.get_by_test_id("stFileUploader")).to_have_count(0)
    assert page.locator(".library td.acts:visible").count() == 0


def test_the_page_is_readable_and_fits_a_narrow_window(library: Page) -> None:
    library.set_viewport_size({"width": 390, "height": 844})
    expect(row(library, BROKEN)).to_be_visible()
    for scheme in ("light", "dark"):
        library.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        expect(library.locator(".library h1")).to_be_visible()
        for selector in (
            ".summary",
            "td.title .name",
            "td.state",
            ".reason",
            "th button",
            ".origin",
        ):
            text = library.locator(f".library {selector}").first
            wait_for_scheme(text, is_dark=scheme == "dark")
            _, contrast = text.evaluate(CONTRAST)
            assert contrast >= LEAST_CONTRAST, selector
    widest = library.evaluate(
        """() => Math.max(...[document.documentElement,
            ...document.querySelectorAll('[data-testid="stMain"]')].map((e) => e.scrollWidth))"""
    )
    assert widest <= 390


def wait_for_scheme(text: Locator, *, is_dark: bool) -> None:
    """Wait until the page has taken over the browser's choice of light or dark."""
    for _ in range(100):
        if (text.evaluate(CONTRAST)[0] < 0.2) == is_dark:
            return
        text.page.wait_for_timeout(50)
    raise AssertionError("The page keeps its colours.")


def test_killed_while_it_indexes_it_loses_nothing(
    tmp_path: Path, context: BrowserContext, chromium: None
) -> None:
    watched = tmp_path / "many"
    watched.mkdir()
    for number in range(N_MANY):
        told = f"The parish of Skerne number {number} kept {number + 3} sheep"
        (watched / f"{number}.txt").write_text(essay_text(f"Parish No. {number}", told))
    page = context.new_page()
    with start(tmp_path / "home", (), has_models=False) as server:
        open_library(page, server.url)
        page.get_by_role("textbox", name="Or watch a folder").fill(str(watched))
        page.keyboard.press("Enter")
        # Some are acknowledged on the page, most are still to come.
        kept = page.locator(".library tbody tr")
        expect(kept.nth(5)).to_be_visible(timeout=WORK_TIMEOUT_MS)
        server.process.send_signal(signal.SIGKILL)
        server.process.wait(30)
        names = kept.locator(".name").all_inner_texts()
        assert 5 < len(names) < N_MANY
    with start(tmp_path / "home", (), has_models=False) as server:
        open_library(page, server.url)
        expect(kept.first).to_be_visible()
        assert set(names) <= set(kept.locator(".name").all_inner_texts())
        expect(summary(page)).to_contain_text(f"{N_MANY} essays", timeout=WORK_TIMEOUT_MS)
        assert "not added" not in summary(page).inner_text()
