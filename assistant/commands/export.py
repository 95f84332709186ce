"""The command that writes a saved chat or answer as a document: it prints, and decides nothing."""

import argparse
import sys
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from assistant.commands.arguments import AddCommand, Command, Runner, add_json, load_chosen_settings
from assistant.commands.output import OK, print_json
from assistant.commands.progress import notice
from assistant.conversations import Conversation, Conversations, SavedTurn
from assistant.errors import AssistantError, ExportError, UsageError
from assistant.export import make_report
from assistant.exporting.files import ExportFormat, write_report
from assistant.kept_essays.found import FindEssay, FoundEssay
from assistant.kept_essays.libraries import open_library
from assistant.kept_essays.opened import list_shelves, tell_what_became
from assistant.settings import Settings
from index.errors import RetrievalError


def add_export_commands(add: AddCommand) -> None:
    """Add the commands of ``EXPORT_RUNNERS`` to those of a parser."""
    words = "Write a saved chat, or one answer of it, as a document with footnotes."
    exporting = add("export", Command.EXPORT_CHAT, words)
    exporting.set_defaults(offline=True)
    which = exporting.add_mutually_exclusive_group(required=True)
    which.add_argument("chat", nargs="?", metavar="CHAT_ID", help="as --list prints it")
    which.add_argument("--last", action="store_true", help="the chat with the latest question")
    which.add_argument("--list", action="store_true", help="list the chats instead")
    exporting.add_argument(
        "--answer", type=int, metavar="N", help="only the answer to question N of it, from 1"
    )
    exporting.add_argument(
        "--format",
        type=ExportFormat,
        choices=list(ExportFormat),
        metavar="|".join(ExportFormat),
        help="default: as the file's name ends, or else md",
    )
    exporting.add_argument(
        "--output", type=Path, metavar="FILE", help="default: print it; a file of Word needs one"
    )
    add_json(exporting)


def _export(options: argparse.Namespace, cancelled: threading.Event) -> int:
    settings = load_chosen_settings(options)
    chats = Conversations(settings.chats_path)
    if options.list:
        return _list(chats, is_json=options.json)
    if options.json:
        raise UsageError("--json goes with --list; a document has the format that --format names.")
    kind = _choose_format(options.format, options.output)
    chat = _choose_chat(chats, options.chat or "")
    report = make_report(
        _choose_turns(chat, options.answer),
        title=chat.title if options.answer is None else "",
        find=_make_finder(settings),
        made_at=datetime.now().astimezone(),
    )
    file = write_report(report, kind)
    if options.output is None:
        sys.stdout.write(file.content.decode())
        return OK
    try:
        options.output.write_bytes(file.content)
    except OSError as error:
        raise ExportError(
            f"{str(options.output)!r} cannot be written: {error.strerror}. Name another file."
        ) from error
    notice(f"{options.output}: {len(file.content):,} bytes")
    return OK


def _list(chats: Conversations, *, is_json: bool) -> int:
    entries = chats.list()
    if is_json:
        print_json(
            [{"id": one.id, "title": one.title, "asked_at": one.asked_at} for one in entries]
        )
        return OK
    for one in entries:
        day = datetime.fromisoformat(one.asked_at).astimezone().date()
        print(f"{one.id}  {day}  {one.title}")
    if not entries:
        notice("No chat is saved yet; ask something on the page.")
    return OK


def _choose_format(wanted: ExportFormat | None, file: Path | None) -> ExportFormat:
    if wanted is None and file is not None and file.suffix:
        ending = file.suffix.lower().removeprefix(".")
        if ending not in list(ExportFormat):
            raise UsageError(
                f"{str(file)!r} ends in no format that can be written; end it in"
                f" {', '.join(f'.{kind}' for kind in ExportFormat)}, or give --format."
            )
        return ExportFormat(ending)
    kind = wanted or ExportFormat.MARKDOWN
    if kind is ExportFormat.WORD and file is None:
        raise UsageError("A file of Word cannot be printed; name the file with --output.")
    return kind


def _choose_chat(chats: Conversations, chat_id: str) -> Conversation:
    """Return the chat with an id, or that with the latest question."""
    entries = chats.list()
    if not chat_id and not entries:
        raise UsageError("No chat is saved yet; ask something on the page, then export it.")
    if chat_id and chat_id not in {one.id for one in entries}:
        raise UsageError(
            f"There is no saved chat {chat_id!r}; 'assistant export --list' lists them."
        )
    return chats.get(chat_id or entries[0].id)


def _choose_turns(chat: Conversation, number: int | None) -> tuple[SavedTurn, ...]:
    if number is None:
        return chat.turns
    if not 1 <= number <= len(chat.turns):
        raise UsageError(
            f"--answer is {number}; the chat has the questions 1 to {len(chat.turns)}."
        )
    return (chat.turns[number - 1],)


def _make_finder(settings: Settings) -> FindEssay:
    """Return what finds the essays of the library; none if nothing has been kept yet."""
    if not settings.library_dir.is_dir():
        return _find_nothing
    library = open_library(settings)
    shelves, in_use = list_shelves(library), library.in_use()

    def find(essay_id: str) -> FoundEssay:
        try:
            document = library.find_document(essay_id)
        except RetrievalError as error:
            raise AssistantError(str(error)) from error
        return FoundEssay(document=document, remark=tell_what_became(document, shelves, in_use))

    return find


def _find_nothing(essay_id: str) -> FoundEssay:
    raise AssistantError(f"The essay {essay_id!r} is not kept; its words are with the answer.")


EXPORT_RUNNERS: Final[Mapping[Command, Runner]] = {Command.EXPORT_CHAT: _export}
