"""The summary's bar chart: bars as an SVG in a data URI, with words for those who do not see it.

The labels beside the bars are text of the page: inside an SVG, WeasyPrint sets one letter at a time, which takes
Arabic apart.
"""

from base64 import b64encode
from collections.abc import Sequence

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tasks.export.words import figure

INK, ACCENT = "#1d1a16", "#0c4d55"
WIDTH, ROW, BAR = 424, 22, 15
LONGEST = 370  # of a bar
FONTS = "Noto Sans"


def bars(counts: Sequence[tuple[str, int]]) -> tuple[str, str]:
    """``(data URI, words)`` for titles and numbers, in the order in which they are given."""
    most = max((count for _title, count in counts), default=1) or 1
    rows = "".join(_bar(n, count, most) for n, (_title, count) in enumerate(counts))
    height, axis = ROW * len(counts), across(0.5)
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


def _bar(number: int, count: int, most: int) -> str:
    top, width = number * ROW + (ROW - BAR) / 2, max(LONGEST * count / most, 1)
    rtl = translation.get_language_bidi()
    anchor = ' text-anchor="end"' if rtl else ""
    left = WIDTH - width if rtl else 0
    return (
        f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="{BAR}" fill="{ACCENT}"/>'
        f'<text x="{across(width + 7):.1f}" y="{top + 11.5}" fill="{INK}" font-weight="bold"{anchor}>'
        f"{figure(count)}</text>"
    )
