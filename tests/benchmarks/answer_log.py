"""Answers kept in a file, so that a benchmark that was stopped goes on where it stopped."""

import datetime
import json
from pathlib import Path

from assistant.answers import Answer
from assistant.answers_json import parse_answer, render_answer


class AnswerLog:
    """The answers of one model to the questions of a benchmark, one JSON object a line.

    Each line has the ``part`` of the benchmark, the ``id`` of the question, the ``model``, the
    ``date`` and the whole ``answer``. Nothing tells with what state of the program it was made:
    name another file after a change.

    Args:
        path: Read if it is there and written to; a last line cut off by a stop is dropped. Without
            one, nothing is kept.
        model: Only its answers count; those of others stay in the file.

    Raises:
        OSError: The file cannot be read or written.
        ValueError: A line is no JSON.
        ConversationError: An answer of the model cannot be read.
    """

    def __init__(self, path: Path | None, *, model: str) -> None:
        self._path = path
        self._model = model
        self._answers: dict[tuple[str, str], Answer] = {}
        if path is None:
            return
        path.touch()  # what cannot be written is better known now than after the first answer
        content = path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if whole != content:
            path.write_bytes(whole)
        for line in whole.decode().split("\n"):
            record = json.loads(line) if line else {}
            if record.get("model") == model:
                answer = parse_answer(json.dumps(record["answer"]))
                self._answers[record["part"], record["id"]] = answer

    def find(self, part: str, question_id: str) -> Answer | None:
        """Return the answer kept, or None."""
        return self._answers.get((part, question_id))

    def add(self, part: str, question_id: str, answer: Answer) -> None:
        """Keep an answer, on disk before this returns."""
        self._answers[part, question_id] = answer
        if self._path is None:
            return
        record = {
            "part": part,
            "id": question_id,
            "model": self._model,
            "date": datetime.date.today().isoformat(),
            "answer": json.loads(render_answer(answer)),
        }
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps(record)}\n")
