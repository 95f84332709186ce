"""No prompt, table or constant knows the default essays or the questions on them."""

import calendar
import json
import re
from pathlib import Path
from typing import Final

import pytest

from index.analysis import is_stop_word
from index.passages import split_sentences

ROOT: Final = Path(__file__).parents[1]
ESSAYS: Final = sorted((ROOT / "index" / "essays").glob("*.md"))
QUESTIONS: Final = ROOT / "tests" / "questions.jsonl"
WORD: Final = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
CALENDAR: Final = {name.lower() for name in (*calendar.month_name, *calendar.day_name)}

COMMON: Final = {"question", "red", "union", "wall"}
"""Words that stand in the essays' names and mean other things everywhere else."""
ROMAN: Final = re.compile(r"[ivxlc]+")

FOLDERS: Final = ("assistant", "index", "prompts")
SUFFIXES: Final = (".py", ".txt", ".css", ".js", ".html", ".json", ".toml")
FILES: Final = [
    path
    for root in (*(ROOT / name for name in FOLDERS), ROOT)
    for path in sorted(root.glob("*.py") if root == ROOT else root.rglob("*"))
    if path.suffix in SUFFIXES and path.parent != ROOT / "index" / "essays"
]


def read_prose() -> list[str]:
    """Return the essays without their front matter, and the questions."""
    essays = [path.read_text("utf-8").split("---", 2)[2] for path in ESSAYS]
    lines = QUESTIONS.read_text("utf-8").splitlines()
    return essays + [json.loads(line)["question"] for line in lines]


def find_names(texts: list[str]) -> set[str]:
    """Return the words that are capitalised within a sentence and nowhere small, and the years.

    In small letters. Months, days, Roman numbers and single letters tell nothing.
    """
    capitalised: set[str] = set()
    small: set[str] = set()
    years: set[str] = set()
    for text in texts:
        for start, end in split_sentences(text):
            words = WORD.findall(text[start:end])
            years |= {word for word in words if re.fullmatch(r"1[0-9]{3}|20[0-9]{2}", word)}
            capitalised |= {word.lower() for word in words[1:] if word[0].isupper()}
            small |= {word for word in words if word[0].islower()}
    return years | {
        word
        for word in capitalised - small - CALENDAR - COMMON
        if len(word) > 1 and not is_stop_word(word) and not ROMAN.fullmatch(word)
    }


NAMES: Final = find_names(read_prose())


def names_in(text: str) -> set[str]:
    """Return the names and years in a text, whatever their case, parts of compounds too."""
    words = {word.lower() for word in WORD.findall(text)}
    return (words | {part for word in words for part in word.split("-")}) & NAMES


def test_names_and_years_of_the_essays_are_known() -> None:
    assert {"stalin", "trotsky", "petrograd", "baku", "1917", "1953", "shostakovich"} <= NAMES
    assert not {"the", "march", "why", "party"} & NAMES
    assert len(NAMES) > 80


def test_the_prompts_and_both_packages_are_read() -> None:
    names = {path.relative_to(ROOT).as_posix() for path in FILES}
    assert {"app.py", "prompts/system.txt", "index/clutter.py", "assistant/examples.py"} <= names


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_file_of_the_packages_holds_a_name_or_year_of_the_essays(path: Path) -> None:
    assert names_in(path.read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Who led the anti-Trotsky wing in 1924?", {"trotsky", "1924"}),
        ('RULES = ("STALIN’S", "brest-litovsk")', {"stalin", "brest-litovsk"}),
        ("Who closed the mill in 1874?", set()),
    ],
)
def test_a_name_in_a_prompt_or_table_would_be_seen(text: str, found: set[str]) -> None:
    assert names_in(text) == found
