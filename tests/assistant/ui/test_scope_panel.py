"""The choice of the essays that are asked, as the page shows it and the address names it."""

from dataclasses import replace

import pytest

from assistant.scope import ALL_ESSAYS, Scope
from assistant.ui.scope_panel import parse_only, view_scope
from tests.assistant.corpora import BRIDGE, DOCUMENTS, MILL
from tests.index.essays import make_document

GONE = "0" * 16
COMMA = replace(make_document("Some rope."), title="On Ropes", author="Lind, Agnes & Söhne / 100%")


def test_all_essays_and_authors_can_be_chosen() -> None:
    view = view_scope(ALL_ESSAYS, (*DOCUMENTS, replace(MILL, id=GONE)))
    assert [(one.name, one.about) for one in view.authors] == [("A. Writer", "2 essays")]
    assert [(one.value, one.name, one.about) for one in view.essays] == [
        (MILL.id, "On Mills", "A. Writer"),
        (BRIDGE.id, "On Bridges", ""),
        (GONE, "On Mills", "A. Writer"),
    ]
    assert (view.chosen, view.is_limited) == ((), False)


@pytest.mark.parametrize(
    ("scope", "summary"),
    [
        pytest.param(ALL_ESSAYS, "Asking all 2 essays", id="all"),
        pytest.param(Scope(essay_ids=(MILL.id,)), "Asking only “On Mills”", id="one"),
        pytest.param(
            Scope(authors=("A. Writer",)), "Asking only the essay by A. Writer", id="an author"
        ),
        pytest.param(
            Scope(essay_ids=(MILL.id, GONE)),
            "Asking only “On Mills” (1 choice is no longer there)",
            id="one of two gone",
        ),
        pytest.param(
            Scope(essay_ids=(GONE,)),
            "Asking only what is no longer there; choose again",
            id="all gone",
        ),
    ],
)
def test_the_summary_says_of_which_essays_is_asked(scope: Scope, summary: str) -> None:
    assert view_scope(scope, DOCUMENTS).summary == summary


def test_one_essay_is_not_counted() -> None:
    assert view_scope(ALL_ESSAYS, (MILL,)).summary == "Asking the one essay"


@pytest.mark.parametrize("essays", [(), (MILL.id,), (MILL.id, GONE)])
@pytest.mark.parametrize("authors", [(), (COMMA.author, "A. Writer")])
def test_what_is_chosen_survives_the_address(
    essays: tuple[str, ...], authors: tuple[str, ...]
) -> None:
    scope = Scope(essay_ids=essays, authors=authors)
    assert parse_only(",".join(view_scope(scope, DOCUMENTS).chosen)) == scope


def test_the_value_of_an_author_is_the_one_that_is_chosen() -> None:
    (author,) = view_scope(ALL_ESSAYS, (COMMA,)).authors
    assert parse_only(author.value) == Scope(authors=(COMMA.author,))
