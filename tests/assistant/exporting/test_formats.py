"""Reports as Markdown, HTML and Word: real footnotes, and texts that stay texts."""

import io
import json
import re
import shutil
import subprocess
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from html import unescape
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html
from markdown_it import MarkdownIt

from assistant.errors import ExportError
from assistant.exporting.files import ExportFormat, make_file_name, write_report
from assistant.exporting.reports import Report, tidy
from assistant.exporting.to_html import STYLE, content_policy, render_html
from assistant.exporting.to_markdown import escape_markdown, render_markdown
from assistant.exporting.to_text import render_text
from assistant.exporting.to_word import render_docx
from assistant.grounding import Claim
from index.readers import pandoc
from tests.assistant.reports import (
    HOSTILE,
    abstain,
    answer_with,
    cite_words,
    hostile_report,
    report_on,
)
from tests.machine import require

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LONG = cite_words("The rope was long and wet. " * 400, title="On Length")
RIGHT_TO_LEFT = cite_words("החבל היה ארוך.", author="אברהם לוי", title="על חבלים")
FIRST = cite_words("Lind closed it.")
REPORT = report_on(
    answer_with(
        Claim(text="Lind closed the mill.", citations=(FIRST,)),
        Claim(text="It was so!", citations=(RIGHT_TO_LEFT, FIRST)),
        Claim(text="The rope was long.", citations=(LONG,)),
    ),
    abstain(),
    title="Mills",
)
ALPHABET = "\\`*_{}[]()<>#+-.!|~^$&@:=%/\"' \t\nab1א😀\u202e\x00"
SOUPS = st.text(ALPHABET, min_size=1, max_size=30).filter(tidy)
"""Short texts of what means something in Markdown, HTML or XML."""


def words_of(report: Report) -> list[str]:
    """Return every text of a report that an essay, a reader or a model wrote."""
    texts = [report.title]
    for turn in report.turns:
        texts += [turn.question, turn.notice, *turn.remarks]
        for part in turn.sections:
            texts += [part.heading, *(claim.text for claim in part.claims)]
        for note in turn.footnotes:
            texts += [note.quotation, note.source.author, note.source.title]
        texts += [text for left in turn.left_out for text in (left.text, left.reason)]
        texts += [one.excerpt for one in turn.closest]
    return [text for text in texts if text]


def bare(text: str) -> str:
    """Return a text without white space, composed as pandoc composes what it reads."""
    return unicodedata.normalize("NFC", "".join(text.split()))


def assert_holds(shown: str, report: Report) -> None:
    shown = bare(shown)
    missing = [words for words in words_of(report) if bare(words) not in shown]
    assert missing == []


# Markdown


def parse_markdown(text: str, dialect: str) -> dict[str, Any]:
    tree = json.loads(pandoc.run_pandoc(text.encode(), source=dialect, target="json"))
    assert isinstance(tree, dict)
    return tree


def nodes(tree: object) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        if "t" in tree:
            yield tree
        tree = list(tree.values())
    if isinstance(tree, list):
        for inner in tree:
            yield from nodes(inner)


def shown_text(tree: object) -> str:
    return "".join(
        str(node["c"]) if node["t"] == "Str" else " " for node in nodes(tree) if "t" in node
    )


PLAIN_NODES = {
    *("Para", "Plain", "Header", "BulletList", "Str", "Space", "SoftBreak", "Emph", "Strong"),
    "Note",
}


@pytest.mark.parametrize("dialect", ["gfm", "markdown-smart", "commonmark_x-smart"])
def test_markdown_shows_the_texts_and_nothing_but_texts_in_every_dialect(dialect: str) -> None:
    report = hostile_report()
    tree = parse_markdown(render_markdown(report), dialect)
    assert {node["t"] for node in nodes(tree["blocks"])} <= PLAIN_NODES
    assert tree["meta"] == {}
    assert_holds(shown_text(tree["blocks"]), report)
    notes = [shown_text(node["c"]) for node in nodes(tree["blocks"]) if node["t"] == "Note"]
    for note in report.footnotes:
        assert any(bare(note.quotation) in bare(shown) for shown in notes)


@given(st.lists(SOUPS, min_size=1, max_size=4))
def test_escaped_markdown_shows_just_the_text(texts: list[str]) -> None:
    text = tidy(" ".join(texts))
    rendered = (
        MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(escape_markdown(text))
    )
    assert unescape(rendered) == f"<p>{text}</p>\n"
    assert not re.search(r"<(?!/?p>)", rendered)


