"""Stands in for the process that reads: keeps to the messages, or breaks them on demand.

How it behaves is said by the name of the file. It starts in a moment, for it imports nothing of
the project: what it answers was made before, see ``fake_reader``.
"""

import base64
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

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
    code = "import time; held = [b'x' * 10_000_000 for _ in range(30)]; time.sleep(60)"
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


def send(message: dict[str, object], *parts: bytes) -> None:
    replies.write(json.dumps(message).encode() + b"\n" + b"".join(parts))
    replies.flush()


def answer(name: str, essay: dict[str, str], document: dict[str, object]) -> None:
    segment = base64.b64decode(essay["other segment" if name == "other segment" else "segment"])
    if name == "headings outside":
        document = {**document, "headings": [[0, 10**6]]}
    if name == "pages backwards":
        pages = [{"start": 5, "label": "1"}, {"start": 2, "label": "2"}]
        document = {**document, "pages": pages}
    if name == "damaged segment":
        segment = segment[:-1] + bytes([segment[-1] ^ 1])
    text = b"\xff\xfe" if name == "no text" else essay["text"].encode()
    text_bytes = 2**50 if name == "endless" else len(text)
    finished = {
        "type": "Finished",
        "document": document,
        "text_bytes": text_bytes,
        "segment_bytes": len(segment),
    }
    send(finished, text, segment)


def main() -> None:
    made = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    while line := requests.readline():
        request = json.loads(line)
        name = request["name"]
        if name == "slow to take":
            threading.Event().wait()
        requests.read(request["content_bytes"])
        send({"type": "Reached", "step": "read"})
        if behave := BEHAVIOURS.get(name):
            behave()
        answer(name, made["essay"], made["document"])
        if name == "die afterwards":
            os._exit(0)


if __name__ == "__main__":
    main()
