"""The process that reads files: what a hostile file can break is this, and nothing else.

Run as ``python -m index.reading.worker MAX_ADDRESS_BYTES FOLDER`` by ``ReadingProcess``, one file
at a time. It ends when its standard input does, and takes with it what it has started and the
folder, which is for whatever files its libraries want to write.
"""

import dataclasses
import faulthandler
import os
import queue
import shutil
import signal
import sys
import threading
from pathlib import Path
from typing import IO

import psutil

from index.corpus import read_document
from index.errors import EssayError
from index.reading.confinement import confine
from index.reading.messages import (
    Finished,
    Reached,
    Read,
    Refused,
    receive_bytes,
    receive_request,
    send,
)
from index.reading.reasons import TOO_DEEP, too_much_memory
from index.reading.steps import Step
from index.segments import make_segment
from index.typed_lines import MessageError

_GRACE_S = 3.0
"""How long after its time is over this process ends itself, should nobody else have done so."""


class ReadingService:
    """Reads the files that arrive, one after the other."""

    def __init__(self, requests: IO[bytes], replies: IO[bytes], *, folder: Path) -> None:
        """Serve the process at the other end of two pipes; ``folder`` goes when they end."""
        self._folder = folder
        self._requests = requests
        self._replies = replies
        self._reached = Step.WAITING
        self._files: queue.SimpleQueue[tuple[Read, bytes]] = queue.SimpleQueue()

    def run(self) -> None:
        """Read files until the requests end; does not return."""
        threading.Thread(target=self._receive, name="requests", daemon=True).start()
        while True:
            request, content = self._files.get()
            # Should the app die while a library holds this whole process up, nobody else is left
            # to notice how long it takes.
            faulthandler.dump_traceback_later(request.limits.max_wall_s + _GRACE_S, exit=True)
            self._answer(request, content)
            faulthandler.cancel_dump_traceback_later()

    def _receive(self) -> None:
        """Pass on the files that arrive; end the process when no more can."""
        try:
            while request := receive_request(self._requests):
                content = receive_bytes(self._requests, request.content_bytes)
                self._files.put((request, content))
        except (MessageError, MemoryError) as error:
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
        finally:
            # The app does this too, unless it was killed.
            shutil.rmtree(self._folder, ignore_errors=True)
            _end()

    def _answer(self, request: Read, content: bytes) -> None:
        """Read one file; every error but those expected ends the process."""
        try:
            self._read(request, content)
        except EssayError as error:
            send(self._replies, Refused(reason=str(error), is_spent=False))
        except MemoryError:
            reason = too_much_memory(request.limits)
            send(self._replies, Refused(reason=reason, is_spent=True))
        except RecursionError:
            send(self._replies, Refused(reason=TOO_DEEP, is_spent=True))

    def _read(self, request: Read, content: bytes) -> None:
        self._reached = Step.WAITING
        self._reach(Step.READ)
        document = read_document(
            request.name,
            content,
            limits=request.limits,
            on_step=lambda step: self._reach(Step(step)),
        )
        self._reach(Step.SPLIT)
        segment = make_segment(document, on_split=lambda: self._reach(Step.INDEX)).to_bytes()
        text = document.text.encode()
        finished = Finished(
            document=dataclasses.replace(document, text=""),
            text_bytes=len(text),
            segment_bytes=len(segment),
        )
        send(self._replies, finished, text, segment)

    def _reach(self, step: Step) -> None:
        if step is not self._reached:
            self._reached = step
            send(self._replies, Reached(step=step))


def main() -> None:
    """Serve the process at the other end of standard input and output."""
    # Libraries may print, and read what is not theirs: the messages get channels that they do
    # not know.
    replies = os.fdopen(os.dup(1), "wb")
    requests = os.fdopen(os.dup(0), "rb")
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    # Ctrl-C reaches every process of a terminal; the app decides when this one ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    confine(max_address_bytes=int(sys.argv[1]))
    ReadingService(requests, replies, folder=Path(sys.argv[2])).run()


def _end() -> None:
    """End this process, whatever its main thread does, and those that it has started."""
    if sys.platform != "win32" and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    for started in psutil.Process().children(recursive=True):
        started.kill()
    os._exit(0)


if __name__ == "__main__":
    main()
