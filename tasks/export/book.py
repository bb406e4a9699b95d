"""A snapshot, read: chapters by category, their sections, and the records of each from its place in the file."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from os import SEEK_CUR
from typing import IO, Any

import orjson

from tasks.errors import DossierError
from tasks.export.order import ordered
from tasks.export.shapes import Entry, Shape, entry_of, lines, parsed, record_of, shapes, table_of
from tasks.export.snapshot import FORMAT, section_of
from tasks.transform import Block, Redaction, Redactor, Section, Summary
from tasks.transform.records import Line

__all__ = ["Book", "Chapter", "Entry", "Part"]

PIECE = 1 << 18  # bytes that are read with one call


@dataclass
class Part:
    """One section with the places of its records in its file. What the office covered is covered in all of it."""

    section: Section
    source: IO[bytes] = field(repr=False)
    redactor: Redactor | None = field(default=None, repr=False)
    contents: IO[bytes] | None = field(default=None, repr=False)  # files that the store gave
    places: dict[str, int] = field(default_factory=dict, repr=False)  # of those files in it, by their SHA-256
    runs: list[tuple[int, int]] = field(default_factory=list, repr=False)  # from where to where its records lie
    tables: list[tuple[int, int]] = field(default_factory=list, repr=False)  # where its rows as CSV lie, how many bytes
    count: int = 0
    first: str | None = None
    last: str | None = None
    words: str = ""
    lines: tuple[Line, ...] = ()

    @property
    def has_files(self) -> bool:
        """Whether any record may hold a file."""
        return self.contents is not None or any(info.kind == "file" for info in self.section.fields)

    def pieces(self) -> Iterator[bytes]:
        """The records as data.json has them, many whole lines at once, read anew each time."""
        if self.redactor is None:
            yield from self._pieces()
        else:
            for some in self.shapes():
                yield lines(some)

    def _pieces(self) -> Iterator[bytes]:
        for at, end in self.runs:
            while at < end:
                self.source.seek(at)  # others read from the same file in between
                piece = self.source.read(min(PIECE, end - at))
                if not piece.endswith(b"\n"):
                    piece += self.source.readline()
                at += len(piece)  # noqa: PLW2901 - as far as we are
                yield piece

    def shapes(self) -> Iterator[list[Shape]]:
        """The same, taken apart."""
        for piece in self._pieces():
            found = parsed(piece)
            yield list(map(self._covered, found)) if self.redactor else found

    def rows(self) -> Iterator[bytes]:
        """The records as rows of a table, many at once."""
        if self.redactor is None:
            for at, size in self.tables:
                self.source.seek(at)
                yield self.source.read(size)
        else:
            for some in self.shapes():
                yield table_of(some, self.section)

    def records(self) -> Iterator[Entry]:
        """The records as collected, one at a time, read anew each time."""
        for some in self.shapes():
            yield from map(entry_of, some)

    def in_order(self) -> Iterator[Entry]:
        """The records as people read them, read anew each time."""
        return self.at(self.order)

    def at(self, places: Iterable[int]) -> Iterator[Entry]:
        """The records at these places, one at a time."""
        for place in places:
            self.source.seek(self.offsets[place])  # others read from the same file in between
            yield entry_of(self._covered(orjson.loads(self.source.readline())))

    @cached_property
    def sizes(self) -> "array[int]":
        """Bytes of each record in the file."""
        return array("Q", (len(each) for piece in self._pieces() for each in piece.splitlines(keepends=True)))

    @cached_property
    def offsets(self) -> "array[int]":
        """Where each record begins in the file."""
        found, sizes = array("Q"), iter(self.sizes)
        for at, end in self.runs:
            while at < end:
                found.append(at)
                at += next(sizes)  # noqa: PLW2901 - as far as we are
        return found

    @cached_property
    def order(self) -> Sequence[int]:
        """The places of the records in the order in which people read them."""
        return array("Q", ordered(self.records(), self.section))

    def _covered(self, shape: Shape) -> Shape:
        if self.redactor is None:
            return shape
        record = record_of(shape, self.section)
        if not self.redactor.touches(self.section, record):
            return shape
        after = self.redactor.record(self.section, record)
        kept = {(file.field, file.name) for file in after.files}
        names = [info.name for info in self.section.fields]
        (found,) = shapes(Block.of([after], owned=after.owned), names)
        if files := [file for file in shape.get("files", ()) if (file["field"], file["stored_as"]) in kept]:
            found["files"] = files
        return found

    def cover(self, redactor: Redactor) -> None:
        """Cover what the office covered, and say what is left of days and sums."""
        self.section = redactor.section(self.section)
        if redactor.concerns(self.section):
            self.redactor = redactor
        if not self.section.redacted:
            return
        for piece in self._pieces():
            for shape in parsed(piece):
                redactor.record(self.section, record_of(shape, self.section))
        left = redactor.summary(
            self.section, Summary(self.section.key, self.count, self.first, self.last, self.words, self.lines)
        )
        self.first, self.last, self.words, self.lines = left.first, left.last, left.words, left.lines


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
        ended = False
        while line := source.readline():
            kind, *data = orjson.loads(line)
            if kind == "records":
                size, beside = data
                at = source.tell()
                self.parts[-1].runs.append((at, at + size))
                self.parts[-1].tables.append((at + size, beside))
                source.seek(size + beside, SEEK_CUR)
                continue
            ended = ended or kind == "end"
            self._note(kind, data[0], source)
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
            part.count, part.first, part.last = data["count"], data["first"], data["last"]
            part.words = data.get("words", "")
            part.lines = tuple(Line(*line) for line in data.get("lines", ()))
        elif kind == "taken":
            self.parts[-1].places.update(data)
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
