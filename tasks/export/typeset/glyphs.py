"""From a line of Pango's to operators of a PDF page, with what the font's object has to know of each glyph."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NamedTuple

from weasyprint.draw.text import draw_emojis, draw_first_line
from weasyprint.matrix import Matrix
from weasyprint.pdf.fonts import Font
from weasyprint.text.ffi import FROM_UNITS, ffi, pango
from weasyprint.text.fonts import get_pango_font_key

from tasks.export.typeset.errors import Unsupported
from tasks.export.typeset.text import Type

GLYPH = 20  # bytes of a PangoGlyphInfo
LAST = 0xFFFF  # above it, Pango's marks for what no font has
EMPTY = pango.PANGO_GLYPH_EMPTY  # not drawn, such as the space where a line was broken
Known = dict[int, tuple[str, int]]


class Line(NamedTuple):
    """A line of text: its start from the left, its operators, and what paints it instead where it holds pictures."""

    x: float
    operators: str
    paint: Callable[[Any, float], None] | None = None


if ffi.sizeof("PangoGlyphInfo") != GLYPH:
    raise Unsupported("Pango's glyphs are not as known")


class Faces:
    """The fonts of a document, as WeasyPrint writes them."""

    def __init__(self, fonts: dict[Any, Any]) -> None:
        self._fonts = fonts
        self._known: dict[Any, tuple[Any, Known]] = {}
        self._box = ffi.new("PangoRectangle *")

    def of(self, pango_font: Any) -> tuple[Any, Known]:
        """A font's object, and what is known of its glyphs; the same for the same font at each size."""
        if (found := self._known.get(pango_font)) is None:
            key, description, size = get_pango_font_key(pango_font)
            font = self._fonts.get(key) or self._fonts.setdefault(key, Font(pango_font, description, size))
            found = self._known[pango_font] = (font, {EMPTY: ("", 0)})
        return found

    def line(self, line: Any, data: bytes, kind: Type, *, x: float) -> Line:
        """One line that starts at ``x``."""
        parts: list[str] = []
        run, last = line.runs, None
        while run != ffi.NULL:
            item, run = run.data, run.next
            font, known = self.of(item.item.analysis.font)
            text = (
                None if font.png or font.svg or font.colr or font.bitmap else self._run(item, data, font, known, kind)
            )
            if text is None:
                return picture(line, data, kind, x=x)
            if font is not last:
                parts.append(f"{'] TJ ' if last else ''}/{font.hash} {kind.size:g} Tf [")
                last = font
            parts.append(text)
        return Line(x, f"{''.join(parts)}] TJ" if parts else "")

    def _run(self, item: Any, data: bytes, font: Any, known: Known, kind: Type) -> str | None:
        """The glyphs of a run as they stand in a ``TJ``; None where one of them needs more than that."""
        glyphs = item.glyphs
        count = glyphs.num_glyphs
        flat = memoryview(ffi.buffer(glyphs.glyphs, GLYPH * count)).cast("i")
        if any(flat[3::5].tolist()):  # raised or lowered
            return None
        scale, text = 1000 * FROM_UNITS / kind.size, "<"
        for place, (glyph, width, offset) in enumerate(
            zip(flat[0::5].tolist(), flat[1::5].tolist(), flat[2::5].tolist(), strict=True)
        ):
            if glyph not in known:
                if not 0 <= glyph <= LAST:
                    return None
                known[glyph] = self._meet(glyph, place, item, data, font, kind)
            code, usual = known[glyph]
            back = round(usual - width * scale)
            if offset:
                shift = round(offset * scale)
                text += f">{-shift}<{code}>{shift + back}<"
            elif -2 < back < 2:
                text += code
            else:
                text += f"{code}>{back}<"
        return f"{text}>"

    def _meet(self, glyph: int, place: int, item: Any, data: bytes, font: Any, kind: Type) -> tuple[str, int]:
        """A glyph that is new: its width, and the characters that it stands for."""
        if glyph not in font.widths:
            pango.pango_font_get_glyph_extents(item.item.analysis.font, glyph, ffi.NULL, self._box)
            font.widths[glyph] = round(self._box.width * 1000 * FROM_UNITS / kind.size)
        if glyph not in font.to_unicode:
            clusters, count, start = item.glyphs.log_clusters, item.glyphs.num_glyphs, item.item.offset
            backwards = item.item.analysis.level % 2
            at_end = place == (0 if backwards else count - 1)
            end = item.item.length if at_end else clusters[place - 1 if backwards else place + 1]
            font.to_unicode[glyph] = data[start + clusters[place] : start + end].decode("utf-8", "ignore")
        return f"{glyph:04x}", font.widths[glyph]


def picture(line: Any, data: bytes, kind: Type, *, x: float) -> Line:
    """A line with emojis or raised glyphs, drawn by WeasyPrint: Pango sets it once more when the page is painted."""
    text = data[line.start_index : line.start_index + line.length].decode("utf-8", "ignore")

    def paint(stream: Any, y: float) -> None:
        layout = SimpleNamespace(layout=kind.layout, text=text, get_first_line=lambda: next(kind.lines(text)))
        box = SimpleNamespace(text=text, style={"font_size": kind.size}, pango_layout=layout, baseline=kind.size)
        stream.set_color_rgb(*map(float, kind.color.split()))
        stream.begin_text()
        emojis = draw_first_line(stream, box, "clip", "none", Matrix(d=-1, e=x, f=y))
        stream.end_text()
        draw_emojis(stream, {**box.style, "image_rendering": "auto"}, x, y, emojis)

    return Line(x, "", paint)
