"""Answers kept between the runs of a benchmark."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.assistant.samples import make_answer
from tests.benchmarks.answer_log import AnswerLog

ANSWER = replace(make_answer(), doubt=0.25)


def test_an_answer_is_found_again_whole(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    AnswerLog(path, model="one").add("clapnq", "7", ANSWER)
    log = AnswerLog(path, model="one")
    assert log.find("clapnq", "7") == ANSWER
    assert log.find("xquad", "7") is log.find("clapnq", "8") is None


def test_answers_of_another_model_stay_and_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    AnswerLog(path, model="one").add("clapnq", "7", ANSWER)
    other = AnswerLog(path, model="two")
    assert other.find("clapnq", "7") is None
    other.add("clapnq", "7", make_answer())
    assert AnswerLog(path, model="one").find("clapnq", "7") == ANSWER


def test_a_line_cut_off_by_a_stop_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    AnswerLog(path, model="one").add("clapnq", "7", ANSWER)
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:100])
    log = AnswerLog(path, model="one")
    log.add("clapnq", "8", ANSWER)
    assert AnswerLog(path, model="one").find("clapnq", "8") == ANSWER


def test_without_a_file_answers_are_kept_for_the_run_only() -> None:
    log = AnswerLog(None, model="one")
    log.add("clapnq", "7", ANSWER)
    assert log.find("clapnq", "7") == ANSWER


def test_a_folder_that_is_not_there_is_known_before_anything_is_asked(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        AnswerLog(tmp_path / "gone" / "log.jsonl", model="one")
