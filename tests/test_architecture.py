"""The direction of dependencies, held over every import of the packages."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted(
    [ROOT / "app.py", *(ROOT / "assistant").rglob("*.py"), *(ROOT / "index").rglob("*.py")]
)
LAYERS = ("index", "assistant", "assistant.ui", "app")
"""From the bottom; a module may import from its own layer and those before it."""

ONLY_IN = {
    "streamlit": ("app", "assistant.ui", "assistant.server"),
    "llama_cpp": ("assistant.llm_worker",),
    "rank_bm25": ("index.bm25",),
    "pypdfium2": ("index.readers.pdf",),
    "trafilatura": ("index.readers.html",),
    "lxml": ("index.readers.html",),
}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imported_modules(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layer(module: str) -> int | None:
    found = [
        number
        for number, name in enumerate(LAYERS)
        if module == name or module.startswith(f"{name}.")
    ]
    return found[-1] if found else None


def environment_reads(source: str) -> list[str]:
    """Return the ways in which a module reads the process's environment."""
    return [
        name
        for node in ast.walk(ast.parse(source))
        if (name := _environment_name(node)) in ("environ", "getenv", "environb")
    ]


def _environment_name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.attr if node.value.id == "os" else ""
    if isinstance(node, ast.ImportFrom) and node.module == "os":
        return next((alias.name for alias in node.names), "")
    return ""


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_imports_point_down_the_layers(path: Path) -> None:
    module = module_name(path)
    own = layer(module)
    assert own is not None
    for imported in imported_modules(path.read_text(encoding="utf-8")):
        below = layer(imported)
        assert below is None or below <= own, f"{module} imports {imported}"


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_each_great_library_is_imported_in_its_own_place_only(path: Path) -> None:
    module = module_name(path)
    for imported in imported_modules(path.read_text(encoding="utf-8")):
        homes = ONLY_IN.get(imported.partition(".")[0])
        assert homes is None or any(
            module == home or module.startswith(f"{home}.") for home in homes
        ), f"{module} imports {imported}"


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        module_name(path) for path in SOURCES if environment_reads(path.read_text(encoding="utf-8"))
    }
    assert readers == {"assistant.settings"}


def test_an_import_against_the_direction_would_be_seen() -> None:
    found = list(imported_modules("from assistant import llm\nimport assistant.ui.page"))
    assert [layer(name) for name in found] == [1, 1, 2]


@pytest.mark.parametrize(
    "source",
    ["import os\nos.environ['A']", "import os\nos.getenv('A')", "from os import environ"],
)
def test_each_way_to_read_the_environment_would_be_seen(source: str) -> None:
    assert environment_reads(source)
