"""Whether a sentence can be an answer."""

import pytest

from assistant.checks.relevance import find_void
from assistant.questions.expansion import analyse_query
from tests.assistant.corpora import QUESTION, build_index

INDEX = build_index()
DRAFT = "Pell closed the mill because the river had frozen."


@pytest.mark.parametrize(
    ("question", "claim", "fault"),
    [
        (QUESTION, "Pell closed the mill.", "it only repeats the question"),
        (QUESTION, "Pell closed the mill for two reasons.", "it only repeats the question"),
        (QUESTION, "For this reason Pell closed the mill.", "it only repeats the question"),
        ("Did Pell close the mill?", "Pell closed the mill.", ""),
        (QUESTION, DRAFT, ""),
        ("When did Pell close the mill?", "Pell closed it for the frost.", "it tells no time"),
        ("When did Pell close the mill?", "Pell closed it in 1903.", ""),
        ("When did Pell close the mill?", "Pell closed the mill after the long frost.", ""),
        ("When did Pell close the mill?", "Pell closed the mill on a Sunday.", ""),
        (
            "When did Pell close the mill after the frost?",
            "Pell closed the mill for Lind after the frost.",
            "it tells no time",
        ),
        ("How many carts crossed the bridge?", "The carts were heavy.", "it tells no number"),
        ("How many carts crossed the bridge?", "Over it went 400.", ""),
        ("Where did Pell learn to mill?", "Pell learnt to mill with Lind.", "it tells no place"),
        ("Where did Pell learn to mill?", "Pell learnt it in May.", "it tells no place"),
        ("Where did Pell learn to mill?", "Pell learnt it at a convent.", ""),
        ("Where did Pell learn to mill?", "Pell learnt it in Kestrel.", ""),
    ],
)
def test_a_claim_is_void_that_does_not_tell_what_is_asked(
    question: str, claim: str, fault: str
) -> None:
    assert find_void(claim, analyse_query(question, INDEX)) == fault
