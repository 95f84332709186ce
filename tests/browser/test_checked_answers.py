"""What the page shows of how an answer was checked, with saved answers and no model."""

import json
import re
import sqlite3
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from assistant.answers import Answer, Reason
from assistant.answers_json import render_answer
from assistant.checks.support import Verdict
from assistant.citations import Citation, cite
from assistant.grounding import Claim
from assistant.judging import Caution
from assistant.questions.querying import Expansion
from index.corpus import Document, load_corpus
from tests.assistant.samples import make_answer, make_whole_passage
from tests.browser.conftest import PageServer
from tests.browser.steps import CONTRAST, LEAST_CONTRAST, ask, last_turn, wait_for_end

pytestmark = pytest.mark.browser

HOSTILE = (
    """<img src="http://203.0.113.7/x.png" onerror="window.hacked=1"> ![i](http://203.0.113.7/i)"""
)
REASON = "1850 is not in the cited passage"
WITHHELD = Claim(
    text="The keeper was born in Leonora.",
    citations=(),
    verdict=Verdict.UNSUPPORTED,
    support=0.1,
    reason="Leonora is not in the cited passage",
)
OLD_FIELDS = (
    *("question", "query", "abstained", "reason", "claims", "quotes", "passages", "evidence"),
    *("model", "p_none", "usage", "seconds", "is_stopped"),
)
OLD_CLAIM_FIELDS = ("text", "citations")
"""Those of the first saved answers."""

Show = Callable[[Answer], Page]


@pytest.fixture(scope="module")
def document(archive: PageServer) -> Document:
    (document,) = load_corpus([archive.hostile.with_name("lighthouse.md")]).documents
    return document


@pytest.fixture(scope="module")
def answer(document: Document) -> Answer:
    """An answer of two claims, the second partly supported."""
    first = cite_words(document, "The lighthouse of Skerry Point was built in 1843")
    second = cite_words(document, "The first keeper of the lighthouse was Thomas Hale.")
    return replace(
        make_answer("When was the lighthouse built?"),
        claims=(
            Claim(text="The lighthouse was built in 1843.", citations=(first,)),
            Claim(
                text="Its keeper came in 1850.",
                citations=(second,),
                verdict=Verdict.PARTIAL,
                support=0.5,
                reason=REASON,
            ),
        ),
        quotes=(),
        passages=(make_whole_passage(document),),
        evidence=(),
    )


def cite_words(document: Document, words: str) -> Citation:
    start = document.text.index(words)
    return cite(document, start=start, end=start + len(words))


def save(archive: PageServer, answer: Answer) -> str:
    """Save an answer as a chat of its own and return the chat's address."""
    conversation = archive.chats.create()
    turn_id = archive.chats.start_turn(conversation.id, answer.question)
    archive.chats.finish_turn(turn_id, answer)
    return f"{archive.url}/?chat={conversation.id}"


def save_text(archive: PageServer, answer: Answer, text: str) -> str:
    """Save a text in the place of an answer and return the chat's address."""
    address = save(archive, answer)
    path = archive.hostile.parents[1] / "home" / "chats.sqlite3"
    db = sqlite3.connect(path)
    with db:
        db.execute("UPDATE turn SET answer = ? WHERE id = (SELECT max(id) FROM turn)", (text,))
    db.close()
    return address


@pytest.fixture
def show(context: BrowserContext, archive: PageServer) -> Show:
    def show_answer(answer: Answer) -> Page:
        return open_page(context, save(archive, answer))

    return show_answer


