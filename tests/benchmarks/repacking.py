"""What it brings to lay a model's weights out anew for the processor; Linux only.

    python -m tests.benchmarks.repacking MODEL

MODEL is an id of the catalogue or the path of a GGUF file. llama.cpp can copy the weights, while
it loads them, into an order that its kernels for some processors go through faster. The
assistant does not let it (``assistant/llm_worker.py``). This loads the model either way, in turn,
and takes of each the best of some rounds, as other work on the machine only ever adds: the
seconds to load it, the memory that belongs to the process alone, and the tokens it reads and
writes in a second.

On two cores of an AMD EPYC with AVX2, in turn with other guests of its host: qwen2.5-coder-1.5b
reads 57 tokens a second as they lie and 41 laid out anew, and writes 18 and 17; it is loaded in .8
and 2.6 s, and holds 357 and 954 MiB of its own.
"""

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Final
from unittest import mock

import llama_cpp

from assistant.inference.engine import N_BATCH
from assistant.inference.process import MAX_CONTEXT_TOKENS
from assistant.llm_worker import LlamaBackend
from assistant.models import find_model
from assistant.settings import child_environment, load_settings

N_ROUNDS: Final = 3
N_WRITTEN: Final = 24
_HERE: Final = "--here"


def main() -> None:
    path = find_model(sys.argv[1], models_dir=load_settings().models_dir).path
    if _HERE in sys.argv:
        print(json.dumps(measure(path, repacks="anew" in sys.argv)))
        return
    best: dict[str, dict[str, float]] = {}
    for _ in range(N_ROUNDS):
        for way in ("as they lie", "anew"):
            command = [sys.executable, "-m", "tests.benchmarks.repacking", str(path), _HERE, way]
            output = subprocess.run(
                command, check=True, capture_output=True, text=True, env=child_environment()
            ).stdout
            for name, value in json.loads(output).items():
                known = best.setdefault(way, {}).get(name, value)
                best[way][name] = (max if name.endswith("/s") else min)(known, value)
    for way, figures in best.items():
        words = ", ".join(f"{name} {value:.1f}" for name, value in figures.items())
        print(f"weights {way:<12} {words}")


def measure(path: Path, *, repacks: bool) -> dict[str, float]:
    """Load a model in this process and let it read and write.

    Args:
        path: Its file.
        repacks: Whether llama.cpp may lay its weights out anew.
    """
    load = llama_cpp.llama_model_load_from_file

    def load_so(file: bytes, params: llama_cpp.llama_model_params) -> object:
        params.use_extra_bufts = repacks
        return load(file, params)

    began = time.perf_counter()
    with mock.patch.object(llama_cpp, "llama_model_load_from_file", load_so):
        backend = LlamaBackend(
            path,
            max_context_tokens=MAX_CONTEXT_TOKENS,
            on_progress=lambda _: None,
            is_cancelled=lambda: False,
        )
    loaded_s = time.perf_counter() - began
    words = " ".join(Path(__file__).read_text(encoding="utf-8").split())
    tokens = backend.tokenize(words, is_markup=False)[: 3 * N_BATCH + N_WRITTEN]
    backend.run(0, 0, tokens[:N_BATCH])  # the pages of the file are in memory now
    began = time.perf_counter()
    for start in (N_BATCH, 2 * N_BATCH):
        backend.run(0, start, tokens[start : start + N_BATCH])
    read_s = time.perf_counter() - began
    began = time.perf_counter()
    for place in range(3 * N_BATCH, len(tokens)):
        backend.run(0, place, tokens[place : place + 1])
    written_s = time.perf_counter() - began
    status = Path("/proc/self/status").read_text()
    own = re.search(r"RssAnon:\s+(\d+) kB", status)
    assert own is not None
    return {
        "load s": loaded_s,
        "own MiB": int(own[1]) / 1024,
        "read tokens/s": 2 * N_BATCH / read_s,
        "write tokens/s": (len(tokens) - 3 * N_BATCH) / written_s,
    }


if __name__ == "__main__":
    main()
