"""Make the pictures of the README: the page as it is, in a real browser, with a real model.

Run it from the checkout: ``python -m tests.screenshots [--model ID] [--output FOLDER]``. The
default essays are asked; the model must have been fetched.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, expect

from assistant.settings import DEFAULT_MODEL
from tests.browser.steps import ask, last_turn, open_browser, open_citation, start

WIDTH: Final = 1440
HEIGHT: Final = 900
MAX_BYTES: Final = 300_000
"""What a picture in the README may weigh."""
ANSWER_TIMEOUT_MS: Final = 600_000
"""The model may be large and the machine slow."""
QUESTIONS: Final = (
    "Why did the recruits of the Lenin Enrolment support Stalin?",
    "Why was the post of General Secretary so useful?",
    "What do the essays say about Zinoviev?",
)
"""Asked in this order until one is answered with a citation."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the pictures and name them with their sizes.

    Returns:
        0, or 1 if no question was answered or a picture is too large; the reason is on stderr.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("--model", default=DEFAULT_MODEL, metavar="ID", help="the model to ask")
    parser.add_argument(
        "--output", type=Path, default=Path(".github"), metavar="FOLDER", help="where to put them"
    )
    options = parser.parse_args(arguments)
    try:
        pictures = take(options.model, options.output)
    except PictureError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for path in pictures:
        sys.stdout.write(f"{path}: {path.stat().st_size:,} bytes\n")
    return 0


class PictureError(Exception):
    """A picture cannot be made, or cannot be used."""


def take(model: str, folder: Path) -> tuple[Path, ...]:
    """Make the pictures in a folder and return their paths.

    Raises:
        PictureError: No question was answered, or a picture is too large.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pictures = (folder / "answer.png", folder / "library.png")
    with (
        tempfile.TemporaryDirectory() as home,
        start(Path(home), (), has_models=True, options=("--offline", "--model", model)) as server,
        open_browser() as browser,
    ):
        page = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT},
            color_scheme="light",
            reduced_motion="reduce",
        )
        page.goto(server.url)
        _show_answer(page)
        _take(page, pictures[0])
        page.get_by_test_id("stSidebar").get_by_role("link", name="Library").click()
        expect(page.locator(".library tbody tr").first).to_be_visible(timeout=60_000)
        _take(page, pictures[1])
    for path in pictures:
        if path.stat().st_size > MAX_BYTES:
            raise PictureError(
                f"{str(path)!r} has {path.stat().st_size:,} bytes, more than {MAX_BYTES:,}; make"
                " the window smaller."
            )
    return pictures


def _show_answer(page: Page) -> None:
    """Ask until there is an answer, and open its first citation."""
    for question in QUESTIONS:
        page.get_by_role("button", name="New chat").click()
        expect(page.locator("article.turn")).to_have_count(0)
        ask(page, question)
        turn = last_turn(page)
        expect(turn).to_have_attribute("aria-busy", "false", timeout=ANSWER_TIMEOUT_MS)
        if turn.locator("a.cite").count():
            open_citation(page)
            return
    raise PictureError(
        f"None of {len(QUESTIONS)} questions was answered; is the model large enough?"
    )


def _take(page: Page, path: Path) -> None:
    # Away from all that answers to the pointer, after what is still being drawn.
    page.mouse.move(WIDTH - 1, 1)
    page.wait_for_timeout(1_000)
    page.screenshot(path=path, animations="disabled", caret="hide")


if __name__ == "__main__":
    sys.exit(main())
