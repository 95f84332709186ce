"""From drafts to cited claims."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evidence import Evidence
from assistant.grounding import align_claim, find_foreign, split_draft
from index.analysis import tokenize
from index.passages import Sentence, split_passages
from tests.assistant.corpora import MILL
from tests.index.essays import make_document


def make_evidence(*texts: str) -> tuple[Evidence, ...]:
    """Return sentences as evidence, each a paragraph of one essay."""
    document = make_document("\n\n".join(texts), title="Sentences", name="sentences.txt")
    passages = split_passages(document, words=1)
    return tuple(
        Evidence(passage=passage, sentence=sentence, score=1.0, coverage=0.0)
        for passage in passages
        for sentence in passage.sentences
    )


def alike(term: str) -> float:
    return 1.0


def cited(claim: str, *texts: str) -> list[str]:
    return [one.quote for one in align_claim(claim, make_evidence(*texts), weigh=alike)]


def known(text: str) -> frozenset[str]:
    return frozenset(tokenize(text))


# Drafts


@pytest.mark.parametrize("draft", ["", "  \n ", "[1]", "[1] [2]"])
def test_a_draft_without_words_has_no_sentence(draft: str) -> None:
    assert split_draft(draft) == ()


def test_a_draft_is_split_into_its_sentences_in_order() -> None:
    draft = "J. V. Pell closed it. Mr. Lind, who was 3.5 miles away, agreed! Why did they stay?"
    assert split_draft(draft) == (
        "J. V. Pell closed it.",
        "Mr. Lind, who was 3.5 miles away, agreed!",
        "Why did they stay?",
    )


def test_white_space_of_every_kind_becomes_one_space() -> None:
    assert split_draft("The  mill\u00a0closed\tin\nwinter.") == ("The mill closed in winter.",)


def test_markers_are_taken_out_with_the_space_before_them() -> None:
    assert split_draft("The mill closed [1], and [2, 3] men left [see 4].") == (
        "The mill closed, and men left.",
    )


@given(st.text(max_size=200))
def test_the_sentences_of_any_draft_are_folded_and_not_empty(draft: str) -> None:
    for sentence in split_draft(draft):
        assert sentence
        assert sentence == " ".join(sentence.split())


# Names and numbers


@pytest.mark.parametrize(
    ("claim", "foreign"),
    [
        ("The mill of Vey closed.", "Vey"),
        ("The mill closed in 1904.", "1904"),
        ("The mill employed 1,904 men.", "1,904"),
        ("The mill closed in the 1920s.", "1920s"),
        ("The U.S.A. mill closed.", "U.S.A."),
        ("The mill of Pell and Vey closed in 1904.", "Vey"),
        ("The mill of Pell closed in 1903.", ""),
        ("the mill closed.", ""),
        ("", ""),
    ],
)
def test_the_first_name_or_number_that_is_not_known_is_found(claim: str, foreign: str) -> None:
    assert find_foreign(claim, known("mill Pell closed 1903"), is_word=lambda _: True) == foreign


def test_a_name_is_known_in_the_possessive_and_whatever_its_case() -> None:
    assert find_foreign("In PELL’s mill", known("the mill of Pell"), is_word=lambda _: True) == ""


def test_a_first_word_that_no_essay_uses_is_a_name() -> None:
    assert find_foreign("Vey closed it.", known("closed"), is_word=lambda _: False) == "Vey"


def test_a_first_word_that_essays_use_is_no_name() -> None:
    assert find_foreign("Merchants left.", known("left"), is_word=lambda _: True) == ""


@pytest.mark.parametrize("opening", ['"', "“", "‘", "(", "'"])
def test_a_sentence_may_start_after_an_opening_mark(opening: str) -> None:
    assert find_foreign(f"{opening}Merchants left.", known("left"), is_word=lambda _: True) == ""


# Citations


def test_a_claim_cites_the_sentence_whose_words_it_shares() -> None:
    texts = ("Pell closed the mill.", "The bridge was painted green.", "Rain fell on the town.")
    assert cited("The bridge was green.", *texts) == ["The bridge was painted green."]


def test_a_claim_of_two_parts_cites_both_sentences_the_better_first() -> None:
    texts = ("Rain fell.", "Towers were painted green.", "Pell closed the old mill in winter.")
    assert cited("Pell closed the old mill in winter, and towers were green.", *texts) == [
        "Pell closed the old mill in winter.",
        "Towers were painted green.",
    ]


def test_no_claim_has_more_than_two_citations() -> None:
    texts = ("Apples grow here.", "Pears ripen there.", "Plums fall early.", "Figs dry slowly.")
    claim = "Apples grow, pears ripen, plums fall and figs dry."
    assert len(cited(claim, *texts)) <= 2


def test_a_second_citation_must_add_something() -> None:
    texts = ("Pell closed the mill in winter.", "Pell closed the mill.")
    assert cited("Pell closed the mill in winter.", *texts) == ["Pell closed the mill in winter."]


def test_of_sentences_that_carry_alike_the_likelier_is_cited() -> None:
    texts = ("Pell closed the mill on Monday.", "Pell closed the mill on Friday.")
    assert cited("Pell closed the mill.", *texts) == [texts[0]]
    assert cited("Pell closed the mill.", *reversed(texts)) == [texts[1]]


def test_rare_words_decide_over_common_ones() -> None:
    evidence = make_evidence("The town was a big old place.", "Quinine was sold.")
    rare = dict.fromkeys(tokenize("quinine"), 9.0)
    found = align_claim("A big town had quinine.", evidence, weigh=lambda term: rare.get(term, 0.5))
    assert found[0].quote == "Quinine was sold."


@pytest.mark.parametrize("claim", ["", "of the and", "Cheese rots slowly upstairs.", "…"], ids=repr)
def test_a_claim_that_nothing_carries_has_no_citation(claim: str) -> None:
    assert cited(claim, "Pell closed the mill.") == []


def test_nothing_is_cited_where_there_is_no_evidence() -> None:
    assert align_claim("Pell closed the mill.", (), weigh=alike) == ()


def test_terms_without_any_weight_carry_nothing() -> None:
    evidence = make_evidence("Pell closed the mill.")
    assert align_claim("Pell closed the mill.", evidence, weigh=lambda term: 0.0) == ()


MILL_EVIDENCE = tuple(
    Evidence(passage=passage, sentence=sentence, score=1.0, coverage=0.0)
    for passage in split_passages(MILL, words=30)
    for sentence in passage.sentences
)


@given(st.text(max_size=80) | st.lists(st.sampled_from(MILL.text.split())).map(" ".join))
def test_every_citation_is_a_sentence_of_the_evidence_verbatim(claim: str) -> None:
    found = align_claim(claim, MILL_EVIDENCE, weigh=alike)
    offered = {Sentence(start=e.start, end=e.end, text=e.quote) for e in found}
    assert offered <= {one.sentence for one in MILL_EVIDENCE}
    assert len(found) <= 2
    assert all(MILL.text[one.start : one.end] == one.quote for one in found)
