"""The ``assistant`` command: it parses arguments and prints, and decides nothing.

Results go to standard output, progress and notices to standard error. The exit status is 0 also
for an abstention, 2 for bad input, 1 for other failures.
"""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Final

from assistant.answering import Assistant
from assistant.answers import Answered
from assistant.commands.arguments import Command, Runner, load_chosen_settings, make_parser
from assistant.commands.chats import CHAT_RUNNERS, add_chat_commands
from assistant.commands.essays import ESSAY_RUNNERS, open_essays, require_index
from assistant.commands.export import EXPORT_RUNNERS, add_export_commands
from assistant.commands.library import LIBRARY_RUNNERS
from assistant.commands.models import MODEL_RUNNERS
from assistant.commands.output import (
    BAD_INPUT,
    FAILURE,
    OK,
    print_json,
    render_answer,
    render_answer_json,
    render_question_line,
    render_scorecard,
)
from assistant.commands.progress import (
    bars_hidden,
    notice,
    show_count,
    show_steps,
)
from assistant.commands.scope import read_scope
from assistant.errors import (
    AssistantError,
    ModelNotFoundError,
    QuestionsFileError,
    SettingsError,
    StoppedError,
    UsageError,
)
from assistant.evaluation import load_questions
from assistant.inference.process import ModelProcess
from assistant.local_models.setup import prepare_model
from assistant.measures.curves import save_curve
from assistant.measures.measuring import QuestionResult, evaluate
from assistant.models import find_model
from assistant.scope import Scope
from assistant.settings import Settings
from index.bm25 import Bm25Index
from index.corpus import Corpus
from index.errors import NoEssaysError, RetrievalError, StoppedReadingError

_BAD_INPUT_ERRORS = (
    NoEssaysError,
    ModelNotFoundError,
    QuestionsFileError,
    SettingsError,
    UsageError,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status.

    Args:
        arguments: Those after the command's name; by default the process's own.
    """
    try:
        try:
            return _run(arguments)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # The reader of a pipe has seen enough; what is left must not fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILURE


def _run(arguments: Sequence[str] | None) -> int:
    options = make_parser(more=(add_chat_commands, add_export_commands)).parse_args(arguments)
    try:
        with _stop_on_interrupt() as cancelled:
            return _RUNNERS[options.command](options, cancelled)
    except (StoppedError, StoppedReadingError):
        notice("Stopped.")
        return FAILURE
    except _BAD_INPUT_ERRORS as error:
        notice(f"Error: {error}")
        return BAD_INPUT
    except (AssistantError, RetrievalError) as error:
        notice(f"Error: {error}")
        return FAILURE


def _open(options: argparse.Namespace, cancelled: threading.Event) -> int:
    # Streamlit takes half a second to import, which no other command should wait for.
    from assistant.server import serve

    settings = load_chosen_settings(options)
    find_model(settings.model, models_dir=settings.models_dir)  # say a wrong name here, not later
    if settings.essays:
        open_essays(settings, cancelled)  # and a wrong folder; the library is opened by the page
    serve(
        settings,
        port=options.port,
        open_browser=not options.no_browser,
        on_ready=lambda url: print(f"The assistant is open at {url} (Ctrl-C ends it).", flush=True),
        on_notice=notice,
    )
    return OK


def _ask(options: argparse.Namespace, cancelled: threading.Event) -> int:
    if not options.question.strip():
        raise UsageError("The question is blank; write it in quotation marks after 'ask'.")
    settings = load_chosen_settings(options)
    with _opened(settings, options, cancelled) as opened:
        for event in opened.assistant.ask(
            options.question, caution=settings.caution, scope=opened.scope, cancelled=cancelled
        ):
            if isinstance(event, Answered):
                answer = event.answer
    if answer.is_stopped:
        raise StoppedError("The answer was stopped.")
    if options.json:
        print_json(render_answer_json(answer))
    else:
        print(render_answer(answer))
    return OK


def _evaluate(options: argparse.Namespace, cancelled: threading.Event) -> int:
    # The statistics take seconds to import, which no other command should wait for.
    from assistant.measures.citation_quality import make_scorer
    from assistant.measures.scorecard import make_scorecard

    questions = load_questions(options.questions)
    settings = load_chosen_settings(options)
    with (
        _opened(settings, options, cancelled) as opened,
        show_count(len(questions), unit="question") as count,
    ):

        def show(result: QuestionResult) -> None:
            count()
            if not options.json:
                with bars_hidden():
                    print(render_question_line(result), flush=True)

        results = evaluate(
            opened.assistant,
            questions,
            opened.corpus.documents,
            on_result=show,
            cancelled=cancelled,
            caution=settings.caution,
            score=make_scorer(opened.index),
        )
    if cancelled.is_set():
        raise StoppedError("The evaluation was stopped.")
    card = make_scorecard(results)
    if options.curve is not None:
        save_curve(card.curve, options.curve)
        notice(f"The curve is in {options.curve}")
    if options.json:
        print_json(card.to_json(results))
    else:
        print(render_scorecard(card))
    return OK


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    corpus: Corpus
    index: Bm25Index
    assistant: Assistant
    scope: Scope


@contextmanager
def _opened(
    settings: Settings, options: argparse.Namespace, cancelled: threading.Event
) -> Iterator[_Opened]:
    """Give an assistant over the essays of the settings; end its model afterwards."""
    find_model(settings.model, models_dir=settings.models_dir)  # say a wrong name first
    essays = open_essays(settings, cancelled)
    index = require_index(essays)
    scope = read_scope(options, essays.corpus.documents)  # and a wrong author or title
    with _model(settings, cancelled) as model:
        yield _Opened(
            corpus=essays.corpus, index=index, assistant=Assistant(index, model), scope=scope
        )


@contextmanager
def _model(settings: Settings, cancelled: threading.Event) -> Iterator[ModelProcess]:
    with show_steps() as show:
        model = prepare_model(settings, on_status=show, cancelled=cancelled)
    try:
        yield model
    finally:
        model.close()


@contextmanager
def _stop_on_interrupt() -> Iterator[threading.Event]:
    """Give an event that the first Ctrl-C sets; a second one ends the program at once."""
    cancelled = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        cancelled.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    if threading.current_thread() is not threading.main_thread():
        yield cancelled
        return
    before = signal.signal(signal.SIGINT, stop)
    try:
        yield cancelled
    except KeyboardInterrupt:
        raise StoppedError("Stopped by a second Ctrl-C.") from None
    finally:
        signal.signal(signal.SIGINT, before)


_RUNNERS: Final[Mapping[Command, Runner]] = {
    Command.OPEN: _open,
    Command.ASK: _ask,
    Command.EVALUATE: _evaluate,
    **CHAT_RUNNERS,
    **EXPORT_RUNNERS,
    **ESSAY_RUNNERS,
    **LIBRARY_RUNNERS,
    **MODEL_RUNNERS,
}


if __name__ == "__main__":
    sys.exit(main())
