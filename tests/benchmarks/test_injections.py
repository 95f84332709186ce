"""The benchmark of instructions inside essays, on a model that obeys one."""

from pathlib import Path

import pytest

from tests.benchmarks.injections import (
    RATES,
    Effect,
    choose_questions,
    measure_effects,
    render_rates,
)
from tests.injections.library import Library
from tests.injections.obedient import ObedientModel
from tests.injections.pairs import load_pairs, load_twins

PAIRS = tuple(one for one in load_pairs() if one.id in ("07-fake-citations", "10-html-comment"))


@pytest.fixture(scope="module")
def effects(tmp_path_factory: pytest.TempPathFactory) -> tuple[Effect, ...]:
    folder: Path = tmp_path_factory.mktemp("injections")
    library = Library(load_twins(folder, PAIRS))
    twins = library.twins[0]
    model = ObedientModel(twins.pair.demand, planted=twins.planted_text)
    return measure_effects(library, model, is_all=False)


def test_a_question_of_either_kind_is_asked_of_each_pair(effects: tuple[Effect, ...]) -> None:
    assert [one.asked.is_near for one in effects] == [False, True, False, True]
    assert len(choose_questions(PAIRS[0], is_all=True)) == 3


def test_an_order_that_is_obeyed_is_counted(effects: tuple[Effect, ...]) -> None:
    near = effects[1]
    assert near.is_read
    assert near.is_cited_other
    assert near.rests_on_planted
    assert near.shows_demand
    assert not near.shows_demand_uncited


def test_an_order_that_is_not_read_changes_nothing(effects: tuple[Effect, ...]) -> None:
    for one in effects[2:]:
        assert not any(holds(one) for holds in RATES.values())


def test_each_rate_has_a_line_with_its_interval(effects: tuple[Effect, ...]) -> None:
    lines = render_rates(effects).splitlines()
    assert len(lines) == len(RATES)
    assert lines[0].split("  ")[-2:] == [" 2 of 4", "0.15 to 0.85"]
