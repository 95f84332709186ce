"""Which words are spellings of one word, and which only look like it."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analysis import tokenize
from index.spelling import Spellings, fold_name, fold_word, is_english

TEXT = """
Skernyi wrote to Marenko and to Zavoyev of the Polburo. Marenko organised the defence of the harbour
while the triumvirate weighed his testament and the communism of Bregovsky. Peller and Pell sold
ropes. A winner is a winner. The harbour froze. The Harbour Board met at Kestrel under Lindquist.
"""


def make_spellings(text: str = TEXT) -> Spellings:
    counts: dict[str, Counter[str]] = {}
    for word in text.replace(".", " ").split():
        for term in tokenize(word):
            counts.setdefault(term, Counter())[word] += 1
    return Spellings(counts)


def find(word: str, *, is_known: bool = False, limit: int = 3) -> list[str]:
    spellings = make_spellings()
    found = spellings.find_similar(word, limit=limit, is_known=is_known)
    return [spellings.get_commonest(term) for term in found]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("trimuvirate", "triumvirate"),
        ("testement", "testament"),
        ("comunism", "communism"),
        ("triumvirrate", "triumvirate"),
        ("triumvrte", "triumvirate"),
        ("harbuor", "harbour"),
        ("wniner", "winner"),
    ],
)
def test_a_slip_in_a_word_is_forgiven(typed: str, meant: str) -> None:
    assert find(typed) == [meant]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Skernij", "Skernyi"),
        ("Skerny", "Skernyi"),
        ("Zavoiev", "Zavoyev"),
        ("Polbuerau", "Polburo"),
        ("Markenko", "Marenko"),
        ("Maernko", "Marenko"),
        ("Marinko", "Marenko"),
        ("Marrenko", "Marenko"),
        ("Bregovskii", "Bregovsky"),
        ("Bregowsky", "Bregovsky"),
        ("Kestral", "Kestrel"),
    ],
)
def test_a_name_in_another_transcription_or_mistyped_is_the_same(typed: str, meant: str) -> None:
    assert find(typed) == [meant]


@pytest.mark.parametrize(
    "typed",
    [
        "Pelle",
        "Marenka",
        "Marelko",
        "Darenko",
        "Lindberg",
        "Zavoye",
        "Winnner",
    ],
)
def test_another_name_is_not_taken_for_one_that_looks_like_it(typed: str) -> None:
    assert find(typed) == []


@pytest.mark.parametrize("typed", ["wonder", "winter", "dinner", "peeler", "Keller", "defends"])
def test_a_word_of_english_is_never_a_slip(typed: str) -> None:
    assert is_english(typed)
    assert find(typed) == []


@pytest.mark.parametrize("typed", ["pell", "", "rope1", "19033", "1903", "wnr", "xqzzy", "skk"])
def test_short_words_numbers_and_nonsense_are_like_nothing(typed: str) -> None:
    assert find(typed) == []


@pytest.mark.parametrize(
    ("typed", "meant"), [("organized", "organised"), ("defense", "defence"), ("harbor", "harbour")]
)
def test_british_and_american_spelling_are_one_word(typed: str, meant: str) -> None:
    assert find(typed) == [meant]


def test_a_word_that_is_known_has_no_slips_but_variants() -> None:
    spellings = make_spellings("Tarmskii met Tarmsky. The ropes broke. The robes burned.")
    assert spellings.find_similar("Tarmsky", limit=3, is_known=True) == tokenize("Tarmskii")
    assert spellings.find_similar("ropes", limit=3, is_known=True) == ()


def test_the_commonest_comes_first_and_no_more_are_given_than_wanted() -> None:
    spellings = make_spellings("A skarnel and a skornel, a skornel and a skurnel.")
    found = [spellings.find_similar("skrnel", limit=n, is_known=False) for n in (1, 2, 3)]
    assert found == [("skornel",), ("skornel", "skarnel"), ("skornel", "skarnel", "skurnel")]


def test_the_commonest_word_stands_for_a_term() -> None:
    spellings = make_spellings("Mills milled. The mills of the mills. The mill. Skerne fell.")
    assert spellings.get_commonest("mill") == "mills"
    assert spellings.get_commonest("skern") == "Skerne"
    assert spellings.get_commonest("zebra") == "zebra"


def test_only_a_word_never_written_small_is_a_name() -> None:
    spellings = make_spellings("Harbour gates. The harbour. Skerne fell.")
    assert spellings.has_small("harbour")
    assert not spellings.has_small("skern")
    assert not spellings.has_small("zebra")


@given(st.text(max_size=30))
def test_any_word_can_be_looked_up(word: str) -> None:
    make_spellings().find_similar(word, limit=3, is_known=False)
    assert fold_word(word) == fold_word(word.upper()) or not word.isascii()
    assert fold_name(fold_name("Bregovskii")) == fold_name("Bregovskii")
