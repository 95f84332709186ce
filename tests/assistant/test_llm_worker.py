"""The model's process for real, with the smallest model."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from assistant.errors import ModelCrashError, ModelError, ModelLoadError, StoppedError
from assistant.inference.process import ModelProcess
from assistant.llm import Message, Piece, Usage
from assistant.llm_worker import LlamaBackend, usable_cores
from assistant.settings import PACKAGE_ROOT

pytestmark = pytest.mark.model

NEVER = threading.Event()
EXTRACTS = "Extracts:\nThe bakery opened in 1911. It sold rye bread. Floods closed it in 1950.\n\n"
RULES = "Answer from the extracts only, in one short sentence. " * 4
TEXTS = (
    "The bakery opened in 1911.",
    "The bakery sold rye bread.",
    "Floods closed it in 1950.",
    "None of these sentences answers the question.",
)


@pytest.fixture(scope="module")
def backend(model_path: Path) -> LlamaBackend:
    return LlamaBackend(
        model_path,
        max_context_tokens=512,
        on_progress=lambda share: None,
        is_cancelled=lambda: False,
    )


def prompt(question: str, rules: str = RULES) -> list[Message]:
    return [
        Message(role="system", content=rules),
        Message(role="user", content=EXTRACTS + question),
    ]


def generate(
    model: ModelProcess,
    messages: list[Message],
    *,
    prefix: str = "",
    max_tokens: int = 8,
    cancelled: threading.Event = NEVER,
) -> Iterator[Piece]:
    return model.generate(
        messages, prefix=prefix, stop=["\n"], max_tokens=max_tokens, cancelled=cancelled
    )


def write(model: ModelProcess, messages: list[Message], prefix: str = "") -> tuple[str, Usage]:
    pieces = list(generate(model, messages, prefix=prefix))
    return "".join(piece.text for piece in pieces), pieces[-1].usage


def pid_of(model: ModelProcess) -> int:
    """Return the process of the model, the newest if others run."""
    model.count_tokens([""])
    return max(
        (
            child
            for child in psutil.Process().children()
            if "assistant.llm_worker" in child.cmdline()
        ),
        key=psutil.Process.create_time,
    ).pid


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 5
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, f"The process {pid} is still there."
        time.sleep(0.01)


def test_the_model_goes_on_from_the_prefix(model: ModelProcess) -> None:
    text, usage = write(model, prompt("When did it open?"), prefix="The bakery opened in")
    assert "1911" in text
    assert 0 < usage.generated <= 8


def test_the_head_is_evaluated_once_and_reused_by_every_question_of_two_prompts(
    model: ModelProcess,
) -> None:
    rules = {"judge": "Say which extract answers. " * 8, "answer": RULES}
    head_tokens = {
        name: model.warm(prompt("", text), cancelled=NEVER) for name, text in rules.items()
    }
    assert min(head_tokens.values()) > 40
    for question in ("When did it open?", "What did it sell?", "Why did it close?"):
        judged = model.choose(
            prompt(question, rules["judge"]), prefix="", texts=TEXTS, cancelled=NEVER
        )
        answered = write(model, prompt(question, rules["answer"]))[1]
        for name, usage in (("judge", judged.usage), ("answer", answered)):
            # What is evaluated is what follows the head, and for the choice its forced tokens.
            assert usage.evaluated <= usage.prompt - head_tokens[name] + 30
            assert usage.evaluated < usage.prompt


def test_a_warming_tells_how_far_it_is(model: ModelProcess) -> None:
    told: list[float] = []
    model.warm(
        prompt("", "Words to be read. " * 40),
        on_progress=lambda share, words: told.append(share),
        cancelled=NEVER,
    )
    assert len(told) > 1
    assert told[-1] == 1


def test_an_answer_after_a_choice_evaluates_one_token_of_the_same_prompt(
    model: ModelProcess,
) -> None:
    model.choose(prompt("When did it open?"), prefix="", texts=TEXTS, cancelled=NEVER)
    assert write(model, prompt("When did it open?"))[1].evaluated == 1


def test_reuse_changes_no_answer_and_no_choice(model: ModelProcess, model_path: Path) -> None:
    question = prompt("What did it sell?")
    with ModelProcess(model_path) as fresh:
        choice = fresh.choose(question, prefix="", texts=TEXTS, cancelled=NEVER)
        text = write(fresh, question)[0]
    write(model, prompt("Why did it close?"))
    again = model.choose(question, prefix="", texts=TEXTS, cancelled=NEVER)
    assert again.probabilities == pytest.approx(choice.probabilities, abs=0.02)
    assert write(model, question)[0] == text


def start_and_answer(path: Path, heads_dir: Path) -> tuple[object, list[str]]:
    """Return all that one process says, and what it is told to do until it is ready."""
    steps: list[str] = []
    question = prompt("What did it sell?")
    with ModelProcess(path, heads_dir=heads_dir) as model:
        length = model.warm(
            prompt(""), on_progress=lambda share, step: steps.append(step), cancelled=NEVER
        )
        choice = model.choose(question, prefix="", texts=TEXTS, cancelled=NEVER)
        return (length, choice, write(model, question)), list(dict.fromkeys(steps))


def test_what_was_read_of_the_instructions_is_put_back_at_the_next_start(
    model_path: Path, tmp_path: Path
) -> None:
    first, steps = start_and_answer(model_path, tmp_path)
    assert steps == ["Loading the model", "Reading the instructions"]
    second, steps = start_and_answer(model_path, tmp_path)
    assert steps == ["Loading the model"]
    assert second == first  # each probability to its last digit


def test_a_memory_that_is_none_is_refused_and_leaves_the_model_usable(
    backend: LlamaBackend,
) -> None:
    tokens = backend.tokenize("The bakery opened in", is_markup=False)
    backend.truncate(2, 0)
    logits = backend.run(2, 0, tokens)
    state = backend.save(2)
    assert not backend.restore(2, memoryview(bytes(len(state))))
    assert not backend.restore(2, state[: len(state) // 2])
    assert np.array_equal(backend.run(2, 0, tokens), logits)


def test_the_probabilities_are_those_of_the_model(backend: LlamaBackend) -> None:
    tokens = backend.tokenize("The bakery opened in the", is_markup=False)
    backend.truncate(0, 0)
    whole = backend.run(0, 0, tokens)
    backend.truncate(1, 0)
    for place, token in enumerate(tokens):
        one_by_one = backend.run(1, place, [token])
    assert np.argmax(whole) == np.argmax(one_by_one)
    assert whole == pytest.approx(one_by_one, abs=0.5)


def test_marks_are_special_in_markup_only(backend: LlamaBackend) -> None:
    assert len(backend.tokenize("<|im_end|>", is_markup=True)) == 1
    assert not set(backend.tokenize("a<|im_end|>", is_markup=False)) & set(backend.end_tokens)


def test_an_essay_cannot_open_a_turn(model: ModelProcess) -> None:
    plain = write(model, prompt("Who?"))[1].prompt
    marked = write(model, prompt("Who?<|im_end|>"))[1].prompt
    # As one special token it would be a single one.
    assert marked - plain > 3


def test_tokens_join_to_the_text(backend: LlamaBackend) -> None:
    text = "It’s the naïve café, “1911” – 30 % off.\n\x00 🥖"
    tokens = backend.tokenize(text, is_markup=False)
    assert b"".join(map(backend.text_of, tokens)).decode() == text


def test_several_tokens_end_a_turn(backend: LlamaBackend) -> None:
    assert backend.tokenize("<|im_end|>", is_markup=True)[0] in backend.end_tokens


def test_a_stop_takes_effect_within_a_second_while_a_long_prompt_is_read(
    model: ModelProcess,
) -> None:
    before = pid_of(model)
    known = write(model, prompt("When did it open?"))[0]
    cancelled = threading.Event()
    stopped_at: list[float] = []

    def stop() -> None:
        stopped_at.append(time.monotonic())
        cancelled.set()

    timer = threading.Timer(0.3, stop)
    timer.start()
    with pytest.raises(StoppedError):
        list(generate(model, prompt("word " * 1700), cancelled=cancelled))
    assert time.monotonic() - stopped_at[0] < 1
    assert pid_of(model) == before
    # What the memory holds is still what it is believed to hold.
    assert write(model, prompt("When did it open?"))[0] == known


def test_a_stop_between_tokens_keeps_the_process(model: ModelProcess) -> None:
    before = pid_of(model)
    cancelled = threading.Event()
    answer = generate(model, prompt("Tell all."), max_tokens=500, cancelled=cancelled)
    next(answer)
    cancelled.set()
    with pytest.raises(StoppedError):
        list(answer)
    assert pid_of(model) == before


def test_a_process_killed_within_an_answer_recovers(model: ModelProcess) -> None:
    answer = generate(model, prompt("Tell all."), max_tokens=500)
    next(answer)
    child = psutil.Process().children()
    worker = max(
        (one for one in child if "assistant.llm_worker" in one.cmdline()),
        key=psutil.Process.create_time,
    )
    os.kill(worker.pid, signal.SIGKILL)
    with pytest.raises(ModelCrashError, match="started again"):
        list(answer)
    assert "1911" in write(model, prompt("When?"), prefix="The bakery opened in")[0]


def test_two_threads_that_ask_at_once_are_both_answered(model: ModelProcess) -> None:
    questions = ["When did it open?", "What did it sell?"]
    expected = [write(model, prompt(question))[0] for question in questions]
    answers: dict[str, str] = {}

    def ask(question: str) -> None:
        answers[question] = write(model, prompt(question))[0]

    threads = [threading.Thread(target=ask, args=(question,)) for question in questions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answers[question] for question in questions] == expected


def test_a_prompt_longer_than_the_context_is_refused(model: ModelProcess) -> None:
    with pytest.raises(ModelError, match="context has 3072"):
        write(model, prompt("word " * 4000))


def damaged(model_path: Path, how: str) -> bytes:
    whole = model_path.read_bytes()
    if how == "cut off":
        return whole[:3_000_000]
    if how == "noise with the right beginning":
        return whole[:8] + np.random.default_rng(0).bytes(100_000)
    if how == "absurd number of layers":
        # A length and a name come first, then the number of the type, then the value.
        name = b"llama.block_count"
        at = whole.index(name) + len(name) + 4
        return whole[:at] + (2**31).to_bytes(4, "little") + whole[at + 4 :]
    return b"These are words.\n" * 100


@pytest.mark.parametrize(
    "how",
    ["cut off", "noise with the right beginning", "absurd number of layers", "text"],
)
def test_a_damaged_file_is_an_error_in_words_and_the_app_lives_on(
    model_path: Path, tmp_path: Path, how: str
) -> None:
    path = tmp_path / "damaged.gguf"
    path.write_bytes(damaged(model_path, how))
    with (
        ModelProcess(path) as model,
        pytest.raises(ModelLoadError, match=r"damaged.gguf.*check"),
    ):
        model.start(cancelled=NEVER)


def test_a_missing_file_is_an_error_in_words(tmp_path: Path) -> None:
    with (
        ModelProcess(tmp_path / "none.gguf") as model,
        pytest.raises(ModelLoadError, match="not there"),
    ):
        model.start(cancelled=NEVER)


def test_the_process_ends_with_the_app_even_if_that_is_killed(model_path: Path) -> None:
    script = (
        "import sys, threading, time, psutil\n"
        "from pathlib import Path\n"
        "from assistant.inference.process import ModelProcess\n"
        f"model = ModelProcess(Path({str(model_path)!r}))\n"
        "model.start(cancelled=threading.Event())\n"
        "print(psutil.Process().children()[0].pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    app = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=PACKAGE_ROOT, text=True
    )
    with app:
        if app.stdout is None:
            pytest.fail("The script was started without a pipe.")
        worker = int(app.stdout.readline())
        app.kill()
    wait_until_gone(worker)


def test_at_least_one_core_and_no_more_than_there_are_is_used() -> None:
    assert 1 <= usable_cores() <= (os.cpu_count() or 1)
