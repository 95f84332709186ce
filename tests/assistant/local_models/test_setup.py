import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import (
    ModelChangedError,
    ModelFileError,
    ModelLoadError,
    ModelMemoryError,
    ModelNotFoundError,
    StoppedError,
)
from assistant.local_models.digests import record_file
from assistant.local_models.fetching import FetchProgress
from assistant.local_models.listing import ModelList
from assistant.local_models.setup import (
    ModelState,
    ModelStatus,
    describe_fetch,
    locate_model,
    prepare_model,
)
from assistant.models import CATALOGUE, write_stamp
from assistant.settings import HOME_VARIABLE, Settings, load_settings
from tests.assistant.gguf_files import LLAMA, write_gguf

_SMALLEST = min(CATALOGUE, key=lambda model: model.size_bytes)


def make_settings(tmp_path: Path, model: str = _SMALLEST.id) -> Settings:
    return load_settings(model=model, offline=True, environment={HOME_VARIABLE: str(tmp_path)})


def locate(settings: Settings, shown: list[ModelStatus] | None = None) -> tuple[Path, str]:
    statuses = [] if shown is None else shown
    return locate_model(settings, on_status=statuses.append, cancelled=threading.Event())


def make_file_of_the_right_size(settings: Settings) -> Path:
    settings.models_dir.mkdir(parents=True)
    path = settings.models_dir / _SMALLEST.file_name
    with path.open("wb") as file:
        file.truncate(_SMALLEST.size_bytes)
    return path


def test_a_missing_model_is_not_fetched_offline_and_the_reader_is_told_what_to_do(
    tmp_path: Path,
) -> None:
    with pytest.raises(ModelNotFoundError, match=f"assistant models fetch {_SMALLEST.id}"):
        locate(make_settings(tmp_path))
    assert not (tmp_path / "models").exists()


def test_a_verified_model_is_used_without_being_read_again(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    path = make_file_of_the_right_size(settings)
    write_stamp(path, _SMALLEST)
    shown: list[ModelStatus] = []
    assert locate(settings, shown) == (path, _SMALLEST.id)
    assert shown == []


def test_a_file_that_only_looks_like_the_model_is_refused_and_kept(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    path = make_file_of_the_right_size(settings)
    shown: list[ModelStatus] = []
    with pytest.raises(ModelNotFoundError, match="SHA-256"):
        locate(settings, shown)
    assert path.exists()
    assert shown[-1].fraction == 1.0
    assert {status.state for status in shown} == {ModelState.LOADING}


def test_a_check_can_be_stopped(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    make_file_of_the_right_size(settings)
    cancelled = threading.Event()
    cancelled.set()
    with pytest.raises(StoppedError):
        locate_model(settings, on_status=lambda status: None, cancelled=cancelled)


def test_a_model_given_by_path_is_used_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "own.gguf"
    path.write_bytes(b"GGUF")
    assert locate(make_settings(tmp_path, str(path))) == (path, "own.gguf")


def test_a_model_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError, match="'no-such-model'"):
        locate(make_settings(tmp_path, "no-such-model"))


def prepare(settings: Settings, shown: list[ModelStatus]) -> None:
    prepare_model(settings, on_status=shown.append, cancelled=threading.Event()).close()


def test_a_file_that_is_no_model_is_refused_before_a_process_is_started(tmp_path: Path) -> None:
    path = tmp_path / "own.gguf"
    path.write_bytes(b"GGUF, or so it says")
    shown: list[ModelStatus] = []
    with pytest.raises(ModelFileError, match=r"'own\.gguf' is no model"):
        prepare(make_settings(tmp_path, str(path)), shown)
    assert shown == []


def test_a_file_without_weights_is_refused_after_its_process_ended(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "own.gguf")
    shown: list[ModelStatus] = []
    with pytest.raises(ModelLoadError, match=r"own\.gguf"):
        prepare(make_settings(tmp_path, str(path)), shown)
    assert shown[0].state is ModelState.LOADING


@pytest.fixture
def huge(tmp_path: Path) -> Path:
    """Return a file whose model keeps more for its context than any machine has memory."""
    wide = {"llama.attention.key_length": 1 << 20, "llama.block_count": 1024}
    return write_gguf(tmp_path / "huge.gguf", {**LLAMA, **wide})


def test_too_little_memory_is_said_before_anything_is_loaded(tmp_path: Path, huge: Path) -> None:
    shown: list[ModelStatus] = []
    with pytest.raises(ModelMemoryError, match=r"'huge\.gguf' needs about .* TB of memory"):
        prepare(make_settings(tmp_path, str(huge)), shown)
    assert shown == []


def test_it_is_loaded_anyway_if_the_settings_say_so(tmp_path: Path, huge: Path) -> None:
    settings = replace(make_settings(tmp_path, str(huge)), load_anyway=True)
    with pytest.raises(ModelLoadError):
        prepare(settings, [])


def test_a_file_that_changed_since_it_was_added_is_refused_in_words(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "own.gguf")
    settings = make_settings(tmp_path, str(path))
    added = record_file(path, cancelled=threading.Event())
    ModelList(settings.model_list_path).add(added)
    assert locate(settings)[0] == path
    write_gguf(path, rest=b"more")
    with pytest.raises(ModelChangedError, match="not the file that was added") as caught:
        locate(settings)
    assert caught.value.found.path == path


def test_a_file_that_was_only_touched_is_read_once_and_then_known_again(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "own.gguf")
    settings = make_settings(tmp_path, str(path))
    ModelList(settings.model_list_path).add(record_file(path, cancelled=threading.Event()))
    os.utime(path, ns=(1, 1))
    shown: list[ModelStatus] = []
    locate(settings, shown)
    assert {status.message for status in shown} == {"Checking the model's file"}
    shown.clear()
    locate(settings, shown)
    assert shown == []


@pytest.mark.parametrize(
    ("speed", "left", "words"),
    [
        (0.0, None, "x: downloading, 10 of 98 MB"),
        (2e6, 44.2, "x: downloading, 10 of 98 MB, 2.0 MB/s, 44 s left"),
        (1.5e6, 90.0, "x: downloading, 10 of 98 MB, 1.5 MB/s, 1 min 30 s left"),
    ],
    ids=["unknown", "seconds", "minutes"],
)
def test_a_fetch_is_described_with_amount_speed_and_time_left(
    speed: float, left: float | None, words: str
) -> None:
    progress = FetchProgress(
        bytes_done=10_000_000,
        bytes_total=98_362_432,
        bytes_per_s=speed,
        seconds_left=left,
        source="downloading",
    )
    assert describe_fetch(_SMALLEST, progress) == words.replace("x:", f"{_SMALLEST.id}:")
