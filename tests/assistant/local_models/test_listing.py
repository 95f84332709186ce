from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import ModelListError
from assistant.local_models.listing import AddedModel, ModelList, Speed

ADDED = AddedModel(
    path=Path("/models/own.gguf"),
    sha256="ab" * 32,
    size_bytes=5,
    mtime_ns=7,
    added_at="2024-05-03T12:00:00+00:00",
)
SPEED = Speed(reading=80.5, writing=20.25, measured_at="2024-05-03T12:00:00+00:00")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "models.json"


def test_a_list_that_was_never_written_is_empty(path: Path) -> None:
    kept = ModelList(path)
    assert (kept.chosen(), kept.added(), kept.speeds()) == ("", (), {})
    assert not path.parent.exists()


def test_what_is_kept_is_found_by_another_list_of_the_same_file(path: Path) -> None:
    kept = ModelList(path)
    kept.add(ADDED)
    kept.choose("smollm2-135m")
    kept.keep_speed("smollm2-135m", SPEED)
    again = ModelList(path)
    assert (again.chosen(), again.added()) == ("smollm2-135m", (ADDED,))
    assert again.speeds() == {"smollm2-135m": SPEED}
    assert [each.name for each in path.parent.iterdir()] == ["models.json"]


def test_a_file_added_again_keeps_its_place_and_loses_the_speed_of_the_other(path: Path) -> None:
    kept = ModelList(path)
    other = replace(ADDED, path=Path("/models/other.gguf"))
    kept.add(ADDED)
    kept.add(other)
    kept.keep_speed(str(ADDED.path), SPEED)
    kept.add(replace(ADDED, mtime_ns=8))
    assert kept.speeds() == {str(ADDED.path): SPEED}
    now = replace(ADDED, sha256="cd" * 32)
    kept.add(now)
    assert kept.added() == (now, other)
    assert kept.speeds() == {}


def test_a_model_is_forgotten_with_its_speed_and_its_choice(path: Path) -> None:
    kept = ModelList(path)
    kept.add(ADDED)
    kept.choose(str(ADDED.path))
    kept.keep_speed(str(ADDED.path), SPEED)
    kept.forget(str(ADDED.path))
    assert (kept.chosen(), kept.added(), kept.speeds()) == ("", (), {})


def test_a_model_is_found_by_its_path_however_it_is_written(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = ModelList(path)
    kept.add(ADDED)
    monkeypatch.chdir("/")
    assert kept.find(Path("models/own.gguf")) == ADDED
    assert kept.find(Path("models/none.gguf")) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"[" * 100_000,
        b'{"version": 1}',
        b'{"version": 9, "chosen": "", "added": [], "speeds": {}}',
        b'{"version": 1, "chosen": 3, "added": [], "speeds": {}}',
        b'{"version": 1, "chosen": "", "added": [{"path": "x"}], "speeds": {}}',
        b'{"version": 1, "chosen": "", "added": [], "speeds": []}',
    ],
)
def test_a_damaged_list_is_an_error_that_says_what_to_do_and_is_not_written_over(
    path: Path, content: bytes
) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    kept = ModelList(path)
    with pytest.raises(ModelListError, match="Delete it to begin a new one"):
        kept.chosen()
    with pytest.raises(ModelListError):
        kept.choose("smollm2-135m")
    assert path.read_bytes() == content


def test_a_list_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelListError, match="cannot be"):
        ModelList(tmp_path / "file" / "models.json").choose("x")
