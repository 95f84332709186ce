"""What the tests need of the machine: a skip that is visible, and fails in CI."""

import fcntl
import os
from pathlib import Path

import pytest

from assistant.errors import ModelError
from assistant.local_models.fetching import fetch_model
from assistant.models import find_model
from assistant.settings import Settings, load_settings


def require(is_there: bool, what: str) -> None:
    """Skip the test, or fail it in CI, unless ``what`` is there."""
    if is_there:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing")
    pytest.skip(f"{what} is missing")


def require_model(model_id: str) -> Path:
    """Return the file of a model of the catalogue, fetched if it is not here yet.

    It lies where the assistant itself keeps it, so that it is fetched once for both. Tests that
    run side by side and need the same model wait for the one that fetches it.
    """
    settings = load_settings(model=model_id)
    settings.models_dir.mkdir(parents=True, exist_ok=True)
    with (settings.models_dir / ".tests.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        located = find_model(model_id, models_dir=settings.models_dir)
        if located.model is not None and not located.is_verified:
            try:
                return fetch_model(located.model, models_dir=settings.models_dir).path
            except ModelError as error:
                require(False, f"the model {model_id!r} ({error})")
        return located.path


def share_models(home: Path, settings: Settings) -> None:
    """Give a home of its own the models of ``settings`` and what they have read of the prompts."""
    for name, shared in (("models", settings.models_dir), ("cache/heads", settings.heads_dir)):
        link = home / name
        if not link.is_symlink():
            shared.mkdir(parents=True, exist_ok=True)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(shared)
