"""How much reading one file may cost before it is refused."""

from dataclasses import dataclass

MAX_FILE_BYTES = 100_000_000
"""The size of a file. Text alone never comes near this, but its pictures do: scanned articles
with their text behind them have 20 to 60 MB. Larger ones are collections of volumes."""

MAX_TEXT_WORDS = 1_000_000
"""The words of one essay, more than those of the longest novels. So many are cleaned, split and
indexed in about ten seconds of one core; what is larger is a collection, better added in parts."""

MAX_TEXT_CHARS = 10_000_000
"""The same for text whose words are not apart: ten characters for each word."""

MAX_CPU_S = 90.0
"""Processor time for one file. The longest essay accepted takes about ten seconds of it as text;
a word processor's file of 200,000 words takes as much."""

MAX_WALL_S = 300.0
"""Time by the clock for one file; longer than the processor time, because the reading process
gives way to everything else on the machine, such as a model that uses every core."""

MAX_MEMORY_BYTES = 1_500_000_000
"""Memory in use by the reading process and what it starts. The largest essay accepted takes a
fifth of it; a machine that runs a language model has so much to spare for a moment."""

MAX_ADDRESS_BYTES = 2 * MAX_MEMORY_BYTES
"""What the reading process may reserve, where the system can limit it: more than it may use, for
libraries reserve far more than they use. It stops what grows faster than it is looked at."""

MAX_REPLY_BYTES = 100_000_000
"""The text and the index of one essay. Ten times what the longest accepted one has been seen to
give; a reading process that sends more is not well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingLimits:
    """The most that reading one file may cost; each has its reason with its default.

    Attributes:
        max_file_bytes: The file's size.
        max_text_words: Words of the clean text, as they stand apart by white space.
        max_text_chars: Characters of the text, before and after it is cleaned.
        max_cpu_s: Processor seconds of the reading process and what it starts, together.
        max_wall_s: Seconds by the clock.
        max_memory_bytes: Memory in use by the reading process and what it starts, together.
        max_address_bytes: Address space of each of these processes, where that can be limited.
        max_reply_bytes: Text and segment that the reading process sends.
    """

    max_file_bytes: int = MAX_FILE_BYTES
    max_text_words: int = MAX_TEXT_WORDS
    max_text_chars: int = MAX_TEXT_CHARS
    max_cpu_s: float = MAX_CPU_S
    max_wall_s: float = MAX_WALL_S
    max_memory_bytes: int = MAX_MEMORY_BYTES
    max_address_bytes: int = MAX_ADDRESS_BYTES
    max_reply_bytes: int = MAX_REPLY_BYTES
