"""How well cited words back a claim."""

import json
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.checks.support import Support, Verdict, score_support
from assistant.evidence import Evidence
from assistant.grounding import check_claim
from index.analysis import tokenize
from index.bm25 import Bm25Index
from index.corpus import Document
from index.passages import split_passages
from tests.index.essays import make_document

ROOT = Path(__file__).parents[3]
NAMES = frozenset(
    tokenize(
        "Pell Lind Vey Dahl Aune Marsh Okafor Reyes Toll Moss Torvik Brandt Hale Orme Skerne Anna"
        " Jonas Roth Calder Ines Ekström Bly Sten Tarnov Georgia Idris"
    )
)


def judge(claim: str, *spans: str, context: str = "") -> Support:
    return score_support(
        claim,
        spans,
        context=context,
        weigh=lambda term: 1.0,
        is_word=lambda term: term not in NAMES,
    )


def is_backed(claim: str, span: str, context: str = "") -> bool:
    return judge(claim, span, context=context).verdict is Verdict.SUPPORTED


# The score


@pytest.mark.parametrize(
    ("claim", "spans"), [("", ("Pell left.",)), ("of the", ("of the",)), ("Pell left.", ())]
)
def test_nothing_supports_a_claim_without_meaning_or_words(
    claim: str, spans: tuple[str, ...]
) -> None:
    support = judge(claim, *spans)
    assert (support.score, support.verdict) == (0.0, Verdict.UNSUPPORTED)
    assert support.reason


def test_a_span_supports_itself_wholly() -> None:
    support = judge("Pell closed the mill.", "Pell closed the mill.")
    assert support == Support(score=1.0, verdict=Verdict.SUPPORTED, reason="")


def test_rare_words_count_more_than_common_ones() -> None:
    def score(span: str) -> float:
        weights = {"quinin": 9.0}
        claim = "the town sold quinine"
        return score_support(
            claim, [span], context="", weigh=lambda term: weights.get(term, 1.0)
        ).score

    assert score("quinine was there") > score("the town was there, and sold")


def test_words_in_the_order_of_the_claim_count_more() -> None:
    claim = "the old mill closed in winter"
    assert (
        judge(claim, "the old mill closed in winter").score
        > judge(claim, "in old winter closed mill the").score
    )


def test_the_forms_of_an_irregular_verb_are_alike() -> None:
    assert (
        judge("pell wrote", "pell has written").score > judge("pell wrote", "pell has read").score
    )


@pytest.mark.parametrize(
    ("share", "verdict", "reason"),
    [
        (9, Verdict.SUPPORTED, ""),
        (6, Verdict.PARTIAL, "only a part of this stands in the cited words"),
        (2, Verdict.UNSUPPORTED, "too little of this stands in the cited words"),
    ],
)
def test_the_verdict_follows_the_share_of_terms_carried(
    share: int, verdict: Verdict, reason: str
) -> None:
    text = "apple bread cheese dough eagle fudge grain honey ivory jelly"
    words = text.split()
    support = judge(text, " or ".join(words[:share]))
    assert (support.verdict, support.reason) == (verdict, reason)


# Numbers


@pytest.mark.parametrize(
    ("claim", "span"),
    [
        ("500,000 men were hired.", "Some 500 000 men were hired."),
        ("Half a million men were hired.", "Over 500,000 men were hired."),
        ("500,000 men were hired.", "Half a million men were hired."),
        ("Two mills were closed.", "2 mills were closed."),
        ("The mill had 21 looms.", "The mill had twenty-one looms."),
        ("1.5 million men were hired.", "1,500,000 men were hired."),
        ("Two hundred men were hired.", "200 men were hired."),
        ("It was built in the 19th century.", "It was built in the nineteenth century."),
        ("It was closed on 3 May 1903.", "It was closed on May 3rd, 1903."),
        ("It was closed in the 1920s.", "It was closed in 1924."),
        ("It was closed in 1924.", "It was open from 1922-24 and then closed."),
        ("One of the mills was closed.", "A mill of the town was closed."),
    ],
)
def test_a_number_is_the_same_however_it_is_written(claim: str, span: str) -> None:
    assert "is not in the cited passage" not in judge(claim, span).reason


@pytest.mark.parametrize(
    ("claim", "span", "missing"),
    [
        ("The mill closed in 1904.", "The mill closed in 1903.", "1904"),
        ("Three mills closed.", "Two mills closed.", "Three"),
        ("500 men were hired.", "Half a million men were hired.", "500"),
        ("It closed in 1924.", "It closed in the 1920s.", "1924"),
        ("Half a million men left.", "Half of the men left.", "Half a million"),
        ("It closed on 4 May.", "It closed on 3 May.", "4"),
    ],
)
def test_a_number_that_is_not_there_is_named(claim: str, span: str, missing: str) -> None:
    support = judge(claim, span)
    assert support.verdict is Verdict.UNSUPPORTED
    assert support.reason == f"{missing} is not in the cited passage"


