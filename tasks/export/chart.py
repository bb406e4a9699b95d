"""The summary's bar chart as an SVG in a data URI: a picture with words for those who do not see it."""

from base64 import b64encode
from collections.abc import Sequence

from django.utils.html import escape
from django.utils.translation import gettext as _

INK, ACCENT = "#1d1a16", "#0c4d55"
WIDTH, LABELS, ROW, BAR = 620, 196, 22, 15


def bars(counts: Sequence[tuple[str, int]]) -> tuple[str, str]:
    """``(data URI, words)`` for titles and numbers, the largest first."""
    ordered = sorted(counts, key=lambda pair: -pair[1])
    most = max((count for _title, count in ordered), default=1) or 1
    rows = "".join(_bar(n, title, count, most) for n, (title, count) in enumerate(ordered))
    height = ROW * len(ordered) + 6
    axis = f'<path d="M{LABELS} 0V{height}" stroke="{INK}" stroke-width="1"/>'
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'font-family="Noto Sans" font-size="11.5">'
        f"{rows}{axis}</svg>"
    )
    words = _("Bar chart of records by category: %(list)s.") % {"list": ", ".join(f"{t} {c}" for t, c in ordered)}
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode(), words


def _bar(number: int, title: str, count: int, most: int) -> str:
    top, width = number * ROW + 4, max(370 * count / most, 1)
    short = title if len(title) < 30 else f"{title[:28]}…"
    return (
        f'<text x="0" y="{top + 12}" fill="{INK}">{escape(short)}</text>'
        f'<rect x="{LABELS}" y="{top}" width="{width:.1f}" height="{BAR}" fill="{ACCENT}"/>'
        f'<text x="{LABELS + width + 8:.1f}" y="{top + 12}" fill="{INK}" font-weight="bold">{count}</text>'
    )
