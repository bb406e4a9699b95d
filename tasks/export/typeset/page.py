"""One page: what stands on it, and its tags, in the shape in which WeasyPrint walks over pages and boxes."""

from collections.abc import Sequence
from typing import Any

from weasyprint.formatting_structure.boxes import TextBox

from tasks.export.typeset.frame import HEIGHT, WIDTH
from tasks.export.typeset.glyphs import Line
from tasks.export.typeset.text import Type

PX = 0.75  # points in a pixel of CSS
Lines = Sequence[tuple[Type, Line, float]]  # with the place of the baseline, from the top


class Marked(TextBox):  # type: ignore[misc]
    """A piece of text that the tag tree points at."""

    def __init__(self) -> None:
        self.children: list[Any] = []


class Element:
    """A heading, a paragraph, a list or one of its items."""

    element = object()
    link_annotation = widget_annotation = None
    style = {"display": ("block", "flow", "list-item"), "list_style_type": "none"}

    def __init__(self, tag: str, *children: Any) -> None:
        self.element_tag, self.children = tag, list(children)


class Page:
    """A sheet of A4. What is put on it is painted when the whole document is written."""

    def __init__(self) -> None:
        self.width, self.height = WIDTH / PX, HEIGHT / PX
        self.bleed = dict.fromkeys(("top", "right", "bottom", "left"), 0)
        self.bookmarks: list[tuple[int, str, tuple[float, float], str]] = []
        self.links: list[Any] = []
        self.anchors: dict[str, Any] = {}
        self.forms: dict[Any, list[Any]] = {None: []}
        self._page_box = Element("body")
        self._blocks: list[tuple[Marked, str, bytes | Lines]] = []
        self._artifacts: list[bytes | Lines] = []

    def put(self, tag: str, lines: Lines) -> None:
        """Put a heading, a paragraph or an item of a list on the page."""
        marked, elements = Marked(), self._page_box.children
        if tag == "li":
            if not elements or elements[-1].element_tag != "ul":
                elements.append(Element("ul"))
            elements = elements[-1].children
        elements.append(Element(tag, marked))
        self._blocks.append((marked, "Span", written(lines)))

    def decorate(self, what: bytes | Lines) -> None:
        """Put something on the page that is no part of its content: a rule, a running text."""
        self._artifacts.append(what if isinstance(what, bytes) else written(what))

    def note(self, level: int, label: str, y: float) -> None:
        """Add a bookmark."""
        self.bookmarks.append((level, label, (0, y / PX), "open"))

    def paint(self, stream: Any, scale: float = 1) -> None:
        """Write the operators of the page."""
        with stream.artifact():
            for what in self._artifacts:
                draw(stream, what)
        for marked, tag, what in self._blocks:
            with stream.marked(marked, tag):
                draw(stream, what)


def written(lines: Lines) -> bytes | Lines:
    """The operators of some lines of one kind, or the lines where one of them paints itself."""
    if not lines or any(line.paint for _kind, line, _y in lines):
        return lines
    said = " ".join(f"1 0 0 -1 {line.x:.2f} {y:.2f} Tm {line.operators}" for _k, line, y in lines if line.operators)
    return f"BT {lines[0][0].color} rg {said} ET".encode()


def draw(stream: Any, what: bytes | Lines) -> None:
    """Write one thing of a page."""
    if isinstance(what, bytes):
        stream.stream.append(what)
        return
    for kind, line, y in what:
        if line.paint:
            line.paint(stream, y)
        elif line.operators:
            stream.stream.append(written([(kind, line, y)]))
