"""Small invented essays, and questions put to them with a fake model."""

import re
import threading
from collections.abc import Sequence
from functools import cache

from assistant.answering import Assistant
from assistant.answers import Answer, Answered, Event
from assistant.checks.facts import is_no_name
from assistant.checks.terms import is_variant
from assistant.citations import Citation
from assistant.errors import StoppedError
from assistant.grounding import Claim
from assistant.judging import Caution
from assistant.llm import Choice, Message
from assistant.prompting import PromptBook
from assistant.questions.querying import Turn
from assistant.scope import ALL_ESSAYS, Scope
from index.analysis import tokenize
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
PROMPTS = PromptBook()


def build_index(documents: Sequence[Document] = DOCUMENTS, *, words: int = 30) -> Bm25Index:
    return Bm25Index([passage for one in documents for passage in split_passages(one, words=words)])


def count_offered(
    index: Bm25Index, question: str, history: Sequence[Turn] = (), *, scope: Scope = ALL_ESSAYS
) -> int:
    """Return how many sentences the model is offered for a question; 0 if it is not asked."""
    return _count_offered(index, question, tuple(history), scope)


@cache
def _count_offered(index: Bm25Index, question: str, history: tuple[Turn, ...], scope: Scope) -> int:
    """Ask a model that only counts what it is to choose from."""
    model = _CountingModel()
    events = Assistant(index, model, prompts=PROMPTS).ask(
        question, history=history, scope=scope, cancelled=threading.Event()
    )
    for _ in events:
        pass
    return model.n_offered


class _CountingModel(FakeModel):
    """Stops at its first choice, knowing then how many sentences it was offered."""

    n_offered = 0

    def choose(
        self,
        messages: Sequence[Message],
        *,
        prefix: str,
        texts: Sequence[str],
        cancelled: threading.Event,
    ) -> Choice:
        self.n_offered = len(texts) - 1  # the last one says that none answers
        raise StoppedError("All sentences are counted.")


def spread(n_offered: int, p_none: float) -> tuple[float, ...]:
    """Return probabilities alike for all sentences offered, with that of "none" last."""
    return (*[(1 - p_none) / n_offered] * n_offered, p_none)


def make_model(
    index: Bm25Index,
    *drafts: str,
    question: str = QUESTION,
    p_none: float = 0.0,
    opening: float = 0.0,
    history: Sequence[Turn] = (),
    name: str = "fake",
    scope: Scope = ALL_ESSAYS,
) -> FakeModel:
    """Return a model that weighs all sentences alike and then writes the drafts, one a request."""
    n_offered = count_offered(index, question, history, scope=scope)
    choices = [spread(n_offered, p_none)] if n_offered else []
    return FakeModel(drafts, choices, name=name, openings=[opening])


def ask(
    index: Bm25Index,
    *drafts: str,
    question: str = QUESTION,
    p_none: float = 0.0,
    opening: float = 0.0,
    history: Sequence[Turn] = (),
    caution: Caution = Caution.BALANCED,
    name: str = "fake",
    scope: Scope = ALL_ESSAYS,
) -> tuple[Event, ...]:
    """Return all events of an answer for which the model writes the drafts."""
    model = make_model(
        index,
        *drafts,
        question=question,
        p_none=p_none,
        opening=opening,
        history=history,
        name=name,
        scope=scope,
    )
    assistant = Assistant(index, model, prompts=PROMPTS)
    return tuple(
        assistant.ask(
            question, history=history, caution=caution, scope=scope, cancelled=threading.Event()
        )
    )


def final(events: Sequence[Event]) -> Answer:
    """Return the answer that ends a stream."""
    last = events[-1]
    assert isinstance(last, Answered)
    return last.answer


def said_in(index: Bm25Index, citations: Sequence[Citation]) -> str:
    """Return the passages that hold the cited words, with the head of their essay."""
    return "\n".join(
        f"{passage.text}\n{passage.document.head}"
        for one in citations
        for passage in index.passages
        if passage.document.id == one.essay_id
        and passage.start < one.end
        and one.start < passage.end
    )


def assert_verbatim(claim: Claim) -> None:
    """Hold a claim to one or two citations, each the very words of an essay."""
    assert 1 <= len(claim.citations) <= 2
    assert len(set(claim.citations)) == len(claim.citations)
    for one in claim.citations:
        text = next(each.text for each in DOCUMENTS if each.id == one.essay_id)
        assert 0 <= one.start < one.end <= len(text)
        assert text[one.start : one.end] == one.quote


def assert_names_and_numbers_are_cited(index: Bm25Index, claim: Claim) -> None:
    """Hold a claim to names and numbers of the passages that it cites, told without the checker."""
    said = said_in(index, claim.citations)
    for number in re.findall(r"\d+(?:[.,]\d+)*", claim.text):
        assert is_said(number, said), (number, claim)
    for name in find_capitalised(claim.text, index):
        assert is_named(name, said), (name, claim)


def is_said(number: str, said: str) -> bool:
    """Return whether a number stands in a text, as it is or as a decade that has a year there."""
    return bool(re.search(rf"(?<!\d){re.escape(number)}(?!\d)", said)) or (
        number.endswith("0") and re.search(rf"(?<!\d){number[:-1]}\d(?!\d)", said) is not None
    )


def find_capitalised(text: str, index: Bm25Index) -> list[str]:
    """Return the words with a capital letter that are names, told apart without the checker."""
    found = []
    for match in re.finditer(r"[^\W\d_]+", text):
        before = text[: match.start()].rstrip(" \"'“”‘’([")
        is_first = not before or before[-1] in ".!?:"
        terms = tokenize(match.group())
        is_common = is_first and any(is_no_name(one) or index.has_small_term(one) for one in terms)
        if match.group()[0].isupper() and terms and not is_common:
            found.append(match.group())
    return found


def is_named(name: str, said: str) -> bool:
    """Return whether a text holds a name, or a spelling of it, or the words it is initials of."""
    (term, *_) = tokenize(name)
    initials = "".join(word[0] for word in re.findall(r"[A-Z]\w*", said))
    return any(is_variant(term, other) for other in tokenize(said)) or (
        name.isupper() and name in initials
    )
