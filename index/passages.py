"""Documents as passages of whole sentences, with exact offsets."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sentencex import get_sentence_boundaries

from index.corpus import Document

PASSAGE_WORDS = 85
"""Words that a passage aims at.

Source: ``python -m tests.benchmarks.retrieval --essays DIR --questions FILE --xquad FILE``; 80 to
90 are best on the questions about essays, more than 85 gains nothing on XQuAD.
"""

MAX_SENTENCE_WORDS = 80
"""Longer sentences are cut at a clause, so that one of them can be evidence and a citation."""

MAX_SENTENCE_CHARS = 1000
"""The same for runs of characters without spaces."""

MIN_SENTENCE_WORDS = 3
"""Shorter ones join a neighbour of their paragraph: alone they say nothing."""

_LONG_QUOTATION_WORDS = 50
"""A quotation of several sentences stays in one piece up to this length of its sentence."""

_QUOTATION_MARKS = str.maketrans(dict.fromkeys('“”„«»"', " "))
_CLOSING = re.compile(r"\s*[”’»)\]\"'](?=[\s.,;:]|$)[.,;:]?")
_AFTER_BRACKET = re.compile(r"[.!?…][”’\"']?[)\]]\s+(?=[“‘\"'(]?[A-Z])")
_ENOUGH_WORDS = re.compile(rf"\s*+(?:\S++\s++){{{MIN_SENTENCE_WORDS - 1}}}\S")
_LIST_MARKER = re.compile(r"[(\[]?(?:\d{1,3}|[a-z]|[ivxlc]{1,6})[.)\]]{1,2}", re.IGNORECASE)
_SENTENCE_ENDS = frozenset(".!?…”’»\"')]")
_CLAUSE_ENDS = tuple(
    re.compile(pattern) for pattern in (r"[;:][”’\"']?\s+", r"[,–—-][”’\"']?\s*", r"\s+")
)
_BREAK_WITHIN_PARAGRAPH = 0.1
_BREAK_AFTER_LEAD = 1.0  # after a heading, or words that introduce what follows
"""What ending a passage there costs, in squares of the passage's relative error of length."""

Span = tuple[int, int]


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


def split_sentences(text: str) -> tuple[Span, ...]:
    """Return the half-open offsets of the sentences of a text.

    Sentences begin and end with a visible character, stand in order, do not overlap, cover all
    that is visible and never cross a blank line. Empty for blank text.

    >>> split_sentences("He left early. No one knew why.\\n\\nThe End")
    ((0, 14), (15, 31), (33, 40))
    """
    spans: list[Span] = []
    for paragraph in _paragraph_spans(text):
        spans.extend(_split_paragraph(text, paragraph))
    return tuple(spans)


def split_passages(document: Document, *, words: int = PASSAGE_WORDS) -> tuple[Passage, ...]:
    """Split a document into passages of whole sentences of about ``words`` words.

    Args:
        document: The essay; blank text has no passages.
        words: Words aimed at, at least 1.

    Returns:
        Passages in order; together they hold every sentence once.

    Raises:
        ValueError: ``words`` is less than 1.
    """
    if words < 1:
        raise ValueError(f"words is {words!r}; give 1 or more.")
    text = document.text
    sentences = tuple(
        Sentence(start=start, end=end, text=text[start:end]) for start, end in split_sentences(text)
    )
    passages = []
    for first, last in _partition(text, sentences, words):
        held = sentences[first:last]
        start, end = held[0].start, held[-1].end
        passages.append(
            Passage(document=document, start=start, end=end, text=text[start:end], sentences=held)
        )
    return tuple(passages)


def _paragraph_spans(text: str) -> Iterator[Span]:
    start = 0
    for gap in re.finditer(r"\n\s*\n|\Z", text):
        span = _strip(text, start, gap.start())
        if span[0] < span[1]:
            yield span
        start = gap.end()


