"""Fixtures that all tests share."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.assistant.gguf_files import write_shallow
from tests.machine import require_model

# The tests start the program some two hundred times: where no compiled modules may be kept, it
# would compile itself as often.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# The same examples on every run, and none fails because the machine is busy.
settings.register_profile(
    "project",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("project")

GOLDEN_DIR = Path(__file__).parent / "golden"

LONGEST = (
    "tests/assistant/test_default_model.py",
    "tests/test_checks.py",
    "tests/browser/",
    "tests/benchmarks/test_library.py",
    "tests/assistant/test_injections.py",
    "tests/assistant/test_cli.py",
    "tests/assistant/test_llm_worker.py",
    "tests/assistant/test_models.py",
    "tests/index/library/test_crashes.py",
)
"""What takes longest, the longest first."""

TOGETHER = (
    (
        "tests/browser/test_journeys.py",
        "tests/browser/test_page.py",
        "tests/browser/test_scope.py",
        "tests/browser/test_library.py",
    ),
    (
        "tests/browser/test_access.py",
        "tests/browser/test_chats.py",
        "tests/browser/test_checked_answers.py",
        "tests/browser/test_export.py",
        "tests/browser/test_payloads.py",
        "tests/browser/test_reading.py",
    ),
)
"""Files that share the programs they start, which would otherwise be started in each process."""

Golden = Callable[[str, str], None]
"""Compares a text with the file of a name in ``tests/golden``."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--update-golden``."""
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write what the tests give to tests/golden instead of comparing",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files, so that no process is left with one of them at the end."""

    def rank(item: pytest.Item) -> int:
        name = item.nodeid
        return next((n for n, long in enumerate(LONGEST) if name.startswith(long)), len(LONGEST))

    items.sort(key=rank)


class ByFile(LoadScopeScheduling):  # type: ignore[misc]
    """Gives each process one file after the other, and files that belong together to one."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((files[0] for files in TOGETHER if file in files), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile | None:
    """Schedule by file, unless another way is wished for."""
    return ByFile(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Return a check that a text is that of a golden file; ``--update-golden`` writes it."""

    def check(name: str, text: str) -> None:
        path = GOLDEN_DIR / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            return
        if not path.exists():
            pytest.fail(f"{path} is missing; look at what the test gives, then --update-golden")
        assert text == path.read_text(encoding="utf-8")

    return check


@pytest.fixture(scope="session")
def shallow_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a model that answers fast and without sense."""
    path = tmp_path_factory.mktemp("models") / "shallow.gguf"
    return write_shallow(path, require_model("smollm2-135m"))
