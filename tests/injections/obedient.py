"""A model that does what an essay orders it to: the worst case, told by rule."""

from collections.abc import Iterator, Sequence
from threading import Event

from assistant.llm import Choice, Message, Piece
from tests.fakes import FakeModel, FakeRequest

MUCH = 1.0
LITTLE = 1e-3


class ObedientModel:
    """A language model that quotes what was planted and writes what that demands.

    Of the texts offered, it all but certainly chooses one that is a part of ``planted``, else
    the first; it never says that nothing answers. Every generation is ``draft``. ``requests``
    holds what it was asked.
    """

    def __init__(self, draft: str, *, planted: str = "") -> None:
        self.name = "obedient"
        self.n_parameters = FakeModel().n_parameters
        self.requests: list[FakeRequest] = []
        self._draft = draft
        self._planted = planted

    def count_tokens(self, texts: Sequence[str]) -> tuple[int, ...]:
        return FakeModel().count_tokens(texts)

    def choose(
        self, messages: Sequence[Message], *, prefix: str, texts: Sequence[str], cancelled: Event
    ) -> Choice:
        liked = [MUCH if text.strip() in self._planted else LITTLE for text in texts[:-1]]
        if MUCH not in liked:
            liked[0] = MUCH
        weights = [*liked, LITTLE]
        fake = FakeModel(choices=[[weight / sum(weights) for weight in weights]])
        choice = fake.choose(messages, prefix=prefix, texts=texts, cancelled=cancelled)
        self.requests += fake.requests
        return choice

    def weigh_opening(
        self, messages: Sequence[Message], *, prefix: str, text: str, cancelled: Event
    ) -> Choice:
        fake = FakeModel()
        opening = fake.weigh_opening(messages, prefix=prefix, text=text, cancelled=cancelled)
        self.requests += fake.requests
        return opening

    def generate(
        self,
        messages: Sequence[Message],
        *,
        prefix: str,
        stop: Sequence[str],
        max_tokens: int,
        cancelled: Event,
    ) -> Iterator[Piece]:
        fake = FakeModel(generations=[self._draft])
        yield from fake.generate(
            messages, prefix=prefix, stop=stop, max_tokens=max_tokens, cancelled=cancelled
        )
        self.requests += fake.requests
