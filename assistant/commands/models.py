"""The commands about models: they print, and decide nothing."""

import argparse
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Final

from assistant.commands.arguments import Command, Runner, load_chosen_settings
from assistant.commands.output import FAILURE, OK, print_json
from assistant.commands.progress import notice, show_bytes, show_steps
from assistant.errors import ModelChangedError, ModelError, StoppedError, UsageError
from assistant.local_models.digests import record_file, require_unchanged
from assistant.local_models.fetching import default_sources, fetch_model
from assistant.local_models.listing import ModelList
from assistant.local_models.memory import read_machine_memory
from assistant.local_models.memory import show_bytes as show_size
from assistant.local_models.setup import ModelState, ModelStatus, prepare_model
from assistant.local_models.speed import measure_speed
from assistant.local_models.stock import (
    StockedModel,
    delete_model,
    full_name,
    remove_model,
    stock_models,
)
from assistant.local_models.views import describe_speed
from assistant.models import CATALOGUE, FileState, check_models, find_model
from assistant.prompting import PromptBook
from assistant.settings import DEFAULT_MODEL, Settings


def _list_models(options: argparse.Namespace, cancelled: threading.Event) -> int:
    settings = load_chosen_settings(options)
    stock = stock_models(settings)
    chosen = ModelList(settings.model_list_path).chosen() or DEFAULT_MODEL
    if options.json:
        print_json([_model_json(one, is_chosen=one.name == chosen) for one in stock])
        return OK
    for one in stock:
        print(_model_line(one) + (", chosen" if one.name == chosen else ""))
    machine = read_machine_memory()
    print(f"They lie in {settings.models_dir}")
    print(f"This machine has {show_size(machine.total)} of memory,", end=" ")
    print(f"{show_size(machine.available)} of it free")
    return OK


def _model_line(one: StockedModel) -> str:
    if one.is_present:
        state = "here" if one.is_verified or one.model else "here, written to since it was added"
    else:
        state = "not fetched" if one.model else "missing"
    default = ", default" if one.name == DEFAULT_MODEL else ""
    need = f"needs {show_size(one.need.needed)}" if one.need else "needs an unknown amount"
    speed = f", {describe_speed(one.speed)}" if one.speed else ""
    licence = one.licence or "no licence stated"
    return (
        f"{one.name:20} {one.size_bytes / 1e6:7,.0f} MB  {need} of memory  {licence}"
        f"  {state}{default}{speed}"
    )


def _model_json(one: StockedModel, *, is_chosen: bool) -> dict[str, object]:
    return {
        "id": one.name,
        "is_present": one.is_present,
        "path": str(one.path),
        "size_bytes": one.size_bytes,
        "sha256": one.sha256,
        "licence": one.licence,
        "is_verified": one.is_verified,
        "is_added": one.added is not None,
        "is_chosen": is_chosen,
        "memory_bytes": one.need.needed if one.need else None,
        "fault": one.fault,
        "speed": asdict(one.speed) if one.speed else None,
    }


def _fetch_model(options: argparse.Namespace, cancelled: threading.Event) -> int:
    settings = load_chosen_settings(options)
    name = options.id or settings.model
    located = find_model(name, models_dir=settings.models_dir)
    if located.model is None:
        raise UsageError(f"{name!r} is a file already; name one of {_catalogue_ids()}.")
    if settings.is_offline and not located.is_verified:
        raise UsageError(
            f"{name!r} is not here yet, and --offline forbids to fetch it; leave that out."
        )
    with show_bytes(located.model) as show:
        result = fetch_model(
            located.model,
            models_dir=settings.models_dir,
            on_progress=show,
            cancelled=cancelled,
            sources=default_sources(settings.hub_url),
        )
    for failure in result.failures:
        notice(failure)
    print(f"{result.path} ({result.source})")
    return OK


