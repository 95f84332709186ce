"""The rows of the library: their words, their order, what they are found by."""

from pathlib import Path

import pytest

from assistant.kept_essays.views import (
    date_key,
    describe_row,
    fold,
    summarise,
    title_key,
    view_collections,
    view_entries,
    view_unkept,
)
from index.corpus import Corpus, Document, RejectedEssay
from index.library.entries import Collection, Entry, EntryState


def make_entry(
    number: int,
    title: str = "On Tolls",
    *,
    author: str = "A. Pell",
    date: str = "3 May 1921",
    words: int = 1200,
    state: EntryState = EntryState.READY,
    reason: str = "",
) -> Entry:
    return Entry(
        id=number,
        collection_id="own",
        name=f"file-{number}.pdf",
        title=title,
        author=author,
        date=date,
        words=words,
        format="pdf",
        state=state,
        reason=reason,
        folder="",
        text_id="",
        is_corrected=False,
        added_at="2024-05-03T12:00:00+00:00",
        changed_at="2024-05-03T12:00:00+00:00",
    )


FAILED = make_entry(
    7, "", author="", date="", words=0, state=EntryState.FAILED, reason="it is empty"
)
GONE = make_entry(8, "Winter", state=EntryState.VANISHED)


def test_a_row_tells_an_essay_in_words() -> None:
    (row,) = view_entries([make_entry(1)])
    assert (row.title, row.author, row.words, row.format) == ("On Tolls", "A. Pell", "1,200", "PDF")
    assert (row.state, row.state_words, row.reason) == ("ready", "ready", "")
    assert describe_row(row) == "A. Pell · 3 May 1921 · 1,200 words · PDF"


def test_a_file_that_was_not_added_is_called_by_its_name_and_says_why() -> None:
    (row,) = view_entries([FAILED])
    assert (row.title, row.words, row.state_words) == ("file-7.pdf", "", "not added")
    assert row.reason == "It is empty."
    assert not row.can_open


def test_what_needs_the_readers_eye_comes_first_then_titles_in_order() -> None:
    rows = view_entries([make_entry(1, "Winter"), make_entry(2, "The Autumn"), FAILED])
    assert [row.title for row in rows] == ["file-7.pdf", "The Autumn", "Winter"]


def test_numbers_in_titles_stand_in_the_order_of_their_size() -> None:
    assert title_key("Letter No. 9") < title_key("Letter No. 10")


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("3 May 1921", "12 May 1921"),
        ("May 1921", "June 1921"),
        ("1899", "2 January 1900"),
        ("2024-02-29T10:00:00Z", "March 1, 2024"),
        ("Sept. 5, 1893", "1893-10-01"),
    ],
)
def test_dates_as_written_stand_in_the_order_of_time(earlier: str, later: str) -> None:
    assert date_key(earlier) < date_key(later)


def test_what_is_unknown_has_no_key_so_that_it_comes_last() -> None:
    (row,) = view_entries([make_entry(1, author="", date="undated")])
    assert (row.keys[1], row.keys[2]) == (None, None)


def test_a_row_is_found_by_words_without_their_accents() -> None:
    (row,) = view_entries([make_entry(1, "Élan", author="Zoë Lind")])
    assert fold("zoe") in row.found_by
    assert fold("ÉLAN") in row.found_by
    assert fold("file-1") in row.found_by


def test_the_summary_counts_what_is_searched_and_names_the_rest() -> None:
    rows = view_entries([make_entry(1), make_entry(2, words=34), FAILED, GONE])
    assert summarise(rows) == "2 essays, 1,234 words · 1 file not added · 1 file gone"
    assert summarise(()) == "0 essays, 0 words"


def test_essays_asked_once_are_rows_that_cannot_be_opened_or_changed() -> None:
    document = Document(
        id="0" * 16,
        name="tolls.md",
        title="On Tolls",
        author="",
        date="",
        text="The toll was paid.",
        encoding="utf-8",
        is_truncated=False,
        format="md",
    )
    rejected = RejectedEssay(name="old.pdf", reason="it is encrypted")
    failed, used = view_unkept(Corpus(documents=(document,), rejected=(rejected,)))
    assert (used.title, used.words, used.format, used.can_open) == (
        *("On Tolls", "4", "Markdown"),
        False,
    )
    assert (failed.title, failed.reason) == ("old.pdf", "It is encrypted.")
    assert failed.id != used.id


def test_a_collection_says_how_many_essays_it_has_and_which_folders_it_watches() -> None:
    folder = Path("/essays")
    own = Collection(id="own", name="Mine", folders=(folder,), is_builtin=False, n_essays=1)
    builtin = Collection(id="default", name="Come", folders=(folder,), is_builtin=True, n_essays=5)
    shown = view_collections([builtin, own])
    assert [(each.name, each.size) for each in shown] == [("Come", "5 essays"), ("Mine", "1 essay")]
    assert [each.folders for each in shown] == [(), ("/essays",)]


def test_the_time_of_the_day_is_left_out_of_a_date() -> None:
    (row,) = view_entries([make_entry(1, date="2024-05-03T12:00:00Z")])
    assert row.date == "2024-05-03"
