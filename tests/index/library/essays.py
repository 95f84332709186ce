"""Essays, files and a reader for the tests of the library."""

import contextlib
import random
import threading
from collections.abc import Callable
from pathlib import Path

from index.corpus import read_document
from index.library.adding import Source, add_sources
from index.library.store import Library
from index.reading.process import ReadEssay
from index.reading.steps import FileProgress, Step
from index.segments import make_segment

ROPES = (
    "The guild of rope makers kept the keys of the harbour gate for a century, and nobody in the"
    " town was surprised when Pell sold the last of the ropes to a sailor from the north."
)
SALT = (
    "Salt was carried over the hills by the women of Skerne, who sold it at the market of the town"
    " and bought bread, tar and rope with what they had earned during the winter."
)


class DirectReader:
    """Reads files as the reading process does, in this process; counts those it has read."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def read(
        self,
        name: str,
        content: bytes,
        *,
        on_step: Callable[[Step], None],
        cancelled: threading.Event,
    ) -> ReadEssay:
        """Read, clean, split and index one file."""
        self.names.append(name)
        document = read_document(name, content, on_step=lambda step: on_step(Step(step)))
        on_step(Step.SPLIT)
        segment = make_segment(document, on_split=lambda: on_step(Step.INDEX))
        return ReadEssay(document=document, segment=segment)


def open_direct_reader() -> contextlib.AbstractContextManager[DirectReader]:
    """Return what a workspace may be given to read files with, without another process."""
    return contextlib.nullcontext(DirectReader())


def given(name: str, text: str) -> Source:
    """Return an uploaded text file."""
    return Source(name=name, path=None, content=text.encode())


def add(
    library: Library,
    collection_id: str,
    *sources: Source,
    reader: DirectReader | None = None,
    seen: list[FileProgress] | None = None,
) -> tuple[FileProgress, ...]:
    """Add files to a collection."""
    return add_sources(
        library,
        collection_id,
        sources,
        reader=reader or DirectReader(),
        on_progress=(seen if seen is not None else []).append,
        cancelled=threading.Event(),
    )


def write_essays(folder: Path, *, n_essays: int, n_words: int, seed: int = 1905) -> None:
    """Write essays of made-up words, alike in the share of common ones to English."""
    chance = random.Random(seed)
    syllables = [
        a + b for a in "bdfgklmnprstv" for b in ("a", "e", "i", "o", "u", "an", "er", "is")
    ]
    made = ("".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(20_000))
    rare = list(dict.fromkeys(made))
    weights = [1 / (rank + 3) for rank in range(len(rare))]
    small = ["the", "of", "and", "to", "in", "a", "that", "it", "was", "for", "with", "not", "but"]
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(n_essays):
        words = chance.choices(rare, weights, k=n_words)
        words[::2] = chance.choices(small, k=len(words[::2]))
        sentences, at = [], 0
        while at < len(words):
            length = chance.randint(8, 40)
            sentences.append(" ".join(words[at : at + length]).capitalize() + ".")
            at += length
        paragraphs = [" ".join(sentences[n : n + 6]) for n in range(0, len(sentences), 6)]
        title = f"Of {chance.choice(rare).capitalize()} {number}"
        text = "\n\n".join([title, f"By Jane {chance.choice(rare).capitalize()}", *paragraphs])
        (folder / f"essay-{number:04}.txt").write_text(text, encoding="utf-8")
