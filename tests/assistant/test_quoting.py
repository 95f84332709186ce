"""Sentences of an essay that stand as claims themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.checks.pronouns import Antecedent, explain_pronoun
from assistant.checks.support import Verdict
from assistant.evidence import Evidence
from assistant.grounding import Claim
from assistant.quoting import LEAST_WORDS, introduce, is_person, quote_as_claim
from index.analysis import tokenize
from index.corpus import Document
from index.passages import split_passages
from tests.index.essays import make_document

LONG = (
    "The owners of the mill had long been warned by their engineers, who came every spring and"
    " wrote a report; in the winter of 1903 Jonas Pell closed the mill at Harrow for good because"
    " the river had frozen, and the town was silent, which had never known another trade, for"
    " weeks afterwards."
)


def make_evidence(document: Document, start_with: str = "") -> Evidence:
    for passage in split_passages(document, words=1000):
        for sentence in passage.sentences:
            if sentence.text.startswith(start_with):
                return Evidence(passage=passage, sentence=sentence, score=1.0, coverage=1.0)
    raise LookupError(start_with)


def quote(
    text: str,
    question: str = "",
    *,
    start_with: str = "",
    max_words: int = 30,
    author: str = "Agnes Lind",
    title: str = "On Mills",
) -> Claim:
    document = make_document(text, author=author, title=title)
    weights = dict.fromkeys(tokenize(question), 1.0)
    return quote_as_claim(make_evidence(document, start_with), weights=weights, max_words=max_words)


# Introductions


def test_the_author_introduces_the_words() -> None:
    claim = quote("The mill closed in the winter of 1903.")
    assert claim.text == "Agnes Lind writes: “The mill closed in the winter of 1903.”"


def test_the_title_introduces_them_where_no_author_is_known() -> None:
    claim = quote("The mill closed in the winter of 1903.", author="")
    assert claim.text == "“On Mills” says: “The mill closed in the winter of 1903.”"


@pytest.mark.parametrize(
    ("author", "title", "introduction"),
    [
        ("Pell", "On Mills", "Pell writes:"),
        ("Seneca (tr. A. Lind)", "On Mills", "Seneca writes:"),
        ("Agnes Lind and Jonas Pell", "On Mills", "Agnes Lind and Jonas Pell write:"),
        ("Agnes Lind & Jonas Pell", "On Mills", "Agnes Lind & Jonas Pell write:"),
        ("W. E. B. van der Pell", "On Mills", "W. E. B. van der Pell writes:"),
        ("Harrow school project", "On Mills", "“On Mills” says:"),
        ("", "The Frozen River: A Study of Mills", "“The Frozen River” says:"),
        ("", "XII: Of Mills", "“XII: Of Mills” says:"),
        ("", "Why was the mill at Harrow closed by 1903?", "“Why was the mill at Harrow…” says:"),
        ("", "The “Cold” River", "“The ‘Cold’ River” says:"),
    ],
)
def test_introductions_are_short_and_fluent(author: str, title: str, introduction: str) -> None:
    assert introduce(make_document("Text.", author=author, title=title)) == introduction


@pytest.mark.parametrize(
    ("author", "is_one"),
    [("Simon Skerne", True), ("jonas pell", True), ("O’Lind", True), ("The mill group", False)],
)
def test_people_are_told_from_bodies(author: str, is_one: bool) -> None:
    assert is_person(author) is is_one


# What is claimed


def test_the_claim_is_supported_by_the_sentence_itself() -> None:
    claim = quote("The mill closed in the winter of 1903.")
    (citation,) = claim.citations
    assert (claim.verdict, claim.support, claim.reason) == (Verdict.SUPPORTED, 1.0, "")
    assert citation.quote == "The mill closed in the winter of 1903."


def test_lines_of_the_source_are_folded_and_its_citation_is_not() -> None:
    claim = quote("The mill\nclosed  in the winter.")
    assert claim.text == "Agnes Lind writes: “The mill closed in the winter.”"
    assert claim.citations[0].quote == "The mill\nclosed  in the winter."


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "Lind called it “a cold piece of business”.",
            "Lind called it ‘a cold piece of business’.",
        ),
        ('Lind called it "cold" and Pell\'s.', "Lind called it ‘cold’ and Pell's."),
        (
            "Lind called it ‘cold’ and the weavers’ loss.",
            "Lind called it ‘cold’ and the weavers’ loss.",
        ),
        ("Pell wrote: “Lind says ‘no’.”", "Pell wrote: ‘Lind says “no”.’"),
        ("Pell’s mill wasn’t Lind’s mill.", "Pell’s mill wasn’t Lind’s mill."),
        ("According to Pell,\n\n“It was cold.”", "According to Pell, ‘It was cold.’"),
    ],
)
def test_inner_quotation_marks_are_nested(text: str, shown: str) -> None:
    document = make_document(text, author="Agnes Lind")
    (passage,) = split_passages(document, words=1000)
    whole = type(passage.sentences[0])(start=0, end=len(text), text=text)
    one = Evidence(passage=passage, sentence=whole, score=1.0, coverage=1.0)
    claim = quote_as_claim(one, weights={}, max_words=30)
    assert claim.text == f"Agnes Lind writes: “{shown}”"


def test_a_sentence_that_is_a_quotation_is_introduced_as_one() -> None:
    claim = quote("“The river was frozen from bank to bank.”")
    assert claim.text == "Agnes Lind quotes: “The river was frozen from bank to bank.”"
    assert claim.citations[0].quote == "The river was frozen from bank to bank."


# Length


def test_a_long_sentence_is_cut_to_the_part_that_answers() -> None:
    claim = quote(LONG, "Why was the mill at Harrow closed?")
    assert claim.text == (
        "Agnes Lind writes: “…in the winter of 1903 Jonas Pell closed the mill at Harrow for good"
        " because the river had frozen, and the town was silent…”"
    )


def test_the_citation_of_a_cut_sentence_is_the_part_shown() -> None:
    claim = quote(LONG, "Why was the mill at Harrow closed?")
    (citation,) = claim.citations
    assert LONG[citation.start : citation.end] == citation.quote
    assert f"“…{citation.quote}…”" in claim.text


def test_another_question_cuts_another_part() -> None:
    assert "wrote a report" in quote(LONG, "What did the engineers write every spring?").text


def test_more_room_shows_more() -> None:
    assert quote(LONG, "mill", max_words=60).text == f"Agnes Lind writes: “{LONG}”"


def test_a_part_may_end_within_a_quotation_which_is_closed() -> None:
    text = (
        "In her last letter Agnes Lind said of the mill: “The river, having frozen over, has taken"
        " all the work out of our hands: and there is nobody in the town that would know how to"
        " get it back before the spring.”"
    )
    claim = quote(text, "What did Lind say of the mill in her last letter?", author="Jonas Pell")
    assert "said of the mill: ‘The river, having frozen over" in claim.text
    assert claim.text.endswith("out of our hands’…”")


def test_a_sentence_without_clauses_is_cut_around_the_words_of_the_question() -> None:
    filler = " ".join(["grey"] * 30)
    claim = quote(f"The {filler} mill of Pell {filler} river.", "mill Pell")
    assert "mill of Pell" in claim.text
    assert len(claim.text.split()) == 30


def test_too_little_room_is_refused() -> None:
    with pytest.raises(ValueError, match=r"max_words is 15; give 16 or more\."):
        quote(LONG, max_words=LEAST_WORDS - 1)


WORDS = st.sampled_from(
    [
        "mill",
        "Pell",
        "1903",
        "and",
        "which",
        "frozen,",
        "river;",
        "“cold",
        "ice”",
        "(so",
        "it)",
        "–",
    ]
)


@given(st.lists(WORDS, min_size=1, max_size=60), st.integers(LEAST_WORDS, 60))
def test_no_claim_is_too_long_and_every_citation_is_verbatim(
    words: list[str], max_words: int
) -> None:
    text = "The " + " ".join(words) + "."
    document = make_document(text, author="", title="The Long Winter of the Mills at Harrow Town")
    (passage,) = split_passages(document, words=1000)
    for sentence in passage.sentences:
        one = Evidence(passage=passage, sentence=sentence, score=1.0, coverage=1.0)
        claim = quote_as_claim(one, weights={"mill": 2.0, "river": 1.0}, max_words=max_words)
        (citation,) = claim.citations
        assert len(claim.text.split()) <= max_words
        assert document.text[citation.start : citation.end] == citation.quote
        assert sentence.start <= citation.start < citation.end <= sentence.end
        letters = "".join(filter(str.isalnum, citation.quote))
        assert letters in "".join(filter(str.isalnum, claim.text))


# Pronouns

BEFORE = "Everybody feared Pell, and in time Lind feared him too."


@pytest.mark.parametrize(
    ("before", "sentence", "shown"),
    [
        ("In 1903 Pell closed the mill.", "He left Harrow.", "He [Pell] left Harrow."),
        ("In 1903 Pell closed the mill.", "His house stood.", "His [Pell’s] house stood."),
        ("Then Pell closed it.", "In 1904 he was ruined.", "In 1904 he [Pell] was ruined."),
        ("Slowly, Pell gave way.", "By then he was ill.", "By then he [Pell] was ill."),
    ],
)
def test_a_pronoun_beyond_doubt_is_explained_in_brackets(
    before: str, sentence: str, shown: str
) -> None:
    claim = quote(f"{BEFORE} {before} {sentence}", start_with=sentence)
    assert claim.text == f"Agnes Lind writes: “{shown}”"
    assert claim.citations[0].quote == sentence


@pytest.mark.parametrize(
    ("before", "sentence"),
    [
        ("Then Pell met Lind.", "He left Harrow."),
        ("Then Pell sent his brother away.", "He left Harrow."),
        ("Then Pell called him back.", "He left Harrow."),
        ("Then the mill burned.", "He left Harrow."),
        ("Then Harrow burned.", "He left."),
        ("Then Pell closed the mill.", "They left Harrow."),
        ("Then Pell closed the mill.", "He left Pell’s house."),
        ("Then Pell closed the mill.", "Lind said that he left."),
        ("Then Pell and Lind left.", "He wept."),
        ("It was the mill of Pell.", "He wept."),
        ("Then Pell closed the mill.\n\n", "He left the place."),
    ],
)
def test_a_pronoun_in_doubt_stays_alone(before: str, sentence: str) -> None:
    text = f"{BEFORE} In Harrow it snowed. {before} {sentence}"
    start = text.index(sentence, len(BEFORE))
    assert explain_pronoun(text, start, start + len(sentence)) is None


def test_the_first_sentence_of_a_text_has_nothing_before_it() -> None:
    assert explain_pronoun("He left Harrow.", 0, 15) is None


def test_an_antecedent_tells_the_pronoun_as_written() -> None:
    text = f"{BEFORE} Then Pell left. Sadly, he died."
    found = explain_pronoun(text, text.index("Sadly"), len(text))
    assert found == Antecedent(pronoun="he", name="Pell")


def test_no_name_is_added_where_it_would_make_the_claim_too_long() -> None:
    sentence = "He " + " ".join(["left"] * 26) + "."
    claim = quote(f"{BEFORE} Then Pell closed the mill. {sentence}", start_with="He left")
    assert len(claim.text.split()) == 30
    assert "[" not in claim.text
