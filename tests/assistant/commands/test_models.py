"""The commands about models, as a reader runs them."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.commands import models as cli_models
from assistant.local_models.listing import Speed
from assistant.models import CATALOGUE
from assistant.settings import HOME_VARIABLE
from tests.assistant.gguf_files import write_gguf
from tests.assistant.local_models.test_keeper import ClosableFake

Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return write_gguf(tmp_path / "own.gguf")


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Run ``assistant models`` in this process; give its status, output and notices."""
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        status = main(["models", *map(str, arguments)])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return call


def listed(cli: Cli) -> dict[str, dict[str, object]]:
    return {row["id"]: row for row in json.loads(cli("list", "--json")[1])}


def test_the_list_says_what_each_model_needs_and_what_the_machine_has(cli: Cli) -> None:
    status, out, _ = cli("list")
    assert status == 0
    assert "needs 1.6 GB of memory  Apache-2.0  not fetched, default, chosen" in out
    assert "of memory, " in out.splitlines()[-1]
    assert [row["memory_bytes"] for row in listed(cli).values()] == sorted(
        (int(str(row["memory_bytes"])) for row in listed(cli).values()), reverse=True
    )


def test_a_file_is_added_listed_used_and_removed_untouched(cli: Cli, own: Path) -> None:
    status, out, _ = cli("add", own)
    assert status == 0
    assert "SHA-256" in out
    row = listed(cli)[str(own)]
    assert (row["is_added"], row["is_verified"], row["licence"]) == (True, True, "mit")
    assert cli("use", own)[0] == 0
    assert listed(cli)[str(own)]["is_chosen"]
    assert cli("check")[0] == 0
    assert cli("remove", own)[0] == 0
    assert str(own) not in listed(cli)
    assert listed(cli)[CATALOGUE[0].id]["is_chosen"]
    assert own.exists()


def test_a_check_finds_a_file_that_has_changed_and_adding_it_again_accepts_it(
    cli: Cli, own: Path
) -> None:
    cli("add", own)
    write_gguf(own, rest=b"more")
    assert "here, written to since it was added" in cli("list")[1]
    status, out, _ = cli("check")
    assert status == 1
    assert "changed: 'own.gguf' is not the file that was added" in out
    cli("add", own)
    assert cli("check")[0] == 0


def test_a_file_that_is_gone_can_still_be_removed(cli: Cli, own: Path) -> None:
    cli("add", own)
    own.unlink()
    assert "missing" in cli("list")[1]
    assert cli("remove", own)[0] == 0


def test_a_model_chosen_before_it_is_fetched_is_said_to_come_later(cli: Cli) -> None:
    status, out, _ = cli("use", "smollm2-135m")
    assert status == 0
    assert "fetched at the next start" in out


def test_a_fetched_model_is_deleted_only_when_that_is_said(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "home" / "models" / CATALOGUE[-1].file_name
    path.parent.mkdir(parents=True)
    path.write_bytes(b"GGUF")
    status, _, err = cli("remove", CATALOGUE[-1].id)
    assert status == 2
    assert "--delete" in err
    assert path.exists()
    assert cli("remove", CATALOGUE[-1].id, "--delete")[0] == 0
    assert not path.exists()


@pytest.mark.parametrize("action", ["add", "use", "remove"])
def test_what_is_no_model_is_bad_input(cli: Cli, action: str) -> None:
    status, _, err = cli(action, "nobody.gguf")
    assert status == 2
    assert "nobody.gguf" in err


def test_a_speed_is_measured_printed_and_kept(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    # A real measurement takes ten seconds and the load of a model; test_model_speed.py has one.
    speed = Speed(reading=80.0, writing=20.0, measured_at="2024-05-03T12:00:00+00:00")
    model = ClosableFake()
    monkeypatch.setattr(cli_models, "prepare_model", lambda *args, **kwargs: model)
    monkeypatch.setattr(cli_models, "measure_speed", lambda *args, **kwargs: speed)
    status, out, _ = cli("speed", "smollm2-135m")
    assert status == 0
    assert out.startswith("smollm2-135m reads 80 and writes 20 tokens a second")
    assert model.is_closed
    assert listed(cli)["smollm2-135m"]["speed"] == asdict(speed)
