"""Uploads outlive the process that took them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.errors import UploadError
from assistant.kept_essays.inbox import Batch, Inbox, Upload

UPLOADS = (Upload(name="mill.md", content=b"On mills"), Upload(name="../b.pdf", content=b"%PDF"))

KEEP_AND_DIE = """
import os, signal, sys
from pathlib import Path
from assistant.kept_essays.inbox import Inbox, Upload
inbox = Inbox(Path(sys.argv[1]))
batch = inbox.keep("c1", [Upload(name="a.md", content=b"A"), Upload(name="b.md", content=b"B")])
inbox.finish(batch, "a.md")
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path / "inbox")


def contents(batch: Batch) -> list[tuple[str, bytes]]:
    return [(file.name, file.path.read_bytes()) for file in batch.files]


def test_files_are_kept_under_the_names_they_were_given_with(inbox: Inbox, tmp_path: Path) -> None:
    batch = inbox.keep("c1", UPLOADS)
    assert contents(batch) == [("mill.md", b"On mills"), ("../b.pdf", b"%PDF")]
    assert all(file.path.is_relative_to(tmp_path / "inbox") for file in batch.files)


def test_what_a_killed_process_had_not_finished_is_taken_over_once(tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    subprocess.run([sys.executable, "-c", KEEP_AND_DIE, str(folder)], check=False)
    (batch,) = Inbox(folder).take_left()
    assert (batch.collection_id, contents(batch)) == ("c1", [("b.md", b"B")])
    assert Inbox(folder).take_left() == ()


def test_a_living_process_keeps_its_own_until_it_lets_go(inbox: Inbox) -> None:
    batch = inbox.keep("c1", UPLOADS)
    assert inbox.take_left() == ()
    inbox.release(batch)
    (taken,) = inbox.take_left()
    assert contents(taken) == [(one.name, one.content) for one in UPLOADS]


def test_batches_left_are_taken_in_the_order_in_which_they_were_given(inbox: Inbox) -> None:
    given = [inbox.keep(f"c{number}", UPLOADS[:1]) for number in range(3)]
    for batch in reversed(given):
        inbox.release(batch)
    assert [batch.collection_id for batch in inbox.take_left()] == ["c0", "c1", "c2"]


def test_a_batch_that_was_not_acknowledged_is_cleared_away(inbox: Inbox, tmp_path: Path) -> None:
    dead = tmp_path / "inbox" / "00000000000000000001_0_0_aa"
    dead.mkdir(parents=True)
    (dead / "00000").write_bytes(b"half")
    assert inbox.take_left() == ()
    assert not dead.exists()


@pytest.mark.parametrize("text", ["", "[]", "{}", json.dumps({"collection_id": "c"})])
def test_a_damaged_list_is_no_batch(inbox: Inbox, tmp_path: Path, text: str) -> None:
    dead = tmp_path / "inbox" / "00000000000000000001_0_0_aa"
    dead.mkdir(parents=True)
    (dead / "batch.json").write_text(text)
    assert inbox.take_left() == ()


def test_a_finished_and_a_discarded_batch_are_left_to_nobody(inbox: Inbox) -> None:
    finished, discarded = inbox.keep("c1", UPLOADS), inbox.keep("c2", UPLOADS)
    for upload in UPLOADS:
        inbox.finish(finished, upload.name)
    inbox.discard(discarded)
    inbox.release(finished)
    inbox.release(discarded)
    assert inbox.take_left() == ()


def test_files_that_cannot_be_written_are_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "inbox").write_text("a file where the folder should be")
    with pytest.raises(UploadError, match=r"cannot be kept in .*inbox.*give them again"):
        Inbox(tmp_path / "inbox").keep("c1", UPLOADS)


@pytest.mark.skipif(not hasattr(os, "umask"), reason="no POSIX rights here")
def test_uploads_are_readable_by_their_owner_alone(inbox: Inbox) -> None:
    batch = inbox.keep("c1", UPLOADS)
    assert batch.folder.stat().st_mode & 0o077 == 0
