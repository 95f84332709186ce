"""Small invented essays, and questions put to them with a fake model."""

import threading
from collections.abc import Sequence

from assistant.answering import Assistant
from assistant.answers import Answer, Answered, Event, EvidenceSelected
from assistant.querying import Turn
from index.bm25 import Bm25Index
from index.corpus import Document
from index.passages import split_passages
from tests.fakes import FakeModel
from tests.index.essays import make_document

MILL = make_document(
    "The mill at Harrow was built in 1874 by Jonas Pell. Pell closed the mill in the winter of"
    " 1903, because the river had frozen.\n\n"
    "Its weavers moved to Kestrel, where Agnes Lind found them work. Lind called the closing"
    " “a cold piece of business”.",
    title="On Mills",
    author="A. Writer",
    name="mills.md",
)
BRIDGE = make_document(
    "The bridge over the Tarn carried 400 carts a day. It fell in a storm, and Marta Vey drew"
    " the plans of the next one.\n\n"
    "The new bridge was made of iron. Merchants paid for its towers.",
    title="On Bridges",
    author="",
    name="north/bridges.md",
)
DOCUMENTS = (MILL, BRIDGE)
QUESTION = "Why did Pell close the mill?"


def build_index(documents: Sequence[Document] = DOCUMENTS, *, words: int = 30) -> Bm25Index:
    return Bm25Index([passage for one in documents for passage in split_passages(one, words=words)])


def count_offered(index: Bm25Index, question: str, history: Sequence[Turn] = ()) -> int:
    """Return how many sentences the model is offered for a question."""
    events = Assistant(index, FakeModel()).ask(
        question, history=history, cancelled=threading.Event()
    )
    return next((len(e.evidence) for e in events if isinstance(e, EvidenceSelected)), 0)


def spread(n_offered: int, p_none: float) -> tuple[float, ...]:
    """Return probabilities alike for all sentences offered, with that of "none" last."""
    return (*[(1 - p_none) / n_offered] * n_offered, p_none)


def make_model(
    index: Bm25Index,
    draft: str,
    *,
    question: str = QUESTION,
    p_none: float = 0.0,
    history: Sequence[Turn] = (),
) -> FakeModel:
    """Return a model that weighs all sentences alike and then writes ``draft``."""
    n_offered = count_offered(index, question, history)
    return FakeModel([draft], [spread(n_offered, p_none)] if n_offered else [])


def ask(
    index: Bm25Index,
    draft: str,
    *,
    question: str = QUESTION,
    p_none: float = 0.0,
    history: Sequence[Turn] = (),
) -> tuple[Event, ...]:
    """Return all events of an answer for which the model writes ``draft``."""
    model = make_model(index, draft, question=question, p_none=p_none, history=history)
    assistant = Assistant(index, model)
    return tuple(assistant.ask(question, history=history, cancelled=threading.Event()))


def final(events: Sequence[Event]) -> Answer:
    """Return the answer that ends a stream."""
    last = events[-1]
    assert isinstance(last, Answered)
    return last.answer
