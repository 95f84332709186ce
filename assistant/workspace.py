"""All that an open assistant holds: essays, index, model, jobs, chats."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.answering import Assistant
from assistant.answers import Answered, Event, Reason
from assistant.answers_json import Progress
from assistant.conversations import Conversation, Conversations
from assistant.errors import AssistantError, JobError
from assistant.examples import example_questions
from assistant.found_essays import FoundEssay
from assistant.jobs import Jobs, JobState, JobView
from assistant.judging import Caution
from assistant.model_keeper import ModelKeeper
from assistant.model_setup import ModelFactory, ModelState, ModelStatus, prepare_model
from assistant.querying import Turn
from assistant.settings import Settings
from index.bm25 import Bm25Index
from index.corpus import Document, load_corpus
from index.passages import split_passages

__all__ = ["ModelState", "ModelStatus", "QuestionAsked", "Workspace"]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAsked:
    """A request to the jobs: a question of a chat, already saved as a turn of it."""

    conversation_id: str
    turn_id: int
    question: str
    history: tuple[Turn, ...]
    caution: Caution


class Workspace:
    """The one place where the parts of an open assistant meet; made once for each server.

    Every method may be called from any thread.

    Attributes:
        settings: What was asked for.
        corpus: The essays in use, and those left out.
        index: The index over their passages.
        chats: The saved chats.
        jobs: The answers under way.
        model_keeper: The model that words them.
        examples: Up to four questions that these essays answer.
    """

    def __init__(self, settings: Settings, *, model_factory: ModelFactory = prepare_model) -> None:
        """Load the essays, build the index and open the saved chats; no model yet.

        Raises:
            NoEssaysError: No usable essay was found.
            ConversationError: The saved chats cannot be opened.
        """
        self.settings = settings
        self.corpus = load_corpus(settings.essays)
        self.index = Bm25Index(
            [passage for document in self.corpus.documents for passage in split_passages(document)]
        )
        self.examples = example_questions(self.index)
        self.chats = Conversations(settings.chats_path)
        self.jobs: Jobs[QuestionAsked] = Jobs(self._answer, on_end=self._save_end)
        self._documents = {document.id: document for document in self.corpus.documents}
        self.model_keeper = ModelKeeper(settings, model_factory=model_factory)
        self._asking = threading.Lock()
        self._active: dict[str, str] = {}

    def document(self, essay_id: str) -> Document:
        """Return the essay with this id.

        Raises:
            AssistantError: No essay in use has it; a chat may cite one of an earlier time.
        """
        try:
            return self._documents[essay_id]
        except KeyError:
            raise AssistantError(
                f"The essay {essay_id!r} is not among those in use: it was changed or removed,"
                " or other essays were opened. The cited words are kept with the answer."
            ) from None

    def find_essay(self, essay_id: str) -> FoundEssay:
        """Return the essay with this id, and what has become of it since it was cited.

        Raises:
            AssistantError: No essay in use has it; a chat may cite one of an earlier time.
        """
        return FoundEssay(document=self.document(essay_id))

    def start_model(self) -> None:
        """Begin to load the model; see ``ModelKeeper.start``."""
        self.model_keeper.start()

    def stop_model(self) -> None:
        """Stop a fetch or a load under way; ``start_model`` begins it again."""
        self.model_keeper.stop()

    def choose_model(self, name: str) -> None:
        """Exchange the model for another; see ``ModelKeeper.choose``.

        Raises:
            ModelNotFoundError: ``name`` is neither an id of the catalogue nor a file.
        """
        self.model_keeper.choose(name)

    def model_status(self) -> ModelStatus:
        """Return how far the model is."""
        return self.model_keeper.status()

    def ask(self, conversation_id: str, question: str, *, caution: Caution | None = None) -> str:
        """Save the question in its chat, queue it, and return the id of its job.

        The job waits for the model, and fails with the reason if that cannot be had.

        Args:
            conversation_id: The chat's id.
            question: What the reader typed.
            caution: How sure to be before answering; by default that of the settings.

        Raises:
            JobError: The question is blank, or the chat's last answer is still under way.
            ConversationError: There is no such chat, or it cannot be saved.
        """
        question = question.strip()
        if not question:
            raise JobError("The question is blank; type one.")
        with self._asking:
            if self.active_job(conversation_id):
                raise JobError(
                    "The last question of this chat is still being answered; wait or stop it."
                )
            history = _history_of(self.chats.get(conversation_id))
            turn_id = self.chats.start_turn(conversation_id, question)
            try:
                job_id = self.jobs.start(
                    QuestionAsked(
                        conversation_id=conversation_id,
                        turn_id=turn_id,
                        question=question,
                        history=history,
                        caution=caution or self.settings.caution,
                    )
                )
            except JobError as error:
                self.chats.fail_turn(turn_id, str(error))
                raise
            self._active[conversation_id] = job_id
            return job_id

    def active_job(self, conversation_id: str) -> str:
        """Return the id of the chat's job that is not over, or an empty text."""
        job_id = self._active.get(conversation_id, "")
        if not job_id:
            return ""
        try:
            is_over = self.jobs.view(job_id).is_over
        except JobError:
            is_over = True
        return "" if is_over else job_id

    def close(self) -> None:
        """Stop every answer, end the model's process and wait for both. Can be repeated."""
        # Stopped first, so that no answer waits for a model that is no longer wanted.
        self.model_keeper.stop()
        self.jobs.close()
        self.model_keeper.close()

    def _answer(self, asked: QuestionAsked, cancelled: threading.Event) -> Iterator[Event]:
        progress = Progress()
        with self.model_keeper.wait_for(cancelled) as model:
            for event in Assistant(self.index, model).ask(
                asked.question, history=asked.history, caution=asked.caution, cancelled=cancelled
            ):
                if (more := progress.add(event)) is not progress:
                    progress = more
                    self.chats.update_turn(asked.turn_id, progress)
                yield event

    def _save_end(self, asked: QuestionAsked, last: JobView) -> None:
        match last.events[-1:]:
            case (Answered(answer=answer),) if last.state is JobState.FINISHED:
                self.chats.finish_turn(asked.turn_id, answer)
            case _ if last.state is JobState.FINISHED:
                self.chats.stop_turn(asked.turn_id)
            case _:
                self.chats.fail_turn(asked.turn_id, last.error)


def _history_of(conversation: Conversation) -> tuple[Turn, ...]:
    """Return the answered turns, oldest first; an abstention has the empty answer.

    A greeting or thanks between two questions is no turn that the second refers back to.
    """
    return tuple(
        Turn(question=turn.question, answer=turn.answer.text)
        for turn in conversation.turns
        if turn.answer is not None and turn.answer.reason is not Reason.REPLIED
    )
