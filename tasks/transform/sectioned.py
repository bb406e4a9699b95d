"""One section: compiled once, then batch by batch into records."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import tzinfo
from itertools import repeat
from typing import Any

from django.utils.translation import gettext as _

from tasks.collector import Batch
from tasks.datamap import ModelPrivacy
from tasks.datamap.guess import Undescribed, looks_secret
from tasks.transform.block import Block
from tasks.transform.bulk import each
from tasks.transform.cells import Cells, cell, raws, words
from tasks.transform.columns import Column, Compiler
from tasks.transform.display import text
from tasks.transform.gaps import Gaps
from tasks.transform.hooks import computed_column, hook_of, worded
from tasks.transform.records import FileRef, Gap, Summary
from tasks.transform.references import References, fallback
from tasks.transform.rows import Needs, Rows, places
from tasks.transform.sections import key_fields, model_section, title_template
from tasks.transform.sentences import Sentence, grouped
from tasks.transform.serializers import Serializer
from tasks.transform.summary import Days, Tally
from tasks.transform.text import clean


class Sectioned:
    """The section of a model."""

    def __init__(self, batch: Batch, policy: ModelPrivacy, references: References, *, zone: tzinfo) -> None:
        self.label, self.policy, self.references, self.count = batch.label, policy, references, 0
        self.gaps = Gaps(batch.label)
        self.attnames = {f.attname: f.name for f in policy.model._meta.concrete_fields}
        self.needs = Needs(policy, alias=references.alias(policy.model))
        self.place = places(self.policy, (*batch.columns, *self.needs.paths))
        compiler = Compiler(batch, self.policy, references, zone=zone)
        self.columns = self._columns(compiler, batch, zone=zone)
        self.section = model_section(batch, self.policy, compiler, tuple(self.columns))
        self.title = title_template(self.policy, self.section.fields)
        self.sentence = Sentence(self.policy, self.place, references) if self.policy.sentence else None
        self.group, _, self.part = self.policy.group_by.partition("__")
        self.columns += self._helpers(compiler)
        self.at = {column.info.name: number for number, column in enumerate(self.columns)}
        self.hooks = {n: hook for n, each in enumerate(self.columns) if (hook := hook_of(self.policy, each))}
        self.by_host = bool(self.hooks) or any(column.made for column in self.columns)
        self.hidden_key = any(looks_secret(field) for field in key_fields(self.policy))
        self.teaches = bool(self.title.slots) and not self.hidden_key and all(map(self._is_plain, self.title.names))
        self.days = Days(self.section)
        self.tallies = {
            name: Tally(self.columns[self.at[name]].info) for name in self.policy.summary if name in self.at
        }

    def _columns(self, compiler: Compiler, batch: Batch, *, zone: tzinfo) -> list[Column]:
        """What is shown: fields and computed fields in the order of the declaration."""
        policy = self.policy
        found = self._fields(compiler, batch)
        made = {name: computed_column(policy, name, self.place, self.gaps, zone=zone) for name in policy.computed}
        by_name = {column.info.name: column for column in found} | made
        names = dict.fromkeys((*policy.fields, *made, *by_name))
        return [by_name[name] for name in names if name in by_name]

    def _fields(self, compiler: Compiler, batch: Batch) -> list[Column]:
        """The fields of the declaration, or of its serializer; of the model, where that cannot be used."""
        if not self.policy.serializer:
            return compiler.columns(name for name in self.policy.fields if name not in self.policy.computed)
        try:
            return Serializer(compiler, batch.rows, self.gaps).columns()
        except Exception as error:  # noqa: BLE001 - the host's code; what it would have shown is shown without it
            self.gaps.add("", error)
            return compiler.columns(Undescribed(self.policy.model).fields)

    def _helpers(self, compiler: Compiler) -> list[Column]:
        """Columns that are not shown by themselves, but that titles, sentences and groups name."""
        names = [*self.title.names, *(self.sentence.names if self.sentence else ()), self.group]
        known = {column.info.name for column in self.columns}
        keys = {"pk": next(iter(key_fields(self.policy))).name}
        found = {}
        for name in dict.fromkeys(name for name in names if name and name not in known):
            column = compiler.column(keys.get(name) or self.attnames.get(name, name))
            if column is not None:
                found[name] = replace(column, info=replace(column.info, name=name))
        return list(found.values())

    def records(self, batch: Batch) -> Iterator[Block | Gap]:
        """The records of one batch, its columns converted one by one."""
        rows = self.needs.extend(batch, self.gaps)
        covered = self._covered(batch, rows)
        careful = masked(rows, covered, self.columns) if self.by_host else rows
        columns = [self._cells(number, column, rows, careful) for number, column in enumerate(self.columns)]
        somebody = cell(None, _("covered: another person"))
        for number, places_covered in covered.items():
            for place in places_covered:
                columns[place][number] = somebody
        self.gaps.damaged(batch, self.attnames)
        yield self._block(batch, rows, columns)
        yield from self.gaps.drain()

    def _cells(self, number: int, column: Column, rows: Rows, careful: Rows) -> Cells:
        """One column of a batch."""
        name = column.info.name
        try:
            cells = column.cells(careful if column.made else rows)
        except Exception as error:  # noqa: BLE001 - somebody's field or storage; the rest of the section is fine
            self.gaps.add(name, error)
            cells = self._bare(name, rows)
        if hook := self.hooks.get(number):
            return worded(cells, careful, hook, self.place, name=name, gaps=self.gaps)
        return cells

    def _bare(self, name: str, rows: Rows) -> Cells:
        """The values of a column that could not be converted, as they are stored."""
        place = self.place.get(name)
        if place is None or name in self.section.targets:  # a key may be another person's
            return [None] * len(rows)
        return each(text)([row[place] for row in rows])

    def _is_plain(self, name: str) -> bool:
        """Whether a name in the title says here what it says in the label of this row elsewhere."""
        place = self.at.get(name)
        column = self.columns[place] if place is not None else None
        if column is None or column.made or column.personal is not None or place in self.hooks:
            return False
        return column.info.kind == "text" and not self.policy.serializer

    def _covered(self, batch: Batch, rows: Rows) -> dict[int, list[int]]:
        """``{row: columns}`` of what may identify somebody else, in rows that are not this person's alone."""
        numbers: Iterable[int] = batch.shared
        if self.policy.described and self.policy.shared == "include":
            return {}
        if not self.policy.described and not batch.owned:
            numbers = range(len(rows))
        personal = [(n, column.personal) for n, column in enumerate(self.columns) if column.personal is not None]
        found = {}
        for number in numbers if personal else ():
            row = rows[number]
            names = [n for n, at in personal if row[at] not in (None, "") and not self.references.is_own(row[at])]
            if names:
                found[number] = names
        return found

    def _block(self, batch: Batch, rows: Rows, columns: list[Cells]) -> Block:
        keys = self._keys(batch)
        titles = self._titles(keys, columns)
        if self.teaches and batch.key_width == 1 and not self.references.are_people(self.policy.model):
            self.references.learn(self.policy.model, {row[0]: title for row, title in zip(rows, titles, strict=True)})
        sentences = self._sentences(rows, columns)
        groups = grouped(columns[self.at[self.group]], self.part) if self.group in self.at else ()
        self._count(rows, columns)
        shown_columns = columns[: len(self.section.fields)]
        return Block(keys, titles, shown_columns, batch.owned, self._files(shown_columns), sentences, groups)

    def _keys(self, batch: Batch) -> list[str]:
        """The keys as text; where a key is a secret, the number of the record."""
        if self.hidden_key:
            return [f"#{self.count + number}" for number in range(1, len(batch.rows) + 1)]
        keys = [row[0] for row in batch.rows] if batch.key_width == 1 else [batch.key(row) for row in batch.rows]
        texts = list(map(str if batch.key_width == 1 else key_text, keys))
        return texts if "".join(texts).isprintable() else list(map(clean, texts))

    def _words(self, name: str, columns: list[Cells], count: int) -> list[str]:
        place = self.at.get(name)
        return [""] * count if place is None else words(columns[place])

    def _titles(self, keys: list[str], columns: list[Cells]) -> list[str]:
        """How each record is called: by its label, else ``Order 12``."""
        kind = fallback(self.policy.model, "").strip()
        if not self.title.slots:
            return [f"{kind} {key}" for key in keys]
        told = self.title.rows([self._words(slot.name, columns, len(keys)) for slot in self.title.slots])
        return [title or f"{kind} {key}" for title, key in zip(told, keys, strict=True)]

    def _sentences(self, rows: Rows, columns: list[Cells]) -> Sequence[str]:
        if self.sentence is None:
            return ()
        try:
            return self.sentence.rows(rows, lambda name: self._words(name, columns, len(rows)))
        except Exception as error:  # noqa: BLE001 - counting children asks the database; the record is there without
            self.gaps.add("sentence", error)
            return ()

    def _files(self, columns: list[Cells]) -> Sequence[tuple[FileRef, ...]]:
        names = [info.name for info in self.section.fields if info.kind == "file"]
        if not names:
            return ()
        rows = zip(*(raws(columns[self.at[name]]) for name in names), strict=True)
        return [
            tuple(FileRef(self.label, name, raw) for name, raw in zip(names, row, strict=True) if raw) for row in rows
        ]

    def _count(self, rows: Rows, columns: list[Cells]) -> None:
        self.count += len(rows)
        self.days.saw(columns)
        of = self.place.get(self.policy.currency)
        for name, tally in self.tallies.items():
            units = repeat(self.policy.currency, len(rows)) if of is None else (str(row[of] or "") for row in rows)
            tally.saw(columns[self.at[name]], units)

    def summary(self) -> Summary:
        """How many records there were, from when to when, and what their declaration sums up."""
        return self.days.summary(self.count, lines=tuple(tally.line() for tally in self.tallies.values()))


def masked(rows: Rows, covered: dict[int, list[int]], columns: list[Column]) -> Rows:
    """Rows as the host's code sees them: what is covered in a row is None in it."""
    if not covered:
        return rows
    found = list(rows)
    for number, names in covered.items():
        hidden = {columns[name].personal for name in names}
        found[number] = tuple(None if place in hidden else value for place, value in enumerate(rows[number]))
    return found


def key_text(key: Any) -> str:
    """A primary key as text; a composite one with slashes."""
    return "/".join(str(part) for part in key) if isinstance(key, tuple) else str(key)
