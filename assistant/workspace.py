"""All that an open assistant holds: essays, index, model, jobs, chats."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from assistant.answering import Assistant
from assistant.answers import Answer, Answered, Event, Reason
from assistant.answers_json import Progress
from assistant.chats.saved_turns import history_of
from assistant.conversations import Conversations
from assistant.errors import JobError
from assistant.jobs import Jobs, JobState, JobView
from assistant.judging import Caution
from assistant.kept_essays.found import FoundEssay
from assistant.kept_essays.keeper import EssayKeeper
from assistant.kept_essays.opened import OpenEssays
from assistant.kept_essays.work import LibraryWork, ReaderMaker
from assistant.local_models.keeper import ModelKeeper
from assistant.local_models.setup import ModelFactory, ModelState, ModelStatus, prepare_model
from assistant.questions.querying import Turn
from assistant.record import AnswerRecord
from assistant.scope import ALL_ESSAYS, Scope, settle
from assistant.settings import Settings
from index.bm25 import Bm25Index
from index.corpus import Corpus, Document
from index.library.entries import Collection
from index.library.store import Library
from index.reading.process import ReadingProcess

__all__ = ["ModelState", "ModelStatus", "QuestionAsked", "Workspace"]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAsked:
    """A request to the jobs: a question of a chat, already saved as a turn of it."""

    conversation_id: str
    turn_id: int
    question: str
    history: tuple[Turn, ...]
    caution: Caution
    scope: Scope


class Workspace:
    """The one place where the parts of an open assistant meet; made once for each server.

    Every method may be called from any thread.

    Attributes:
        settings: What was asked for.
        essay_keeper: The essays in use, and the library that they are kept in.
        chats: The saved chats.
        jobs: The answers under way.
        model_keeper: The model that words them.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        model_factory: ModelFactory = prepare_model,
        make_reader: ReaderMaker = ReadingProcess,
        on_open: Callable[[], None] | None = None,
    ) -> None:
        """Open the essays with their index, and the saved chats; no model yet.

        Args:
            settings: With ``essays``, those are read and indexed; without, the library's
                collection in use is opened.
            model_factory: Makes the model when it is wanted.
            make_reader: Makes what reads files into essays.
            on_open: Called whenever other essays were opened, in any thread.

        Raises:
            NoEssaysError: No usable essay was found in the folders asked once.
            LibraryError: The library cannot be opened.
            ConversationError: The saved chats cannot be opened.
        """
        self.settings = settings
        self.essay_keeper = EssayKeeper(settings, make_reader=make_reader, on_open=on_open)
        self.chats = Conversations(settings.chats_path)
        self.jobs: Jobs[QuestionAsked] = Jobs(self._answer, on_end=self._save_end)
        self.model_keeper = ModelKeeper(settings, model_factory=model_factory)
        self._asking = threading.Lock()
        self._active: dict[str, str] = {}
        self.essay_keeper.start()

    @property
    def library(self) -> Library | None:
        """The essays that are kept; ``None`` with a folder asked once."""
        return self.essay_keeper.library

    @property
    def work(self) -> LibraryWork:
        """What adds to the library and follows its watched folders.

        Raises:
            LibraryError: Nothing is kept (see ``library``).
        """
        return self.essay_keeper.work

    @property
    def collection(self) -> Collection | None:
        """The collection whose essays are open; ``None`` for a folder asked once."""
        return self.essay_keeper.opened.collection

    @property
    def corpus(self) -> Corpus:
        """The essays that are open, and the files left out."""
        return self.essay_keeper.opened.corpus

    @property
    def index(self) -> Bm25Index | None:
        """The index over their passages; ``None`` if there are no essays yet."""
        return self.essay_keeper.opened.index

    @property
    def examples(self) -> tuple[str, ...]:
        """Up to four questions that the essays answer."""
        return self.essay_keeper.opened.examples

    @property
    def notices(self) -> tuple[str, ...]:
        """What the reader should know of the opening of the essays, in words; usually empty."""
        of_library = (self.library.notice,) if self.library and self.library.notice else ()
        return (*of_library, *self.essay_keeper.opened.notices)

    @property
    def problem(self) -> str:
        """Why the essays in use cannot be opened, in words; empty if they are open."""
        return self.essay_keeper.problem

    def use_collection(self, collection_id: str) -> None:
        """Take another collection into use; see ``EssayKeeper.use``.

        Raises:
            LibraryError: There is no such collection, or nothing is kept (see ``library``).
        """
        self.essay_keeper.use(collection_id)

    def follow_changes(self) -> None:
        """Open the essays anew if they differ; see ``EssayKeeper.follow_changes``."""
        self.essay_keeper.follow_changes()

    def document(self, essay_id: str) -> Document:
        """Return the essay with this id: one in use, or any whose text is kept.

        Raises:
            AssistantError: There is none; a chat may cite one of an earlier time.
        """
        return self.find_essay(essay_id).document

    def find_essay(self, essay_id: str) -> FoundEssay:
        """Return the essay with this id, and what has become of it since it was cited.

        Raises:
            AssistantError: There is none; a chat may cite one of an earlier time.
        """
        return self.essay_keeper.find(essay_id)

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

    def ask(
        self,
        conversation_id: str,
        question: str,
        *,
        caution: Caution | None = None,
        scope: Scope = ALL_ESSAYS,
        replacing: int = 0,
    ) -> str:
        """Save the question in its chat, queue it, and return the id of its job.

        The job waits for the model, and fails with the reason if that cannot be had.

        Args:
            conversation_id: The chat's id.
            question: What the reader typed.
            caution: How sure to be before answering; by default that of the settings.
            scope: Which essays alone to look at.
            replacing: The id of the chat's last turn, if the question is to stand for that one;
                it stands again if this one comes to nothing. 0 if it comes after it.

        Raises:
            JobError: The question is blank, or the chat's last answer is still under way.
            ConversationError: There is no such chat, ``replacing`` is not its last turn, or it
                cannot be saved.
        """
        question = question.strip()
        if not question:
            raise JobError("The question is blank; type one.")
        with self._asking:
            if self.active_job(conversation_id):
                raise JobError(
                    "The last question of this chat is still being answered; wait or stop it."
                )
            turns = self.chats.get(conversation_id).turns
            history = history_of(turn for turn in turns if turn.id != replacing)
            turn_id = self.chats.start_turn(conversation_id, question, replacing=replacing)
            scope = settle(scope, self.corpus.documents)
            if scope.is_limited:
                self.chats.update_turn(turn_id, Progress(scope=scope))
            try:
                job_id = self.jobs.start(
                    QuestionAsked(
                        conversation_id=conversation_id,
                        turn_id=turn_id,
                        question=question,
                        history=history,
                        caution=caution or self.settings.caution,
                        scope=scope,
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

    def remove_chat(self, conversation_id: str) -> None:
        """Take a chat off the list, its answer under way stopped; ``chats.restore`` undoes it.

        Raises:
            ConversationError: There is no such chat, or it cannot be saved.
        """
        with self._asking:
            self.chats.remove(conversation_id)
            if job_id := self.active_job(conversation_id):
                self.jobs.stop(job_id)

    def close(self) -> None:
        """Stop every answer, end the model's process and wait for both. Can be repeated."""
        self.essay_keeper.stop()
        # Stopped first, so that no answer waits for a model that is no longer wanted.
        self.model_keeper.stop()
        self.jobs.close()
        self.model_keeper.close()
        self.essay_keeper.close()

    def _answer(self, asked: QuestionAsked, cancelled: threading.Event) -> Iterator[Event]:
        opened = self.essay_keeper.wait_for(cancelled)
        if opened.index is None:
            yield Answered(answer=_answer_without_essays(asked, opened))
            return
        progress = Progress(scope=asked.scope)
        with self.model_keeper.wait_for(cancelled) as model:
            for event in Assistant(opened.index, model).ask(
                asked.question,
                history=asked.history,
                caution=asked.caution,
                scope=asked.scope,
                cancelled=cancelled,
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


def _answer_without_essays(asked: QuestionAsked, opened: OpenEssays) -> Answer:
    """Decline for lack of essays, which needs no model."""
    record = AnswerRecord(question=asked.question, model="", caution=asked.caution)
    record.reason = Reason.NO_PASSAGES
    name = f" in the collection “{opened.collection.name}”" if opened.collection else ""
    record.notice = f"There are no essays{name} yet. Add some in the library, then ask again."
    return record.to_answer()