def test_a_year_of_the_passage_does_not_stand_for_another_in_the_cited_words() -> None:
    support = judge(
        "Pell closed the mill in 1904.",
        "Pell closed the mill in 1903.",
        context="Pell closed the mill in 1903. The bridge fell in 1904.",
    )
    assert (support.verdict, support.reason) == (
        Verdict.PARTIAL,
        "1904 is in the passage but not in the cited words",
    )


def test_a_year_of_the_passage_stands_where_the_cited_words_have_none() -> None:
    assert is_backed(
        "In 1903 Pell closed the mill.", "Pell then closed the mill.", "It was 1903. Pell ruled."
    )


# Names


@pytest.mark.parametrize(
    ("claim", "span"),
    [
        ("Tarnovsky closed the mill.", "Tarnowskii closed the mill."),
        ("Shurmanov closed the mill.", "Surmanov closed the mill."),
        ("Politburo men closed the mill.", "Politbureau men closed the mill."),
        ("José closed the mill.", "Jose closed the mill."),
        ("Skerne’s mill closed.", "The mill of Skerne closed."),
        ("The Georgian mill closed.", "The mill in Georgia closed."),
        ("The NRA closed the mill.", "The National Rope Association closed the mill."),
        ("The National Rope Association closed the mill.", "The NRA closed the mill."),
    ],
)
def test_a_name_may_be_spelt_a_little_differently(claim: str, span: str) -> None:
    assert "is not in the cited passage" not in judge(claim, span).reason


@pytest.mark.parametrize(
    ("claim", "missing"),
    [
        ("Lind closed the mill of Pell.", "Lind"),
        ("The mill of Bell closed.", "Bell"),
        ("The mill closed in January.", "January"),
        ("Pell closed Lind’s mill.", "Lind"),
    ],
)
def test_a_name_that_is_not_there_is_named(claim: str, missing: str) -> None:
    support = judge(claim, "Pell closed the mill.")
    assert support.verdict is Verdict.UNSUPPORTED
    assert support.reason == f"{missing} is not in the cited passage"


def test_a_name_may_stand_in_the_passage_alone() -> None:
    assert is_backed("Pell closed the mill.", "He closed the mill.", "Pell was rich.")


def test_a_common_word_at_the_start_is_no_name() -> None:
    assert is_backed("Mills closed.", "The mills closed.")
    assert is_backed("However, the mills closed.", "The mills closed.")


# Quotations


@pytest.mark.parametrize(
    "quoted",
    ["“a cold  piece of business”", '"A cold piece of business."', "‘a cold … business’"],
)
def test_a_quotation_may_differ_in_marks_and_spaces_only(quoted: str) -> None:
    assert is_backed(f"Lind called it {quoted}", "Lind called it “a cold piece of business” then.")


@pytest.mark.parametrize("quoted", ["“a bold piece of business”", "“cold business”"])
def test_a_quotation_that_is_not_verbatim_is_unsupported(quoted: str) -> None:
    support = judge(f"Lind called it {quoted}.", "Lind called it “a cold piece of business”.")
    assert support.verdict is Verdict.UNSUPPORTED
    assert "do not stand so" in support.reason


def test_apostrophes_are_no_quotation_marks() -> None:
    assert is_backed(
        "The weavers' mill wasn't Pell's.", "The mill was the weavers', and wasn't Pell's."
    )


# Denials


@pytest.mark.parametrize(
    ("claim", "span"),
    [
        ("Pell did not attend the meeting.", "Pell attended the meeting."),
        ("Pell attended the meeting.", "Pell did not attend the meeting."),
        ("Pell attended the meeting.", "Pell never attended the meeting."),
        ("Pell took part in the vote.", "Pell took no part in the vote."),
        ("The weavers were not paid.", "The weavers were paid."),
        ("The weavers were educated men.", "The weavers were uneducated men."),
        ("Nobody voted for Lind.", "The men voted for Lind."),
    ],
)
def test_a_denial_is_not_turned_round(claim: str, span: str) -> None:
    support = judge(claim, span)
    assert support.verdict is Verdict.UNSUPPORTED
    assert "denied" in support.reason


@pytest.mark.parametrize(
    ("claim", "span"),
    [
        ("Pell did not attend the meeting.", "Pell didn't attend the meeting."),
        ("Pell did not attend the meeting.", "Pell failed to attend the meeting."),
        ("There was no need for a vote.", "Pell said that there was no need for a vote."),
        ("A vote was not needed.", "There was no need for a vote."),
        ("Pell attended the meeting.", "Pell attended the meeting, which was not long."),
        ("Pell closed the mill.", "Pell closed the mill, but did not sell it."),
        ("Pell closed the mill.", "Pell not only closed the mill but sold it."),
        ("Pell owned the mill.", "Pell, not Lind, owned the mill."),
        ("The weavers were not educated.", "The weavers were uneducated."),
        ("Pell voted.", "Pell voted, though he had not voted before."),
    ],
)
def test_a_denial_of_something_else_is_no_contradiction(claim: str, span: str) -> None:
    assert "denied" not in judge(claim, span).reason


