"""The ``assistant`` command: it parses arguments and prints, and decides nothing.

Results go to standard output, progress and notices to standard error. The exit status is 0 also
for an abstention, 2 for bad input, 1 for other failures.
"""

import argparse
import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from types import FrameType

from tqdm import tqdm

from assistant.answering import Assistant
from assistant.answers import Answered
from assistant.cli_output import (
    render_answer,
    render_answer_json,
    render_document_json,
    render_question_line,
    render_scorecard,
)
from assistant.errors import (
    AssistantError,
    ModelNotFoundError,
    QuestionsFileError,
    SettingsError,
    StoppedError,
)
from assistant.evaluation import load_questions
from assistant.fetching import FetchProgress, fetch_model
from assistant.model_process import ModelProcess
from assistant.model_setup import ModelStatus, prepare_model
from assistant.models import CATALOGUE, CatalogueModel, FileState, check_models, find_model
from assistant.scorecard import QuestionResult, evaluate, make_scorecard
from assistant.server import DEFAULT_PORT, serve
from assistant.settings import Settings, load_settings
from index.bm25 import Bm25Index
from index.corpus import Corpus, Document, load_corpus
from index.errors import NoEssaysError, RetrievalError
from index.passages import split_passages

OK = 0
FAILURE = 1
BAD_INPUT = 2
_BAD_INPUT_ERRORS = (NoEssaysError, ModelNotFoundError, QuestionsFileError, SettingsError)


class UsageError(AssistantError):
    """An argument has a value that is not accepted."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status.

    Args:
        arguments: Those after the command's name; by default the process's own.
    """
    options = _make_parser().parse_args(arguments)
    try:
        with _stop_on_interrupt() as cancelled:
            status: int = options.run(options, cancelled)
            return status
    except StoppedError:
        _notice("Stopped.")
        return FAILURE
    except (*_BAD_INPUT_ERRORS, UsageError) as error:
        _notice(f"Error: {error}")
        return BAD_INPUT
    except (AssistantError, RetrievalError) as error:
        _notice(f"Error: {error}")
        return FAILURE
    except BrokenPipeError:
        # The reader of a pipe has seen enough; Python must not complain of it at exit.
        sys.stdout = None
        return FAILURE


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="assistant",
        description="Ask questions of a folder of essays, on your own machine.",
    )
    parser.add_argument(
        "--version", action="version", version=f"%(prog)s {version('essay-assistant')}"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: Callable[..., int], words: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=words, description=words)
        command.set_defaults(run=run)
        return command

    opening = add("open", _open, "Open the assistant in the browser.")
    _add_essays(opening)
    _add_model(opening)
    opening.add_argument(
        "--port", type=_port, default=DEFAULT_PORT, help="default: %(default)s; 0 means any"
    )
    opening.add_argument("--no-browser", action="store_true", help="only print the address")

    asking = add("ask", _ask, "Answer one question.")
    asking.add_argument("question")
    _add_essays(asking)
    _add_model(asking)
    _add_json(asking)

    measuring = add("evaluate", _evaluate, "Ask questions with known answers and measure.")
    measuring.add_argument(
        "--questions", type=Path, required=True, metavar="FILE", help="one JSON object a line"
    )
    _add_essays(measuring)
    _add_model(measuring)
    _add_json(measuring)

    essays = add("essays", _list_essays, "Show the essays as the index sees them.")
    _add_essays(essays)
    _add_json(essays)
    _add_offline(essays)
    actions = essays.add_subparsers(metavar="list|show")
    listing = actions.add_parser("list", help="name, title, author, date and words of each")
    listing.set_defaults(run=_list_essays)
    showing = actions.add_parser("show", help="the text of one, in which citations count")
    showing.add_argument("name", help="as 'essays list' prints it")
    showing.set_defaults(run=_show_essay)
    for action in (listing, showing):
        # Given after the action or before it; a default here would undo the one before it.
        _add_essays(action, default=argparse.SUPPRESS)
        _add_json(action, default=argparse.SUPPRESS)
        _add_offline(action, default=argparse.SUPPRESS)

    models = add("models", _list_models, "Fetch and check the models.")
    _add_json(models)
    _add_offline(models)
    actions = models.add_subparsers(metavar="list|fetch|check")
    for name, run, words in (
        ("list", _list_models, "the models that can be fetched, and those here"),
        ("fetch", _fetch_model, "fetch a model, the default one unless another is named"),
        ("check", _check_models, "read the models here whole and compare their digests"),
    ):
        action = actions.add_parser(name, help=words)
        action.set_defaults(run=run)
        _add_offline(action, default=argparse.SUPPRESS)
        if name == "list":
            _add_json(action, default=argparse.SUPPRESS)
        if name == "fetch":
            action.add_argument("id", nargs="?", default="", help="as 'models list' prints it")
    return parser


