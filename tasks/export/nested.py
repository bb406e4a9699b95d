"""Values with parts of their own, as the viewer shows them: nested lists instead of one long line."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.utils.html import escape

from tasks.export.book import Entry
from tasks.export.telling import tells
from tasks.transform import Item, Section, outline

MOST = 500  # parts of one value; the data file has all of them
Cell = str | list[Any]  # words, or [words, [label, text, [parts…]], …]


class Cells:
    """What stands beside the labels of one section's records."""

    def __init__(self, section: Section) -> None:
        self._lists = [place for place, info in enumerate(section.fields) if info.kind == "json"]
        self._worded = {place for place in self._lists if section.fields[place].name in section.worded}

    def of(self, entry: Entry) -> list[Cell]:
        """One record's values in the order of the fields: words, or words followed by parts."""
        cells: list[Cell] = [display for _raw, display in entry.values]
        for place in self._lists:
            raw, display = entry.values[place]
            items, words = outline(raw), display if place in self._worded else ""
            if items and sum(1 for _ in every(items)) <= MOST and not (words and tells(words, items)):
                cells[place] = [words, *map(as_list, items)]
        return cells


def every(items: Iterable[Item]) -> Iterator[Item]:
    """All parts at every depth."""
    for item in items:
        yield item
        yield from every(item.items)


def as_list(item: Item) -> list[Any]:
    """A part for JSON: ``[label, text]``, with its own parts behind."""
    return [item.label, item.text, *([[as_list(part) for part in item.items]] if item.items else [])]


def as_html(cell: Cell, *, short: Callable[[str], str]) -> str:
    """A cell for browsers that run no script."""
    if isinstance(cell, str):
        return escape(short(cell))
    return escape(short(cell[0])) + listed(cell[1:])


def listed(parts: Iterable[list[Any]]) -> str:
    return f"<ul>{''.join(f'<li>{line(*part)}</li>' for part in parts)}</ul>"


def line(label: str, text: str, parts: Iterable[list[Any]] = ()) -> str:
    """One part: its label, its words, and a list of what it holds."""
    said = f"<span>{escape(label)}:</span>{' ' if text else ''}" if label else ""
    return f"{said}{escape(text)}{listed(parts) if parts else ''}"
