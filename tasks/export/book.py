"""A snapshot, read: chapters by category, their sections, and the records of each from its place in the file."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import IO, Any, NamedTuple

import orjson

from tasks.errors import DossierError
from tasks.export.order import ordered
from tasks.export.snapshot import FORMAT, section_of
from tasks.transform import FileRef, Record, Redaction, Redactor, Section, Summary, Value
from tasks.transform.records import Line

RECORD = b'["r",'
AT_ONCE = 100  # records that are read with one call


class Entry(NamedTuple):
    """One record of a snapshot: ``values`` holds ``[raw, display]`` for each field, and ``group`` is such a pair."""

    key: str
    title: str
    values: Sequence[Sequence[Any]]
    owned: bool
    files: list[list[Any]]
    sentence: str = ""
    group: Sequence[Any] = (None, "")


@dataclass
class Part:
    """One section with the places of its records in its file. What the office covered is covered in all of it."""

    section: Section
    source: IO[bytes] = field(repr=False)
    redactor: Redactor | None = field(default=None, repr=False)
    contents: IO[bytes] | None = field(default=None, repr=False)  # files that the store gave
    offsets: "array[int]" = field(default_factory=lambda: array("Q"), repr=False)
    sizes: "array[int]" = field(default_factory=lambda: array("Q"), repr=False)  # bytes of each record in the file
    first: str | None = None
    last: str | None = None
    words: str = ""
    lines: tuple[Line, ...] = ()

    @property
    def count(self) -> int:
        return len(self.offsets)

    @property
    def has_files(self) -> bool:
        """Whether any record may hold a file."""
        return self.contents is not None or any(info.kind == "file" for info in self.section.fields)

    def records(self) -> Iterator[Entry]:
        """The records as collected, read anew each time, many at once."""
        for start in range(0, self.count, AT_ONCE):
            places = range(start, min(start + AT_ONCE, self.count))
            first = self.offsets[start]
            self.source.seek(first)  # others read from the same file in between
            held = memoryview(self.source.read(self.offsets[places[-1]] + self.sizes[places[-1]] - first))
            for place in places:
                at = self.offsets[place] - first
                entry = Entry(*orjson.loads(held[at : at + self.sizes[place]])[1:])
                yield self._covered(entry) if self.redactor else entry

    def in_order(self) -> Iterator[Entry]:
        """The records as people read them, read anew each time."""
        return self.at(self.order)

    def at(self, places: Iterable[int]) -> Iterator[Entry]:
        """The records at these places, one at a time."""
        for place in places:
            self.source.seek(self.offsets[place])  # others read from the same file in between
            entry = Entry(*orjson.loads(self.source.readline())[1:])
            yield self._covered(entry) if self.redactor else entry

    @cached_property
    def order(self) -> Sequence[int]:
        """The places of the records in the order in which people read them."""
        return array("Q", ordered(self.records(), self.section))

    def _covered(self, entry: Entry) -> Entry:
        record = as_record(entry, self.section)
        if self.redactor is None or not self.redactor.touches(self.section, record):
            return entry
        after = self.redactor.record(self.section, record)
        kept = {(file.field, file.name) for file in after.files}
        files = [file for file in entry.files if (file[0], file[1]) in kept]
        return Entry(after.key, after.title, after.values, entry.owned, files, after.sentence, after.group)

    def cover(self, redactor: Redactor) -> None:
        """Cover what the office covered, and say what is left of days and sums."""
        self.section, self.redactor = redactor.section(self.section), redactor
        if not self.section.redacted:
            return
        for entry in Part(self.section, self.source, offsets=self.offsets, sizes=self.sizes).records():
            redactor.record(self.section, as_record(entry, self.section))
        left = redactor.summary(
            self.section, Summary(self.section.key, self.count, self.first, self.last, self.words, self.lines)
        )
        self.first, self.last, self.words, self.lines = left.first, left.last, left.words, left.lines


def as_record(entry: Entry, section: Section) -> Record:
    """A record as it left the transformation."""
    return Record(
        entry.key,
        entry.title,
        tuple(Value(*value) for value in entry.values),
        entry.owned,
        tuple(FileRef(section.key, file[0], file[1]) for file in entry.files),
        entry.sentence,
        Value(*entry.group),
    )


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
    """One or more snapshots (one per source) as a whole, with what the office covered gone from it.

    ``contents`` are the files that stores gave, parallel to ``sources``; None where there are none.

    Raises:
        DossierError: a snapshot breaks off, or is of another version.
    """

    def __init__(
        self,
        sources: Sequence[IO[bytes]],
        *,
        redactions: Iterable[Redaction] = (),
        contents: Sequence[IO[bytes] | None] = (),
    ) -> None:
        self.parts: list[Part] = []
        self.gaps: list[dict[str, str]] = []
        self.data_map = ""  # the version of the data map that it was explained by
        self._nothing: list[dict[str, str]] = []
        self._contents = dict(zip(map(id, sources), contents, strict=False))
        for source in sources:
            self._index(source)
        if redactions := tuple(redactions):
            for part in self.parts:
                part.cover(Redactor(redactions))
        self.chapters = self._chapters()

    def _index(self, source: IO[bytes]) -> None:
        source.seek(0)
        at, ended = 0, False
        for line in source:
            if line.startswith(RECORD):
                self.parts[-1].offsets.append(at)
                self.parts[-1].sizes.append(len(line))
            else:
                kind, data = orjson.loads(line)
                ended = ended or kind == "end"
                self._note(kind, data, source)
            at += len(line)
        if not ended:
            raise DossierError("The snapshot breaks off before its end. Collect again.")

    def _note(self, kind: str, data: Any, source: IO[bytes]) -> None:
        if kind == "head" and data["format"] != FORMAT:
            raise DossierError(f"The snapshot has format {data['format']}, wanted {FORMAT}. Collect again.")
        if kind == "head":
            self.data_map = data.get("data_map", "")
        elif kind == "section":
            self.parts.append(Part(section_of(data), source, contents=self._contents.get(id(source))))
        elif kind == "section-end":
            part = self.parts[-1]
            part.first, part.last, part.words = data["first"], data["last"], data.get("words", "")
            part.lines = tuple(Line(*line) for line in data.get("lines", ()))
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
