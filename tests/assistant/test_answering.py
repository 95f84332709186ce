"""From a question to an answer, with a model whose words are made up."""

import threading
from collections.abc import Iterator

import pytest

from assistant.answering import Assistant
from assistant.answers import (
    Answer,
    Answered,
    ClaimChecked,
    EvidenceSelected,
    PassagesFound,
    QueryMade,
    QuotesChosen,
    Reason,
)
from assistant.checks.support import Verdict
from assistant.judging import FITTED, Caution, is_doubtful
from assistant.questions.querying import Turn
from assistant.settings import DEFAULT_MODEL
from tests.assistant.corpora import (
    DOCUMENTS,
    PROMPTS,
    QUESTION,
    ask,
    build_index,
    count_offered,
    final,
    make_model,
    spread,
)
from tests.fakes import FakeModel

INDEX = build_index()
DRAFT = "Pell closed the mill because the river had frozen."
HOPELESS = "How many horses did the miller's brother own at the fair of Kestrel?"
TEXTS = {document.id: document.text for document in DOCUMENTS}
MODELS = ["fake", *FITTED]


def ask_unasked(question: str) -> Answer:
    """Return the answer to a question for which no model may be asked."""
    model = FakeModel()
    answer = final(list(Assistant(INDEX, model).ask(question, cancelled=threading.Event())))
    assert model.requests == []
    return answer


def test_the_steps_come_in_the_order_in_which_a_question_travels() -> None:
    kinds = [type(event) for event in ask(INDEX, f"{DRAFT} Weavers moved to Kestrel.")]
    assert kinds == [
        QueryMade,
        PassagesFound,
        EvidenceSelected,
        QuotesChosen,
        ClaimChecked,
        ClaimChecked,
        Answered,
    ]


def test_the_answer_holds_what_the_events_told() -> None:
    made, found, selected, chosen, checked, answered = ask(INDEX, DRAFT)
    assert isinstance(answered, Answered)
    answer = answered.answer
    assert isinstance(made, QueryMade)
    assert (answer.query, answer.expanded) == (made.query, made.expanded)
    assert isinstance(found, PassagesFound)
    assert answer.passages == found.passages
    assert isinstance(selected, EvidenceSelected)
    assert answer.evidence == selected.evidence
    assert isinstance(chosen, QuotesChosen)
    assert answer.quotes == chosen.quotes
    assert (answer.p_none, answer.doubt) == (chosen.p_none, chosen.doubt)
    assert isinstance(checked, ClaimChecked)
    assert answer.claims == (checked.claim,)
    assert answer.text == DRAFT
    assert answer.reason is Reason.ANSWERED
    assert not answer.abstained
    assert (answer.withheld, answer.missing, answer.notice) == ((), (), "")
    assert answer.model == "fake"


def test_a_claim_cites_the_sentence_that_carries_it() -> None:
    (claim,) = final(ask(INDEX, DRAFT)).claims
    assert claim.citations[0].quote == (
        "Pell closed the mill in the winter of 1903, because the river had frozen."
    )
    assert claim.verdict is Verdict.SUPPORTED


def test_quotes_and_evidence_are_verbatim_spans_too() -> None:
    answer = final(ask(INDEX, DRAFT))
    assert answer.quotes
    assert set(answer.quotes) <= set(answer.evidence)
    for one in answer.evidence:
        assert TEXTS[one.essay_id][one.start : one.end] == one.quote


def test_passages_are_numbered_by_rank_and_verbatim() -> None:
    answer = final(ask(INDEX, DRAFT))
    assert [one.rank for one in answer.passages] == list(range(1, len(answer.passages) + 1))
    for one in answer.passages:
        assert TEXTS[one.essay_id][one.start : one.end] == one.text


def test_the_model_is_offered_the_evidence_and_none() -> None:
    model = make_model(INDEX, DRAFT)
    events = list(Assistant(INDEX, model).ask(QUESTION, cancelled=threading.Event()))
    selected = next(event for event in events if isinstance(event, EvidenceSelected))
    *offered, none = model.requests[0].texts
    assert [text.strip() for text in offered] == [one.quote for one in selected.evidence]
    assert none.strip() == PROMPTS.none_text


def test_the_model_chooses_then_weighs_how_it_would_begin_then_writes() -> None:
    model = make_model(INDEX, DRAFT)
    list(Assistant(INDEX, model).ask(QUESTION, cancelled=threading.Event()))
    choice, opening, draft = model.requests
    assert len(choice.texts) > 1
    assert opening.is_opening
    assert [text.strip() for text in opening.texts] == [PROMPTS.none_text]
    assert draft.max_tokens > 0
    assert opening.prefix == draft.prefix, "it writes on from where it was weighed"


