"""From a question to an answer: search, select evidence, prompt, generate, check."""

import threading
from collections.abc import Iterator, Sequence

from assistant.answers import Event, Turn
from assistant.llm import LanguageModel
from index.bm25 import Bm25Index


class Assistant:
    """Answers questions from one index with one model."""

    def __init__(self, index: Bm25Index, model: LanguageModel) -> None:
        self._index = index
        self._model = model

    def ask(
        self, question: str, *, history: Sequence[Turn] = (), cancelled: threading.Event
    ) -> Iterator[Event]:
        """Yield the steps of the answer; the last event is ``Answered``.

        Setting ``cancelled`` ends the stream within a second with what was written until then.

        Raises:
            ModelError: The model failed.
        """
        raise NotImplementedError
