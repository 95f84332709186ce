"""Loading and rendering the prompt files."""

from pathlib import Path

import pytest

from assistant.errors import PromptError
from assistant.llm import Message
from assistant.prompting import PROMPTS_DIR, PromptBook, load_prompt, parse_demonstration
from assistant.questions.querying import Turn
from tests.conftest import Golden

FILES = {
    "system.txt": "Answer from the extracts.\n",
    "answer.txt": "Extracts:\n$evidence\nQuestion: $question\n",
    "reply.txt": "Quote: $quote\nAnswer: $answer\n",
    "none.txt": "None of these.\n",
    "earlier.txt": "Asked: $question\nAnswered: $answer\n",
    "demonstration-1.txt": "Rain fell.\nSun shone.\n---\nWhat fell?\n---\nRain fell.\n---\nRain.\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def render(messages: tuple[Message, ...]) -> str:
    return "\n".join(f"<{message.role}>\n{message.content}" for message in messages) + "\n"


def test_the_head_holds_instructions_and_each_demonstration_as_an_exchange(folder: Path) -> None:
    assert PromptBook(folder).render_head() == (
        Message(role="system", content="Answer from the extracts."),
        Message(role="user", content="Extracts:\n- Rain fell.\n- Sun shone.\nQuestion: What fell?"),
        Message(role="assistant", content="Quote: Rain fell.\nAnswer: Rain."),
    )


def test_demonstrations_come_in_the_order_of_their_names(folder: Path) -> None:
    (folder / "demonstration-2.txt").write_text("A b.\n---\nQ?\n---\nA b.\n---\nB.", "utf-8")
    assert [one.question for one in PromptBook(folder).demonstrations] == ["What fell?", "Q?"]


def test_a_question_is_rendered_with_one_sentence_a_line(folder: Path) -> None:
    message = PromptBook(folder).render_question("Who?", ["One\n\nis  here.", "Two."])
    assert message.content == "Extracts:\n- One is here.\n- Two.\nQuestion: Who?"
    assert message.role == "user"


def test_earlier_turns_stand_between_the_sentences_and_the_question(folder: Path) -> None:
    turns = [Turn(question="Who\nowned it?", answer="Pell did."), Turn(question="Q2", answer="A2")]
    text = PromptBook(folder).render_question("And when?", ["Rain fell."], earlier=turns).content
    places = [text.index(part) for part in ("Rain fell.", "Who owned it?", "Pell did.", "Q2")]
    assert places == sorted(places)
    assert text.index("A2") < text.index("And when?")


@pytest.mark.parametrize("words", ["$evidence", "$$", "${question}", "$5 and {0} and %s"])
def test_placeholders_in_questions_and_essays_are_left_as_words(folder: Path, words: str) -> None:
    message = PromptBook(folder).render_question(words, [words])
    assert message.content == f"Extracts:\n- {words}\nQuestion: {words}"


def test_a_sentence_that_wears_a_label_of_the_prompts_is_offered_without_it(folder: Path) -> None:
    message = PromptBook(folder).render_question("What fell?", ["ANSWER: “Quote:\tRain fell."])
    assert "\n- Rain fell.\n" in message.content


def test_a_label_within_a_sentence_is_left_as_words(folder: Path) -> None:
    assert PromptBook(folder).render_line("No answer: it rained.") == "No answer: it rained."


def test_the_answer_begins_after_the_quotes(folder: Path) -> None:
    book = PromptBook(folder)
    assert book.render_answer_prefix(["One is.", "Two is."]) == "Quote: One is. Two is.\nAnswer:"


def test_the_choice_begins_where_a_reply_has_its_quote(folder: Path) -> None:
    book = PromptBook(folder)
    assert book.quote_prefix == "Quote:"
    assert book.none_text == "None of these."


def test_a_reply_is_the_prefix_of_the_choice_then_the_quote(folder: Path) -> None:
    book = PromptBook(folder)
    assert book.render_answer_prefix(["X."]).startswith(f"{book.quote_prefix} X.")


def test_all_missing_and_unknown_placeholders_are_named_at_once(folder: Path) -> None:
    (folder / "answer.txt").write_text("$facts and $sources, $author", "utf-8")
    with pytest.raises(PromptError) as caught:
        PromptBook(folder)
    assert "'answer.txt'" in str(caught.value)
    assert "misses the placeholders ['evidence', 'question']" in str(caught.value)
    assert "unknown ones ['author', 'facts', 'sources']" in str(caught.value)
    assert "exactly ['evidence', 'question']" in str(caught.value)


def test_a_stray_dollar_sign_is_refused_and_a_doubled_one_accepted(tmp_path: Path) -> None:
    (tmp_path / "cost.txt").write_text("It cost $ 5.", "utf-8")
    with pytest.raises(PromptError, match="stray"):
        load_prompt("cost.txt", placeholders=frozenset(), folder=tmp_path)
    (tmp_path / "cost.txt").write_text("It cost $$5.", "utf-8")
    template = load_prompt("cost.txt", placeholders=frozenset(), folder=tmp_path)
    assert template.substitute() == "It cost $5."


@pytest.mark.parametrize(
    "name", ["system.txt", "answer.txt", "reply.txt", "none.txt", "earlier.txt"]
)
def test_a_missing_file_is_named_with_what_to_do(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(PromptError, match=rf"{name}.*Install the assistant again"):
        PromptBook(folder)


def test_a_file_that_is_not_utf_8_is_refused(folder: Path) -> None:
    (folder / "system.txt").write_bytes(b"caf\xe9")
    with pytest.raises(PromptError, match=r"system\.txt"):
        PromptBook(folder)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A.\n---\nQ?\n---\nA.",
        "A.\n---\nQ?\n---\nA.\n---\nB.\n---\nC.",
        "A.\n---\n\n---\nA.\n---\nB.",
    ],
    ids=["empty", "three parts", "five parts", "a blank part"],
)
def test_a_demonstration_of_another_form_is_refused_by_name(text: str) -> None:
    with pytest.raises(PromptError, match=r"'one\.txt'.*three hyphens"):
        parse_demonstration(text, name="one.txt")