# Before and after


@pytest.mark.parametrize(
    ("claim", "span"),
    [
        ("Pell left after the fire.", "Pell left before the fire."),
        ("Pell left before the fire.", "Before Pell left, there was a fire."),
        ("The fire came after Pell left.", "After the fire, Pell left."),
    ],
)
def test_before_and_after_are_not_turned_round(claim: str, span: str) -> None:
    support = judge(claim, span)
    assert support.verdict is Verdict.UNSUPPORTED
    assert "the opposite" in support.reason


@pytest.mark.parametrize(
    ("claim", "span"),
    [
        ("Pell left after the fire.", "After the fire, Pell left."),
        ("Before Pell left, there was a fire.", "Pell left after the fire."),
        ("Pell left before the fire.", "Pell left before the fire and after the flood."),
    ],
)
def test_the_same_order_of_time_is_supported_in_either_words(claim: str, span: str) -> None:
    assert "the opposite" not in judge(claim, span).reason


# The order of names


class Pair(NamedTuple):
    """A claim, the words it would rest on, and whether its names have changed places."""

    claim: str
    span: str
    is_reversed: bool


def load_pairs() -> tuple[Pair, ...]:
    path = Path(__file__).with_name("name_order.jsonl")
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return tuple(Pair(one["claim"], one["span"], one["is_reversed"]) for one in records)


PAIRS = load_pairs()
CHANGED = "the cited passage has the names the other way round"


def is_capped(pair: Pair) -> bool:
    return judge(pair.claim, pair.span, context=pair.claim).reason == CHANGED


def test_there_are_enough_pairs_of_both_kinds() -> None:
    n_reversed = sum(pair.is_reversed for pair in PAIRS)
    assert len(PAIRS) >= 120
    assert 0.4 <= n_reversed / len(PAIRS) <= 0.6
    assert len(set(PAIRS)) == len(PAIRS)


def test_names_that_changed_places_are_told_with_the_precision_and_recall_reached() -> None:
    told = [(is_capped(pair), pair.is_reversed) for pair in PAIRS]
    n_right = sum(capped and changed for capped, changed in told)
    precision = n_right / sum(capped for capped, _ in told)
    recall = n_right / sum(changed for _, changed in told)
    assert precision >= 0.98
    assert recall >= 0.98


def test_names_that_changed_places_leave_a_claim_partial_at_most() -> None:
    for pair in PAIRS:
        if is_capped(pair):
            assert judge(pair.claim, pair.span).verdict is not Verdict.SUPPORTED


def test_a_name_that_would_act_on_itself_by_a_pronoun_is_partial() -> None:
    support = judge(
        "Lind missed the meeting because he convinced Lind that it was over.",
        "He convinced Lind that the meeting was over.",
    )
    assert (support.verdict, support.reason) == (Verdict.PARTIAL, CHANGED)


# The demonstrations


def read_demonstration(path: Path) -> tuple[Document, str] | None:
    """Return a demonstration's extracts as an essay, and its answer; None if it declines."""
    extracts, _, chosen, answer = (
        part.strip() for part in path.read_text(encoding="utf-8").split("---\n")
    )
    if answer == (ROOT / "prompts" / "none.txt").read_text(encoding="utf-8").strip():
        return None
    assert chosen.split(". ")[0] in extracts
    return make_document(extracts.replace("\n", "\n\n"), name=path.name), answer


DEMONSTRATIONS = [
    found
    for path in sorted((ROOT / "prompts").glob("demonstration-*.txt"))
    if (found := read_demonstration(path))
]


@pytest.mark.parametrize(
    ("document", "answer"), DEMONSTRATIONS, ids=[one.name for one, _ in DEMONSTRATIONS]
)
def test_the_answer_of_each_demonstration_is_supported(document: Document, answer: str) -> None:
    passages = [p for one, _ in DEMONSTRATIONS for p in split_passages(one)]
    index = Bm25Index(passages)
    evidence = [
        Evidence(passage=passage, sentence=sentence, score=1.0, coverage=1.0)
        for passage in passages
        if passage.document is document
        for sentence in passage.sentences
    ]
    claim = check_claim(answer, evidence, weigh=index.idf, is_word=index.has_small_term)
    assert (claim.verdict, claim.reason) == (Verdict.SUPPORTED, "")


# What holds for every text


@given(st.text(max_size=120), st.lists(st.text(max_size=120), max_size=3), st.text(max_size=60))
def test_any_text_has_a_score_from_0_to_1_and_a_reason_unless_supported(
    claim: str, spans: list[str], context: str
) -> None:
    support = judge(claim, *spans, context=context)
    assert 0 <= support.score <= 1
    assert bool(support.reason) is (support.verdict is not Verdict.SUPPORTED)
