"""From the bytes that a model writes to text that may be shown."""

import codecs
from collections.abc import Sequence


class TextStream:
    r"""Passes on whole characters, and nothing of a text that ends the answer.

    >>> stream = TextStream(["\n\n"])
    >>> stream.feed(b"caf\xc3"), stream.feed(b"\xa9\n"), stream.feed(b"\nmore")
    ('caf', 'é', '')
    >>> stream.is_ended, stream.flush()
    (True, '')
    """

    def __init__(self, stop: Sequence[str]) -> None:
        """Watch for the texts of ``stop``; empty ones are ignored."""
        self._stop = tuple(text for text in stop if text)
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._held = ""
        self._is_ended = False

    @property
    def is_ended(self) -> bool:
        """Whether a stop text was met; nothing more is passed on."""
        return self._is_ended

    def feed(self, written: bytes) -> str:
        """Take what the model wrote and return what may be shown of it by now, often nothing."""
        return self._pass_on(self._decoder.decode(written))

    def flush(self) -> str:
        """Return what was held back, once the model writes nothing more."""
        shown = self._pass_on(self._decoder.decode(b"", final=True)) + self._held
        self._held = ""
        return shown

    def _pass_on(self, text: str) -> str:
        if self._is_ended:
            return ""
        text = self._held + text
        ends = [at for stop in self._stop if (at := text.find(stop)) >= 0]
        if ends:
            self._is_ended = True
            self._held = ""
            return text[: min(ends)]
        cut = len(text) - self._beginning_of_stop(text)
        self._held = text[cut:]
        return text[:cut]

    def _beginning_of_stop(self, text: str) -> int:
        """Return the length of the longest end of ``text`` with which a stop text begins."""
        return max(
            (
                length
                for stop in self._stop
                for length in range(1, min(len(stop), len(text) + 1))
                if text.endswith(stop[:length])
            ),
            default=0,
        )
