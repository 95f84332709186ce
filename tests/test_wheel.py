"""The wheel, built and installed apart from the checkout."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    # With the build backend that is installed, so that no network is needed.
    python("-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what the wheel installs, and nothing else of the project."""
    folder = tmp_path_factory.mktemp("site")
    python(
        *("-m", "pip", "install", "--no-deps", "--no-index", "--quiet"),
        *("--disable-pip-version-check", "--target", folder, wheel),
        cwd=folder,
    )
    return folder


def python(*arguments: str | Path, cwd: Path, path: Path | None = None) -> str:
    """Run Python in a folder, with ``path`` before all others, and return what it prints."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ESSAY_ASSISTANT_", "PYTHONPATH"))
    }
    # What the program keeps, it keeps beside the test.
    environment["ESSAY_ASSISTANT_HOME"] = str(cwd / "home")
    if path is not None:
        environment["PYTHONPATH"] = str(path)
    result = subprocess.run(
        [sys.executable, "-P", *map(str, arguments)],
        cwd=cwd,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def names_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def tracked(*folders: str) -> set[str]:
    """Return the files of the checkout in these folders."""
    return {
        path.relative_to(ROOT).as_posix()
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_the_packages_the_prompts_the_essays_and_the_page(wheel: Path) -> None:
    assert names_in(wheel) == {"app.py", *tracked("assistant", "index", "prompts")}


def test_the_wheel_holds_no_test_and_no_cache(wheel: Path) -> None:
    for name in names_in(wheel):
        assert not name.startswith("tests/")
        assert "test_" not in name
        assert not name.endswith(".pyc")


def test_the_licence_is_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert any(name.endswith("licenses/LICENSE") for name in archive.namelist())


def test_the_installed_command_lists_the_essays_that_came_with_it(
    installed: Path, tmp_path: Path
) -> None:
    printed = python(
        "-m", "assistant.cli", "essays", "list", "--json", cwd=tmp_path, path=installed
    )
    names = {essay["name"] for essay in json.loads(printed)["essays"]}
    assert names == {path.name for path in (ROOT / "index" / "essays").glob("*.md")}


def test_what_runs_comes_from_the_installation_and_not_from_the_checkout(
    installed: Path, tmp_path: Path
) -> None:
    program = (
        "import assistant.cli, index, json;"
        "from assistant.prompting import PROMPTS_DIR, PromptBook;"
        "from assistant.server import APP_SCRIPT;"
        "from assistant.settings import DEFAULT_ESSAYS;"
        "PromptBook().render_head();"
        "print(json.dumps([assistant.cli.__file__, index.__file__, str(APP_SCRIPT),"
        " str(PROMPTS_DIR), str(DEFAULT_ESSAYS)]))"
    )
    for place in json.loads(python("-c", program, cwd=tmp_path, path=installed)):
        assert Path(place).is_relative_to(installed), place
        assert Path(place).exists()
    assert not (installed / "tests").exists()
