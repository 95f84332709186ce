"""What is kept of the instructions: found again as it was written, or not at all."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.inference.engine import Engine
from assistant.inference.kept_heads import MAX_KEPT, KeptHeads
from assistant.llm import Message
from tests.assistant.toy_backend import ToyBackend

TOKENS = (5, 6, 7)
STATE = memoryview(bytes(range(200)))
HEAD = [Message(role="system", content="Be brief."), Message(role="user", content="Extracts: ")]
QUESTION = [HEAD[0], Message(role="user", content="Extracts: A mill. Who built it?")]


def test_what_was_kept_is_found_by_the_same_model_and_tokens_only(tmp_path: Path) -> None:
    KeptHeads(tmp_path / "heads", model="a").keep(TOKENS, STATE)
    same = KeptHeads(tmp_path / "heads", model="a")
    assert same.find(TOKENS) == STATE
    assert same.find((*TOKENS, 8)) is None
    assert same.find(TOKENS[:2]) is None
    assert KeptHeads(tmp_path / "heads", model="b").find(TOKENS) is None


@pytest.mark.parametrize(
    "harm",
    [
        lambda content: b"",
        lambda content: content[:32],
        lambda content: content[:-1],
        lambda content: content + b"\0",
        lambda content: content[:31] + bytes([content[31] ^ 1]) + content[32:],
        lambda content: content[:100] + bytes([content[100] ^ 16]) + content[101:],
    ],
    ids=["empty", "digest only", "cut", "longer", "other digest", "a flipped bit"],
)
def test_a_damaged_file_is_not_used_and_is_written_anew(
    tmp_path: Path, harm: Callable[[bytes], bytes]
) -> None:
    heads = KeptHeads(tmp_path, model="a")
    heads.keep(TOKENS, STATE)
    (path,) = tmp_path.iterdir()
    path.write_bytes(harm(path.read_bytes()))
    assert heads.find(TOKENS) is None
    heads.keep(TOKENS, STATE)
    assert heads.find(TOKENS) == STATE


def test_a_file_under_the_name_of_another_is_not_used(tmp_path: Path) -> None:
    for model in "ab":
        KeptHeads(tmp_path, model=model).keep(TOKENS, STATE)
    first, second = tmp_path.iterdir()
    second.write_bytes(first.read_bytes())
    found = [KeptHeads(tmp_path, model=model).find(TOKENS) for model in "ab"]
    assert sorted(one is None for one in found) == [False, True]


def test_those_used_longest_ago_make_room_and_what_was_left_unfinished_too(tmp_path: Path) -> None:
    heads = [KeptHeads(tmp_path, model=str(number)) for number in range(MAX_KEPT + 1)]
    unfinished = tmp_path / "of-a-crash.part"
    unfinished.touch()
    os.utime(unfinished, (0, 0))
    for number, one in enumerate(heads[:-1]):
        one.keep(TOKENS, STATE)
        for path in tmp_path.glob("*.head"):
            if path.stat().st_mtime > 1e9:
                os.utime(path, (number + 1, number + 1))
    assert not unfinished.exists()
    (tmp_path / "being-written.part").touch()
    assert heads[0].find(TOKENS) == STATE  # used again, so the second is now the oldest
    heads[-1].keep(TOKENS, STATE)
    assert (tmp_path / "being-written.part").exists()
    assert [one.find(TOKENS) is None for one in heads] == [False, True, False, False, False]


def test_a_folder_that_cannot_be_written_costs_time_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "heads").touch()
    heads = KeptHeads(tmp_path / "heads", model="a")
    heads.keep(TOKENS, STATE)
    assert heads.find(TOKENS) is None
    assert "cannot be kept" in capsys.readouterr().err


def test_nothing_is_kept_of_what_cannot_be_put_back(tmp_path: Path) -> None:
    KeptHeads(tmp_path / "heads", model="a").keep(TOKENS, memoryview(b""))
    assert not (tmp_path / "heads").exists()


def warm(folder: Path, backend: ToyBackend) -> tuple[Engine, list[float]]:
    told: list[float] = []
    heads = KeptHeads(folder, model=backend.fingerprint)
    engine = Engine(backend, is_cancelled=lambda: False, heads=heads)
    engine.warm(HEAD, on_progress=told.append)
    return engine, told


def write(engine: Engine) -> tuple[str, int]:
    pieces = list(engine.generate(QUESTION, prefix="", stop=(), max_tokens=12))
    return "".join(piece.text for piece in pieces), pieces[-1].usage.evaluated


def test_the_next_start_evaluates_nothing_of_it_and_answers_the_same(tmp_path: Path) -> None:
    first, told = warm(tmp_path, ToyBackend())
    assert told
    backend = ToyBackend()
    second, told = warm(tmp_path, backend)
    assert not told
    assert not backend.batches
    assert write(second) == write(first)


def test_what_the_model_does_not_take_back_is_evaluated(tmp_path: Path) -> None:
    first, _ = warm(tmp_path, ToyBackend())
    backend = ToyBackend()
    backend.restores = False
    second, told = warm(tmp_path, backend)
    assert told
    assert write(second) == write(first)
