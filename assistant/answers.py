"""What a question yields: the steps of its answer as events, and the answer as a value.

``Assistant.ask`` yields the events in the order in which they stand here. A page, the command
line and a test watch the same stream; a job stores it.
"""

from dataclasses import dataclass
from enum import StrEnum

from assistant.citations import Citation
from assistant.grounding import Claim
from assistant.judging import Caution, Signals
from assistant.llm import Usage
from assistant.questions.querying import Expansion
from assistant.scope import ALL_ESSAYS, Scope
from assistant.why import NO_SEARCH, Search
from index.explaining import TermScore


class Reason(StrEnum):
    """Why an answer is as it is; the value is stored and printed."""

    ANSWERED = "answered"
    NO_PASSAGES = "no passage shares a term with the question"
    NOT_IN_EVIDENCE = "the passages found do not seem to answer the question"
    UNSUPPORTED = "what the model wrote is not backed by the passages found"
    STOPPED = "stopped by the reader"
    REPLIED = "no question about the essays"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPassage:
    """A hit as a value that outlives the index; offsets as in ``Citation``.

    ``n_terms`` is its length in terms, ``matches`` what each term searched for adds to ``score``,
    both with the head of its essay; 0 and empty in answers that were saved without them.
    """

    essay: str
    essay_id: str
    title: str
    author: str
    start: int
    end: int
    text: str
    score: float
    rank: int
    n_terms: int = 0
    matches: tuple[TermScore, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seconds:
    """Wall-clock seconds from the request to each point.

    Attributes:
        search: Until the passages were found.
        first_token: Until the first visible character of the answer.
        total: Until the answer was complete.
    """

    search: float
    first_token: float
    total: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to one question; it can be saved and shown again without the model.

    Attributes:
        question: What the reader typed.
        query: The text that was searched for, before analysis.
        abstained: Whether the assistant declines for lack of evidence.
        reason: Why.
        claims: The shown claims in order; empty if abstained.
        quotes: Evidence sentences, verbatim, that the choice preferred, best first.
        passages: The hits by rank. After an abstention they are "the closest", no answer.
        evidence: The sentences that the model saw, in the order it saw them.
        model: Name of the model.
        p_none: The model's probability, 0 to 1, that nothing offered answers; 1 if it was not
            asked.
        usage: Tokens of all requests to the model for this question.
        seconds: Time taken.
        is_stopped: Whether the reader stopped it; the claims are those written until then.
        withheld: What the model wrote that the evidence does not support, each with its reason.
        expanded: Words of the question that no essay holds, and what was searched for instead.
        notice: What the assistant itself says in a sentence: why it declines, what it replies to
            what is no question, over how many passages it looked; empty if there is nothing.
        missing: Names and numbers of the question that occur nowhere in the essays, as typed.
        is_by_essay: Whether the claims are ordered by essay, to be shown under its title.
        doubt: Calibrated probability, 0 to 1, that the essays do not answer; 1 if not judged.
        caution: How sure the reader wanted the assistant to be.
        scope: To which essays the question was limited; "the essays" above are those.
        search: What was searched for, and how the passages came to their scores; empty if there
            was no search.
    """

    question: str
    query: str
    abstained: bool
    reason: Reason
    claims: tuple[Claim, ...]
    quotes: tuple[Citation, ...]
    passages: tuple[FoundPassage, ...]
    evidence: tuple[Citation, ...]
    model: str
    p_none: float
    usage: Usage
    seconds: Seconds
    is_stopped: bool
    withheld: tuple[Claim, ...] = ()
    expanded: tuple[Expansion, ...] = ()
    notice: str = ""
    missing: tuple[str, ...] = ()
    is_by_essay: bool = False
    doubt: float = 1.0
    caution: Caution = Caution.BALANCED
    scope: Scope = ALL_ESSAYS
    search: Search = NO_SEARCH

    @property
    def text(self) -> str:
        """The shown claims joined by spaces."""
        return " ".join(claim.text for claim in self.claims)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryMade:
    """The search begins."""

    query: str
    expanded: tuple[Expansion, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PassagesFound:
    """The search is over; the passages can be shown."""

    passages: tuple[FoundPassage, ...]
    search: Search = NO_SEARCH


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSelected:
    """The sentences that the model reads now."""

    evidence: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotesChosen:
    """The evidence is judged; the model begins to write, unless ``doubt`` is high."""

    quotes: tuple[Citation, ...]
    p_none: float
    doubt: float = 1.0
    signals: Signals | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimChecked:
    """One more sentence of the answer, checked and cited."""

    claim: Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimWithheld:
    """One sentence that the model wrote and that is not shown as part of the answer."""

    claim: Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The end of every stream that did not fail."""

    answer: Answer


Event = (
    QueryMade
    | PassagesFound
    | EvidenceSelected
    | QuotesChosen
    | ClaimChecked
    | ClaimWithheld
    | Answered
)
