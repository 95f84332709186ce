"""The smallest real model, for the tests that only need one that is real."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.inference.child import ENVIRONMENT
from assistant.inference.process import ModelProcess
from tests.machine import require_model

# Some tests load llama.cpp into their own process.
os.environ.update(ENVIRONMENT)


@pytest.fixture(scope="module")
def model_path() -> Path:
    return require_model("smollm2-135m")


@pytest.fixture(scope="module")
def model(model_path: Path) -> Iterator[ModelProcess]:
    with ModelProcess(model_path) as model:
        model.start(cancelled=threading.Event())
        yield model
