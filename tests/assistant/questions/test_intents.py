"""Kinds of question, told by their wording."""

import pytest

from assistant.questions.intents import Intent, Reading, read_question
from index.bm25 import Bm25Index
from index.passages import split_passages
from tests.index.essays import make_document

MILLS = make_document(
    "Jonas Pell closed the mill at Harrow. Agnes Lind led the weavers, who agreed with nobody."
    " The cello and the essays of Skerne were compared with nothing.",
    title="The Frozen River: A Study of Mills",
    author="Simon Vey",
    name="mills.md",
)
BRIDGES = make_document(
    "The bridge fell in a storm.",
    title="Why did the bridge over the Tarn fall?",
    author="Nora Marsh",
    name="bridges.md",
)
ROADS = make_document(
    "The road was paved.", title="Roads", author="Tarn history project", name="roads.md"
)
DOCUMENTS = (MILLS, BRIDGES, ROADS)
INDEX = Bm25Index([passage for one in DOCUMENTS for passage in split_passages(one)])


def read(question: str) -> Reading:
    return read_question(question, DOCUMENTS, is_known=INDEX.has_term)


def names(reading: Reading) -> list[str]:
    return [one.name for one in reading.documents]


# Small talk


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        ("Hello", "Hello! Ask me anything about the essays."),
        ("hi there!", "Hello! Ask me anything about the essays."),
        ("Heyyyy :)", "Hello! Ask me anything about the essays."),
        ("helo", "Hello! Ask me anything about the essays."),
        ("Hlelo assistant", "Hello! Ask me anything about the essays."),
        ("Good morning", "Hello! Ask me anything about the essays."),
        ("hello hello", "Hello! Ask me anything about the essays."),
        ("👋 hi", "Hello! Ask me anything about the essays."),
        ("Thanks", "You are welcome. Ask on whenever you like."),
        ("Thank you so much!", "You are welcome. Ask on whenever you like."),
        ("thanx, thansk", "You are welcome. Ask on whenever you like."),
        ("ok thanks", "You are welcome. Ask on whenever you like."),
        ("Great, thank you for the help", "You are welcome. Ask on whenever you like."),
        ("bye", "Goodbye!"),
        ("Goodbye, see you later", "Goodbye!"),
        ("good night", "Goodbye!"),
        ("How are you?", "I am well and ready for a question about the essays."),
        ("hi, how are you today?", "I am well and ready for a question about the essays."),
        ("What's up?", "I am well and ready for a question about the essays."),
        ("ok", "All right. Ask me anything else about the essays."),
        ("haha", "All right. Ask me anything else about the essays."),
        ("that makes sense", "All right. Ask me anything else about the essays."),
        ("Very good!", "All right. Ask me anything else about the essays."),
    ],
)
def test_small_talk_gets_a_fitting_reply(question: str, reply: str) -> None:
    reading = read(question)
    assert (reading.intent, reading.reply) == (Intent.SMALL_TALK, reply)
    assert (reading.topic, reading.documents) == ("", ())


@pytest.mark.parametrize(
    "question",
    [
        "Who are you?",
        "what are you",
        "What can you do?",
        "What can you do for me?",
        "help",
        "Help!",
        "help me please",
        "Can you help me?",
        "How does this work?",
        "how do you work",
        "How do I use this?",
        "What can I ask you?",
        "What kind of questions can I ask?",
        "are you a bot?",
        "Are you human or a machine?",
        "What's your name?",
        "Tell me about yourself",
        "Hello, who are you?",
        "Who made you?",
    ],
)
def test_questions_about_the_assistant_are_answered_by_it(question: str) -> None:
    reading = read(question)
    assert reading.intent is Intent.SMALL_TALK
    assert reading.reply.startswith("I answer questions about the 3 essays here")


