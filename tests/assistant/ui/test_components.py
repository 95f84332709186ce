"""The page's own components: their scripts and styles can do no harm."""

import ast
import re
from pathlib import Path

import pytest

import assistant.ui

ASSETS = sorted((Path(assistant.ui.__file__).parent / "assets").iterdir())
FORBIDDEN = {
    "text read as HTML": r"innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment"
    r"|DOMParser|setHTML|srcdoc|document\.write",
    "code made of text": r"\beval\b|new Function|setTimeout\(\s*[\"'`]",
    "an address": r"https?:|//[a-z0-9]+\.|url\(|@import",
    "a request": r"\bfetch\b|XMLHttpRequest|sendBeacon|WebSocket|EventSource|\bimport\(",
    "a link or an image": r"[\"'](?:a|img|iframe|object|embed|script|link|form)[\"']"
    r"|\bhref\b|\bsrc\b|window\.open|location",
}


ALLOWED = (
    # Names and values for this page only: a text that begins with a question mark leads nowhere
    # else, whatever follows.
    """  const node = element("a", attributes, children);
  node.setAttribute("href", `?${new URLSearchParams(query)}`);""",
    "  return link(query, {}, []).href;",
)
"""The lines of the assets that make links."""


def code_of(path: Path) -> str:
    """Return a file without its comments and the lines that are allowed."""
    text = path.read_text(encoding="utf-8")
    for lines in ALLOWED:
        text = text.replace(lines, "")
    return re.sub(r"/\*.*?\*/|(?m:(?:^|\s)// .*$)", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("path", ASSETS, ids=lambda path: path.name)
@pytest.mark.parametrize("harm", FORBIDDEN)
def test_no_asset_holds(path: Path, harm: str) -> None:
    assert not re.search(FORBIDDEN[harm], code_of(path))


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        ("text read as HTML", "node.innerHTML = text;"),
        ("code made of text", "setTimeout('go()')"),
        ("an address", "background: url(x.png)"),
        ("a request", "fetch(address)"),
        ("a link or an image", 'element("img", {})'),
    ],
)
def test_each_harm_would_be_seen(harm: str, code: str) -> None:
    assert re.search(FORBIDDEN[harm], code)


def test_no_page_of_the_user_interface_reads_text_as_markup() -> None:
    sources = (Path(assistant.ui.__file__).parent).glob("*.py")
    used = {
        name
        for source in sources
        for name in re.findall(r"\bst\.([a-z_.]+)\(", source.read_text(encoding="utf-8"))
    }
    # Whatever takes a text and draws it as Markdown or HTML is missing here; the caption, the
    # buttons, the inputs and the links between pages are given this program's own words only.
    assert used <= {
        "button",
        "cache_resource",
        "caption",
        "chat_input",
        "columns",
        "components.v2.component",
        "container",
        "file_uploader",
        "fragment",
        "page_link",
        "query_params.get",
        "query_params.pop",
        "query_params.to_dict",
        "query_params.update",
        "radio",
        "rerun",
        "session_state.get",
        "session_state.pop",
        "switch_page",
    }


def test_widgets_that_read_markdown_are_given_words_of_the_program_only() -> None:
    for source in Path(assistant.ui.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr in ("button", "caption", "chat_input", "file_uploader", "radio"):
                assert is_literal(node.args[0]), f"{source.name}:{node.lineno}"


@pytest.mark.parametrize("code", ["f'{title}'", "title", "'a' + title", "'a' if b else title"])
def test_a_text_from_elsewhere_would_be_seen(code: str) -> None:
    assert not is_literal(ast.parse(code, mode="eval").body)


def is_literal(node: ast.expr) -> bool:
    if isinstance(node, ast.IfExp):
        return is_literal(node.body) and is_literal(node.orelse)
    return isinstance(node, ast.Constant)
