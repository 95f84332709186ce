import re
import sys
import threading
from pathlib import Path

import pytest

from assistant.errors import ModelFileError, ModelMemoryError
from assistant.inference.process import ModelProcess
from assistant.llm import Message
from assistant.local_models.files import read_header
from assistant.local_models.memory import (
    MachineMemory,
    MemoryNeed,
    ModelShape,
    estimate_file,
    read_machine_memory,
    read_shape,
    require_memory,
)
from assistant.local_models.stock import CATALOGUE_SHAPES
from assistant.models import CATALOGUE, CatalogueModel
from assistant.settings import load_settings
from tests.assistant.gguf_files import LLAMA, Entry, write_gguf
from tests.machine import require_model

NEED = MemoryNeed(weights=600, cache=200, work=100, rest=100)


def shape_of(path: Path, values: dict[str, Entry]) -> ModelShape:
    return read_shape(read_header(write_gguf(path, values)))


def test_a_shape_is_told_from_the_header(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "m.gguf")
    assert read_shape(read_header(path)) == ModelShape(
        file_bytes=path.stat().st_size,
        cache_floats=2 * 2 * (16 + 16),
        n_tokens=3,
        n_vocabulary_items=4,
        context_tokens=4096,
    )


@pytest.mark.parametrize(
    ("changes", "cache_floats"),
    [
        ({"llama.attention.head_count_kv": [1, 3]}, 4 * (16 + 16)),
        ({"llama.attention.key_length": 32, "llama.attention.value_length": 8}, 4 * (32 + 8)),
        ({"llama.attention.head_count": 0, "llama.attention.head_count_kv": 0}, 0),
    ],
    ids=["heads by block", "widths of its own", "no attention"],
)
def test_the_cache_follows_the_heads(
    tmp_path: Path, changes: dict[str, Entry], cache_floats: int
) -> None:
    assert shape_of(tmp_path / "m.gguf", {**LLAMA, **changes}).cache_floats == cache_floats


def test_without_a_word_on_it_every_head_has_keys_of_its_own(tmp_path: Path) -> None:
    values = {key: one for key, one in LLAMA.items() if not key.endswith("head_count_kv")}
    assert shape_of(tmp_path / "m.gguf", values).cache_floats == 2 * 4 * (16 + 16)


@pytest.mark.parametrize(
    ("key", "entry"),
    [
        ("general.architecture", ""),
        ("llama.block_count", 0),
        ("llama.block_count", 4_000_000_000),
        ("llama.block_count", "two"),
        ("llama.block_count", True),
        ("llama.embedding_length", 4_000_000_000),
        ("llama.attention.head_count", [1, 2, 3]),
        ("llama.attention.head_count_kv", 4_000_000_000),
        ("llama.context_length", 0),
    ],
)
def test_what_cannot_be_is_an_error_in_words(tmp_path: Path, key: str, entry: Entry) -> None:
    with pytest.raises(ModelFileError, match="The header"):
        shape_of(tmp_path / "m.gguf", {**LLAMA, key: entry})


def test_too_little_memory_is_said_with_what_is_needed_and_what_there_is() -> None:
    machine = MachineMemory(total=4_000_000_000, available=999)
    with pytest.raises(ModelMemoryError, match=r"'big' needs about 0 MB.*load it anyway") as caught:
        require_memory("big", NEED, machine)
    assert caught.value.needed_bytes == 1000
    assert "4.0 GB" in str(caught.value)


def test_enough_memory_is_enough() -> None:
    require_memory("big", NEED, MachineMemory(total=2000, available=1000))


def test_the_machine_has_memory() -> None:
    machine = read_machine_memory()
    assert 0 < machine.available <= machine.total


@pytest.mark.parametrize("model", CATALOGUE, ids=lambda model: model.id)
def test_the_shapes_of_the_catalogue_are_those_of_the_files_here(model: CatalogueModel) -> None:
    path = load_settings().models_dir / model.file_name
    assert CATALOGUE_SHAPES[model.id].file_bytes == model.size_bytes
    if path.is_file() and path.stat().st_size == model.size_bytes:
        assert read_shape(read_header(path)) == CATALOGUE_SHAPES[model.id]


@pytest.mark.model
@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells the peak of a process")
def test_the_estimate_is_near_the_peak_of_the_models_process() -> None:
    path = require_model("smollm2-135m")
    never = threading.Event()
    with ModelProcess(path) as model:
        model.start(cancelled=never)
        question = [Message(role="user", content="Count. " * 200)]
        for _ in model.generate(question, prefix="", stop=(), max_tokens=4, cancelled=never):
            pass
        child = model._child
        assert child is not None
        status = Path(f"/proc/{child._process.pid}/status").read_text()
    match = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert match is not None
    assert 0.85 < int(match[1]) * 1024 / estimate_file(path).needed < 1.15
