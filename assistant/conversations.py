"""Saved chats, in one SQLite file.

Everything is written as it happens: the question when it is asked, the claims as they are
checked, the answer at its end. Several processes may work on the file at once, and any thread
may call anything.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from assistant.chats.file import open_chats_file, purge
from assistant.chats.rows import (
    CHAT_TITLE,
    WORDS,
    ConversationEntry,
    find_chat,
    now,
    one_line,
    read_entries,
    time_of,
    turn_rows,
    unknown_chat,
)
from assistant.chats.saved_turns import (
    SavedTurn,
    Thumb,
    TurnState,
    read_turns,
    storable,
)
from assistant.chats.turns import ChatTurns
from assistant.evaluation import fold
from assistant.owners import this_process

__all__ = [
    "Conversation",
    "ConversationEntry",
    "Conversations",
    "JudgedTurn",
    "SavedTurn",
    "Thumb",
    "TurnState",
]

KEPT_DAYS: Final = 30
"""How long a removed chat can be restored."""
_MAX_NAME_CHARS: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A chat.

    Attributes:
        id: A random token that can stand in an address.
        title: The reader's name for it, else made from the first question; empty before it.
        created_at: ISO 8601 in UTC.
        turns: Oldest first.
    """

    id: str
    title: str
    created_at: str
    turns: tuple[SavedTurn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedTurn:
    """An answer with the reader's thumb.

    Attributes:
        conversation_id: Its chat.
        title: That chat's title.
        turn: The question with its answer.
        before: The turns before it, oldest first.
    """

    conversation_id: str
    title: str
    turn: SavedTurn
    before: tuple[SavedTurn, ...]


class Conversations(ChatTurns):
    """The saved chats of one file."""

    def __init__(self, path: Path) -> None:
        """Open the file; make it, and its folder, if there is none.

        A damaged file is set aside under a new name, and ``notice`` says so. What was removed
        more than 30 days ago is deleted.

        Raises:
            ConversationError: The file cannot be opened, or is of a newer version.
        """
        super().__init__(open_chats_file(path), owner=this_process())
        purge(self._file, limit=time_of(datetime.now(UTC) - timedelta(days=KEPT_DAYS)))

    @property
    def notice(self) -> str:
        """What the reader should know about the opening; usually empty."""
        return self._file.notice

    def create(self) -> Conversation:
        """Begin a chat without a question.

        Raises:
            ConversationError: It cannot be saved.
        """
        conversation = Conversation(
            id=secrets.token_urlsafe(12), title="", created_at=now(), turns=()
        )
        with self._file.writing() as db:
            db.execute(
                "INSERT INTO conversation (id, title, created_at) VALUES (?, ?, ?)",
                (conversation.id, conversation.title, conversation.created_at),
            )
        return conversation

    def list(self) -> tuple[ConversationEntry, ...]:
        """Return the chats with a question, those with the latest questions first.

        Raises:
            ConversationError: The file cannot be read.
        """
        with self._file.connected() as db:
            return read_entries(db, order="max(t.id)")

    def search(self, text: str) -> tuple[ConversationEntry, ...]:
        """Return the chats of ``list`` that hold each word of ``text``, in that order.

        A word is looked for in the title, the questions and the answers, also within other words;
        capitals, white space and the kind of quotation marks do not matter. A blank text is held
        by all.

        Raises:
            ConversationError: The file cannot be read.
        """
        words = fold(text).split()
        with self._file.connected() as db:
            return read_entries(
                db,
                order="max(t.id)",
                words=WORDS,
                is_wanted=lambda said: all(word in said for word in words),
            )

    def removed(self) -> tuple[ConversationEntry, ...]:
        """Return the removed chats that can be restored, those removed last first.

        Raises:
            ConversationError: The file cannot be read.
        """
        with self._file.connected() as db:
            return read_entries(db, order="c.removed_at", is_removed=True)

    def get(self, conversation_id: str) -> Conversation:
        """Return a chat with its turns, as ``read_turns`` gives them.

        Raises:
            ConversationError: There is no such chat, it was removed, or the file cannot be read.
        """
        with self._file.connected() as db:
            title, created_at = find_chat(db, conversation_id)
            rows = turn_rows(db, conversation_id)
        return Conversation(
            id=conversation_id, title=title, created_at=created_at, turns=read_turns(rows)
        )

    def rename(self, conversation_id: str, title: str) -> None:
        """Give a chat a name of the reader's; a blank one brings back the first question's.

        Raises:
            ConversationError: There is no such chat, or it cannot be saved.
        """
        name = one_line(storable(title), max_chars=_MAX_NAME_CHARS)
        with self._file.writing() as db:
            find_chat(db, conversation_id)
            db.execute("UPDATE conversation SET name = ? WHERE id = ?", (name, conversation_id))

    def remove(self, conversation_id: str) -> None:
        """Take a chat off the list; ``restore`` brings it back within 30 days.

        Does nothing to one that was removed before.

        Raises:
            ConversationError: There is no such chat, or it cannot be saved.
        """
        self._set_removed(conversation_id, now())

    def restore(self, conversation_id: str) -> None:
        """Bring a removed chat back; does nothing to one that was not removed.

        Raises:
            ConversationError: There is no such chat, or it cannot be saved.
        """
        self._set_removed(conversation_id, "")

    def _set_removed(self, conversation_id: str, removed_at: str) -> None:
        with self._file.writing() as db:
            found = db.execute(
                "UPDATE conversation SET removed_at = iif((removed_at = '') = (? = ''),"
                " removed_at, ?) WHERE id = ?",
                (removed_at, removed_at, storable(conversation_id)),
            )
            if found.rowcount == 0:
                raise unknown_chat(conversation_id)

    def feedback(self) -> tuple[JudgedTurn, ...]:
        """Return the judged answers, those judged first first; not those of removed chats.

        An answer that was replaced later is among them.

        Raises:
            ConversationError: The file cannot be read.
        """
        found = []
        with self._file.connected() as db:
            chats = db.execute(
                f"SELECT c.id, {CHAT_TITLE} FROM conversation c WHERE c.removed_at = '' AND EXISTS"
                " (SELECT 1 FROM turn WHERE conversation_id = c.id AND thumb != '')"
            ).fetchall()
            for id_, title in chats:
                rows = turn_rows(db, id_)
                standing = read_turns(rows)
                found += [
                    JudgedTurn(
                        conversation_id=id_,
                        title=title,
                        turn=turn,
                        before=tuple(one for one in standing if one.id < turn.id),
                    )
                    for turn in read_turns(rows, is_whole=True)
                    if turn.thumb and turn.answer is not None
                ]
        return tuple(sorted(found, key=lambda one: (one.turn.judged_at, one.turn.id)))
