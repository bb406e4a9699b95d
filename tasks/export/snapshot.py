"""The snapshot: what is held about a person at one moment, explained.

It is what the office sees, what an approval binds, and the only thing that a package is built from. Each line is a
JSON array whose first item says what it is, but for what follows ``records``:

    ["head", {format, language, time zone, data map}]
    ["section", {…}]                       one per model or store; its records follow
    ["records", n, m]                      n bytes of records, just as data.json has them (tasks/export/shapes.py), on a
                                           line each, and m bytes of the same as rows of a table
    ["taken", {sha256: place}]             where files that a store gave stand in the file beside the snapshot
    ["section-end", {count, first, last, words, lines}]
    ["gap", {label, field, key, reason, title, category, heading}]
                                           something that could not be shown whole
    ["nothing", {label, title, category}]  searched, and nothing found
    ["end", {counts}]

No moment of making is in it: two snapshots of unchanged data are equal, byte by byte.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from typing import Any, Protocol

import orjson
from django.utils.translation import gettext as _

from tasks import vault
from tasks.collector import Batch, Subject
from tasks.datamap import registry
from tasks.datamap.fingerprint import version_hash
from tasks.datamap.labels import category_of, heading_of
from tasks.export.about import About, Snapshot
from tasks.export.files import Contents, FileSums, contents_of
from tasks.export.searched import Search
from tasks.export.shapes import lines, parsed, record_of, shapes
from tasks.export.spreadsheet import rows_of
from tasks.transform import Block, Cells, Explained, Record, Section, Summary, explain, told, value_of

FORMAT = 3
AT_ONCE = 250  # records in one piece


class Writer(Protocol):
    """Anything that takes bytes."""

    def write(self, data: bytes, /) -> object: ...


def take_snapshot(
    batches: Iterable[Batch], *, name: str, about: About, subject: Subject | None = None, source: str = ""
) -> Snapshot:
    """Explain ``batches`` and seal them under ``name`` in the vault, streamed: memory holds one batch.

    ``subject`` is the person, who reads "you" where a row points at them; without it every key to a
    person stands as it is stored. ``about.categories`` limits what goes in. ``source`` is the key of the one that
    was searched; without it all were. Files of stores go under ``contents_of(name)``.

    Raises:
        SourceUnavailable: a source stopped answering; nothing is left under either name.
    """
    with ExitStack() as stack:
        out = stack.enter_context(vault.writing(name))
        contents = Contents(lambda: stack.enter_context(vault.writing(contents_of(name))))
        search = Search((source,) if source else None)
        recorder = record(batches, out, about=about, subject=subject, search=search, contents=contents)
    files = [name, contents_of(name)] if contents.begun else [name]
    return Snapshot(name, out.sha256, out.size, recorder.counts, recorder.categories(), recorder.gaps, files)


def record(
    batches: Iterable[Batch],
    out: Writer,
    *,
    about: About,
    subject: Subject | None,
    search: Search | None = None,
    contents: Contents | None = None,
) -> "Recorder":
    """Write the lines of a snapshot. ``search`` says what was searched and is read at the end; default: everything."""
    recorder = Recorder(out, FileSums(contents))
    recorder.head(about)
    wanted = (batch for batch in batches if is_wanted(batch, about))
    for item in explain(wanted, language=about.language, time_zone=about.zone, subject=subject):
        if isinstance(item, Block) and not item.files:  # nothing to be said about it: most of them
            recorder.take(item)
            continue
        with about.speaking():
            recorder.take(item)
    with about.speaking():
        if subject is not None:
            recorder.searched(subject, about, search or Search())
    recorder.note("end", {"counts": recorder.counts})
    return recorder


def is_wanted(batch: Batch, about: About) -> bool:
    """Whether the person asked for this category."""
    if not about.categories:
        return True
    policy = registry.get(batch.model) if batch.model else registry.source(batch.label)
    return (policy.context.key if policy else batch.label) in about.categories


def read_snapshot(name: str) -> Iterator[Section | Record]:
    """The sections of a snapshot, each followed by its records.

    Raises:
        KeyUnavailable: it is gone, damaged, or was sealed to another key.
    """
    with vault.reading(name) as clear:
        section: Section | None = None
        while line := clear.readline():
            kind, *data = orjson.loads(line)
            if kind == "section":
                section = section_of(data[0])
                yield section
            elif kind == "records" and section is not None:
                size, beside = data
                yield from (record_of(shape, section) for shape in parsed(clear.read(size)))
                clear.read(beside)


def section_of(data: dict[str, Any]) -> Section:
    """A section from its line."""
    return Section.of(data)


class Recorder:
    """Writes lines and remembers what has to be said about all of them."""

    def __init__(self, out: Writer, sums: FileSums | None = None) -> None:
        self._out, self._sums = out, sums or FileSums()
        self.sections: list[Section] = []
        self.counts: dict[str, int] = {}
        self.gaps: list[dict[str, str]] = []
        self._places: dict[str, int] = {}

    def note(self, kind: str, *parts: Any) -> None:
        """Write a line that is no record."""
        self._out.write(orjson.dumps([kind, *parts], default=str, option=orjson.OPT_APPEND_NEWLINE))

    def head(self, about: About) -> None:
        """Say how it is to be read: format, language, time zone, and by which data map it was explained."""
        data = {"format": FORMAT, "language": about.language, "time_zone": str(about.zone), "data_map": version_hash()}
        self.note("head", data)

    def take(self, item: Explained) -> None:
        """Write one thing that was explained."""
        if isinstance(item, Block):
            self._block(item)
        elif isinstance(item, Section):
            self.sections.append(item)
            self.counts[item.key] = 0
            self.note("section", asdict(item))
        elif isinstance(item, Summary):
            self._end(item)
        elif item.field:
            self.gap(item.section, field=item.field, reason=_("its words could not be made (%s)") % item.error)
        else:
            self.gap(item.section, reason=_("it could not be read whole (%s)") % item.error)

    def _end(self, summary: Summary) -> None:
        count = self.counts[summary.section]
        facts = {"count": count, "first": summary.first, "last": summary.last, "words": summary.words}
        self.note("section-end", {**facts, "lines": [list(line) for line in summary.lines]})

    def _block(self, block: Block) -> None:
        section = self.sections[-1]
        self.counts[section.key] += len(block)
        files = self._measured(block) if block.files else []
        for start in range(0, len(block), AT_ONCE):
            some = block.cut(start, start + AT_ONCE)
            found = shapes(some, [info.name for info in section.fields])
            for shape, measured in zip(found, files[start:], strict=False):  # none where no record has any
                if measured:
                    shape["files"] = measured
            held = lines(found)
            table = rows_of(section, some.keys, some.columns, some.sentences, some.groups)
            self.note("records", len(held), len(table))
            self._out.write(held)
            self._out.write(table)

    def _measured(self, block: Block) -> list[list[dict[str, Any]]]:
        """The files of each record; their sizes go into the words of their cells."""
        columns = dict(zip((info.name for info in self.sections[-1].fields), block.columns, strict=True))
        found = [list(self._files(number, block, columns)) for number in range(len(block))]
        if self._places:
            self.note("taken", self._places)
            self._places = {}
        return found

    def _files(self, number: int, block: Block, columns: dict[str, Cells]) -> Iterator[dict[str, Any]]:
        """Measure each file once, so that what is approved is its content and not its name alone."""
        for file in block.files[number]:
            found = self._sums.of(file)
            if isinstance(found, str):
                self.gap(file.label, field=file.field, key=block.keys[number], reason=found)
                continue
            size, sha256, *place = found
            if place:
                self._places[sha256] = place[0]
            cells = columns[file.field]
            cells[number] = told(self._sums.with_size(value_of(cells[number]), size))
            yield {"field": file.field, "stored_as": file.name, "size": size, "sha256": sha256}

    def gap(self, label: str, *, field: str = "", key: str = "", reason: str) -> None:
        """Something that could not be shown whole. Names no person."""
        gap = {"label": label, "field": field, "key": key, "reason": reason, **placed(label)}
        self.gaps.append(gap)
        self.note("gap", gap)

    def searched(self, subject: Subject, about: About, search: Search) -> None:
        """Say what was searched in vain, and what could not be searched."""
        for label, reason in search.failed.items():
            self.gap(label, reason=str(reason))
        for source in search.sources():
            for label, reason in source.gaps(subject).items():
                self.note("gap", {"label": label, "field": "", "key": "", "reason": reason, **placed(label)})
        for entry in search.nothing(subject, found=self.counts, categories=about.categories):
            self.note("nothing", entry)

    def categories(self) -> list[dict[str, Any]]:
        """The categories with their sections and counts, in the order of the report."""
        found: dict[str, dict[str, Any]] = {}
        for section in self.sections:
            category = section.category
            entry = found.setdefault(
                category["key"],
                {key: category[key] for key in ("key", "title", "description", "order")}
                | {"count": 0, "described": section.described, "sections": []},
            )
            entry["count"] += self.counts[section.key]
            entry["described"] = entry["described"] and section.described
            part = {"key": section.key, "title": section.title, "described": section.described}
            entry["sections"].append({**part, "count": self.counts[section.key]})
        return sorted(found.values(), key=lambda entry: (entry["order"], entry["title"]))


def placed(label: str) -> dict[str, str]:
    """Where a model or store belongs, in words: its title, the key of its category, and the category's title."""
    category = category_of(label)
    return {"title": heading_of(label), "category": category.key, "heading": str(category.title)}
