"""Sentences and passages."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.passages import (
    MAX_SENTENCE_CHARS,
    MAX_SENTENCE_WORDS,
    PASSAGE_WORDS,
    split_passages,
    split_sentences,
)
from tests.index.essays import make_document

SENTENCE = "The guild of rope makers kept the keys of the old harbour gate."


def sentences_of(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    "sentences",
    [
        pytest.param(["J. V. Example was born here.", "He was a sailor."], id="initials"),
        pytest.param(["Dr. Reed met Mrs. Cole at noon.", "They ate soup."], id="titles"),
        pytest.param(["It cost a lot (see p. 5 and fig. 2).", "No one paid it."], id="references"),
        pytest.param(["He called it “a small blur.”", "Then he went home."], id="quotation"),
        pytest.param(
            ["He asked “Who goes there?” and slept.", "No one had answered."],
            id="question in a quotation",
        ),
        pytest.param(
            ["“Who goes there?” asked the guard.", "No one had answered."],
            id="question in a quotation at the start",
        ),
        pytest.param(
            ["It was “ by far the best… He had won.” (Ann Reed).", "This is one view."],
            id="quotation of two sentences with its source",
        ),
        pytest.param(["And then … he left the town.", "The gate … it stayed open."], id="ellipsis"),
        pytest.param(["It stayed open...", "No one closed it again."], id="three dots"),
        pytest.param(
            ["The war was long.", "(It took nine years.)", "Then it was over."], id="brackets"
        ),
        pytest.param(["It was done in the U.S. by 1920.", "Few saw it."], id="abbreviation"),
        pytest.param(["He paid 3.50 for the rope.", "It was too much."], id="decimal number"),
        pytest.param(
            ["They went “on the road of unity’.", "This led to a split (or two."],
            id="unbalanced marks",
        ),
        pytest.param(["1. The first thing fell.", "2. The second thing fell."], id="list"),
    ],
)
def test_a_text_is_split_at_its_sentences(sentences: list[str]) -> None:
    assert sentences_of(" ".join(sentences)) == sentences


def test_a_closing_quotation_mark_belongs_to_the_sentence_before() -> None:
    assert sentences_of("“The gate was shut. ” The guard went home.") == [
        "“The gate was shut. ”",
        "The guard went home.",
    ]


def test_a_sentence_of_fewer_than_three_words_joins_its_neighbour() -> None:
    assert sentences_of("The gate was shut. Why? No one can say it.") == [
        "The gate was shut. Why?",
        "No one can say it.",
    ]


def test_a_sentence_never_crosses_a_paragraph() -> None:
    assert sentences_of("According to the guild,\n\n“it was shut.”") == [
        "According to the guild,",
        "“it was shut.”",
    ]


def test_a_long_quotation_is_split_at_its_sentences() -> None:
    quotation = "He wrote: “" + " ".join([SENTENCE] * 6) + "” It was late."
    found = sentences_of(quotation)
    assert len(found) == 7
    assert found[1] == SENTENCE


def test_a_very_long_sentence_is_cut_at_clauses() -> None:
    clause = "the guild of rope makers kept the keys of the old gate"
    found = sentences_of("; ".join([clause] * 20) + ".")
    assert max(len(sentence.split()) for sentence in found) <= MAX_SENTENCE_WORDS
    assert all(sentence.endswith((";", ".")) for sentence in found)


def test_a_very_long_run_of_words_is_cut_too() -> None:
    found = sentences_of("rope " * 500)
    assert max(len(sentence.split()) for sentence in found) <= MAX_SENTENCE_WORDS


def test_a_run_of_characters_without_spaces_is_cut_too() -> None:
    found = sentences_of("x" * 5000)
    assert max(map(len, found)) <= MAX_SENTENCE_CHARS
    assert "".join(found) == "x" * 5000


def test_offsets_count_characters_beyond_the_basic_plane() -> None:
    assert sentences_of("😀 It is a fine day. The “é” is here too.") == [
        "😀 It is a fine day.",
        "The “é” is here too.",
    ]


def test_blank_text_has_no_sentences_and_no_passages() -> None:
    assert split_sentences(" \n\n ") == ()
    assert split_passages(make_document("")) == ()


TEXTS = st.lists(
    st.sampled_from(
        [
            SENTENCE,
            "Why?",
            "“It is shut.”",
            "He left (at noon).",
            "A Heading",
            "\n\n",
            "\n",
            " ",
            "…",
            "”",
            "1.",
            "J. V.",
            "rope " * 130,
        ]
    )
    | st.text(max_size=20),
    max_size=40,
).map(" ".join)


@given(TEXTS)
def test_sentences_are_in_order_trimmed_and_cover_all_that_is_visible(text: str) -> None:
    spans = split_sentences(text)
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    for start, end in spans:
        assert text[start:end] == text[start:end].strip() != ""
        assert "\n\n" not in text[start:end]
    gaps = zip([0, *edges[1::2]], [*edges[::2], len(text)], strict=True)
    assert all(text[start:end].strip() == "" for start, end in gaps)


@given(TEXTS, st.integers(1, 100))
def test_passages_hold_every_sentence_once_and_offsets_reproduce_the_text(
    text: str, words: int
) -> None:
    document = make_document(text)
    passages = split_passages(document, words=words)
    for passage in passages:
        assert text[passage.start : passage.end] == passage.text
        assert passage.sentences[0].start == passage.start
        assert passage.sentences[-1].end == passage.end
        for sentence in passage.sentences:
            assert text[sentence.start : sentence.end] == sentence.text
    held = [(s.start, s.end) for passage in passages for s in passage.sentences]
    assert held == list(split_sentences(text))


@given(st.lists(st.integers(1, 12), min_size=4, max_size=12))
def test_no_passage_is_a_stump(paragraph_lengths: list[int]) -> None:
    paragraphs = [" ".join([SENTENCE] * length) for length in paragraph_lengths]
    document = make_document("\n\n".join(paragraphs))
    lengths = [len(passage.text.split()) for passage in split_passages(document)]
    if sum(lengths) >= 2 * PASSAGE_WORDS:
        assert min(lengths) >= 0.6 * PASSAGE_WORDS
    assert max(lengths) <= 1.5 * PASSAGE_WORDS


def test_a_heading_goes_with_what_follows_it() -> None:
    body = " ".join([SENTENCE] * 6)
    document = make_document(f"{body}\n\nThe Second Gate\n\n{body}")
    assert [passage.text.split("\n\n")[0] for passage in split_passages(document)] == [
        body,
        "The Second Gate",
    ]


def test_words_that_introduce_a_quotation_go_with_it() -> None:
    body = " ".join([SENTENCE] * 6)
    document = make_document(f"{body}\n\nAccording to the guild,\n\n“{body}”")
    assert any("guild,\n\n“The" in passage.text for passage in split_passages(document))


def test_a_length_of_no_words_is_rejected() -> None:
    with pytest.raises(ValueError, match="words is 0; give 1 or more"):
        split_passages(make_document(SENTENCE), words=0)


def test_a_paragraph_of_very_many_short_sentences_is_split_in_no_time() -> None:
    text = "Join now! " * 20_000
    began = time.process_time()
    spans = split_sentences(text)
    assert time.process_time() - began < 5
    assert "".join(text[start:end] for start, end in spans).count("Join") == 20_000
