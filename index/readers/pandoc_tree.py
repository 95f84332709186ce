"""From the tree that pandoc makes of a document to paragraphs, headings, pages and notes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from index.blocks import PAGE_BREAK, Block, Line
from index.errors import EssayError
from index.readers.pandoc import Tree, nested_too_deeply

_MAX_BOLD_HEADING_WORDS = 15
_NOTE_MARK = re.compile(r"[\s\d*†‡§,\[\]()a-z]{0,6}|↩.{0,2}")
"""What stands in a link to a note or back from it."""
_CONTROL = str.maketrans({PAGE_BREAK: " ", "\v": " ", "\r": " ", "\n": " "})
_QUOTES = {"SingleQuote": ("‘", "’"), "DoubleQuote": ("“", "”")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What a document consists of.

    Attributes:
        blocks: Its paragraphs and headings in order; its notes after them, a paragraph each.
        pages: The labels of its pages. The first is empty, for what stands before the first page
            that has one; empty if no page has one.
        meta: Its metadata by pandoc's names, each value a text or the texts of a list.
    """

    blocks: tuple[Block, ...]
    pages: tuple[str, ...]
    meta: Mapping[str, tuple[str, ...]]


def outline(tree: Tree, *, has_bold_headings: bool) -> Outline:
    """Return what a tree consists of.

    Notes stand after the text, since in it they would part sentences; the marks that refer to
    them are left out. Cells of tables and items of lists are paragraphs. Pictures, formulas'
    markup and raw HTML have no text.

    Args:
        tree: What ``parse_with_pandoc`` returns.
        has_bold_headings: Whether a short paragraph in bold type is a heading, as many essays
            written without styles have them.

    Raises:
        EssayError: The tree is nested too deeply, or not one that pandoc makes.
    """
    walker = _Walker(has_bold_headings)
    try:
        walker.walk(_items(tree.get("blocks")))
        notes = walker.take_notes()
        while notes:
            for note in notes:
                walker.walk(note)
            notes = walker.take_notes()
        meta = _read_meta(tree.get("meta"))
    except RecursionError as error:
        raise nested_too_deeply() from error
    except (TypeError, KeyError, IndexError, ValueError) as error:
        raise EssayError(
            f"it is damaged: pandoc's tree of it cannot be read ({error!r})"
        ) from error
    return Outline(
        blocks=tuple(walker.blocks),
        pages=tuple(walker.pages) if len(walker.pages) > 1 else (),
        meta=meta,
    )


class _Walker:
    """Goes through a tree in reading order and gathers blocks."""

    def __init__(self, has_bold_headings: bool) -> None:
        self._has_bold_headings = has_bold_headings
        self.blocks: list[Block] = []
        self.pages = [""]
        self._page = 0
        """The page on which the block being read begins."""
        self._notes: list[list[object]] = []

    def take_notes(self) -> list[list[object]]:
        """Return the notes met since the last call, each a list of blocks."""
        notes, self._notes = self._notes, []
        return notes

    def walk(self, nodes: Sequence[object]) -> None:
        """Gather the blocks of some nodes."""
        for node in nodes:
            kind, content = _parts(node)
            match kind:
                case "Para" | "Plain":
                    is_heading = self._has_bold_headings and _is_bold_heading(_items(content))
                    self._add(self._text(_items(content)), is_heading=is_heading)
                case "Header":
                    self._add(self._text(_items(_items(content)[2])), is_heading=True)
                case "CodeBlock":
                    self._add(str(_items(content)[1]).replace(PAGE_BREAK, " "))
                case "LineBlock":
                    lines = [self._text(_items(line)) for line in _items(content)]
                    self._add("\n".join(lines))
                case "Div":
                    self._add(self._page_break(_items(content)[0]))
                    self.walk(_items(_items(content)[1]))
                case _:
                    for inner in _inner_blocks(kind, content):
                        self.walk(inner)

    def _add(self, text: str, *, is_heading: bool = False) -> None:
        lines = []
        page = self._page
        for line in text.split("\n"):
            lines.append(Line(line, page))
            page += line.count(PAGE_BREAK)
        self._page = page
        if text.strip():
            self.blocks.append(Block(lines=tuple(lines), is_heading=is_heading))

    def _text(self, inlines: Sequence[object]) -> str:
        r"""Return a text with ``\n`` between its lines and a page break where a page begins."""
        return "".join(map(self._inline, inlines))

    def _inline(self, node: object) -> str:
        kind, content = _parts(node)
        match kind:
            case "Str":
                return str(content).translate(_CONTROL)
            case "Space" | "SoftBreak":
                return " "
            case "LineBreak":
                return "\n"
            case "Note":
                self._notes.append(_items(content))
                return ""
            case "Code" | "Math":
                return str(_items(content)[1]).translate(_CONTROL)
            case "Quoted":
                opening, closing = _QUOTES[_parts(_items(content)[0])[0]]
                return f"{opening}{self._text(_items(_items(content)[1]))}{closing}"
            case "Span":
                attributes, inlines = _items(content)
                return self._page_break(attributes) + self._text(_items(inlines))
            case "Link":
                return self._link(_items(content))
            case "Superscript":
                inlines = _items(content)
                is_reference = len(inlines) == 1 and _parts(inlines[0])[0] == "Link"
                text = self._text(inlines)
                return "" if is_reference and _NOTE_MARK.fullmatch(text) else text
            case "Cite":
                return self._text(_items(_items(content)[1]))
            case "Image" | "RawInline":
                return ""
            case _:  # emphasis of some kind
                return self._text(_items(content))

    def _link(self, content: Sequence[object]) -> str:
        attributes, inlines, target = (_items(part) for part in content)
        text = self._text(inlines)
        is_reference = "noteref" in _items(attributes[1]) or (
            str(target[0]).startswith("#")
            and len(inlines) == 1
            and (_parts(inlines[0])[0] == "Superscript" or text.startswith("↩"))
        )
        return "" if is_reference and _NOTE_MARK.fullmatch(text) else text

    def _page_break(self, attributes: object) -> str:
        """Return a page break, and note the page's label, if an element marks one."""
        identifier, classes, pairs = _items(attributes)
        values = {str(_items(pair)[0]): str(_items(pair)[1]) for pair in _items(pairs)}
        is_break = "pagebreak" in _items(classes) or values.get("role") == "doc-pagebreak"
        if not is_break:
            return ""
        label = values.get("title") or values.get("aria-label") or ""
        if not label:
            label = str(identifier).rpartition("_")[2].lstrip("pageP_-")
        self.pages.append(" ".join(label.split()))
        return PAGE_BREAK


