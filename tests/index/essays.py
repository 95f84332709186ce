"""Documents and essays made up for the tests of the index."""

import hashlib

from index.corpus import Document

PROSE = (
    "The harbour of the old town was built by a guild of rope makers, and for a century the"
    " guild kept the keys of its gate."
)
"""A sentence long enough to be running text."""


def make_document(text: str, *, title: str = "", author: str = "", name: str = "a.txt") -> Document:
    """Return a document with a text, as the corpus would hold it."""
    return Document(
        id=hashlib.sha256(text.encode()).hexdigest()[:16],
        name=name,
        title=title,
        author=author,
        date="",
        text=text,
        encoding="utf-8",
        is_truncated=False,
    )