@pytest.mark.parametrize(
    "question",
    [
        "Who are you to judge, asked Lind?",
        "Who said hello to Pell?",
        "Who helped Lind?",
        "Did Pell thank Lind?",
        "What can a weaver do?",
        "Cello?",
        "Hello Kitty",
        "Hi-tech mills: who owned them?",
        "What did Lind mean by “thank you”?",
        "How did you say the mill closed?",
        "Was Pell a good man?",
        "What is your view of the mill?",
        "Good roads",
        "Was it good?",
        "What happened at the farewell of Lind?",
        "Help for the weavers",
        "Who made the mill?",
        "Harrow",
        "Who was Ty Lind?",
        "How did Pell work?",
    ],
)
def test_words_of_small_talk_within_a_question_leave_it_a_question(question: str) -> None:
    reading = read(question)
    assert (reading.intent, reading.question, reading.reply) == (Intent.QUESTION, question, "")


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("Hello, when did the mill close?", "When did the mill close?"),
        ("hi there! who was Pell?", "Who was Pell?"),
        ("Good morning. Where is Harrow?", "Where is Harrow?"),
        ("hey when did the mill close", "When did the mill close"),
        ("When did the mill close? Thanks!", "When did the mill close?"),
        ("Could you please tell me when the mill closed?", "When the mill closed?"),
        ("Please explain why the mill closed.", "Explain why the mill closed."),
        ("I would like to know who Pell was", "Who Pell was"),
        ("Hello, could you tell me who Pell was? Thank you very much.", "Who Pell was?"),
        ("Hi, Pell closed what?", "Pell closed what?"),
        ("who  was\nPell?", "who was Pell?"),
    ],
)
def test_courtesy_is_taken_off_a_question(question: str, left: str) -> None:
    reading = read(question)
    assert (reading.intent, reading.question) == (Intent.QUESTION, left)


# Nothing asked


@pytest.mark.parametrize("question", ["", "  \n ", "\u200b", "\ufeff "])
def test_blank_text_is_empty(question: str) -> None:
    assert read(question).intent is Intent.EMPTY
    assert read(question).reply == "Type a question about the essays."


@pytest.mark.parametrize(
    "question",
    ["???", "...", "asdf", "asdfghjkl", "qwertyuiop qwerty", "sdfkjhsdf", "aaaaaaa", "jkjkjkjk",
     "xzcvbnmx kjhgfd", "😀😀", "bla bla bla", "!@#$%", "fghjfghj?"],
)  # fmt: skip
def test_struck_keys_are_nonsense(question: str) -> None:
    assert read(question).intent is Intent.NONSENSE
    assert read(question).reply.startswith("I could not read that")


@pytest.mark.parametrize(
    "question",
    ["Khrzywoszcz", "NKVD", "Brno", "Où est le moulin ?", "Кто закрыл мельницу?", "磨坊", "1903",
     "Przemysl", "strengths", "rhythm", "property", "Wer war Pell?", "Tschtscherin", "Pell asdfgh?",
     "When did Xhgfdsq die?", "GDP", "Mississippi", "poetry liberty", "mill mill mill"],
)  # fmt: skip
def test_rare_words_and_other_languages_are_questions(question: str) -> None:
    assert read(question).intent is Intent.QUESTION


# Overviews


@pytest.mark.parametrize(
    ("question", "essays"),
    [
        ("Summarise Simon Vey's essay", ["mills.md"]),
        ("Summarize Vey’s essay on mills", ["mills.md"]),
        ("Summarise the essay by Nora Marsh.", ["bridges.md"]),
        ("Can you summarise the Frozen River?", ["mills.md"]),
        ("Give me a short summary of “The Frozen River”", ["mills.md"]),
        ("Sum up the essay about the bridge", ["bridges.md"]),
        ("Summarise the argument of Simon Vey", ["mills.md"]),
        ("What does Vey argue?", ["mills.md"]),
        ("What does Nora Marsh say in her essay?", ["bridges.md"]),
        ("What does Marsh conclude", ["bridges.md"]),
        ("What does the essay on mills argue?", ["mills.md"]),
        ("What is the Frozen River about?", ["mills.md"]),
        ("What is Roads about?", ["roads.md"]),
        ("What's Vey's essay about?", ["mills.md"]),
        ("What is the main point of Vey's essay?", ["mills.md"]),
        ("What is the thesis of “Why did the bridge over the Tarn fall?”", ["bridges.md"]),
        ("What is Marsh's main argument?", ["bridges.md"]),
        ("What are the key points of the roads essay?", ["roads.md"]),
        ("Summarise the essays", ["mills.md", "bridges.md", "roads.md"]),
        ("What does each essay argue?", ["mills.md", "bridges.md", "roads.md"]),
        ("Sum up every single essay", ["mills.md", "bridges.md", "roads.md"]),
        ("What are these essays about?", ["mills.md", "bridges.md", "roads.md"]),
        ("Overview of all essays", ["mills.md", "bridges.md", "roads.md"]),
    ],
)
def test_overviews_name_their_essays(question: str, essays: list[str]) -> None:
    reading = read(question)
    assert (reading.intent, names(reading)) == (Intent.OVERVIEW, essays)
    assert (reading.reply, reading.is_explaining) == ("", True)


