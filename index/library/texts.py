"""An essay as a row: its text and what its file says of it, named by a digest over both."""

import hashlib
import json
import sqlite3
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from index.corpus import Document, Page, storable
from index.errors import LibraryError

DAMAGED: Final = "its kept text is damaged; add the file again"
_META: Final = ("name", "title", "author", "date", "encoding", "is_truncated", "format")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredText:
    """An essay as it is stored.

    Attributes:
        key: SHA-256 over ``meta`` and ``body``, 64 hexadecimal digits.
        meta: What the file says of the essay, its headings and pages, as JSON.
        body: The essay's text.
    """

    key: str
    meta: str
    body: str


def render_text(document: Document) -> StoredText:
    """Return an essay as it is stored: the same essay always the same."""
    fields: dict[str, object] = {name: getattr(document, name) for name in _META}
    fields["name"], fields["title"] = storable(document.name), storable(document.title)
    fields["words"] = len(document.text.split())
    fields["headings"] = document.headings
    fields["pages"] = [(page.start, page.label) for page in document.pages]
    meta = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return StoredText(key=_key(meta, document.text), meta=meta, body=document.text)


def parse_text(stored: StoredText) -> Document:
    """Return the essay that was stored.

    Raises:
        LibraryError: The text is not what was written.
    """
    if _key(stored.meta, stored.body) != stored.key:
        raise LibraryError(DAMAGED)
    fields = json.loads(stored.meta)
    return Document(
        id=hashlib.sha256(stored.body.encode()).hexdigest()[:16],
        text=stored.body,
        headings=tuple((start, end) for start, end in fields["headings"]),
        pages=tuple(Page(start=start, label=label) for start, label in fields["pages"]),
        **{name: fields[name] for name in _META},
    )


class Meta(NamedTuple):
    """What a row of a table shows of an essay; all empty without one."""

    title: str = ""
    author: str = ""
    date: str = ""
    format: str = ""
    words: int = 0


def parse_meta(meta: str | None) -> Meta:
    """Return what is shown of an essay, without a look at its text.

    Raises:
        LibraryError: It is not what was written.
    """
    if meta is None:
        return Meta()
    try:
        fields = json.loads(meta)
        return Meta(**{name: fields[name] for name in Meta._fields})
    except (ValueError, KeyError, TypeError) as error:
        raise LibraryError(
            f"What is kept of an essay is damaged ({error!r}); have the library checked."
        ) from error


def fetch_text(db: sqlite3.Connection, key: str) -> Document:
    """Return a stored essay.

    Raises:
        LibraryError: It is not there, or not what was written.
    """
    found = db.execute("SELECT meta, body FROM text WHERE key = ?", (key,)).fetchone()
    if found is None:
        raise LibraryError(f"The kept text {key!r} is missing; add its file again.")
    return parse_text(StoredText(key=key, meta=found[0], body=found[1]))


def save_text(db: sqlite3.Connection, document: Document) -> str:
    """Store an essay, in place of what may be damaged under its key, and return the key."""
    stored = render_text(document)
    db.execute(
        "INSERT INTO text (key, essay_id, meta, body) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (key) DO UPDATE SET essay_id = excluded.essay_id, meta = excluded.meta,"
        " body = excluded.body, released_at = ''",
        (stored.key, document.id, stored.meta, stored.body),
    )
    return stored.key


def release_text(db: sqlite3.Connection, key: str | None, *, now: str) -> None:
    """Note since when an essay is no longer an entry's, unless it still is one's."""
    db.execute(
        "UPDATE text SET released_at = ? WHERE key = ?"
        " AND NOT EXISTS (SELECT 1 FROM entry WHERE text_key = key)",
        (now, key),
    )


def correct(document: Document, *, name: str, title: str | None, author: str | None) -> Document:
    """Return an essay under an entry's name, with the reader's corrections where there are any."""
    return replace(
        document,
        name=name,
        title=document.title if title is None else title,
        author=document.author if author is None else author,
    )


def _key(meta: str, body: str) -> str:
    digest = hashlib.sha256(meta.encode())
    digest.update(b"\0")
    digest.update(body.encode())
    return digest.hexdigest()
