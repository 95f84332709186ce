"""How fast the model is by how its threads wait for each other, on an idle and a busy machine.

Usage: python -m tests.benchmarks.waiting MODEL.gguf [N_BUSY_PROCESSES]
"""

import multiprocessing
import subprocess
import sys
import time
from pathlib import Path

from assistant.inference.engine import N_BATCH
from assistant.llm_worker import LlamaBackend
from assistant.settings import child_environment

SETTINGS: tuple[dict[str, str], ...] = (
    {},
    {"GOMP_SPINCOUNT": "10000"},
    {"GOMP_SPINCOUNT": "1000"},
    {"OMP_WAIT_POLICY": "passive"},
)
N_DECODED = 20


def keep_busy() -> None:
    while True:
        sum(range(100_000))


def measure(path: Path) -> None:
    """Print the tokens a second of this process, for a prompt and for an answer."""
    backend = LlamaBackend(
        path, max_context_tokens=1024, on_progress=lambda share: None, is_cancelled=lambda: False
    )
    tokens = backend.tokenize("One, two, three. " * 100, is_markup=False)[: 2 * N_BATCH]
    backend.run(1, 0, tokens[:1])
    began = time.perf_counter()
    for start in range(0, len(tokens), N_BATCH):
        backend.run(0, start, tokens[start : start + N_BATCH])
    read = time.perf_counter()
    for place in range(N_DECODED):
        backend.run(0, len(tokens) + place, tokens[place : place + 1])
    written = time.perf_counter()
    print(
        f"{len(tokens) / (read - began):6.1f} tokens/s read,"
        f" {N_DECODED / (written - read):5.1f} tokens/s written"
    )


def main() -> None:
    path, *rest = sys.argv[1:]
    if rest == ["measure"]:
        measure(Path(path))
        return
    busy = [
        multiprocessing.Process(target=keep_busy, daemon=True)
        for _ in range(int(rest[0]) if rest else 0)
    ]
    for process in busy:
        process.start()
    for setting in SETTINGS:
        print(f"{len(busy)} busy, {setting or 'default'}: ", end="", flush=True)
        subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.waiting", path, "measure"],
            env=child_environment(**setting),
            check=True,
            timeout=300,
        )
    for process in busy:
        process.terminate()
        process.join()


if __name__ == "__main__":
    main()
