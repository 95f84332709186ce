import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from assistant.errors import ModelError, StoppedError
from assistant.inference.process import ModelProcess
from assistant.llm import Choice, Message, Piece, Usage
from assistant.local_models.speed import measure_speed

HEAD = (Message(role="system", content="Answer."),)


class SteadyModel:
    """Reads and writes at fixed speeds, on a clock of its own."""

    name = "steady"
    n_parameters = 1

    def __init__(self, *, reading: float = 100.0, writing: float = 20.0, n_pieces: int = 48):
        self.now = 0.0
        self.prompts: list[tuple[Message, ...]] = []
        self._reading = reading
        self._writing = writing
        self._n_pieces = n_pieces

    def count_tokens(self, texts: Sequence[str]) -> tuple[int, ...]:
        return tuple(len(text.split()) for text in texts)

    def choose(
        self,
        messages: Sequence[Message],
        *,
        prefix: str,
        texts: Sequence[str],
        cancelled: threading.Event,
    ) -> Choice:
        raise AssertionError("nothing is chosen")

    def weigh_opening(
        self, messages: Sequence[Message], *, prefix: str, text: str, cancelled: threading.Event
    ) -> Choice:
        if cancelled.is_set():
            raise StoppedError("stopped")
        self.prompts.append(tuple(messages))
        n_tokens = len(messages[-1].content.split())
        self.now += n_tokens / self._reading
        usage = Usage(prompt=n_tokens + 900, evaluated=n_tokens, generated=0)
        return Choice(probabilities=(1.0,), usage=usage)

    def generate(
        self,
        messages: Sequence[Message],
        *,
        prefix: str,
        stop: Sequence[str],
        max_tokens: int,
        cancelled: threading.Event,
    ) -> Iterator[Piece]:
        # The prompt is read before the first piece, which must not count as writing.
        self.now += 1.0
        for n in range(min(self._n_pieces, max_tokens)):
            if n:
                self.now += 1 / self._writing
            yield Piece(text="6,", usage=Usage(prompt=9, evaluated=9, generated=n + 1))
        yield Piece(text="", usage=Usage(prompt=9, evaluated=9, generated=self._n_pieces))


def test_reading_and_writing_are_measured_apart() -> None:
    model, shown = SteadyModel(), list[float]()
    speed = measure_speed(
        model,
        HEAD,
        cancelled=threading.Event(),
        on_progress=shown.append,
        clock=lambda: model.now,
        budget_s=2.0,
    )
    assert speed.reading == pytest.approx(100.0)
    assert speed.writing == pytest.approx(20.0)
    assert shown == sorted(shown)
    assert shown[0] == 0.0
    assert 0.5 <= shown[-1] <= 1.0


def test_what_is_read_follows_the_head_of_all_prompts_and_is_never_the_same() -> None:
    model = SteadyModel()
    measure_speed(model, HEAD, cancelled=threading.Event(), clock=lambda: model.now, budget_s=2.0)
    assert {prompt[:1] for prompt in model.prompts} == {HEAD}
    assert len(set(model.prompts)) == len(model.prompts) > 2


def test_it_can_be_stopped() -> None:
    model, cancelled = SteadyModel(), threading.Event()
    with pytest.raises(StoppedError):
        measure_speed(
            model,
            HEAD,
            cancelled=cancelled,
            on_progress=lambda fraction: cancelled.set(),
            clock=lambda: model.now,
        )


def test_a_model_that_writes_nothing_is_said_to() -> None:
    model = SteadyModel(n_pieces=0)
    with pytest.raises(ModelError, match="'steady' writes nothing"):
        measure_speed(model, HEAD, cancelled=threading.Event(), clock=lambda: model.now)


@pytest.mark.model
def test_a_real_model_reads_faster_than_it_writes(shallow_model: Path) -> None:
    never = threading.Event()
    with ModelProcess(shallow_model) as model:
        speed = measure_speed(model, (), cancelled=never, budget_s=0.3)
    assert speed.reading > speed.writing > 0
