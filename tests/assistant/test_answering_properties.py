"""What holds of an answer whatever the model writes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answers import Answer
from assistant.checks.support import Verdict
from tests.assistant.corpora import (
    QUESTION,
    ask,
    assert_names_and_numbers_are_cited,
    assert_verbatim,
    build_index,
    final,
)

INDEX = build_index()
DRAFT = "Pell closed the mill because the river had frozen."
PARTIAL = "The river had frozen and the mill of Pell had lost money with weavers leaving."
"""Of this the evidence holds a part only."""
WORDS = sorted(
    {word for one in INDEX.passages for word in one.text.split()}
    | {"Canberra", "1953", "7,000", "No", "Kestrels", "1904–05", "1900s", "Zubov’s", "not", "3.5"}
)
PIECES = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(["[99]", "[1]", "[0]", "[-3]", "[[", "]]", "[", "]", "[a]", "(2)", "【1】"]),
    st.sampled_from(["\n", "\r", "\x00", "\x1b[31m", "\u2028", "\u202e", "\u200b", "\ufeff", "…"]),
    st.sampled_from([sentence.text for one in INDEX.passages for sentence in one.sentences]),
    st.sampled_from(
        [DRAFT, PARTIAL, "<b>", "$question", "Quote:", "![](http://example.invalid/x)"]
    ),
    st.text(max_size=12),
)
DRAFTS = st.builds(
    lambda pieces, gap: gap.join(pieces), st.lists(PIECES, max_size=40), st.sampled_from(["", " "])
)
CHANGED = st.builds(
    lambda sentence, at, n_left_out, word: " ".join(
        [*sentence[:at], word, *sentence[at + n_left_out :]]
    ),
    st.sampled_from([one.text.split() for each in INDEX.passages for one in each.sentences]),
    st.integers(0, 12),
    st.integers(0, 2),
    st.sampled_from(WORDS),
)
"""Sentences of the essays with a word put in, beside others or for them: nearly supported."""
SENTENCES = st.lists(CHANGED, min_size=1, max_size=3).map(" ".join)
QUESTIONS = st.sampled_from(
    [
        QUESTION,
        "When did Pell close the mill?",
        "Did Lind find the weavers work?",
        "How many carts did the bridge carry?",
        "What do the essays say about carts and weavers?",
    ]
)


def answer_with(draft: str, question: str, *, p_none: float = 0.0) -> Answer:
    """Return the answer for which the model writes the same draft as often as it is asked."""
    return final(ask(INDEX, draft, draft, question=question, p_none=p_none))


@given(st.one_of(DRAFTS, SENTENCES), QUESTIONS, st.floats(0, 1))
def test_no_model_output_yields_a_citation_that_is_not_verbatim(
    draft: str, question: str, p_none: float
) -> None:
    answer = answer_with(draft, question, p_none=p_none)
    for claim in answer.claims:
        assert_verbatim(claim)
    for claim in answer.withheld:
        assert claim.reason
        assert claim.verdict is not Verdict.SUPPORTED
    assert answer.abstained == (not answer.claims)
    assert bool(answer.notice) >= answer.abstained


@given(st.one_of(DRAFTS, SENTENCES), QUESTIONS)
def test_no_name_or_number_of_nowhere_is_ever_shown(draft: str, question: str) -> None:
    text = answer_with(draft, question).text
    for nowhere in ("Canberra", "1953", "7,000", "Zubov", "3.5"):
        assert nowhere not in text


@settings(max_examples=300)
@given(SENTENCES, QUESTIONS)
def test_every_number_and_name_of_a_shown_claim_stands_in_what_it_cites(
    draft: str, question: str
) -> None:
    for claim in answer_with(draft, question).claims:
        assert_names_and_numbers_are_cited(INDEX, claim)