@pytest.mark.parametrize(
    "prose",
    [
        "It wasn't so: in 1788, at 10:30, Lind's mill (the old one) closed; 3 of 5 men left?",
        "“So,” she said, “it is half-built - and dear.”",
    ],
)
def test_plain_prose_needs_no_marks(prose: str) -> None:
    assert escape_markdown(prose) == prose


def test_markdown_footnotes_stand_behind_their_sentences() -> None:
    written = render_markdown(REPORT)
    assert "Lind closed the mill.[^1] It was so\\![^2][^1] The rope" in written
    assert "\n\n[^1]: “Lind closed it.” A\\. Pell, *On Ropes*, paragraph 4.\n\n[^2]: " in written


# HTML


def test_the_page_has_no_script_no_outside_address_and_no_element_from_a_text() -> None:
    report = hostile_report()
    page = html.document_fromstring(render_html(report))
    elements = [one for one in page.iter() if isinstance(one.tag, str)]
    assert {one.tag for one in elements} <= {
        *("html", "head", "meta", "title", "style", "body", "main", "footer", "section"),
        *("h1", "h2", "h3", "p", "div", "ul", "ol", "li", "a", "sup", "span", "bdi", "cite"),
    }
    assert {name for one in elements for name in one.attrib} <= {
        *("lang", "charset", "http-equiv", "content", "name", "dir", "class", "role", "id"),
        *("href", "aria-label"),
    }
    assert all(one.attrib["href"].startswith("#") for one in elements if "href" in one.attrib)
    assert_holds(page.text_content(), report)


def test_the_page_lets_its_own_style_in_and_nothing_else() -> None:
    page = html.document_fromstring(render_html(REPORT))
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy == content_policy()
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert page.xpath("//style/text()") == [STYLE]
    assert "url(" not in STYLE
    assert "@import" not in STYLE


def test_footnotes_of_the_page_link_there_and_back() -> None:
    page = html.document_fromstring(render_html(REPORT))
    references = page.xpath("//a[@role='doc-noteref']")
    assert [one.text for one in references] == ["1", "2", "1", "3"]
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for reference in references:
        (note,) = page.xpath("//*[@id=$id]", id=reference.get("href")[1:])
        assert f"#{reference.get('id')}" in note.xpath(".//a[@role='doc-backlink']/@href")
    (first,) = page.xpath("//li[@id='note-1']")
    assert len(first.xpath(".//a[@role='doc-backlink']")) == 2


# Word


def read_part(file: bytes, name: str) -> Any:
    with zipfile.ZipFile(io.BytesIO(file)) as package:
        assert package.testzip() is None
        return etree.fromstring(package.read(name))


def footnote_texts(file: bytes) -> list[str]:
    """Return the footnotes of a file of Word, without the two that are lines."""
    notes = read_part(file, "word/footnotes.xml").findall(f"{W}footnote")
    return [
        "".join(one.text or "" for one in note.iter(f"{W}t"))
        for note in notes
        if note.get(f"{W}type") is None
    ]


@pytest.fixture(scope="module")
def word_file() -> bytes:
    return render_docx(REPORT)


def test_the_file_of_word_has_a_real_footnote_for_each_quotation(word_file: bytes) -> None:
    for text, note in zip(footnote_texts(word_file), REPORT.footnotes, strict=True):
        assert text.strip().startswith(f"“{note.quotation}” {note.source.author}, ")
    document = read_part(word_file, "word/document.xml")
    assert len(list(document.iter(f"{W}footnoteReference"))) == 3


def test_words_cited_again_are_a_cross_reference_to_their_footnote(word_file: bytes) -> None:
    document = read_part(word_file, "word/document.xml")
    assert [one.text.split() for one in document.iter(f"{W}instrText")] == [
        ["NOTEREF", "note1", "\\f", "\\h"]
    ]
    bookmarks = {one.get(f"{W}name") for one in document.iter(f"{W}bookmarkStart")}
    assert "note1" in bookmarks


def test_the_file_of_word_holds_the_texts_as_texts_and_names_nothing_outside() -> None:
    report = hostile_report()
    file = render_docx(report)
    document = read_part(file, "word/document.xml")
    told = [one.text or "" for one in document.iter(f"{W}t")]
    assert_holds("\n".join([*told, *footnote_texts(file)]), report)
    with zipfile.ZipFile(io.BytesIO(file)) as package:
        links = [package.read(name) for name in package.namelist() if name.endswith(".rels")]
        assert not [name for name in package.namelist() if "media" in name]
    assert not any(b"External" in link for link in links)


