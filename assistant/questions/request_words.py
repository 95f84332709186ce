"""The words with which readers speak of essays, as parts of patterns."""

from typing import Final

ESSAY: Final = r"(?:essay|article|paper|text|piece|document)"

ESSAYS: Final = rf"(?:{ESSAY}s|authors|essayists|writers|sources)"

THE: Final = (
    r"(?:(?:all|both|any|each|every|some|most|none)(?: of)? )?"
    r"(?:(?:the|these|those|my|our|your|its|different|various|several)(?: of)? )*"
    r"(?:(?:two|three|four|five|six|seven|eight|nine|ten|\d+|different|various|other|given) )?"
)
