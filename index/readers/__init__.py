"""Reading files: one module per format, joined in one table."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from index.readers import markdown, text
from index.readers.raw import RawEssay

Reader = Callable[[bytes], RawEssay]

READERS: Mapping[str, Reader] = MappingProxyType({".md": markdown.read, ".txt": text.read})
"""The reader of each file name ending, in lower case. A reader raises ``EssayError``."""

__all__ = ["READERS", "RawEssay", "Reader"]
