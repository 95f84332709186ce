"""Bytes to text: byte order mark, then strict UTF-8, then detection."""

import codecs
import re
from typing import NamedTuple

from charset_normalizer import from_bytes

from index.errors import EssayError

_MARKS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WESTERN = ["cp1252", "latin_1", "iso8859_15", "mac_roman", "cp850", "cp437"]
"""Encodings that English text is found in. Detection among all of them takes a short text for
Turkish or Czech by a single accented letter."""

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_MAX_CONTROL_SHARE = 0.01


class Decoded(NamedTuple):
    """Text, and the name of the encoding that it was read with."""

    text: str
    encoding: str


def decode(content: bytes) -> Decoded:
    r"""Decode a file's content; line ends become ``\n``.

    >>> decode(b"caf\xe9s and na\xefve readers agree")
    Decoded(text='cafés and naïve readers agree', encoding='cp1252')

    Raises:
        EssayError: The content is binary, or in no encoding that is known.
    """
    text, encoding = _decode(content)
    if _is_binary(text):
        raise EssayError("it is a binary file, not text; save it as plain text in UTF-8")
    return Decoded("\n".join(text.splitlines()), encoding)


def _decode(content: bytes) -> Decoded:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                return Decoded(content.decode(encoding), encoding)
            except UnicodeDecodeError as error:
                raise EssayError(
                    f"it begins with the mark of {encoding} but is damaged at byte"
                    f" {error.start}; save it again as UTF-8"
                ) from error
    try:
        return Decoded(content.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        if b"\0" in content:
            raise EssayError(
                "it is a binary file, not text; save it as plain text in UTF-8"
            ) from None
    match = from_bytes(content, cp_isolation=_WESTERN).best()
    if match is None:
        raise EssayError("its encoding cannot be told; save it as plain text in UTF-8")
    return Decoded(str(match), match.encoding)


def _is_binary(text: str) -> bool:
    if "\0" in text:
        return True
    return len(_CONTROL.findall(text)) > _MAX_CONTROL_SHARE * len(text)
