"""What the page shows of sources: their numbers, words and surroundings."""

from dataclasses import replace

from assistant.checks.support import Verdict
from assistant.grounding import Claim
from assistant.kept_essays.found import FoundEssay
from assistant.ui.source_view import number_citations
from tests.assistant.samples import make_citation, make_claim, make_passage
from tests.assistant.ui.values import TEXT, find, find_nothing, make_document, span


def test_sources_are_numbered_by_first_appearance() -> None:
    claims = [
        Claim(text="One.", citations=(span(33, 47), span(10, 32))),
        Claim(text="Two.", citations=(span(10, 32), span(49, 69))),
    ]
    sentences, sources = number_citations(claims, (), find=find)
    assert [sentence.numbers for sentence in sentences] == [(1, 2), (2, 3)]
    assert [source.quote for source in sources] == [
        "It was winter.",
        "The bridge was closed.",
        "In spring it opened.",
    ]


def test_a_sentence_names_a_source_once() -> None:
    claim = Claim(text="One.", citations=(span(10, 32), span(10, 32)))
    sentences, sources = number_citations([claim], (), find=find)
    assert sentences[0].numbers == (1,)
    assert len(sources) == 1


def test_a_source_stands_in_the_passage_that_holds_it() -> None:
    passage = replace(make_passage(TEXT[10:47]), start=10, end=47)
    _, (source,) = number_citations(
        [Claim(text="One.", citations=(span(33, 47),))], [passage], find=find
    )
    assert (source.before, source.quote, source.after) == (
        "The bridge was closed. ",
        "It was winter.",
        "",
    )


def test_a_passage_that_does_not_hold_the_very_words_is_not_used() -> None:
    passage = replace(make_passage("Some other words than those."), start=10, end=38)
    _, (source,) = number_citations(
        [Claim(text="One.", citations=(span(10, 32),))], [passage], find=find
    )
    assert (source.before, source.after) == ("", "")
    assert source.quote == "The bridge was closed."


def test_a_source_of_an_essay_no_longer_in_use_keeps_its_words() -> None:
    _, (source,) = number_citations([make_claim()], (), find=find_nothing)
    assert source.quote == make_citation().quote
    assert source.place == ""


def test_a_source_of_an_essay_no_longer_in_use_keeps_its_place() -> None:
    citation = replace(make_citation(), paragraph=4, page="xiv", heading="Floods")
    _, (source,) = number_citations(
        [Claim(text="One.", citations=(citation,))], (), find=find_nothing
    )
    assert (source.place, source.heading) == ("page xiv, paragraph 4", "Floods")


def test_a_source_of_an_essay_that_changed_says_so_at_its_own_words() -> None:
    _, (source,) = number_citations(
        [Claim(text="One.", citations=(span(33, 47),))],
        (),
        find=lambda _: FoundEssay(document=make_document(), remark="It has changed since."),
    )
    assert (source.quote, source.remark) == ("It was winter.", "It has changed since.")
    assert source.place == "paragraph 2 of 3"


def test_a_source_of_a_cut_off_essay_says_so() -> None:
    _, (source,) = number_citations(
        [make_claim()], (), find=lambda _: FoundEssay(document=make_document(is_truncated=True))
    )
    assert source.is_partial


def test_a_partial_claim_is_marked_with_its_reason_and_a_supported_one_is_not() -> None:
    partial = replace(make_claim(), verdict=Verdict.PARTIAL, reason="1907 is not in the passage")
    sentences, _ = number_citations([make_claim(), partial], (), find=find)
    assert [one.mark for one in sentences] == [
        "",
        "partly supported: 1907 is not in the passage",
    ]
