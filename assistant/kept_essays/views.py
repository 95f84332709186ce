"""The library as it is shown: rows of a table, their order, words for states."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from index.corpus import Corpus
from index.library.entries import Collection, Entry, EntryState

FORMAT_WORDS: Final[Mapping[str, str]] = {
    "txt": "Text",
    "md": "Markdown",
    "html": "Web page",
    "docx": "Word",
    "odt": "OpenDocument",
    "pdf": "PDF",
    "epub": "EPUB",
}
STATE_WORDS: Final[Mapping[EntryState, str]] = {
    EntryState.READY: "ready",
    EntryState.VANISHED: "file gone",
    EntryState.FAILED: "not added",
}
_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
        start=1,
    )
}
_LEADING_ARTICLE: Final = re.compile(r"^(?:the|an?)\s+(?=\S)")


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """An essay of the table, or a file that could not be added.

    Attributes:
        id: The entry's id; below 0 for essays that are not kept. Unique among the rows.
        name: The file's name, with its folder below the watched one.
        title: The essay's title; the file's name if it was not added.
        author: Its author; empty if unknown.
        date: As the essay has it; empty if unknown.
        words: How many, with separators; empty if it was not added.
        format: The format in words; empty if it was not told.
        state: ``ready``, ``vanished`` or ``failed``.
        state_words: The state as it is shown.
        reason: Why it is not ready, or not as its file is now, in words; else empty.
        can_open: Whether there is a text to read.
        keys: What the columns title, author, date, words, format and state are sorted by, in this
            order; ``None`` comes last whichever way a column is sorted.
        found_by: What the filter looks in, folded by ``fold``.
    """

    id: int
    name: str
    title: str
    author: str
    date: str
    words: str
    format: str
    state: str
    state_words: str
    reason: str
    can_open: bool
    keys: tuple[str | int | None, ...]
    found_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionView:
    """A collection to choose."""

    id: str
    name: str
    size: str
    is_builtin: bool
    folders: tuple[str, ...]


def view_collections(collections: Iterable[Collection]) -> tuple[CollectionView, ...]:
    """Return the collections with their names and sizes in words, in the same order."""
    return tuple(
        CollectionView(
            id=each.id,
            name=each.name,
            size=count(each.n_essays, "essay"),
            is_builtin=each.is_builtin,
            # A built-in folder is the program's own; it cannot be left.
            folders=() if each.is_builtin else tuple(str(folder) for folder in each.folders),
        )
        for each in collections
    )


def view_entries(entries: Iterable[Entry]) -> tuple[RowView, ...]:
    """Return the rows of the table: what needs the reader's eye first, then by title."""
    return _in_order(
        _row(
            entry_id=entry.id,
            name=entry.name,
            title=entry.title,
            author=entry.author,
            date=entry.date,
            words=entry.words,
            format_id=entry.format,
            state=entry.state,
            reason=entry.reason,
        )
        for entry in entries
    )


def view_unkept(corpus: Corpus) -> tuple[RowView, ...]:
    """Return the rows of essays that are asked once and not kept."""
    used = [
        _row(
            entry_id=-number,
            name=document.name,
            title=document.title,
            author=document.author,
            date=document.date,
            words=len(document.text.split()),
            format_id=document.format,
            state=EntryState.READY,
            reason="",
        )
        for number, document in enumerate(corpus.documents, start=1)
    ]
    left = [
        _row(
            entry_id=-number,
            name=each.name,
            title="",
            author="",
            date="",
            words=0,
            format_id="",
            state=EntryState.FAILED,
            reason=each.reason,
        )
        for number, each in enumerate(corpus.rejected, start=len(used) + 1)
    ]
    return _in_order([*used, *left])


