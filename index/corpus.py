"""A folder of essays as documents."""

import hashlib
import os
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from index.cleaning import clean_essay
from index.errors import EssayError, NoEssaysError
from index.language import foreign_language
from index.readers import ENDINGS, READERS, UNREADABLE_ENDINGS, accepted_endings, sniff
from index.reading.files import check_size, load_file
from index.reading.limits import MAX_FILE_BYTES, ReadingLimits
from index.reading.reasons import too_long

MAX_HEAD_CHARS = 300
"""The length of a title, an author or a date. With a longer one, files have had a whole text in
their place; it would be searched with each passage and drawn in every list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of a document.

    Attributes:
        start: Offset in the document's text of the first character on the page.
        label: As printed, or else as counted: ``12``, ``xiv``. Empty for what stands before the
            first page that a book's file names.
    """

    start: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One essay, cleaned.

    Attributes:
        id: First 16 hexadecimal digits of the SHA-256 of ``text`` (UTF-8).
        name: Path relative to the ``--essays`` given, with ``/``; unique within a corpus.
        title: From front matter or the head of the text, else the file name without its ending.
        author: As written; empty if it cannot be told.
        date: As written; empty if it cannot be told.
        text: The clean text that is searched, shown and cited. Paragraphs stand apart by one
            blank line.
        encoding: The encoding the file was read with, for example ``utf-8``; empty where the
            format leaves no choice.
        is_truncated: Whether the source says or shows that it is only a part of the essay.
        format: What the file was read as: a key of ``index.readers.READERS``.
        headings: Half-open offsets of the paragraphs that are headings, ascending.
        pages: Ascending by start; a page without text is left out. Empty if the format has none.
    """

    id: str
    name: str
    title: str
    author: str
    date: str
    text: str
    encoding: str
    is_truncated: bool
    format: str = "txt"
    headings: tuple[tuple[int, int], ...] = ()
    pages: tuple[Page, ...] = ()

    @property
    def head(self) -> str:
        """Title and author, a line each: what its passages are searched with beside their text."""
        return f"{self.title}\n{self.author}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedEssay:
    """A file that cannot be used, with the reason in words."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """All documents, ordered by name, and the files left out."""

    documents: tuple[Document, ...]
    rejected: tuple[RejectedEssay, ...]


ReadFile = Callable[[str, bytes], Document]
"""Makes an essay of a file's name and content."""


