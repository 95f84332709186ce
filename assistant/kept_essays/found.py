"""An essay that a saved answer cites, and what has become of it since."""

from collections.abc import Callable
from dataclasses import dataclass

from assistant.errors import AssistantError
from index.corpus import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundEssay:
    """An essay as it was cited.

    Attributes:
        document: The text that the citation's offsets count in.
        remark: What has become of it since, in words; empty if it is in use as it was cited.
    """

    document: Document
    remark: str = ""


FindEssay = Callable[[str], FoundEssay]
"""Returns the essay with an id; raises ``AssistantError`` if its text is not kept."""


def find_kept(find: FindEssay, essay_id: str) -> FoundEssay | None:
    """Return the essay, or ``None`` if it is not kept; its words stay with the answer."""
    try:
        return find(essay_id)
    except AssistantError:
        return None
