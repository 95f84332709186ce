"""The two trees of errors, tested whole."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import pytest

import assistant
import index
from assistant.errors import AssistantError
from index.errors import RetrievalError

ROOTS = {"assistant": AssistantError, "index": RetrievalError}


def modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(found.name)


ERRORS = sorted(
    {
        error
        for package in (assistant, index)
        for module in modules(package)
        for _, error in inspect.getmembers(module, inspect.isclass)
        if issubclass(error, BaseException)
        and error.__module__ == module.__name__
        and not error.__name__.startswith("_")  # never leaves its module
    },
    key=lambda error: f"{error.__module__}.{error.__name__}",
)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_every_error_derives_from_the_root_of_its_package(error: type[BaseException]) -> None:
    assert issubclass(error, ROOTS[error.__module__.partition(".")[0]])


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_every_error_says_when_it_is_raised(error: type[BaseException]) -> None:
    assert error.__name__.endswith("Error")
    assert (error.__dict__.get("__doc__") or "").strip().endswith(".")


def test_the_roots_are_two_and_apart() -> None:
    assert {*ROOTS.values()} <= {*ERRORS}
    assert not issubclass(AssistantError, RetrievalError)
    assert not issubclass(RetrievalError, AssistantError)
    assert AssistantError.__bases__ == RetrievalError.__bases__ == (Exception,)


def test_no_two_errors_share_a_name() -> None:
    names = [error.__name__ for error in ERRORS]
    assert len(names) == len(set(names))
