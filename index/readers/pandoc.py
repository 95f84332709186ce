"""Running pandoc, which reads and writes the files of word processors and electronic books.

It runs as a process of its own, sandboxed (it opens no file and no network), with limits of time
and memory. A document that is read becomes a tree in JSON.
"""

import importlib.util
import json
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

from index.errors import EssayError, PandocError

TIMEOUT_S = 60.0
"""A book of 200,000 words takes about ten seconds."""
MAX_MEMORY_MB = 1024
"""Heap for one document; see ``python -m tests.benchmarks.reading``."""

_OUT_OF_MEMORY = 251
"""The exit code of a Haskell program whose heap is exhausted.

Source: the GHC runtime system, EXIT_HEAPOVERFLOW.
"""

Tree = dict[str, object]
"""A pandoc document: ``meta`` and ``blocks``; each node has a type ``t`` and a content ``c``."""


def parse_with_pandoc(content: bytes, *, source: str) -> Tree:
    """Return the tree of a document.

    Args:
        content: The file.
        source: The format in pandoc's words: ``docx``, ``odt`` or ``epub``.

    Raises:
        EssayError: The document is damaged, or takes more time or memory than is allowed.
    """
    try:
        made = run_pandoc(content, source=source, target="json")
    except PandocError as error:
        if error.is_missing:
            raise EssayError(str(error)) from error
        if error.is_too_large:
            raise EssayError(f"reading it {error}; split it into shorter files") from error
        raise EssayError(f"it is damaged: {error}; save it again from its program") from error
    try:
        tree = json.loads(made)
    except RecursionError as error:
        raise nested_too_deeply() from error
    except ValueError as error:
        raise EssayError("it is damaged: pandoc read no document in it") from error
    if not isinstance(tree, dict):
        raise EssayError("it is damaged: pandoc read no document in it")
    return tree


def run_pandoc(content: bytes, *, source: str, target: str) -> bytes:
    """Return a document in another format.

    Args:
        content: The document.
        source: Its format in pandoc's words.
        target: The format wanted, in pandoc's words.

    Raises:
        PandocError: The document is not of its format, or takes more time or memory than is
            allowed; or pandoc is missing.
    """
    command = [executable(), "--sandbox", "-f", source, "-t", target, "-o", "-"]
    limits = ["+RTS", f"-M{MAX_MEMORY_MB}M", "-RTS"]
    try:
        run = subprocess.run(
            [*command, *limits],
            input=content,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
            # Without HOME it knows no folder of the reader's with files that change what it makes.
            env={"LC_ALL": "C.UTF-8"},
        )
    except subprocess.TimeoutExpired as error:
        raise PandocError(f"took longer than {TIMEOUT_S:.0f} seconds", is_too_large=True) from error
    except OSError as error:
        raise PandocError(
            f"pandoc, which reads and writes such files, cannot be started ({error.strerror});"
            " install the package 'pypandoc-binary' again",
            is_missing=True,
        ) from error
    if run.returncode == _OUT_OF_MEMORY:
        raise PandocError(f"took more than {MAX_MEMORY_MB:,} MB of memory", is_too_large=True)
    if run.returncode != 0:
        raise PandocError(_explain(run))
    return run.stdout


def nested_too_deeply() -> EssayError:
    """Return the error of a document whose parts hold each other without end."""
    return EssayError("its lists, tables or quotations are nested too deeply to be an essay's")


def _explain(run: subprocess.CompletedProcess[bytes]) -> str:
    if run.returncode < 0:
        return f"pandoc was ended by signal {-run.returncode}"
    words = " ".join(run.stderr.decode("utf-8", "replace").split())
    return f"pandoc says {words[:200]!r}"


@lru_cache(maxsize=1)
def executable() -> str:
    """Return the path of the pandoc that the package carries, or else of the system's."""
    spec = importlib.util.find_spec("pypandoc")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for name in ("pandoc", "pandoc.exe"):
            path = Path(folder, "files", name)
            if path.is_file():
                return str(path)
    found = shutil.which("pandoc")
    if found is None:
        raise PandocError(
            "pandoc, which reads and writes such files, is missing; install the package"
            " 'pypandoc-binary'",
            is_missing=True,
        )
    return found
