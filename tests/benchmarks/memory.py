"""What a model's process holds in memory, against what is estimated; Linux only.

    python -m tests.benchmarks.memory MODEL

MODEL is an id of the catalogue or the path of a GGUF file. Loads the model and lets it read a
prompt in each of its slots, as answers do.
"""

import re
import sys
import threading
from pathlib import Path

from assistant.inference.process import ModelProcess
from assistant.llm import Message
from assistant.local_models.memory import estimate_file
from assistant.models import find_model
from assistant.prompting import PromptBook
from assistant.settings import load_settings

_PROMPT_WORDS = 500


def main() -> None:
    path = find_model(sys.argv[1], models_dir=load_settings().models_dir).path
    never = threading.Event()
    with ModelProcess(path) as model:
        model.start(cancelled=never)
        model.warm(PromptBook().render_head(), cancelled=never)
        for word in ("one", "two", "three"):
            system = Message(role="system", content=word)
            turn = Message(role="user", content=f"{word} " * _PROMPT_WORDS)
            model.weigh_opening([system, turn], prefix="", text="1", cancelled=never)
        child = model._child
        if child is None:
            raise SystemExit("The model's process has ended.")
        status = Path(f"/proc/{child._process.pid}/status").read_text()
    measured = {
        name: int(kilobytes) / 1024
        for name, kilobytes in re.findall(r"^(VmHWM|RssAnon|RssFile):\s+(\d+) kB", status, re.M)
    }
    need = estimate_file(path)
    parts = {name: getattr(need, name) for name in ("weights", "cache", "work", "rest")}
    print("estimated:", ", ".join(f"{name} {one / 2**20:.0f}" for name, one in parts.items()))
    print(f"needed {need.needed / 2**20:.0f} MiB")
    print("measured:", ", ".join(f"{name} {one:.0f} MiB" for name, one in measured.items()))
    print(f"estimated / measured: {need.needed / 2**20 / measured['VmHWM']:.3f}")


if __name__ == "__main__":
    main()
