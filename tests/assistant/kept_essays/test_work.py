"""Work on the library: a real store and a real reading process, in folders made for each test."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.errors import JobError
from assistant.kept_essays.inbox import Inbox, Upload
from assistant.kept_essays.libraries import OWN_NAME, collection_for_new
from assistant.kept_essays.tasks import WorkView
from assistant.kept_essays.work import LibraryWork, ReaderMaker
from index.errors import LibraryError
from index.library.adding import Source
from index.library.entries import EntryState
from index.library.store import Library
from index.reading.process import ReadEssay, ReadingProcess
from index.reading.steps import Step
from tests.index.essays import PROSE

_PATIENCE_S = 60.0
ESSAY = f"# {{title}}\n\n{PROSE} {{words}}\n"


def essay(title: str, words: str = "Nobody was let in after dark.") -> bytes:
    return ESSAY.format(title=title, words=words).encode()


def uploaded(name: str, content: bytes) -> Source:
    return Source(name=name, path=None, content=content)


class GatedReader(ReadingProcess):
    """Reads as ever, but waits before the second file until it is let go or stopped."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.is_waiting = threading.Event()
        self._n_read = 0

    def read(
        self,
        name: str,
        content: bytes,
        *,
        on_step: Callable[[Step], None] = lambda step: None,
        cancelled: threading.Event,
    ) -> ReadEssay:
        self._n_read += 1
        if self._n_read == 2:
            self.is_waiting.set()
            while not self.gate.wait(0.01) and not cancelled.is_set():
                pass
        return super().read(name, content, on_step=on_step, cancelled=cancelled)


@pytest.fixture(scope="module")
def reader() -> Iterator[ReadingProcess]:
    with ReadingProcess() as process:
        yield process


@pytest.fixture
def gated() -> Iterator[GatedReader]:
    with GatedReader() as process:
        yield process


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = Library(tmp_path / "library")
    (tmp_path / "theirs").mkdir()
    library.ensure_builtin("Theirs", tmp_path / "theirs")
    return library


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path / "library" / "inbox")


OpenWork = Callable[..., LibraryWork]


@pytest.fixture
def open_work(library: Library, inbox: Inbox, reader: ReadingProcess) -> Iterator[OpenWork]:
    """Return what opens work on the library; its looks are far apart unless a test wants them."""
    opened: list[LibraryWork] = []

    def open_one(
        *,
        make_reader: ReaderMaker = lambda: contextlib.nullcontext(reader),
        look_s: float = 3600.0,
        report_s: float = 3600.0,
        on_done: Callable[[], None] = lambda: None,
    ) -> LibraryWork:
        opened.append(
            LibraryWork(
                library,
                inbox=inbox,
                on_done=on_done,
                make_reader=make_reader,
                look_s=look_s,
                report_s=report_s,
            )
        )
        return opened[-1]

    yield open_one
    for work in opened:
        work.close()


def wait_for(work: LibraryWork, is_reached: Callable[[WorkView], bool]) -> WorkView:
    view = work.view()
    while not is_reached(view):
        changed = work.wait_for_change(seen=view.version, timeout_s=_PATIENCE_S)
        assert changed.version != view.version, f"nothing happened to {view!r}"
        view = changed
    return view


def wait_until_over(work: LibraryWork, job_id: str) -> WorkView:
    return wait_for(work, lambda view: view.job_id == job_id and not view.is_running)


def test_each_file_given_comes_to_its_own_end(library: Library, open_work: OpenWork) -> None:
    work, collection = open_work(), library.create_collection("Mine")
    job_id = work.start_add(
        collection.id,
        [
            uploaded("mill.md", essay("On Mills")),
            uploaded("broken.pdf", b"%PDF-1.7 no more than this"),
            uploaded("bridge.md", essay("On Bridges", "A bridge was its only way out.")),
        ],
    )
    view = wait_until_over(work, job_id)
    assert [(one.name, one.step) for one in view.files] == [
        ("mill.md", Step.DONE),
        ("broken.pdf", Step.FAILED),
        ("bridge.md", Step.DONE),
    ]
    assert view.files[1].reason
    assert (view.collection_id, view.problem) == (collection.id, "")
    states = {one.name: one.state for one in library.entries(collection.id)}
    assert states == {
        "mill.md": EntryState.READY,
        "broken.pdf": EntryState.FAILED,
        "bridge.md": EntryState.READY,
    }


