"""The preview of an export for the office: what the sealed snapshot holds, category by category, a page at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import dropwhile, islice, takewhile
from typing import Any

from django.utils import translation

from tasks.cases import covering
from tasks.cases.models import Case, Redaction
from tasks.cases.suspects import Suspects
from tasks.transform import Record, Redactor, Section

PER_PAGE = 25
ALL, SUSPECTED = "all", "suspected"


@dataclass(frozen=True)
class Part:
    """A section of the export by name: its records, how many places may name others, whether somebody described it."""

    key: str
    title: str
    count: int
    described: bool
    suspected: int = 0


@dataclass(frozen=True)
class Chapter:
    """A category of the export with its sections."""

    key: str
    title: str
    description: str
    count: int
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Row:
    """One record of the preview, before and after what was covered by hand.

    ``covered`` is ``{field: redaction}``, with an empty field for the whole record; ``suspected`` is
    ``{field: why}`` of what may be about somebody else and nobody covered.
    """

    before: Record = field(repr=False)
    after: Record = field(repr=False)
    covered: dict[str, Redaction]
    suspected: dict[str, str]
    coverable: frozenset[str]


@dataclass(frozen=True)
class Page:
    """Some records of one section. ``number`` counts from one; the records are ``first`` to ``last`` of ``count``.

    Where only those are shown in which something is suspected, ``count`` is still that of the section and
    ``pages`` is not known further than one page ahead.
    """

    section: Section
    rows: tuple[Row, ...]
    number: int
    pages: int
    first: int
    last: int
    count: int


def chapters(case: Case) -> list[Chapter]:
    """What the export holds, in its order. No file is opened."""
    counts, suspected = case.snapshot.get("counts", {}), case.snapshot.get("suspected", {})
    found: dict[str, dict[str, Any]] = {}
    for entry in case.snapshot.get("categories", []):
        known = found.setdefault(entry["key"], {**entry, "parts": []})
        known["parts"] += [
            Part(part["key"], part["title"], counts.get(key, 0), part["described"], suspected.get(key, 0))
            for part in entry["sections"]
            if (key := part["key"])
        ]
    return [
        Chapter(c["key"], c["title"], c["description"], sum(part.count for part in c["parts"]), tuple(c["parts"]))
        for c in found.values()
    ]


def page(case: Case, section: str, *, number: int = 1, show: str = ALL) -> Page:
    """One page of a section, read from the sealed snapshot as far as needed. A number out of range is the nearest.

    Raises:
        KeyError: the export has no such section.
        KeyUnavailable: the snapshot is gone or damaged.
    """
    count = int(case.snapshot.get("counts", {})[section])
    head, records = _section(case, section)
    rows = Rows(case, Suspects.of(case))
    if show == SUSPECTED:
        return _suspected_page(head, records, rows, number=max(number, 1), count=count)
    pages = max(-(-count // PER_PAGE), 1)
    start = (min(max(number, 1), pages) - 1) * PER_PAGE
    return _page(head, list(islice(records, start, start + PER_PAGE)), rows, start=start, pages=pages, count=count)


def _suspected_page(head: Section, records: Iterable[Record], rows: "Rows", *, number: int, count: int) -> Page:
    found = (record for record in records if rows.suspected(head, record))
    start = (number - 1) * PER_PAGE
    some = list(islice(found, start, start + PER_PAGE + 1))  # one more says whether there is another page
    pages = number + (len(some) > PER_PAGE)
    return _page(head, some[:PER_PAGE], rows, start=start, pages=pages, count=count)


def _page(head: Section, records: list[Record], rows: "Rows", *, start: int, pages: int, count: int) -> Page:
    found = tuple(rows.of(head, records))
    first = start + 1 if found else 0
    return Page(rows.section(head), found, start // PER_PAGE + 1, pages, first, start + len(found), count)


def _section(case: Case, section: str) -> tuple[Section, Iterator[Record]]:
    """A section as collected, with its records still to be read."""
    items = dropwhile(lambda item: not (isinstance(item, Section) and item.key == section), covering.collected(case))
    head = next(items, None)
    if not isinstance(head, Section):
        raise KeyError(section)
    rest = takewhile(lambda item: not isinstance(item, Section), items)
    return head, (item for item in rest if isinstance(item, Record))


class Rows:
    """Lays records beside what will be delivered of them. One query for all of a case's redactions."""

    def __init__(self, case: Case, suspects: Suspects) -> None:
        self._language, self._suspects = case.language, suspects
        self._redactor = Redactor(covering.coverings(case))
        self._covered: dict[tuple[str, str], dict[str, Redaction]] = {}
        for row in case.redactions.all():
            self._covered.setdefault((row.label, row.key), {})[row.field] = row

    def section(self, head: Section) -> Section:
        """The section with the list of what is covered in it."""
        with translation.override(self._language):
            return self._redactor.section(head)

    def of(self, head: Section, records: Iterable[Record]) -> Iterator[Row]:
        """Records before and after, with what is covered and what should be looked at."""
        for record in records:
            with translation.override(self._language):
                after = self._redactor.record(head, record)
            mine = self._covered.get((head.key, record.key), {})
            can = frozenset(covering.coverable(head, record))
            yield Row(record, after, mine, self.suspected(head, record), can)

    def suspected(self, head: Section, record: Record) -> dict[str, str]:
        """``{field: why}`` of what nobody has covered yet."""
        mine = self._covered.get((head.key, record.key), {})
        if "" in mine:
            return {}
        return {name: why for name, why in self._suspects.of_record(head, record).items() if name not in mine}


@dataclass(frozen=True)
class Covered:
    """One thing that is covered by hand: its record before and after, where the snapshot still has it."""

    redaction: Redaction
    section: Section | None
    row: Row | None


def covered(case: Case, *, number: int = 1) -> tuple[list[Covered], int]:
    """A page of what is covered by hand, the newest first, and how many pages there are.

    Reads the snapshot once, as far as the last of them.

    Raises:
        KeyUnavailable: the snapshot is gone or damaged.
    """
    redactions = list(case.redactions.order_by("-at", "-pk"))
    pages = max(-(-len(redactions) // PER_PAGE), 1)
    start = (min(max(number, 1), pages) - 1) * PER_PAGE
    some = redactions[start : start + PER_PAGE]
    found = _found(case, {(row.label, row.key) for row in some})
    return [Covered(row, *found.get((row.label, row.key), (None, None))) for row in some], pages


def covered_without_snapshot(case: Case) -> list[Covered]:
    """Everything that was covered by hand, where the snapshot has left the vault."""
    return [Covered(row, None, None) for row in case.redactions.order_by("-at", "-pk")]


def _found(case: Case, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], tuple[Section, Row]]:
    found: dict[tuple[str, str], tuple[Section, Row]] = {}
    rows, section = Rows(case, Suspects()), None
    for item in covering.collected(case) if wanted else ():
        if isinstance(item, Section):
            section = item
        elif section is not None and (section.key, item.key) in wanted:
            found[section.key, item.key] = (section, next(rows.of(section, [item])))
            if len(found) == len(wanted):
                break
    return found
