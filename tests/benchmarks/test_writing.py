"""What looked-up drafts would have saved, from what was written."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmarks.writing import Written, look_up, replay

TOKENS = st.lists(st.integers(0, 4), max_size=20).map(tuple)


def test_the_longest_run_counts_before_a_later_one() -> None:
    assert look_up([1, 2, 7, 3, 2, 9, 1, 2], longest=2, shortest=1, length=1) == (7,)


def test_of_equal_runs_the_last_counts() -> None:
    assert look_up([2, 7, 2, 9, 2], longest=3, shortest=1, length=1) == (9,)


def test_what_never_occurred_gives_no_draft() -> None:
    assert look_up([1, 2, 3], longest=3, shortest=1, length=4) == ()


def test_a_copied_answer_takes_a_step_for_each_draft() -> None:
    copied = Written(prompt=(1, 2, 3, 4, 5, 6, 7), tokens=(1, 2, 3, 4, 5, 6))
    found = replay([copied], shortest=1, length=2)
    # After 1 the draft 2, 3 holds and 4 is written; after 4 so do 5 and 6; 7 is not written.
    assert found.batches == {3: 2}
    assert (found.n_drafted, found.n_held) == (4, 4)
    assert found.time({1: 1.0, 3: 1.5}) == 0.5


def test_drafts_that_never_hold_cost_what_their_batches_cost() -> None:
    found = replay([Written(prompt=(1, 2, 1, 3), tokens=(1, 4))], shortest=1, length=1)
    assert found.batches == {2: 1, 1: 1}
    assert found.time({1: 1.0, 2: 2.0}) == 1.5


@settings(max_examples=40)
@given(TOKENS, TOKENS, st.integers(1, 3), st.integers(1, 5))
def test_each_step_makes_known_the_tokens_that_hold_and_one_more(
    prompt: tuple[int, ...], tokens: tuple[int, ...], shortest: int, length: int
) -> None:
    found = replay([Written(prompt=prompt, tokens=tokens)], shortest=shortest, length=length)
    assert sum(found.batches.values()) + found.n_held == len(tokens)
    assert sum((size - 1) * n for size, n in found.batches.items()) == found.n_drafted
