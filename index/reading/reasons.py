"""Why a file is refused for what reading it costs, in words, each with what to do next."""

from index.reading.limits import ReadingLimits

_SAVE_AGAIN = (
    "open it in the program that it was made with and save it again, or save its text alone as .txt"
)

TOO_DEEP = f"its parts lie too deep within one another to be read; {_SAVE_AGAIN}"


def too_slow(limits: ReadingLimits) -> str:
    """Return the reason for a file that takes too long.

    >>> too_slow(ReadingLimits(max_cpu_s=90.0))[:47]
    'reading it takes longer than the 90 seconds tha'
    """
    return (
        f"reading it takes longer than the {limits.max_cpu_s:g} seconds that one file may take; it"
        f" may be damaged, or made to be slow: {_SAVE_AGAIN}"
    )


def too_much_memory(limits: ReadingLimits) -> str:
    """Return the reason for a file that needs too much memory.

    >>> too_much_memory(ReadingLimits(max_memory_bytes=1_500_000_000))[:56]
    'reading it needs more than the 1,500 MB of memory that o'
    """
    return (
        f"reading it needs more than the {limits.max_memory_bytes / 1e6:,.0f} MB of memory that"
        f" one file may take; it may be damaged, or made to fill the memory: {_SAVE_AGAIN}"
    )


def too_long(n_chars: int, limits: ReadingLimits, *, n_words: int = 0) -> str:
    """Return the reason for a file whose text is too long; ``n_words`` is 0 if nobody has counted.

    >>> too_long(7_000_000, ReadingLimits(), n_words=1_200_000)[:49]
    'its text has 1,200,000 words (7,000,000 character'
    """
    length = f"{n_chars:,} characters"
    if n_words:
        length = f"{n_words:,} words ({length})"
    return (
        f"its text has {length}, and an essay may have {limits.max_text_words:,} words"
        f" ({limits.max_text_chars:,} characters) at most; add it in parts"
    )


def broke_the_reader(how: str) -> str:
    """Return the reason for a file that ended the process that read it.

    >>> broke_the_reader("with status 1")[:63]
    'it ended the process that read it, with status 1; it is probabl'
    """
    return f"it ended the process that read it, {how}; it is probably damaged: {_SAVE_AGAIN}"
