"""Which prompts a model holds evaluated, and which of them a new prompt goes on from.

A model keeps what it computed for each token of a prompt, and a prompt that begins with the same
tokens goes on from there. Prompts come from a few files, each with a fixed head of instructions
and demonstrations, and they alternate. With one memory, each would push out the other's head; so
there are several slots, and a prompt takes the one that holds its head.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.choice import common_length


@dataclass(slots=True, kw_only=True)
class Slot:
    """One sequence of the model's memory.

    Attributes:
        id: The number of the sequence, from 0.
        head: What a prompt must begin with to belong here; none yet if empty.
        tokens: What the memory holds, exactly.
        last_used: Grows with use; 0 for never.
    """

    id: int
    head: tuple[int, ...] = ()
    tokens: list[int] = field(default_factory=list)
    last_used: int = 0


class PrefixSlots:
    """A fixed number of slots, given to prompts by their heads."""

    def __init__(self, n_slots: int) -> None:
        """Start with ``n_slots`` empty slots; at least one."""
        self._slots = [Slot(id=number) for number in range(n_slots)]
        self._uses = 0

    def take(self, prompt: Sequence[int], *, head_length: int) -> Slot:
        """Return the slot for a prompt and mark it used; the caller cuts it back and fills it.

        Of the slots with whose head the prompt begins, the one that holds the most of it is
        taken. If there is none, the slot that was used longest ago becomes the prompt's, and the
        first ``head_length`` of its tokens the slot's head.
        """
        self._uses += 1
        matching = [
            slot
            for slot in self._slots
            if slot.head and tuple(prompt[: len(slot.head)]) == slot.head
        ]
        if matching:
            slot = max(matching, key=lambda slot: common_length([slot.tokens, prompt]))
        else:
            slot = min(self._slots, key=lambda slot: slot.last_used)
            slot.head = tuple(prompt[:head_length])
        slot.last_used = self._uses
        return slot
