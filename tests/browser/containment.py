"""What shows that a page has let nothing hostile act: run, load, link or rearrange."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, Dialog, Page, Response

ADDRESSES = (
    *("href", "xlink:href", "src", "srcset", "srcdoc", "style", "action", "formaction", "poster"),
    *("data", "background", "ping", "content", "http-equiv"),
)
"""The attributes with which an element can load, run or lead to something."""

_FIND_ACTIVE = """(names) => {
  // Elements in the page and inside the components whose attributes hold what was planted.
  const planted = /hacked|\\/asked|alert\\(|javascript:|vbscript:/i;
  const found = [];
  const look = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) look(element.shadowRoot);
      for (const { name, value } of element.attributes) {
        if (!names.includes(name) && !name.startsWith("on")) continue;
        if (planted.test(value)) found.push(`${element.localName} ${name}=${value}`);
      }
    }
  };
  look(document);
  return found;
}"""

_FIND_REORDERED = """() => {
  // Plain Latin texts that are drawn from right to left, and neighbours on a line in which the
  // later comes first: something near them has turned them.
  const turned = [];
  const isBefore = (one, other) =>
    one.width > 0 && Math.abs(one.top - other.top) < one.height / 2 && other.left < one.left;
  const checkText = (node) => {
    const start = node.data.search(/[a-z]{3}/i);
    if (start < 0 || /[^\\u0020-\\u007e\\u2010-\\u201f\\u2026\\s]/.test(node.data)) return;
    const [first, third] = [0, 2].map((more) => {
      const range = document.createRange();
      range.setStart(node, start + more);
      range.setEnd(node, start + more + 1);
      return range.getBoundingClientRect();
    });
    if (isBefore(first, third)) turned.push(node.data);
  };
  const isInLine = (element) => /^inline(-block)?$/.test(getComputedStyle(element).display);
  const checkElement = (element) => {
    const next = element.nextElementSibling;
    if (!next || !isInLine(element) || !isInLine(next)) return;
    if (getComputedStyle(element.parentElement ?? element).display.includes("flex")) return;
    const [end, start] = [[...element.getClientRects()].at(-1), next.getClientRects()[0]];
    if (end && start && isBefore(end, start)) {
      turned.push(`${element.outerHTML} before ${next.outerHTML}`);
    }
  };
  const look = (root) => {
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_ALL);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      if (node.nodeType === Node.TEXT_NODE) checkText(node);
      if (node.nodeType === Node.ELEMENT_NODE) checkElement(node);
      if (node.shadowRoot) look(node.shadowRoot);
    }
  };
  look(document.body);
  return turned;
}"""


class Canary:
    """An address of this machine that hears whether anything connects to it."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._listener.setblocking(False)

    @property
    def host(self) -> str:
        """Its address and port."""
        address, port = self._listener.getsockname()
        return f"{address}:{port}"

    def has_heard(self) -> bool:
        """Return whether anything has connected since the last call."""
        heard = False
        while True:
            try:
                connection, _ = self._listener.accept()
            except BlockingIOError:
                return heard
            connection.close()
            heard = True


@contextmanager
def listening() -> Iterator[Canary]:
    """Listen on a free port of this machine."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(256)
        yield Canary(listener)


@dataclass(kw_only=True)  # not slotted: Playwright leaves a mark on whose methods it calls
class Watch:
    """What has happened in a browser's context since it was opened."""

    url: str
    requests: list[str] = field(default_factory=list)
    unguarded: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)

    def start(self, context: BrowserContext) -> None:
        """Begin to watch."""
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("response", self._check)
        context.on("page", lambda page: self.pages.append(page.url))
        context.on("dialog", self._dismiss)

    def _dismiss(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _check(self, response: Response) -> None:
        if response.url.startswith(self.url):
            policy = response.headers.get("content-security-policy", "")
            if not policy.startswith("default-src 'none'"):
                self.unguarded.append(response.url)

    def foreign(self) -> list[str]:
        """Return the requests to anything but the page's own server and what it made itself."""
        own = (f"{self.url}/", f"blob:{self.url}/", "data:font/", "data:image/png")
        return [url for url in self.requests if not url.startswith(own)]


def find_acts(page: Page, watch: Watch, canary: Canary) -> list[str]:
    """Return what anything planted in what the page shows has done; empty if it is contained."""
    return [
        *(["It ran."] if page.evaluate("window.hacked !== undefined") else []),
        *(["It asked the canary."] if canary.has_heard() else []),
        *(f"It is an element: {one}" for one in page.evaluate(_FIND_ACTIVE, list(ADDRESSES))),
        *(f"It turned around: {one}" for one in find_reordered(page)),
        *(f"It asked: {url}" for url in watch.foreign()),
        *(f"It opened: {url}" for url in watch.pages[1:]),
        *(f"It said: {message}" for message in watch.dialogs),
        *(f"Without the policy: {url}" for url in watch.unguarded),
    ]


def find_reordered(page: Page) -> list[str]:
    """Return the plain texts on the page that something near them has turned around."""
    turned: list[str] = page.evaluate(_FIND_REORDERED)
    return turned
