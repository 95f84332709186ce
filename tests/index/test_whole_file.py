"""A file is there whole or as it was before."""

from pathlib import Path

import pytest

from index.whole_file import PART_SUFFIX, write_whole


def test_the_parts_are_written_one_after_the_other_in_a_folder_made_for_them(
    tmp_path: Path,
) -> None:
    path = tmp_path / "new" / "file.bin"
    write_whole(path, b"one ", memoryview(b"two"), folder_mode=0o700)
    assert path.read_bytes() == b"one two"
    assert path.parent.stat().st_mode & 0o777 == 0o700
    write_whole(path, b"three")
    assert [one.read_bytes() for one in path.parent.iterdir()] == [b"three"]


def test_a_file_that_cannot_take_its_place_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        write_whole(tmp_path / "taken", b"content")
    assert not list(tmp_path.glob(f"*{PART_SUFFIX}"))
