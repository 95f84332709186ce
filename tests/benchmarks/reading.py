"""Time and memory of reading one essay in each format.

python -m tests.benchmarks.reading [--words 5000]

Each format is read in a process of its own: the first reading imports what reads it, the second
does not. CPU seconds are those of the second, pandoc's too. Peak memory is that of the process or
of pandoc, whichever is larger.
"""

import argparse
import multiprocessing
import os
import platform
import random
import resource
import textwrap
import time
from collections.abc import Mapping
from multiprocessing.queues import Queue

from index.corpus import read_document
from index.reading.limits import MAX_TEXT_WORDS
from tests.index.formats import AUTHOR, TITLE, Typed, pandoc, typeset

_KB = 2**10
_LINES_PER_PAGE = 45
_WORDS_TEXT = """
the of and to in a was that it for as with his on by is at he from had but not which this be
guild harbour keys gate rope makers century hemp tar council ship quay tower widow book debt year
bell stranger north forest village winter price trade master law court vote wall river mill
"""


def make_essay(words: int, *, seed: int = 7) -> str:
    """Return an essay in Markdown: sections of paragraphs of sentences of everyday words."""
    choose = random.Random(seed)
    vocabulary = _WORDS_TEXT.split()
    blocks: list[str] = []
    count = 0
    while count < words:
        if len(blocks) % 7 == 0:
            blocks.append(f"# Section {len(blocks) // 7 + 1}")
        sentences = []
        for _ in range(choose.randint(3, 8)):
            chosen = choose.choices(vocabulary, k=choose.randint(8, 25))
            count += len(chosen)
            sentences.append(f"{' '.join(chosen).capitalize()}.")
        blocks.append(" ".join(sentences))
    return "\n\n".join(blocks) + "\n"


def make_files(words: int) -> Mapping[str, bytes]:
    """Return an essay as files of each format, by name."""
    markdown = make_essay(words)
    meta = {"title": TITLE, "author": AUTHOR}
    files = {
        "essay.txt": markdown.replace("# ", "").encode(),
        "essay.md": markdown.encode(),
        **{
            f"essay.{kind}": pandoc(markdown, kind, **meta)
            for kind in ("html", "docx", "odt", "epub")
        },
    }
    lines: list[Typed] = []
    pages = [lines]
    for block in markdown.split("\n\n"):
        size = 14 if block.startswith("#") else 10
        for text in [*textwrap.wrap(block.removeprefix("# "), 78), ""]:
            if len(lines) == _LINES_PER_PAGE:
                lines = []
                pages.append(lines)
            lines.append(Typed(text, 60, 740 - 14 * len(lines), size))
    return {**files, "essay.pdf": typeset(pages, properties={"Title": TITLE})}


def _measure(
    name: str, content: bytes, results: "Queue[tuple[float, float, float, int, int]]"
) -> None:
    start = time.perf_counter()
    read_document(name, content)
    first_s = time.perf_counter() - start
    start, before = time.perf_counter(), os.times()
    document = read_document(name, content)
    again_s, after = time.perf_counter() - start, os.times()
    cpu_s = sum(after[:4]) - sum(before[:4])
    peak_kb = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    results.put((first_s, again_s, cpu_s, peak_kb, len(document.text.split())))


def main() -> None:
    """Print a line for each format."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--words", type=int, default=5000, help=f"at most {MAX_TEXT_WORDS}")
    words = parser.parse_args().words
    print(f"{platform.machine()}, Python {platform.python_version()}")
    print(
        f"{'file':<11}{'KB':>8}{'words':>9}{'first s':>9}{'again s':>9}{'CPU s':>9}{'peak MB':>9}"
    )
    context = multiprocessing.get_context("spawn")
    for name, content in make_files(words).items():
        results: Queue[tuple[float, float, float, int, int]] = context.Queue()
        child = context.Process(target=_measure, args=(name, content, results))
        child.start()
        first_s, again_s, cpu_s, peak_kb, n_words = results.get()
        child.join()
        print(
            f"{name:<11}{len(content) / _KB:>8.0f}{n_words:>9}{first_s:>9.2f}{again_s:>9.2f}"
            f"{cpu_s:>9.2f}{peak_kb / _KB:>9.0f}"
        )


if __name__ == "__main__":
    main()
