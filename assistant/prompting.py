"""Load and render the files in ``prompts/``.

``system.txt`` are the instructions, ``answer.txt`` is a user's turn with ``$evidence`` and
``$question``, ``earlier.txt`` what it goes on from, ``reply.txt`` an assistant's turn with
``$quote`` and ``$answer``. Each ``demonstration-*.txt`` holds one worked example: evidence, one
sentence a line; question; quotes, the best first; answer, set apart by lines of three hyphens.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Final

from assistant.errors import PromptError
from assistant.llm import Message
from assistant.questions.querying import Turn
from assistant.settings import PACKAGE_ROOT

PROMPTS_DIR: Final = PACKAGE_ROOT / "prompts"
_SEPARATOR: Final = "\n---\n"


def load_prompt(name: str, *, placeholders: frozenset[str], folder: Path = PROMPTS_DIR) -> Template:
    """Load ``name`` and check that it has exactly these placeholders.

    Raises:
        PromptError: The file cannot be read, or placeholders are missing or unknown; the
            message names all of them at once.
    """
    template = Template(_read(folder / name))
    if not template.is_valid():
        raise PromptError(f"{name!r} has a stray '$'; write '$$' for a dollar sign.")
    found = frozenset(template.get_identifiers())
    missing, unknown = sorted(placeholders - found), sorted(found - placeholders)
    if missing or unknown:
        raise PromptError(
            f"{name!r} misses the placeholders {missing!r} and has the unknown ones {unknown!r};"
            f" it needs exactly {sorted(placeholders)!r}."
        )
    return template


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(
            f"Cannot read the prompt {str(path)!r}: {error}. Install the assistant again."
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Demonstration:
    """A worked example; ``evidence`` are its sentences, ``quote`` one or two of them."""

    evidence: tuple[str, ...]
    question: str
    quote: str
    answer: str


def parse_demonstration(text: str, *, name: str) -> Demonstration:
    """Parse a demonstration file.

    Raises:
        PromptError: It has not four parts.
    """
    parts = [part.strip() for part in text.strip().split(_SEPARATOR)]
    if len(parts) != 4 or not all(parts):
        raise PromptError(
            f"{name!r} has {len(parts)} parts; it needs evidence, question, quote and answer,"
            " set apart by lines of three hyphens."
        )
    evidence = tuple(line.strip() for line in parts[0].splitlines() if line.strip())
    return Demonstration(evidence=evidence, question=parts[1], quote=parts[2], answer=parts[3])


class PromptBook:
    """The prompts of the assistant, loaded and checked once."""

    def __init__(self, folder: Path = PROMPTS_DIR) -> None:
        """Load all prompts of ``folder``.

        Raises:
            PromptError: A file is missing or not of its form.
        """
        self._system = load_prompt("system.txt", placeholders=frozenset(), folder=folder)
        self._answer = load_prompt(
            "answer.txt", placeholders=frozenset({"evidence", "question"}), folder=folder
        )
        self._reply = load_prompt(
            "reply.txt", placeholders=frozenset({"quote", "answer"}), folder=folder
        )
        self._earlier = load_prompt(
            "earlier.txt", placeholders=frozenset({"question", "answer"}), folder=folder
        )
        self.none_text = load_prompt("none.txt", placeholders=frozenset(), folder=folder).template
        templates = (self._answer, self._reply, self._earlier)
        self._labels = _find_labels([one.template for one in templates])
        # The choice continues the reply at its quote: the words before it are the prefix, and
        # the white space before the quote belongs to what is chosen.
        self.quote_prefix = self._reply.template.partition("$quote")[0].rstrip()
        self.demonstrations = tuple(
            parse_demonstration(_read(path), name=path.name)
            for path in sorted(folder.glob("demonstration-*.txt"))
        )

    def render_head(self) -> tuple[Message, ...]:
        """Render what every prompt starts with: instructions and demonstrations."""
        messages = [Message(role="system", content=self._system.template)]
        for one in self.demonstrations:
            messages.append(self.render_question(one.question, one.evidence))
            reply = {"quote": one.quote, "answer": one.answer}
            messages.append(Message(role="assistant", content=_fill(self._reply, reply)))
        return tuple(messages)

    def render_question(
        self, question: str, evidence: Sequence[str], *, earlier: Sequence[Turn] = ()
    ) -> Message:
        """Render the user's turn for ``evidence``, one sentence a line.

        Args:
            question: What is asked.
            evidence: The sentences that may be quoted.
            earlier: Turns that the question goes on from, oldest first.
        """
        lines = "\n".join(f"- {self.render_line(sentence)}" for sentence in evidence)
        before = [
            _fill(self._earlier, {"question": _fold(turn.question), "answer": _fold(turn.answer)})
            for turn in earlier
        ]
        asked = {"evidence": "\n\n".join([lines, *before]), "question": question}
        return Message(role="user", content=_fill(self._answer, asked))

    def render_line(self, sentence: str) -> str:
        """Render a sentence of an essay as the model reads it: on one line, without our labels.

        "Answer:" and the other labels of the prompts, where an essay begins its sentences with
        them, would pass for a part of the conversation.
        """
        return _fold(self._labels.sub("", sentence, count=1))

    def render_answer_prefix(self, quotes: Sequence[str]) -> str:
        """Render an assistant's turn up to where its answer begins, after the quotes."""
        return _fill(self._reply, {"quote": " ".join(quotes), "answer": ""}).rstrip()


def _find_labels(prompts: Iterable[str]) -> re.Pattern[str]:
    """Return what matches any of the words with a colon that lines of the prompts begin with.

    >>> _find_labels(["Asked: $question"]).sub("", " ASKED: Asked: why?")
    'why?'
    """
    found = re.findall(r"^(\w[\w ]*):", "\n".join(prompts), re.MULTILINE)
    names = "|".join(re.escape(name) for name in sorted(set(found)))
    return re.compile(rf"^(?:\W*(?:{names})\s*:\s*)+", re.IGNORECASE)


def _fold(text: str) -> str:
    return " ".join(text.split())


def _fill(template: Template, values: Mapping[str, str]) -> str:
    return template.substitute(values)
