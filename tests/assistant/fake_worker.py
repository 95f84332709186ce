"""Stands in for the model's process: keeps to the protocol, or breaks it on demand.

How it behaves is said by the name of the model file, and by the last message of a request.
"""

import os
import signal
import sys
import time
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

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
    WeighOpening,
    decode_request,
    encode,
    read_line,
)
from assistant.llm import Usage

WORDS = ("It ", "is ", "so.")
waiting: SimpleQueue[Request] = SimpleQueue()


def send(reply: Reply) -> None:
    sys.stdout.buffer.write(encode(reply))
    sys.stdout.buffer.flush()


def read() -> None:
    while line := read_line(sys.stdin.buffer):
        waiting.put(decode_request(line))
    os._exit(0)


def behave(how: str, request: Request) -> bool:
    """Do what ``how`` says, if it says something; return whether the request is over."""
    if how == "crash":
        sys.stderr.write("the tensors are upside down\n")
        sys.stderr.flush()
        os._exit(3)
    if how == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "garbage":
        sys.stdout.buffer.write(b"main: loading model\n")
        sys.stdout.buffer.flush()
    if how == "cut":
        sys.stdout.buffer.write(b'{"type": "Tex')
        sys.stdout.buffer.flush()
        os._exit(0)
    if how == "stranger":
        send(Stopped(id=request.id + 100))
    if how == "wrong type":
        send(Loaded(id=request.id, context_tokens=1, n_parameters=2_000_000_000))
    if how == "hang":
        time.sleep(60)
    if how == "refuse":
        send(Failed(id=request.id, reason="load", message="no such architecture"))
    if how == "long":
        send(Failed(id=request.id, reason="prompt_too_long", message="too long"))
    if how == "broken":
        send(Failed(id=request.id, reason="other", message="out of luck"))
    return how in ("refuse", "long", "broken")


def answer(request: Request, warmed: int) -> None:
    usage = Usage(prompt=9, evaluated=warmed, generated=1)
    match request:
        case Load():
            if behave(Path(request.path).stem, request):
                return
            send(Progress(id=request.id, fraction=0.5))
            send(
                Loaded(
                    id=request.id,
                    context_tokens=request.max_context_tokens,
                    n_parameters=2_000_000_000,
                )
            )
        case Warm():
            send(Progress(id=request.id, fraction=1.0))
            send(Warmed(id=request.id, head_tokens=len(request.head)))
        case Count():
            send(Counted(id=request.id, counts=tuple(len(t.split()) for t in request.texts)))
        case Choose():
            how = request.messages[-1].content
            if behave(how, request):
                return
            n = len(request.texts) + (how == "one too many")
            share = 1 / n if how != "not one" else 0.1
            send(Chosen(id=request.id, probabilities=(share,) * n, usage=usage))
        case WeighOpening():
            how = request.messages[-1].content
            if behave(how, request):
                return
            n = 2 if how == "one too many" else 1
            share = 0.5 if how != "not one" else 1.5
            send(Chosen(id=request.id, probabilities=(share,) * n, usage=usage))
        case Generate():
            how = request.messages[-1].content
            send(Text(id=request.id, text=WORDS[0], usage=usage))
            if behave(how, request):
                return
            while how == "slow":
                send(Text(id=request.id, text="more ", usage=usage))
                try:
                    if waiting.get(timeout=0.02) == Cancel(id=request.id):
                        send(Stopped(id=request.id))
                        return
                except Empty:
                    continue
            for word in WORDS[1:]:
                send(Text(id=request.id, text=word, usage=usage))
            send(Generated(id=request.id))


def main() -> None:
    Thread(target=read, daemon=True).start()
    warmed = 0
    while True:
        request = waiting.get()
        warmed += isinstance(request, Warm)
        answer(request, warmed)


if __name__ == "__main__":
    main()
