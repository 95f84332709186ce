"""Plain text files."""

from index.readers.decoding import decode
from index.readers.raw import RawEssay


def read(content: bytes) -> RawEssay:
    """Read a plain text file.

    Raises:
        EssayError: The content is not text.
    """
    decoded = decode(content)
    return RawEssay(text=decoded.text, title="", author="", date="", encoding=decoded.encoding)
