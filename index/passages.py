"""Documents as passages of whole sentences, with exact offsets."""

from dataclasses import dataclass

from index.corpus import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A slice of a document: ``document.text[start:end] == text``."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A contiguous slice of a document that is retrieved as one.

    Attributes:
        document: The essay that holds it.
        start: Offset of its first character in ``document.text``.
        end: Offset after its last character; ``document.text[start:end] == text``.
        text: The slice itself.
        sentences: Its sentences in order, offsets into the document.
    """

    document: Document
    start: int
    end: int
    text: str
    sentences: tuple[Sentence, ...]
