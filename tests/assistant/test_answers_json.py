import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answers import Answer, FoundPassage, Reason, Seconds
from assistant.answers_json import (
    Progress,
    parse_answer,
    parse_progress,
    render_answer,
    render_progress,
)
from assistant.checks.support import Verdict
from assistant.citations import Citation
from assistant.errors import ConversationError
from assistant.grounding import Claim
from assistant.judging import Caution
from assistant.llm import Usage
from assistant.questions.querying import Expansion
from assistant.scope import Scope
from assistant.why import Search, SearchedTerm
from index.explaining import TermScore
from tests.assistant.samples import make_answer, make_claim, make_passage

# Lone surrogates too: what a model or a file yields is not always proper text.
TEXTS = st.text(st.characters(codec=None), max_size=12)
WORDS = st.text(st.characters(codec=None), min_size=1, max_size=12)
COUNTS = st.integers(min_value=0, max_value=10**9)
SECONDS = st.floats(min_value=0, allow_nan=False, allow_infinity=False)

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
MATCHES = st.lists(
    st.builds(TermScore, term=TEXTS, n_times=st.integers(1, 99), score=NUMBERS), max_size=2
).map(tuple)


@st.composite
def citations(draw: st.DrawFn) -> Citation:
    quote, start = draw(WORDS), draw(COUNTS)
    return Citation(
        essay=draw(TEXTS),
        essay_id=draw(TEXTS),
        title=draw(TEXTS),
        author=draw(TEXTS),
        start=start,
        end=start + len(quote),
        quote=quote,
        paragraph=draw(COUNTS),
        page=draw(TEXTS),
        heading=draw(TEXTS),
    )


@st.composite
def passages(draw: st.DrawFn) -> FoundPassage:
    text, start = draw(WORDS), draw(COUNTS)
    return FoundPassage(
        essay=draw(TEXTS),
        essay_id=draw(TEXTS),
        title=draw(TEXTS),
        author=draw(TEXTS),
        start=start,
        end=start + len(text),
        text=text,
        score=draw(st.floats(allow_nan=False, allow_infinity=False)),
        rank=draw(st.integers(min_value=1, max_value=99)),
        n_terms=draw(COUNTS),
        matches=draw(MATCHES),
    )


SHARES = st.floats(min_value=0, max_value=1)
CITATIONS = st.lists(citations(), max_size=2).map(tuple)
PASSAGES = st.lists(passages(), max_size=2).map(tuple)
CLAIMS = st.lists(
    st.builds(
        Claim,
        text=TEXTS,
        citations=CITATIONS,
        verdict=st.sampled_from(Verdict),
        support=SHARES,
        reason=TEXTS,
    ),
    max_size=2,
).map(tuple)
SPELLINGS = st.lists(TEXTS, max_size=2).map(tuple)
SCOPES = st.builds(Scope, essay_ids=SPELLINGS, authors=SPELLINGS, words=TEXTS)
SEARCHED = st.builds(
    SearchedTerm,
    term=TEXTS,
    word=TEXTS,
    stands_for=TEXTS,
    weight=NUMBERS,
    idf=NUMBERS,
    n_passages=COUNTS,
)
SEARCHES = st.builds(
    Search,
    text=TEXTS,
    terms=st.lists(SEARCHED, max_size=2).map(tuple),
    n_passages=COUNTS,
    mean_n_terms=NUMBERS,
    k1=NUMBERS,
    b=NUMBERS,
)
EXPANDED = st.lists(st.builds(Expansion, word=TEXTS, spellings=SPELLINGS), max_size=2).map(tuple)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    reason = draw(st.sampled_from(Reason))
    abstained = reason not in (Reason.ANSWERED, Reason.STOPPED, Reason.REPLIED)
    return Answer(
        question=draw(TEXTS),
        query=draw(TEXTS),
        abstained=abstained,
        reason=reason,
        claims=() if abstained else draw(CLAIMS),
        quotes=draw(CITATIONS),
        passages=draw(PASSAGES),
        evidence=draw(CITATIONS),
        model=draw(TEXTS),
        p_none=draw(SHARES),
        usage=draw(st.builds(Usage, prompt=COUNTS, evaluated=COUNTS, generated=COUNTS)),
        seconds=draw(st.builds(Seconds, search=SECONDS, first_token=SECONDS, total=SECONDS)),
        is_stopped=reason is Reason.STOPPED,
        withheld=draw(CLAIMS),
        expanded=draw(EXPANDED),
        notice=draw(TEXTS),
        missing=draw(SPELLINGS),
        is_by_essay=draw(st.booleans()),
        doubt=draw(SHARES),
        caution=draw(st.sampled_from(Caution)),
        scope=draw(SCOPES),
        search=draw(SEARCHES),
    )


@given(answers())
def test_an_answer_survives_the_round_trip(answer: Answer) -> None:
    text = render_answer(answer)
    assert parse_answer(text) == answer
    assert text.isascii()


