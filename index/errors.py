"""Errors of the retrieval side. Each message says what failed and what to do next."""


class RetrievalError(Exception):
    """Root of every error raised by the ``index`` package."""


class EssayError(RetrievalError):
    """One essay cannot be used; the message is the reason, fit to be shown after its name."""


class NoEssaysError(RetrievalError):
    """No usable essay was found."""


class EmptyIndexError(RetrievalError):
    """An index was asked for with no passage that holds a term."""


class StoppedReadingError(RetrievalError):
    """Reading was stopped by whoever asked for it; nothing is wrong with the essay."""


class DamagedSegmentError(RetrievalError):
    """The kept part of an index of one essay is not what was written; it can be made again."""


class LibraryError(RetrievalError):
    """The kept essays cannot be read, written, or changed in the way that was asked for."""


class PandocError(RetrievalError):
    """Pandoc made nothing of a document.

    Attributes:
        is_too_large: Whether it took more time or memory than is allowed.
        is_missing: Whether pandoc itself cannot be started.
    """

    def __init__(
        self, message: str, *, is_too_large: bool = False, is_missing: bool = False
    ) -> None:
        super().__init__(message)
        self.is_too_large = is_too_large
        self.is_missing = is_missing
