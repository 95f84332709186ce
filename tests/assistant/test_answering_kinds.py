"""Questions over whole essays: summed up, counted, listed, compared."""

import threading
from itertools import groupby

import pytest

from assistant.answering import Assistant
from assistant.answers import Answer, EvidenceSelected, QueryMade, Reason
from tests.assistant.corpora import BRIDGE, MILL, ask, build_index, final
from tests.fakes import FakeModel
from tests.index.essays import make_document

INDEX = build_index()
ACROSS = "What do the essays say about carts and weavers?"


def ask_unasked(question: str) -> Answer:
    """Return the answer to a question for which no model may be asked."""
    model = FakeModel()
    answer = final(list(Assistant(INDEX, model).ask(question, cancelled=threading.Event())))
    assert model.requests == []
    return answer


def test_an_overview_of_an_essay_is_its_own_sentences() -> None:
    events = ask(INDEX, question="Summarise the essay on mills")
    answer = final(events)
    assert [type(event) for event in events][:2] == [QueryMade, EvidenceSelected]
    assert answer.claims
    assert not answer.abstained
    assert answer.is_by_essay
    for claim in answer.claims:
        assert claim.citations[0].essay_id == MILL.id
        assert claim.text == f"A. Writer writes: “{claim.citations[0].quote}”"


def test_an_overview_of_many_essays_says_that_it_stops_at_some() -> None:
    essays = [
        make_document(
            f"This essay argues that the mill of village {number} closed because of the frost.",
            title=f"Mills of Village {number}",
            name=f"{number}.md",
        )
        for number in range(6)
    ]
    answer = final(ask(build_index(essays), question="Summarise all the essays"))
    shown = {claim.citations[0].essay for claim in answer.claims}
    assert 0 < len(shown) < 6
    assert f"first {len(shown)} of 6 essays" in answer.notice


@pytest.mark.parametrize(
    "question", ["Which essays mention iron?", "How many essays mention iron?"]
)
def test_mentions_are_counted_without_a_model_and_each_essay_is_quoted(question: str) -> None:
    answer = ask_unasked(question)
    assert answer.notice == "1 of the 2 essays mentions “iron”, in 1 of 3 passages."
    (claim,) = answer.claims
    assert claim.citations[0].essay_id == BRIDGE.id
    assert claim.citations[0].quote == "The new bridge was made of iron."
    assert answer.reason is Reason.ANSWERED


def test_what_no_essay_mentions_is_counted_as_none() -> None:
    answer = ask_unasked("Which essays mention sunflowers?")
    assert "None of the 2 essays mentions “sunflowers”" in answer.notice
    assert answer.claims == ()


def test_a_list_says_over_how_many_passages_it_was_looked() -> None:
    draft = "The new bridge was made of iron."
    answer = final(ask(INDEX, draft, question="List all that the new bridge was made of"))
    assert answer.text == draft
    assert "3 passages of 2 essays" in answer.notice


def test_a_question_across_essays_is_answered_essay_by_essay() -> None:
    drafts = ("The bridge carried 400 carts a day.", "The weavers moved to Kestrel.")
    answer = final(ask(INDEX, *drafts, question=ACROSS))
    assert tuple(claim.text for claim in answer.claims) == drafts
    assert [claim.citations[0].essay_id for claim in answer.claims] == [BRIDGE.id, MILL.id]
    assert answer.is_by_essay


def test_no_essay_speaks_for_another() -> None:
    draft = "The weavers moved to Kestrel."
    answer = final(ask(INDEX, draft, draft, question=ACROSS))
    assert [claim.text for claim in answer.withheld] == [draft]
    essays = [claim.citations[0].essay_id for claim in answer.claims]
    assert essays == [BRIDGE.id, MILL.id]
    assert answer.claims[0].text.startswith("“On Bridges” says: “")


def test_a_question_across_essays_that_one_alone_answers_is_answered_as_any_other() -> None:
    question = "Do the essays agree about winter?"
    answer = final(ask(INDEX, "Pell closed the mill in winter.", question=question))
    assert not answer.is_by_essay
    assert answer.claims[0].text == "Pell closed the mill in winter."


@pytest.mark.parametrize("question", [ACROSS, "Summarise all the essays"])
def test_the_claims_of_one_essay_stand_together(question: str) -> None:
    drafts = ("It fell in a storm. The bridge carried carts.", "Weavers moved to Kestrel.")
    answer = final(ask(INDEX, *drafts, question=question))
    essays = [essay for essay, _ in groupby(one.citations[0].essay_id for one in answer.claims)]
    assert len(essays) == len(set(essays)) == 2
