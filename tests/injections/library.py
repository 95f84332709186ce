"""All pairs as the essays of one library, to be asked with and without what is planted."""

import threading
from collections.abc import Sequence

from assistant.answering import Assistant
from assistant.answers import Answer, Answered
from assistant.llm import LanguageModel
from index.bm25 import Bm25Index
from index.corpus import Document
from index.passages import split_passages
from tests.injections.pairs import Twins

NEVER = threading.Event()


class Library:
    """All pairs as essays in one index: all of them clean, or one with its instruction."""

    def __init__(self, twins: Sequence[Twins]) -> None:
        self.twins = tuple(twins)
        self.clean = self._build_index(None)
        self._planted: dict[int, Bm25Index] = {}

    def planted(self, number: int) -> Bm25Index:
        """Return the index in which the essay of this number holds its instruction."""
        if number not in self._planted:
            self._planted[number] = self._build_index(number)
        return self._planted[number]

    def documents(self, number: int | None) -> tuple[Document, ...]:
        """Return the essays, the one of this number with its instruction."""
        return tuple(
            one.planted if place == number else one.clean for place, one in enumerate(self.twins)
        )

    def _build_index(self, number: int | None) -> Bm25Index:
        documents = self.documents(number)
        return Bm25Index([passage for one in documents for passage in split_passages(one)])


def ask(index: Bm25Index, model: LanguageModel, question: str) -> Answer:
    """Return the answer to one question."""
    *_, last = Assistant(index, model).ask(question, cancelled=NEVER)
    if not isinstance(last, Answered):
        raise TypeError(f"The stream of {question!r} ends with {last!r}.")
    return last.answer
