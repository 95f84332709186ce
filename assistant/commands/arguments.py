"""The arguments of the ``assistant`` command."""

import argparse
import os
import threading
from collections.abc import Callable, Iterable
from enum import Enum, auto
from importlib.metadata import version
from pathlib import Path

from assistant.commands.scope import add_scope
from assistant.judging import Caution
from assistant.measures.curves import IMAGE_SUFFIXES
from assistant.settings import DEFAULT_PORT, Settings, load_settings

Runner = Callable[[argparse.Namespace, threading.Event], int]
"""Runs a command; the event is set when it should stop. Returns the exit status."""


class Command(Enum):
    """What is to be done."""

    OPEN = auto()
    ASK = auto()
    EVALUATE = auto()
    LIST_ESSAYS = auto()
    SHOW_ESSAY = auto()
    LIST_MODELS = auto()
    FETCH_MODEL = auto()
    CHECK_MODELS = auto()
    ADD_MODEL = auto()
    REMOVE_MODEL = auto()
    USE_MODEL = auto()
    MEASURE_MODEL = auto()
    LIST_LIBRARY = auto()
    ADD_TO_LIBRARY = auto()
    REMOVE_FROM_LIBRARY = auto()
    CORRECT_ENTRY = auto()
    REBUILD_LIBRARY = auto()
    CHECK_LIBRARY = auto()
    LIST_COLLECTIONS = auto()
    CREATE_COLLECTION = auto()
    USE_COLLECTION = auto()
    RENAME_COLLECTION = auto()
    UNWATCH_FOLDER = auto()
    LIST_FEEDBACK = auto()
    EXPORT_CHAT = auto()


AddCommand = Callable[[str, Command, str], argparse.ArgumentParser]
"""Adds a command with its name and what it does, in words, to a parser; returns the command's."""


def load_chosen_settings(options: argparse.Namespace) -> Settings:
    """Make settings of a command's options, whichever of them it has.

    Raises:
        SettingsError: A variable of the environment has a value that is not accepted.
    """
    return load_settings(
        essays=getattr(options, "essays", None) or (),
        model=getattr(options, "model", ""),
        offline=options.offline,
        caution=getattr(options, "caution", None),
        load_anyway=getattr(options, "load_anyway", False),
    )


def make_parser(*, more: Iterable[Callable[[AddCommand], None]] = ()) -> argparse.ArgumentParser:
    """Make the parser of all commands.

    Args:
        more: Each adds commands whose arguments stand beside what runs them.

    The options parsed have ``command``, one of ``Command``, beside the arguments of that command.
    """
    parser = argparse.ArgumentParser(
        prog="assistant",
        description="Ask questions of a folder of essays, on your own machine.",
    )
    parser.add_argument(
        "--version", action="version", version=f"%(prog)s {version('essay-assistant')}"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Command, words: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=words, description=words)
        added.set_defaults(command=command)
        return added

    opening = add("open", Command.OPEN, "Open the assistant in the browser.")
    _add_essays(opening)
    _add_model(opening)
    _add_caution(opening)
    opening.add_argument(
        "--port", type=_port, default=DEFAULT_PORT, help="default: %(default)s; 0 means any"
    )
    opening.add_argument("--no-browser", action="store_true", help="only print the address")

    asking = add("ask", Command.ASK, "Answer one question.")
    asking.add_argument("question")
    _add_essays(asking)
    add_scope(asking)
    _add_model(asking)
    _add_caution(asking)
    add_json(asking)

    measuring = add("evaluate", Command.EVALUATE, "Ask questions with known answers and measure.")
    measuring.add_argument(
        "--questions", type=Path, required=True, metavar="FILE", help="one JSON object a line"
    )
    _add_essays(measuring)
    _add_model(measuring)
    _add_caution(measuring)
    measuring.add_argument(
        "--curve",
        type=_image,
        metavar="FILE",
        help="draw wrong answers against wrong refusals into this image"
        f" ({', '.join(IMAGE_SUFFIXES)})",
    )
    add_json(measuring)

    essays = add("essays", Command.LIST_ESSAYS, "Show the essays as the index sees them.")
    _add_essays(essays)
    add_json(essays)
    _add_offline(essays)
    actions = essays.add_subparsers(metavar="list|show")
    listing = actions.add_parser("list", help="name, title, author, date and words of each")
    listing.set_defaults(command=Command.LIST_ESSAYS)
    showing = actions.add_parser("show", help="the text of one, in which citations count")
    showing.add_argument("name", help="as 'essays list' prints it")
    showing.set_defaults(command=Command.SHOW_ESSAY)
    for action in (listing, showing):
        # Given after the action or before it; a default here would undo the one before it.
        _add_essays(action, default=argparse.SUPPRESS)
        add_json(action, default=argparse.SUPPRESS)
        _add_offline(action, default=argparse.SUPPRESS)

    _add_library(add("library", Command.LIST_LIBRARY, "Keep essays: add, list, remove, check."))

    _add_models(
        add("models", Command.LIST_MODELS, "Fetch, add, check, choose and measure the models.")
    )
    for add_commands in more:
        add_commands(add)
    return parser


