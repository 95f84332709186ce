"""The app's end of the model's process, with a fake process at the other end."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from assistant.errors import (
    ModelCrashError,
    ModelError,
    ModelLoadError,
    PromptTooLongError,
    StoppedError,
)
from assistant.inference.process import ModelProcess
from assistant.llm import LanguageModel, Message, Piece

COMMAND = (sys.executable, "-m", "tests.assistant.fake_worker")
NEVER = threading.Event()


def make(name: str = "good.gguf") -> ModelProcess:
    return ModelProcess(Path(name), command=COMMAND)


@pytest.fixture
def model() -> Iterator[ModelProcess]:
    with make() as model:
        yield model


def pieces(
    model: LanguageModel, content: str = "", cancelled: threading.Event = NEVER
) -> Iterator[Piece]:
    return model.generate(
        [Message(role="user", content=content)],
        prefix="",
        stop=(),
        max_tokens=9,
        cancelled=cancelled,
    )


def written(model: LanguageModel, content: str = "") -> str:
    return "".join(piece.text for piece in pieces(model, content))


def choose(model: LanguageModel, content: str = "") -> tuple[float, ...]:
    return model.choose(
        [Message(role="user", content=content)], prefix="", texts=["a", "b"], cancelled=NEVER
    ).probabilities


def weigh_opening(model: LanguageModel, content: str = "") -> tuple[float, ...]:
    return model.weigh_opening(
        [Message(role="user", content=content)], prefix="", text="a", cancelled=NEVER
    ).probabilities


def child_pid(model: ModelProcess) -> int:
    """Return the one process that the model runs in."""
    model.count_tokens(["."])
    (child,) = [
        child
        for child in psutil.Process().children()
        if child.cmdline()[-2:] == list(COMMAND[-2:]) and child.status() != "zombie"
    ]
    return child.pid


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 5
    while psutil.pid_exists(pid):
        assert time.monotonic() < deadline, f"The process {pid} outlived its model."
        time.sleep(0.01)


def test_a_process_starts_with_the_first_request(model: ModelProcess) -> None:
    assert written(model) == "It is so."


def test_texts_are_weighed_and_counted(model: ModelProcess) -> None:
    assert choose(model) == (0.5, 0.5)
    assert model.count_tokens(["a b", ""]) == (2, 0)


def test_loading_tells_how_far_it_is(model: ModelProcess) -> None:
    told: list[float] = []
    model.start(on_progress=lambda share, words: told.append(share), cancelled=NEVER)
    assert told == [0.0, 0.5, 1.0]


def test_the_name_is_that_of_the_file_unless_given(model: ModelProcess) -> None:
    assert model.name == "good.gguf"
    assert ModelProcess(Path("a.gguf"), name="small").name == "small"


@pytest.mark.parametrize("name", ["crash.gguf", "killed.gguf", "garbage.gguf", "refuse.gguf"])
def test_a_file_that_cannot_be_loaded_is_an_error_in_words(name: str) -> None:
    with make(name) as model, pytest.raises(ModelLoadError, match=r"\w+ \w+ \w+"):
        model.start(cancelled=NEVER)


def test_the_last_words_of_a_process_are_told() -> None:
    with make("crash.gguf") as model, pytest.raises(ModelLoadError, match="upside down"):
        model.start(cancelled=NEVER)


@pytest.mark.parametrize("how", ["crash", "killed", "garbage", "cut", "stranger", "wrong type"])
def test_a_process_that_fails_within_an_answer_is_started_again(
    model: ModelProcess, how: str
) -> None:
    with pytest.raises(ModelCrashError, match="started again"):
        written(model, how)
    assert written(model) == "It is so."


def test_a_kill_is_named(model: ModelProcess) -> None:
    with pytest.raises(ModelCrashError, match=r"SIGKILL.*memory"):
        written(model, "killed")


@pytest.mark.parametrize("how", ["one too many", "not one", "garbage"])
def test_probabilities_that_make_no_sense_are_refused(model: ModelProcess, how: str) -> None:
    with pytest.raises(ModelCrashError):
        choose(model, how)
    assert choose(model) == (0.5, 0.5)
    with pytest.raises(ModelCrashError):
        weigh_opening(model, how)
    assert weigh_opening(model) == (0.5,)


def test_a_failure_that_is_told_leaves_the_process_running(model: ModelProcess) -> None:
    before = child_pid(model)
    with pytest.raises(ModelError, match="out of luck"):
        written(model, "broken")
    with pytest.raises(PromptTooLongError, match="too long"):
        choose(model, "long")
    assert child_pid(model) == before


def test_heads_are_read_again_after_a_crash(model: ModelProcess) -> None:
    for content in ("Judge.", "Answer.", "Judge."):
        model.warm([Message(role="system", content=content)], cancelled=NEVER)
    os.kill(child_pid(model), signal.SIGKILL)
    with pytest.raises(ModelCrashError):
        written(model, "crash")
    # The fake counts how often it was warmed.
    assert next(pieces(model)).usage.evaluated == 2


def test_a_process_that_died_unasked_is_started_again(model: ModelProcess) -> None:
    pid = child_pid(model)
    os.kill(pid, signal.SIGKILL)
    wait_until_gone(pid)
    assert written(model) == "It is so."


def test_a_stop_ends_an_answer_and_keeps_the_process(model: ModelProcess) -> None:
    before = child_pid(model)
    cancelled = threading.Event()
    answer = pieces(model, "slow", cancelled)
    next(answer)
    cancelled.set()
    with pytest.raises(StoppedError):
        next(answer)
    assert child_pid(model) == before


def test_a_process_that_does_not_stop_is_killed_within_a_second(model: ModelProcess) -> None:
    before = child_pid(model)
    cancelled = threading.Event()
    answer = pieces(model, "hang", cancelled)
    next(answer)
    cancelled.set()
    began = time.monotonic()
    with pytest.raises(StoppedError):
        next(answer)
    assert time.monotonic() - began < 1
    assert not psutil.pid_exists(before)
    assert written(model) == "It is so."


def test_a_load_that_hangs_can_be_stopped() -> None:
    cancelled = threading.Event()
    with make("hang.gguf") as model:
        threading.Timer(0.1, cancelled.set).start()
        with pytest.raises(StoppedError):
            model.start(cancelled=cancelled)


def test_a_stop_before_the_request_sends_nothing(model: ModelProcess) -> None:
    cancelled = threading.Event()
    cancelled.set()
    with pytest.raises(StoppedError):
        next(pieces(model, "crash", cancelled))


def test_an_answer_given_up_frees_the_model(model: ModelProcess) -> None:
    answer = pieces(model, "slow")
    next(answer)
    answer.close()  # type: ignore[attr-defined]
    assert written(model) == "It is so."


def test_a_second_request_in_the_midst_of_an_answer_fails_instead_of_waiting_forever(
    model: ModelProcess,
) -> None:
    answer = pieces(model, "slow")
    next(answer)
    with pytest.raises(ModelError, match="not over"):
        model.count_tokens(["a"])


def test_requests_of_two_threads_take_turns(model: ModelProcess) -> None:
    answers: list[str] = []

    def ask() -> None:
        answers.extend(written(model) for _ in range(5))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["It is so."] * 15


def test_a_request_that_waits_for_its_turn_can_be_stopped(model: ModelProcess) -> None:
    under_way = pieces(model, "slow")
    next(under_way)
    cancelled = threading.Event()
    failures: list[Exception] = []

    def ask() -> None:
        try:
            next(pieces(model, "", cancelled))
        except StoppedError as error:
            failures.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    cancelled.set()
    thread.join(1)
    assert len(failures) == 1


def test_closing_ends_the_process_and_can_be_repeated(model: ModelProcess) -> None:
    pid = child_pid(model)
    model.close()
    model.close()
    assert not psutil.pid_exists(pid)
    with pytest.raises(ModelError, match="closed"):
        written(model)


def test_closing_ends_an_answer_under_way(model: ModelProcess) -> None:
    answer = pieces(model, "slow")
    next(answer)
    closer = threading.Thread(target=model.close)
    closer.start()
    with pytest.raises(ModelError, match="closed"):
        list(answer)
    closer.join()


def test_a_command_that_does_not_exist_is_an_error_in_words() -> None:
    model = ModelProcess(Path("a.gguf"), command=("/nowhere/python",))
    with pytest.raises(ModelError, match="cannot be started"):
        model.start(cancelled=NEVER)
