import pytest

from assistant.examples import example_questions, why_question
from index.bm25 import Bm25Index
from index.corpus import Document
from index.passages import split_passages


def make_document(name: str, text: str, *, title: str = "") -> Document:
    return Document(
        id=f"id of {name}",
        name=name,
        title=title or name,
        author="",
        date="",
        text=text,
        encoding="utf-8",
        is_truncated=False,
    )


def ask_about(*documents: Document, max_questions: int = 4) -> tuple[str, ...]:
    index = Bm25Index([passage for one in documents for passage in split_passages(one)])
    return example_questions(index, max_questions=max_questions)


BRIDGE = (
    "In 1868 the builders came to Dundee. In 1868 the town council met them, and Dundee paid."
    " Nobody then lived by the water near Dundee. The old ferry left Dundee because winter"
    " came early. In 1871 the work began."
)
GARDEN = (
    "Many people walked to Kew. They liked the palms at Kew, and the ferns of Kew.\n\n"
    "The roses were planted by hand, and the soil was carried in baskets."
)


def test_each_essay_gives_one_question_before_any_gives_a_second() -> None:
    questions = ask_about(make_document("a", BRIDGE), make_document("b", GARDEN))
    assert questions == (
        "Why is it that the old ferry left Dundee?",
        "What do the essays say about Kew?",
        "What do the essays say about Dundee?",
        "What happened in 1868?",
    )


def test_no_more_questions_are_given_than_wanted() -> None:
    questions = ask_about(make_document("a", BRIDGE), max_questions=2)
    assert questions == (
        "Why is it that the old ferry left Dundee?",
        "What do the essays say about Dundee?",
    )


def test_a_title_that_is_a_question_is_asked() -> None:
    document = make_document("a", GARDEN, title="Who planted the roses?")
    assert ask_about(document)[0] == "Who planted the roses?"


def test_a_question_whose_search_finds_other_essays_only_is_not_offered() -> None:
    filler = "the carts went up the hill and the carts came down the hill again. " * 5
    buried = make_document("a", f"In 1868 {filler} In 1868 {filler}")
    others = [make_document(f"b{n}", "In 1868 came snow.") for n in range(3)]
    assert "What happened in 1868?" in ask_about(buried)
    assert "What happened in 1868?" not in ask_about(buried, *others)


def test_essays_without_names_years_or_reasons_give_no_questions() -> None:
    assert ask_about(make_document("a", "the rain fell. the rain fell again.")) == ()


def test_the_same_essays_give_the_same_questions() -> None:
    documents = (make_document("a", BRIDGE), make_document("b", GARDEN))
    assert ask_about(*documents) == ask_about(*documents)


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("Dundee was proud of it because it was long.", ""),
        ("However the Dundee line closed because of ice.", ""),
        ("The engineers left early because it was cold.", ""),
        ("Dundee won.", ""),
        ("“Dundee” was the name of a ship because of a bet.", ""),
        (
            "Dundee was very proud, mainly because the bridge was long.",
            "Why was Dundee very proud?",
        ),
        (
            "Dundee’s builders worked on Sundays because the river was calm.",
            "Why is it that Dundee’s builders worked on Sundays?",
        ),
    ],
)
def test_only_a_reason_that_stands_on_its_own_becomes_a_question(
    sentence: str, question: str
) -> None:
    assert why_question(sentence, names={"Dundee"}) == question
