"""An essay of three paragraphs, made up, and spans of it."""

from dataclasses import replace

from assistant.citations import Citation
from assistant.errors import AssistantError
from assistant.kept_essays.found import FoundEssay
from index.corpus import Document
from tests.assistant.samples import make_citation

TEXT = "Crossing\n\nThe bridge was closed. It was winter.\n\nIn spring it opened."


def make_document(text: str = TEXT, *, is_truncated: bool = False) -> Document:
    return Document(
        id="0123456789abcdef",
        name="bridges.md",
        title="On Bridges",
        author="A. Writer",
        date="",
        text=text,
        encoding="utf-8",
        is_truncated=is_truncated,
    )


def find(essay_id: str) -> FoundEssay:
    return FoundEssay(document=make_document())


def find_nothing(essay_id: str) -> FoundEssay:
    raise AssistantError(f"The essay {essay_id!r} is gone.")


def span(start: int, end: int) -> Citation:
    return replace(make_citation(), start=start, end=end, quote=TEXT[start:end])
