"""How to start the process that stands in for the one that reads; see ``fake_child``."""

import base64
import dataclasses
import json
import sys
from pathlib import Path

from index.corpus import read_document
from index.segments import make_segment
from tests.index.reading import fake_child
from tests.index.reading.hostile import ESSAY


def make_command(folder: Path) -> tuple[str, ...]:
    """Return a command for ``ReadingProcess``; whatever it is given, it reads ``ESSAY``.

    Args:
        folder: Where to lay down what it answers.
    """
    document = read_document("a.txt", ESSAY.encode())
    other = dataclasses.replace(document, title="Another")
    essay = {
        "text": document.text,
        "segment": base64.b64encode(make_segment(document).to_bytes()).decode(),
        "other segment": base64.b64encode(make_segment(other).to_bytes()).decode(),
    }
    sent = dataclasses.asdict(dataclasses.replace(document, text="", name="made up", id="made up"))
    made = folder / "made.json"
    made.write_text(json.dumps({"essay": essay, "document": sent}), encoding="utf-8")
    # "-S -E" leave out what a plain script has no use for, which is most of its start.
    return (sys.executable, "-S", "-E", fake_child.__file__, str(made))
