"""The turns of saved chats as they are written: begun, gone on, ended, judged."""

from typing import Final

from assistant.answers import Answer
from assistant.answers_json import Progress, render_answer, render_progress
from assistant.chats.rows import find_chat, now, one_line, turn_rows
from assistant.chats.saved_turns import Thumb, TurnState, read_turns, storable
from assistant.errors import ConversationError
from index.sqlite_file import SqliteFile

_MAX_TITLE_CHARS: Final = 60
_MAX_NOTE_CHARS: Final = 2_000


class ChatTurns:
    """The turns of the chats of one file."""

    def __init__(self, file: SqliteFile, *, owner: str) -> None:
        """Write to a chats file.

        Args:
            file: The opened file.
            owner: Stands for the process that answers; see ``this_process``.
        """
        self._file = file
        self._owner = owner

    def start_turn(self, conversation_id: str, question: str, *, replacing: int = 0) -> int:
        """Save a question as under way in this process and return the turn's id.

        Args:
            conversation_id: The chat's id.
            question: What the reader typed.
            replacing: The id of the chat's last turn, if the new one is to stand for it (see
                ``read_turns``); 0 if it comes after it.

        Raises:
            ConversationError: There is no such chat, ``replacing`` is not its last turn, or it
                cannot be saved.
        """
        question = storable(question)
        with self._file.writing() as db:
            find_chat(db, conversation_id)
            turns = read_turns(turn_rows(db, conversation_id)) if replacing else ()
            if replacing and (not turns or turns[-1].id != replacing):
                raise ConversationError(
                    f"The question {replacing!r} is not the last one of its chat; only the last"
                    " one can be replaced."
                )
            db.execute(
                "UPDATE conversation SET title = ? WHERE id = ? AND (title = '' OR ?)",
                (
                    one_line(question, max_chars=_MAX_TITLE_CHARS),
                    conversation_id,
                    len(turns) == 1,
                ),
            )
            ((turn_id,),) = db.execute(
                "INSERT INTO turn (conversation_id, question, asked_at, state, owner, progress,"
                " answer, error) VALUES (?, ?, ?, ?, ?, ?, '', '') RETURNING id",
                (
                    conversation_id,
                    question,
                    now(),
                    TurnState.UNDER_WAY,
                    self._owner,
                    render_progress(Progress()),
                ),
            ).fetchall()
            if replacing:
                # What the replaced one stood for, the new one stands for.
                db.execute(
                    "UPDATE turn SET replaced_by = ? WHERE id = ? OR replaced_by = ?",
                    (turn_id, replacing, replacing),
                )
        return int(turn_id)

    def update_turn(self, turn_id: int, progress: Progress) -> None:
        """Save what has been written so far.

        Raises:
            ConversationError: There is no such turn under way, or it cannot be saved.
        """
        self._change(turn_id, TurnState.UNDER_WAY, progress=render_progress(progress))

    def finish_turn(self, turn_id: int, answer: Answer) -> None:
        """Save the answer.

        Raises:
            ConversationError: There is no such turn under way, or it cannot be saved.
        """
        self._change(
            turn_id,
            TurnState.FINISHED,
            progress=render_progress(Progress()),
            answer=render_answer(answer),
        )

    def stop_turn(self, turn_id: int) -> None:
        """Save that the reader stopped it before there was an answer.

        Raises:
            ConversationError: There is no such turn under way, or it cannot be saved.
        """
        self._change(turn_id, TurnState.STOPPED)

    def fail_turn(self, turn_id: int, error: str) -> None:
        """Save why there is no answer.

        Raises:
            ConversationError: There is no such turn under way, or it cannot be saved.
        """
        self._change(turn_id, TurnState.FAILED, error=error)

    def set_feedback(self, turn_id: int, thumb: Thumb, note: str = "") -> None:
        """Save what the reader thinks of an answer; ``Thumb.NONE`` takes it back.

        Args:
            turn_id: The turn's id.
            thumb: Up or down.
            note: The reader's words on why.

        Raises:
            ConversationError: There is no such turn with an answer, or it cannot be saved.
        """
        note = storable(note).strip()[:_MAX_NOTE_CHARS] if thumb else ""
        with self._file.writing() as db:
            changed = db.execute(
                "UPDATE turn SET thumb = ?, note = ?, judged_at = ? WHERE id = ? AND state = ?",
                (thumb, note, now() if thumb else "", turn_id, TurnState.FINISHED),
            )
            if changed.rowcount == 0:
                raise ConversationError(
                    f"The saved question {turn_id!r} is gone or has no answer to judge."
                )

    def _change(
        self,
        turn_id: int,
        state: TurnState,
        *,
        progress: str = "",
        answer: str = "",
        error: str = "",
    ) -> None:
        with self._file.writing() as db:
            changed = db.execute(
                "UPDATE turn SET state = ?, progress = iif(? = '', progress, ?), answer = ?,"
                " error = ? WHERE id = ? AND state = ?",
                (
                    state,
                    progress,
                    progress,
                    answer,
                    storable(error),
                    turn_id,
                    TurnState.UNDER_WAY,
                ),
            )
            if changed.rowcount == 0:
                raise ConversationError(
                    f"The saved question {turn_id!r} is gone or has its answer; ask again."
                )
