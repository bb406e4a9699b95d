"""A volume: pages filled with records one after the other, then written by WeasyPrint as a tagged PDF/A-3."""

from collections.abc import Iterable
from typing import IO, Any

from weasyprint.document import Document
from weasyprint.pdf.metadata import DocumentMetadata
from weasyprint.text.fonts import FontConfiguration

from tasks.export.typeset.errors import Unsupported
from tasks.export.typeset.frame import (
    BOTTOM,
    COLUMN,
    HEIGHT,
    INK,
    INNER,
    OUTER,
    RULE,
    SANS,
    SOFT,
    TOP,
    WIDTH,
    Frame,
    Item,
)
from tasks.export.typeset.glyphs import Faces, Line
from tasks.export.typeset.page import Page
from tasks.export.typeset.text import Type

ABOVE, BELOW = 4.5, 5.0  # points of air around a record
FLOOR = HEIGHT - BOTTOM
WHOLE = (FLOOR - TOP) / 2  # a record that is not higher is not broken


def volume(items: Iterable[Item], frame: Frame, out: IO[bytes], *, variant: str) -> int:
    """Write ``items`` as one document to ``out``; the number of its pages. Memory holds the pages' operators.

    Raises:
        Unsupported: WeasyPrint is of another make than known here. Nothing of use was written.
    """
    fonts = FontConfiguration()
    try:
        setter = Setter(frame, fonts)
        setter.set(items)
        document = Document(setter.pages, metadata(frame), None, fonts, {}, "srgb")
        document.fonts = setter.fonts
        document.write_pdf(out, pdf_variant=variant)
    except (AttributeError, AssertionError, KeyError, TypeError) as error:
        raise Unsupported(type(error).__name__) from error
    return len(setter.pages)


def metadata(frame: Frame) -> Any:
    """What the file says about itself."""
    return DocumentMetadata(
        title=frame.document,
        authors=[frame.author],
        description=frame.description,
        created=frame.created,
        lang=frame.language,
    )


class Setter:
    """Sets records on pages."""

    def __init__(self, frame: Frame, config: Any) -> None:
        self.frame, self.pages = frame, list[Page]()
        self.fonts: dict[Any, Any] = {}
        self._faces, self._y = Faces(self.fonts), 0.0

        def kind(size: float, leading: float, color: str = INK, **more: Any) -> Type:
            return Type(config, size=size, leading=leading, color=color, language=frame.language, rtl=frame.rtl, **more)

        self._head, self._body = kind(9.4, 12.8, weight=700), kind(9.4, 12.8)
        self._title, self._note = kind(25, 32), kind(10, 14.5, SOFT)
        self._part, self._mark = kind(15, 30), kind(11.5, 24, SOFT)
        self._small = kind(8.5, 11, SOFT, family=SANS)

    def set(self, items: Iterable[Item]) -> None:
        """Set the title and all of ``items``, then the running texts, which name the number of pages."""
        self._page()
        self.pages[-1].note(1, self.frame.title, self._y)
        self._text("h1", self._title, self.frame.title)
        for note in self.frame.notes:
            self._text("p", self._note, note)
        self._y += self._note.leading
        for item in items:
            for level, text in item.marks:
                self._open(level, text)
            self._item(item)
        for number, page in enumerate(self.pages, start=1):
            self._running(page, number)

    def _page(self) -> None:
        self.pages.append(Page())
        self._y = TOP

    def _lines(self, kind: Type, text: str) -> list[tuple[Type, Line]]:
        return [
            (kind, self._faces.line(line, data, kind, x=self._start(kind, line))) for line, data in kind.lines(text)
        ]

    def _start(self, kind: Type, line: Any) -> float:
        return WIDTH - INNER - kind.advance(line) if self.frame.rtl else INNER

    def _text(self, tag: str, kind: Type, text: str) -> None:
        self._put(tag, self._lines(kind, text))

    def _open(self, level: int, text: str) -> None:
        """A heading, never at the foot of a page."""
        kind = self._part if level == 1 else self._mark
        if self._y + 3 * kind.leading > FLOOR:
            self._page()
        self.pages[-1].note(level + 1, text, self._y)
        self._y += ABOVE if self._y > TOP else 0
        self._text(f"h{level + 1}", kind, text)

    def _item(self, item: Item) -> None:
        lines = self._lines(self._head, item.head) + (self._lines(self._body, item.body) if item.body else [])
        height = ABOVE + sum(kind.leading for kind, _line in lines) + BELOW
        if self._y + height > FLOOR and (height <= WHOLE or self._y > FLOOR - WHOLE):
            self._page()
        start = INNER if not self.frame.rtl else OUTER
        self.pages[-1].decorate(f"{RULE} RG 0.7 w {start} {self._y:.2f} m {start + COLUMN} {self._y:.2f} l S".encode())
        self._y += ABOVE
        self._put("li", lines)
        self._y += BELOW

    def _put(self, tag: str, lines: list[tuple[Type, Line]]) -> None:
        """Put lines one below the other, on as many pages as they need."""
        placed: list[tuple[Type, Line, float]] = []
        for kind, line in lines:
            if self._y + kind.leading > FLOOR:
                self.pages[-1].put(tag, placed)
                placed = []
                self._page()
            placed.append((kind, line, self._y + (kind.leading + 0.62 * kind.size) / 2))
            self._y += kind.leading
        self.pages[-1].put(tag, placed)

    def _running(self, page: Page, number: int) -> None:
        """The texts above and below: house and chapter, person and number of the page."""
        frame = self.frame
        count = frame.page % {"page": number, "pages": len(self.pages)}
        for text, at_end, y in (
            (frame.house, False, TOP - 16),
            (frame.chapter, True, TOP - 16),
            (frame.person, False, FLOOR + 24),
            (count, True, FLOOR + 24),
        ):
            for line, data in self._small.lines(text):
                width = self._small.advance(line)
                at_left = at_end == frame.rtl
                edge = OUTER if frame.rtl else INNER
                x = edge if at_left else edge + COLUMN - width
                page.decorate([(self._small, self._faces.line(line, data, self._small, x=x), y)])
                break  # a longer text ends where its line ends
