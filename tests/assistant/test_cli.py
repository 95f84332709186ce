"""The command as a reader runs it, with its output and exit status.

Most of it is run in this process, since each other one takes a second to start.
"""

import atexit
import contextlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import IO, Any
from unittest.mock import patch

import pytest

from assistant.cli import main
from assistant.models import CATALOGUE
from assistant.settings import DEFAULT_ESSAYS, HOME_VARIABLE, load_settings
from index.corpus import load_corpus
from tests.machine import share_models

QUESTIONS = Path(__file__).parents[1] / "questions.jsonl"
COMMAND = (sys.executable, "-m", "assistant.cli")

ANSWER_KEYS = {
    *("question", "query", "abstained", "reason", "answer", "claims", "quotes", "passages"),
    *("evidence", "model", "p_none", "tokens", "seconds"),
    *("withheld", "expanded", "notice", "missing", "is_by_essay", "doubt", "caution"),
    *("scope", "search"),
}
PASSAGE_KEYS = {"essay", "start", "end", "text", "score", "rank", "n_terms", "matches"}
CLAIM_KEYS = {"text", "citations", "verdict", "support", "reason"}
CITATION_KEYS = {
    "essay",
    "essay_id",
    "title",
    "author",
    "start",
    "end",
    "quote",
    "paragraph",
    "page",
    "heading",
}
SCORECARD_KEYS = {
    "answerable": {"n", "correct", "correct_own_words", "abstained"},
    "unanswerable": {"n", "abstained"},
    "unanswerable_near": {"n", "abstained"},
    "claims": {"shown", "supported", "partial", "withheld"},
    "citation_quality": {"recall", "precision"},
    "no_model": {"correct"},
    "retrieval": {"n", "recall_at_1", "recall_at_4", "mrr"},
    "citations": {"n", "verbatim", "gold", "on_gold"},
    "tokens": {"prompt_p50", "evaluated_p50"},
    "seconds": {"search_p50", "first_token_p50", "total_p50"},
}


