"""Why passages were found, as the page shows it: made from what is kept with an answer."""

import re
from dataclasses import dataclass
from functools import lru_cache

from assistant.answers import Answer, FoundPassage
from assistant.why import Search, SearchedTerm
from index.analysis import is_stop_word, token_spans
from index.explaining import TermScore

IN_WORDS = (
    "A passage stands higher the more of the question's words it has, and the rarer those words are"
    " in the essays."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WordView:
    """A word that was searched for.

    Attributes:
        word: As typed, or as the essays write another spelling.
        term: What it was searched as.
        note: What else there is to know of it; may be empty.
        held: In how many passages it is, of how many.
        weight: How much it counts: its inverse document frequency, times its weight unless 1.
    """

    word: str
    term: str
    note: str
    held: str
    weight: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """What a word adds to the score of a passage.

    Attributes:
        word: As in ``WordView``.
        times: How often it is there, and where if not in the passage's own words.
        score: What it adds, in digits.
        share: The same as a share, 0 to 1, of the best passage's score: a part of its bar.
        shade: Which of the bar's shades it has, the same for the same word, from 0.
    """

    word: str
    times: str
    score: str
    share: float
    shade: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HitView:
    """A passage found; its words are those of ``TurnView.passages`` at the same place.

    Attributes:
        score: In digits.
        length: How long it is, in words.
        parts: What each word that it has adds, the most first.
        marks: Half-open offsets, within the passage, of the words that it has; ascending.
    """

    score: str
    length: str
    parts: tuple[PartView, ...]
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyView:
    """How the passages of an answer were found.

    Attributes:
        sentence: The whole of it in one sentence.
        text: What was searched for, before it was taken apart.
        words: What was searched for after that.
        left_out: Words that are too common to search by; may be empty.
        hits: The passages that are shown, by rank.
        formula: How scores are made, for those who know such formulas.
    """

    sentence: str
    text: str
    words: tuple[WordView, ...]
    left_out: str
    hits: tuple[HitView, ...]
    formula: str


def view_why(answer: Answer, *, n_shown: int) -> WhyView | None:
    """Return how an answer's passages were found.

    ``None`` if there is nothing to tell: no search, no passage, or an answer that was saved
    before this was kept.

    Args:
        answer: The answer.
        n_shown: How many of its passages are shown.
    """
    search, shown = answer.search, answer.passages[:n_shown]
    if not search.terms or not shown:
        return None
    best = max(passage.score for passage in shown)
    terms = {one.term: (shade, one) for shade, one in enumerate(search.terms)}
    return WhyView(
        sentence=IN_WORDS,
        text=search.text,
        words=tuple(_view_word(one, search) for one in search.terms),
        left_out=_name_common(search.text),
        hits=tuple(_view_hit(passage, search, terms, best) for passage in shown),
        formula=_explain_scores(search),
    )


@lru_cache(maxsize=512)
def find_marks(text: str, terms: frozenset[str]) -> tuple[tuple[int, int], ...]:
    """Return where the words of some terms stand in a text; remembered, as pages are redrawn often.

    >>> find_marks("The mills of Pell closed.", frozenset({"mill", "close"}))
    ((4, 9), (18, 24))
    """
    return tuple((span.start, span.end) for span in token_spans(text) if span.term in terms)


def _view_word(one: SearchedTerm, search: Search) -> WordView:
    weight = f"{one.idf:.2f}" if one.weight == 1 else f"{one.weight:g} × {one.idf:.2f}"
    if one.stands_for:
        note = f"another spelling of “{one.stands_for}”"
    elif not one.n_passages:
        note = "in none of the essays"
    else:
        note = ""
    return WordView(
        word=one.word,
        term=one.term,
        note=note,
        held=f"{one.n_passages} of {search.n_passages}",
        weight=weight,
    )


def _view_hit(
    passage: FoundPassage,
    search: Search,
    terms: dict[str, tuple[int, SearchedTerm]],
    best: float,
) -> HitView:
    marks = find_marks(passage.text, frozenset(one.term for one in passage.matches))
    parts = []
    for one in sorted(passage.matches, key=lambda match: -match.score):
        if one.term in terms:  # a saved file can be edited
            shade, term = terms[one.term]
            parts.append(
                PartView(
                    word=term.word,
                    times=_count_times(one, passage.text),
                    score=f"{one.score:.2f}",
                    share=one.score / best if best > 0 else 0.0,
                    shade=shade,
                )
            )
    return HitView(
        score=f"{passage.score:.2f}",
        length=f"{passage.n_terms} words, {search.mean_n_terms:.0f} on average",
        parts=tuple(parts),
        marks=marks,
    )


def _count_times(match: TermScore, text: str) -> str:
    """Say how often a term is in a passage, and how often only in its essay's title or author.

    >>> match = TermScore(term="mill", n_times=3, score=1.0)
    >>> _count_times(match, "The mill."), _count_times(match, "Mills, a mill and the mill.")
    ('3, of these 2 in title or author', '3')
    """
    in_head = match.n_times - len(find_marks(text, frozenset({match.term})))
    if in_head <= 0:
        return str(match.n_times)
    if in_head == match.n_times:
        return f"{match.n_times}, in title or author"
    return f"{match.n_times}, of these {in_head} in title or author"


def _name_common(text: str) -> str:
    """Name the words of a text that are not searched for; empty if there are none.

    >>> _name_common("Why did the mill close?")
    'Too common to be searched for: why, did, the.'
    """
    words = dict.fromkeys(
        word.lower() for word in re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text) if is_stop_word(word)
    )
    return f"Too common to be searched for: {', '.join(words)}." if words else ""


def _explain_scores(search: Search) -> str:
    return (
        f"Scores are BM25 with k1 = {search.k1:g} and b = {search.b:g} over {search.n_passages}"
        " passages of all essays, each with its essay's title and author. Lengths count the"
        " words that can be searched for. What the words of a passage add sums to its score."
    )
