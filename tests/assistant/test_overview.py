"""What an essay argues, by its own leading claims."""

from pathlib import Path

import pytest

from assistant.evidence import Evidence
from assistant.overview import lead_evidence
from index.bm25 import Bm25Index
from index.corpus import Document, load_corpus
from index.passages import split_passages
from tests.index.essays import make_document

ESSAYS = Path(__file__).parents[2] / "index" / "essays"

MILL = make_document(
    "The End of the Mill\n\n"
    "Nobody in Harrow has forgotten the winter of the frozen river. Was the river to blame for"
    " the end of the mill? This essay argues that the owners of the mill closed it for money.\n\n"
    "The mill was built in 1874. Pell bought it, and 400 weavers came to work there.\n\n"
    "Lind said: “The owners of the mill closed the mill for money and for nothing else at all.”"
    " It rained on the green towers of the town for weeks that year.\n\n"
    "In conclusion, the owners let the mill of Harrow die because it paid them to. They left"
    " the town.",
    title="The Owners of the Mill",
)


def lead(document: Document, *, max_sentences: int = 2) -> list[str]:
    index = Bm25Index(split_passages(document, words=40))
    return [
        " ".join(one.sentence.text.split())
        for one in lead_evidence([document], index, max_sentences=max_sentences)
    ]


def test_the_thesis_and_the_conclusion_lead() -> None:
    assert lead(MILL) == [
        "This essay argues that the owners of the mill closed it for money.",
        "In conclusion, the owners let the mill of Harrow die because it paid them to.",
    ]


def test_the_sentences_stand_in_the_order_of_the_text() -> None:
    found = lead(MILL, max_sentences=6)
    places = [" ".join(MILL.text.split()).index(one) for one in found]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "left_out",
    ["The End of the Mill", "Was the river to blame", "“The owners of the mill closed"],
)
def test_headings_questions_and_words_of_others_are_left_out(left_out: str) -> None:
    assert not any(left_out in one for one in lead(MILL, max_sentences=20))


def test_what_is_said_twice_is_taken_once() -> None:
    thesis = "This essay argues that the owners of the mill closed it for money."
    twice = make_document(f"{thesis}\n\nIt rained on the towers of the town.\n\n{thesis}")
    assert lead(twice, max_sentences=5).count(thesis) == 1


def test_a_cut_off_sentence_does_not_lead() -> None:
    text = "The owners of the mill wanted money.\n\nIn conclusion, the owners of the mill had ..."
    assert lead(make_document(text), max_sentences=5) == ["The owners of the mill wanted money."]


@pytest.mark.parametrize("text", ["Mills", "He left.", "Why did the mill of Harrow close at all?"])
def test_an_essay_without_a_statement_has_no_lead(text: str) -> None:
    assert lead(make_document(text)) == []


def test_no_sentences_wanted_are_none_given() -> None:
    assert lead(MILL, max_sentences=0) == []


def test_each_essay_has_its_own_lead_in_the_order_asked() -> None:
    other = make_document("The bridge of the Tarn was a work of pride and of nothing else.")
    index = Bm25Index([*split_passages(MILL), *split_passages(other)])
    found = lead_evidence([other, MILL], index, max_sentences=1)
    assert [one.passage.document.id for one in found] == [other.id, MILL.id]


def read_default_leads() -> dict[str, tuple[Evidence, ...]]:
    documents = load_corpus([ESSAYS]).documents
    index = Bm25Index([passage for one in documents for passage in split_passages(one)])
    return {one.name: lead_evidence([one], index, max_sentences=4) for one in documents}


LEADS = read_default_leads()


@pytest.mark.parametrize(
    ("name", "thesis"),
    [
        (
            "accident-and-office.md",
            "It is therefore misleading to describe the years that followed as a struggle for"
            " power.",
        ),
        (
            "collector-of-posts.md",
            "Stalin made it so, because he used the position in a new way, until his power over"
            " the USSR was beyond dispute.",
        ),
        (
            "levers-of-power.md",
            "I conclude that the office of General Secretary was the first cause of Stalin’s"
            " success and that skill in using it was the second.",
        ),
        ("man-in-the-centre.md", "I want to quarrel with the word “luck”."),
        (
            "roads-to-1929.md",
            "The early stages are the best known and the most romantic, and I shall argue that"
            " they counted least.",
        ),
    ],
)
def test_the_case_of_each_default_essay_is_found(name: str, thesis: str) -> None:
    assert thesis in [one.sentence.text for one in LEADS[name]]


@pytest.mark.parametrize("name", sorted(LEADS))
def test_leads_are_spans_of_their_essay(name: str) -> None:
    assert LEADS[name]
    for one in LEADS[name]:
        text = one.passage.document.text
        assert text[one.sentence.start : one.sentence.end] == one.sentence.text
        assert 0 <= one.coverage <= 1
