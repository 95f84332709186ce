"""The limit of a question to some of the essays."""

import argparse
from collections.abc import Sequence
from dataclasses import replace

import pytest

from assistant.commands.scope import add_scope, read_scope
from assistant.errors import UsageError
from assistant.scope import (
    ALL_ESSAYS,
    Scope,
    count_gone,
    describe_scope,
    find_chosen,
    parse_scope,
    settle,
)
from index.corpus import Document
from tests.assistant.corpora import BRIDGE, DOCUMENTS, MILL
from tests.index.essays import make_document

ROPES = make_document("A rope.", title="On Ropes", author="Agnes Lind", name="ropes.md")
TAR = make_document("Some tar.", title="On Tar", author="Agnes Lind", name="south/tar.md")
ESSAYS = (*DOCUMENTS, ROPES, TAR)
GONE = "0" * 16


def titles(documents: Sequence[Document]) -> list[str]:
    return [one.title for one in documents]


def test_without_a_limit_all_essays_are_asked_and_nothing_is_said() -> None:
    assert find_chosen(ALL_ESSAYS, ESSAYS) == ESSAYS
    assert not ALL_ESSAYS.is_limited
    assert describe_scope(settle(ALL_ESSAYS, ESSAYS)) == ""


def test_chosen_essays_and_those_of_an_author_are_asked_together_in_their_own_order() -> None:
    scope = Scope(essay_ids=(TAR.id, BRIDGE.id), authors=("agnes  lind",))
    assert titles(find_chosen(scope, ESSAYS)) == ["On Bridges", "On Ropes", "On Tar"]


def test_essays_without_an_author_are_of_no_author() -> None:
    assert find_chosen(Scope(authors=("",)), ESSAYS) == ()


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        pytest.param(Scope(essay_ids=(MILL.id,)), "“On Mills”", id="an essay"),
        pytest.param(
            Scope(essay_ids=(TAR.id, MILL.id, BRIDGE.id)),
            "“On Mills”, “On Bridges” and “On Tar”",
            id="three",
        ),
        pytest.param(Scope(essay_ids=tuple(one.id for one in ESSAYS)), "4 essays", id="many"),
        pytest.param(Scope(authors=("Agnes Lind",)), "the 2 essays by Agnes Lind", id="an author"),
        pytest.param(
            Scope(essay_ids=(BRIDGE.id,), authors=("A. Writer",)),
            "“On Bridges” and the essay by A. Writer",
            id="both",
        ),
        pytest.param(
            Scope(essay_ids=(BRIDGE.id, GONE)),
            "“On Bridges” (1 choice is no longer there)",
            id="one gone",
        ),
        pytest.param(
            Scope(essay_ids=(GONE,), authors=("Marta Vey",)), "what is no longer there", id="all"
        ),
    ],
)
def test_a_limit_is_told_in_words(scope: Scope, words: str) -> None:
    settled = settle(scope, ESSAYS)
    assert describe_scope(settled) == f"Asked only of: {words}"
    assert replace(settled, words="") == scope


def test_what_is_gone_is_counted_once() -> None:
    scope = Scope(essay_ids=(GONE, GONE, MILL.id), authors=("Marta Vey",))
    assert count_gone(scope, ESSAYS) == 2


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("south/tar.md", id="file"),
        pytest.param("tar.md", id="file without its folder"),
        pytest.param(" on  TAR", id="title"),
        pytest.param(TAR.id, id="id"),
    ],
)
def test_an_essay_is_named_by_file_title_or_id(name: str) -> None:
    assert parse_scope(ESSAYS, only=[name]).essay_ids == (TAR.id,)


@pytest.mark.parametrize("name", ["Agnes Lind", "lind", " LIND "])
def test_an_author_is_named_by_name_or_surname(name: str) -> None:
    assert parse_scope(ESSAYS, authors=[name, name]).authors == ("Agnes Lind",)


def test_nothing_typed_is_no_limit() -> None:
    assert parse_scope(ESSAYS) == ALL_ESSAYS


@pytest.mark.parametrize(
    ("authors", "only", "message"),
    [
        pytest.param(
            ("Vey",),
            (),
            "There is no essay by 'Vey'; there are essays by 'A. Writer', 'Agnes Lind'.",
            id="unknown author",
        ),
        pytest.param(
            (" ",),
            (),
            "There is no essay by ' '; there are essays by 'A. Writer', 'Agnes Lind'.",
            id="blank author",
        ),
        pytest.param(
            (),
            ("bell.md",),
            "There is no essay 'bell.md'; there are 'mills.md: On Mills',"
            " 'north/bridges.md: On Bridges', 'ropes.md: On Ropes', 'south/tar.md: On Tar'.",
            id="unknown essay",
        ),
    ],
)
def test_an_unknown_name_is_refused_with_those_there_are(
    authors: tuple[str, ...], only: tuple[str, ...], message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        parse_scope(ESSAYS, authors=authors, only=only)
    assert str(caught.value) == message


def test_a_name_of_several_essays_is_refused_with_their_files() -> None:
    other = replace(TAR, id=GONE, name="north/tar.md")
    with pytest.raises(UsageError, match=r"are called 'tar\.md': 'south/tar\.md', "):
        parse_scope((*ESSAYS, other), only=["tar.md"])
    assert parse_scope((*ESSAYS, other), only=["north/tar.md"]).essay_ids == (GONE,)


def test_an_error_names_only_some_of_many_essays() -> None:
    many = [replace(TAR, id=str(n), name=f"{n}.md") for n in range(30)]
    with pytest.raises(UsageError, match=r"'19\.md: On Tar' and 10 more\.$"):
        parse_scope(many, only=["x"])


def test_the_options_of_a_command_can_be_repeated() -> None:
    parser = argparse.ArgumentParser()
    add_scope(parser)
    typed = ["--author", "Lind", "--only", "On Mills", "--only", "bridges.md"]
    assert read_scope(parser.parse_args(typed), ESSAYS).words == (
        "“On Mills”, “On Bridges” and the 2 essays by Agnes Lind"
    )
    assert read_scope(parser.parse_args([]), ESSAYS) == ALL_ESSAYS


def test_a_command_without_the_options_has_no_limit() -> None:
    assert read_scope(argparse.Namespace(), ESSAYS) == ALL_ESSAYS
