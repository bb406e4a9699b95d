"""What a volume is, apart from its records: title, running texts, language. Measures in points, from the top left."""

from dataclasses import dataclass
from typing import NamedTuple

WIDTH, HEIGHT = 595.276, 841.89  # A4
TOP, BOTTOM, INNER, OUTER = 76.5, 71.0, 85.0, 68.0
COLUMN = WIDTH - INNER - OUTER
INK, SOFT, RULE = "0.114 0.102 0.086", "0.349 0.318 0.271", "0.894 0.863 0.800"
SERIF = "Gentium Book Plus,Noto Serif,Noto Naskh Arabic,Noto Serif Hebrew,Noto Serif CJK SC,serif"
SANS = "Noto Sans,Noto Sans Arabic,Noto Sans Hebrew,Noto Sans CJK SC,sans-serif"


class Item(NamedTuple):
    """One record: its first line, the rest (lines end with a newline), and the headings that it opens.

    A heading is a level (1 or 2) and a text; it becomes a bookmark, too.
    """

    head: str
    body: str
    marks: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Frame:
    """Title and texts around the records. ``page`` holds ``%(page)s`` and ``%(pages)s``."""

    title: str
    notes: tuple[str, ...]
    house: str
    chapter: str
    person: str
    page: str
    document: str
    author: str
    description: str
    created: str
    language: str
    rtl: bool = False