def test_files_of_one_name_given_together_are_all_kept(
    library: Library, open_work: OpenWork
) -> None:
    work, collection = open_work(), library.create_collection("Mine")
    job_id = work.start_add(
        collection.id,
        [
            uploaded("essay.md", essay("On Mills")),
            uploaded("essay.md", essay("On Bridges", "A bridge was its only way out.")),
        ],
    )
    assert [one.step for one in wait_until_over(work, job_id).files] == [Step.DONE, Step.DONE]
    assert {one.title for one in library.entries(collection.id)} == {"On Mills", "On Bridges"}


def test_the_essays_are_open_before_the_work_is_seen_to_be_over(
    library: Library, open_work: OpenWork
) -> None:
    collection = library.create_collection("Mine")
    opened: list[int] = []
    work = open_work(on_done=lambda: opened.append(len(library.entries(collection.id))))
    wait_until_over(work, work.start_add(collection.id, [uploaded("a.md", essay("On Mills"))]))
    assert opened[-1] == 1


def test_what_is_there_is_opened_while_more_is_read(
    library: Library, open_work: OpenWork, gated: GatedReader
) -> None:
    collection = library.create_collection("Mine")
    opened: list[int] = []
    work = open_work(
        make_reader=lambda: contextlib.nullcontext(gated),
        on_done=lambda: opened.append(len(library.entries(collection.id))),
        report_s=0.0,
    )
    names = [f"{number}.md" for number in range(3)]
    work.start_add(collection.id, [uploaded(name, essay(f"Essay {name}", name)) for name in names])
    assert gated.is_waiting.wait(_PATIENCE_S)
    assert opened[-1] == 1


def test_a_stop_keeps_what_is_there_and_forgets_the_rest(
    library: Library, open_work: OpenWork, inbox: Inbox, gated: GatedReader
) -> None:
    collection = library.create_collection("Mine")
    work = open_work(make_reader=lambda: contextlib.nullcontext(gated))
    names = [f"{number}.md" for number in range(3)]
    job_id = work.start_add(
        collection.id, [uploaded(name, essay(f"Essay {name}", name)) for name in names]
    )
    later = work.start_add(collection.id, [uploaded("later.md", essay("Later"))])
    assert gated.is_waiting.wait(_PATIENCE_S)
    assert work.view().n_waiting == 1
    work.stop()
    view = wait_until_over(work, job_id)
    assert view.job_id != later
    assert view.files[0].step is Step.DONE
    assert not any(one.step.is_last for one in view.files[1:])
    assert [one.name for one in library.entries(collection.id)] == ["0.md"]
    work.close()
    assert inbox.take_left() == ()


def test_what_a_closing_leaves_unread_is_read_at_the_next_opening(
    library: Library, open_work: OpenWork, gated: GatedReader
) -> None:
    collection = library.create_collection("Mine")
    work = open_work(make_reader=lambda: contextlib.nullcontext(gated))
    names = [f"{number}.md" for number in range(3)]
    work.start_add(collection.id, [uploaded(name, essay(f"Essay {name}", name)) for name in names])
    work.start_add(collection.id, [uploaded("later.md", essay("Later"))])
    assert gated.is_waiting.wait(_PATIENCE_S)
    work.close()
    assert [one.name for one in library.entries(collection.id)] == ["0.md"]
    with pytest.raises(JobError, match="shutting down"):
        work.start_add(collection.id, [uploaded("too late.md", essay("Too late"))])

    assert open_work().wait_until_idle(timeout_s=_PATIENCE_S)
    assert [one.name for one in library.entries(collection.id)] == [*names, "later.md"]


