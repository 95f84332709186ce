"""The query: the question, with what it refers back to carried over from the conversation."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.questions.followups import Said, resolve
from assistant.questions.mentions import IsWord


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One earlier exchange of a conversation, as the model and the query see it."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expansion:
    """A word of the question, and the spellings searched for instead of it or beside it.

    Attributes:
        word: As the reader typed it.
        spellings: Words as the essays spell them, the closest first, without the word itself.
    """

    word: str
    spellings: tuple[str, ...]


def _is_no_word(_: str) -> bool:
    return False


def make_query(question: str, history: Sequence[Turn], *, is_word: IsWord = _is_no_word) -> str:
    """Return what is asked, references to earlier turns resolved.

    A follow-up to a follow-up refers to what that one was resolved to.

    Args:
        question: What the reader typed.
        history: Earlier turns, oldest first.
        is_word: Whether a term is known as a word in small letters; then its capital at the
            beginning of a sentence tells no name.

    >>> turn = Turn(question="Who led the strike?", answer="Pell's rival Lind led the strike.")
    >>> make_query("Where was he born?", [turn])
    'Where was Lind born?'
    >>> make_query("Where was Pell born?", [turn])
    'Where was Pell born?'
    """
    said: list[Said] = []
    for turn in history:
        asked = resolve(_fold(turn.question), said, is_word=is_word)
        said.append(Said(asked=asked, answer=_fold(turn.answer)))
    return resolve(_fold(question), said, is_word=is_word)


def _fold(text: str) -> str:
    return " ".join(text.split())
