import contextlib
import hashlib
import re
import shutil
import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant import models
from assistant.errors import ModelError, ModelNotFoundError
from assistant.llm import LanguageModel
from assistant.local_models import shelf as model_shelf
from assistant.local_models import stock as model_stock
from assistant.local_models.listing import ModelList, Speed
from assistant.local_models.shelf import ModelShelf, ModelWork, WorkState
from assistant.models import CATALOGUE, CatalogueModel, LocatedModel, stamp_path
from assistant.settings import HOME_VARIABLE, Settings, load_settings
from tests.assistant.gguf_files import write_gguf
from tests.assistant.local_hub import LocalHub, stall_after, whole
from tests.fakes import FakeModel

SPEED = Speed(reading=80.0, writing=20.0, measured_at="2024-05-03T12:00:00+00:00")
PAYLOAD = bytes(range(256)) * 4096


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    hub = LocalHub(PAYLOAD)
    thread = threading.Thread(target=hub.serve_forever, args=(0.01,))
    thread.start()
    yield hub
    hub.may_go_on.set()
    hub.shutdown()
    hub.server_close()
    thread.join()


@pytest.fixture
def settings(tmp_path: Path, hub: LocalHub) -> Settings:
    home = {HOME_VARIABLE: str(tmp_path), "ESSAY_ASSISTANT_HUB": hub.url}
    return load_settings(model="smollm2-135m", environment=home)


@contextlib.contextmanager
def lend(cancelled: threading.Event) -> Iterator[LanguageModel]:
    yield FakeModel()


@pytest.fixture
def shelf(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelShelf]:
    """Return the shelf of a catalogue in which the small model is the hub's payload."""
    digest = hashlib.sha256(PAYLOAD).hexdigest()
    small = replace(CATALOGUE[-1], sha256=digest, size_bytes=len(PAYLOAD))
    find = models.find_model

    def find_small(
        name: str, *, models_dir: Path, catalogue: Iterable[CatalogueModel] = (small,)
    ) -> LocatedModel:
        return find(name, models_dir=models_dir, catalogue=catalogue)

    monkeypatch.setattr(model_shelf, "find_model", find_small)
    monkeypatch.setattr(model_stock, "find_model", find_small)
    shelf = ModelShelf(settings, lend=lend)
    yield shelf
    shelf.close()


def wait(shelf: ModelShelf) -> ModelWork:
    thread = shelf._thread
    assert thread is not None
    thread.join(20)
    return shelf.work()


def test_a_model_is_fetched_with_progress_stopped_and_gone_on_with(
    shelf: ModelShelf, hub: LocalHub, settings: Settings
) -> None:
    hub.behaviours = [stall_after(300_000), whole]
    shelf.fetch("smollm2-135m")
    while shelf.work().fraction == 0.0:
        assert shelf.work().is_running
        threading.Event().wait(0.005)
    with pytest.raises(ModelError, match="'smollm2-135m' is still under way"):
        shelf.fetch("smollm2-135m")
    shelf.stop()
    assert wait(shelf).state is WorkState.STOPPED
    shelf.fetch("smollm2-135m")
    work = wait(shelf)
    assert (work.state, work.model) == (WorkState.DONE, "smollm2-135m")
    assert "is here and verified" in work.message
    assert re.fullmatch(r"bytes=[1-9]\d*-", hub.ranges[-1])
    assert (settings.models_dir / CATALOGUE[-1].file_name).read_bytes() == PAYLOAD


def test_nothing_is_fetched_offline(settings: Settings, hub: LocalHub) -> None:
    with pytest.raises(ModelError, match="--offline"):
        ModelShelf(replace(settings, is_offline=True), lend=lend).fetch("smollm2-135m")
    assert hub.paths == []


def test_a_file_is_added_with_its_digest_and_taken_off_untouched(
    shelf: ModelShelf, settings: Settings, tmp_path: Path
) -> None:
    path = write_gguf(tmp_path / "own.gguf")
    shelf.add(f" '{path}' ")
    assert wait(shelf) == ModelWork(
        model=str(path), state=WorkState.DONE, message="own.gguf was added."
    )
    (added,) = ModelList(settings.model_list_path).added()
    assert added.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    stocked = shelf.stock(in_use="")[-1]
    assert (stocked.name, stocked.licence, stocked.is_verified) == (str(path), "mit", True)
    assert stocked.need is not None
    shelf.remove(str(path))
    assert ModelList(settings.model_list_path).added() == ()
    assert path.exists()


@pytest.mark.parametrize("path", ["", "  ", "/no/such.gguf"])
def test_a_path_that_is_no_file_is_refused_at_once(shelf: ModelShelf, path: str) -> None:
    with pytest.raises(ModelNotFoundError, match="There is no file"):
        shelf.add(path)


def test_a_file_that_is_no_model_is_not_added(
    shelf: ModelShelf, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "essay.gguf").write_text("An essay.", encoding="utf-8")
    shelf.add(str(tmp_path / "essay.gguf"))
    work = wait(shelf)
    assert work.state is WorkState.FAILED
    assert "no GGUF file" in work.message
    assert ModelList(settings.model_list_path).added() == ()


def test_a_speed_is_measured_with_the_model_that_is_lent_and_kept(
    shelf: ModelShelf, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_shelf, "measure_speed", lambda *args, **kwargs: SPEED)
    shelf.measure("smollm2-135m")
    assert wait(shelf).state is WorkState.DONE
    assert ModelList(settings.model_list_path).speeds() == {"smollm2-135m": SPEED}


def test_a_model_is_deleted_with_what_was_known_of_it(
    shelf: ModelShelf, settings: Settings
) -> None:
    shelf.fetch("smollm2-135m")
    wait(shelf)
    path = settings.models_dir / CATALOGUE[-1].file_name
    ModelList(settings.model_list_path).keep_speed("smollm2-135m", SPEED)
    shelf.delete("smollm2-135m")
    assert not path.exists()
    assert not stamp_path(path).exists()
    assert ModelList(settings.model_list_path).speeds() == {}
    with pytest.raises(ModelNotFoundError, match="not on this machine"):
        shelf.delete("smollm2-135m")


def test_what_was_not_added_is_neither_removed_nor_deleted(
    shelf: ModelShelf, tmp_path: Path
) -> None:
    path = write_gguf(tmp_path / "own.gguf")
    with pytest.raises(ModelNotFoundError, match="was not added"):
        shelf.remove(str(path))
    with pytest.raises(ModelNotFoundError, match="no model of the catalogue"):
        shelf.delete(str(path))
    assert path.exists()


def test_work_ends_with_the_shelf(shelf: ModelShelf, hub: LocalHub) -> None:
    hub.behaviours = [stall_after(1000)]
    shelf.fetch("smollm2-135m")
    shelf.close()
    assert not shelf.work().is_running
    shelf.fetch("smollm2-135m")
    assert not shelf.work().is_running


def test_a_file_in_use_that_is_not_in_the_list_stands_at_the_end(
    shelf: ModelShelf, tmp_path: Path
) -> None:
    path = write_gguf(tmp_path / "own.gguf")
    stocked = shelf.stock(in_use=str(path))[-1]
    assert (stocked.name, stocked.added, stocked.is_verified) == (str(path), None, False)
    shutil.move(path, tmp_path / "moved.gguf")
    assert not shelf.stock(in_use=str(path))[-1].is_present
