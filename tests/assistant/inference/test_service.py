"""The process's end of the protocol, with a fake app and a toy model."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from assistant.inference.protocol import (
    Cancel,
    Choose,
    Chosen,
    Count,
    Counted,
    Failed,
    Generate,
    Generated,
    Load,
    Loaded,
    Progress,
    Reply,
    Request,
    Stopped,
    Text,
    Warm,
    Warmed,
    decode_reply,
    encode,
)
from assistant.llm import Message
from assistant.settings import PACKAGE_ROOT

SCRIPT = """
import sys
from assistant.inference.service import ModelService
from tests.assistant.toy_backend import ToyBackend

def load(path, *, max_context_tokens, on_progress, is_cancelled):
    on_progress(0.5)
    return ToyBackend(context_tokens=max_context_tokens)

ModelService(sys.stdin.buffer, sys.stdout.buffer, load=load).run()
"""
LOAD = Load(id=1, path="toy.gguf", max_context_tokens=900)
MESSAGES = (Message(role="system", content="Answer."), Message(role="user", content="Who?"))


class Line:
    """A line to a process that serves the toy model."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    def write(self, line: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line)
        self.process.stdin.flush()

    def ask(self, *requests: Request) -> Iterator[Reply]:
        self.write(b"".join(map(encode, requests)))
        assert self.process.stdout is not None
        for line in self.process.stdout:
            yield decode_reply(line)

    def last(self, *requests: Request) -> Reply:
        """Return the first reply that ends a request."""
        return next(
            reply for reply in self.ask(*requests) if not isinstance(reply, Progress | Text)
        )


@contextmanager
def served(*, loaded: bool = True) -> Iterator[Line]:
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=PACKAGE_ROOT,
    )
    with process:
        line = Line(process)
        if loaded:
            assert line.last(LOAD) == Loaded(id=1, context_tokens=900, n_parameters=1000)
        yield line
        process.kill()


def test_loading_tells_how_far_it_is() -> None:
    with served(loaded=False) as line:
        replies = line.ask(LOAD)
        assert next(replies) == Progress(id=1, fraction=0.5)
        assert next(replies) == Loaded(id=1, context_tokens=900, n_parameters=1000)


def test_each_request_has_its_reply_in_order() -> None:
    with served() as line:
        replies = line.ask(
            Warm(id=2, head=MESSAGES),
            Count(id=3, texts=("ab", "")),
            Choose(id=4, messages=MESSAGES, prefix="", texts=("a", "b")),
            Generate(id=5, messages=MESSAGES, prefix="", stop=(), max_tokens=3),
        )
        assert isinstance(next(replies), Progress)
        assert isinstance(next(replies), Warmed)
        assert next(replies) == Counted(id=3, counts=(2, 0))
        chosen = next(replies)
        assert isinstance(chosen, Chosen)
        assert sum(chosen.probabilities) == pytest.approx(1)
        texts = []
        while isinstance(reply := next(replies), Text):
            texts.append(reply)
        assert reply == Generated(id=5)
        assert texts[-1].usage.generated == 3


def test_a_request_before_a_model_is_loaded_fails() -> None:
    with served(loaded=False) as line:
        failed = line.last(Count(id=7, texts=()))
        assert failed == Failed(id=7, reason="other", message="No model is loaded yet.")


def test_a_prompt_too_long_is_named_as_such() -> None:
    with served() as line:
        question = (Message(role="user", content="x" * 1000),)
        failed = line.last(Choose(id=2, messages=question, prefix="", texts=("a", "b")))
        assert isinstance(failed, Failed)
        assert failed.reason == "prompt_too_long"


def test_a_cancelled_request_is_stopped_and_the_next_one_answered() -> None:
    with served() as line:
        request = Generate(id=2, messages=MESSAGES, prefix="", stop=(), max_tokens=99)
        replies = line.ask(Cancel(id=2), request, Count(id=3, texts=("a",)))
        assert next(replies) == Stopped(id=2)
        assert next(replies) == Counted(id=3, counts=(1,))


def test_a_cancellation_that_comes_too_late_harms_no_other_request() -> None:
    with served() as line:
        assert line.last(Cancel(id=1), Count(id=2, texts=())) == Counted(id=2, counts=())


def test_the_process_ends_when_its_input_does() -> None:
    with served() as line:
        assert line.process.stdin is not None
        line.process.stdin.close()
        assert line.process.wait(10) == 0


def test_the_process_ends_when_its_input_makes_no_sense() -> None:
    with served() as line:
        line.write(b"hello\n")
        assert line.process.wait(10) == 1
        assert line.process.stderr is not None
        assert b"not JSON" in line.process.stderr.read()