def test_the_file_of_word_has_its_title_and_no_false_date(word_file: bytes) -> None:
    properties = read_part(word_file, "docProps/core.xml")
    told = {etree.QName(one).localname: one.text for one in properties}
    assert told["title"] == "Mills"
    assert not {"created", "modified"} & set(told)


def test_a_file_of_word_that_cannot_be_made_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pandoc, "TIMEOUT_S", 0.001)
    with pytest.raises(ExportError, match="took longer than 0 seconds; export single answers"):
        render_docx(REPORT)


@pytest.fixture(scope="session")
def office() -> str:
    """Return LibreOffice's command; skip, or fail in CI, without it."""
    found = shutil.which("soffice")
    require(found is not None, "LibreOffice (soffice)")
    return found or ""


def test_the_file_of_word_becomes_a_pdf_with_its_footnotes(
    office: str, word_file: bytes, tmp_path: Path
) -> None:
    (tmp_path / "chat.docx").write_bytes(word_file)
    subprocess.run(
        [
            *(office, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"),
            *("--convert-to", "pdf", "--outdir", tmp_path, tmp_path / "chat.docx"),
        ],
        check=True,
        capture_output=True,
        timeout=200,
    )
    pdf = pypdfium2.PdfDocument(tmp_path / "chat.pdf")
    pages = [page.get_textpage().get_text_range() for page in pdf]
    pdf.close()
    first = bare(pages[0])
    assert first.startswith("Mills")
    # The sentences with the footnotes' numbers, the second one's as the cross-reference has it.
    assert "Lindclosedthemill.1Itwasso!21Theropewaslong.3" in first
    assert "1“Lindclosedit.”A.Pell,OnRopes,paragraph4." in first
    told = bare("".join(pages))
    assert told.count(bare("The rope was long and wet.")) == 400
    assert "Essayscited" in told


# All of them


def read_back(report: Report, kind: ExportFormat) -> str:
    """Return the text that a document shows."""
    content = write_report(report, kind).content
    match kind:
        case ExportFormat.MARKDOWN:
            return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", content.decode())
        case ExportFormat.HTML:
            return str(html.document_fromstring(content.decode()).text_content())
        case ExportFormat.WORD:
            return "\n".join(footnote_texts(content))


def assert_all_words_are_told(quotes: Sequence[str], kind: ExportFormat) -> None:
    claims = [Claim(text="So.", citations=(cite_words(quote),)) for quote in quotes]
    told = bare(read_back(report_on(answer_with(*claims)), kind))
    for quote in quotes:
        assert bare(f"“{tidy(quote)}”") in told


@pytest.mark.parametrize("kind", [ExportFormat.MARKDOWN, ExportFormat.HTML])
@given(st.lists(SOUPS, min_size=1, max_size=5))
@settings(max_examples=40)
def test_the_words_of_every_citation_are_told(kind: ExportFormat, quotes: list[str]) -> None:
    assert_all_words_are_told(quotes, kind)


@given(st.lists(SOUPS | st.text(min_size=1).filter(tidy), min_size=1, max_size=30))
@settings(max_examples=6)
def test_the_words_of_every_citation_are_told_in_word(quotes: list[str]) -> None:
    assert_all_words_are_told(quotes, ExportFormat.WORD)


def test_plain_text_tells_them_too() -> None:
    assert_holds(render_text(hostile_report()), hostile_report())


@pytest.mark.parametrize("kind", list(ExportFormat))
def test_a_chat_without_questions_can_be_written(kind: ExportFormat) -> None:
    assert write_report(report_on(), kind).name == f"Chat.{kind}"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Who closed the mill?", "Who closed the mill.md"),
        ("a/b\\c:d*e<f>|g\x00h\n", "a b c d e f g h.md"),
        ("../../etc/passwd", "etc passwd.md"),
        ("  . ", "chat.md"),
        ("nul", "chat nul.md"),
        ("\u202eexe.txt", "exe txt.md"),
        ("אברהם, हिन्दी", "אברהם हिन्दी.md"),
        ("é" * 100, f"{'é' * 60}.md"),
        ("😀", "chat.md"),
    ],
)
def test_a_file_has_a_name_that_every_system_takes(title: str, name: str) -> None:
    assert make_file_name(title, ExportFormat.MARKDOWN) == name


@given(st.text(max_size=80))
def test_no_title_makes_a_name_that_names_something_else(title: str) -> None:
    name = make_file_name(title, ExportFormat.WORD)
    assert name.endswith(".docx")
    assert not set(name) & set('/\\:*?"<>|\0\n\u202e')
    assert name[0] not in ".-~ "
    assert len(name.encode()) <= 255


def test_hostile_texts_are_many() -> None:
    assert len(HOSTILE) > 20
