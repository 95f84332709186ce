"""Questions to begin with, made from the essays themselves.

No essay is known here, and no model is asked. A question is offered only if sentences of an
essay answer it, in one of four ways, the best first (a model answers "why" from one sentence; of a
year the essays may say much and nothing to the point):

- why: A sentence "X was Y because Z" answers "Why was X Y?", and one "X did Y because Z" answers
  "Why is it that X did Y?".
- title: A title that is a question is answered by its essay.
- name: A name that an essay returns to is what its sentences speak of: "What do the essays say
  about Name?".
- year: What several sentences say of a year answers "What happened in that year?".

And only if the search for it finds that essay among the first, since it is not read otherwise.
"""

import re
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from itertools import islice

from index.analysis import STOP_WORDS, tokenize
from index.bm25 import Bm25Index
from index.passages import Passage

_MAX_QUESTION_CHARS = 110
_MIN_NAMINGS = 3
_MIN_YEAR_SENTENCES = 2
_SEARCHED_PASSAGES = 3

_CLAUSE_WORDS = range(4, 17)
_BECAUSE = re.compile(
    r"(?P<clause>[A-Z][^,;:.()“”\"—–?!]+?),?"
    r"(?: mainly| partly| chiefly| largely| simply| only| just| perhaps)? because\b.+",
    re.DOTALL,
)
_COPULA = re.compile(
    r"(?P<subject>(?:the )?[A-Z][\w’'-]*(?: (?:of |the |and )*[A-Z][\w’'-]*)*)"
    r" (?P<verb>was|were|is|are) (?P<rest>.+)"
)
# What these stand for is told by the sentences before, which the question does not carry.
_POINTERS = re.compile(
    r"\b(?:he|she|it|they|we|you|i|him|her|them|us|me|his|hers|its|their|theirs|our|my|himself"
    r"|herself|itself|themselves|this|that|these|those|such|so|there|here|both|another|other"
    r"|others|former|latter|one|also|too)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b[Ii]n (?P<year>1[0-9]{3}|20[0-9]{2})\b")
_NAME = re.compile(
    r"(?<=[a-z,;] )(?P<article>the )?(?P<name>[A-Z][a-z]+(?:[’'-][A-Z][a-z]+)?(?: [A-Z][a-z]+)*)"
    # A word that goes on to a noun ("the Roman army") is no name of its own.
    r"(?=[.,;:!?)—”\"]| (?P<next>[a-z]+))"
)


def example_questions(index: Bm25Index, *, max_questions: int = 4) -> tuple[str, ...]:
    """Return up to ``max_questions`` questions, from as many essays as there are.

    In the order of the index, one for each essay before a second for any; the same essays always
    give the same questions.
    """
    essays: dict[str, list[Passage]] = {}
    for passage in index.passages:
        essays.setdefault(passage.document.id, []).append(passage)
    # Only as many essays as are needed are looked at.
    unasked = {
        essay_id: list(_candidates(essay, index))
        for essay_id, essay in islice(essays.items(), 5 * max_questions)
    }
    chosen: list[str] = []
    while any(unasked.values()):
        for essay_id, candidates in unasked.items():
            while candidates:
                question = candidates.pop(0)
                if question not in chosen and _finds(question, essay_id, index):
                    chosen.append(question)
                    break
            if len(chosen) == max_questions:
                return tuple(chosen)
    return tuple(chosen)


def _candidates(essay: Sequence[Passage], index: Bm25Index) -> Iterator[str]:
    """Yield the questions of one essay, the best first."""
    title = essay[0].document.title
    sentences = [sentence.text for passage in essay for sentence in passage.sentences]
    names = _names_in(sentences, index)
    words = frozenset(word for name in names for word in name.split()) - {"the"}
    made = (
        *(why_question(sentence, names=words) for sentence in sentences),
        title if title.endswith("?") else "",
        *(f"What do the essays say about {name}?" for name in names),
        *(f"What happened in {year}?" for year in _years_in(sentences)),
    )
    return (question for question in made if question and len(question) <= _MAX_QUESTION_CHARS)


def _finds(question: str, essay_id: str, index: Bm25Index) -> bool:
    hits = index.search(tokenize(question), top_k=_SEARCHED_PASSAGES)
    return any(hit.passage.document.id == essay_id for hit in hits)


def why_question(sentence: str, *, names: Container[str]) -> str:
    """Turn a sentence that gives a reason into the question it answers, if it is simple enough.

    It must name what it speaks of by one of ``names``, and point at nothing outside itself.

    >>> why_question("The Tay Bridge was closed because of ice.", names={"Tay"})
    'Why was the Tay Bridge closed?'
    >>> why_question("The engineers left Dundee because it was winter.", names={"Dundee"})
    'Why is it that the engineers left Dundee?'
    >>> why_question("He was late because it rained.", names={"Dundee"})
    ''
    """
    match = _BECAUSE.fullmatch(sentence.strip())
    if match is None:
        return ""
    clause = match["clause"]
    # Possessives name too.
    words = [re.split("[’']", word)[0] for word in clause.split()]
    if _POINTERS.search(clause) or len(words) not in _CLAUSE_WORDS:
        return ""
    if not any(word in names for word in words):
        return ""
    if words[0] == "The":
        clause = "the " + clause.removeprefix("The ")
    elif words[0] not in names:
        # It may be no name but an ordinary word with a capital: "However", "Long afterwards".
        return ""
    if copula := _COPULA.fullmatch(clause):
        return f"Why {copula['verb']} {copula['subject']} {copula['rest']}?"
    return f"Why is it that {clause}?"


def _years_in(sentences: Sequence[str]) -> list[str]:
    """Return the years of several sentences, those of the most first, then the earliest."""
    counts = Counter(
        year for text in sentences for year in {match["year"] for match in _YEAR.finditer(text)}
    )
    return sorted(
        (year for year, count in counts.items() if count >= _MIN_YEAR_SENTENCES),
        key=lambda year: (-counts[year], year),
    )


def _names_in(sentences: Sequence[str], index: Bm25Index) -> list[str]:
    """Return the names an essay returns to, those rare elsewhere and frequent here first.

    A name that mostly stands with "the" is given with it.
    """
    counts: Counter[str] = Counter()
    articles: Counter[str] = Counter()
    for match in _NAME.finditer("\n".join(sentences)):
        if match["next"] and match["next"] not in STOP_WORDS:
            continue
        counts[match["name"]] += 1
        articles[match["name"]] += match["article"] is not None
    weights = {
        name: count * max((index.idf(term) for term in tokenize(name)), default=0.0)
        for name, count in counts.items()
        if count >= _MIN_NAMINGS
    }
    return [
        f"the {name}" if 2 * articles[name] > counts[name] else name
        for name in sorted(weights, key=lambda name: (-weights[name], name))
    ]
