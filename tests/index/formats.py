"""One essay in every format, and PDF files typeset line by line."""

import subprocess
import textwrap
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from index.readers.pandoc import executable
from tests.index.reading import pdfs

TITLE, AUTHOR = "On Ropes", "Agnes Pell"
HEADINGS = ("The Guild of the Harbour", "What Became of the Keys")
PARAGRAPHS = (
    "The harbour of the old town was built by a guild of rope makers, and for a century the guild"
    " kept the keys of its gate. No ship left before the bell was rung, and no stranger was told"
    " where the bell hung.",
    "Lind held that the guild was rich. Skerne, who had seen its books, held that it was not: the"
    " books show debts in every year but two.",
    "We kept the gate because nobody else would have it.",
    "hemp from the northern villages",
    "tar from the forests beyond them",
    "When the guild fell, the keys were given to a widow. She is said to have thrown them into the"
    " sea, and the gate has stood open ever since that day.",
)
TEXT = "\n\n".join([HEADINGS[0], *PARAGRAPHS[:5], HEADINGS[1], PARAGRAPHS[5]])
"""Of any format, cleaned."""

MARKDOWN = (
    f"# {HEADINGS[0]}\n\n{PARAGRAPHS[0]}\n\n{PARAGRAPHS[1]}\n\n> {PARAGRAPHS[2]}\n\n"
    f"- {PARAGRAPHS[3]}\n- {PARAGRAPHS[4]}\n\n# {HEADINGS[1]}\n\n{PARAGRAPHS[5]}\n"
)


class Typed(NamedTuple):
    """A line of a page: where it begins in points, its size, and whether it is bold."""

    text: str
    x: float
    y: float
    size: float = 10
    is_bold: bool = False


def pandoc(source: str, target: str, **meta: str) -> bytes:
    """Return Markdown written in another format."""
    arguments = [f"--metadata={name}={value}" for name, value in meta.items()]
    command = [executable(), "--standalone", "-f", "markdown", "-t", target, "-o", "-"]
    run = subprocess.run(
        [*command, *arguments], input=source.encode(), capture_output=True, check=True
    )
    return run.stdout


@lru_cache(maxsize=1)
def essays() -> Mapping[str, bytes]:
    """Return the essay as files, by name."""
    meta = {"title": TITLE, "author": AUTHOR}
    front = f"---\ntitle: {TITLE}\nauthor: {AUTHOR}\n---\n"
    written = {
        f"a.{kind}": pandoc(MARKDOWN, kind, **meta) for kind in ("html", "docx", "odt", "epub")
    }
    return {
        "a.txt": f"{TITLE}\n\nby {AUTHOR}\n\n{TEXT}\n".encode(),
        "a.md": f"{front}{MARKDOWN}".encode(),
        **written,
        "a.pdf": typeset_essay(),
    }


def typeset_essay() -> bytes:
    """Return the essay as a PDF file of one page."""
    lines = [Typed(TITLE, 60, 740, 18, is_bold=True), Typed(f"by {AUTHOR}", 60, 716)]
    y = 690.0
    for paragraph in TEXT.split("\n\n"):
        is_heading = paragraph in HEADINGS
        size = 14 if is_heading else 10
        for text in textwrap.wrap(paragraph, 80):
            lines.append(Typed(text, 60, y, size, is_bold=is_heading))
            y -= 12
        y -= 12
    return typeset([lines], properties={"Title": TITLE, "Author": AUTHOR})


def typeset(
    pages: Sequence[Sequence[Typed]],
    *,
    properties: Mapping[str, str] | None = None,
    labels: str = "",
) -> bytes:
    """Return a PDF file in Courier, 600 by 800 points, whose letters are 0.6 of their size wide.

    Args:
        pages: The lines of each page.
        properties: What the file says of itself.
        labels: Its page labels, in PDF's notation.
    """
    first = 6
    kids = b" ".join(b"%d 0 R" % (first + 2 * number) for number in range(len(pages)))
    objects = pdfs.basic_objects(kids, len(pages))
    if labels:
        objects[pdfs.CATALOG] = (
            b"<</Type /Catalog /Pages 2 0 R /PageLabels <</Nums [%b]>>>>" % labels.encode()
        )
    fields = b"".join(
        b"/%b (%b) " % (name.encode(), value.encode()) for name, value in (properties or {}).items()
    )
    objects |= {
        3: b"<</Type /Font /Subtype /Type1 /BaseFont /Courier>>",
        4: b"<</Type /Font /Subtype /Type1 /BaseFont /Courier-Bold>>",
        5: b"<<%b>>" % fields,
    }
    for number, lines in enumerate(pages):
        at = first + 2 * number
        objects[at] = (
            b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents %d 0 R"
            b" /Resources <</Font <</R 3 0 R /B 4 0 R>>>>>>" % (at + 1)
        )
        objects[at + 1] = pdfs.stream(b"".join(map(_show, lines)))
    return pdfs.pdf(objects, trailer=b"/Info 5 0 R")


def _show(line: Typed) -> bytes:
    text = line.text.encode("latin-1").replace(b"\\", b"\\\\")
    text = text.replace(b"(", b"\\(").replace(b")", b"\\)")
    font = b"B" if line.is_bold else b"R"
    return b"BT /%b %g Tf %g %g Td (%b) Tj ET\n" % (font, line.size, line.x, line.y, text)
