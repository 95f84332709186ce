"""The commands about the library, in this process; one of them as a process that is interrupted."""

import json
import signal
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.settings import DEFAULT_ESSAYS, ESSAYS_VARIABLE, HOME_VARIABLE
from tests.assistant.test_cli import COMMAND, make_environment
from tests.index.essays import PROSE


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    status: int
    out: str
    err: str


Assistant = Callable[..., Printed]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def assistant(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Assistant:
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    monkeypatch.delenv(ESSAYS_VARIABLE, raising=False)

    def run(*arguments: str | Path) -> Printed:
        status = main(["library", *map(str, arguments)])
        printed = capsys.readouterr()
        return Printed(status=status, out=printed.out, err=printed.err)

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with two essays, one in a subfolder."""
    folder = tmp_path / "essays"
    (folder / "north").mkdir(parents=True)
    (folder / "mill.md").write_text(f"# On Mills\n\nby Jonas Pell\n\n{PROSE}\n")
    (folder / "north" / "bridge.txt").write_text(f"On Bridges\n\n{PROSE} It had one bridge.\n")
    return folder


def listed(assistant: Assistant, *arguments: str) -> Sequence[dict[str, object]]:
    printed = assistant("list", "--json", *arguments)
    assert printed.status == 0, printed.err
    entries: Sequence[dict[str, object]] = json.loads(printed.out)["entries"]
    return entries


def test_essays_are_added_listed_removed_and_restored(assistant: Assistant, folder: Path) -> None:
    added = assistant("add", folder)
    assert added.status == 0
    assert added.out == "My essays: 2 essays\n"
    assert "mill.md: added" in added.err
    assert "2 files: 2 added, 0 unchanged, 0 not added" in added.err
    assert "'My essays' is now in use" in added.err
    assert [(one["name"], one["state"]) for one in listed(assistant)] == [
        ("mill.md", "ready"),
        ("north/bridge.txt", "ready"),
    ]
    again = assistant("add", folder)
    assert again.status == 0
    assert "0 added, 2 unchanged" in again.err

    assert assistant("remove", "mill.md").out == "mill.md: removed\n"
    assert [one["name"] for one in listed(assistant)] == ["north/bridge.txt"]
    assert assistant("remove", "--undo").out == "mill.md: restored\n"
    assert len(listed(assistant)) == 2


def test_a_file_that_cannot_be_used_is_named_and_harms_no_other(
    assistant: Assistant, folder: Path
) -> None:
    (folder / "blank.md").write_text("")
    added = assistant("add", folder)
    assert added.status == 2
    assert "blank.md: not added, it is empty" in added.err
    assert added.out == "My essays: 2 essays\n"
    assert "blank.md\n    not added: it is empty" in assistant("list").out


def test_a_watched_folder_is_followed_by_each_command_that_opens_the_essays(
    assistant: Assistant, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert assistant("add", "--watch", folder).status == 0
    (folder / "new.md").write_text(f"# New\n\n{PROSE} It was new then.\n")
    assert main(["essays"]) == 0
    assert "new.md" in capsys.readouterr().out
    assert f"watches {folder}" in assistant("collections").out
    assert assistant("unwatch", folder).status == 0
    (folder / "later.md").write_text(f"# Later\n\n{PROSE} It was late.\n")
    assert main(["essays"]) == 0
    assert "later.md" not in capsys.readouterr().out


def test_a_collection_is_made_used_renamed_and_listed(assistant: Assistant, folder: Path) -> None:
    assert assistant("add", folder / "mill.md", "--collection", "Thesis").status == 0
    assert listed(assistant, "--collection", "Thesis")[0]["title"] == "On Mills"
    assert assistant("use", "Thesis").out == "Thesis: in use\n"
    assert assistant("rename", "Thesis", "Dissertation").status == 0
    assert assistant("create", "Other").status == 0
    lines = assistant("collections").out.splitlines()
    assert "Dissertation: 1 essay, in use" in lines
    assert "Other: 0 essays" in lines
    rows = json.loads(assistant("collections", "--json").out)
    assert [one["is_in_use"] for one in rows if one["name"] == "Dissertation"] == [True]


def test_the_essays_that_come_with_the_assistant_are_listed_at_the_first_start(
    assistant: Assistant,
) -> None:
    assert {one["name"] for one in listed(assistant)} == {
        path.name for path in DEFAULT_ESSAYS.glob("*.md")
    }


def test_a_correction_is_listed(assistant: Assistant, folder: Path) -> None:
    assistant("add", folder)
    assert assistant("correct", "mill.md", "--author", "Agnes Lind").status == 0
    assert listed(assistant)[0]["author"] == "Agnes Lind"


def test_a_damaged_index_is_found_by_a_check_and_made_anew(
    assistant: Assistant, folder: Path, home: Path
) -> None:
    assistant("add", folder)
    checked = assistant("check")
    assert (checked.status, checked.out) == (0, "The library is as it was written.\n")
    part = next(path for path in sorted((home / "library" / "index").rglob("*")) if path.is_file())
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 1
    part.write_bytes(content)
    found = assistant("check")
    assert found.status == 1
    assert json.loads(assistant("check", "--json").out)[0]["is_derived"]
    assert assistant("rebuild").out == "My essays: 2 essays indexed anew\n"
    assert assistant("check").status == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["add", "{tmp}/gone.md"], ["no file or folder", "gone.md"]),
        (["add", "{tmp}/a.md", "--watch"], ["is no folder"]),
        (["list", "--collection", "Gone"], ["no collection 'Gone'", "library create"]),
        (["use", "Gone"], ["no collection 'Gone'"]),
        (["remove", "gone.md"], ["no essay 'gone.md'"]),
        (["remove"], ["names of essays", "--undo"]),
        (["remove", "a.md", "--undo"], ["names of essays", "--undo"]),
        (["remove", "--undo"], ["Nothing was removed"]),
        (["correct", "a.md"], ["--title, --author"]),
        (["unwatch", "{tmp}"], ["is not watched"]),
        (["create", " "], ["name"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_bad_input_exits_with_2_and_says_what_to_do(
    assistant: Assistant, tmp_path: Path, arguments: list[str], words: list[str]
) -> None:
    (tmp_path / "a.md").write_text("")
    printed = assistant(*(part.format(tmp=tmp_path) for part in arguments))
    assert printed.status == 2
    assert printed.out == ""
    for word in words:
        assert word in printed.err


def test_asking_without_essays_says_how_to_add_some(
    assistant: Assistant, capsys: pytest.CaptureFixture[str]
) -> None:
    assistant("create", "Mine")
    assistant("use", "Mine")
    assert main(["ask", "Why?", "--offline"]) == 2
    assert "assistant library add" in capsys.readouterr().err
    assert main(["essays", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"essays": [], "rejected": []}


def test_ctrl_c_stops_adding_and_what_was_added_stays(
    assistant: Assistant, folder: Path, home: Path
) -> None:
    for number in range(400):
        (folder / f"{number:03}.md").write_text(f"# Essay {number}\n\n{PROSE} No. {number}.\n")
    with subprocess.Popen(
        [*COMMAND, "library", "add", str(folder)],
        env=make_environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        try:
            assert process.stderr is not None
            while "added" not in process.stderr.readline():
                assert process.poll() is None
            process.send_signal(signal.SIGINT)
            rest = process.stderr.read()
            assert process.wait(timeout=60) == 1
        finally:
            process.kill()
    assert rest.endswith("Stopped.\n")
    assert "Traceback" not in rest
    names = [str(one["name"]) for one in listed(assistant)]
    assert 1 <= len(names) < 402
    assert sorted(names) == names