def test_every_prompt_starts_with_the_head_that_is_evaluated_once() -> None:
    model = make_model(INDEX, DRAFT)
    list(Assistant(INDEX, model).ask(QUESTION, cancelled=threading.Event()))
    head = PROMPTS.render_head()
    assert len(model.requests) == 3
    assert all(request.messages[: len(head)] == head for request in model.requests)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("hello", "Hello"),
        ("Thank you very much!", "welcome"),
        ("who are you?", "2 essays"),
        ("", "question"),
        (" \u200b ", "question"),
        ("?!", "question"),
        ("\x00", "question"),
        ("“”", "question"),
        ("asdf", "question"),
        ("Which essays are there?", "“On Bridges”"),
        ("Summarise this essay", "Which essay do you mean?"),
    ],
)
def test_what_is_no_question_about_the_essays_gets_a_reply(question: str, said: str) -> None:
    answer = ask_unasked(question)
    assert said in answer.notice
    assert answer.reason is Reason.REPLIED
    assert not answer.abstained
    assert (answer.claims, answer.passages, answer.evidence) == ((), (), ())


def test_a_greeting_before_a_question_is_no_reason_not_to_answer() -> None:
    assert final(ask(INDEX, DRAFT, question=f"Hello! {QUESTION}")).text == DRAFT


def test_it_abstains_when_no_passage_shares_a_term_and_asks_no_model() -> None:
    answer = ask_unasked("Who painted sunflowers?")
    assert answer.abstained
    assert answer.reason is Reason.NO_PASSAGES
    assert (answer.passages, answer.evidence, answer.p_none) == ((), (), 1.0)
    assert "“sunflowers”" in answer.notice


def test_a_question_of_stop_words_alone_is_declined() -> None:
    answer = ask_unasked("Who was he?")
    assert answer.reason is Reason.NO_PASSAGES
    assert answer.notice


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("Why did Pell close the mill for Oswin?", ("Oswin",)),
        ("Did Pell close the mill in 1950?", ("1950",)),
        ("Did Pell sell the mill to Anton Zubov in 1950?", ("Anton Zubov", "1950")),
    ],
    ids=["name", "year", "both"],
)
def test_a_question_about_what_no_essay_names_is_declined_unasked(
    question: str, missing: tuple[str, ...]
) -> None:
    answer = ask_unasked(question)
    assert answer.abstained
    assert answer.reason is Reason.NOT_IN_EVIDENCE
    assert answer.missing == missing
    assert all(f"“{name}”" in answer.notice for name in missing)
    assert answer.passages, "the closest are shown"
    assert answer.claims == ()


def test_a_misspelt_word_is_searched_for_as_the_essays_spell_it() -> None:
    events = ask(INDEX, "Agnes Lind found the weavers work.", question="Who found the weavrs work?")
    answer = final(events)
    assert [(one.word, one.spellings) for one in answer.expanded] == [("weavrs", ("weavers",))]
    assert answer.text == "Agnes Lind found the weavers work."
    assert answer.query == "Who found the weavrs work?", "the question stays as it was typed"


def test_a_question_in_the_words_of_the_essays_is_not_expanded() -> None:
    assert final(ask(INDEX, DRAFT)).expanded == ()


@pytest.mark.parametrize("name", MODELS)
def test_it_declines_with_the_closest_passages_where_all_speaks_against_an_answer(
    name: str,
) -> None:
    events = ask(INDEX, DRAFT, question=HOPELESS, p_none=0.99, opening=0.99, name=name)
    answer = final(events)
    assert [type(event) for event in events][-2:] == [QuotesChosen, Answered], "it does not write"
    assert answer.abstained
    assert answer.reason is Reason.NOT_IN_EVIDENCE
    assert answer.passages
    assert answer.notice
    assert answer.p_none == pytest.approx(0.99)


@pytest.mark.parametrize("caution", list(Caution))
@pytest.mark.parametrize("name", MODELS)
def test_it_answers_where_all_speaks_for_an_answer(name: str, caution: Caution) -> None:
    assert final(ask(INDEX, DRAFT, name=name, caution=caution)).text == DRAFT


@pytest.mark.parametrize("caution", list(Caution))
@pytest.mark.parametrize("question", [QUESTION, HOPELESS], ids=["covered", "hopeless"])
@pytest.mark.parametrize("likely", [0.0, 0.5, 1.0])
def test_it_writes_exactly_when_the_doubt_is_not_too_great_for_the_caution(
    caution: Caution, question: str, likely: float
) -> None:
    events = ask(INDEX, DRAFT, question=question, p_none=likely, opening=likely, caution=caution)
    answer = final(events)
    is_declined = answer.reason is Reason.NOT_IN_EVIDENCE
    assert is_declined == is_doubtful(answer.doubt, caution)
    assert answer.caution is caution


def test_the_likelier_none_is_the_greater_the_doubt() -> None:
    def doubt(p_none: float, opening: float) -> float:
        return final(ask(INDEX, DRAFT, p_none=p_none, opening=opening)).doubt

    assert doubt(0.0, 0.0) < doubt(0.9, 0.0) < doubt(0.9, 0.9)
    assert doubt(0.0, 0.0) < doubt(0.0, 0.9)


