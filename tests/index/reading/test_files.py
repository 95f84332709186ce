"""The content of files on disk, of those that are none, and of those that are gone."""

import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from index.errors import EssayError
from index.reading.files import check_size, load_file

needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="pipes and devices of POSIX")


def test_the_content_of_a_file_is_given_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\x00\r\n\xff")
    assert load_file(path, max_bytes=4) == b"\x00\r\n\xff"


def test_a_file_that_is_too_large_is_refused_with_both_sizes(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 1001)
    with pytest.raises(EssayError, match=r"it has 1,001 bytes; a file may have 1,000 at most"):
        load_file(path, max_bytes=1000)


def make_nothing(path: Path) -> None:
    """Leave no file: it has vanished since it was listed."""


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


@needs_posix
@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (make_nothing, "not there any more"),
        (Path.mkdir, "a folder"),
        (make_pipe, "a pipe"),
        (make_socket, "cannot be read"),
        (lambda path: path.symlink_to("/dev/zero"), "a device"),
        (lambda path: path.symlink_to(path.parent), "a folder"),
        (lambda path: path.symlink_to(path), "cannot be read"),
    ],
    ids=["vanished", "folder", "pipe", "socket", "device", "link to a folder", "link to itself"],
)
def test_what_is_no_file_is_refused_at_once(
    tmp_path: Path, make: Callable[[Path], None], reason: str
) -> None:
    path = tmp_path / "a.txt"
    make(path)
    open_files = psutil.Process().num_fds()
    with pytest.raises(EssayError, match=reason):
        load_file(path, max_bytes=1000)
    assert psutil.Process().num_fds() == open_files


def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EssayError, match="cannot be read"):
        load_file(tmp_path / "a\0.txt", max_bytes=1000)


def test_a_file_of_the_largest_size_is_accepted() -> None:
    check_size(1000, max_bytes=1000)
