"""What a question leaves out, put into words; and questions that leave nothing out."""

import pytest

from assistant.questions.followups import Said, resolve
from assistant.questions.querying import Turn, make_query

SMALL = frozenset({"merchant", "weaver", "bridg", "nobodi", "rain"})
"""Terms that the essays of these dialogues know in small letters."""


def after(question: str, *said: tuple[str, str]) -> str:
    """Return the query for a question after a dialogue."""
    turns = [Turn(question=asked, answer=answer) for asked, answer in said]
    return make_query(question, turns, is_word=SMALL.__contains__)


STRIKE = ("Who led the strike at Harrow?", "Agnes Lind led the strike at Harrow.")
ALLIES = ("Whom did Pell join against Lind?", "Pell joined Vey and Brome.")
CLOSING = ("Why did Pell close the mill?", "Pell closed the mill because the river froze.")
GUILD = ("What was the Rope Guild?", "It was a body of rope makers in Kestrel.")
TWO = ("Did Pell or Lind win the vote?", "Pell won the vote.")


@pytest.mark.parametrize(
    ("said", "question", "query"),
    [
        (CLOSING, "Where did he go?", "Where did Pell go?"),
        (CLOSING, "What did his rivals say?", "What did Pell's rivals say?"),
        (STRIKE, "Who told her to stop?", "Who told Agnes Lind to stop?"),
        (STRIKE, "Who was her rival in Kestrel?", "Who was Agnes Lind's rival in Kestrel?"),
        (
            ALLIES,
            "When did he drive them from their seats?",
            "When did Pell drive Vey and Brome from their seats?",
        ),
        (ALLIES, "Why did they agree?", "Why did Vey and Brome agree?"),
        (ALLIES, "What was their price?", "What was Vey and Brome's price?"),
        (ALLIES, "What did the latter want?", "What did Brome want?"),
        (ALLIES, "Who paid the former?", "Who paid Vey?"),
        (TWO, "And the other one?", f"{TWO[0]} And Lind?"),
        (TWO, "What became of the other?", "What became of Lind?"),
        (GUILD, "Who founded it?", "Who founded the Rope Guild?"),
        (GUILD, "What did its members sell?", "What did the Rope Guild's members sell?"),
        (
            ("Who were the weavers?", "Merchants had sent for people from Kestrel."),
            "What did they earn?",
            "What did the weavers earn?",
        ),
        (CLOSING, "What about Lind?", "Why did Lind close the mill?"),
        (CLOSING, "And Lind?", "Why did Lind close the mill?"),
        (CLOSING, "How about Marta Vey?", "Why did Marta Vey close the mill?"),
        (CLOSING, "And when?", "When did Pell close the mill?"),
        (CLOSING, "Where?", "Where did Pell close the mill?"),
        (("Did Pell close the mill?", "Yes."), "Why?", "Why did Pell close the mill?"),
        (("What did Pell do in 1903?", "He left."), "And in 1929?", "What did Pell do in 1929?"),
        (
            ("What did Pell do in 1903?", "He left."),
            "What about 1929?",
            "What did Pell do in 1929?",
        ),
        (CLOSING, "And after the war?", "Why did Pell close the mill after the war?"),
        (
            ("How many weavers lived in Harrow?", "Ninety."),
            "And in Kestrel?",
            "How many weavers lived in Kestrel?",
        ),
        (STRIKE, "And in Kestrel?", f"{STRIKE[0]} And in Kestrel?"),
        (STRIKE, "What about Pell?", f"{STRIKE[0]} What about Pell?"),
        (ALLIES, "What about Marta?", f"{ALLIES[0]} What about Marta?"),
        (CLOSING, "What about the bridge?", f"{CLOSING[0]} What about the bridge?"),
        (CLOSING, "Who opposed that decision?", f"{CLOSING[0]} Who opposed that decision?"),
        (CLOSING, "What came of this policy?", f"{CLOSING[0]} What came of this policy?"),
        (CLOSING, "What did Vey think of that?", f"{CLOSING[0]} What did Vey think of that?"),
        (CLOSING, "What happened next?", f"{CLOSING[0]} What happened next?"),
        (CLOSING, "What else did he do?", f"{CLOSING[0]} What else did Pell do?"),
        (
            CLOSING,
            "When did he return from there?",
            f"{CLOSING[0]} When did Pell return from there?",
        ),
        (CLOSING, "Who else?", f"{CLOSING[0]} Who else?"),
        (CLOSING, "Tell me more.", f"{CLOSING[0]} Tell me more."),
        (CLOSING, "And what did the town say?", f"{CLOSING[0]} And what did the town say?"),
        (STRIKE, "Did anyone die there?", f"{STRIKE[0]} Did anyone die there?"),
        (CLOSING, "Did Lind do so too?", f"{CLOSING[0]} Did Lind do so too?"),
    ],
)
def test_a_follow_up_is_put_into_words(said: tuple[str, str], question: str, query: str) -> None:
    assert after(question, said) == query


