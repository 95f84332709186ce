"""Which essays a reader means by an author's name, by words of a title, by "this essay"."""

import re
from collections.abc import Sequence
from typing import Final

from assistant.quoting import is_person
from index.analysis import tokenize
from index.corpus import Document

MIN_TITLE_SHARE: Final = 0.6
"""The least share of a title's terms that name it where nothing else says that an essay is meant;
the part before a colon counts as a title too."""

_ESSAY_TERMS: Final = frozenset(tokenize("essay article paper text piece author writer book"))


def find_named(text: str, documents: Sequence[Document], *, is_essay: bool) -> tuple[Document, ...]:
    """Return the essays that a text names as a whole, in their order.

    Args:
        text: Words that may name an author or a title, and nothing besides.
        documents: The essays there are.
        is_essay: Whether the words around it say that an essay is meant; then a part of a title
            is enough, as "the essay on mills".

    Returns:
        The essays of the author, else those whose title it is; empty if it names none.
    """
    terms = frozenset(tokenize(text)) - _ESSAY_TERMS
    if not terms:
        return ()
    by_author = tuple(one for one in documents if is_author(text, one))
    if by_author:
        return by_author
    shares = [_title_share(terms, one) for one in documents]
    least = 0.0 if is_essay else MIN_TITLE_SHARE
    best = max(shares, default=0.0)
    if best <= least:
        return ()
    return tuple(
        one
        for one, share in zip(documents, shares, strict=True)
        if share == best or (is_essay and share > 0)
    )


def find_mentioned(text: str, documents: Sequence[Document]) -> tuple[Document, ...]:
    """Return the essays whose author or title stands somewhere in a text, in their order."""
    return tuple(
        one
        for one in documents
        if any(_holds_name(text, name) for name in _author_names(one))
        or any(_holds_words(text, title) for title in _titles(one) if len(tokenize(title)) > 1)
    )


def is_author(text: str, document: Document) -> bool:
    """Return whether a text is the name or the surname of an essay's author.

    >>> from dataclasses import replace
    >>> essay = Document(id="", name="", title="", author="Agnes Lind", date="", text="",
    ...                  encoding="", is_truncated=False)
    >>> is_author("lind", essay), is_author("Agnes Lind", essay), is_author("Agnes", essay)
    (True, True, False)
    """
    words = [word.casefold() for word in _words(text)]
    return any(
        words == [part.casefold() for part in _words(name)] for name in _author_names(document)
    )


def _author_names(document: Document) -> tuple[str, ...]:
    """Return the names an author goes by: the whole and the surname, of each of several."""
    if not is_person(document.author):
        return ()
    names = []
    for author in re.split(r",|&|\band\b", re.sub(r"\s*[(\[].*", "", document.author)):
        words = _words(author)
        if words:
            names += [" ".join(words), words[-1]]
    return tuple(dict.fromkeys(names))


def _titles(document: Document) -> tuple[str, ...]:
    head = re.split(r":\s+|\s+[–—-]\s+", document.title, maxsplit=1)[0]
    return tuple(dict.fromkeys((document.title, head)))


def _title_share(terms: frozenset[str], document: Document) -> float:
    """Return what share of a title the terms are, 0 if one of them is not in it."""
    if not terms <= set(tokenize(document.title)):
        return 0.0
    titles = [frozenset(tokenize(title)) for title in _titles(document)]
    return max(len(terms & title) / len(title) for title in titles if title)


def _holds_name(text: str, name: str) -> bool:
    """Return whether a text has a name, in capitals as the name has them."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def _holds_words(text: str, title: str) -> bool:
    return f" {' '.join(_words(title))} ".casefold() in f" {' '.join(_words(text))} ".casefold()


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:[-'’.][^\W_]+)*", text)