def test_the_model_may_still_say_that_none_answers() -> None:
    answer = final(ask(INDEX, PROMPTS.none_text))
    assert answer.abstained
    assert answer.reason is Reason.NOT_IN_EVIDENCE
    assert (answer.claims, answer.withheld) == ((), ())
    assert answer.passages
    assert "left out" not in answer.notice, "it wrote nothing that could be"


def test_a_question_of_time_that_no_quote_tells_is_declined_with_what_was_left_out() -> None:
    question = "When was a bridge made of iron?"
    draft = "The new bridge was made of iron."
    events = ask(INDEX, draft, question=question, caution=Caution.BOLD, name=DEFAULT_MODEL)
    answer = final(events)
    assert answer.abstained
    assert answer.reason is Reason.UNSUPPORTED
    assert [claim.reason for claim in answer.withheld] == ["it tells no time"]
    assert answer.notice


def test_a_stop_before_the_first_word_is_no_abstention() -> None:
    cancelled = threading.Event()
    cancelled.set()
    answer = final(list(Assistant(INDEX, FakeModel()).ask(QUESTION, cancelled=cancelled)))
    assert answer.is_stopped
    assert not answer.abstained
    assert answer.reason is Reason.STOPPED
    assert answer.claims == ()
    assert answer.notice == ""
    assert answer.passages, "what was found until then stays"


@pytest.mark.parametrize("kind", [EvidenceSelected, QuotesChosen, ClaimChecked])
def test_a_stop_ends_the_stream_at_the_next_word(kind: type) -> None:
    cancelled = threading.Event()
    model = make_model(INDEX, f"{DRAFT} The weavers moved to Kestrel for work.")
    events = []
    for event in Assistant(INDEX, model).ask(QUESTION, cancelled=cancelled):
        events.append(event)
        if isinstance(event, kind):
            cancelled.set()
    assert [type(event) for event in events][-2:] == [kind, Answered]
    answer = final(events)
    assert answer.text == (DRAFT if kind is ClaimChecked else "")
    assert answer.is_stopped
    assert not answer.abstained
    assert answer.reason is Reason.STOPPED
    assert (answer.usage.generated > 0) == (kind is ClaimChecked)


def test_a_sentence_is_shown_before_the_next_one_is_whole() -> None:
    model = make_model(INDEX, f"{DRAFT} The weavers moved to Kestrel for work.")
    seen: Iterator[object] = Assistant(INDEX, model).ask(QUESTION, cancelled=threading.Event())
    first = next(event for event in seen if isinstance(event, ClaimChecked))
    assert first.claim.text == DRAFT


def test_a_followup_is_searched_for_with_what_it_refers_to() -> None:
    history = (Turn(question="Who found the weavers work?", answer="Agnes Lind found them work."),)
    question = "What did she call the closing?"
    draft = "Lind called the closing a cold piece of business."
    events = ask(INDEX, draft, question=question, history=history)
    made = events[0]
    assert isinstance(made, QueryMade)
    assert "Lind" in made.query
    assert final(events).question == question
    assert final(events).text == draft


def test_a_new_topic_takes_nothing_over() -> None:
    history = (Turn(question="Who closed the mill?", answer="Pell closed the mill."),)
    made = ask(INDEX, "", question="What was the new bridge made of?", history=history)[0]
    assert made == QueryMade(query="What was the new bridge made of?")


def test_usage_adds_the_tokens_of_all_requests() -> None:
    model = make_model(INDEX, DRAFT)
    answer = final(list(Assistant(INDEX, model).ask(QUESTION, cancelled=threading.Event())))
    sizes = [
        sum(len(text.split()) for text in (*(m.content for m in one.messages), one.prefix))
        for one in model.requests
    ]
    assert len(sizes) == 3
    assert answer.usage.evaluated == sum(sizes)
    assert answer.usage.prompt == max(sizes)
    assert answer.usage.generated == len(DRAFT.split())


def test_the_times_stand_in_order() -> None:
    seconds = final(ask(INDEX, DRAFT)).seconds
    assert 0 <= seconds.search <= seconds.first_token <= seconds.total


def test_two_questions_of_one_assistant_do_not_mix() -> None:
    other = "What was the new bridge made of?"
    choices = [spread(count_offered(INDEX, one), 0) for one in (QUESTION, other)]
    model = FakeModel([DRAFT, "The new bridge was made of iron."], choices)
    assistant = Assistant(INDEX, model)
    first = final(list(assistant.ask(QUESTION, cancelled=threading.Event())))
    second = final(list(assistant.ask(other, cancelled=threading.Event())))
    assert first.text == DRAFT
    assert second.text == "The new bridge was made of iron."
    assert second.claims[0].citations[0].essay == "north/bridges.md"


def test_an_answer_of_quotations_alone_says_why() -> None:
    choices = [spread(count_offered(INDEX, QUESTION, ()), 0.0)]
    small = FakeModel(choices=choices, n_parameters=500_000_000, name="tiny")
    events = Assistant(INDEX, small, prompts=PROMPTS).ask(QUESTION, cancelled=threading.Event())
    answer = final(list(events))
    assert answer.text.startswith("A. Writer writes: “")
    assert "tiny is too small to word answers" in answer.notice
