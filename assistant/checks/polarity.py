"""Whether a text denies what another says, or turns "before" and "after" round."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assistant.checks.clauses import word_set
from assistant.checks.terms import base_term, read_spans

_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[,;:.!?()“”\"–—]")


_NOT: Final = word_set("not never no non cannot nobody nothing neither nor none without hardly")
_UNSURE: Final = word_set(
    "fail refus unabl lack deni prevent miss stop forbid declin unlik rare seldom scarc bare stay"
    " instead rather avoid reject doubt absent few littl impossibl need unwil"
)
"""Terms near which it is not judged whether something is denied."""
_PADDING: Final = word_set(
    "realli fulli alway even complet entir yet ever quit actual simpli mere just necessarili onli"
    " longer great much long one have ha take make good"
)
"""Terms between "not" and what it denies; and verbs that leave the meaning to the next word."""
_CLAUSE_ENDS: Final = word_set(
    ", ; : . ! ? ( ) because but although though while whereas which who that since until before"
    " after when if unless as so where"
)
_NEAR_WORDS: Final = 6
"""Words after "not" that it may deny."""
_OPPOSITES: Final = {"before": "after", "after": "before"}
_NEAR_TERMS: Final = 3
"""Terms that "before" or "after" governs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    text: str
    term: str


def find_denial(claim: str, spans: Sequence[str]) -> str:
    """Return the word that is denied in one of claim and spans and asserted in the other, or "".

    Only the word that a "not" belongs to is compared: what the claim leaves out of a span may be
    denied there or not. "Not only" denies nothing, and where a span says the word both ways, or
    near a word such as "failed" or "without", nothing is reported.

    >>> find_denial("Pell did not attend.", ("Pell attended in the end.",))
    'attend'
    >>> find_denial("Pell attended.", ("Pell attended, though Lind did not want him there.",))
    ''
    """
    said = _tokens(claim)
    sources = [_tokens(span) for span in spans]
    own = _denied(said)
    theirs = [_denied(tokens) for tokens in sources]
    for token in said:
        term = token.term
        places = [
            (tokens, denied, at)
            for tokens, denied in zip(sources, theirs, strict=True)
            for at, one in enumerate(tokens)
            if one.term == term
        ]
        if not term or not places:
            continue
        claims_it = [at for at, one in enumerate(said) if one.term == term]
        if all(at in own for at in claims_it):
            if not any(at in denied or _is_unsure(tokens, at) for tokens, denied, at in places):
                return token.text
        elif (
            all(at in denied for _, denied, at in places)
            and not any(at in own or _is_unsure(said, at) for at in claims_it)
            and not any("un" in one.text[:2] for one in said)
        ):
            return token.text
    return _find_un(said, sources, own)


def _find_un(said: Sequence[_Token], sources: Sequence[Sequence[_Token]], own: set[int]) -> str:
    """Return a word of the claim of which the spans hold only the opposite made with "un"."""
    terms = {token.term for tokens in sources for token in tokens}
    for at, token in enumerate(said):
        bare = token.term.removeprefix("un")
        opposite = bare if bare != token.term else f"un{token.term}"
        is_long = min(len(bare), len(token.term)) >= 4
        if is_long and at not in own and opposite in terms and token.term not in terms:
            is_denied = any(
                tokens[place].term == opposite and _is_unsure(tokens, place)
                for tokens in sources
                for place in range(len(tokens))
            )
            if not is_denied:
                return token.text
    return ""


def find_turned_time(claim: str, spans: Sequence[str]) -> str:
    """Return "before" or "after" if the claim has it the other way round from the spans, or "".

    >>> find_turned_time("Pell left after the fire.", ("Pell left before the fire.",))
    'after'
    >>> find_turned_time("Before the fire, Pell left.", ("There was a fire after Pell left.",))
    ''
    """
    said = _tokens(claim)
    sources = [_tokens(span) for span in spans]
    for word, governed in _governed(said):
        rest = {token.term for token in said if token.term} - governed
        for tokens in sources:
            verdicts = []
            for other, theirs in _governed(tokens):
                others = {token.term for token in tokens if token.term} - theirs
                same = bool(governed & theirs)
                crossed = bool(governed & others) and bool(theirs & rest)
                if same == crossed:
                    continue
                verdicts.append((other == word) is same)
            if verdicts and not any(verdicts):
                return word
    return ""


def _tokens(text: str) -> tuple[_Token, ...]:
    terms = {span.start: span.term for span in read_spans(text)}
    return tuple(
        _Token(
            text=match.group().casefold().replace("’", "'"),
            term=base_term(terms.get(match.start(), "")),
        )
        for match in _WORD.finditer(text)
    )


def _is_not(token: _Token) -> bool:
    return token.text in _NOT or token.text.endswith("n't")


def _denied(tokens: Sequence[_Token]) -> set[int]:
    """Return the places of the words that a "not" belongs to: the first of meaning after it."""
    found = set()
    for at, token in enumerate(tokens):
        if not _is_not(token) or _is_only(tokens, at):
            continue
        for ahead in range(at + 1, min(len(tokens), at + 1 + _NEAR_WORDS)):
            if tokens[ahead].text in _CLAUSE_ENDS:
                break
            if tokens[ahead].term and tokens[ahead].term not in _PADDING:
                found.add(ahead)
                break
    return found


def _is_only(tokens: Sequence[_Token], at: int) -> bool:
    return at + 1 < len(tokens) and tokens[at + 1].text in ("only", "just", "merely", "least")


def _is_unsure(tokens: Sequence[_Token], at: int) -> bool:
    """Return whether a word that may deny stands in the same clause, before the word or after."""
    for step, limit in ((-1, -1), (1, len(tokens))):
        for near in range(at + step, limit, step):
            if tokens[near].text in _CLAUSE_ENDS:
                break
            if _is_not(tokens[near]) or tokens[near].term in _UNSURE:
                return True
    return False


def _governed(tokens: Sequence[_Token]) -> list[tuple[str, set[str]]]:
    """Return each "before" and "after" with the terms it governs."""
    found = []
    for at, token in enumerate(tokens):
        if token.text not in _OPPOSITES:
            continue
        terms: list[str] = []
        for ahead in tokens[at + 1 :]:
            if ahead.text in _CLAUSE_ENDS or len(terms) == _NEAR_TERMS:
                break
            if ahead.term:
                terms.append(ahead.term)
        if terms:
            found.append((token.text, set(terms)))
    return found
