"""The benchmark of the library, and what it is asked for, on a generated library."""

from pathlib import Path

import pytest

from tests.benchmarks.library import index_folder, main, open_library
from tests.index.library.essays import ROPES, write_essays


def test_a_library_of_45_essays_and_225_000_words_is_indexed_opened_and_searched_in_time(
    tmp_path: Path,
) -> None:
    """A quarter of the library that the bounds are meant for, in a quarter of the time.

    The processor's time is held, as the clock also counts what else the machine does.
    """
    write_essays(tmp_path / "essays", n_essays=45, n_words=5_000)
    indexing = index_folder(tmp_path / "essays", tmp_path / "library")
    assert indexing.failures == ()
    assert indexing.n_words >= 220_000
    assert indexing.cpu_s < 15
    opening = open_library(tmp_path / "library", seed=1905)
    assert opening.n_passages > 1_250
    assert opening.cpu_s < 0.25
    assert opening.median_search_s < 0.025


def test_the_figures_are_printed_for_any_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text(ROPES * 3)
    (tmp_path / "b.txt").write_text("")
    main(["--essays", str(tmp_path), "--openings", "1"])
    printed = capsys.readouterr().out
    assert "2 files, 1 essays kept" in printed
    assert "not kept: b.txt: " in printed
    for label in ("indexing", "opening", "searching", "memory"):
        assert label in printed