def _add_essays(parser: argparse.ArgumentParser, default: object = None) -> None:
    parser.add_argument(
        "--essays",
        type=Path,
        action="append",
        metavar="PATH",
        default=default,
        help="a folder, searched with its subfolders, or a file; repeatable"
        " (default: the essays that come with the assistant)",
    )


def _add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model", default="", metavar="ID|PATH", help="see 'assistant models'; or any GGUF file"
    )
    _add_offline(parser)


def _add_offline(parser: argparse.ArgumentParser, default: object = False) -> None:
    parser.add_argument(
        "--offline", action="store_true", default=default, help="never touch the network"
    )


def _add_json(parser: argparse.ArgumentParser, default: object = False) -> None:
    parser.add_argument("--json", action="store_true", default=default, help="print JSON")


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; give a number from 0 to 65535")
    return number


def _settings(options: argparse.Namespace) -> Settings:
    return load_settings(
        essays=getattr(options, "essays", None) or (),
        model=getattr(options, "model", ""),
        offline=options.offline,
    )


def _open(options: argparse.Namespace, cancelled: threading.Event) -> int:
    settings = _settings(options)
    find_model(settings.model, models_dir=settings.models_dir)  # say a wrong name here, not later
    _load_essays(settings)
    serve(
        settings,
        port=options.port,
        open_browser=not options.no_browser,
        on_ready=lambda url: print(f"The assistant is open at {url} (Ctrl-C ends it).", flush=True),
        on_notice=_notice,
    )
    return OK


def _ask(options: argparse.Namespace, cancelled: threading.Event) -> int:
    if not options.question.strip():
        raise UsageError("The question is blank; write it in quotation marks after 'ask'.")
    with _opened(_settings(options), cancelled) as opened:
        for event in opened.assistant.ask(options.question, cancelled=cancelled):
            if isinstance(event, Answered):
                answer = event.answer
    if answer.is_stopped:
        raise StoppedError("The answer was stopped.")
    if options.json:
        _print_json(render_answer_json(answer))
    else:
        print(render_answer(answer))
    return OK


def _evaluate(options: argparse.Namespace, cancelled: threading.Event) -> int:
    questions = load_questions(options.questions)
    with (
        _opened(_settings(options), cancelled) as opened,
        tqdm(total=len(questions), unit="question", file=sys.stderr) as bar,
    ):

        def show(result: QuestionResult) -> None:
            bar.update()
            if not options.json:
                with tqdm.external_write_mode(file=sys.stderr):
                    print(render_question_line(result), flush=True)

        results = evaluate(
            opened.assistant,
            questions,
            opened.corpus.documents,
            on_result=show,
            cancelled=cancelled,
        )
    if cancelled.is_set():
        raise StoppedError("The evaluation was stopped.")
    card = make_scorecard(results)
    if options.json:
        _print_json(card.to_json(results))
    else:
        print(render_scorecard(card))
    return OK


def _list_essays(options: argparse.Namespace, cancelled: threading.Event) -> int:
    corpus = _load_essays(_settings(options))
    if options.json:
        _print_json(
            {
                "essays": [render_document_json(one, has_text=False) for one in corpus.documents],
                "rejected": [{"name": one.name, "reason": one.reason} for one in corpus.rejected],
            }
        )
        return OK
    for one in corpus.documents:
        about = ", ".join(filter(None, (one.author, one.date)))
        cut = ", only a part of the essay" if one.is_truncated else ""
        print(f"{one.name}\n    {one.title}{f' ({about})' if about else ''}")
        print(f"    {len(one.text.split()):,} words, {one.encoding}{cut}")
    return OK