def _strip(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _split_paragraph(text: str, paragraph: Span) -> list[Span]:
    spans: list[Span] = []
    # Whether the last span is one, looked at no more once it is none: joined by others that are
    # short, it may grow to a paragraph of a million words.
    is_stump = False
    for raw in _find_sentences(text, paragraph):
        start, end = _strip(text, *raw)
        if spans and (closing := _CLOSING.match(text, spans[-1][1], end)):
            spans[-1] = (spans[-1][0], closing.end())
            start, end = _strip(text, closing.end(), end)
        if start == end:
            continue
        is_stump = is_stump and _is_stump(text, spans[-1])
        if spans and (is_stump or _joins_previous(text, (start, end))):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
            is_stump = True
    return [piece for span in spans for piece in _cut_long(text, span)]


def _find_sentences(text: str, paragraph: Span) -> list[Span]:
    """Return the sentences as the splitter finds them, long quotations split too."""
    offset, end = paragraph
    body = text[offset:end]
    spans: list[Span] = []
    for start, stop in _boundaries(body):
        if _count_words(body[start:stop]) > _LONG_QUOTATION_WORDS:
            pieces = _boundaries(body[start:stop].translate(_QUOTATION_MARKS))
            spans += [(offset + start + first, offset + start + last) for first, last in pieces]
        else:
            spans.append((offset + start, offset + stop))
    return spans


def _boundaries(body: str) -> list[Span]:
    found = {boundary["start_index"] for boundary in get_sentence_boundaries("en", body)}
    found |= {match.end() for match in _AFTER_BRACKET.finditer(body)}
    inner = sorted(start for start in found if 0 < start < len(body))
    return list(pairwise([0, *inner, len(body)]))


def _is_stump(text: str, span: Span) -> bool:
    return _ENOUGH_WORDS.match(text, *span) is None


def _joins_previous(text: str, span: Span) -> bool:
    return _is_stump(text, span) and not _LIST_MARKER.fullmatch(text[slice(*span)])


def _cut_long(text: str, span: Span) -> Iterator[Span]:
    """Yield a span, halved at clause ends nearest its middle until no piece is too long."""
    start, end = span
    if end - start <= MAX_SENTENCE_CHARS and _count_words(text[start:end]) <= MAX_SENTENCE_WORDS:
        yield span
        return
    middle = (start + end) // 2
    quarter = (end - start) // 4
    for pattern in _CLAUSE_ENDS:
        cuts = [m.end() for m in pattern.finditer(text, middle - quarter, middle + quarter)]
        if cuts:
            cut = min(cuts, key=lambda at: abs(at - middle))
            break
    else:
        cut = middle
    yield from _cut_long(text, _strip(text, start, cut))
    yield from _cut_long(text, _strip(text, cut, end))


def _count_words(text: str) -> int:
    return len(text.split())


def _partition(text: str, sentences: Sequence[Sentence], words: int) -> list[tuple[int, int]]:
    """Return ranges of sentences whose sizes are, together, closest to ``words``."""
    lengths = [_count_words(sentence.text) for sentence in sentences]
    count = len(sentences)
    best = [0.0] + [float("inf")] * count
    origin = [0] * (count + 1)
    for end in range(1, count + 1):
        size = 0
        cut_cost = _cut_cost(text, sentences, end)
        for start in range(end - 1, -1, -1):
            size += lengths[start]
            cost = best[start] + ((size - words) / words) ** 2 + cut_cost
            if cost < best[end]:
                best[end], origin[end] = cost, start
            if size > 2 * words:
                break
    ranges = []
    end = count
    while end:
        ranges.append((origin[end], end))
        end = origin[end]
    return ranges[::-1]


def _cut_cost(text: str, sentences: Sequence[Sentence], end: int) -> float:
    """Return what it costs to end a passage before sentence ``end``, in units of size error."""
    if end == len(sentences):
        return 0.0
    if "\n\n" not in text[sentences[end - 1].end : sentences[end].start]:
        return _BREAK_WITHIN_PARAGRAPH
    is_lead = sentences[end - 1].text[-1] not in _SENTENCE_ENDS
    return _BREAK_AFTER_LEAD if is_lead else 0.0
