"""The summary's bar chart as an SVG in a data URI: a picture with words for those who do not see it."""

import unicodedata
from base64 import b64encode
from collections.abc import Sequence

from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tasks.export.words import figure

INK, ACCENT = "#1d1a16", "#0c4d55"
WIDTH, LABELS, ROW, BAR = 620, 196, 22, 15
LONGEST = 370  # of a bar
WIDE = 31  # letters of a label, a wide one counting twice
FONTS = "Noto Sans, Noto Sans Arabic, Noto Sans Hebrew, Noto Sans CJK SC"


def bars(counts: Sequence[tuple[str, int]]) -> tuple[str, str]:
    """``(data URI, words)`` for titles and numbers, in the order in which they are given."""
    most = max((count for _title, count in counts), default=1) or 1
    rows = "".join(_bar(n, title, count, most) for n, (title, count) in enumerate(counts))
    height, axis = ROW * len(counts) + 6, across(LABELS)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'font-family="{FONTS}" font-size="11.5">'
        f'{rows}<path d="M{axis} 0V{height}" stroke="{INK}" stroke-width="1"/></svg>'
    )
    told = pgettext("between items of a list", ", ").join(f"{title} {figure(count)}" for title, count in counts)
    words = _("Bar chart of records by category: %(list)s.") % {"list": told}
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode(), words


def across(place: float) -> float:
    """A place from the side where reading starts."""
    return WIDTH - place if translation.get_language_bidi() else place


def _bar(number: int, title: str, count: int, most: int) -> str:
    top, width = number * ROW + 4, max(LONGEST * count / most, 1)
    rtl = translation.get_language_bidi()
    anchor = ' text-anchor="end"' if rtl else ""
    left = across(LABELS) - width if rtl else LABELS
    return (
        f'<text x="{across(0)}" y="{top + 12}" fill="{INK}"{anchor}>{escape(short(title))}</text>'
        f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="{BAR}" fill="{ACCENT}"/>'
        f'<text x="{across(LABELS + width + 8):.1f}" y="{top + 12}" fill="{INK}" font-weight="bold"{anchor}>'
        f"{figure(count)}</text>"
    )


def short(title: str) -> str:
    """A title that fits beside the bars."""
    room, kept = WIDE, ""
    for sign in title:
        room -= 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        if room < 0:
            return f"{kept.rstrip()}…"
        kept += sign
    return kept
