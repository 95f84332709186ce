"""Questions asked of some of the essays only."""

import pytest

from assistant.answers import Answer, Reason
from assistant.notices import NOTHING_CHOSEN
from assistant.scope import ALL_ESSAYS, Scope
from tests.assistant.corpora import BRIDGE, DOCUMENTS, MILL, PROMPTS, ask, build_index, final
from tests.index.essays import make_document

ROPES = make_document(
    "Every ropewalk of the county stood at a river. The ropewalk at Harrow had 40 workers, and its"
    " owner Carl Ohm paid them in salt. No mill was as long as a ropewalk.",
    title="On Ropes",
    author="Agnes Lind",
    name="ropes.md",
)
INDEX = build_index((*DOCUMENTS, ROPES))
OF_BRIDGES = Scope(essay_ids=(BRIDGE.id,))


def asked(question: str, scope: Scope, *drafts: str) -> Answer:
    return final(ask(INDEX, *drafts, question=question, scope=scope))


def essays_of(answer: Answer) -> set[str]:
    """Return the essays of all that an answer shows."""
    citations = [one for claim in answer.claims for one in claim.citations]
    spans = (*citations, *answer.quotes, *answer.evidence)
    return {one.essay_id for one in spans} | {one.essay_id for one in answer.passages}


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("What carried 400 carts a day?", id="fact"),
        pytest.param("Do the essays agree about the river and the bridge?", id="across"),
        pytest.param("List all towers and bridges of iron.", id="list"),
        pytest.param("Which essays mention the bridge?", id="which"),
        pytest.param("How many essays mention the bridge?", id="count"),
        pytest.param("Summarise the essays", id="overview"),
        pytest.param("What is this essay about?", id="overview of the one"),
    ],
)
def test_all_that_is_shown_is_of_the_chosen_essay(question: str) -> None:
    answer = asked(question, OF_BRIDGES, "The bridge carried 400 carts a day.")
    assert essays_of(answer) == {BRIDGE.id}
    assert answer.scope.words == "“On Bridges”"


def test_without_a_limit_an_answer_tells_none() -> None:
    answer = asked("What carried 400 carts a day?", ALL_ESSAYS, "The bridge carried 400 carts.")
    assert answer.scope == ALL_ESSAYS


def test_scores_are_those_of_all_essays() -> None:
    question = "Which towers did merchants of the bridge pay for?"
    limited = asked(question, OF_BRIDGES, "Merchants paid.").passages
    scores = {
        one.start: one.score
        for one in asked(question, ALL_ESSAYS, "Merchants paid.").passages
        if one.essay_id == BRIDGE.id
    }
    assert {one.start: one.score for one in limited} == scores


def test_mentions_are_counted_over_the_chosen_essays() -> None:
    answer = asked("How many essays mention the ropewalk?", Scope(essay_ids=(MILL.id, ROPES.id)))
    assert answer.notice.startswith("1 of the 2 essays mentions “the ropewalk”, in ")
    n_passages = sum(one.document.id in (MILL.id, ROPES.id) for one in INDEX.passages)
    assert f"of {n_passages} passages" in answer.notice


def test_a_list_says_over_how_many_passages_of_the_chosen_essays_it_was_looked() -> None:
    answer = asked("List all towers of iron.", OF_BRIDGES, "The new bridge was made of iron.")
    n_passages = sum(one.document.id == BRIDGE.id for one in INDEX.passages)
    assert answer.notice.startswith(f"Looked through {n_passages} passage")


def test_a_name_that_only_other_essays_have_is_unknown_and_said_to_be_there() -> None:
    answer = asked("Why did Jonas Pell close the mill?", OF_BRIDGES)
    assert answer.missing == ("Jonas Pell",)
    assert answer.notice == (
        "This essay does not say: it has nothing on “Jonas Pell”. The other 2 essays, where"
        " “Jonas”, “Pell” and “close” occur, were not looked at."
    )


def test_an_abstention_says_that_the_others_were_not_looked_at() -> None:
    scope = Scope(essay_ids=(BRIDGE.id, MILL.id))
    answer = asked("What did the new bridge cost?", scope, PROMPTS.none_text)
    assert answer.abstained
    assert answer.notice.startswith("These essays do not seem to say: ")
    assert answer.notice.endswith(" The other essay was not looked at.")


def test_a_limit_to_every_essay_declines_as_without_one() -> None:
    everything = Scope(essay_ids=tuple(one.id for one in (*DOCUMENTS, ROPES)))
    question = "What did Olga Brandt build?"
    assert asked(question, everything).notice == asked(question, ALL_ESSAYS).notice


def test_spellings_are_sought_in_the_chosen_essays() -> None:
    question = "Who owned the ropewallk?"
    assert [one.spellings for one in asked(question, ALL_ESSAYS, "Ohm.").expanded] == [
        ("ropewalk",)
    ]
    assert asked(question, OF_BRIDGES).expanded == ()


def test_the_essays_of_an_author_are_asked() -> None:
    answer = asked(
        "Who paid the workers in salt?", Scope(authors=("Agnes Lind",)), "Carl Ohm paid in salt."
    )
    assert essays_of(answer) == {ROPES.id}
    assert answer.scope.words == "the essay by Agnes Lind"


def test_the_essays_listed_are_those_chosen() -> None:
    answer = asked("Which essays are there?", OF_BRIDGES)
    assert answer.notice == "There is one essay here: “On Bridges”."


@pytest.mark.parametrize(
    "question", ["Who closed the mill?", "How many essays mention the mill?", "Summarise them all"]
)
def test_if_all_that_was_chosen_is_gone_nothing_else_is_asked(question: str) -> None:
    answer = asked(question, Scope(essay_ids=("0" * 16,)))
    assert (answer.abstained, answer.reason) == (True, Reason.NO_PASSAGES)
    assert answer.notice == NOTHING_CHOSEN
    assert essays_of(answer) == set()
    assert answer.scope.words == "what is no longer there"
