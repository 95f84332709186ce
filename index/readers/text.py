"""Plain text files."""

from index.blocks import make_block
from index.readers.decoding import decode
from index.readers.raw import RawEssay


def read(content: bytes) -> RawEssay:
    """Read a plain text file.

    Raises:
        EssayError: The content is not text.
    """
    decoded = decode(content)
    return RawEssay(blocks=(make_block(decoded.text),), encoding=decoded.encoding, is_web=True)
