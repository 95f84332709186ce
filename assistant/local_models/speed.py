"""Measure how fast a model reads and writes on this machine."""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import count

from assistant.errors import ModelError, StoppedError
from assistant.llm import LanguageModel, Message
from assistant.local_models.listing import Speed

BUDGET_S = 5.0
"""How long it reads, and how long it writes; a step under way is finished."""
_READ_NUMBERS = 60
_WRITTEN_TOKENS = 48
_MAX_SHORT_TURNS = 8
"""Turns that a model may end at once before it is held to write nothing."""

OnProgress = Callable[[float], None]
"""Told how much is done, 0 to 1."""


def measure_speed(
    model: LanguageModel,
    head: Sequence[Message],
    *,
    cancelled: threading.Event,
    on_progress: OnProgress = lambda fraction: None,
    clock: Callable[[], float] = time.monotonic,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    budget_s: float = BUDGET_S,
) -> Speed:
    """Let a model read numbers and go on counting, about twice ``budget_s``.

    What is read follows ``head``, so that the next question finds that evaluated as before, and
    the speed is that after a prompt of the usual length.

    Args:
        model: Ready to work; other requests take turns with this.
        head: What the prompts of questions begin with.
        cancelled: Ends this when set.
        on_progress: Told how far this is.
        clock: Tells seconds.
        now: Tells the time.
        budget_s: Seconds for each of the two.

    Raises:
        StoppedError: ``cancelled`` was set.
        ModelError: The model failed, or writes nothing.
    """
    prompts = (
        [*head, Message(role="user", content=_numbers(turn * _READ_NUMBERS + 100))]
        for turn in count()
    )
    # What is held of the head, or not yet, must not count.
    model.weigh_opening(next(prompts), prefix="", text="1", cancelled=cancelled)
    n_read, start = 0, clock()
    while (spent := clock() - start) < budget_s:
        on_progress(spent / budget_s / 2)
        seen = model.weigh_opening(next(prompts), prefix="", text="1", cancelled=cancelled)
        n_read += seen.usage.evaluated
    reading = n_read / spent
    return Speed(
        reading=reading,
        writing=_measure_writing(
            model,
            head,
            cancelled=cancelled,
            on_progress=on_progress,
            clock=clock,
            budget_s=budget_s,
        ),
        measured_at=now().isoformat(timespec="seconds"),
    )


def _measure_writing(
    model: LanguageModel,
    head: Sequence[Message],
    *,
    cancelled: threading.Event,
    on_progress: OnProgress,
    clock: Callable[[], float],
    budget_s: float,
) -> float:
    n_written, spent, n_short = 0, 0.0, 0
    for turn in count():
        if cancelled.is_set():
            raise StoppedError("The measurement was stopped.")
        on_progress(0.5 + min(spent / budget_s, 1.0) / 2)
        first = 10 * turn
        messages = [*head, Message(role="user", content=f"{first} …")]
        pieces = model.generate(
            messages,
            # A beginning that few models would not go on with.
            prefix=", ".join(str(first + n) for n in range(1, 6)) + ",",
            stop=(),
            max_tokens=_WRITTEN_TOKENS,
            cancelled=cancelled,
        )
        # From the first piece on: what comes before it is reading.
        begun_at, begun, ended = 0.0, 0, 0
        for piece in pieces:
            ended = piece.usage.generated
            if not begun:
                begun_at, begun = clock(), ended
        n_written += ended - begun
        spent += clock() - begun_at if begun else 0.0
        n_short += ended - begun < 2
        if n_written and (spent >= budget_s or n_short >= _MAX_SHORT_TURNS):
            break
        if n_short >= _MAX_SHORT_TURNS:
            raise ModelError(f"{model.name!r} writes nothing, so its speed cannot be measured.")
    return n_written / spent if spent > 0 else 0.0


def _numbers(start: int) -> str:
    """Return a text that no prompt has begun with before.

    >>> _numbers(100)[:13]
    '100, 101, 102'
    """
    return ", ".join(str(start + n) for n in range(_READ_NUMBERS))
