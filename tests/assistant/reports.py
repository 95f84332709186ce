"""Saved turns and reports of them, some with texts that would like to be more than text."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from assistant.answers import Answer, Reason
from assistant.answers_json import Progress
from assistant.checks.support import Verdict
from assistant.citations import Citation
from assistant.conversations import SavedTurn, TurnState
from assistant.export import make_report
from assistant.exporting.reports import Report
from assistant.grounding import Claim
from assistant.kept_essays.found import FindEssay
from tests.assistant.samples import make_answer, make_citation
from tests.assistant.ui.values import find

MADE_AT = datetime(1931, 5, 4, 12, tzinfo=UTC)
HOSTILE = (
    '<img src="http://203.0.113.7/i.png" onerror="window.hacked=1"> & &lt; &#60;',
    "<script>window.hacked=1</script><style>*{display:none}</style></bdi></p></body>",
    "![i](http://203.0.113.7/i) [l](http://203.0.113.7) [r]: http://203.0.113.7 [^1] [^1]: x",
    "http://203.0.113.7/bare www.example.com pell@example.com <http://203.0.113.7> example.com/x",
    "**b** __b__ _i_ ~~s~~ ==m== ++u++ ^2^ ~2~ `c` ``c`` $x^2$ $$y$$ \\(z\\) :smile: :red[x] @pell",
    "- a",
    "+ a",
    "* a",
    "1. a",
    "(a) a",
    "i) a",
    "# a #",
    "> a",
    "% a",
    ": a",
    "| a | b |",
    "---",
    "=== a",
    "~~~ a",
    "```{=html} <b>",
    "{{ x }} {% y %} {.class #id}",
    "\\ \\\\ a\\",
    "a!",
    "a\\!",
    "]]> --> <!-- <?xml ?> %s ${x} \x00\x07\x1b \ud800 \uffff &amp;",
    "\u202eturned\u202c \u2066isolated\u2069 אברהם לוי, محمد 😀 👩‍👩‍👧 e\u0301 ﬁ 𝔘",
)


def cite_words(words: str, *, author: str = "A. Pell", title: str = "On Ropes") -> Citation:
    """Cite words of an essay of their own."""
    return replace(
        make_citation(words),
        author=author,
        title=title,
        essay_id=hashlib.sha256(
            f"{author}\n{title}\n{words}".encode("utf-8", "replace")
        ).hexdigest()[:16],
        paragraph=4,
    )


def make_turn(answer: Answer | None = None, **changes: object) -> SavedTurn:
    """Return a question with its answer, asked on 4 May 1931."""
    turn = SavedTurn(
        id=1,
        question=answer.question if answer else "Who?",
        asked_at="1931-05-04T09:00:00.000+00:00",
        state=TurnState.FINISHED,
        progress=Progress(),
        answer=answer,
        error="",
    )
    return replace(turn, **changes)  # type: ignore[arg-type]  # the fields of the call


def report_on(*answers: Answer | SavedTurn, title: str = "", find: FindEssay = find) -> Report:
    """Return a report on answers, made on the day they were asked for."""
    turns = [one if isinstance(one, SavedTurn) else make_turn(one) for one in answers]
    return make_report(turns, title=title, find=find, made_at=MADE_AT)


def answer_with(*claims: Claim, question: str = "Who closed the mill?") -> Answer:
    return replace(make_answer(question), claims=claims)


def abstain(question: str = "Who sank the ferry?") -> Answer:
    return replace(make_answer(question), abstained=True, reason=Reason.NOT_IN_EVIDENCE, claims=())


def hostile_report(texts: Sequence[str] = HOSTILE) -> Report:
    """Return a report in which each text stands in every place that a text can have."""
    answers: list[Answer] = []
    for text in texts:
        unsupported = Claim(text=text, citations=(), verdict=Verdict.UNSUPPORTED, reason=text)
        cited = cite_words(text, author=text, title=text)
        answers.append(
            replace(
                answer_with(
                    Claim(text=text, citations=(cited,), verdict=Verdict.PARTIAL, reason=text),
                    Claim(text=text, citations=(cited, cite_words(f"And {text}"))),
                    question=text,
                ),
                withheld=(unsupported,),
                notice=text,
                model=text,
                query=f"{text} more",
                is_by_essay=True,
            )
        )
        passage = replace(answers[-1].passages[0], text=text, title=text, author=text)
        answers.append(replace(abstain(text), passages=(passage,), notice=text))
    return report_on(*answers, title=texts[0])
