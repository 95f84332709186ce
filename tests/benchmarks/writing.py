"""Where the time of an answer goes, and what looked-up drafts would save of its writing.

Run ``python -m tests.benchmarks.writing [--model ID] [--questions N]``.

Most words of an answer stand in the evidence already. So the next tokens can be guessed: where
the last few tokens occurred before, what followed them then. The guess, a draft, is evaluated in
one batch with the token before it, and holds as far as the model would have written the same;
the answer is the same, in fewer steps. Whether that is faster hangs on the processor. Where a
step waits for memory, a batch of four takes little longer than one token. Where it waits for
arithmetic, each drafted token costs almost what a written one does, right or wrong.

The same answer is what exact arithmetic gives. llama.cpp rounds otherwise in a batch than token
by token: with smollm2-135m the likeliest next token was another after 4 of 320 tokens of a plain
text evaluated four by four, where the best two were less than .15 apart. On two cores with AVX2,
which wait for arithmetic, that model wrote at best .78 as long with drafts; so the engine has none.

Questions of ``tests/questions.jsonl`` are asked about the default essays. Then:

``answers``
    for each kind of request, its processor seconds and tokens, read or written, for one answer.
``batches``
    the processor time of batches of 1 to 9 tokens after such a prompt, with the logits of every
    token, in batches of one.
``drafts``
    what was written, gone through with drafts of every length: the tokens gained a step, the share
    of drafted tokens that hold, and the time of writing, if plain writing takes 1. Below .7
    drafts would pay clearly. "match" is how many tokens must occur again; longer runs are sought
    first.

Processor time of all threads is taken, the least of a few rounds, so that what else the machine
does counts little.

Source: Saxena, "Prompt Lookup Decoding", 2023.
"""

import argparse
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import llama_cpp

from assistant.answering import Assistant
from assistant.drafting import MIN_WORDING_PARAMETERS
from assistant.evaluation import load_questions
from assistant.inference.engine import N_BATCH, Engine, Logits
from assistant.inference.process import MAX_CONTEXT_TOKENS
from assistant.llm import Choice, Message, Piece
from assistant.llm_worker import LlamaBackend
from assistant.models import find_model
from assistant.prompting import PromptBook
from assistant.settings import DEFAULT_ESSAYS, DEFAULT_MODEL, child_environment, load_settings
from index.bm25 import Bm25Index
from index.corpus import load_corpus
from index.passages import split_passages

QUESTIONS: Final = Path(__file__).parents[1] / "questions.jsonl"
N_QUESTIONS: Final = 12
LONGEST_MATCH: Final = 3
MATCHES: Final = (1, 2, 3)
DRAFTS: Final = (2, 3, 4, 5, 6, 7, 8)
N_ROUNDS: Final = 4
_HERE: Final = "--here"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Tokens of a prompt and of what the model wrote after it."""

    prompt: tuple[int, ...]
    tokens: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What writing with drafts would have taken.

    Attributes:
        batches: For each size of a batch, how many would have been evaluated.
        n_drafted: Tokens guessed.
        n_held: Those of them that were written.
        n_steps_plain: Batches of one token that writing took without drafts.
    """

    batches: Mapping[int, int]
    n_drafted: int
    n_held: int
    n_steps_plain: int

    @property
    def tokens_a_step(self) -> float:
        """Tokens written for each batch; 1 without drafts or steps."""
        n_steps = sum(self.batches.values())
        return self.n_steps_plain / n_steps if n_steps else 1.0

    @property
    def share_held(self) -> float:
        """The share of drafted tokens that hold; 0 if there are none."""
        return self.n_held / self.n_drafted if self.n_drafted else 0.0

    def time(self, costs: Mapping[int, float]) -> float:
        """Return the time of writing as a share of that without drafts.

        Args:
            costs: The time of a batch of each size.
        """
        spent = sum(costs[size] * n for size, n in self.batches.items())
        plain = costs[1] * self.n_steps_plain
        return spent / plain if plain else 1.0


