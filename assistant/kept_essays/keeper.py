"""Keep the essays in use open: follow the library, exchange them for others, find cited ones."""

import threading
from collections.abc import Callable, Mapping
from typing import Final

from assistant.errors import AssistantError, StoppedError
from assistant.jobs import failure_of
from assistant.kept_essays.found import FoundEssay
from assistant.kept_essays.inbox import Inbox
from assistant.kept_essays.libraries import INBOX_NAME, open_library
from assistant.kept_essays.opened import (
    OpenEssays,
    Shelf,
    collection_fingerprint,
    list_shelves,
    open_collection,
    open_folders,
    tell_what_became,
)
from assistant.kept_essays.work import LibraryWork, ReaderMaker
from assistant.settings import Settings
from index.corpus import Document
from index.errors import LibraryError, RetrievalError
from index.library.store import Library
from index.reading.process import ReadingProcess

_FIRST_LOOK_S: Final = 10.0
"""How long the first start waits for essays; the page opens without them after that."""
_REFRESH_S: Final = 2.0
"""How long a page waits for the essays that it asked for."""
_POLL_S: Final = 0.1
_ASKED_ONCE: Final = (
    "These essays are asked once and not kept; start the assistant without --essays to keep some."
)


class EssayKeeper:
    """The essays that an open assistant answers from, as the library has them.

    Every method may be called from any thread.

    Attributes:
        library: The essays that are kept; ``None`` with a folder asked once.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        make_reader: ReaderMaker = ReadingProcess,
        on_open: Callable[[], None] | None = None,
    ) -> None:
        """Open the essays of the settings; the library's collection in use if they name none.

        Args:
            settings: What was asked for.
            make_reader: Makes what reads files into essays.
            on_open: Called whenever other essays were opened, in any thread.

        Raises:
            NoEssaysError: No usable essay was found in the folders asked once.
            LibraryError: The library cannot be opened.
        """
        self._settings = settings
        self._make_reader = make_reader
        self._on_open = on_open
        self.library: Library | None = None
        self._work: LibraryWork | None = None
        if settings.essays:
            with make_reader() as reader:
                self._opened = open_folders(settings.essays, reader=reader)
        else:
            self.library = open_library(settings)
            self._opened = open_collection(self.library, self.library.in_use())
        _prepare_spellings(self._opened)
        self._documents = _by_id(self._opened)
        self._found: dict[str, FoundEssay] = {}
        self._shelves: tuple[Shelf, ...] = ()
        self._opening = threading.Lock()
        self._problem = ""

    @property
    def opened(self) -> OpenEssays:
        """The essays that are open."""
        return self._opened

    @property
    def work(self) -> LibraryWork:
        """What adds to the library and follows its watched folders, once started.

        Raises:
            LibraryError: Nothing is kept.
        """
        if self._work is None:
            raise LibraryError(_ASKED_ONCE)
        return self._work

    @property
    def problem(self) -> str:
        """Why the essays in use cannot be opened, in words; empty if they are open."""
        return self._problem

    def start(self) -> None:
        """Begin to follow the library; the first start waits until the essays shipped are read."""
        if self.library is None:
            return
        self._work = LibraryWork(
            self.library,
            inbox=Inbox(self._settings.library_dir / INBOX_NAME),
            on_done=self._follow,
            make_reader=self._make_reader,
        )
        if self._opened.index is None:
            self._work.wait_until_idle(timeout_s=_FIRST_LOOK_S)

    def use(self, collection_id: str) -> None:
        """Take another collection into use.

        It is open when this returns, or some time later if opening takes long. Answers under way
        are finished from the essays they began with.

        Raises:
            LibraryError: There is no such collection, or nothing is kept.
        """
        if self.library is None:
            raise LibraryError(_ASKED_ONCE)
        self.library.use(collection_id)
        self.follow_changes()
        if self._work is not None:
            self._work.sync()

    def follow_changes(self) -> None:
        """Open the essays anew if they differ from what is open, as after a removal.

        That is done when this returns, or some time later if it takes long.
        """
        thread = threading.Thread(target=self._follow_safely, name="essays", daemon=True)
        thread.start()
        thread.join(_REFRESH_S)

    def find(self, essay_id: str) -> FoundEssay:
        """Return the essay with this id, and what has become of it since it was cited.

        Raises:
            AssistantError: It is not in use, and its text is not kept.
        """
        if document := self._documents.get(essay_id):
            return FoundEssay(document=document)
        if self.library is None:
            raise _not_kept(essay_id)
        # Asked again and again while an answer is followed, hence kept until something changes.
        if found := self._found.get(essay_id):
            return found
        try:
            collection_id = self.library.in_use()
            shelves = self._shelves or list_shelves(self.library)
            document = self.library.find_document(essay_id)
        except RetrievalError as error:
            raise _not_kept(essay_id) from error
        found = FoundEssay(
            document=document, remark=tell_what_became(document, shelves, collection_id)
        )
        self._shelves = shelves
        self._found[essay_id] = found
        return found

    def wait_for(self, cancelled: threading.Event) -> OpenEssays:
        """Return the essays as the library has them now; waits while the first are being read.

        Raises:
            LibraryError: They cannot be opened.
            StoppedError: ``cancelled`` was set.
        """
        if self._work is None:
            return self._opened
        while True:
            self._follow(cancelled)
            if self._opened.index is not None or not self._work.is_busy:
                return self._opened
            if cancelled.wait(_POLL_S):
                raise StoppedError("The answer was stopped while it waited for the essays.")

    def stop(self) -> None:
        """Begin to end the work on the library, without waiting for it."""
        if self._work is not None:
            self._work.close(timeout_s=0.0)

    def close(self) -> None:
        """End the work on the library and wait for it. Can be repeated."""
        if self._work is not None:
            self._work.close()

    def _follow(self, cancelled: threading.Event | None = None) -> None:
        """Open the essays in use anew if what the library has of them differs from what is open.

        Raises:
            LibraryError: They cannot be opened.
            StoppedError: ``cancelled`` was set.
        """
        if self.library is None:
            return
        while not self._opening.acquire(timeout=_POLL_S):
            if cancelled is not None and cancelled.is_set():
                raise StoppedError("The answer was stopped while the essays were opened.")
        try:
            collection_id = self.library.in_use()
            fingerprint = collection_fingerprint(self.library, collection_id)
            if set(self.library.collections()) != {one.collection for one in self._shelves}:
                self._found, self._shelves = {}, ()
            if fingerprint != self._opened.fingerprint:
                self._found, self._shelves = {}, ()
                opened = open_collection(self.library, collection_id)
                # The essays before the index, whose passages are looked up among them.
                self._documents = _by_id(opened)
                self._opened = opened
                _prepare_spellings(opened)
                if self._on_open is not None:
                    self._on_open()
            self._problem = ""
        except RetrievalError as error:
            self._problem = str(error)
            raise
        finally:
            self._opening.release()

    def _follow_safely(self) -> None:
        if problem := failure_of(self._follow):
            self._problem = problem


def _prepare_spellings(opened: OpenEssays) -> None:
    """Begin to make ready what the first misspelt question would else have to wait for."""
    if opened.index is not None:
        threading.Thread(
            target=opened.index.prepare_spellings, name="spellings", daemon=True
        ).start()


def _by_id(opened: OpenEssays) -> Mapping[str, Document]:
    return {document.id: document for document in opened.corpus.documents}


def _not_kept(essay_id: str) -> AssistantError:
    return AssistantError(
        f"The essay {essay_id!r} is not among those in use: it was changed or removed, or other"
        " essays were opened. The cited words are kept with the answer."
    )
