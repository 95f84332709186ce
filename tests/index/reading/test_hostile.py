"""Files that are made to harm whoever reads them: each is refused in words, or read rightly."""

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.errors import EssayError
from index.reading.limits import ReadingLimits
from index.reading.process import ReadingProcess
from tests.index.reading.hostile import (
    ESSAY,
    LONG,
    SAMPLES,
    SECRET,
    SLOW,
    Sample,
    escaping_docx,
    outside,
)

LIMITS = ReadingLimits(max_cpu_s=1.0, max_wall_s=30.0, max_memory_bytes=400_000_000)
MAX_S = 35.0
"""The time by the clock, and what ending a process and starting another takes at most."""
LEFT_OUT = frozenset(
    {sample.name for sample in (*LONG, *SLOW)} - {"one line.txt", "spaces.txt"}
    | {"brackets.md", "stars.md", "front matter.md"}
)
"""What ``python -m tests.benchmarks.hostile_files`` tries as well; here it would take minutes."""


@pytest.fixture(scope="module")
def reader() -> Iterator[ReadingProcess]:
    with ReadingProcess(limits=LIMITS) as process:
        yield process


def outcome(reader: ReadingProcess, name: str, content: bytes) -> tuple[str, str]:
    """Return the reason for refusing a file and the text of an essay, one of them empty."""
    try:
        essay = reader.read(name, content, cancelled=threading.Event())
    except EssayError as error:
        return str(error), ""
    return "", essay.document.text


def check(reader: ReadingProcess, sample: Sample, content: bytes) -> str:
    """Read a sample, see that it comes to what it should, and return its text."""
    began = time.monotonic()
    reason, text = outcome(reader, sample.name, content)
    assert time.monotonic() - began < MAX_S
    if reason:
        assert sample.reason, f"refused: {reason}"
        assert re.search(sample.reason, reason)
    else:
        assert sample.text, f"read: {text[:200]!r}"
        assert sample.text in text
    assert outcome(reader, "next.txt", ESSAY.encode()) == ("", ESSAY)
    return text


@pytest.mark.parametrize(
    "sample",
    [sample for sample in SAMPLES if sample.name not in LEFT_OUT],
    ids=lambda sample: sample.name,
)
def test_a_hostile_file_is_refused_or_read_rightly_and_the_next_one_is_read(
    reader: ReadingProcess, sample: Sample
) -> None:
    check(reader, sample, sample.build())


def test_no_file_has_another_file_of_the_readers_read(
    reader: ReadingProcess, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET, encoding="utf-8")
    for sample in outside(secret):
        assert SECRET not in check(reader, sample, sample.build())


def test_no_member_of_a_zip_file_is_written_where_it_says(
    reader: ReadingProcess, tmp_path: Path
) -> None:
    reason, text = outcome(reader, "escaping.docx", escaping_docx(tmp_path))
    assert ESSAY in text, reason
    assert not any(tmp_path.iterdir())
