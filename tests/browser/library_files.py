"""Essays in seven formats for the journeys through the library, made anew for each run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.index.formats import pandoc
from tests.index.reading.pdfs import basic_objects, lines, page, pdf, stream

BROKEN: Final = "torn-off.docx"
"""The beginning of a word processor's file, as an interrupted copy leaves it."""


ESSAYS: Final[Mapping[str, tuple[str, str]]] = {
    "tower.txt": ("The Tower of Arnsmouth", "The tower of Arnsmouth was built of grey granite"),
    "mill.md": ("The Mill at Fenwold", "The mill at Fenwold ground barley for forty villages"),
    "harbour.html": ("The Harbour of Quellby", "The harbour of Quellby silted up in one winter"),
    "ferry.docx": ("The Ferry over the Tarn", "The ferry over the Tarn was rowed by two sisters"),
    "orchard.odt": ("The Orchard of Pellworth", "The orchard of Pellworth bore a hundred quinces"),
    "quarry.epub": ("The Quarry of Hask", "The quarry of Hask gave slate for the roofs of Lind"),
    "bridge.pdf": ("The Bridge at Ossing", "The bridge at Ossing was carried off by drifting ice"),
}
"""Title and first sentence by name."""
_MORE: Final = (
    "Nobody who lived there at the time wrote down why it was so, and the letters that were kept"
    " in the parish chest say little more than that the people were content with it. The accounts"
    " of the county tell how much was paid, to whom, and in which month of the year.",
    "Later writers have doubted the story, since the sums in the accounts are too small for work"
    " of this kind. They overlook that most of the work was not paid at all, but was owed to the"
    " lord of the manor, and that he let it stand in the place of rents.",
    "A drawing in the hand of the surveyor shows how it stood in his day. He walked around it with"
    " a chain and a notebook, asked the oldest people of the place what they remembered, and wrote"
    " down what they told him without saying which of it he believed himself. His notes were found"
    " in an attic when the house was sold, and most of what can be said with any safety rests on"
    " them alone, for nobody else had thought the matter worth the ink and the trouble.",
)


def write_essays(folder: Path) -> list[Path]:
    """Write an essay in each of the seven formats, and a broken file; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (title, told) in ESSAYS.items():
        _WRITERS[Path(name).suffix](folder / name, title, told)
    torn = (folder / "ferry.docx").read_bytes()
    (folder / BROKEN).write_bytes(torn[: len(torn) // 2])
    return sorted(folder.iterdir())


def essay_text(title: str, told: str) -> str:
    """Return a plain essay that tells something in its first paragraph."""
    return "\n\n".join((title, f"{told}. {_MORE[0]}", _MORE[1])) + "\n"


def _write_text(path: Path, title: str, told: str) -> None:
    path.write_text(essay_text(title, told), encoding="utf-8")


def _write_markdown(path: Path, title: str, told: str) -> None:
    path.write_text(_markdown(title, told), encoding="utf-8")


def _write_html(path: Path, title: str, told: str) -> None:
    paragraphs = "".join(f"<p>{text}</p>" for text in (f"{told}. {_MORE[0]}", _MORE[1]))
    path.write_text(
        f"<!DOCTYPE html><html lang=en><head><title>{title}</title></head><body>"
        f"<nav><p>Home</p></nav><article><h1>{title}</h1>{paragraphs}</article></body></html>",
        encoding="utf-8",
    )


def _write_packed(path: Path, title: str, told: str) -> None:
    path.write_bytes(pandoc(_markdown(title, told), path.suffix.removeprefix(".")))


def _write_pdf(path: Path, title: str, told: str) -> None:
    """Write a file of two pages, on the second of which stands what is told."""
    first = [title, "", *_wrapped(_MORE[1]), "", *_wrapped(_MORE[2]), "", *_wrapped(_MORE[0])]
    second = _wrapped(f"{told}. {_MORE[2]}")
    path.write_bytes(
        pdf(
            {
                **basic_objects(b"4 0 R 6 0 R", 2),
                4: page(5),
                5: stream(lines(*first)),
                6: page(7),
                7: stream(lines(*second)),
            }
        )
    )


def _markdown(title: str, told: str) -> str:
    return f"---\ntitle: {title}\nauthor: A. Pell\n---\n\n{told}. {_MORE[0]}\n\n{_MORE[1]}\n"


def _wrapped(text: str) -> list[str]:
    words, wrapped = text.split(), [""]
    for word in words:
        if len(wrapped[-1]) + len(word) > 80:
            wrapped.append("")
        wrapped[-1] = f"{wrapped[-1]} {word}".strip()
    return wrapped


_WRITERS: Final = {
    ".txt": _write_text,
    ".md": _write_markdown,
    ".html": _write_html,
    ".docx": _write_packed,
    ".odt": _write_packed,
    ".epub": _write_packed,
    ".pdf": _write_pdf,
}
