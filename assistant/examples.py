"""Questions to begin with, made from the essays themselves.

No essay is known here, and no model is asked. A question is offered only if sentences of an
essay answer it, in one of three ways, the best first:

1. A sentence "X was Y because Z" answers "Why was X Y?".
2. A title that is a question is answered by its essay.
3. A name that an essay returns to is what its sentences speak of: "What do the essays say about
   Name?".

And only if the search for it finds that essay first, since it would not be read otherwise.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from index.analysis import STOP_WORDS, tokenize
from index.bm25 import Bm25Index
from index.passages import Passage

_MAX_QUESTION_CHARS = 110
_MIN_NAMINGS = 3
_BECAUSE = re.compile(
    r"(?P<subject>(?:The )?[A-Z][\w’'-]+(?: (?:of |the |and )*[A-Z][\w’'-]+){0,4})"
    r" (?P<verb>was|were|is|are)"
    r" (?P<rest>[^,;:.()“”\"—–?!]+?),? (?:partly |mainly |above all |only |chiefly )?because\b.+"
)
# What these stand for is told by the sentence before, which the question would not carry.
_UNNAMED = re.compile(
    r"(?:he|she|it|they|we|you|i|this|that|these|those|there|here|who|which|what|some|many|most"
    r"|all|both|each|none|nobody|his|her|its|their|our|my|such|another|one|thus|so|nor|then"
    r"|now|yet|but|and|or)",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?<=[a-z,;] )(?P<article>the )?(?P<name>[A-Z][a-z]+(?:[’'-][A-Z][a-z]+)?(?: [A-Z][a-z]+)*)"
    # A word that goes on to a noun ("the Roman army") is no name of its own.
    r"(?=[.,;:!?)—”\"]| (?P<next>[a-z]+))"
)


def example_questions(index: Bm25Index, *, max_questions: int = 4) -> tuple[str, ...]:
    """Return up to ``max_questions`` questions, from as many essays as there are.

    In the order of the index, one for each essay before a second for any; the same essays
    always give the same questions.
    """
    passages: dict[str, list[Passage]] = {}
    for passage in index.passages:
        passages.setdefault(passage.document.id, []).append(passage)
    sources = [_questions_of(essay, index) for essay in passages.values()]
    chosen: dict[str, None] = {}
    while sources and len(chosen) < max_questions:
        unspent = []
        for source in sources:
            question = next((question for question in source if question not in chosen), "")
            if question and len(chosen) < max_questions:
                chosen[question] = None
                unspent.append(source)
        sources = unspent
    return tuple(chosen)


def _questions_of(essay: Sequence[Passage], index: Bm25Index) -> Iterator[str]:
    """Yield the questions that one essay answers, the best first; ``essay`` is not empty."""
    document = essay[0].document
    sentences = [sentence.text for passage in essay for sentence in passage.sentences]
    candidates = [
        *(question for text in sentences if (question := why_question(text))),
        *([document.title] if document.title.endswith("?") else []),
        *(f"What do the essays say about {name}?" for name in _names_in(sentences, index)),
    ]
    for question in candidates:
        if len(question) > _MAX_QUESTION_CHARS:
            continue
        hits = index.search(tokenize(question), top_k=1)
        if hits and hits[0].passage.document.id == document.id:
            yield question


def why_question(sentence: str) -> str:
    """Turn a sentence that gives a reason into the question it answers, if it is simple enough.

    >>> why_question("The Bridge was closed in winter because the river froze.")
    'Why was the Bridge closed in winter?'
    >>> why_question("He was late because it rained.")
    ''
    """
    match = _BECAUSE.fullmatch(sentence.strip())
    if match is None:
        return ""
    subject, rest = match["subject"], match["rest"]
    if _UNNAMED.fullmatch(subject.split()[0]) or not 2 <= len(rest.split()) <= 12:
        return ""
    if subject.startswith("The "):
        subject = "the " + subject.removeprefix("The ")
    return f"Why {match['verb']} {subject} {rest}?"


def _names_in(sentences: Iterable[str], index: Bm25Index) -> list[str]:
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