def _show_essay(options: argparse.Namespace, cancelled: threading.Event) -> int:
    corpus = _load_essays(_settings(options))
    found: Document | None = next(
        (one for one in corpus.documents if options.name in (one.name, one.id)), None
    )
    if found is None:
        names = ", ".join(repr(one.name) for one in corpus.documents[:20])
        raise UsageError(f"There is no essay {options.name!r}; there are {names}.")
    if options.json:
        _print_json(render_document_json(found, has_text=True))
    else:
        print(found.text)
    return OK


def _list_models(options: argparse.Namespace, cancelled: threading.Event) -> int:
    settings = _settings(options)
    rows = [(find_model(m.id, models_dir=settings.models_dir), m) for m in CATALOGUE]
    if options.json:
        _print_json(
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
    settings = _settings(options)
    name = options.id or settings.model
    located = find_model(name, models_dir=settings.models_dir)
    if located.model is None:
        raise UsageError(f"{name!r} is a file already; name one of {_catalogue_ids()}.")
    if settings.is_offline and not located.is_verified:
        raise UsageError(
            f"{name!r} is not here yet, and --offline forbids to fetch it; leave that out."
        )
    with _bytes_bar(located.model) as show:
        result = fetch_model(
            located.model, models_dir=settings.models_dir, on_progress=show, cancelled=cancelled
        )
    for failure in result.failures:
        _notice(failure)
    print(f"{result.path} ({result.source})")
    return OK


def _check_models(options: argparse.Namespace, cancelled: threading.Event) -> int:
    settings = _settings(options)
    checked = check_models(settings.models_dir, cancelled=cancelled)
    for one in checked:
        print(f"{one.model.id:20} {one.state}{f': {one.reason}' if one.reason else ''}")
    return FAILURE if any(one.state is FileState.CORRUPT for one in checked) else OK


def _catalogue_ids() -> str:
    return ", ".join(model.id for model in CATALOGUE)


def _load_essays(settings: Settings) -> Corpus:
    """Load the essays with progress, and name those left out."""
    with tqdm(unit="essay", desc="Reading essays", file=sys.stderr, leave=False, delay=1) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        corpus = load_corpus(settings.essays, on_progress=show)
    for one in corpus.rejected:
        _notice(f"Left out {one.name}: {one.reason}")
    return corpus


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    corpus: Corpus
    assistant: Assistant


@contextmanager
def _opened(settings: Settings, cancelled: threading.Event) -> Iterator[_Opened]:
    """Give an assistant over the essays of the settings; end its model afterwards."""
    corpus = _load_essays(settings)
    index = Bm25Index([passage for one in corpus.documents for passage in split_passages(one)])
    with _model(settings, cancelled) as model:
        yield _Opened(corpus=corpus, assistant=Assistant(index, model))


@contextmanager
def _model(settings: Settings, cancelled: threading.Event) -> Iterator[ModelProcess]:
    with _Steps() as steps:
        model = prepare_model(settings, on_status=steps.show, cancelled=cancelled)
    try:
        yield model
    finally:
        model.close()


class _Steps:
    """Shows the steps of making a model ready: one line that changes, or lines in a file."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._bar = tqdm(
            total=100,
            file=sys.stderr,
            leave=False,
            disable=not self._is_terminal,
            bar_format="{desc} {percentage:3.0f} %",
        )
        self._state = ""

    def __enter__(self) -> "_Steps":
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def show(self, status: ModelStatus) -> None:
        if not self._is_terminal and status.state != self._state:
            _notice(status.message)
        self._state = status.state
        self._bar.set_description_str(status.message, refresh=False)
        self._bar.update(round(100 * status.fraction) - self._bar.n)


@contextmanager
def _bytes_bar(model: CatalogueModel) -> Iterator[Callable[[FetchProgress], None]]:
    with tqdm(
        total=model.size_bytes,
        unit="B",
        unit_scale=True,
        desc=model.id,
        file=sys.stderr,
        # A log gets a line now and then, not ten a second.
        mininterval=0.1 if sys.stderr.isatty() else 10,
    ) as bar:

        def show(progress: FetchProgress) -> None:
            bar.set_description_str(f"{model.id}: {progress.source}", refresh=False)
            bar.update(progress.bytes_done - bar.n)

        yield show


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


def _notice(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    sys.exit(main())
