"""Whether an answer holds everything, and which categories lack something: said in every format.

Source: GDPR art. 15(1), 15(3).
"""

from itertools import groupby
from typing import Any, NamedTuple

from tasks.export.about import About
from tasks.export.book import Book


class Lack(NamedTuple):
    """A model or store that could not be searched or read whole: its category by key and words, and why."""

    category: str
    heading: str
    label: str
    title: str
    reason: str


def lacks(book: Book) -> list[Lack]:
    """What failed, by category."""
    homes = {part.section.key: part.section for part in book.parts}
    found = set()
    for gap in book.unsearched:
        label, home = gap["label"], homes.get(gap["label"])
        title = gap.get("title") or (home.title if home else label)
        category = home.category["key"] if home else gap.get("category", label)
        heading = home.category["title"] if home else gap.get("heading", title)
        found.add(Lack(category, heading, label, title, gap["reason"]))
    return sorted(found)


def is_complete(book: Book, about: About) -> bool:
    """Whether every source was searched and answered, and everything in them could be read."""
    return not (about.failed or about.incomplete_reason or book.unsearched)


def told(book: Book, about: About) -> dict[str, Any]:
    """What is lacking, for programs: empty lists where nothing is."""
    return {
        "reason": about.incomplete_reason,
        "sources": [{"key": each.key, "title": str(each.title)} for each in about.failed],
        "categories": [
            {
                "key": key,
                "title": heading,
                "lacks": [{"label": each.label, "title": each.title, "reason": each.reason} for each in group],
            }
            for (key, heading), group in groupby(lacks(book), key=lambda lack: (lack.category, lack.heading))
        ],
    }
