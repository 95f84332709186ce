"""How far the files being added to the library have come, as it is shown."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from assistant.kept_essays.views import as_sentence, count
from index.reading.steps import FileProgress, Step

MAX_FILES_SHOWN: Final = 10
"""Of files under way; a list of hundreds would push the table off the page."""

_STEPS: Final = (Step.READ, Step.CLEAN, Step.SPLIT, Step.INDEX)
_END_WORDS: Final[Mapping[Step, str]] = {
    Step.WAITING: "waiting",
    Step.DONE: "added",
    Step.UNCHANGED: "unchanged",
    Step.FAILED: "not added",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """A file on its way into the library.

    Attributes:
        name: The file's name.
        state: Where it stands, the value of its ``Step``.
        steps: Read, clean, split and index, each with whether it is ``done``, ``current`` or
            ``ahead``.
        words: What became of it or that it waits; empty while it is under way.
        reason: Why it was not added; else empty.
    """

    name: str
    state: str
    steps: tuple[tuple[str, str], ...]
    words: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkProgress:
    """How far the files being added have come.

    Attributes:
        is_running: Whether work is under way, and can be stopped.
        message: That in words; empty if there was nothing to do.
        fraction: Of the files that have come to their end, 0 to 1.
        files: Those under way first, then those that failed, then the rest; the first ten.
        n_more: How many files are not listed.
    """

    is_running: bool
    message: str
    fraction: float
    files: tuple[FileView, ...]
    n_more: int


def view_work(files: Sequence[FileProgress], *, is_running: bool, message: str) -> WorkProgress:
    """Return how far the files being added have come.

    Once it is over, no file is listed: all are in the table, those that failed first.

    Args:
        files: The state of each file, in the order they were given.
        is_running: Whether the work is under way.
        message: What the work says of itself; follows the count.
    """
    n_ended = sum(each.step.is_last for each in files)
    listed = files if is_running else ()
    shown = sorted(listed, key=_urgency)[:MAX_FILES_SHOWN]
    described = _describe(files, n_ended, is_running=is_running)
    return WorkProgress(
        is_running=is_running,
        message=". ".join(part for part in (described, message) if part),
        fraction=n_ended / len(files) if files else 0.0,
        files=tuple(map(_view_file, shown)),
        n_more=len(listed) - len(shown),
    )


def _urgency(progress: FileProgress) -> int:
    if progress.step in _STEPS:
        return 0
    return {Step.FAILED: 1, Step.WAITING: 2, Step.DONE: 3}.get(progress.step, 4)


def _describe(files: Sequence[FileProgress], n_ended: int, *, is_running: bool) -> str:
    if not files:
        return ""
    ends = Counter(each.step for each in files)
    if is_running:
        ended = f"{n_ended:,} of {count(len(files), 'file')} done"
        return f"{ended}, {ends[Step.FAILED]:,} not added" if ends[Step.FAILED] else ended
    parts = [
        f"{ends[step]:,} {_END_WORDS[step]}"
        for step in (Step.DONE, Step.UNCHANGED, Step.FAILED)
        if ends[step]
    ]
    if stopped := len(files) - n_ended:
        parts.append(f"{stopped:,} left when it was stopped")
    return f"{count(len(files), 'file')}: {', '.join(parts)}"


def _view_file(progress: FileProgress) -> FileView:
    return FileView(
        name=progress.name,
        state=progress.step.value,
        steps=tuple(zip([step.value for step in _STEPS], _marks(progress.step), strict=True)),
        words=_END_WORDS.get(progress.step, ""),
        reason=as_sentence(progress.reason),
    )


def _marks(step: Step) -> Iterator[str]:
    """Yield how far each of the steps is."""
    if step not in _STEPS:
        # A failure does not tell at which step, and what waits has begun none.
        yield from ["done" if step in (Step.DONE, Step.UNCHANGED) else "ahead"] * len(_STEPS)
        return
    position = _STEPS.index(step)
    for number in range(len(_STEPS)):
        yield "done" if number < position else "current" if number == position else "ahead"
