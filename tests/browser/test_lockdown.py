"""Nothing leaves the machine: the installed program with no network at all."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.browser.offline_journey import OUTSIDE
from tests.browser.steps import LIGHTHOUSE
from tests.machine import require

pytestmark = [pytest.mark.browser, pytest.mark.model]
ROOT = Path(__file__).parents[2]
NAMESPACE = ("unshare", "--map-root-user", "--net")


@pytest.fixture(scope="session")
def closed_network(chromium: None, small_model: None) -> None:
    """Skip, or fail in CI, where no network namespace can be made."""
    missing = [name for name in ("unshare", "ip") if shutil.which(name) is None]
    if not missing:
        tried = subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False)
        missing = [] if tried.returncode == 0 else [f"namespaces ({tried.stderr.decode()})"]
    require(not missing, ", ".join(missing))


def travel(folder: Path, plant: str) -> dict[str, Any]:
    ended = subprocess.run(
        [*NAMESPACE, sys.executable, "-m", "tests.browser.offline_journey", str(folder), plant],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-4000:]
    outcome: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return outcome


def test_the_journey_needs_no_network_and_asks_for_none(
    tmp_path: Path, closed_network: None
) -> None:
    outcome = travel(tmp_path, "none")
    assert outcome["answer"]
    assert outcome["quote"] in LIGHTHOUSE
    assert outcome["quote"]
    assert outcome["packets"] == []
    assert outcome["requests"] == []


def test_a_request_planted_in_the_page_is_caught(tmp_path: Path, closed_network: None) -> None:
    outcome = travel(tmp_path, "page")
    assert outcome["packets"] == [OUTSIDE]
    assert outcome["requests"] == [f"http://{OUTSIDE}/"]


def test_a_connection_planted_in_the_program_is_caught(
    tmp_path: Path, closed_network: None
) -> None:
    assert travel(tmp_path, "python")["packets"] == [OUTSIDE]
