"""The commands about saved chats: they print, and decide nothing."""

import argparse
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from assistant.chats.feedback import QuestionsText, render_questions
from assistant.commands.arguments import (
    AddCommand,
    Command,
    Runner,
    add_json,
    load_chosen_settings,
)
from assistant.commands.output import OK, print_json
from assistant.commands.progress import notice
from assistant.conversations import Conversations, JudgedTurn
from assistant.errors import UsageError


def add_chat_commands(add: AddCommand) -> None:
    """Add the commands of ``CHAT_RUNNERS`` to those of a parser."""
    words = "List the answers that got a thumb, or make questions for 'evaluate' of them."
    listing = add("feedback", Command.LIST_FEEDBACK, words)
    listing.set_defaults(offline=True)
    listing.add_argument(
        "--questions",
        type=Path,
        metavar="FILE",
        help="write a questions file; what got a thumb down is to be filled in there by you",
    )
    add_json(listing)


def _list_feedback(options: argparse.Namespace, cancelled: threading.Event) -> int:
    file: Path | None = options.questions
    judged = Conversations(load_chosen_settings(options).chats_path).feedback()
    if options.json:
        print_json([_judged_json(one) for one in judged])
    elif file is None:
        for one in judged:
            print("\n    ".join(_judged_lines(one)))
    if not judged:
        notice("No answer has got a thumb yet; give some on the page.")
    if file is not None:
        made = render_questions(judged)
        _write_new(file, made.text)
        notice(_describe(made, file))
    return OK


def _judged_lines(one: JudgedTurn) -> list[str]:
    answer = one.turn.answer
    said = answer.text or answer.notice or str(answer.reason) if answer else ""
    return [
        f"{one.turn.thumb}: {_line(one.turn.question)}",
        f"answer: {_line(said)}",
        *([f"note: {_line(one.turn.note)}"] if one.turn.note else []),
        f"judged {one.turn.judged_at[:10]}, in the chat “{one.title}”",
    ]


def _line(text: str) -> str:
    return " ".join(text.split())


def _judged_json(one: JudgedTurn) -> dict[str, object]:
    answer = one.turn.answer
    return {
        "chat": one.conversation_id,
        "title": one.title,
        "turn": one.turn.id,
        "question": one.turn.question,
        "thumb": one.turn.thumb,
        "note": one.turn.note,
        "asked_at": one.turn.asked_at,
        "judged_at": one.turn.judged_at,
        "answer": answer.text if answer else "",
        "abstained": answer.abstained if answer else False,
        "model": answer.model if answer else "",
    }


def _write_new(file: Path, text: str) -> None:
    """Write a file that is not there: one that is may have been filled in by hand."""
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError as error:
        raise UsageError(f"{str(file)!r} is there already; name a new file.") from error
    except OSError as error:
        raise UsageError(f"{str(file)!r} cannot be written: {error}. Name another.") from error


def _describe(made: QuestionsText, file: Path) -> str:
    count = f"{made.n_questions} question{'' if made.n_questions == 1 else 's'} in {file}."
    left_out = f" Replies to no question left out: {made.n_left_out}." if made.n_left_out else ""
    if not made.unfilled:
        return count + left_out
    lines = ", ".join(map(str, made.unfilled))
    return (
        f'{count}{left_out} What a right answer says is for you to fill in, as "facts", before'
        f" 'assistant evaluate' takes the file; lines: {lines}."
    )


CHAT_RUNNERS: Final[Mapping[Command, Runner]] = {Command.LIST_FEEDBACK: _list_feedback}
