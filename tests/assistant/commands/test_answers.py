"""An answer as the command line prints it, as text and as JSON."""

import json
from dataclasses import replace
from typing import Any

import pytest

from assistant.answers import Answer, Reason
from assistant.checks.support import Verdict
from assistant.citations import Citation
from assistant.commands.output import render_answer, render_answer_json
from assistant.grounding import Claim
from assistant.judging import Caution
from assistant.questions.querying import Expansion
from assistant.scope import Scope
from assistant.why import Search, SearchedTerm
from index.explaining import TermScore
from tests.assistant.samples import make_answer, make_citation, make_claim, make_passage

ABSTENTION = replace(make_answer(), abstained=True, reason=Reason.NOT_IN_EVIDENCE, claims=())
WITHHELD = Claim(
    text="Lind closed it.",
    citations=(),
    verdict=Verdict.UNSUPPORTED,
    support=0.25,
    reason="Lind is not in the cited passage",
)
PARTIAL = Claim(
    text="It was closed in 1907.",
    citations=(make_citation(),),
    verdict=Verdict.PARTIAL,
    support=0.5,
    reason="1907 stands in the passage only",
)


def of_essay(title: str, author: str) -> Citation:
    return replace(make_citation(), essay_id=title, title=title, author=author)


def test_a_supported_claim_stands_alone_with_its_number() -> None:
    first, *_ = render_answer(make_answer()).splitlines()
    assert first == "The bridge was closed in winter. [1]"


@pytest.mark.parametrize(
    ("place", "named"),
    [
        pytest.param({"page": "xii", "paragraph": 4}, "On Bridges, p. xii (", id="page"),
        pytest.param({"paragraph": 4}, "On Bridges, paragraph 4 (", id="no pages"),
        pytest.param({}, "On Bridges (", id="saved before places were known"),
    ],
)
def test_a_source_is_named_with_its_page_or_else_its_paragraph(
    place: dict[str, Any], named: str
) -> None:
    claim = Claim(text="One.", citations=(replace(make_citation(), **place),))
    assert f"[1] A. Writer, {named}" in render_answer(replace(make_answer(), claims=(claim,)))


def test_a_partial_claim_is_marked_with_its_reason() -> None:
    first, *_ = render_answer(replace(make_answer(), claims=(PARTIAL,))).splitlines()
    assert first == (
        "It was closed in 1907. [1] (partly supported: 1907 stands in the passage only)"
    )


def test_left_out_claims_stand_below_with_their_reasons() -> None:
    lines = render_answer(replace(make_answer(), withheld=(WITHHELD,))).splitlines()
    assert lines[-2:] == [
        "Left out:",
        "  - Lind closed it. (Lind is not in the cited passage)",
    ]


def test_other_spellings_searched_for_are_told() -> None:
    expanded = (Expansion(word="brigde", spellings=("bridge", "bridges")),)
    last = render_answer(replace(make_answer(), expanded=expanded)).splitlines()[-1]
    assert last == "Searched also for: “bridge”, “bridges” (no essay has “brigde”)"


def test_an_answer_by_essay_has_the_essays_for_headings() -> None:
    claims = (
        Claim(text="One.", citations=(of_essay("On Bridges", "A. Writer"),)),
        Claim(text="Two.", citations=(of_essay("On Bridges", "A. Writer"),)),
        Claim(text="Three.", citations=(of_essay("On Mills", ""),)),
    )
    lines = render_answer(replace(make_answer(), claims=claims, is_by_essay=True)).splitlines()
    assert lines[:5] == [
        "A. Writer, On Bridges:",
        "One. [1] Two. [1]",
        "",
        "On Mills:",
        "Three. [2]",
    ]


def test_an_essay_that_comes_again_has_its_heading_again() -> None:
    first, second = of_essay("On Bridges", ""), of_essay("On Mills", "")
    claims = [Claim(text="So.", citations=(one,)) for one in (first, second, first)]
    text = render_answer(replace(make_answer(), claims=tuple(claims), is_by_essay=True))
    assert text.count("On Bridges:") == 2


def test_an_abstention_is_one_sentence_and_the_closest_passages() -> None:
    lines = render_answer(ABSTENTION).splitlines()
    assert lines[0] == (
        "The essays do not say: the passages found do not seem to answer the question."
    )
    assert lines[2] == "The closest passages, none of them an answer:"