def _add_models(models: argparse.ArgumentParser) -> None:
    """Give the command about models its actions."""
    add_json(models)
    _add_offline(models)
    actions = models.add_subparsers(metavar="list|fetch|check|add|remove|use|speed")

    def add(name: str, command: Command, words: str) -> argparse.ArgumentParser:
        action = actions.add_parser(name, help=words, description=words)
        action.set_defaults(command=command)
        _add_offline(action, default=argparse.SUPPRESS)
        return action

    as_listed = "an id or a path, as 'models list' prints it"
    listing = add("list", Command.LIST_MODELS, "List the models: what is here, what each needs.")
    add_json(listing, default=argparse.SUPPRESS)
    fetching = add(
        "fetch", Command.FETCH_MODEL, "Fetch a model, the default one unless another is named."
    )
    fetching.add_argument("id", nargs="?", default="", help="as 'models list' prints it")
    add("check", Command.CHECK_MODELS, "Read the models here whole and compare their digests.")
    adding = add(
        "add", Command.ADD_MODEL, "Add a GGUF file of your own, or accept one that has changed."
    )
    adding.add_argument("path", help="the file; it stays where it is")
    removing = add("remove", Command.REMOVE_MODEL, "Take a model of your own off the list.")
    removing.add_argument("name", help=as_listed)
    removing.add_argument(
        "--delete", action="store_true", help="delete the file of a model that was fetched"
    )
    using = add("use", Command.USE_MODEL, "Choose the model for every start from now on.")
    using.add_argument("name", help=as_listed)
    measuring = add("speed", Command.MEASURE_MODEL, "Measure a model's speed, in ten seconds.")
    measuring.add_argument("model", nargs="?", default="", help=as_listed)
    _add_load_anyway(measuring)


