"""Render a conversation with a model's own chat template, contents and markup kept apart.

A template puts marks such as ``<|im_end|>`` around what is said. Essays and questions are
untrusted: one that holds such a mark must not end a turn or begin another. So the template is
rendered with placeholders for the contents, and its text is cut at them: the caller reads marks
in the template's own parts only.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.errors import AssistantError
from assistant.llm import Message

Formatter = Callable[[Sequence[Message]], str]
"""Renders a template, the assistant's next turn opened at the end; raises ``TemplateError``."""


class TemplateError(AssistantError):
    """A template cannot render a conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch of a rendered conversation.

    Attributes:
        text: Never empty in markup; a message's content may be.
        is_markup: Whether it is the template's own, in which marks mean what they say.
    """

    text: str
    is_markup: bool


def render_chatml(messages: Sequence[Message]) -> str:
    r"""Render a conversation for a model that brings no template that works.

    >>> render_chatml([Message(role="user", content="Hello")])
    '<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n'
    """
    turns = (f"<|im_start|>{turn.role}\n{turn.content}<|im_end|>\n" for turn in messages)
    return "".join(turns) + "<|im_start|>assistant\n"


def render_parts(
    messages: Sequence[Message], formatter: Formatter, *, prefix: str = ""
) -> tuple[Part, ...]:
    """Return the conversation as parts, in order; an assistant's turn with ``prefix`` is open.

    A template that refuses or drops a system message gets it at the head of the next user's
    turn; one that still fails is replaced by ``render_chatml``.
    """
    parts = (
        _try_parts(messages, formatter)
        or _try_parts(fold_system(messages), formatter)
        or _try_parts(messages, render_chatml)
    )
    return (*parts, Part(text=prefix, is_markup=False)) if prefix else parts


def fold_system(messages: Sequence[Message]) -> tuple[Message, ...]:
    r"""Move each system message to the head of the user's turn that follows.

    >>> fold_system([Message(role="system", content="Be brief."),
    ...              Message(role="user", content="Why?")])
    (Message(role='user', content='Be brief.\n\nWhy?'),)
    """
    folded: list[Message] = []
    waiting: list[str] = []
    for message in messages:
        if message.role == "system":
            waiting.append(message.content)
        elif message.role == "user" and waiting:
            folded.append(Message(role="user", content="\n\n".join([*waiting, message.content])))
            waiting = []
        else:
            folded.append(message)
    if waiting:
        folded.append(Message(role="user", content="\n\n".join(waiting)))
    return tuple(folded)


def _try_parts(messages: Sequence[Message], formatter: Formatter) -> tuple[Part, ...]:
    """Return the parts, or none if the template fails or does not show each message once."""
    # A placeholder is a plain word: templates trim, split and compare contents.
    placeholders = [
        Message(role=message.role, content=f"Placeholder{place:04d}Content")
        for place, message in enumerate(messages)
    ]
    try:
        rendered = formatter(placeholders)
    except TemplateError:
        return ()
    pieces = re.split(r"Placeholder(\d{4})Content", rendered)
    if [int(place) for place in pieces[1::2]] != list(range(len(messages))):
        return ()
    parts: list[Part] = []
    for index, piece in enumerate(pieces):
        text = messages[int(piece)].content if index % 2 else piece
        if text or index % 2:
            parts.append(Part(text=text, is_markup=index % 2 == 0))
    return tuple(parts)
