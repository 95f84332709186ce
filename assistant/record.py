"""What is known of one answer while it is being made."""

import time
from dataclasses import dataclass, field

from assistant.answers import (
    Answer,
    ClaimChecked,
    ClaimWithheld,
    Event,
    EvidenceSelected,
    FoundPassage,
    PassagesFound,
    QueryMade,
    QuotesChosen,
    Reason,
    Seconds,
)
from assistant.citations import Citation
from assistant.grounding import Claim
from assistant.judging import Caution
from assistant.llm import Usage
from assistant.questions.querying import Expansion
from assistant.scope import ALL_ESSAYS, Scope
from assistant.why import NO_SEARCH, Search


@dataclass(slots=True, kw_only=True)
class AnswerRecord:
    """Notes the events of one answer as they come, and makes the ``Answer`` of them.

    ``reason``, ``notice``, ``missing``, ``is_by_essay``, ``is_stopped`` and ``search_s`` are set
    by who makes the answer; all else follows from the events.
    """

    question: str
    model: str
    caution: Caution
    scope: Scope = ALL_ESSAYS
    query: str = ""
    reason: Reason = Reason.NO_PASSAGES
    notice: str = ""
    missing: tuple[str, ...] = ()
    is_by_essay: bool = False
    is_stopped: bool = False
    search_s: float = 0.0
    claims: tuple[Claim, ...] = ()
    withheld: tuple[Claim, ...] = ()
    quotes: tuple[Citation, ...] = ()
    passages: tuple[FoundPassage, ...] = ()
    evidence: tuple[Citation, ...] = ()
    expanded: tuple[Expansion, ...] = ()
    search: Search = NO_SEARCH
    p_none: float = 1.0
    doubt: float = 1.0
    usage: Usage = field(default_factory=lambda: Usage(prompt=0, evaluated=0, generated=0))
    started_s: float = field(default_factory=time.monotonic)
    first_s: float = 0.0

    def elapsed_s(self) -> float:
        """Return the seconds since the question was asked."""
        return time.monotonic() - self.started_s

    def add_usage(self, more: Usage) -> None:
        """Count the tokens of one more request to the model."""
        self.usage = Usage(
            prompt=max(self.usage.prompt, more.prompt),
            evaluated=self.usage.evaluated + more.evaluated,
            generated=self.usage.generated + more.generated,
        )

    def note(self, event: Event) -> None:
        """Take in one event."""
        match event:
            case QueryMade(query=query, expanded=expanded):
                self.query, self.expanded = query, expanded
            case PassagesFound(passages=passages, search=search):
                self.passages, self.search, self.search_s = passages, search, self.elapsed_s()
            case EvidenceSelected(evidence=evidence):
                self.evidence = evidence
            case QuotesChosen(quotes=quotes, p_none=p_none, doubt=doubt):
                self.quotes, self.p_none, self.doubt = quotes, p_none, doubt
            case ClaimChecked(claim=claim):
                self.claims += (claim,)
                self.reason = Reason.ANSWERED
                self.first_s = self.first_s or self.elapsed_s()
            case ClaimWithheld(claim=claim):
                self.withheld += (claim,)
                if not self.claims:
                    self.reason = Reason.UNSUPPORTED
            case _:
                pass

    def to_answer(self) -> Answer:
        """Return the answer as it stands."""
        total_s = self.elapsed_s()
        is_reply = self.reason is Reason.REPLIED
        return Answer(
            question=self.question,
            query=self.query,
            abstained=not self.claims and not self.is_stopped and not is_reply,
            reason=self.reason,
            claims=self.claims,
            quotes=self.quotes,
            passages=self.passages,
            evidence=self.evidence,
            model=self.model,
            p_none=self.p_none,
            usage=self.usage,
            seconds=Seconds(
                search=self.search_s, first_token=self.first_s or total_s, total=total_s
            ),
            is_stopped=self.is_stopped,
            withheld=self.withheld,
            expanded=self.expanded,
            notice=self.notice,
            missing=self.missing,
            is_by_essay=self.is_by_essay,
            doubt=self.doubt,
            caution=self.caution,
            scope=self.scope,
            search=self.search,
        )