def _add_library(library: argparse.ArgumentParser) -> None:
    """Give the command about the library its actions."""
    add_json(library)
    library.set_defaults(collection="", offline=True)
    actions = library.add_subparsers(
        metavar="list|add|remove|correct|rebuild|check|collections|create|use|rename|unwatch"
    )

    def add(name: str, command: Command, words: str) -> argparse.ArgumentParser:
        action = actions.add_parser(name, help=words, description=words)
        action.set_defaults(command=command)
        return action

    def add_collection(action: argparse.ArgumentParser, words: str) -> None:
        action.add_argument("--collection", default="", metavar="NAME", help=words)

    in_use = "the collection meant (default: the one in use)"
    listing = add("list", Command.LIST_LIBRARY, "List the essays of a collection.")
    add_collection(listing, in_use)
    add_json(listing, default=argparse.SUPPRESS)

    adding = add("add", Command.ADD_TO_LIBRARY, "Add essays, or folders with their subfolders.")
    adding.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file or a folder")
    add_collection(adding, "the collection to add to, made if there is none of this name")
    adding.add_argument(
        "--watch", action="store_true", help="follow the folders from now on: what changes there"
    )

    removing = add("remove", Command.REMOVE_FROM_LIBRARY, "Remove essays; files stay untouched.")
    removing.add_argument("names", nargs="*", metavar="NAME", help="as 'library list' prints it")
    removing.add_argument("--undo", action="store_true", help="take the last removal back")
    add_collection(removing, in_use)

    correcting = add("correct", Command.CORRECT_ENTRY, "Correct an essay's title or author.")
    correcting.add_argument("name", metavar="NAME", help="as 'library list' prints it")
    correcting.add_argument("--title", metavar="TEXT")
    correcting.add_argument("--author", metavar="TEXT", help="may be empty")
    add_collection(correcting, in_use)

    rebuilding = add("rebuild", Command.REBUILD_LIBRARY, "Make the index of a collection anew.")
    add_collection(rebuilding, in_use)

    checking = add("check", Command.CHECK_LIBRARY, "Check everything that is kept for damage.")
    add_json(checking, default=argparse.SUPPRESS)

    collections = add("collections", Command.LIST_COLLECTIONS, "List the collections.")
    add_json(collections, default=argparse.SUPPRESS)
    creating = add("create", Command.CREATE_COLLECTION, "Make a collection.")
    creating.add_argument("name", metavar="NAME")
    using = add("use", Command.USE_COLLECTION, "Answer from a collection from now on.")
    using.add_argument("name", metavar="NAME")
    renaming = add("rename", Command.RENAME_COLLECTION, "Give a collection another name.")
    renaming.add_argument("name", metavar="NAME")
    renaming.add_argument("new_name", metavar="NEW")
    unwatching = add("unwatch", Command.UNWATCH_FOLDER, "Follow a folder no longer.")
    unwatching.add_argument("folder", type=Path, metavar="FOLDER")
    add_collection(unwatching, in_use)


def _add_essays(parser: argparse.ArgumentParser, default: object = None) -> None:
    parser.add_argument(
        "--essays",
        type=Path,
        action="append",
        metavar="PATH",
        default=default,
        help="a folder, searched with its subfolders, or a file; repeatable"
        " (default: the library's collection in use, see 'assistant library')",
    )


def _add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model", default="", metavar="ID|PATH", help="see 'assistant models'; or any GGUF file"
    )
    _add_offline(parser)
    _add_load_anyway(parser)


def _add_load_anyway(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--load-anyway", action="store_true", help="load a model for which memory is short"
    )


def _add_caution(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--caution",
        type=_caution,
        metavar="|".join(Caution),
        help="how sure to be before answering: careful rather declines, bold rather answers"
        f" (default: {Caution.BALANCED})",
    )


def _add_offline(parser: argparse.ArgumentParser, default: object = False) -> None:
    parser.add_argument(
        "--offline", action="store_true", default=default, help="never touch the network"
    )


def add_json(parser: argparse.ArgumentParser, default: object = False) -> None:
    """Let a command print JSON."""
    parser.add_argument("--json", action="store_true", default=default, help="print JSON")


def _caution(text: str) -> Caution:
    try:
        return Caution(text.lower())
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no level of caution; give {', '.join(Caution)}"
        ) from None


def _image(text: str) -> Path:
    """Return the path of an image that can be written, as far as can be told without writing."""
    path = Path(text)
    if path.suffix.lower() not in IMAGE_SUFFIXES:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no image that can be drawn; end its name in {' or '.join(IMAGE_SUFFIXES)}"
        )
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} lies in no folder that exists; make it first")
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise argparse.ArgumentTypeError(f"{text!r} cannot be written; name another file")
    return path


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; give a number from 0 to 65535")
    return number
