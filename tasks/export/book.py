"""A snapshot, read: chapters by category, their sections, and the records of each from its place in the file."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, NamedTuple

import orjson

from tasks.errors import DossierError
from tasks.export.lead import sort_key, sorting
from tasks.export.snapshot import FORMAT, section_of
from tasks.transform import Section

RECORD = b'["r",'


class Entry(NamedTuple):
    """One record of a snapshot: ``values`` holds ``[raw, display]`` for each field of its section."""

    key: str
    title: str
    values: list[list[Any]]
    owned: bool
    files: list[list[Any]]


@dataclass
class Part:
    """One section with the place of its records in its file."""

    section: Section
    source: IO[bytes] = field(repr=False)
    start: int
    count: int = 0
    first: str | None = None
    last: str | None = None

    def records(self) -> Iterator[Entry]:
        """The records as collected, read anew each time."""
        at, left = self.start, self.count
        while left:
            self.source.seek(at)  # others read from the same file in between
            line = self.source.readline()
            at += len(line)
            if line.startswith(RECORD):
                left -= 1
                yield Entry(*orjson.loads(line)[1:])

    def best(self, limit: int) -> list[Entry]:
        """At most ``limit`` records in the section's order: the first ones, or the newest."""
        place, newest_first = sorting(self.section)
        if place is None:
            return [entry for entry, _ in zip(self.records(), range(limit), strict=False)]
        pick = heapq.nlargest if newest_first else heapq.nsmallest
        return pick(limit, self.records(), key=lambda entry: sort_key(entry.values[place][0]))


@dataclass
class Chapter:
    """One category: its context, and the sections that belong to it."""

    key: str
    title: str
    order: int
    context: dict[str, Any]
    parts: list[Part] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(part.count for part in self.parts)

    @property
    def described(self) -> bool:
        return all(part.section.described for part in self.parts)


class Book:
    """One or more snapshots (one per source) as a whole.

    Raises:
        DossierError: a snapshot breaks off, or is of another version.
    """

    def __init__(self, sources: Sequence[IO[bytes]]) -> None:
        self.parts: list[Part] = []
        self.gaps: list[dict[str, str]] = []
        self._nothing: list[dict[str, str]] = []
        for source in sources:
            self._index(source)
        self.chapters = self._chapters()

    def _index(self, source: IO[bytes]) -> None:
        source.seek(0)
        at, ended = 0, False
        for line in source:
            at += len(line)
            if line.startswith(RECORD):
                self.parts[-1].count += 1
                continue
            kind, data = orjson.loads(line)
            ended = ended or kind == "end"
            self._note(kind, data, source, at)
        if not ended:
            raise DossierError("The snapshot breaks off before its end. Collect again.")

    def _note(self, kind: str, data: Any, source: IO[bytes], at: int) -> None:
        if kind == "head" and data["format"] != FORMAT:
            raise DossierError(f"The snapshot has format {data['format']}, wanted {FORMAT}. Collect again.")
        if kind == "section":
            self.parts.append(Part(section_of(data), source, at))
        elif kind == "section-end":
            self.parts[-1].first, self.parts[-1].last = data["first"], data["last"]
        elif kind == "gap":
            self.gaps.append(data)
        elif kind == "nothing":
            self._nothing.append(data)

    def _chapters(self) -> list[Chapter]:
        found: dict[str, Chapter] = {}
        for part in self.parts:
            category = part.section.category
            if category["key"] not in found:
                found[category["key"]] = Chapter(category["key"], category["title"], category["order"], category)
            found[category["key"]].parts.append(part)
        return sorted(found.values(), key=lambda chapter: (chapter.order, chapter.title))

    @property
    def nothing(self) -> list[dict[str, str]]:
        """What was searched in vain in every source."""
        found = {part.section.key for part in self.parts}
        return [entry for entry in self._nothing if entry["label"] not in found]

    @property
    def unsearched(self) -> list[dict[str, str]]:
        """What could not be searched at all."""
        return [gap for gap in self.gaps if not gap["field"]]

    @property
    def count(self) -> int:
        return sum(chapter.count for chapter in self.chapters)

    @property
    def period(self) -> tuple[str | None, str | None]:
        """The first and the last day that any record speaks of."""
        firsts = [part.first for part in self.parts if part.first]
        lasts = [part.last for part in self.parts if part.last]
        return min(firsts, default=None), max(lasts, default=None)
