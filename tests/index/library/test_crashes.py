"""Kills and full disks: what was acknowledged is there, and nothing needs to be mended."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.machine import require

ROOT = Path(__file__).parents[3]
SOURCE = Path(__file__).with_name("faults.c")


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the library that counts writes and makes them fail."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    require(sys.platform == "linux" and compiler is not None, "Linux with a C compiler")
    built = tmp_path_factory.mktemp("faults") / "faults.so"
    subprocess.run(
        [str(compiler), "-shared", "-fPIC", "-O1", "-o", str(built), str(SOURCE), "-ldl"],
        check=True,
        capture_output=True,
    )
    return built


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """Return a folder in memory where there is one: a kill is the same there, and quicker."""
    shared = Path("/dev/shm")
    if not (shared.is_dir() and os.access(shared, os.W_OK)):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=shared) as folder:
        yield Path(folder)


def run_crashes(folder: Path, what: str, number: int, *, preload: Path | None = None) -> Any:
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # threads do not survive a fork
    if preload is not None:
        environment["LD_PRELOAD"] = str(preload)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.index.library.crashes",
            what,
            str(folder),
            str(number),
            "1905",
        ],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return json.loads(done.stdout)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="only where processes can be forked")
def test_nothing_acknowledged_is_lost_by_kills_at_random_moments(place: Path) -> None:
    found = run_crashes(place, "random", 200)
    assert found["wrong"] == []
    assert found["killed"] >= 200
    assert found["acknowledged"] >= 100


@pytest.mark.parametrize("act", ["begin", "extend"])
def test_nothing_acknowledged_is_lost_by_a_kill_at_any_write(
    place: Path, faults: Path, act: str
) -> None:
    found = run_crashes(place, f"kill-{act}", 1, preload=faults)
    assert found["wrong"] == []
    assert found["faults"] == found["writes"] - 1 >= 50


@pytest.mark.parametrize("act", ["begin", "extend"])
def test_a_full_disk_is_an_error_in_words_and_no_loss(place: Path, faults: Path, act: str) -> None:
    found = run_crashes(place, f"fill-{act}", 7, preload=faults)
    assert found["wrong"] == []
    assert found["faults"] >= 10
