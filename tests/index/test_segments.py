"""What is kept of an essay's part in the index: the same index, and any damage noticed."""

import hashlib
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from index.analysis import tokenize
from index.bm25 import Bm25Index
from index.corpus import Document, load_corpus
from index.counting import count_terms, join_rows, join_words
from index.errors import DamagedSegmentError, EmptyIndexError
from index.passages import split_passages
from index.segments import ANALYSIS_VERSION, document_key, make_segment, parse_segment
from tests.conftest import Golden
from tests.index.essays import PROSE, make_document
from tests.index.test_bm25 import ESSAYS

TEXT = (
    f"{PROSE}\n\nThe Second Gate\n\nPell’s ropes were of 1,500 feet in the 1920s. The U.S. bought"
    " them; US sailors used them. He said: “They hold.” Organised by J. V. Lind, the rope"
    " makers' guild sold 3.5 miles of it in 1920's spring.\n\nÉlan, ﬁne naïveté 😀 and Ångström."
)
WORDS = ["Harbour", "harbours", "guild", "Rope", "ropes", "the", "U.S.", "US", "1920's", "1920"]


def make_index(documents: tuple[Document, ...]) -> Bm25Index:
    return Bm25Index([passage for found in documents for passage in split_passages(found)])


def open_index(documents: tuple[Document, ...]) -> Bm25Index:
    return Bm25Index.from_segments(
        [(found, parse_segment(make_segment(found).to_bytes())) for found in documents]
    )


def assert_same(opened: Bm25Index, made: Bm25Index, *, words: tuple[str, ...]) -> None:
    assert opened.passages == made.passages
    for word in words:
        for term in tokenize(word):
            assert opened.has_term(term) == made.has_term(term)
            assert opened.idf(term) == made.idf(term)
            assert opened.has_small_term(term) == made.has_small_term(term)
            assert opened.get_spelling(term) == made.get_spelling(term)
            assert opened.search((term,), top_k=5) == made.search((term,), top_k=5)
        assert opened.find_similar(word) == made.find_similar(word)
    tokens = tokenize(" ".join(words))
    assert opened.search(tokens, top_k=1000) == made.search(tokens, top_k=1000)


def test_the_opened_index_of_the_default_essays_is_the_one_made_of_their_passages() -> None:
    documents = load_corpus([ESSAYS]).documents
    words = sorted({word for found in documents for word in found.text.split()})
    chosen = random.Random(7).sample(words, 150)
    chosen += [word[:3] + word[4:] for word in chosen[:20]]
    assert_same(open_index(documents), make_index(documents), words=tuple(chosen))


@examples(max_examples=30)
@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join),
            st.sampled_from(["", "On Ropes", "U.S. Guild"]),
            st.sampled_from(["", "Jane Lind"]),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_the_opened_index_of_any_essays_is_the_one_made_of_their_passages(
    essays: list[tuple[str, str, str]],
) -> None:
    documents = tuple(
        make_document(text, title=title, author=author, name=f"{number}.txt")
        for number, (text, title, author) in enumerate([*essays, ("The gate.", "", "")])
    )
    assert_same(open_index(documents), make_index(documents), words=(*WORDS, "Lind", "gatte"))


def test_terms_counted_in_parts_are_those_counted_together() -> None:
    texts = [
        "Mills and mill.",
        "The ropes of US sailors.",
        "",
        "Mills' rope in 1920's spring, 1920",
    ]
    whole = [count_terms("", texts)]
    parts = [count_terms("", [text]) for text in texts]
    joined, together = join_rows(parts), join_rows(whole)
    assert joined.terms == together.terms
    for name in ("row_ends", "row_terms", "row_counts", "holder_ends", "holders"):
        assert getattr(joined, name).tolist() == getattr(together, name).tolist()
    assert join_words(parts) == join_words(whole)


