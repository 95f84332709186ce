"""The sentences that the model may see."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evidence import POINTED_AT, Evidence, score_sentences, select_evidence
from index.analysis import tokenize
from index.bm25 import Bm25Index
from index.passages import split_passages
from tests.assistant.corpora import build_index
from tests.index.essays import make_document


def score(index: Bm25Index, question: str, *, top_k: int = 8) -> tuple[Evidence, ...]:
    tokens = tokenize(question)
    return score_sentences(index, index.search(tokens, top_k=top_k), tokens, question=question)


def score_text(text: str, question: str) -> dict[str, Evidence]:
    """Return the sentences of one essay with their scores, by their text."""
    return {one.sentence.text: one for one in score(build_index([make_document(text)]), question)}


def make_evidence(*texts: str) -> tuple[Evidence, ...]:
    """Return sentences as they stand, each an essay of its own."""
    found = []
    for number, text in enumerate(texts):
        (passage,) = split_passages(make_document(text, name=f"{number}.txt"), words=1000)
        (sentence,) = passage.sentences
        found.append(Evidence(passage=passage, sentence=sentence, score=1.0, coverage=0.5))
    return tuple(found)


def count_words(texts: Sequence[str]) -> tuple[int, ...]:
    return tuple(len(text.split()) for text in texts)


def select(
    evidence: Sequence[Evidence], *, max_sentences: int = 8, max_tokens: int = 100
) -> list[str]:
    chosen = select_evidence(
        evidence, max_sentences=max_sentences, max_tokens=max_tokens, count_tokens=count_words
    )
    return [one.sentence.text for one in chosen]


# Scores


def test_the_sentence_with_the_words_of_the_question_is_first() -> None:
    best, *_ = score(build_index(), "Who drew the plans of the bridge?")
    assert best.sentence.text.startswith("It fell in a storm, and Marta Vey drew the plans")


def test_scores_descend() -> None:
    scores = [one.score for one in score(build_index(), "Why did Pell close the mill in winter?")]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) > 1


def test_a_sentence_counts_that_only_its_neighbour_makes_likely() -> None:
    index = build_index([make_document("Pell closed the mill. The river had frozen hard.")])
    texts = [one.sentence.text for one in score(index, "Who closed the mill?")]
    assert texts == ["Pell closed the mill.", "The river had frozen hard."]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("When did Pell close the mill?", "Pell closed the mill in 1903."),
        ("Why did Pell close the mill?", "Pell closed the mill because it froze."),
    ],
)
def test_a_sentence_with_the_kind_of_thing_asked_for_is_preferred(
    question: str, expected: str
) -> None:
    text = (
        "Pell closed the mill by hand.\n\nPell closed the mill because it froze."
        "\n\nPell closed the mill in 1903."
    )
    found = score_text(text, question)
    assert found[expected].score > found["Pell closed the mill by hand."].score


def test_a_sentence_that_opens_with_a_pronoun_means_the_names_before_it() -> None:
    meant = score_text("Jonas Pell drew plans. He left Harrow by night.", "Why did Pell leave?")
    other = score_text("Jonas Pell drew plans. Lind left Harrow by night.", "Why did Pell leave?")
    assert meant["He left Harrow by night."].score > other["Lind left Harrow by night."].score
    assert meant["He left Harrow by night."].coverage < 1


def test_pronouns_in_a_row_mean_the_same_name() -> None:
    text = "Jonas Pell drew plans. He was poor. His house had burned. He left Harrow by night."
    found = score_text(text, "Why did Pell leave?")
    other = score_text(text.replace("He left", "One left"), "Why did Pell leave?")
    assert "He left Harrow by night." in found
    assert "One left Harrow by night." not in other


def test_a_pronoun_does_not_mean_what_is_no_name() -> None:
    meant = score_text("The mills drew crowds. They came by night.", "mills night")
    other = score_text("The mills drew crowds. Some came by night.", "mills night")
    assert meant["They came by night."].score == other["Some came by night."].score


@pytest.mark.parametrize(
    ("text", "question", "pointed_at"),
    [
        (
            "Frost had burst the wheel. Lind left the mill for this reason. Sheep grazed there.",
            "Why did Lind leave the mill?",
            ["Frost had burst the wheel."],
        ),
        (
            "Lind left for two reasons. One was frost. Another was the debt. Sheep grazed there.",
            "Why did Lind leave?",
            ["One was frost.", "Another was the debt."],
        ),
        (
            "Frost had burst the wheel. Lind left the mill for this reason. Sheep grazed there.",
            "When did Lind leave the mill?",
            [],
        ),
    ],
    ids=["back", "on", "back, where no reason is asked for"],
)
def test_what_the_best_sentence_points_at_comes_next(
    text: str, question: str, pointed_at: list[str]
) -> None:
    found = score_text(text, question)
    best, *others = sorted(found, key=lambda one: -found[one].score)
    assert "Lind" in best
    raised = [one for one in others if found[one].score >= POINTED_AT * found[best].score]
    assert raised == pointed_at
    assert all(found[one].coverage == 0 for one in raised)


def test_a_sentence_that_asks_comes_after_one_that_tells() -> None:
    text = "Why did Pell close the mill? Pell did close the mill in the winter after a long frost."
    first, *_ = score_text(text, "Why did Pell close the mill?")
    assert first.startswith("Pell did close")


def test_a_term_counts_by_its_weight() -> None:
    index = build_index([make_document("Pell drew plans.\n\nLind sold the ropes.")])
    tokens = ("pell", "lind")
    hits = index.search(tokens, top_k=8)
    found = score_sentences(index, hits, tokens, weights={"pell": 0.5})
    assert [one.sentence.text for one in found] == ["Lind sold the ropes.", "Pell drew plans."]
    assert [one.coverage for one in found] == [pytest.approx(2 / 3), pytest.approx(1 / 3)]


def test_a_sentence_far_from_any_word_of_the_question_is_left_out() -> None:
    text = (
        "Pell closed the mill. The mill burned. The mill was sold. The river had frozen hard."
        " Rain fell on the green towers."
    )
    index = build_index([make_document(text)])
    texts = [one.sentence.text for one in score(index, "Who closed the mill?")]
    assert "Rain fell on the green towers." not in texts


@pytest.mark.parametrize(
    ("question", "coverage"), [("mill winter", 1.0), ("zebra", None), ("mill zebra", "part")]
)
def test_coverage_is_the_share_of_the_query_in_the_sentence(
    question: str, coverage: float | str | None
) -> None:
    index = build_index([make_document("The mill closed in winter.")])
    found = score(index, question)
    if coverage is None:
        assert found == ()
    elif coverage == "part":
        assert 0 < found[0].coverage < 1
    else:
        assert found[0].coverage == pytest.approx(coverage)


def test_no_hits_give_no_evidence() -> None:
    assert score_sentences(build_index(), (), ("mill",)) == ()
    assert score_sentences(build_index(), (), ()) == ()


def test_a_hit_by_title_alone_offers_the_sentences_without_the_words() -> None:
    document = make_document("Rain fell on the towers.", title="On Windmills")
    (only,) = score(build_index([document]), "windmills")
    assert only.sentence.text == "Rain fell on the towers."
    assert only.coverage == 0


def test_every_sentence_is_a_span_of_its_essay() -> None:
    for one in score(build_index(), "What did Pell, Lind and Vey do at the mill and bridge?"):
        text = one.passage.document.text
        assert text[one.sentence.start : one.sentence.end] == one.sentence.text
        assert one.sentence in one.passage.sentences


# Selection


def test_the_best_are_kept_in_their_order() -> None:
    evidence = make_evidence("One is here.", "Two is here.", "Three is here.")
    assert select(evidence, max_sentences=2) == ["One is here.", "Two is here."]


def test_a_sentence_that_does_not_fit_lets_shorter_ones_pass() -> None:
    evidence = make_evidence("One is here.", "Two is very much longer than all of them.", "Three.")
    assert select(evidence, max_tokens=5) == ["One is here.", "Three."]


@pytest.mark.parametrize("twin", ["one is HERE.", "One  is here.", "One\nis here."])
def test_the_same_words_are_offered_once(twin: str) -> None:
    assert select(make_evidence("One is here.", twin, "Two.")) == ["One is here.", "Two."]


@pytest.mark.parametrize("budget", [{"max_tokens": 0}, {"max_sentences": 0}])
def test_no_room_means_no_evidence(budget: dict[str, int]) -> None:
    assert select(make_evidence("One is here."), **budget) == []


def test_nothing_to_choose_from_asks_no_tokenizer() -> None:
    def refuse(texts: Sequence[str]) -> tuple[int, ...]:
        raise AssertionError(f"asked for {texts!r}")

    assert select_evidence((), max_sentences=8, max_tokens=9, count_tokens=refuse) == ()


@given(st.lists(st.integers(1, 30), max_size=20), st.integers(0, 9), st.integers(0, 60))
def test_the_budget_is_never_exceeded(
    lengths: list[int], max_sentences: int, max_tokens: int
) -> None:
    texts = [" ".join([f"word{n}"] * length) for n, length in enumerate(lengths)]
    evidence = make_evidence(*texts)
    chosen = select(evidence, max_sentences=max_sentences, max_tokens=max_tokens)
    assert len(chosen) <= max_sentences
    assert sum(count_words(chosen)) <= max_tokens
    assert [text for text in texts if text in chosen] == chosen
