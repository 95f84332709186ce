"""First pass; see the rules."""
import re
from typing import NamedTuple


class CleanText(NamedTuple):
    """x"""

    text: str
    title: str
    author: str
    date: str
    is_truncated: bool


_PREVIEW = re.compile(r"this is a preview of the whole essay.*", re.I)
_CLUTTER = re.compile(
    r"authors? avatar|join now!?|tags|related articles|leave a reply|close|back to top button"
    r"|your email address will not be published.*|this site uses akismet.*", re.I)
_COURSE = re.compile(r"^([A-Z]\S+(?: [A-Z]\S+){1,3}?)(?: [A-Z]?\d+\w*)?(?: {3,}(.*))?$")


def clean_essay(raw: str, *, title: str = "") -> CleanText:
    """x"""
    is_truncated = False
    author = date = ""
    paragraphs: list[str] = []
    for line in raw.replace("\xa0", " ").split("\n"):
        line = line.strip()
        if not line:
            continue
        if _PREVIEW.fullmatch(line):
            is_truncated = True
            continue
        if _CLUTTER.fullmatch(line):
            continue
        if len(paragraphs) < 1 and not title and len(line) < 100:
            title = " ".join(line.split())
            continue
        if len(paragraphs) < 2 and not author and (m := _COURSE.match(line)) and (m[2] or re.search(r"\d", line)) and not line.endswith("?"):
            author = m[1]
            if m[2] and (d := re.search(r"\d\d/\d\d/\d{4}", m[2])):
                date = d[0]
            continue
        line = " ".join(line.split())
        if line.casefold() == title.casefold() or (paragraphs and line == paragraphs[-1]):
            continue
        paragraphs.append(line)
    return CleanText("\n\n".join(paragraphs), title, author, date, is_truncated)