def look_up(tokens: Sequence[int], *, longest: int, shortest: int, length: int) -> tuple[int, ...]:
    """Return what followed the last tokens where they occurred before, most lately.

    A run of ``longest`` tokens is sought first, then shorter ones down to ``shortest``. At most
    ``length`` tokens are returned, none if no run occurred.

    >>> look_up([5, 1, 2, 8, 9, 1, 2], longest=3, shortest=2, length=2)
    (8, 9)
    """
    for size in range(min(longest, len(tokens) - 1), shortest - 1, -1):
        run = tuple(tokens[-size:])
        for start in range(len(tokens) - size - 1, -1, -1):
            if tuple(tokens[start : start + size]) == run:
                return tuple(tokens[start + size : start + size + length])
    return ()


def replay(written: Sequence[Written], *, shortest: int, length: int) -> Replay:
    """Go through what was written with drafts, as greedy decoding would have.

    The first token is known from the prompt; each step evaluates the last known token and the
    draft after it, and makes known the draft as far as it holds, and one token more. The end of
    a turn counts as a token that no draft holds.
    """
    batches: Counter[int] = Counter()
    n_drafted = n_held = n_plain = 0
    for one in written:
        n_known = 1
        n_plain += len(one.tokens)
        while n_known <= len(one.tokens):
            known = [*one.prompt, *one.tokens[:n_known]]
            draft = look_up(known, longest=LONGEST_MATCH, shortest=shortest, length=length)
            held = 0
            for drafted, token in zip(draft, one.tokens[n_known:], strict=False):
                if drafted != token:
                    break
                held += 1
            batches[1 + len(draft)] += 1
            n_drafted += len(draft)
            n_held += held
            n_known += held + 1
    return Replay(batches=dict(batches), n_drafted=n_drafted, n_held=n_held, n_steps_plain=n_plain)


