"""The style sheets and scripts of the page's own components; there is no build step."""

from pathlib import Path

_ASSETS = Path(__file__).parent / "assets"


def read_assets(*names: str) -> str:
    """Return files of ``assets/`` joined in the order given: later styles win, and scripts use
    what stands before them."""
    return "".join((_ASSETS / name).read_text(encoding="utf-8") for name in names)
