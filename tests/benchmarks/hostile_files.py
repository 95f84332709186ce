"""What hostile files cost: time and memory of reading each, in the reading process.

Usage: python -m tests.benchmarks.hostile_files [--cpu-s SECONDS] [PART_OF_A_NAME ...]
"""

import argparse
import tempfile
import threading
import time
from pathlib import Path

import psutil

from index.errors import EssayError
from index.reading.limits import MAX_CPU_S, ReadingLimits
from index.reading.process import ReadingProcess
from tests.index.reading.hostile import SAMPLES, SECRET, outside

_LOOK_S = 0.01


class PeakMemory:
    """The most memory that this process's children have had at one time, looked at all along."""

    def __init__(self) -> None:
        self.largest = 0
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        me = psutil.Process()
        while not self._is_over.wait(_LOOK_S):
            total = 0
            for child in me.children(recursive=True):
                try:
                    total += child.memory_info().rss
                except psutil.Error:
                    continue
            self.largest = max(self.largest, total)

    def close(self) -> int:
        self._is_over.set()
        self._thread.join()
        return self.largest


def main() -> None:
    """Print a line for each sample."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cpu-s", type=float, default=MAX_CPU_S)
    parser.add_argument("wanted", nargs="*")
    options = parser.parse_args()
    limits = ReadingLimits(max_cpu_s=options.cpu_s)
    with tempfile.TemporaryDirectory() as folder, ReadingProcess(limits=limits) as reader:
        secret = Path(folder, "secret.txt")
        secret.write_text(SECRET, encoding="utf-8")
        print(f"{'file':24}{'bytes':>12}{'seconds':>9}{'MB':>7}  outcome")
        for sample in (*SAMPLES, *outside(secret)):
            if options.wanted and not any(part in sample.name for part in options.wanted):
                continue
            content = sample.build()
            peak = PeakMemory()
            began = time.perf_counter()
            try:
                essay = reader.read(sample.name, content, cancelled=threading.Event())
                outcome = f"read, {len(essay.document.text.split()):,} words"
                if SECRET in essay.document.text:
                    outcome = "THE SECRET WAS READ"
            except EssayError as error:
                outcome = str(error)
            seconds = time.perf_counter() - began
            print(
                f"{sample.name:24}{len(content):12,}{seconds:9.2f}"
                f"{peak.close() / 1e6:7.0f}  {outcome}",
                flush=True,
            )


if __name__ == "__main__":
    main()