class MeasuredBackend(LlamaBackend):
    """A model of which is known what it was given to evaluate."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            max_context_tokens=MAX_CONTEXT_TOKENS,
            on_progress=lambda share: None,
            is_cancelled=lambda: False,
        )
        self.last_slot = 0
        self.memory: dict[int, list[int]] = {}

    def run(self, slot: int, start: int, tokens: Sequence[int]) -> Logits:
        """Evaluate as always, and keep what the slot holds."""
        logits = super().run(slot, start, tokens)
        self.memory.setdefault(slot, [])[start:] = tokens
        self.last_slot = slot
        return logits

    def run_for_all(self, slot: int, start: int, tokens: Sequence[int]) -> None:
        """Evaluate a batch with the logits of every token, as checking a draft would.

        Raises:
            RuntimeError: llama.cpp cannot.
        """
        batch = self._batch
        batch.n_tokens = len(tokens)
        for place, token in enumerate(tokens):
            batch.token[place] = token
            batch.pos[place] = start + place
            batch.n_seq_id[place] = 1
            batch.seq_id[place][0] = slot
            batch.logits[place] = True
        if llama_cpp.llama_decode(self._context, batch):
            raise RuntimeError(f"A batch of {len(tokens)} tokens cannot be evaluated.")


@dataclass(slots=True, kw_only=True)
class Spent:
    """What the requests of one kind took."""

    seconds: float = 0.0
    n_tokens: int = 0


@dataclass(slots=True)
class MeasuredModel:
    """A model in this process; implements ``LanguageModel`` and keeps the time of requests."""

    backend: MeasuredBackend
    name: str
    spent: dict[str, Spent] = field(default_factory=dict)
    written: list[Written] = field(default_factory=list)
    engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        self.engine = Engine(self.backend, is_cancelled=lambda: False)

    @property
    def n_parameters(self) -> int:
        # Small models, which only judge elsewhere, are to write here.
        return max(self.backend.n_parameters, MIN_WORDING_PARAMETERS)

    def count_tokens(self, texts: Sequence[str]) -> tuple[int, ...]:
        return self.engine.count_tokens(texts)

    def choose(
        self,
        messages: Sequence[Message],
        *,
        prefix: str,
        texts: Sequence[str],
        cancelled: threading.Event,
    ) -> Choice:
        return self._measure(
            "choose a sentence",
            lambda: self.engine.choose(messages, prefix=prefix, texts=texts),
        )

    def weigh_opening(
        self, messages: Sequence[Message], *, prefix: str, text: str, cancelled: threading.Event
    ) -> Choice:
        return self._measure(
            "weigh whether it answers",
            lambda: self.engine.weigh_opening(messages, prefix=prefix, text=text),
        )

    def generate(
        self,
        messages: Sequence[Message],
        *,
        prefix: str,
        stop: Sequence[str],
        max_tokens: int,
        cancelled: threading.Event,
    ) -> Iterator[Piece]:
        began = time.process_time()
        pieces = list(
            self.engine.generate(messages, prefix=prefix, stop=stop, max_tokens=max_tokens)
        )
        usage = pieces[-1].usage
        self._add("write", began, usage.generated)
        memory = self.backend.memory[self.backend.last_slot]
        self.written.append(
            Written(prompt=tuple(memory[: usage.prompt]), tokens=tuple(memory[usage.prompt :]))
        )
        yield from pieces

    def _measure(self, kind: str, ask: Callable[[], Choice]) -> Choice:
        began = time.process_time()
        choice = ask()
        self._add(kind, began, choice.usage.evaluated)
        return choice

    def _add(self, kind: str, began: float, n_tokens: int) -> None:
        spent = self.spent.setdefault(kind, Spent())
        spent.seconds += time.process_time() - began
        spent.n_tokens += n_tokens


def measure_batches(backend: MeasuredBackend, prompt: Sequence[int]) -> dict[int, float]:
    """Return the processor seconds of batches after a prompt that slot 0 is given, by size."""
    backend.truncate(0, 0)
    half = len(prompt) // 2
    for start in range(0, half, N_BATCH):
        backend.run(0, start, prompt[start : min(half, start + N_BATCH)])
    costs: dict[int, float] = {}
    for _ in range(N_ROUNDS):
        for size in range(1, max(DRAFTS) + 2):
            began = time.process_time()
            backend.run_for_all(0, half, prompt[half : half + size])
            spent = time.process_time() - began
            costs[size] = min(spent, costs.get(size, spent))
            backend.truncate(0, half)
    return costs


def show(model: MeasuredModel, n_answers: int, costs: Mapping[int, float]) -> None:
    """Print the three tables."""
    print(f"\nanswers ({n_answers}), processor seconds and tokens of one")
    for kind, spent in model.spent.items():
        each = spent.seconds / max(1, spent.n_tokens)
        print(
            f"  {kind:26}{spent.seconds / n_answers:6.2f} s"
            f"{spent.n_tokens / n_answers:8.1f} tokens{each * 1000:8.0f} ms a token"
        )
    print(f"\nbatches (one token takes {costs[1] * 1000:.0f} ms)")
    print("  " + "  ".join(f"{size}: {cost / costs[1]:.2f}" for size, cost in costs.items()))
    print(f"\ndrafts (of {sum(len(one.tokens) for one in model.written)} tokens written)")
    print("  match  draft  tokens a step  held   time")
    for shortest in MATCHES:
        for length in DRAFTS:
            found = replay(model.written, shortest=shortest, length=length)
            print(
                f"  {shortest:5}{length:7}{found.tokens_a_step:15.2f}"
                f"{found.share_held:6.2f}{found.time(costs):7.2f}"
            )


def measure(model_id: str, n_questions: int) -> None:
    """Load the model into this process, ask, and print."""
    settings = load_settings(model=model_id)
    backend = MeasuredBackend(find_model(model_id, models_dir=settings.models_dir).path)
    model = MeasuredModel(backend, model_id)
    model.engine.warm(PromptBook().render_head(), on_progress=lambda share: None)
    documents = load_corpus([DEFAULT_ESSAYS]).documents
    index = Bm25Index([passage for one in documents for passage in split_passages(one)])
    assistant = Assistant(index, model)
    asked = [one for one in load_questions(QUESTIONS) if one.is_answerable]
    asked = asked[:: max(1, len(asked) // n_questions)][:n_questions]
    for one in asked:
        for _ in assistant.ask(one.question, history=one.history, cancelled=threading.Event()):
            pass
        print(".", end="", flush=True)
    if not model.written:
        print("\nThe model wrote nothing.")
        return
    show(model, len(asked), measure_batches(backend, model.written[-1].prompt))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.writing")
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--questions", type=int, default=N_QUESTIONS)
    parser.add_argument(_HERE, action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        measure(options.model, options.questions)
        return
    # Threads that wait for each other must not count as work.
    command = [sys.executable, "-m", "tests.benchmarks.writing", _HERE, *sys.argv[1:]]
    environment = child_environment(OMP_WAIT_POLICY="passive")
    raise SystemExit(subprocess.run(command, env=environment, check=False).returncode)


if __name__ == "__main__":
    main()
