"""Of which essays a question is asked: all of them, chosen ones, or those of an author."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from assistant.errors import UsageError
from assistant.questions.naming import is_author
from index.corpus import Document

MAX_TITLES: Final = 3
"""The most chosen essays that are told by their titles; more are counted."""
MAX_LISTED: Final = 20
"""The most essays and authors that an error names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The limit of a question; without essays and authors there is none.

    Attributes:
        essay_ids: The essays it is asked of.
        authors: Those of whom all essays are asked, as the essays write them.
        words: How it is told to a reader: what follows "Asked only of"; empty without a limit,
            and until ``settle`` has looked which essays there are.
    """

    essay_ids: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    words: str = ""

    @property
    def is_limited(self) -> bool:
        """Whether not all essays are asked."""
        return bool(self.essay_ids or self.authors)


ALL_ESSAYS: Final = Scope()
"""No limit."""


def find_chosen(scope: Scope, documents: Sequence[Document]) -> tuple[Document, ...]:
    """Return the essays that a question is asked of, in their order; all without a limit.

    Empty if all that were chosen are gone.
    """
    if not scope.is_limited:
        return tuple(documents)
    authors = {fold(author) for author in scope.authors}
    return tuple(one for one in documents if one.id in scope.essay_ids or _has_author(one, authors))


def count_gone(scope: Scope, documents: Sequence[Document]) -> int:
    """Return how many of the chosen essays are not there, each author without essays as one."""
    ids = {one.id for one in documents}
    authors = {fold(one.author) for one in documents}
    return sum(one not in ids for one in set(scope.essay_ids)) + sum(
        fold(one) not in authors for one in set(scope.authors)
    )


def settle(scope: Scope, documents: Sequence[Document]) -> Scope:
    """Return the limit with its words, as far as its essays are among those there are.

    >>> settle(Scope(authors=("Agnes Lind",)), ()).words
    'what is no longer there'
    """
    if not scope.is_limited:
        return ALL_ESSAYS
    parts = []
    by_title = [one for one in documents if one.id in scope.essay_ids]
    if len(by_title) > MAX_TITLES:
        parts.append(f"{len(by_title)} essays")
    else:
        parts += [f"“{' '.join(one.title.split())}”" for one in by_title]
    for author in scope.authors:
        n_essays = sum(fold(one.author) == fold(author) for one in documents)
        if n_essays:
            count = "the essay" if n_essays == 1 else f"the {n_essays} essays"
            parts.append(f"{count} by {' '.join(author.split())}")
    words = _join(parts)
    if n_gone := count_gone(scope, documents):
        gone = "what is no longer there"
        some = "1 choice is" if n_gone == 1 else f"{n_gone} choices are"
        words = f"{words} ({some} no longer there)" if words else gone
    return replace(scope, words=words)


def describe_scope(scope: Scope) -> str:
    """Say of which essays alone a question was asked; empty if of all.

    >>> describe_scope(Scope(authors=("Agnes Lind",), words="the 2 essays by Agnes Lind"))
    'Asked only of: the 2 essays by Agnes Lind'
    """
    return f"Asked only of: {scope.words}" if scope.is_limited else ""


def parse_scope(
    documents: Sequence[Document], *, authors: Sequence[str] = (), only: Sequence[str] = ()
) -> Scope:
    """Return the limit that a reader has typed; none if nothing is given.

    Args:
        documents: The essays there are.
        authors: Names or surnames of authors.
        only: Files as ``essays list`` prints them, or without their folders, ids, or titles; case
            and white space are ignored.

    Raises:
        UsageError: An author or essay is not there, or several are meant by one name; the message
            names those there are.
    """
    found_authors: dict[str, None] = {}
    for name in authors:
        found = [one.author for one in documents if is_named(name, one)]
        if not found:
            listed = _list(dict.fromkeys(one.author for one in documents if one.author))
            raise UsageError(f"There is no essay by {name!r}; there are essays by {listed}.")
        found_authors.update(dict.fromkeys(found))
    ids = dict.fromkeys(_find_essay(name, documents).id for name in only)
    return settle(Scope(essay_ids=tuple(ids), authors=tuple(found_authors)), documents)


def is_named(name: str, document: Document) -> bool:
    """Return whether a name, or a surname, is that of an essay's author."""
    return bool(fold(name)) and (fold(name) == fold(document.author) or is_author(name, document))


def fold(text: str) -> str:
    """Return a text in which case and white space make no difference.

    >>> fold(" Agnes  LIND ")
    'agnes lind'
    """
    return " ".join(text.split()).casefold()


def _has_author(document: Document, authors: set[str]) -> bool:
    return bool(document.author) and fold(document.author) in authors


def _find_essay(name: str, documents: Sequence[Document]) -> Document:
    """Return the essay that a file name, an id or a title names."""
    wanted = fold(name)
    for names in (
        lambda one: (one.name, one.id),
        lambda one: (one.name.rpartition("/")[2],),
        lambda one: (one.title,),
    ):
        found = [one for one in documents if wanted in map(fold, names(one))]
        if len(found) == 1:
            return found[0]
        if found:
            listed = _list([one.name for one in found])
            raise UsageError(f"Several essays are called {name!r}: {listed}; name one by its file.")
    listed = _list([f"{one.name}: {one.title}" for one in documents])
    raise UsageError(f"There is no essay {name!r}; there are {listed}.")


def _list(names: Sequence[str] | dict[str, None]) -> str:
    listed = ", ".join(repr(name) for name in list(names)[:MAX_LISTED]) or "none"
    n_more = len(names) - MAX_LISTED
    return f"{listed} and {n_more} more" if n_more > 0 else listed


def _join(parts: Sequence[str]) -> str:
    """Return parts as one phrase.

    >>> _join(["“A”", "“B”", "“C”"])
    '“A”, “B” and “C”'
    """
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))