@pytest.mark.parametrize(
    "question",
    [
        "Summarise this essay",
        "summarize the essay please",
        "What is this essay about?",
        "What does this essay argue?",
        "What is the main argument?",
        "Main point of the essay?",
        "tl;dr",
        "Give me an overview",
        "Summary",
    ],
)
def test_this_essay_is_the_only_one_or_asked_for(question: str) -> None:
    alone = read_question(question, [MILLS], is_known=INDEX.has_term)
    assert (alone.intent, alone.documents, alone.reply) == (Intent.OVERVIEW, (MILLS,), "")
    several = read(question)
    assert (several.intent, several.documents) == (Intent.OVERVIEW, ())
    assert several.reply.startswith("Which essay do you mean? There are 3 essays here: “The Frozen")


def test_an_essay_that_is_not_there_is_said_to_be_missing() -> None:
    reading = read("Summarise Skerne's essay")
    assert reading.intent is Intent.OVERVIEW
    assert reading.reply.startswith("No essay here is by “Skerne” or so called.")


@pytest.mark.parametrize(
    "question",
    [
        "Summarise Pell's part in the closing of the mill",
        "Summarise the causes of the storm",
        "What does Pell argue?",
        "What did Lind say?",
        "What does Vey say about the weavers?",
        "What does Vey argue that Pell did?",
        "What was the point of closing the mill?",
        "What is the idea of a frozen mill?",
        "What was Pell's argument?",
        "What was Lind talking about?",
        "What is the essay that Skerne wrote on mills about?",
        "Outline the steps by which Pell closed the mill",
        "What is the mill about which Lind wrote?",
        "Who wrote the essay on mills?",
        "When was the essay by Skerne printed?",
    ],
)
def test_questions_like_overviews_stay_questions(question: str) -> None:
    assert read(question).intent is Intent.QUESTION


def test_a_question_of_what_an_author_says_keeps_the_essay() -> None:
    assert names(read("What does Vey say about the weavers?")) == ["mills.md"]
    assert names(read("What happened to the weavers?")) == []


# Across essays


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Do the essays agree about the mill?", "the mill"),
        ("Do the authors disagree on Pell?", "Pell"),
        ("Do all essays agree that Pell closed the mill?", "Pell closed the mill"),
        ("What do the essays say about the weavers?", "the weavers"),
        ("How do the essays describe Lind?", "Lind"),
        ("How do the essays differ over the storm?", "the storm"),
        ("Compare the essays on the mill", "the mill"),
    ],
)
def test_questions_across_essays_are_told_with_their_topic(question: str, topic: str) -> None:
    reading = read(question)
    assert (reading.intent, reading.topic, names(reading)) == (Intent.ACROSS, topic, [])
    assert reading.is_explaining
    assert not reading.is_counting


@pytest.mark.parametrize(
    "question",
    [
        "Compare Vey and Marsh on the river",
        "How does Vey's view of the mill differ from Marsh's?",
        "Do Vey and Marsh agree?",
        "What do “The Frozen River” and Marsh have in common?",
    ],
)
def test_comparing_authors_is_a_question_across_their_essays(question: str) -> None:
    reading = read(question)
    assert (reading.intent, names(reading)) == (Intent.ACROSS, ["mills.md", "bridges.md"])


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Which essays mention the mill?", "the mill"),
        ("Which essay mentions Lind", "Lind"),
        ("Which of the essays discuss the word “storm”?", "storm"),
        ("Which authors write about Pell?", "Pell"),
        ("In which essays is Pell mentioned?", "Pell"),
        ("Is the storm mentioned in any of the essays?", "the storm"),
        ("Do any essays mention Harrow?", "Harrow"),
        ("List the essays that mention Pell", "Pell"),
        ("Which essays are about mills?", "mills"),
    ],
)
def test_which_essays_is_counted_over_all(question: str, topic: str) -> None:
    reading = read(question)
    assert (reading.intent, reading.topic) == (Intent.ACROSS, topic)
    assert reading.is_counting


