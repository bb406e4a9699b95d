"""Text in lines: Pango breaks, shapes and turns it."""

from collections.abc import Iterator
from typing import Any

from weasyprint.text.constants import PANGO_DIRECTION
from weasyprint.text.ffi import FROM_UNITS, TO_UNITS, ffi, gobject, pango
from weasyprint.text.fonts import unicode_to_char_p

from tasks.export.typeset.frame import COLUMN, SERIF

TO_THE_END = 2**31 - 1


class Type:
    """One kind of type: family, size, weight, language and direction. It sets one text after the other."""

    def __init__(
        self, fonts: Any, *, size: float, leading: float, language: str, rtl: bool,
        family: str = SERIF, weight: int = 400, color: str, width: float = COLUMN,
    ) -> None:  # fmt: skip
        self.size, self.leading, self.color, self.width = size, leading, color, width
        self._context = ffi.gc(pango.pango_font_map_create_context(fonts.font_map), gobject.g_object_unref)
        pango.pango_context_set_round_glyph_positions(self._context, False)  # noqa: FBT003 - of C
        pango.pango_context_set_base_dir(self._context, PANGO_DIRECTION["rtl" if rtl else "ltr"])
        name, _kept = unicode_to_char_p(language)
        pango.pango_context_set_language(self._context, pango.pango_language_from_string(name))
        self.layout = ffi.gc(pango.pango_layout_new(self._context), gobject.g_object_unref)
        pango.pango_layout_set_auto_dir(self.layout, False)  # noqa: FBT003 - of C
        pango.pango_layout_set_wrap(self.layout, pango.PANGO_WRAP_WORD_CHAR)
        pango.pango_layout_set_width(self.layout, int(width * TO_UNITS))
        self._describe(family, weight)
        self._extents = ffi.new("PangoRectangle *")

    def _describe(self, family: str, weight: int) -> None:
        described = ffi.gc(pango.pango_font_description_new(), pango.pango_font_description_free)
        name, _kept = unicode_to_char_p(family)
        pango.pango_font_description_set_family(described, name)
        pango.pango_font_description_set_weight(described, weight)
        pango.pango_font_description_set_absolute_size(described, self.size * TO_UNITS)
        pango.pango_layout_set_font_description(self.layout, described)
        attributes = ffi.gc(pango.pango_attr_list_new(), pango.pango_attr_list_unref)
        hyphens = pango.pango_attr_insert_hyphens_new(False)  # noqa: FBT003 - of C
        hyphens.start_index, hyphens.end_index = 0, TO_THE_END
        pango.pango_attr_list_insert(attributes, hyphens)
        pango.pango_layout_set_attributes(self.layout, attributes)

    def lines(self, text: str) -> Iterator[tuple[Any, bytes]]:
        """Each line of ``text`` as Pango has it, with the whole text's bytes; good until the next text."""
        data = text.encode("utf-8", "replace").replace(b"\0", b"")
        pango.pango_layout_set_text(self.layout, data, len(data))
        number = 0
        while (line := pango.pango_layout_get_line_readonly(self.layout, number)) != ffi.NULL:
            number += 1
            yield line, data

    def advance(self, line: Any) -> float:
        """How wide a line is, in points."""
        pango.pango_layout_line_get_extents(line, ffi.NULL, self._extents)
        return float(self._extents.width * FROM_UNITS)
