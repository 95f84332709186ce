"""PDF files: their text with its paragraphs restored, and their pages.

PDFium finds the letters; where they stand tells lines, paragraphs and headings.
"""

import ctypes
import unicodedata
from collections.abc import Iterator
from statistics import median

import pypdfium2
from pypdfium2 import raw

from index.errors import EssayError
from index.readers.pdf_lines import PdfLine, find_furniture
from index.readers.pdf_paragraphs import build_blocks
from index.readers.properties import tidy_author, tidy_title
from index.readers.raw import RawEssay

MAX_PAGES = 5_000
"""Longer than the longest printed books; a page without text takes time, too."""
_MIN_CHARS_PER_PAGE = 20
"""Fewer are the stamp of a scanner or a library, not a text."""
_MAX_UNKNOWN_SHARE = 0.2
_LINE_ENDS = "\r\n"
_SOFT_HYPHEN = "\u00ad"
_RAISED = 0.15
"""A digit this share of a line's height above its foot, and smaller, refers to a note."""
_SMALLER = 0.85
_NAME_BYTES = 200


def read(content: bytes) -> RawEssay:
    """Read a PDF file.

    Pages are known by the labels that the file gives them, else by the numbers printed on them,
    else by their count.

    Raises:
        EssayError: The file is encrypted or damaged, or has no text.
    """
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise _explain(error) from error
    try:
        return _read(document)
    except pypdfium2.PdfiumError as error:
        raise EssayError(f"it is damaged: {error}; copy or download it again") from error
    finally:
        document.close()


def _read(document: pypdfium2.PdfDocument) -> RawEssay:
    n_pages = len(document)
    if n_pages > MAX_PAGES:
        raise EssayError(f"it has {n_pages:,} pages; an essay may have {MAX_PAGES:,} at most")
    lines: list[PdfLine] = []
    for number in range(n_pages):
        lines += _read_page(document, number)
    _check_text(lines, n_pages)
    furniture = find_furniture(lines, n_pages)
    properties = document.get_metadata_dict(skip_empty=True)
    first = 1 if furniture.first_number is None else furniture.first_number
    return RawEssay(
        blocks=build_blocks([line for line in lines if id(line) not in furniture.lines]),
        pages=tuple(
            document.get_page_label(number) or str(first + number) for number in range(n_pages)
        ),
        likely_title=tidy_title(properties.get("Title", "")),
        likely_author=tidy_author(properties.get("Author", "")),
    )


def _explain(error: pypdfium2.PdfiumError) -> EssayError:
    if error.err_code == raw.FPDF_ERR_PASSWORD:
        return EssayError("it is protected with a password; save it without one")
    if error.err_code == raw.FPDF_ERR_SECURITY:
        return EssayError(
            "it is encrypted in a way that cannot be read; save it without protection"
        )
    return EssayError("it is damaged, so that no page of it can be read; copy or download it again")


def _check_text(lines: list[PdfLine], n_pages: int) -> None:
    text = "".join(line.text for line in lines)
    if len(text) < _MIN_CHARS_PER_PAGE * max(n_pages, 1) / 2 and not _is_short_text(text, n_pages):
        raise EssayError(
            "its pages are images without text; run text recognition (OCR) over it first"
        )
    unknown = sum(unicodedata.category(letter) in ("Co", "Cn", "Cs") for letter in text)
    unknown += text.count("\ufffd")
    if unknown > _MAX_UNKNOWN_SHARE * len(text):
        raise EssayError(
            "its letters do not say which they are, so its text cannot be read; run text"
            " recognition (OCR) over it first"
        )


def _is_short_text(text: str, n_pages: int) -> bool:
    return n_pages == 1 and bool(text.strip())


def _read_page(document: pypdfium2.PdfDocument, number: int) -> list[PdfLine]:
    page = document[number]
    try:
        text_page = page.get_textpage()
        try:
            return list(_PageText(text_page, number).lines())
        finally:
            text_page.close()
    finally:
        page.close()


class _PageText:
    """The letters of a page, by their number in PDFium's order."""

    def __init__(self, text_page: pypdfium2.PdfTextPage, page: int) -> None:
        self._text_page = text_page
        self._page = page

    def lines(self) -> Iterator[PdfLine]:
        """Yield the lines that have visible letters."""
        start = 0
        units = [
            raw.FPDFText_GetUnicode(self._text_page, at)
            for at in range(self._text_page.count_chars())
        ]
        letters = [_letter(unit) for unit in units]
        for at, letter in enumerate([*letters, "\n"]):
            # PDFium runs on after the hyphen of a word that is parted between two lines.
            is_parted = letter == _SOFT_HYPHEN
            if letter in _LINE_ENDS or is_parted:
                if line := self._line(letters, start, at + is_parted):
                    yield line
                start = at + 1

    def _line(self, letters: list[str], start: int, end: int) -> PdfLine | None:
        visible = [at for at in range(start, end) if not letters[at].isspace()]
        if not visible:
            return None
        first, last = visible[0], visible[-1]
        middle = visible[len(visible) // 2]
        boxes = {at: self._box(at) for at in (first, middle, last)}
        size = median(top - bottom for _, bottom, _, top in boxes.values())
        bottom = median(box[1] for box in boxes.values())
        word_end = next((at for at in range(first, end) if letters[at].isspace()), last + 1) - 1
        left = boxes[first][0]
        text = _tidy(
            "".join(
                letters[at]
                for at in range(first, last + 1)
                if not self._is_note_mark(letters, at, first, size, bottom)
            )
        )
        if not text:
            return None
        return PdfLine(
            text=text,
            page=self._page,
            left=left,
            right=boxes[last][2],
            bottom=bottom,
            size=size,
            first_word_width=self._box(word_end)[2] - left,
            is_bold=self._is_bold(first) and self._is_bold(last),
        )

    def _is_note_mark(
        self, letters: list[str], at: int, first: int, size: float, bottom: float
    ) -> bool:
        """Return whether a letter is a raised digit after a word, which refers to a note."""
        if at == first or not letters[at].isdecimal():
            return False
        _, low, _, high = self._box(at)
        return high - low < _SMALLER * size and low - bottom > _RAISED * size

    def _box(self, at: int) -> tuple[float, float, float, float]:
        """Return left, bottom, right and top of a letter's box, as its font gives it."""
        left, bottom, right, top = self._text_page.get_charbox(at, loose=True)
        return left, bottom, right, top

    def _is_bold(self, at: int) -> bool:
        buffer = ctypes.create_string_buffer(_NAME_BYTES)
        flags = ctypes.c_int()
        raw.FPDFText_GetFontInfo(self._text_page, at, buffer, _NAME_BYTES, flags)
        name = buffer.value.decode("utf-8", "replace").lower()
        return any(word in name for word in ("bold", "black", "heavy", "demi"))


def _letter(unit: int) -> str:
    """Return a letter; the hyphen at the end of a line is a soft one."""
    if unit in (0x02, 0xFFFE):
        return _SOFT_HYPHEN
    return chr(unit) if unit else " "


def _tidy(text: str) -> str:
    """Return a text without ligatures, with its halves of letters put together."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return "".join(
        unicodedata.normalize("NFKC", letter) if "\ufb00" <= letter <= "\ufb06" else letter
        for letter in whole
    ).strip()
