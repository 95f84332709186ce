"""Small values of the shared types, made up, for tests that need some."""

from assistant.answers import Answer, FoundPassage, Reason, Seconds
from assistant.citations import Citation
from assistant.grounding import Claim
from assistant.llm import Usage
from index.corpus import Document


def make_citation(quote: str = "The bridge was closed.") -> Citation:
    return Citation(
        essay="bridges.md",
        essay_id="0123456789abcdef",
        title="On Bridges",
        author="A. Writer",
        start=7,
        end=7 + len(quote),
        quote=quote,
    )


def make_passage(text: str = "The bridge was closed. It was winter.") -> FoundPassage:
    return FoundPassage(
        essay="bridges.md",
        essay_id="0123456789abcdef",
        title="On Bridges",
        author="A. Writer",
        start=7,
        end=7 + len(text),
        text=text,
        score=2.5,
        rank=1,
    )


def make_whole_passage(document: Document) -> FoundPassage:
    """Return an essay found as one passage."""
    return FoundPassage(
        essay=document.name,
        essay_id=document.id,
        title=document.title,
        author=document.author,
        start=0,
        end=len(document.text),
        text=document.text,
        score=1.0,
        rank=1,
    )


def make_claim(text: str = "The bridge was closed in winter.") -> Claim:
    return Claim(text=text, citations=(make_citation(),))


def make_answer(question: str = "When was the bridge closed?", *, claim: str = "") -> Answer:
    return Answer(
        question=question,
        query=question,
        abstained=False,
        reason=Reason.ANSWERED,
        claims=(make_claim(claim) if claim else make_claim(),),
        quotes=(make_citation(),),
        passages=(make_passage(),),
        evidence=(make_citation(),),
        model="fake",
        p_none=0.125,
        usage=Usage(prompt=40, evaluated=30, generated=9),
        seconds=Seconds(search=0.01, first_token=0.5, total=1.5),
        is_stopped=False,
    )
