import hashlib
import os
import threading
from pathlib import Path

import pytest

from assistant.errors import (
    ModelChangedError,
    ModelFileError,
    ModelNotFoundError,
    StoppedError,
)
from assistant.local_models.digests import has_same_stamp, record_file, require_unchanged
from tests.assistant.gguf_files import write_gguf

NEVER = threading.Event()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_gguf(tmp_path / "own.gguf", rest=b"w" * 3_000_000)


def test_a_file_is_recorded_with_its_digest_size_and_time(path: Path) -> None:
    read: list[int] = []
    added = record_file(path, cancelled=NEVER, on_read=read.append)
    assert added.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (added.size_bytes, added.mtime_ns) == (path.stat().st_size, path.stat().st_mtime_ns)
    assert read == sorted(read)
    assert read[-1] == added.size_bytes
    assert has_same_stamp(added)


def test_the_reading_can_be_stopped(path: Path) -> None:
    cancelled = threading.Event()
    with pytest.raises(StoppedError):
        record_file(path, cancelled=cancelled, on_read=lambda n_bytes: cancelled.set())


def test_what_is_no_model_or_not_there_is_not_recorded(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError, match="no file"):
        record_file(tmp_path / "gone.gguf", cancelled=NEVER)
    (tmp_path / "text.gguf").write_text("An essay.")
    with pytest.raises(ModelFileError, match="no GGUF file"):
        record_file(tmp_path / "text.gguf", cancelled=NEVER)


def test_a_file_that_changes_while_it_is_read_is_not_recorded(path: Path) -> None:
    with pytest.raises(ModelFileError, match="changed while it was read"):
        record_file(path, cancelled=NEVER, on_read=lambda n_bytes: os.utime(path, ns=(1, 1)))


def test_an_untouched_file_is_not_read_again(path: Path) -> None:
    added = record_file(path, cancelled=NEVER)
    read: list[int] = []
    assert require_unchanged(added, cancelled=NEVER, on_read=read.append) == added
    assert read == []


def test_a_change_that_keeps_size_and_time_is_found_by_a_thorough_check(path: Path) -> None:
    added = record_file(path, cancelled=NEVER)
    with path.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"x")
    os.utime(path, ns=(added.mtime_ns, added.mtime_ns))
    assert require_unchanged(added, cancelled=NEVER) == added
    with pytest.raises(ModelChangedError):
        require_unchanged(added, cancelled=NEVER, is_thorough=True)


def test_a_changed_file_is_named_with_both_digests(path: Path) -> None:
    added = record_file(path, cancelled=NEVER)
    write_gguf(path)
    with pytest.raises(ModelChangedError, match=rf"was {added.sha256[:12]}… and is") as caught:
        require_unchanged(added, cancelled=NEVER)
    assert caught.value.found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert has_same_stamp(caught.value.found)


def test_a_file_that_is_gone_is_said_to_be(path: Path) -> None:
    added = record_file(path, cancelled=NEVER)
    path.unlink()
    assert not has_same_stamp(added)
    with pytest.raises(ModelNotFoundError):
        require_unchanged(added, cancelled=NEVER)
