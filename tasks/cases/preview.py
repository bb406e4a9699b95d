"""The preview of an export for the office: what the sealed snapshot holds, category by category, a page at a time."""

from dataclasses import dataclass
from itertools import dropwhile, islice, takewhile
from typing import Any

from tasks.cases import reading
from tasks.cases.models import Case
from tasks.transform import Record, Section

PER_PAGE = 25


@dataclass(frozen=True)
class Part:
    """A section of the export by name: how many records it holds, and whether somebody described it."""

    key: str
    title: str
    count: int
    described: bool


@dataclass(frozen=True)
class Chapter:
    """A category of the export with its sections."""

    key: str
    title: str
    description: str
    count: int
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Page:
    """Some records of one section. ``number`` counts from one; the records are ``first`` to ``last`` of ``count``."""

    section: Section
    records: tuple[Record, ...]
    number: int
    pages: int
    first: int
    last: int
    count: int


def chapters(case: Case) -> list[Chapter]:
    """What the export holds, in its order. No file is opened."""
    counts = case.snapshot.get("counts", {})
    found: dict[str, dict[str, Any]] = {}
    for entry in case.snapshot.get("categories", []):
        known = found.setdefault(entry["key"], {**entry, "parts": []})
        known["parts"] += [
            Part(part["key"], part["title"], counts.get(part["key"], 0), part["described"])
            for part in entry["sections"]
        ]
    return [
        Chapter(c["key"], c["title"], c["description"], sum(part.count for part in c["parts"]), tuple(c["parts"]))
        for c in found.values()
    ]


def page(case: Case, section: str, *, number: int = 1) -> Page:
    """One page of a section, read from the sealed snapshot as far as needed. A number out of range is the nearest.

    Raises:
        KeyError: the export has no such section.
        KeyUnavailable: the snapshot is gone or damaged.
    """
    count = int(case.snapshot.get("counts", {})[section])
    pages = max(-(-count // PER_PAGE), 1)
    number = min(max(number, 1), pages)
    items = dropwhile(lambda item: not (isinstance(item, Section) and item.key == section), reading.preview(case))
    head = next(items, None)
    if not isinstance(head, Section):
        raise KeyError(section)
    rest = takewhile(lambda item: not isinstance(item, Section), items)
    start = (number - 1) * PER_PAGE
    records = tuple(islice((item for item in rest if isinstance(item, Record)), start, start + PER_PAGE))
    return Page(head, records, number, pages, start + 1 if records else 0, start + len(records), count)
