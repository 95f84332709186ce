"""The commands about models: they print, and decide nothing."""

import argparse
import threading
from collections.abc import Mapping
from typing import Final

from assistant.cli_arguments import Command, Runner, load_chosen_settings
from assistant.cli_output import FAILURE, OK, print_json
from assistant.cli_progress import notice, show_bytes
from assistant.errors import UsageError
from assistant.fetching import fetch_model
from assistant.models import CATALOGUE, FileState, check_models, find_model


def _list_models(options: argparse.Namespace, cancelled: threading.Event) -> int:
    settings = load_chosen_settings(options)
    rows = [(find_model(m.id, models_dir=settings.models_dir), m) for m in CATALOGUE]
    if options.json:
        print_json(
            [
                {
                    "id": model.id,
                    "is_present": located.is_present,
                    "path": str(located.path),
                    "size_bytes": model.size_bytes,
                    "sha256": model.sha256,
                    "licence": model.licence,
                }
                for located, model in rows
            ]
        )
        return OK
    for located, model in rows:
        state = "here" if located.is_present else "not fetched"
        default = ", default" if model is CATALOGUE[0] else ""
        print(f"{model.id:20} {model.size_bytes / 1e6:7,.0f} MB  {model.licence}  {state}{default}")
    print(f"They lie in {settings.models_dir}")
    return OK


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
            located.model, models_dir=settings.models_dir, on_progress=show, cancelled=cancelled
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
    return FAILURE if any(one.state is FileState.CORRUPT for one in checked) else OK


def _catalogue_ids() -> str:
    return ", ".join(model.id for model in CATALOGUE)


MODEL_RUNNERS: Final[Mapping[Command, Runner]] = {
    Command.LIST_MODELS: _list_models,
    Command.FETCH_MODEL: _fetch_model,
    Command.CHECK_MODELS: _check_models,
}