def _row(
    *,
    entry_id: int,
    name: str,
    title: str,
    author: str,
    date: str,
    words: int,
    format_id: str,
    state: EntryState,
    reason: str,
) -> RowView:
    is_essay = state is not EntryState.FAILED
    title = title if is_essay and title else name
    author = author if is_essay else ""
    date = _day_of(date) if is_essay else ""
    format_words = FORMAT_WORDS.get(format_id, format_id)
    return RowView(
        id=entry_id,
        name=name,
        title=title,
        author=author,
        date=date,
        words=f"{words:,}" if is_essay else "",
        format=format_words,
        state=state.value,
        state_words=STATE_WORDS[state],
        reason=as_sentence(reason),
        can_open=is_essay and entry_id > 0,
        keys=(
            title_key(title),
            fold(author) or None,
            date_key(date) or None,
            words if is_essay else None,
            format_words or None,
            list(STATE_WORDS).index(state),
        ),
        found_by=fold(
            " ".join((title, author, date, name, format_words, STATE_WORDS[state], reason))
        ),
    )


def _in_order(rows: Iterable[RowView]) -> tuple[RowView, ...]:
    return tuple(sorted(rows, key=lambda row: (not row.reason, str(row.keys[0]), row.name)))


def fold(text: str) -> str:
    """Return a text without its capitals and accents, so that both are found by either.

    >>> fold("Élan Vital")
    'elan vital'
    """
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


def title_key(title: str) -> str:
    """Return what a title is sorted by: folded, without marks and a leading article.

    Numbers stand in the order of their size.

    >>> title_key("“The Lamp”, No. 7")
    'lamp no 000007'
    """
    words = re.sub(r"[^\w\s]", "", fold(title)).strip()
    words = _LEADING_ARTICLE.sub("", words, count=1)
    return re.sub(r"\d+", lambda number: number[0].zfill(6), words)


def date_key(date: str) -> str:
    """Return what a date is sorted by: year, month and day as far as they are told.

    >>> date_key("3 May 1793"), date_key("1793-05-03"), date_key("spring 1793"), date_key("?")
    ('1793-05-03', '1793-05-03', '1793-00-00', '')
    """
    if iso := re.match(r"(\d{4})-(\d\d)(?:-(\d\d))?", date):
        return f"{iso[1]}-{iso[2]}-{iso[3] or '00'}"
    year = re.search(r"(?<!\d)\d{4}(?!\d)", date)
    if year is None:
        return ""
    month = next(
        (_MONTHS[word[:3]] for word in re.findall(r"[a-z]{3,}", fold(date)) if word[:3] in _MONTHS),
        0,
    )
    day = re.search(r"(?<!\d)\d{1,2}(?!\d)", date) if month else None
    return f"{year[0]}-{month:02}-{int(day[0]) if day else 0:02}"


def as_sentence(reason: str) -> str:
    """Return a reason, which is written to follow a name, as a sentence of its own.

    >>> as_sentence("it is empty")
    'It is empty.'
    """
    if not reason:
        return ""
    return f"{reason[0].upper()}{reason[1:]}{'' if reason[-1] in '.!?' else '.'}"


def _day_of(date: str) -> str:
    """Return a date as written, without the time of the day that files add to it."""
    return re.sub(r"^(\d{4}-\d\d-\d\d)T\S*$", r"\1", date)


def count(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> count(1, "essay"), count(1200, "word")
    ('1 essay', '1,200 words')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def summarise(rows: Sequence[RowView]) -> str:
    """Say how many essays and words there are, and how many files need an eye."""
    states = Counter(row.state for row in rows)
    n_words = sum(
        row.keys[3]
        for row in rows
        if row.state == EntryState.READY and isinstance(row.keys[3], int)
    )
    parts = [f"{count(states[EntryState.READY], 'essay')}, {count(n_words, 'word')}"]
    if failed := states[EntryState.FAILED]:
        parts.append(f"{count(failed, 'file')} not added")
    if vanished := states[EntryState.VANISHED]:
        parts.append(f"{count(vanished, 'file')} gone")
    return " · ".join(parts)


def describe_row(row: RowView) -> str:
    """Return what stands below an essay's title: author, date, words and format."""
    words = f"{row.words} {'word' if row.words == '1' else 'words'}" if row.words else ""
    return " · ".join(part for part in (row.author, row.date, words, row.format) if part)


@lru_cache(maxsize=1)  # counting a million words takes a tenth of a second
def summarise_corpus(corpus: Corpus) -> str:
    """Say how many essays and words are in use, and how many files are not."""
    return summarise(view_unkept(corpus))