@cache
def shared_home() -> Path:
    """Return a home with the models of this machine and nothing else of it, made once."""
    folder = Path(tempfile.mkdtemp(prefix="essay-assistant-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    share_models(folder, load_settings(environment={}))
    return folder


def make_environment(home: Path | None) -> Mapping[str, str]:
    """Return the environment with the assistant's own variables unset but its home."""
    # Buffered as in a reader's shell, whatever the tests run with.
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("ESSAY_ASSISTANT_") and name != "PYTHONUNBUFFERED"
    }
    return {**kept, HOME_VARIABLE: str(home or shared_home())}


def run(*arguments: str | Path, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command in this process."""
    out, err = io.StringIO(), io.StringIO()
    words = [str(one) for one in arguments]
    with (
        patch.dict(os.environ, make_environment(home), clear=True),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            status = main(words)
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else 1
    return subprocess.CompletedProcess(words, status, out.getvalue(), err.getvalue())


def run_apart(
    *arguments: str | Path, home: Path | None = None, stdout: int = subprocess.PIPE
) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        env=make_environment(home),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        timeout=240,
        check=False,
    )


def run_json(*arguments: str | Path, home: Path | None = None) -> Any:
    """Return what a command prints, which is JSON and nothing else."""
    result = run(*arguments, "--json", home=home)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def without_progress(lines: str) -> list[str]:
    """Return what is told for good; how far a step is, is told only where it takes long."""
    return [
        line
        for line in lines.splitlines()
        if line.strip() and "essay/s" not in line and "s/essay" not in line
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a good essay in a subfolder and one that cannot be used."""
    essays = tmp_path / "essays"
    (essays / "deep").mkdir(parents=True)
    shutil.copy(min(DEFAULT_ESSAYS.glob("*.md")), essays / "deep" / "good.md")
    (essays / "empty.txt").write_text("")
    return essays


@pytest.mark.parametrize("arguments", [["show", "gone.md"], ["list", "--json"]], ids=" ".join)
def test_as_a_process_the_command_prints_and_ends_the_same(
    folder: Path, arguments: list[str]
) -> None:
    here, apart = (each("essays", *arguments, "--essays", folder) for each in (run, run_apart))
    assert apart.returncode == here.returncode
    assert apart.stdout == here.stdout
    assert without_progress(apart.stderr) == without_progress(here.stderr)


# Essays


def test_essays_are_listed_with_those_left_out_by_name_and_reason(folder: Path) -> None:
    result = run("essays", "list", "--essays", folder)
    assert result.returncode == 0
    assert result.stdout.startswith("deep/good.md\n")
    assert "words, utf-8" in result.stdout
    assert "Left out empty.txt: it is empty" in result.stderr


def test_essays_are_listed_as_json_with_those_left_out(folder: Path) -> None:
    listed = run_json("essays", "list", "--essays", folder)
    (essay,) = listed["essays"]
    (document,) = load_corpus([folder]).documents
    assert (essay["name"], essay["id"]) == ("deep/good.md", document.id)
    assert essay["words"] == len(document.text.split())
    assert "text" not in essay
    assert listed["rejected"] == [{"name": "empty.txt", "reason": "it is empty"}]


def test_an_essay_is_shown_as_the_text_in_which_offsets_count(folder: Path) -> None:
    (document,) = load_corpus([folder]).documents
    assert run("essays", "show", "deep/good.md", "--essays", folder).stdout == document.text + "\n"
    shown = run_json("essays", "show", document.id, "--essays", folder)
    assert shown["text"] == document.text
    assert shown["title"] == document.title


def test_the_default_essays_are_taken_where_none_are_named() -> None:
    names = {essay["name"] for essay in run_json("essays", "list")["essays"]}
    assert names == {path.name for path in DEFAULT_ESSAYS.glob("*.md")}


# Bad input


BAD_ROW = {"id": "a", "kind": "fact", "question": "Who?", "facts": ["pell"], "evidence": []}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["essays", "list", "--essays", "{home}/gone"], ["no file or folder", "gone", ".md"]),
        (["essays", "list", "--essays", "{home}"], ["no essays", "put essays", ".txt"]),
        (["essays", "show", "gone.md"], ["no essay 'gone.md'", "accident-and-office.md"]),
        (["ask", " \n "], ["question is blank", "quotation marks"]),
        (["ask", "Why?", "--model", "gpt"], ["no model 'gpt'", "smollm2-135m", "GGUF"]),
        (["ask", "Why?", "--essays", "{home}/gone"], ["no file or folder"]),
        (["ask", "Why?", "--caution", "wild"], ["'wild'", "careful, balanced, bold"]),
        (["evaluate", "--questions", "{home}/gone.jsonl"], ["questions file", "gone.jsonl"]),
        (
            ["evaluate", "--questions", "{home}/bad.jsonl"],
            ["bad.jsonl, line 2", "'pell' is not a list"],
        ),
        (
            ["evaluate", "--questions", "{home}/bad.jsonl", "--curve", "{home}/curve.txt"],
            ["curve.txt' is no image", ".png or .svg"],
        ),
        (
            ["evaluate", "--questions", "{home}/bad.jsonl", "--curve", "{home}/gone/curve.png"],
            ["gone/curve.png' lies in no folder"],
        ),
        (
            ["evaluate", "--questions", "{home}/bad.jsonl", "--curve", "{home}/folder.svg"],
            ["folder.svg' cannot be written"],
        ),
        (["open", "--model", "gpt", "--no-browser"], ["no model 'gpt'"]),
        (["open", "--port", "70000"], ["70000", "0 to 65535"]),
        (["models", "fetch", "gpt"], ["no model 'gpt'", "smollm2-135m"]),
        (["models", "fetch", "smollm2-135m", "--offline"], ["--offline", "smollm2-135m"]),
        (["ask", "Why?", "--offline"], ["not on this machine", "assistant models fetch"]),
        (["frobnicate"], ["invalid choice", "frobnicate"]),
        ([], ["required", "COMMAND"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_bad_input_exits_with_2_and_says_what_to_do(
    tmp_path: Path, arguments: list[str], words: list[str]
) -> None:
    (tmp_path / "folder.svg").mkdir()
    (tmp_path / "bad.jsonl").write_text(f"\n{json.dumps(BAD_ROW)}\n")
    result = run(*(part.format(home=tmp_path) for part in arguments), home=tmp_path)
    assert result.returncode == 2
    assert result.stdout == ""
    for word in words:
        assert word in result.stderr
    assert "Traceback" not in result.stderr


# Help and models


@pytest.mark.parametrize("arguments", [["--help"], ["essays", "show", "--help"]], ids=" ".join)
def test_help_is_printed_on_standard_output(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.returncode == 0
    assert result.stdout.startswith("usage: assistant")
    assert result.stderr == ""


def test_models_are_listed_as_not_fetched_in_a_new_home(tmp_path: Path) -> None:
    result = run("models", "list", home=tmp_path)
    assert result.returncode == 0
    for model in CATALOGUE:
        assert model.id in result.stdout
    assert result.stdout.count("not fetched") == len(CATALOGUE)
    assert str(tmp_path) in result.stdout
    listed = run_json("models", home=tmp_path)
    assert [row["id"] for row in listed] == [model.id for model in CATALOGUE]
    assert not any(row["is_present"] for row in listed)


def test_a_check_of_a_new_home_finds_nothing_wrong(tmp_path: Path) -> None:
    result = run("models", "check", home=tmp_path)
    assert result.returncode == 0
    assert result.stdout.count("missing") == len(CATALOGUE)


def test_a_file_that_only_looks_like_a_model_fails_the_check(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / CATALOGUE[-1].file_name).write_bytes(b"GGUF")
    result = run("models", "check", home=tmp_path)
    assert result.returncode == 1
    assert f"{CATALOGUE[-1].id:20} corrupt" in result.stdout


# Pipes


@pytest.mark.parametrize(
    "arguments",
    [["essays", "show", "roads-to-1929.md"], ["models"], ["--help"]],
    ids=["long", "short", "help"],
)
def test_a_pipe_that_nobody_reads_ends_the_command_without_a_word(arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        result = run_apart(*arguments, stdout=writing)
    finally:
        os.close(writing)
    assert result.stderr == ""
    assert result.returncode == 1


# With a model


@pytest.mark.model
def test_ask_prints_one_object_with_the_keys_agreed_and_verbatim_spans(
    shallow_model: Path,
) -> None:
    question = "How many members did the Politburo have when Lenin died?"
    answer = run_json("ask", question, "--model", shallow_model, "--offline")
    assert set(answer) == ANSWER_KEYS
    assert answer["question"] == answer["query"] == question
    assert answer["model"] == shallow_model.name
    assert set(answer["tokens"]) == {"prompt", "evaluated", "generated"}
    assert set(answer["seconds"]) == {"search", "first_token", "total"}
    assert answer["answer"] == " ".join(claim["text"] for claim in answer["claims"])

    texts = {document.name: document.text for document in load_corpus([DEFAULT_ESSAYS]).documents}
    assert all(set(claim) == CLAIM_KEYS for claim in [*answer["claims"], *answer["withheld"]])
    assert answer["caution"] == "balanced"
    citations = [one for claim in answer["claims"] for one in claim["citations"]]
    assert answer["quotes"]
    for span in [*citations, *answer["quotes"]]:
        assert set(span) == CITATION_KEYS
        assert texts[span["essay"]][span["start"] : span["end"]] == span["quote"]
    assert all(set(one) == {"essay", "start", "end", "text"} for one in answer["evidence"])
    for passage in answer["passages"]:
        assert set(passage) == PASSAGE_KEYS
    for span in [*answer["passages"], *answer["evidence"]]:
        assert texts[span["essay"]][span["start"] : span["end"]] == span["text"]


@pytest.mark.model
def test_an_abstention_is_a_result_and_no_failure(shallow_model: Path) -> None:
    result = run("ask", "Who painted sunflowers in Arles?", "--model", shallow_model, "--offline")
    assert result.returncode == 0
    assert result.stdout.startswith("The essays do not say: ")


@pytest.mark.model
def test_evaluate_prints_the_figures_agreed(shallow_model: Path, tmp_path: Path) -> None:
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    some = tmp_path / "two.jsonl"
    some.write_text(f"{lines[0]}\n{lines[-1]}\n", encoding="utf-8")
    curve = tmp_path / "curve.svg"
    card = run_json(
        *("evaluate", "--questions", some, "--model", shallow_model, "--offline"),
        *("--caution", "bold", "--curve", curve),
    )
    assert "<svg" in curve.read_text(encoding="utf-8")
    for name, keys in SCORECARD_KEYS.items():
        assert set(card[name]) == keys
    assert [row["id"] for row in card["questions"]] == [
        json.loads(line)["id"] for line in (lines[0], lines[-1])
    ]
    assert (card["answerable"]["n"], card["unanswerable"]["n"]) == (1, 1)
    assert card["citations"]["verbatim"] == card["citations"]["n"]


@pytest.fixture
def evaluation(shallow_model: Path) -> Iterator[subprocess.Popen[str]]:
    """Start an evaluation of many questions; end it whatever the test does."""
    process = subprocess.Popen(
        [*COMMAND, "evaluate", "--questions", QUESTIONS, "--model", shallow_model, "--offline"],
        env=make_environment(None),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def drain(stream: IO[str], into: list[str]) -> threading.Thread:
    thread = threading.Thread(target=lambda: into.append(stream.read()))
    thread.start()
    return thread


@pytest.mark.model
def test_ctrl_c_ends_an_evaluation_with_what_was_printed_until_then(
    evaluation: subprocess.Popen[str],
) -> None:
    assert evaluation.stdout is not None
    assert evaluation.stderr is not None
    notices: list[str] = []
    reader = drain(evaluation.stderr, notices)
    assert evaluation.stdout.readline().startswith("fact01 ")
    evaluation.send_signal(signal.SIGINT)
    assert evaluation.wait(timeout=30) == 1
    reader.join()
    assert notices[0].endswith("Stopped.\n")
    assert "answerable:" not in evaluation.stdout.read()


def test_a_limit_to_what_is_not_there_is_refused_before_a_model_is_sought(
    folder: Path, tmp_path: Path
) -> None:
    result = run(
        *("ask", "Who closed it?", "--author", "Nobody", "--essays", folder, "--offline"),
        home=tmp_path / "home",
    )
    assert result.returncode == 2
    assert "There is no essay by 'Nobody'; there are essays by '" in result.stderr