def test_an_abstention_says_its_own_sentence_where_it_has_one() -> None:
    answer = replace(ABSTENTION, notice="The essays hold nothing on Lind.", missing=("Lind",))
    assert render_answer(answer).startswith("The essays hold nothing on Lind.\n\nThe closest")
    assert "No essay has" not in render_answer(answer)


def test_what_an_abstention_does_not_name_as_missing_is_named_below() -> None:
    assert render_answer(replace(ABSTENTION, missing=("Lind",))).endswith("\nNo essay has “Lind”.")


def test_the_notice_of_an_answer_is_printed_after_it() -> None:
    notice = "Looked over 8 passages of 2 essays."
    lines = render_answer(replace(make_answer(), notice=notice)).splitlines()
    assert lines[2] == notice


def test_a_reply_is_one_sentence_without_sources() -> None:
    reply = replace(make_answer(), reason=Reason.REPLIED, claims=(), notice="Good morning.")
    assert render_answer(reply) == "Good morning."
    assert render_answer_json(reply)["answer"] == "Good morning."


@pytest.mark.parametrize("answer", [make_answer(), ABSTENTION], ids=["answer", "abstention"])
def test_the_json_can_be_printed_and_has_the_new_keys_at_their_rest(answer: Answer) -> None:
    printed = json.loads(json.dumps(render_answer_json(answer)))
    assert printed["withheld"] == printed["expanded"] == printed["missing"] == []
    assert (printed["notice"], printed["is_by_essay"], printed["caution"]) == (
        "",
        False,
        "balanced",
    )


def test_the_json_says_how_each_claim_was_judged() -> None:
    answer = replace(
        make_answer(),
        claims=(make_claim(), PARTIAL),
        withheld=(WITHHELD,),
        expanded=(Expansion(word="brigde", spellings=("bridge",)),),
        missing=("Lind",),
        doubt=0.25,
        caution=Caution.BOLD,
    )
    printed = json.loads(json.dumps(render_answer_json(answer)))
    assert [one["verdict"] for one in printed["claims"]] == ["supported", "partial"]
    assert printed["claims"][1]["support"] == 0.5
    assert printed["withheld"] == [
        {
            "text": "Lind closed it.",
            "citations": [],
            "verdict": "unsupported",
            "support": 0.25,
            "reason": "Lind is not in the cited passage",
        }
    ]
    assert printed["expanded"] == [{"word": "brigde", "spellings": ["bridge"]}]
    assert (printed["missing"], printed["doubt"], printed["caution"]) == (["Lind"], 0.25, "bold")


def test_the_essays_that_alone_were_asked_are_told_above_everything() -> None:
    scope = Scope(authors=("Agnes Lind",), words="the 2 essays by Agnes Lind")
    for answer in (make_answer(), ABSTENTION):
        first, blank, *_ = render_answer(replace(answer, scope=scope)).splitlines()
        assert (first, blank) == ("Asked only of: the 2 essays by Agnes Lind", "")


def test_what_is_missing_under_a_limit_is_said_of_the_essays_asked() -> None:
    answer = replace(
        ABSTENTION, missing=("Lind",), notice="No.", scope=Scope(authors=("A. Writer",))
    )
    assert "No essay asked has “Lind”." in render_answer(answer)


def test_the_json_has_the_limit_and_how_each_passage_came_to_its_score() -> None:
    scope = Scope(essay_ids=("0123456789abcdef",), words="“On Bridges”")
    search = Search(
        text="a bridge",
        terms=(
            SearchedTerm(
                term="bridg", word="bridge", stands_for="", weight=1.0, idf=2.0, n_passages=1
            ),
        ),
        n_passages=9,
    )
    passage = replace(
        make_passage(), n_terms=5, matches=(TermScore(term="bridg", n_times=1, score=2.5),)
    )
    printed = render_answer_json(
        replace(make_answer(), scope=scope, search=search, passages=(passage,))
    )
    read = json.loads(json.dumps(printed))
    assert read["scope"]["words"] == "“On Bridges”"
    assert read["search"]["terms"][0]["idf"] == 2.0
    assert read["passages"][0]["matches"] == [{"term": "bridg", "n_times": 1, "score": 2.5}]
    assert read["passages"][0]["n_terms"] == 5
