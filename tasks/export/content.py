"""A snapshot as the writers read it: as often as they like, section by section."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import chain
from typing import IO, Any

from django.apps import apps

from tasks.export import lines
from tasks.export.about import About
from tasks.export.names import Names
from tasks.export.records import moment_of
from tasks.transform import Explained, FileRef, Gap, Record, Section

Opener = Callable[[], AbstractContextManager[IO[bytes]]]


@dataclass
class Chapter:
    """A category in numbers: its context, its sections, how many records, from when to when (ISO dates)."""

    category: dict[str, Any]
    sections: list[Section] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    first: str = ""
    last: str = ""

    @property
    def count(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class HeldFile:
    """A file of a record, and its name inside the package; ``error`` where it cannot be read."""

    ref: FileRef
    path: str
    size: int
    error: str = ""

    def open(self) -> IO[bytes]:
        return storage_of(self.ref).open(self.ref.name)  # type: ignore[no-any-return]


class Content:
    """What is written. Made by one pass over the parts; each ``grouped()`` is another pass."""

    def __init__(self, openers: Iterable[Opener], about: About) -> None:
        self.openers, self.about = list(openers), about
        self.chapters: dict[str, Chapter] = {}
        self.gaps: list[Gap] = []
        self.files: list[HeldFile] = []
        self.paths: dict[FileRef, str] = {}
        self._survey()

    def items(self) -> Iterator[Explained]:
        """Everything, from the first part to the last."""
        for opener in self.openers:
            with opener() as sealed:
                yield from lines.load(sealed)

    def grouped(self) -> Iterator[tuple[Section, Iterator[Record]]]:
        """Each section with its records. Take a section's records before the next section."""
        items = (item for item in self.items() if not isinstance(item, Gap))
        current = next(items, None)
        while isinstance(current, Section):
            following: list[Explained] = []
            records = until_section(items, following)
            yield current, records
            for _rest in records:
                pass
            current = following[0] if following else None

    @property
    def count(self) -> int:
        return sum(chapter.count for chapter in self.chapters.values())

    @property
    def sections(self) -> list[Section]:
        return list(chain.from_iterable(chapter.sections for chapter in self.chapters.values()))

    def _survey(self) -> None:
        names = Names()
        for section, records in self.grouped_with_gaps():
            chapter = self.chapters.setdefault(section.category["key"], Chapter(section.category))
            if section.key not in chapter.counts:
                chapter.sections.append(section)
            dated = moment_of(section)
            for record in records:
                chapter.counts[section.key] = chapter.counts.get(section.key, 0) + 1
                self._span(chapter, record, dated)
                self._note_files(record, section, names)
            chapter.counts.setdefault(section.key, 0)

    def grouped_with_gaps(self) -> Iterator[tuple[Section, Iterator[Record]]]:
        self.gaps = [item for item in self.items() if isinstance(item, Gap)]
        return self.grouped()

    def _span(self, chapter: Chapter, record: Record, dated: int | None) -> None:
        if dated is not None and isinstance(day := record.values[dated].raw, str) and len(day) >= 10:
            chapter.first = min(chapter.first or day[:10], day[:10])
            chapter.last = max(chapter.last, day[:10])

    def _note_files(self, record: Record, section: Section, names: Names) -> None:
        for ref in record.files:
            path = names.unique(f"files/{section.key.rpartition('.')[2].lower()}", ref.name)
            held = examined(ref, path)
            self.files.append(held)
            self.paths[ref] = path


def until_section(items: Iterator[Explained], following: list[Explained]) -> Iterator[Record]:
    """The records up to the next section, which is left in ``following``."""
    for item in items:
        if isinstance(item, Section):
            following.append(item)
            return
        if isinstance(item, Record):
            yield item


def storage_of(ref: FileRef) -> Any:
    """Where the file lies."""
    return apps.get_model(ref.label)._meta.get_field(ref.field).storage  # type: ignore[union-attr]


def examined(ref: FileRef, path: str) -> HeldFile:
    """A file with its size; one that cannot be read is a gap, not an end."""
    try:
        return HeldFile(ref, path, storage_of(ref).size(ref.name))
    except Exception as error:  # a storage may raise anything; only the kind of error is told
        return HeldFile(ref, path, 0, type(error).__name__)