def _check_models(options: argparse.Namespace, cancelled: threading.Event) -> int:
    settings = load_chosen_settings(options)
    checked = check_models(settings.models_dir, cancelled=cancelled)
    for one in checked:
        print(f"{one.model.id:20} {one.state}{f': {one.reason}' if one.reason else ''}")
    is_well = all(one.state is not FileState.CORRUPT for one in checked)
    for added in ModelList(settings.model_list_path).added():
        state, reason = "as it was added", ""
        try:
            require_unchanged(added, cancelled=cancelled, is_thorough=True)
        except ModelChangedError as error:
            state, reason = "changed", str(error)
        except ModelError as error:
            state, reason = "cannot be used", str(error)
        print(f"{added.path!s:20} {state}{f': {reason}' if reason else ''}")
        is_well = is_well and not reason
    return OK if is_well else FAILURE


def _add_model(options: argparse.Namespace, cancelled: threading.Event) -> int:
    settings = load_chosen_settings(options)
    path = Path(options.path).expanduser().absolute()
    size = path.stat().st_size if path.is_file() else 0
    with _show_share("Taking the file's digest") as show:
        added = record_file(
            path, cancelled=cancelled, on_read=lambda n_bytes: show(n_bytes / max(1, size))
        )
    ModelList(settings.model_list_path).add(added)
    print(f"{added.path} (SHA-256 {added.sha256})")
    return OK


def _remove_model(options: argparse.Namespace, cancelled: threading.Event) -> int:
    settings = load_chosen_settings(options)
    # The list has whole paths, also of files that are gone.
    name = options.name if options.name in _names(settings) else _whole(options.name)
    if name not in (model.id for model in CATALOGUE):
        remove_model(settings, name)
        print(f"{name} is off the list; its file was not touched")
        return OK
    if not options.delete:
        raise UsageError(
            f"{name!r} is a model of the catalogue: give --delete to delete its file, which can"
            " be fetched again."
        )
    print(f"{delete_model(settings, name)} was deleted")
    return OK


def _use_model(options: argparse.Namespace, cancelled: threading.Event) -> int:
    settings = load_chosen_settings(options)
    located = find_model(options.name, models_dir=settings.models_dir)
    name = full_name(options.name, models_dir=settings.models_dir)
    ModelList(settings.model_list_path).choose(name)
    later = "" if located.is_present else ", and fetched at the next start"
    print(f"{name} is used from now on, unless --model names another{later}")
    return OK


def _measure_model(options: argparse.Namespace, cancelled: threading.Event) -> int:
    settings = load_chosen_settings(options)
    with show_steps() as show:
        model = prepare_model(settings, on_status=show, cancelled=cancelled)
    try:
        with _show_share("Measuring, about ten seconds") as tell:
            speed = measure_speed(
                model, PromptBook().render_head(), cancelled=cancelled, on_progress=tell
            )
    finally:
        model.close()
    if cancelled.is_set():
        raise StoppedError("The measurement was stopped.")
    name = full_name(settings.model, models_dir=settings.models_dir)
    ModelList(settings.model_list_path).keep_speed(name, speed)
    print(f"{name} {describe_speed(speed)}")
    return OK


@contextmanager
def _show_share(words: str) -> Iterator[Callable[[float], None]]:
    """Show how much of something is done, 0 to 1."""
    with show_steps() as show:
        yield lambda share: show(
            ModelStatus(state=ModelState.LOADING, message=words, fraction=share, can_retry=False)
        )


def _names(settings: Settings) -> tuple[str, ...]:
    return tuple(one.name for one in stock_models(settings))


def _whole(path: str) -> str:
    return str(Path(path).expanduser().absolute())


def _catalogue_ids() -> str:
    return ", ".join(model.id for model in CATALOGUE)


MODEL_RUNNERS: Final[Mapping[Command, Runner]] = {
    Command.LIST_MODELS: _list_models,
    Command.FETCH_MODEL: _fetch_model,
    Command.CHECK_MODELS: _check_models,
    Command.ADD_MODEL: _add_model,
    Command.REMOVE_MODEL: _remove_model,
    Command.USE_MODEL: _use_model,
    Command.MEASURE_MODEL: _measure_model,
}
