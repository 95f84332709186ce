"""From drafts to cited claims."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.checks.support import Verdict
from assistant.evidence import Evidence
from assistant.grounding import (
    Claim,
    check_claim,
    split_claims,
    split_draft,
)
from index.analysis import tokenize
from index.passages import split_passages
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


def check(claim: str, *texts: str) -> Claim:
    """Check a claim against sentences whose words are common unless they are names."""
    names = set(tokenize("Pell Lind Vey Dahl Marsh Roth"))
    return check_claim(
        claim, make_evidence(*texts), weigh=alike, is_word=lambda term: term not in names
    )


def quotes(claim: Claim) -> list[str]:
    return [one.quote for one in claim.citations]


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


def test_the_items_of_a_list_are_sentences_of_their_own() -> None:
    draft = "Two things:\n- the **mill** closed\n- the bridge fell"
    assert split_draft(draft) == ("Two things:", "the mill closed", "the bridge fell")


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


# Citations


MILL_EVIDENCE = tuple(
    Evidence(passage=passage, sentence=sentence, score=1.0, coverage=0.0)
    for passage in split_passages(MILL, words=30)
    for sentence in passage.sentences
)


# Claims


def test_a_claim_is_supported_by_the_sentence_that_says_it() -> None:
    texts = ("Rain fell on the town.", "Pell closed the mill in the winter of 1903.")
    claim = check("Pell closed the mill in 1903.", *texts)
    assert (claim.verdict, quotes(claim), claim.reason) == (Verdict.SUPPORTED, [texts[1]], "")


def test_a_claim_of_two_parts_cites_two_sentences() -> None:
    texts = ("Rain fell.", "Vey painted the towers green.", "Pell closed the old mill in winter.")
    claim = check("Pell closed the old mill in winter, and Vey painted the towers green.", *texts)
    assert claim.verdict is Verdict.SUPPORTED
    assert set(quotes(claim)) == {texts[1], texts[2]}


def test_a_claim_patched_from_two_sentences_is_partial() -> None:
    texts = ("Pell closed the old mill in winter.", "Vey painted the towers of the bridge green.")
    claim = check("Pell painted the old mill green for the towers in winter.", *texts)
    assert claim.verdict is Verdict.PARTIAL


def test_a_reason_is_not_given_to_what_its_passage_does_not_speak_of() -> None:
    texts = ("Because the weavers were poor, Vey helped them.", "Pell closed the mill in winter.")
    invented = check("Pell sold his ship because the weavers were poor.", *texts)
    assert invented.verdict is Verdict.UNSUPPORTED
    assert "does not speak of" in invented.reason
    told = check("Vey helped the weavers because they were poor.", *texts)
    assert told.verdict is Verdict.SUPPORTED


def test_a_sentence_that_breaks_no_rule_is_cited_before_one_with_more_of_the_words() -> None:
    texts = (
        "Pell closed the old mill at night in 1903.",
        "The old mill was closed in 1904 by Pell.",
    )
    claim = check("Pell closed the old mill at night in 1904.", texts[0], texts[1])
    assert texts[1] in quotes(claim)


@pytest.mark.parametrize("claim", ["", "of the and", "Cheese rots slowly upstairs.", "…"], ids=repr)
def test_a_claim_that_nothing_carries_is_unsupported_without_citation(claim: str) -> None:
    checked = check(claim, "Pell closed the mill.")
    assert (checked.verdict, checked.support, checked.citations) == (Verdict.UNSUPPORTED, 0.0, ())
    assert checked.reason


def test_without_evidence_nothing_is_supported() -> None:
    assert check("Pell closed the mill.").verdict is Verdict.UNSUPPORTED


def test_a_year_that_nearer_evidence_gives_otherwise_is_doubted() -> None:
    texts = (
        "Lind wished to remove Pell as keeper of the light in 1904.",
        "It was in 1903 that Pell became keeper of the light.",
    )
    claim = check("Pell became keeper of the light in 1904.", *texts)
    assert (claim.verdict, claim.reason) == (
        Verdict.PARTIAL,
        "another passage found gives 1903 for this",
    )
    assert check("Pell became keeper of the light in 1903.", *texts).verdict is Verdict.SUPPORTED


# Pronouns


def essay_evidence(text: str, quote: str) -> tuple[Evidence, ...]:
    """Return the one sentence of an essay, split into passages of a sentence each."""
    passages = split_passages(make_document(text, title="Lights", name="a.txt"), words=1)
    found = [(p, s) for p in passages for s in p.sentences if quote in s.text]
    return tuple(Evidence(passage=p, sentence=s, score=1.0, coverage=1.0) for p, s in found)


KEEPER = "Dahl kept the light for thirty years. The winters were long. {} She demanded a new lamp."


def check_demand(between: str) -> Claim:
    evidence = essay_evidence(KEEPER.format(between), "demanded")
    names = {"dahl", "roth"}
    return check_claim(
        "Dahl demanded a new lamp.",
        evidence,
        weigh=alike,
        is_word=lambda term: term not in names,
    )


def test_whom_a_pronoun_means_is_the_second_citation() -> None:
    claim = check_demand("The lamp smoked.")
    assert claim.verdict is Verdict.SUPPORTED
    assert quotes(claim) == ["She demanded a new lamp.", "Dahl kept the light for thirty years."]


def test_another_name_between_makes_the_pronoun_doubtful() -> None:
    claim = check_demand("Then Roth came to Skerne.")
    assert (claim.verdict, claim.reason) == (
        Verdict.UNSUPPORTED,
        "Dahl is not in the cited passage",
    )


def test_a_place_between_leaves_the_pronoun_plain() -> None:
    assert check_demand("The lamp at Roth smoked.").verdict is Verdict.SUPPORTED


def test_a_name_is_not_looked_for_where_there_is_no_pronoun() -> None:
    evidence = essay_evidence(
        "Dahl kept the light. The winters were long. The town demanded a new lamp.", "demanded"
    )
    claim = check_claim("Dahl demanded a new lamp.", evidence, weigh=alike)
    assert claim.verdict is Verdict.UNSUPPORTED


# Halves


def test_halves_that_rest_on_different_evidence_are_claims_of_their_own() -> None:
    evidence = make_evidence("Pell closed the old mill.", "Vey painted the iron bridge green.")
    sentence = "Pell closed the old mill, and Vey painted the iron bridge."
    assert split_claims(sentence, evidence, weigh=alike) == (
        "Pell closed the old mill.",
        "Vey painted the iron bridge.",
    )


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("Pell closed the old mill in 1903.", id="no joint"),
        pytest.param("Pell closed the old mill, and painted the iron bridge.", id="no subject"),
        pytest.param("Pell closed the old mill, and he painted it.", id="a pronoun"),
        pytest.param("Pell closed the old mill, Vey, and Lind.", id="names in a row"),
        pytest.param('Vey said "Pell closed the mill, and Lind painted the bridge".', id="quoted"),
    ],
)
def test_a_sentence_is_kept_whole_unless_both_halves_stand_alone(sentence: str) -> None:
    evidence = make_evidence("Pell closed the old mill.", "Vey painted the iron bridge green.")
    assert split_claims(sentence, evidence, weigh=alike) == (sentence,)


def test_halves_that_one_sentence_carries_stay_together() -> None:
    text = "Pell closed the old mill, and Vey painted the iron bridge."
    evidence = make_evidence(text, "Rain fell on the town.")
    assert split_claims(text, evidence, weigh=alike) == (text,)


# What holds for every claim


@given(st.text(max_size=80) | st.lists(st.sampled_from(MILL.text.split())).map(" ".join))
def test_every_citation_of_a_checked_claim_is_verbatim(text: str) -> None:
    claim = check_claim(text, MILL_EVIDENCE, weigh=alike)
    assert 0 <= claim.support <= 1
    assert len(claim.citations) <= 2
    assert all(MILL.text[one.start : one.end] == one.quote for one in claim.citations)
    assert bool(claim.reason) is (claim.verdict is not Verdict.SUPPORTED)