@pytest.mark.parametrize("said", [STRIKE, ALLIES, CLOSING, GUILD, TWO])
@pytest.mark.parametrize(
    "question",
    [
        "What was the new bridge made of?",
        "How did Vey draw the plans of the bridge?",
        "Why did Vey say that he would draw it?",
        "Who was Brome and what did he build?",
        "What did Brome's brother do to him?",
        "Why did the bridge fall when it froze?",
        "How did the essays describe the towers and their makers?",
        "Which merchants said that they paid for the towers?",
        "Is it true that Brome drew the plans?",
        "Was it Brome who drew the plans?",
        "How long did it take to build the towers?",
        "Why did Brome think that the bridge was weak?",
        "Which of the towers is the bridge that fell nearest to?",
        "What do these essays say about bridges?",
        "What does this author think of towers?",
        "How did those who paid for the towers grow rich?",
        "Were there towers on the bridge?",
        "When was Brome born?",
        "Why towers and bridges?",
        "How did Brome and Skerne live in the same town?",
        "Who are you?",
        "How are you?",
        "What can you tell me?",
        "Explain the fall of the bridge.",
        "Did Brome lose his hat?",
        "Did the old bridge lose its towers?",
        "What other essays mention bridges?",
    ],
)
def test_a_new_topic_inherits_nothing(question: str, said: tuple[str, str]) -> None:
    assert after(question, said) == question


def test_a_follow_up_to_a_follow_up_refers_to_what_that_meant() -> None:
    dialogue = [CLOSING, ("When did he leave?", "In 1903."), ("And Lind?", "In 1911.")]
    assert after("Why?", *dialogue[:2]) == "Why did Pell leave?"
    assert after("Why?", *dialogue) == "Why did Lind leave?"


def test_a_name_is_looked_for_further_back_where_the_last_turns_have_none() -> None:
    between = ("What were the towers made of?", "Of iron.")
    assert after("When did he die?", CLOSING, between) == "When did Pell die?"
    assert "Pell" not in after("When did he die?", CLOSING, *[between] * 3)


def test_a_word_that_opens_a_sentence_is_no_person() -> None:
    said = ("Who paid for the towers?", "Merchants paid for them.")
    assert after("When did he die?", CLOSING, said) == "When did Pell die?"


def test_a_chain_of_questions_does_not_grow_without_end() -> None:
    asides = [(f"What did aside {number} do to that?", "Nothing.") for number in range(9)]
    assert after("And then?", CLOSING, *asides).count("?") <= 3


def test_days_and_months_are_no_persons() -> None:
    assert after("Where did he go?", ("When did Pell leave?", "In May, on Monday.")) == (
        "Where did Pell go?"
    )


def test_nothing_said_before_changes_nothing() -> None:
    assert resolve("Why did he leave?", [], is_word=SMALL.__contains__) == "Why did he leave?"
    assert resolve("", [Said("Who?", "Pell.")], is_word=SMALL.__contains__) == ""
