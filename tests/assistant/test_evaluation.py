"""Questions with known answers, and what counts as right."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answers import Answer
from assistant.citations import Citation
from assistant.errors import QuestionsFileError
from assistant.evaluation import (
    MAX_WORDS,
    EssayTexts,
    EvaluationQuestion,
    GoldRange,
    GoldSpan,
    Kind,
    cut_words,
    fold,
    holds_facts,
    is_correct_text,
    load_questions,
    own_words,
)
from assistant.grounding import Claim
from assistant.questions.querying import Turn
from tests.assistant.samples import make_answer, make_citation
from tests.index.essays import make_document

ROW: dict[str, Any] = {
    "id": "a1",
    "kind": "fact",
    "question": "Who closed the mill?",
    "facts": [["pell", "jonas"]],
    "evidence": [{"essay": "mills.md", "quote": "Pell closed the mill"}],
}


def write(path: Path, *rows: object) -> Path:
    file = path / "questions.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return file


def make_question(
    *facts: tuple[str, ...],
    question: str = "Who closed it?",
    kind: Kind = "fact",
    evidence: tuple[str, ...] = (),
) -> EvaluationQuestion:
    return EvaluationQuestion(
        id="q",
        kind=kind,
        question=question,
        facts=facts,
        evidence=tuple(GoldSpan(essay="any.md", quote=quote) for quote in evidence),
        history=(),
    )


# The format


def test_a_question_is_read_with_all_its_fields(tmp_path: Path) -> None:
    history = [
        {"role": "user", "content": "Who led it?"},
        {"role": "assistant", "content": "Lind."},
        {"role": "user", "content": "Why?"},
        {"role": "assistant", "content": "She could."},
    ]
    (question,) = load_questions(write(tmp_path, {**ROW, "kind": "followup", "history": history}))
    assert question == EvaluationQuestion(
        id="a1",
        kind="followup",
        question="Who closed the mill?",
        facts=(("pell", "jonas"),),
        evidence=(GoldSpan(essay="mills.md", quote="Pell closed the mill"),),
        history=(
            Turn(question="Who led it?", answer="Lind."),
            Turn(question="Why?", answer="She could."),
        ),
    )
    assert question.is_answerable


def test_blank_lines_are_passed_over_and_counted(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(f"\n{json.dumps(ROW)}\r\n\n{{\n", encoding="utf-8")
    with pytest.raises(QuestionsFileError, match=r"q\.jsonl, line 4 "):
        load_questions(file)


def test_a_line_separator_within_a_text_ends_no_line(tmp_path: Path) -> None:
    row = {**ROW, "question": "Who\u2028closed\u0085it?"}
    file = tmp_path / "q.jsonl"
    file.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    assert load_questions(file)[0].question == "Who\u2028closed\u0085it?"


@pytest.mark.parametrize(
    "row",
    [
        {key: value for key, value in ROW.items() if key != "facts"},
        {**ROW, "facts": ["pell"]},
        {**ROW, "facts": "pell"},
        {**ROW, "facts": [[]]},
        {**ROW, "facts": [["pell"], []]},
        {**ROW, "facts": [[""]]},
        {**ROW, "question": "  "},
        {**ROW, "question": 7},
        {**ROW, "id": None},
        {**ROW, "evidence": [{"essay": "mills.md"}]},
        {**ROW, "evidence": "mills.md"},
        {**ROW, "history": "Who?"},
        {**ROW, "history": ["Who?", "Pell."]},
        {**ROW, "near": True},
        {**ROW, "kind": "unanswerable", "near": 1},
        [ROW],
        "a question",
        None,
    ],
    ids=lambda row: json.dumps(row)[-40:],
)
def test_a_line_of_another_form_is_named(tmp_path: Path, row: object) -> None:
    with pytest.raises(QuestionsFileError, match=r"questions\.jsonl, line 2 .*it needs id, kind"):
        load_questions(write(tmp_path, {**ROW, "id": "a0"}, row))


def test_all_questions_without_facts_are_named_at_once(tmp_path: Path) -> None:
    unfilled = [{**ROW, "id": name, "question": f"Who {name}?", "facts": []} for name in "bc"]
    with pytest.raises(QuestionsFileError) as caught:
        load_questions(write(tmp_path, ROW, *unfilled))
    assert "fill in the facts of line 2 ('Who b?'), line 3 ('Who c?')" in str(caught.value)


def test_an_earlier_question_may_have_had_no_answer(tmp_path: Path) -> None:
    history = [{"role": "user", "content": "Who?"}, {"role": "assistant", "content": ""}]
    (question,) = load_questions(write(tmp_path, {**ROW, "history": history}))
    assert question.history == (Turn(question="Who?", answer=""),)


def test_an_unknown_kind_is_named_with_those_accepted(tmp_path: Path) -> None:
    with pytest.raises(QuestionsFileError, match=r"line 1: the kind 'what' .*fact, why, compare"):
        load_questions(write(tmp_path, {**ROW, "kind": "what"}))


def test_an_unanswerable_question_needs_no_facts(tmp_path: Path) -> None:
    row = {**ROW, "kind": "unanswerable", "facts": [], "evidence": []}
    (question,) = load_questions(write(tmp_path, row))
    assert not question.is_answerable


def test_an_unanswerable_question_can_be_near(tmp_path: Path) -> None:
    rows = [{**ROW, "kind": "unanswerable", "facts": [], "evidence": []}]
    rows.append({**rows[0], "id": "a2", "near": True})
    far, near = load_questions(write(tmp_path, *rows))
    assert (far.is_near, near.is_near) == (False, True)


def test_an_id_used_twice_is_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionsFileError, match=r"\['a1'\] more than once"):
        load_questions(write(tmp_path, ROW, ROW))


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe"], ids=["empty", "blank", "binary"])
def test_a_file_without_a_question_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "none.jsonl"
    file.write_bytes(content)
    with pytest.raises(QuestionsFileError, match=r"none\.jsonl"):
        load_questions(file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionsFileError, match=r"gone\.jsonl"):
        load_questions(tmp_path / "gone.jsonl")


# What is right


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("Pell closed it.", [("pell",)], True),
        ("PELL’S friend closed it.", [("pell's friend",)], True),
        ("Pell\u00a0 and\nLind closed it.", [("pell and lind",)], True),
        ("Lind closed it.", [("pell",)], False),
        ("Lind closed it.", [("pell", "lind")], True),
        ("Lind closed it.", [("lind",), ("winter",)], False),
        ("Lind closed it in winter.", [("lind",), ("winter",)], True),
        ("", [("pell",)], False),
    ],
)
def test_every_group_of_facts_needs_an_alternative(
    text: str, facts: list[tuple[str, ...]], expected: bool
) -> None:
    assert holds_facts(text, make_question(*facts)) is expected


@pytest.mark.parametrize(
    ("text", "alternative", "expected"),
    [
        ("It was art.", "art", True),
        ("It was the party.", "art", False),
        ("They rewrote and rewrites it.", "rewrit", True),
        ("It was industrialised.", "industriali", True),
        ("The anti-union law.", "union", True),
        ("In 1925.", "1925", True),
        ("No 19250 carts.", "1925", False),
        ("No 31925 carts.", "1925", False),
        ("With 1,500,000 carts.", "500,000", False),
        ("With 500,000.5 carts.", "500,000", False),
        ("With 500,000, all told.", "500,000", True),
        ("Then “no more” came.", '"no more', True),
        ("In the 1920s.", "1920", True),
    ],
)
def test_an_alternative_begins_where_a_word_does(
    text: str, alternative: str, expected: bool
) -> None:
    assert holds_facts(text, make_question((alternative,))) is expected


def test_an_alternative_within_a_word_of_the_question_still_counts() -> None:
    question = make_question(("art",), question="Which subject did the party ban?")
    assert holds_facts("It banned art.", question)


def test_an_alternative_that_stands_in_the_question_proves_nothing() -> None:
    question = make_question(("mill", "pell"), question="Who closed the Mill?")
    assert not holds_facts("The mill was closed.", question)
    assert holds_facts("Pell closed the mill.", question)


def test_one_alternative_serves_one_group_only() -> None:
    question = make_question(("icy", "poor"), ("icy", "aged"))
    assert not holds_facts("It was icy, and icier than ever.", question)
    assert not holds_facts("It was poor.", question)
    assert holds_facts("It was poor and icy.", question)


def test_the_groups_share_their_alternatives_out_whatever_their_order() -> None:
    for groups in ([("icy", "poor"), ("icy",)], [("icy",), ("icy", "poor")]):
        assert holds_facts("It was icy and poor.", make_question(*groups))


@pytest.mark.parametrize("kind", ["fact", "followup", "why", "compare"])
def test_an_answer_may_have_so_many_words_and_no_more(kind: Kind) -> None:
    question = make_question(("pell",), kind=kind)
    limit = {"fact": 30, "followup": 30, "why": 60, "compare": 60}[kind]
    assert MAX_WORDS[kind] == limit
    assert is_correct_text("Pell " + "word " * (limit - 1), question)
    assert not is_correct_text("Pell " + "word " * limit, question)


@pytest.mark.parametrize("text", ["", "  ", "Pell closed it."])
def test_no_text_answers_an_unanswerable_question(text: str) -> None:
    assert not is_correct_text(text, make_question(kind="unanswerable"))


def test_a_text_is_cut_after_whole_words() -> None:
    assert cut_words(" one\n two three ", 2) == "one two"
    assert cut_words("one", 5) == "one"
    assert cut_words("one", 0) == ""


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


# Own words


def answer_with(*claims: str, evidence: tuple[str, ...], quotes: tuple[str, ...] = ()) -> Answer:
    return replace(
        make_answer(),
        claims=tuple(Claim(text=text, citations=(make_citation(evidence[0]),)) for text in claims),
        evidence=tuple(make_citation(quote) for quote in evidence),
        quotes=tuple(make_citation(quote) for quote in quotes),
    )


def test_a_sentence_copied_from_the_evidence_is_no_word_of_its_own() -> None:
    answer = answer_with(
        "Pell closed the mill.", "So it ended.", evidence=("Rain.", "Pell closed the mill.")
    )
    assert own_words(answer) == "So it ended."


@pytest.mark.parametrize(
    "copy", ["“Pell’s mill” closed.", '"Pell\'s mill" closed.', "“pell’s  MILL” closed."]
)
def test_a_copy_with_other_marks_spaces_or_case_is_one_too(copy: str) -> None:
    assert own_words(answer_with(copy, evidence=("“Pell’s\nmill” closed.",))) == ""


def test_a_copy_within_a_sentence_is_taken_out() -> None:
    answer = answer_with(
        "Lind says: Pell closed the mill. Sadly.", evidence=("Pell closed the mill.",)
    )
    assert own_words(answer) == "Lind says: Sadly."


def test_quotes_count_like_evidence() -> None:
    answer = answer_with("It fell. It rose.", evidence=("Rain.",), quotes=("It fell.",))
    assert own_words(answer) == "It rose."


def test_words_that_only_resemble_the_evidence_stay() -> None:
    answer = answer_with("Pell closed a mill.", evidence=("Pell closed the mill.",))
    assert own_words(answer) == "Pell closed a mill."


# Gold


def test_gold_is_found_with_white_space_and_quotes_folded_at_its_exact_place() -> None:
    text = "First.\n\nHe  said “Pell’s\n mill” was\u00a0closed. Then."
    document = make_document(text)
    question = make_question(("x",), evidence=('He said "Pell\'s mill" was closed.',))
    (gold,) = EssayTexts([document]).find_gold(question)
    assert text[gold.start : gold.end] == "He  said “Pell’s\n mill” was\u00a0closed."
    assert gold.essay_id == document.id


def test_gold_is_found_in_whatever_essay_holds_it() -> None:
    documents = [make_document("Rain fell.", name="b.md"), make_document("Pell left it.")]
    question = make_question(("x",), evidence=("Pell left",))
    (gold,) = EssayTexts(documents).find_gold(question)
    assert gold.essay_id == documents[1].id


def test_gold_that_the_corpus_lacks_is_left_out() -> None:
    question = make_question(("x",), evidence=("Nowhere to be found.", "Pell left"))
    assert len(EssayTexts([make_document("Pell left it.")]).find_gold(question)) == 1
    assert EssayTexts([make_document("Rain fell.")]).find_gold(question) == ()


def test_signs_of_patterns_in_gold_are_mere_characters() -> None:
    question = make_question(("x",), evidence=("(left.*) [it]?",))
    essays = EssayTexts([make_document("Pell (left.*) [it]? again")])
    assert len(essays.find_gold(question)) == 1


def test_gold_is_found_everywhere_it_stands() -> None:
    documents = [make_document("Pell left. Then Pell\nleft again."), make_document("So Pell left.")]
    question = make_question(("x",), evidence=("Pell left",))
    gold = EssayTexts(documents).find_gold(question)
    assert [(one.essay_id, one.start, one.end) for one in gold] == [
        (documents[0].id, 0, 9),
        (documents[0].id, 16, 25),
        (documents[1].id, 3, 12),
    ]


def test_only_an_exact_span_of_an_essay_is_verbatim() -> None:
    document = make_document("Pell left it.")
    essays = EssayTexts([document])
    exact = Citation(
        essay="a.txt", essay_id=document.id, title="", author="", start=0, end=4, quote="Pell"
    )
    assert essays.is_verbatim(exact)
    for wrong in (
        replace(exact, start=1),
        replace(exact, essay_id="0" * 16),
        replace(exact, start=99, end=99, quote=""),
    ):
        assert not essays.is_verbatim(wrong)


@pytest.mark.parametrize(
    ("span", "shared"),
    [((0, 5), 0), ((0, 12), 2), ((12, 15), 3), ((0, 99), 10), ((20, 30), 0)],
)
def test_a_span_shares_the_characters_in_both(span: tuple[int, int], shared: int) -> None:
    gold = GoldRange(essay_id="a", start=10, end=20)
    assert gold.overlap("a", *span) == shared
    assert gold.overlap("b", *span) == 0