def test_the_spelling_of_words_is_counted_over_all_essays() -> None:
    documents = (
        make_document("The rope of Pell.", title="Ropes", name="a.txt"),
        make_document("Ropes, ropes and a rope.", title="Ropes", name="b.txt"),
    )
    assert join_words([make_segment(found).counts for found in documents]) == {
        "rope": {"Ropes": 3, "rope": 2, "ropes": 1},
        "pell": {"Pell": 1},
    }


def test_a_segment_reads_back_as_it_was_written() -> None:
    document = make_document(TEXT, title="On Ropes", author="Jane Lind")
    segment = make_segment(document)
    again = parse_segment(segment.to_bytes())
    assert again.to_bytes() == segment.to_bytes()
    assert again.document_key == document_key(document)
    assert again.passages(document) == split_passages(document)


def test_a_blank_essay_adds_nothing_not_even_its_title() -> None:
    blank = make_document(" \n\n ", title="Windmills")
    other = make_document("The rope.", name="b.txt")
    index = open_index((blank, other))
    assert [passage.document.name for passage in index.passages] == ["b.txt"]
    assert not index.has_term("windmil")
    with pytest.raises(EmptyIndexError):
        open_index((blank,))


def test_every_flipped_byte_is_noticed() -> None:
    content = make_segment(make_document("The rope of Pell.", title="Ropes")).to_bytes()
    for at in range(len(content)):
        for bit in (1, 128):
            damaged = bytearray(content)
            damaged[at] ^= bit
            with pytest.raises(DamagedSegmentError):
                parse_segment(bytes(damaged))


def test_a_segment_cut_short_or_with_more_behind_it_is_noticed() -> None:
    content = make_segment(make_document("The rope of Pell.", title="Ropes")).to_bytes()
    for damaged in [content[:size] for size in range(len(content))] + [content + b"\0", b""]:
        with pytest.raises(DamagedSegmentError, match="make it again"):
            parse_segment(damaged)


def sealed(content: bytes, body: bytes) -> bytes:
    """Return a segment of a body with the digest that fits."""
    return content[:12] + hashlib.sha256(body).digest() + body


@pytest.mark.parametrize(
    "tear",
    [
        pytest.param(lambda body: body[:40], id="shorter than its sizes"),
        pytest.param(lambda body: body + b"\0", id="longer than its sizes"),
        pytest.param(lambda body: body[:-1] + b"\xff", id="no UTF-8"),
        pytest.param(lambda body: body[:68] + b"\xff\xff\xff\xff" + body[72:], id="huge numbers"),
    ],
)
def test_a_body_that_contradicts_itself_is_refused_though_its_digest_fits(tear: object) -> None:
    content = make_segment(make_document("The rope of Pell.", title="Ropes")).to_bytes()
    assert callable(tear)
    with pytest.raises(DamagedSegmentError, match="make it again"):
        parse_segment(sealed(content, tear(content[44:])))


def test_the_segment_of_another_text_title_or_author_is_refused() -> None:
    document = make_document(TEXT, title="On Ropes", author="Jane Lind")
    segment = make_segment(document)
    for other in (
        replace(document, text=document.text + " It held."),
        replace(document, title="On Rope"),
        replace(document, title="On Ropes\nJane", author="Lind"),
    ):
        with pytest.raises(DamagedSegmentError, match="was not made from the essay"):
            Bm25Index.from_segments([(other, segment)])
    assert segment.passages(replace(document, name="moved.txt", date="May"))


def test_a_change_of_the_analysis_raises_its_version(golden: Golden) -> None:
    """Kept segments of an older analysis would be taken for new ones otherwise.

    If this fails after a change of the splitter or the tokeniser, raise ``ANALYSIS_VERSION``
    and update the golden file.
    """
    segment = make_segment(make_document(TEXT, title="On Ropes", author="Jane Lind"))
    terms = hashlib.sha256(segment.to_bytes()[44 + 32 :]).hexdigest()
    golden("analysis.txt", f"version {ANALYSIS_VERSION}: {terms}\n")
