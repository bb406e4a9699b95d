"""Words of one direction within a text of the other: each value keeps to itself, as ``bdi`` does it in HTML.

Source: Unicode Standard Annex 9, isolates. Values hold none of these signs themselves.
"""

import re
import unicodedata

from django.utils import translation

LEFT_TO_RIGHT, RIGHT_TO_LEFT, END = "\u2066", "\u2067", "\u2069"
SIGNS = re.compile(f"[\u200e\u200f{LEFT_TO_RIGHT}-{END}]")
TO_THE_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
TO_THE_RIGHT = re.compile("[0-9A-Za-z\u00aa-\u024f\u0370-\u052f\u0900-\u1fff\u2c00-\ud7ff\uf900-\ufaff]")


def isolated(text: str) -> str:
    """``text`` so that it neither turns what stands around it nor is turned by it, in the active language."""
    other = TO_THE_RIGHT if translation.get_language_bidi() else TO_THE_LEFT
    if not other.search(text):
        return text
    return f"{RIGHT_TO_LEFT if begins_right(text) else LEFT_TO_RIGHT}{text}{END}"


def begins_right(text: str) -> bool:
    """Whether the first letter of ``text`` is of a script that is written from right to left."""
    strong = (unicodedata.bidirectional(sign) for sign in text)
    return next((kind for kind in strong if kind in ("L", "R", "AL")), "L") != "L"