def _is_bold_heading(inlines: Sequence[object]) -> bool:
    """Return whether a paragraph is short, all in bold type and no sentence."""
    if not inlines or any(_parts(node)[0] not in ("Strong", "Space") for node in inlines):
        return False
    text = _Walker(has_bold_headings=False)._text(inlines).strip()
    return bool(text) and text[-1] not in ".,;:!" and len(text.split()) <= _MAX_BOLD_HEADING_WORDS


def _inner_blocks(kind: str, content: object) -> Iterator[Sequence[object]]:
    """Yield the lists of blocks that a block of blocks holds."""
    match kind:
        case "BlockQuote":
            yield _items(content)
        case "BulletList":
            yield from map(_items, _items(content))
        case "OrderedList":
            yield from map(_items, _items(_items(content)[1]))
        case "DefinitionList":
            for entry in _items(content):
                term, definitions = _items(entry)
                yield [{"t": "Plain", "c": term}]
                yield from map(_items, _items(definitions))
        case "Figure":
            _, caption, blocks = _items(content)
            yield _items(blocks)
            yield _items(_items(caption)[1])
        case "Table":
            _, caption, _, head, bodies, foot = _items(content)
            yield _items(_items(caption)[1])
            rows = [*_items(_items(head)[1])]
            for body in _items(bodies):
                rows += [*_items(_items(body)[2]), *_items(_items(body)[3])]
            for row in [*rows, *_items(_items(foot)[1])]:
                for cell in _items(_items(row)[1]):
                    yield _items(_items(cell)[4])
        case _:  # a rule, or markup of another format
            return


def _read_meta(meta: object) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(meta, dict):
        return {}
    return {str(name): tuple(_meta_texts(value)) for name, value in meta.items()}


def _meta_texts(value: object) -> Iterator[str]:
    kind, content = _parts(value)
    walker = _Walker(has_bold_headings=False)
    match kind:
        case "MetaList":
            for item in _items(content):
                yield from _meta_texts(item)
            return
        case "MetaInlines":
            text = walker._text(_items(content))
        case "MetaBlocks":
            walker.walk(_items(content))
            text = " ".join(line.text for block in walker.blocks for line in block.lines)
        case "MetaString":
            text = str(content)
        case _:
            return
    if words := " ".join(text.split()):
        yield words


def _parts(node: object) -> tuple[str, object]:
    """Return a node's type and content."""
    if not isinstance(node, dict):
        raise TypeError(node)
    return str(node["t"]), node.get("c")


def _items(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value
