"""The list of the saved chats, made from values."""

from datetime import datetime, timedelta, timezone

from assistant.chats.views import ChatView, view_chats
from assistant.conversations import ConversationEntry

ZONE = timezone(timedelta(hours=5))
NOW = datetime(2031, 3, 1, 9, 0, tzinfo=ZONE)


def entry(name: str, asked_at: str = "2031-03-01T03:00:00.000+00:00") -> ConversationEntry:
    return ConversationEntry(
        id=f"id-{name}", title=name, created_at="2020-01-01T00:00:00.000+00:00", asked_at=asked_at
    )


def test_chats_are_listed_under_the_day_of_their_latest_question_here() -> None:
    view = view_chats(
        [
            entry("one"),
            entry("two", "2031-02-28T19:00:00.000+00:00"),
            entry("three", "2031-02-28T18:59:00.000+00:00"),
            entry("four", "2029-11-20T12:00:00.000+00:00"),
        ],
        [],
        now=NOW,
    )
    assert [(day.name, [chat.title for chat in day.chats]) for day in view.days] == [
        ("Today", ["one", "two"]),
        ("Yesterday", ["three"]),
        ("20 November 2029", ["four"]),
    ]


def test_the_open_chat_is_marked() -> None:
    view = view_chats([entry("one"), entry("two")], [], now=NOW, current="id-two")
    assert [chat.is_current for chat in view.days[0].chats] == [False, True]


def test_all_chats_are_reached_when_the_reader_wants_to_see_them() -> None:
    entries = [entry(str(number)) for number in range(40)]
    latest = view_chats(entries, [], now=NOW)
    assert (len(latest.days[0].chats), latest.n_chats) == (8, 40)
    assert len(view_chats(entries, [], now=NOW, is_whole=True).days[0].chats) == 40


def test_a_search_says_how_many_chats_hold_it() -> None:
    for entries, count in (
        ([], "No chat holds that"),
        ([entry("one")], "1 chat"),
        ([entry("one"), entry("two")], "2 chats"),
    ):
        assert view_chats(entries, [], now=NOW, search="bridge").count == count
    assert view_chats([], [], now=NOW, search=" ").count == ""


def test_what_was_removed_just_now_can_be_undone_as_long_as_it_is_removed() -> None:
    removed = [entry("two"), entry("one")]
    view = view_chats([], removed, now=NOW, removed_last="id-one")
    assert [chat.title for chat in view.removed] == ["two", "one"]
    assert view.undo == ChatView(id="id-one", title="one")
    assert view_chats([], removed[:1], now=NOW, removed_last="id-one").undo is None
