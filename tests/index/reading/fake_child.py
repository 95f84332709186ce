"""Stands in for the process that reads: keeps to the messages, or breaks them on demand.

How it behaves is said by the name of the file.
"""

import dataclasses
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from index.corpus import Page, read_document
from index.reading.messages import Finished, Reached, Read, receive_bytes, receive_request, send
from index.reading.steps import Step
from index.segments import make_segment

requests, replies = sys.stdin.buffer, sys.stdout.buffer


def crash() -> None:
    sys.stderr.write("the pages are upside down\n")
    sys.stderr.flush()
    os._exit(3)


def burn() -> None:
    while True:
        sum(range(100_000))


def gobble() -> None:
    held = []
    while True:
        held.append(b"x" * 10_000_000)
        time.sleep(0.01)


def leave_a_child() -> None:
    subprocess.Popen([sys.executable, "-c", "while True: pass"], stdin=subprocess.DEVNULL)
    crash()


def gobble_in_a_child() -> None:
    code = "import time; held = [b'x' * 10_000_000 for _ in range(60)]; time.sleep(60)"
    subprocess.run([sys.executable, "-c", code], check=False)


def say(line: bytes) -> Callable[[], None]:
    def speak() -> None:
        replies.write(line)
        replies.flush()
        time.sleep(60)

    return speak


BEHAVIOURS: dict[str, Callable[[], None]] = {
    "crash": crash,
    "burn": burn,
    "sleep": lambda: time.sleep(60),
    "gobble": gobble,
    "leave a child": leave_a_child,
    "gobble in a child": gobble_in_a_child,
    "long line": say(b"x" * 5_000_000),
    "no message": say(b'{"type": "Reached", "step": "nowhere"}\n'),
    "deep": say(b"[" * 100_000 + b"\n"),
}


def answer(request: Read, content: bytes) -> None:
    document = read_document("a.txt", content)
    segment = make_segment(document).to_bytes()
    if request.name == "headings outside":
        document = dataclasses.replace(document, headings=((0, 10**6),))
    if request.name == "pages backwards":
        document = dataclasses.replace(
            document, pages=(Page(start=5, label="1"), Page(start=2, label="2"))
        )
    if request.name == "other segment":
        segment = make_segment(dataclasses.replace(document, title="Another")).to_bytes()
    if request.name == "damaged segment":
        segment = segment[:-1] + bytes([segment[-1] ^ 1])
    text = b"\xff\xfe" if request.name == "no text" else document.text.encode()
    text_bytes = 2**50 if request.name == "endless" else len(text)
    document = dataclasses.replace(document, text="", name="made up", id="made up")
    send(
        replies,
        Finished(document=document, text_bytes=text_bytes, segment_bytes=len(segment)),
        text,
        segment,
    )


def main() -> None:
    while request := receive_request(requests):
        if request.name == "slow to take":
            threading.Event().wait()
        content = receive_bytes(requests, request.content_bytes)
        send(replies, Reached(step=Step.READ))
        if behave := BEHAVIOURS.get(request.name):
            behave()
        answer(request, content)
        if request.name == "die afterwards":
            os._exit(0)


if __name__ == "__main__":
    main()
