"""The list of the saved chats as the page shows it, made from values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final

from assistant.conversations import ConversationEntry

MAX_CHATS: Final = 8
"""How many chats are listed before the reader wants to see all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatView:
    """A chat as a line of the list; ``is_current`` if it is the one that is open."""

    id: str
    title: str
    is_current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatDayView:
    """The chats whose latest question was asked on one day, named in words."""

    name: str
    chats: tuple[ChatView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatListView:
    """The list of the saved chats.

    Attributes:
        days: The days with their chats, the latest first.
        search: What the reader looks for; empty if nothing.
        count: In words, how many chats hold that; empty without a search.
        n_chats: How many there are to list.
        is_whole: Whether the reader wants to see all.
        max_chats: How many are listed if not.
        removed: The chats that can be brought back, the one removed last first.
        undo: The one of them that was removed just now; ``None`` if none was.
        problem: What went wrong with the last act; may be empty.
    """

    days: tuple[ChatDayView, ...]
    search: str
    count: str
    n_chats: int
    is_whole: bool
    max_chats: int
    removed: tuple[ChatView, ...]
    undo: ChatView | None
    problem: str


def view_chats(
    entries: Sequence[ConversationEntry],
    removed: Sequence[ConversationEntry],
    *,
    now: datetime,
    current: str = "",
    search: str = "",
    is_whole: bool = False,
    removed_last: str = "",
    problem: str = "",
) -> ChatListView:
    """Return the list to show.

    Args:
        entries: The chats to list, those with the latest questions first.
        removed: Those that can be brought back, the one removed last first.
        now: The present; days are those of its time zone.
        current: The id of the chat that is open.
        search: What the reader looked for, which ``entries`` hold; blank for nothing.
        is_whole: Whether to list more than the latest eight.
        removed_last: The id of the chat that was removed just now.
        problem: What went wrong with the last act.
    """
    listed = entries if is_whole else entries[:MAX_CHATS]
    days = tuple(
        ChatDayView(
            name=name_day(day, today=now.date()),
            chats=tuple(
                ChatView(id=one.id, title=one.title, is_current=one.id == current) for one in chats
            ),
        )
        for day, chats in groupby(listed, key=lambda one: _day(one.asked_at, now))
    )
    gone = tuple(ChatView(id=one.id, title=one.title) for one in removed)
    return ChatListView(
        days=days,
        search=search,
        count=_count(len(entries)) if search.strip() else "",
        n_chats=len(entries),
        is_whole=is_whole,
        max_chats=MAX_CHATS,
        removed=gone,
        undo=next((one for one in gone if one.id == removed_last), None),
        problem=problem,
    )


def name_day(day: date, *, today: date) -> str:
    """Name a day as someone would on ``today``.

    >>> today = date(2031, 3, 1)
    >>> [name_day(date(*day), today=today) for day in ((2031, 3, 1), (2031, 2, 28))]
    ['Today', 'Yesterday']
    >>> [name_day(date(*day), today=today) for day in ((2031, 2, 9), (2030, 12, 31))]
    ['9 February', '31 December 2030']
    """
    if day == today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    return f"{day.day} {day:%B}" + (f" {day.year}" if day.year != today.year else "")


def _day(iso: str, now: datetime) -> date:
    return datetime.fromisoformat(iso).astimezone(now.tzinfo).date()


def _count(number: int) -> str:
    return {0: "No chat holds that", 1: "1 chat"}.get(number, f"{number:,} chats")