def test_a_demonstration_has_four_parts() -> None:
    parsed = parse_demonstration("A is.\n\n B is. \n---\nQ?\n---\nB is.\n---\nB.\n", name="x")
    assert parsed.evidence == ("A is.", "B is.")
    assert (parsed.question, parsed.quote, parsed.answer) == ("Q?", "B is.", "B.")


# The prompts shipped


def test_every_shipped_quote_is_offered_in_its_demonstration() -> None:
    book = PromptBook()
    assert book.demonstrations
    for one in book.demonstrations:
        offered = (*one.evidence, book.none_text)
        pairs = {f"{first} {second}" for first in one.evidence for second in one.evidence}
        assert one.quote in {*offered, *pairs}


def test_a_shipped_demonstration_shows_the_choice_of_none_and_others_do_not() -> None:
    book = PromptBook()
    declined = [one.quote == book.none_text for one in book.demonstrations]
    assert any(declined)
    assert not all(declined)


def test_every_shipped_prompt_file_is_used() -> None:
    named = {"system.txt", "answer.txt", "reply.txt", "none.txt", "earlier.txt"}
    files = {path.name for path in PROMPTS_DIR.iterdir() if path.is_file()}
    assert named <= files
    assert all(name.startswith("demonstration-") for name in files - named)


def test_the_shipped_prompts_render_as_they_did(golden: Golden) -> None:
    book = PromptBook()
    question = book.render_question("Why did it close?", ["The mill closed.", "It was cold."])
    answer = Message(role="assistant", content=book.render_answer_prefix(["The mill closed."]))
    golden("prompt.txt", render((*book.render_head(), question, answer)))