def load_corpus(
    paths: Sequence[Path],
    *,
    read: ReadFile | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Corpus:
    """Load the essays under ``paths``.

    Folders are read with all their subfolders, without hidden files, and only files whose name
    ending has a reader are taken; a file given by itself is always tried. A file found twice is
    read once.

    Args:
        paths: Folders and files, in any order.
        read: Reads one file, given its name and its content; raises ``EssayError`` if it cannot
            be used, and any other error to give up the whole. By default ``read_document`` in
            this very process, which is for essays that are trusted.
        on_progress: Called after each file with the number of files done and of all files.

    Returns:
        The documents ordered by name, and the files that cannot be used, each with the reason.

    Raises:
        NoEssaysError: A path does not exist, or none of the files can be used.
    """
    files = find_files(paths)
    documents: dict[str, Document] = {}
    rejected = []
    for done, (name, path) in enumerate(sorted(files.items()), start=1):
        try:
            document = (read or read_document)(name, load_file(path, max_bytes=MAX_FILE_BYTES))
            if twin := documents.get(document.id):
                raise EssayError(f"it has the same text as {twin.name!r}")
            documents[document.id] = document
        except EssayError as error:
            rejected.append(RejectedEssay(name=name, reason=str(error)))
        if on_progress:
            on_progress(done, len(files))
    if not documents:
        raise NoEssaysError(_explain_no_essays(paths, rejected))
    return Corpus(documents=tuple(documents.values()), rejected=tuple(rejected))


def read_document(
    name: str,
    content: bytes,
    *,
    limits: ReadingLimits | None = None,
    on_step: Callable[[str], None] | None = None,
) -> Document:
    """Read one essay from the content of its file.

    Args:
        name: The file's name, with its folders if wanted; its ending is a hint to the format.
        content: The file's bytes.
        limits: What sizes are accepted; time and memory are for others to limit.
        on_step: Called with ``"read"`` and then ``"clean"`` as each begins.

    Raises:
        EssayError: The file or its text is too large, cannot be read, is empty or not in English.
    """
    limits = limits or ReadingLimits()
    check_size(len(content), max_bytes=limits.max_file_bytes)
    if on_step:
        on_step("read")
    format_read = sniff(name, content)
    raw = READERS[format_read](content)
    # Cleaning takes the longer the more there is, even of one line that will be refused.
    n_chars = sum(len(line.text) for block in raw.blocks for line in block.lines)
    if n_chars > limits.max_text_chars:
        raise EssayError(too_long(n_chars, limits))
    if on_step:
        on_step("clean")
    clean = clean_essay(
        raw.blocks,
        title=raw.title,
        likely_title=raw.likely_title,
        author=raw.author or raw.likely_author,
        is_web=raw.is_web,
    )
    if not clean.text:
        raise EssayError("it is empty")
    n_words = len(clean.text.split())
    if n_words > limits.max_text_words or len(clean.text) > limits.max_text_chars:
        raise EssayError(too_long(len(clean.text), limits, n_words=n_words))
    if language := foreign_language(clean.text):
        raise EssayError(f"it seems to be written in another language than English ({language!r})")
    return Document(
        id=hashlib.sha256(clean.text.encode()).hexdigest()[:16],
        name=name,
        title=_shorten(raw.title or clean.title or raw.likely_title or PurePosixPath(name).stem),
        author=_shorten(raw.author or clean.author or raw.likely_author),
        date=_shorten(raw.date or clean.date),
        text=clean.text,
        encoding=raw.encoding,
        is_truncated=clean.is_truncated,
        headings=clean.headings,
        pages=tuple(
            Page(start=start, label=raw.pages[page])
            for start, page in clean.page_starts
            if raw.pages
        ),
        format=format_read,
    )


def _shorten(text: str) -> str:
    """Cut what stands in the head of an essay after the last word that has room.

    >>> _shorten("On Rain " * 40)[-15:], len(_shorten("rain" * 100))
    ('ain On Rain On…', 300)
    """
    if len(text) <= MAX_HEAD_CHARS:
        return text
    words = text[:MAX_HEAD_CHARS].rpartition(" ")[0].rstrip()
    return f"{words or text[: MAX_HEAD_CHARS - 1]}…"


def find_files(paths: Sequence[Path]) -> dict[str, Path]:
    """Return the files under ``paths`` by unique name, relative to the path given.

    Folders with all their subfolders, see ``is_essay_name``; a file given by itself always.

    Raises:
        NoEssaysError: A path does not exist.
    """
    files: dict[str, Path] = {}
    seen: set[Path] = set()
    for given in paths:
        if not given.exists():
            raise NoEssaysError(
                f"There is no file or folder {str(given)!r}; give the path of a folder of essays"
                f" or of one essay ({accepted_endings()})."
            )
        root = given if given.is_dir() else given.parent
        for path in _walk(given) if given.is_dir() else [given]:
            if path.resolve() in seen:
                continue
            seen.add(path.resolve())
            name = storable(path.relative_to(root).as_posix())
            files[_unique_name(name, root, files)] = path
    return files


def _walk(folder: Path) -> list[Path]:
    found = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(parent, name) for name in names if is_essay_name(name)]
    return sorted(found)


def is_essay_name(name: str) -> bool:
    """Return whether a file of a folder is taken for an essay.

    So are those of formats that cannot be read, to tell the reader why, and no hidden files.

    >>> is_essay_name("On Ropes.DOCX"), is_essay_name("old.doc"), is_essay_name("ropes.png")
    (True, True, False)
    """
    path = PurePosixPath(name)
    ending = path.suffix.lower()
    return not path.name.startswith(".") and (ending in ENDINGS or ending in UNREADABLE_ENDINGS)


def storable(text: str) -> str:
    r"""Return a text as UTF-8, and so SQLite, can hold it; a file's name may be no Unicode.

    >>> storable("caf\udce9")
    'caf\\udce9'
    """
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _unique_name(name: str, root: Path, taken: Container[str]) -> str:
    if name in taken:
        name = f"{storable(root.resolve().name)}/{name}"
    stem, dot, suffix = name.rpartition(".")
    number = 2
    while name in taken:
        name = f"{stem} ({number}){dot}{suffix}"
        number += 1
    return name


def _explain_no_essays(paths: Sequence[Path], rejected: Sequence[RejectedEssay]) -> str:
    places = ", ".join(repr(str(path)) for path in paths)
    advice = f"put essays in English there, as files ending in {accepted_endings()}"
    if not rejected:
        return f"There are no essays in {places}; {advice}."
    reasons = "".join(f"\n  {essay.name}: {essay.reason}" for essay in rejected)
    return f"None of the files in {places} can be used; {advice}.{reasons}"
