"""From a draft to claims, each tied to the words that back it."""

from dataclasses import dataclass

from assistant.citations import Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One checkable sentence of an answer with at most two citations, the best first."""

    text: str
    citations: tuple[Citation, ...]
