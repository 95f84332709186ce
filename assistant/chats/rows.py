"""Rows of the chats file: chats as lines of a list, one chat found, its turns."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from assistant.chats.saved_turns import TURN_COLUMNS, storable
from assistant.errors import ConversationError
from assistant.evaluation import fold

CHAT_TITLE: Final = "iif(c.name = '', c.title, c.name)"
_LISTED: Final = f"""
    SELECT c.id, {CHAT_TITLE}, c.created_at, max(t.asked_at), {{words}} FROM conversation c
    JOIN turn t ON t.conversation_id = c.id
    WHERE (c.removed_at != '') = ? GROUP BY c.id
"""
WORDS: Final = """
    group_concat(iif(t.replaced_by IS NOT NULL, '', t.question || ' ' || coalesce((
        SELECT group_concat(json_extract(value, '$.text'), ' ')
        FROM json_each(iif(json_valid(t.answer), t.answer, '{}'), '$.claims')
    ), '')), ' ')
"""
"""The questions and answers of a chat; one text of a malformed answer must not fail them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationEntry:
    """A chat as a line of a list.

    Attributes:
        id: As in ``Conversation``.
        title: As in ``Conversation``.
        created_at: ISO 8601 in UTC.
        asked_at: When the latest question was asked, ISO 8601 in UTC.
    """

    id: str
    title: str
    created_at: str
    asked_at: str


def read_entries(
    db: sqlite3.Connection,
    *,
    order: str,
    words: str = "''",
    is_removed: bool = False,
    is_wanted: Callable[[str], bool] = lambda said: True,
) -> tuple[ConversationEntry, ...]:
    """Return the chats of which what they say, folded, is wanted.

    Args:
        db: The chats file.
        order: An SQL expression; the greatest come first.
        words: An SQL expression that gives what they say beside their titles.
        is_removed: Whether the removed ones are meant, or the others.
        is_wanted: Given the title and the words.

    Raises:
        sqlite3.Error: The file cannot be read; the connection's owner tells it in words.
    """
    rows = db.execute(f"{_LISTED.format(words=words)} ORDER BY {order} DESC", (is_removed,))
    return tuple(
        ConversationEntry(id=id_, title=title, created_at=created_at, asked_at=asked_at)
        for id_, title, created_at, asked_at, said in rows
        if is_wanted(fold(f"{title} {said}"))
    )


def find_chat(db: sqlite3.Connection, conversation_id: str) -> tuple[str, str]:
    """Return the title and the beginning, ISO 8601, of a chat that was not removed.

    Raises:
        ConversationError: There is no such chat, or it was removed.
    """
    found = db.execute(
        f"SELECT {CHAT_TITLE}, c.created_at, c.removed_at FROM conversation c WHERE c.id = ?",
        (storable(conversation_id),),
    ).fetchone()
    if found is None:
        raise unknown_chat(conversation_id)
    title, created_at, removed_at = found
    if removed_at:
        raise ConversationError(
            f"The chat {title!r} was deleted; bring it back from “Deleted chats” in the sidebar,"
            " or begin a new one."
        )
    return title, created_at


def turn_rows(db: sqlite3.Connection, conversation_id: str) -> Sequence[Sequence[object]]:
    """Return the rows of a chat's turns, oldest first, as ``read_turns`` takes them."""
    return db.execute(
        f"SELECT {TURN_COLUMNS} FROM turn WHERE conversation_id = ? ORDER BY id",
        (conversation_id,),
    ).fetchall()


def unknown_chat(conversation_id: str) -> ConversationError:
    """Return the error that there is no such chat."""
    return ConversationError(f"There is no saved chat {conversation_id!r}; begin a new one.")


def one_line(text: str, *, max_chars: int) -> str:
    """Return a text in one line, cut if it is long.

    >>> one_line("  What   does\\nshe argue? ", max_chars=12)
    'What does s…'
    """
    line = " ".join(text.split())
    return line if len(line) <= max_chars else line[: max_chars - 1].rstrip() + "…"


def now() -> str:
    """Return the time as it is stored: ISO 8601 in UTC."""
    return time_of(datetime.now(UTC))


def time_of(moment: datetime) -> str:
    """Return a moment of UTC as it is stored; the texts are in the order of the moments."""
    return moment.isoformat(timespec="milliseconds")
