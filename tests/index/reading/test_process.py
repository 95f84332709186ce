"""The reading process from the app's side, with a child that keeps to the messages or does not."""

import sys
import threading
import time
from collections.abc import Iterator

import psutil
import pytest

from index.errors import EssayError, StoppedReadingError
from index.reading.limits import ReadingLimits
from index.reading.process import ReadEssay, ReadingProcess
from index.reading.steps import Step
from tests.index.reading.fake_reader import make_command
from tests.index.reading.hostile import ESSAY

LIMITS = ReadingLimits(
    max_file_bytes=2_000_000, max_cpu_s=0.3, max_wall_s=1.5, max_memory_bytes=150_000_000
)
MAX_STOP_S = 0.5


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    return make_command(tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="module")
def reader(command: tuple[str, ...], others: None) -> Iterator[ReadingProcess]:
    with ReadingProcess(limits=LIMITS, command=command) as process:
        yield process


def read(reader: ReadingProcess, name: str, content: bytes = ESSAY.encode()) -> ReadEssay:
    return reader.read(name, content, cancelled=threading.Event())


OTHERS: set[psutil.Process] = set()
"""Processes that tests before these left running for those after them."""


@pytest.fixture(scope="module", autouse=True)
def others() -> None:
    OTHERS.update(psutil.Process().children(recursive=True))


def family() -> list[psutil.Process]:
    """Return the processes started here, and those that they have started."""
    return [one for one in psutil.Process().children(recursive=True) if one not in OTHERS]


def test_an_essay_comes_with_the_name_and_number_that_it_has_here(reader: ReadingProcess) -> None:
    essay = read(reader, "Of harbours.txt")
    assert essay.document.name == "Of harbours.txt"
    assert essay.document.text == ESSAY
    assert essay.document.id != "made up"
    assert essay.segment.passages(essay.document)


def test_one_process_reads_many_files(reader: ReadingProcess) -> None:
    read(reader, "a.txt")
    before = {process.pid for process in family()}
    for name in ("b.txt", "c.txt"):
        read(reader, name)
    assert {process.pid for process in family()} == before


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("crash", "with status 3, saying 'the pages are upside down'"),
        ("burn", "longer than the 0.3 seconds"),
        ("sleep", "longer than"),
        ("gobble", "more than the 150 MB"),
        ("gobble in a child", "more than the 150 MB"),
        ("long line", "cut off or longer"),
        ("no message", "not accepted: 'nowhere'"),
        ("deep", "is not JSON"),
        ("endless", "announces"),
        ("headings outside", "not in its text"),
        ("pages backwards", "not in its text"),
        ("other segment", "not in its text"),
        ("damaged segment", "not those that were written"),
        ("no text", "what is no essay"),
    ],
)
def test_what_a_file_does_to_the_process_is_a_reason_and_the_next_file_is_read(
    reader: ReadingProcess, name: str, reason: str
) -> None:
    with pytest.raises(EssayError, match=reason):
        read(reader, name)
    assert read(reader, "next.txt").document.text == ESSAY


def test_what_a_lost_process_had_started_ends_with_it(reader: ReadingProcess) -> None:
    with pytest.raises(EssayError, match="status 3"):
        read(reader, "leave a child")
    assert not family()


def test_a_process_that_was_lost_between_two_files_costs_neither(reader: ReadingProcess) -> None:
    read(reader, "die afterwards")
    assert read(reader, "next.txt").document.text == ESSAY


@pytest.mark.parametrize("name", ["burn", "sleep", "slow to take"])
def test_a_stop_takes_effect_at_once(reader: ReadingProcess, name: str) -> None:
    read(reader, "a.txt")  # so that the process has started
    cancelled = threading.Event()
    began: list[float] = []

    def stop() -> None:
        began.append(time.monotonic())
        cancelled.set()

    timer = threading.Timer(0.2, stop)
    timer.start()
    with pytest.raises(StoppedReadingError):
        reader.read(name, b"x" * 1_000_000, cancelled=cancelled)
    assert time.monotonic() - began[0] < MAX_STOP_S
    timer.join()
    assert not family()


def test_a_stop_before_the_file_starts_nothing(command: tuple[str, ...]) -> None:
    stopped = threading.Event()
    stopped.set()
    before = family()
    with ReadingProcess(command=command) as reader, pytest.raises(StoppedReadingError):
        reader.read("a.txt", ESSAY.encode(), cancelled=stopped)
    assert family() == before


def test_a_file_that_is_too_large_starts_nothing(command: tuple[str, ...]) -> None:
    before = family()
    with (
        ReadingProcess(limits=LIMITS, command=command) as reader,
        pytest.raises(EssayError, match="2,000,001 bytes; a file may have 2,000,000 at most"),
    ):
        read(reader, "a.txt", b"x" * 2_000_001)
    assert family() == before


def test_files_of_two_threads_take_turns(reader: ReadingProcess) -> None:
    names: list[str] = []
    threads = [
        threading.Thread(target=lambda n=n: names.append(read(reader, f"{n}.txt").document.name))
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(names) == ["0.txt", "1.txt", "2.txt", "3.txt"]


def test_a_file_that_waits_for_its_turn_can_be_stopped(reader: ReadingProcess) -> None:
    is_under_way = threading.Event()
    first, second = threading.Event(), threading.Event()

    def keep_busy() -> None:
        with pytest.raises(StoppedReadingError):
            reader.read("sleep", b"", on_step=lambda step: is_under_way.set(), cancelled=first)

    thread = threading.Thread(target=keep_busy)
    thread.start()
    assert is_under_way.wait(10)
    second.set()
    with pytest.raises(StoppedReadingError):
        reader.read("a.txt", b"", cancelled=second)
    first.set()
    thread.join()


def test_closing_ends_what_is_under_way(command: tuple[str, ...]) -> None:
    reader = ReadingProcess(command=command)
    with pytest.raises(StoppedReadingError, match="closed"):
        reader.read("sleep", b"", on_step=lambda step: reader.close(), cancelled=threading.Event())
    reader.close()
    with pytest.raises(StoppedReadingError, match="closed"):
        read(reader, "a.txt")


def test_a_listener_that_fails_leaves_no_process_at_its_file(reader: ReadingProcess) -> None:
    def fail(step: Step) -> None:
        raise KeyError(step)

    with pytest.raises(KeyError):
        reader.read("sleep", b"", on_step=fail, cancelled=threading.Event())
    assert read(reader, "next.txt").document.text == ESSAY


@pytest.mark.parametrize(
    "missing",
    [("/nowhere/at-all",), (sys.executable, "-c", "raise SystemExit(4)")],
    ids=["missing", "ends"],
)
def test_a_process_that_cannot_start_is_an_error_in_words(missing: tuple[str, ...]) -> None:
    with (
        ReadingProcess(command=missing) as reader,
        pytest.raises(EssayError, match="cannot be started"),
    ):
        read(reader, "a.txt")
