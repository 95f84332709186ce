"""The options that limit a question to some of the essays."""

import argparse
from collections.abc import Sequence

from assistant.scope import Scope, parse_scope
from index.corpus import Document


def add_scope(parser: argparse.ArgumentParser) -> None:
    """Give a command the options; ``read_scope`` reads them."""
    parser.add_argument(
        "--author",
        action="append",
        default=[],
        metavar="NAME",
        help="ask only the essays by this author, a name or a surname; can be repeated",
    )
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="ESSAY",
        help="ask only this essay: its title, or its file as 'essays list' prints it; can be"
        " repeated, also beside --author",
    )


def read_scope(options: argparse.Namespace, documents: Sequence[Document]) -> Scope:
    """Return the limit that a command's options ask for; none if it has no such options.

    Args:
        options: As parsed.
        documents: The essays there are.

    Raises:
        UsageError: An author or essay is not there, or several are meant by one name.
    """
    return parse_scope(
        documents,
        authors=getattr(options, "author", ()),
        only=getattr(options, "only", ()),
    )