def open_page(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    expect(last_turn(page)).to_be_visible(timeout=60_000)
    return page


def abstain(answer: Answer) -> Answer:
    return replace(answer, abstained=True, reason=Reason.NOT_IN_EVIDENCE, claims=())


def test_a_partial_claim_says_so_and_why_in_words(show: Show, answer: Answer) -> None:
    first, second = last_turn(show(answer)).locator(".sentence").all()
    expect(first.locator(".mark")).to_have_count(0)
    mark = second.locator(".mark")
    expect(mark).to_be_visible()
    expect(mark).to_have_text(f"partly supported: {REASON}")
    assert REASON in (mark.get_attribute("title") or "")


def test_left_out_statements_are_folded_until_opened_by_keyboard(
    show: Show, answer: Answer
) -> None:
    page = show(replace(answer, withheld=(WITHHELD, WITHHELD)))
    left_out = last_turn(page).locator(".left-out")
    summary = left_out.locator("summary")
    expect(summary).to_have_text("Left out: 2 statements that the essays do not support")
    expect(left_out.locator("li").first).to_be_hidden()
    expect(last_turn(page).locator(".answer")).not_to_contain_text("Leonora")
    summary.focus()
    page.keyboard.press("Enter")
    expect(left_out.locator("li").first).to_be_visible()
    expect(left_out.locator("li").first).to_contain_text(WITHHELD.text)
    expect(left_out.locator(".reason").first).to_have_text(WITHHELD.reason)


def test_what_was_searched_for_is_told_where_it_differs(show: Show, answer: Answer) -> None:
    page = show(
        replace(
            answer,
            question="When was it bulit?",
            query="When was the lighthouse bulit?",
            expanded=(Expansion(word="bulit", spellings=("built",)),),
        )
    )
    lines = last_turn(page).locator(".searched p").all_text_contents()
    assert lines == [
        "Searched for: When was the lighthouse bulit?",
        "Searched also for “built” (no essay has “bulit”)",
    ]


def test_an_abstention_names_what_it_did_not_find(show: Show, answer: Answer) -> None:
    page = show(replace(abstain(answer), missing=("Pell",), withheld=(WITHHELD,)))
    turn = last_turn(page)
    expect(turn).to_have_attribute("data-kind", "abstention")
    expect(turn.locator(".notice")).to_have_text(
        "The essays do not seem to answer this question. No essay has “Pell”."
    )
    expect(turn.locator(".sentence")).to_have_count(0)
    expect(turn.locator("a.cite")).to_have_count(0)
    expect(turn.locator(".passages")).to_contain_text("They are not an answer.")
    expect(turn.locator(".passages button")).to_have_count(1)


def test_an_abstention_does_not_look_like_an_answer(show: Show, answer: Answer) -> None:
    declined = show(replace(abstain(answer), notice="The essays hold nothing on Pell."))
    notice = last_turn(declined).locator(".notice p")
    border = notice.evaluate("(node) => parseFloat(getComputedStyle(node).borderInlineStartWidth)")
    assert border >= 2
    expect(last_turn(show(answer)).locator(".notice p")).to_have_count(0)


def test_a_reply_is_one_sentence_without_sources(show: Show, answer: Answer) -> None:
    words = "Good morning. Ask a question about the essays."
    turn = last_turn(show(replace(answer, reason=Reason.REPLIED, claims=(), notice=words)))
    expect(turn).to_have_attribute("data-kind", "reply")
    expect(turn.locator(".notice")).to_have_text(words)
    expect(turn.locator("a.cite, .passages *, .left-out *, .why *")).to_have_count(0)


def test_an_answer_by_essay_stands_under_the_essays_headings(show: Show, answer: Answer) -> None:
    first, second = answer.claims
    other = replace(second.citations[0], essay_id="other", title="On Harbours", author="")
    claims = (first, second, replace(second, citations=(other,)))
    page = show(replace(answer, claims=claims, is_by_essay=True))
    headings = last_turn(page).locator(".answer").get_by_role("heading", level=3)
    assert headings.all_text_contents() == [
        "A. Writer, The Lighthouse of Skerry Point",
        "On Harbours",
    ]
    boxes = [heading.bounding_box() for heading in headings.all()]
    sentence = last_turn(page).locator(".sentence").nth(1).bounding_box()
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert sentence is not None
    assert boxes[0]["y"] < sentence["y"] < boxes[1]["y"]


def test_a_notice_stands_quietly_under_the_answer(show: Show, answer: Answer) -> None:
    page = show(replace(answer, notice="Looked over 8 passages.", caution=Caution.CAREFUL))
    assert last_turn(page).locator(".remarks p").all_text_contents() == [
        "Looked over 8 passages.",
        "Made with “When in doubt: decline”.",
    ]


def test_an_answer_saved_before_there_were_verdicts_is_shown(
    context: BrowserContext, archive: PageServer, answer: Answer
) -> None:
    page = open_page(context, save_text(archive, answer, old_text(answer)))
    expect(last_turn(page)).to_have_attribute("data-kind", "answer")
    expect(last_turn(page).locator(".sentence")).to_have_count(2)
    expect(last_turn(page).locator(".mark")).to_have_count(0)


def old_text(answer: Answer) -> str:
    """Return an answer as the first version saved it."""
    stored = json.loads(render_answer(answer))
    kept = {name: stored[name] for name in OLD_FIELDS}
    kept["claims"] = [{name: one[name] for name in OLD_CLAIM_FIELDS} for one in stored["claims"]]
    return json.dumps(kept)


def test_an_answer_of_a_newer_version_is_a_state_and_no_crash(
    context: BrowserContext, archive: PageServer, answer: Answer
) -> None:
    text = render_answer(answer).replace('"partial"', '"proven"')
    page = open_page(context, save_text(archive, answer, text))
    expect(last_turn(page)).to_have_attribute("data-kind", "failed")
    expect(last_turn(page).locator(".notice")).to_contain_text("newer version")
    expect(page.get_by_role("button", name="Ask again")).to_be_visible()


def test_texts_of_the_model_and_the_essays_stay_texts(
    context: BrowserContext, archive: PageServer, answer: Answer
) -> None:
    claim = replace(answer.claims[1], text=HOSTILE, reason=HOSTILE)
    page = open_page(
        context,
        save(
            archive,
            replace(
                answer,
                query=HOSTILE,
                claims=(replace(claim, citations=(replace(claim.citations[0], title=HOSTILE),)),),
                withheld=(replace(WITHHELD, text=HOSTILE, reason=HOSTILE),),
                expanded=(Expansion(word=HOSTILE, spellings=(HOSTILE,)),),
                notice=HOSTILE,
                is_by_essay=True,
            ),
        ),
    )
    turn = last_turn(page)
    turn.locator(".left-out summary").click()
    for place in (".searched", ".answer h3", ".sentence", ".mark", ".remarks", ".left-out li"):
        expect(turn.locator(place).first).to_contain_text(HOSTILE)
    assert turn.locator("img, a:not(.cite), iframe").count() == 0
    assert page.evaluate("window.hacked === undefined")


def test_the_choice_for_doubt_survives_a_reload_and_a_new_chat(
    context: BrowserContext, archive: PageServer
) -> None:
    page = context.new_page()
    page.goto(archive.url)
    group = page.get_by_role("radiogroup", name="When in doubt")
    bold = group.get_by_role("radio", name=re.compile("^answer"))
    balanced = group.get_by_role("radio", name=re.compile("^balanced"))
    expect(balanced).to_be_checked(timeout=60_000)
    balanced.focus()
    page.keyboard.press("ArrowRight")
    expect(bold).to_be_checked()
    expect(page).to_have_url(re.compile("caution=answer"))
    ask(page, "When was the lighthouse built?")
    assert wait_for_end(page) == "failed"  # there is no model
    page.reload()
    expect(bold).to_be_checked(timeout=60_000)
    page.get_by_role("button", name="New chat").click()
    expect(page.locator("article.turn")).to_have_count(0)
    expect(bold).to_be_checked()


def test_nothing_told_is_wider_than_a_narrow_window(show: Show, answer: Answer) -> None:
    long = "Rindfleischetikettierung" * 5
    claim = replace(answer.claims[1], reason=long)
    page = show(
        replace(
            answer,
            query=long,
            claims=(claim,),
            withheld=(replace(WITHHELD, text=long, reason=long),),
            notice=long,
            is_by_essay=True,
        )
    )
    page.set_viewport_size({"width": 390, "height": 844})
    last_turn(page).locator(".left-out summary").click()
    for place in (".searched p", ".mark", ".remarks p", ".left-out li"):
        box = last_turn(page).locator(place).first.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 390, place


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_told_quietly_is_readable_in_light_and_dark(
    context: BrowserContext, archive: PageServer, answer: Answer, scheme: str
) -> None:
    page = context.new_page()
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    full = replace(
        answer, query="Something else?", notice="Looked over 8 passages.", withheld=(WITHHELD,)
    )
    page.goto(save(archive, full))
    expect(last_turn(page)).to_be_visible(timeout=60_000)
    last_turn(page).locator(".left-out summary").click()
    for selector in (".mark", ".searched p", ".remarks p", ".left-out summary", ".reason"):
        _, contrast = last_turn(page).locator(selector).first.evaluate(CONTRAST)
        assert contrast >= LEAST_CONTRAST, selector