ADD_AND_DIE = """
import os, signal, sys
from pathlib import Path
from assistant.kept_essays.work import LibraryWork
from assistant.kept_essays.inbox import Inbox
from index.library.adding import Source
from index.library.store import Library
from index.reading.steps import Step

folder = Path(sys.argv[1])
library = Library(folder)
work = LibraryWork(library, inbox=Inbox(folder / "inbox"), on_done=lambda: None)
collection = library.create_collection("Mine")
sources = [
    Source(name=f"{number}.md", path=None, content=(sys.argv[2] + f" Essay {number}.").encode())
    for number in range(6)
]
work.start_add(collection.id, sources)
view = work.view()
while not any(one.step is Step.DONE for one in view.files):
    view = work.wait_for_change(seen=view.version, timeout_s=60)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL here")
def test_uploads_of_a_killed_server_are_all_there_after_the_next_start(
    tmp_path: Path, open_work: OpenWork
) -> None:
    command = [sys.executable, "-c", ADD_AND_DIE, str(tmp_path / "library"), PROSE]
    killed = subprocess.run(command, check=False, timeout=120)
    assert killed.returncode == -signal.SIGKILL
    again = Library(tmp_path / "library")
    _, collection = again.collections()
    before = {one.name for one in again.entries(collection.id) if one.state is EntryState.READY}
    assert before

    assert open_work().wait_until_idle(timeout_s=_PATIENCE_S)
    entries = again.entries(collection.id)
    assert {one.name for one in entries} == {f"{number}.md" for number in range(6)}
    assert {one.state for one in entries} == {EntryState.READY}
    assert before <= {one.name for one in entries}


def test_a_watched_folder_is_followed_without_being_asked(
    tmp_path: Path, library: Library, open_work: OpenWork
) -> None:
    folder = tmp_path / "essays"
    folder.mkdir()
    (folder / "mill.md").write_bytes(essay("On Mills"))
    (folder / "gone.md").write_bytes(essay("On Leaving", "All things pass."))
    collection = library.create_collection("Mine")
    library.watch(collection.id, folder)
    library.use(collection.id)
    work = open_work(look_s=0.05)
    assert work.wait_until_idle(timeout_s=_PATIENCE_S)
    assert {one.title for one in library.entries(collection.id)} == {"On Mills", "On Leaving"}
    seen = work.view().version
    assert work.wait_until_idle(timeout_s=_PATIENCE_S)
    assert work.view().version == seen, "a look at which nothing changed was seen"

    (folder / "mill.md").write_bytes(essay("On Windmills"))
    (folder / "new.md").write_bytes(essay("On Novelty", "All things are new once."))
    (folder / "gone.md").unlink()
    wait_for(work, lambda view: view.version > seen and not view.is_running)
    assert work.wait_until_idle(timeout_s=_PATIENCE_S)
    found = {one.name: (one.title, one.state) for one in library.entries(collection.id)}
    assert found == {
        "mill.md": ("On Windmills", EntryState.READY),
        "new.md": ("On Novelty", EntryState.READY),
        "gone.md": ("On Leaving", EntryState.VANISHED),
    }


def test_a_stopped_look_is_not_taken_up_again_by_itself(
    tmp_path: Path, library: Library, open_work: OpenWork, gated: GatedReader
) -> None:
    folder = tmp_path / "essays"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.md").write_bytes(essay(f"Essay {number}", str(number)))
    collection = library.create_collection("Mine")
    library.watch(collection.id, folder)
    library.use(collection.id)
    work = open_work(make_reader=lambda: contextlib.nullcontext(gated), look_s=0.02)
    assert gated.is_waiting.wait(_PATIENCE_S)
    work.stop()
    view = wait_for(work, lambda view: not view.is_running)
    assert "Stopped" in view.message
    assert len(library.entries(collection.id)) == 1
    gated.gate.set()
    work.sync()
    assert work.wait_until_idle(timeout_s=_PATIENCE_S)
    assert len(library.entries(collection.id)) == 3
    assert work.view().message == ""


def test_files_for_no_collection_are_refused_at_once(open_work: OpenWork, inbox: Inbox) -> None:
    with pytest.raises(LibraryError, match="'nowhere'"):
        open_work().start_add("nowhere", [uploaded("a.md", essay("On Mills"))])


def test_uploads_of_a_collection_that_is_gone_are_a_problem_in_words_and_kept_no_longer(
    open_work: OpenWork, inbox: Inbox
) -> None:
    inbox.release(inbox.keep("gone", [Upload(name="a.md", content=essay("On Mills"))]))
    work = open_work()
    view = wait_for(work, lambda view: bool(view.problem))
    assert "'gone'" in view.problem
    assert work.wait_until_idle(timeout_s=_PATIENCE_S)
    work.close()
    assert inbox.take_left() == ()


def test_new_essays_go_to_the_collection_in_use_but_never_to_the_built_in_one(
    library: Library,
) -> None:
    own = collection_for_new(library)
    assert own.name == OWN_NAME
    assert collection_for_new(library).id == own.id
    other = library.create_collection("Other")
    library.use(other.id)
    assert collection_for_new(library).id == other.id
