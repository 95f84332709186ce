"""What the browser tests do on the page, and how they start it."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from assistant.settings import DEFAULT_ESSAYS, HOME_VARIABLE, load_settings
from tests.machine import share_models

CHROMIUM = Path(shutil.which("chromium") or "/usr/bin/chromium")
CHROMIUM_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Chromium's own updaters, and its service that knows forms by their fields, which the options
    # above do not stop, find nobody there.
    "--component-updater=url-source=http://127.0.0.1:9/",
    "--apps-gallery-update-url=http://127.0.0.1:9/",
    "--autofill-server-url=http://127.0.0.1:9/",
)
MODEL = "smollm2-135m"
ANSWER_TIMEOUT_MS = 120_000
"""The tests may share two cores with much else."""

LIGHTHOUSE = """---
title: The Lighthouse of Skerry Point
author: A. Writer
---
The lighthouse of Skerry Point was built in 1843 by Margaret Dunmore. She paid for it with the \
money that her brother had left her.

The first keeper of the lighthouse was Thomas Hale. He kept the lamp for thirty years and never \
missed a night.

The lamp was put out in 1921 because the harbour behind it had silted up. No ship had called \
there for ten years.
"""
QUESTIONS = (
    "When was the lighthouse of Skerry Point built?",
    "Why was the lamp put out in 1921?",
    "Who built the lighthouse of Skerry Point?",
    "Who was the first keeper of the lighthouse?",
)
"""Answered by the essay above, so plainly that the smallest model answers one of them."""


CONTRAST = """(element) => {
  // The colours as the browser paints them: the text's own, and the first ground below it.
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const luminance = (colour) => {
    paint.fillStyle = colour;
    paint.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...paint.getImageData(0, 0, 1, 1).data].map((value) => {
      const part = value / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  let below = element;
  while (getComputedStyle(below).backgroundColor === "rgba(0, 0, 0, 0)") {
    below = below.parentElement ?? below.getRootNode().host;
  }
  const ground = luminance(getComputedStyle(below).backgroundColor);
  const text = luminance(getComputedStyle(element).color);
  return [ground, (Math.max(ground, text) + 0.05) / (Math.min(ground, text) + 0.05)];
}"""
"""Gives the lightness of an element's ground and the contrast of its text, as WCAG 2 has them."""
LEAST_CONTRAST = 4.5
"""The threshold of WCAG 2, level AA, for text of the page's size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running program and the address of its page."""

    url: str
    process: subprocess.Popen[str]


@contextlib.contextmanager
def serve(
    home: Path, essays: Sequence[Path] = (DEFAULT_ESSAYS,), *, has_models: bool = True
) -> Iterator[str]:
    """Run the installed ``assistant open`` with everything of its own in ``home``; give its URL.

    Without models, it shows saved chats and answers nothing.
    """
    with start(home, essays, has_models=has_models) as server:
        yield server.url


@contextlib.contextmanager
def start(
    home: Path,
    essays: Sequence[Path],
    *,
    has_models: bool,
    options: Sequence[str] = ("--offline", "--model", MODEL),
    environment: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """Run the program as ``serve`` does; without essays, it uses the library of ``home``."""
    home.mkdir(parents=True, exist_ok=True)
    if has_models:
        share_models(home, load_settings())
    log_path = home / "server.log"
    command = [
        str(Path(sys.executable).with_name("assistant")),
        *("open", "--no-browser", "--port", "0", *options),
        *(part for path in essays for part in ("--essays", str(path))),
    ]
    with (
        log_path.open("w") as log,
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=home,
            env={**os.environ, HOME_VARIABLE: str(home), **(environment or {})},
        ) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            words = [word for word in line.split() if word.startswith("http://")]
            assert words, f"The server did not start: {line!r} {log_path.read_text()!r}"
            yield Server(url=words[0], process=process)
        finally:
            process.terminate()
            process.wait(30)


@contextlib.contextmanager
def held_models() -> Iterator[None]:
    """Let no model that these tests have loaded go on meanwhile: an answer stays under way."""
    family = psutil.Process().children(recursive=True)
    workers = [one for one in family if "assistant.llm_worker" in one.cmdline()]
    assert workers
    for worker in workers:
        worker.suspend()
    try:
        yield
    finally:
        for worker in workers:
            worker.resume()


@contextlib.contextmanager
def open_browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=list(CHROMIUM_ARGUMENTS)
        )
        try:
            yield browser
        finally:
            browser.close()


def last_turn(page: Page) -> Locator:
    return page.locator("article.turn").last


def ask(page: Page, question: str) -> None:
    """Type a question and send it; returns once the page shows it as the last."""
    box = page.get_by_test_id("stChatInputTextArea")
    expect(box).to_be_enabled(timeout=ANSWER_TIMEOUT_MS)
    count = page.locator("article.turn").count()
    box.fill(question)
    box.press("Enter")
    expect(page.locator("article.turn")).to_have_count(count + 1, timeout=30_000)


def wait_for_end(page: Page) -> str:
    """Wait until the last answer is over and return what it became."""
    turn = last_turn(page)
    expect(turn).to_have_attribute("aria-busy", "false", timeout=ANSWER_TIMEOUT_MS)
    return turn.get_attribute("data-kind") or ""


def ask_until_answered(page: Page) -> None:
    """Ask one question after the other until the model answers one."""
    outcomes = []
    for question in QUESTIONS:
        ask(page, question)
        outcomes.append(wait_for_end(page))
        if outcomes[-1] == "answer":
            return
    raise AssertionError(f"None of the questions was answered: {outcomes}")


def open_citation(page: Page) -> Locator:
    """Click the first number of the last answer and return the pane, its essay whole."""
    last_turn(page).locator("a.cite").first.click()
    open_essay(page)
    return page.locator("aside.pane")


def open_essay(page: Page) -> Locator:
    """Wait until the essay that is open is there as a whole; return the words looked at."""
    pane = page.locator("aside.pane")
    expect(pane).to_have_attribute("data-state", "whole", timeout=30_000)
    return pane.locator("mark.looked-at")
