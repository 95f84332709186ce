"""Why passages were found, as values that the page draws."""

from dataclasses import replace

import pytest

from assistant.answers import Answer
from assistant.answers_json import parse_answer, render_answer
from assistant.ui.why_view import HitView, WhyView, view_why
from assistant.why import NO_SEARCH
from tests.assistant.corpora import ask, build_index, final

INDEX = build_index()


def asked(question: str, draft: str = "Pell closed the mill.") -> Answer:
    return final(ask(INDEX, draft, question=question))


def view(answer: Answer, *, n_shown: int = 8) -> WhyView:
    why = view_why(answer, n_shown=n_shown)
    assert why is not None
    return why


def marked(answer: Answer, hit: HitView, rank: int) -> list[str]:
    text = answer.passages[rank - 1].text
    return [text[start:end] for start, end in hit.marks]


ANSWER = asked("Why did Pell close the mill?")


def test_words_searched_for_are_told_with_their_terms_and_those_left_out_without() -> None:
    why = view(ANSWER)
    assert [(word.word, word.term) for word in why.words] == [
        ("Pell", "pell"),
        ("close", "close"),
        ("mill", "mill"),
    ]
    assert why.left_out == "Too common to be searched for: why, did, the."
    assert why.text == "Why did Pell close the mill?"


def test_rareness_is_told_in_passages_and_as_a_weight() -> None:
    (word, *_) = view(ANSWER).words
    n_held, n_all = INDEX.count_holders("pell"), len(INDEX.passages)
    assert (word.held, word.weight) == (f"{n_held} of {n_all}", f"{INDEX.idf('pell'):.2f}")


def test_another_spelling_and_a_word_that_no_essay_has_are_told() -> None:
    notes = {one.word: one.note for one in view(asked("Which weeavers moved a zeppelin?")).words}
    assert notes == {
        "weavers": "another spelling of “weeavers”",
        "moved": "",
        "zeppelin": "in none of the essays",
    }


def test_the_weight_of_another_spelling_is_told_with_its_rareness() -> None:
    (word, *_) = view(asked("Which weeavers moved?")).words
    assert word.weight == f"0.9 × {INDEX.idf('weaver'):.2f}"


def test_the_words_that_a_passage_has_are_marked_in_whatever_form() -> None:
    hit = view(ANSWER).hits[0]
    assert marked(ANSWER, hit, 1) == ["mill", "Pell", "Pell", "closed", "mill"]


def test_the_parts_of_a_bar_are_shares_of_the_best_score_the_longest_first() -> None:
    for hit, passage in zip(view(ANSWER).hits, ANSWER.passages, strict=True):
        shares = [part.share for part in hit.parts]
        assert shares == sorted(shares, reverse=True)
        assert sum(shares) == pytest.approx(passage.score / ANSWER.passages[0].score)
        assert hit.score == f"{passage.score:.2f}"
    assert sum(part.share for part in view(ANSWER).hits[0].parts) == pytest.approx(1)


def test_a_word_has_the_same_shade_in_every_bar() -> None:
    shades = {(part.word, part.shade) for hit in view(ANSWER).hits for part in hit.parts}
    assert len(shades) == len({word for word, _ in shades}) == len({shade for _, shade in shades})


def test_a_word_of_the_title_alone_is_told_as_such_and_not_marked() -> None:
    answer = asked("What does Writer say?")
    (part,) = view(answer).hits[0].parts
    assert part.times == "1, in title or author"
    assert view(answer).hits[0].marks == ()


def test_only_the_passages_shown_are_explained() -> None:
    assert len(view(ANSWER, n_shown=1).hits) == 1


def test_what_was_saved_explains_as_much_without_the_essays() -> None:
    assert view(parse_answer(render_answer(ANSWER))) == view(ANSWER)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(replace(ANSWER, search=NO_SEARCH), id="saved before it was kept"),
        pytest.param(replace(ANSWER, passages=()), id="nothing found"),
    ],
)
def test_without_a_search_that_was_kept_there_is_nothing_to_tell(answer: Answer) -> None:
    assert view_why(answer, n_shown=8) is None


def test_a_match_of_no_known_word_is_left_out() -> None:
    # A saved file can be edited.
    edited = replace(ANSWER, search=replace(ANSWER.search, terms=ANSWER.search.terms[:1]))
    assert {part.word for hit in view(edited).hits for part in hit.parts} == {"Pell"}


def test_the_numbers_of_the_formula_are_those_of_the_search() -> None:
    formula = view(ANSWER).formula
    assert f"k1 = {INDEX.k1:g} and b = {INDEX.b:g} over {len(INDEX.passages)} passages" in formula