@given(st.builds(Progress, passages=PASSAGES, claims=CLAIMS, withheld=CLAIMS, scope=SCOPES))
def test_progress_survives_the_round_trip(progress: Progress) -> None:
    assert parse_progress(render_progress(progress)) == progress


def test_types_of_the_fields_survive_too() -> None:
    answer = parse_answer(render_answer(make_answer()))
    assert type(answer.reason) is Reason
    assert type(answer.claims) is tuple
    assert type(parse_answer(render_answer(replace(answer, p_none=1))).p_none) is float


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("question",), 3),
        (("question",), None),
        (("abstained",), 0),
        (("reason",), "because"),
        (("claims",), {}),
        (("claims",), [[]]),
        (("claims", 0, "text"), ["x"]),
        (("claims", 0, "citations", 0, "start"), 8),
        (("claims", 0, "citations", 0, "start"), -1),
        (("claims", 0, "citations", 0, "start"), 7.0),
        (("claims", 0, "citations", 0, "end"), True),
        (("claims", 0, "citations", 0, "quote"), ""),
        (("passages", 0, "end"), 10**30),
        (("passages", 0, "rank"), 0),
        (("passages", 0, "score"), "2.5"),
        (("p_none",), 1.5),
        (("p_none",), -0.1),
        (("p_none",), True),
        (("usage", "prompt"), -1),
        (("seconds", "total"), -0.5),
        (("seconds", "total"), 10**400),
        (("abstained",), True),
        (("surprise",), 1),
        (("caution",), "reckless"),
        (("doubt",), 1.5),
        (("missing",), [1]),
        (("claims", 0, "verdict"), "proven"),
        (("claims", 0, "support"), -0.1),
        (("claims", 0, "reason"), None),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_malformed_answer_is_refused(path: tuple[str | int, ...], value: object) -> None:
    stored = json.loads(render_answer(make_answer()))
    place = stored
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(ConversationError, match="cannot be read"):
        parse_answer(json.dumps(stored))


OLD = """{"question":"When?","query":"When?","abstained":false,"reason":"answered",
"claims":[{"text":"The bridge was closed in winter.","citations":[{"essay":"bridges.md",
"essay_id":"0123456789abcdef","title":"On Bridges","author":"A. Writer","start":7,"end":29,
"quote":"The bridge was closed."}]}],"quotes":[],"passages":[],"evidence":[],"model":"fake",
"p_none":0.125,"usage":{"prompt":40,"evaluated":30,"generated":9},
"seconds":{"search":0.01,"first_token":0.5,"total":1.5},"is_stopped":false}"""
"""As answers were saved before they had verdicts."""


def test_an_answer_saved_before_there_were_verdicts_is_read_as_supported() -> None:
    answer = parse_answer(OLD)
    (claim,) = answer.claims
    assert (claim.verdict, claim.support, claim.reason) == (Verdict.SUPPORTED, 1.0, "")
    assert (answer.withheld, answer.expanded, answer.notice, answer.missing) == ((), (), "", ())
    assert answer.caution is Caution.BALANCED
    assert not answer.is_by_essay


def test_progress_saved_before_there_were_verdicts_is_read_as_supported() -> None:
    stored = json.dumps({"passages": [], "claims": json.loads(OLD)["claims"]})
    (claim,) = parse_progress(stored).claims
    assert claim.verdict is Verdict.SUPPORTED


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("caution",), "reckless"),
        (("reason",), "asked back"),
        (("claims", 0, "verdict"), "proven"),
        (("from a newer version",), 1),
    ],
    ids=lambda value: str(value),
)
def test_what_only_a_newer_version_knows_is_told_as_such(
    path: tuple[str | int, ...], value: object
) -> None:
    stored = json.loads(render_answer(make_answer()))
    place = stored
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(ConversationError, match=r"newer version .* ask again\.$"):
        parse_answer(json.dumps(stored))


def test_a_missing_field_is_named() -> None:
    stored = json.loads(render_answer(make_answer()))
    del stored["usage"]["evaluated"]
    with pytest.raises(ConversationError, match=r"answer\.usage .*'evaluated'"):
        parse_answer(json.dumps(stored))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_is_none_is_refused(number: str) -> None:
    text = render_answer(make_answer()).replace('"p_none":0.125', f'"p_none":{number}')
    with pytest.raises(ConversationError, match="finite"):
        parse_answer(text)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 100_000, '"x"'])
def test_a_text_that_is_no_answer_is_refused(text: str) -> None:
    with pytest.raises(ConversationError, match="saved answer"):
        parse_answer(text)


def test_a_claim_with_three_citations_is_refused() -> None:
    claim = replace(make_claim(), citations=make_claim().citations * 3)
    with pytest.raises(ConversationError, match="3 citations"):
        parse_progress(render_progress(Progress(passages=(make_passage(),), claims=(claim,))))