@pytest.mark.parametrize(
    "question",
    [
        "Compare Pell and Lind",
        "How did Pell compare the two mills?",
        "Did Pell and Lind agree?",
        "Did the weavers differ from the owners?",
        "How do mills and bridges differ?",
        "Which essays did Skerne write?",
        "Who agreed with Lind about the essays of Skerne?",
        "When did Skerne publish his essays?",
        "Why did Pell burn the essays that Skerne wrote?",
        "With what were the essays of Skerne compared?",
        "Which mill closed?",
        "Which writer did Pell admire?",
        "According to the essays, when did the mill close?",
    ],
)
def test_comparing_within_an_essay_is_an_ordinary_question(question: str) -> None:
    assert read(question).intent is Intent.QUESTION


# Counts and lists


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("How many essays mention the mill?", "the mill"),
        ("How many of the essays talk about Lind?", "Lind"),
        ("In how many essays does Pell appear?", "Pell"),
        ("How many passages mention the name Harrow?", "Harrow"),
        ("How often is Pell mentioned?", "Pell"),
        ("How often is the word mill used in the essays?", "mill"),
        ("How many times is Lind named in these essays?", "Lind"),
        ("How many times does the term “storm” occur?", "storm"),
        ("How often do the essays mention Harrow?", "Harrow"),
        ("List all passages about the storm", "the storm"),
        ("Show me every mention of Lind", "Lind"),
        ("Find all passages that mention Pell", "Pell"),
    ],
)
def test_mentions_are_counted(question: str, topic: str) -> None:
    reading = read(question)
    assert (reading.intent, reading.topic, reading.is_counting) == (Intent.COUNT, topic, True)


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("List all the owners of the mill", "owners of the mill"),
        ("Name every weaver", "weaver"),
        ("List the causes of the storm", "causes of the storm"),
        ("Give me all the reasons for the closing", "reasons for the closing"),
    ],
)
def test_lists_are_told_with_their_topic(question: str, topic: str) -> None:
    reading = read(question)
    assert (reading.intent, reading.topic, reading.is_counting) == (Intent.LIST, topic, True)


@pytest.mark.parametrize(
    "question",
    [
        "How many weavers were recruited?",
        "How many essays did Skerne write?",
        "How many times was Pell arrested?",
        "How often did Lind visit Harrow?",
        "How often is the river frozen?",
        "How many passages led from the mill to the river?",
        "How many mills are there?",
        "Name the owner of the mill",
        "Who listed all the weavers?",
        "What was on the list of Lind?",
        "How many times did Pell appear before the court?",
    ],
)
def test_counting_things_is_an_ordinary_question(question: str) -> None:
    reading = read(question)
    assert (reading.intent, reading.is_counting) == (Intent.QUESTION, False)


@pytest.mark.parametrize(
    "question",
    ["How many essays are there?", "Which essays do you have?", "List the essays"],
)  # fmt: skip
def test_the_essays_there_are_are_named_at_once(question: str) -> None:
    reading = read(question)
    assert reading.intent is Intent.LIBRARY
    assert reading.reply == (
        "There are 3 essays here: “The Frozen River: A Study of Mills” by Simon Vey; “Why did the"
        " bridge over the Tarn fall?” by Nora Marsh; “Roads” by Tarn history project."
    )


# Length


@pytest.mark.parametrize(
    "question",
    [
        "Why did the mill close?",
        "How did Pell close the mill?",
        "Explain the storm",
        "What was the significance of the storm?",
        "What were the causes of the storm?",
        "To what extent was Pell to blame?",
        "Tell me about Lind",
        "How do mills and bridges differ?",
        "Compare Pell and Lind",
        "How far did Pell succeed?",
        "What led to the storm?",
        "What do Pell and Lind say of the mill?",
        "When and how did the mill close?",
    ],
)
def test_explanations_may_be_longer(question: str) -> None:
    assert read(question).is_explaining


@pytest.mark.parametrize(
    "question",
    [
        "When did the mill close?",
        "How many weavers were there?",
        "How old was Pell?",
        "How long was the bridge?",
        "How far is Harrow from Tarn?",
        "Who led the weavers?",
        "Which mill closed?",
        "What did Lind call the closing?",
        "Was Pell the owner?",
        "How much did the bridge cost?",
        "How much higher was the new bridge compared to the old one?",
        "Who decided how the mill was closed?",
    ],
)
def test_facts_stay_short(question: str) -> None:
    assert not read(question).is_explaining
