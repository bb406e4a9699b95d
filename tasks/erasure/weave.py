"""Rows of models that lead to each other, put in order: whatever names a row before that row.

Most rows are named by no other one inside the circle: they come first, by whole sets. What remains
is peeled off level by level as long as it is much, then ordered row by row.
"""

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db.models import Model

from tasks.collector.anyof import any_of
from tasks.collector.components import components
from tasks.collector.keyset import EMPTY, KeySet
from tasks.collector.lookup import Lookups
from tasks.datamap.relations import Kind, Relation
from tasks.erasure.keys import pieces, plain
from tasks.erasure.links import Link, Row, links, names_key
from tasks.erasure.models import Action
from tasks.erasure.steps import Step

Break = tuple[Relation, Any]  # a nullable key of a row, cleared before rows go
Rows = dict[type[Model], KeySet]
FEW = 200  # rows that are ordered one by one at once
LEVEL = 0.2  # the part of the rows that a level has to take off, for peeling to be worth a question


@dataclass(eq=False)
class Chunk:
    """Rows of one step in any order, which may be cut anywhere."""

    step: Step
    keys: AbstractSet[Any] | list[Any]


@dataclass(eq=False)
class Atom:
    """Rows that must be worked on in one transaction; ``breaks`` are nullable keys between them, cleared first."""

    rows: list[tuple[Step, Any]]
    breaks: list[Break] = field(default_factory=list)


@dataclass(eq=False)
class Bundle:
    """Rows of a multi-table family: one key, one row in each table, worked on in one transaction, children first."""

    steps: list[Step]

    def pieces(self, size: Callable[[Step], int]) -> Iterator[list[tuple[Step, list[Any]]]]:
        """The rows of some keys at a time."""
        keys = iter(KeySet(key for step in self.steps for key in step.keys))
        while some := list(islice(keys, max(1, size(self.steps[0]) // len(self.steps)))):
            found = [(step, [key for key in some if key in step.keys]) for step in self.steps]
            yield [(step, own) for step, own in found if own]


Part = Chunk | Atom | Bundle


class Weave:
    """The order of rows of models between which ``relations`` run."""

    def __init__(self, relations: Iterable[Relation], steps: list[Step], lookups: Lookups) -> None:
        self.relations, self.steps, self.lookups = list(relations), steps, lookups
        self.circle = {step.model for step in steps}
        self.links: dict[Row, list[Link]] = {}
        self.children: dict[Row, list[Row]] = {}

    def parts(self) -> list[Part]:
        """Rows that no other one names first; rows in a circle together."""
        if all(shares_key(relation) for relation in self.relations):
            depth = {model: len(model._meta.get_parent_list()) for model in self.circle}
            return [Bundle(sorted(self.steps, key=lambda step: -depth[step.model]))]
        found: list[Part] = []
        rows = {model: self._keys_of(model) for model in self.circle}
        while count(rows) > (FEW if found else 0):
            named = self._named_by(rows)
            found += [Chunk(*part) for part in self._without(rows, named)]
            much = count(rows) - count(named) > LEVEL * count(rows)
            rows = named
            if not much:
                break
        return [*found, *self._one_by_one(rows)]

    def _keys_of(self, model: type[Model]) -> KeySet:
        own = [step.keys for step in self.steps if step.model is model]
        return KeySet(own[0]) if len(own) == 1 else KeySet([key for keys in own for key in keys])

    def _without(self, rows: Rows, named: Rows) -> Iterator[tuple[Step, Any]]:
        """The steps' parts of ``rows`` that are not ``named``."""
        for step in self.steps:
            keys, later = rows.get(step.model, EMPTY), named.get(step.model, EMPTY)
            alone = sum(other.model is step.model for other in self.steps) == 1
            if alone and not later:
                own: Any = keys
            else:
                last = later.small(100_000)
                own = [key for key in keys if key not in last and (alone or key in step.keys)]
            if own:
                yield step, own

    def _named_by(self, rows: Rows) -> Rows:
        """Those of ``rows`` that others of them name."""
        found: dict[type[Model], set[Any]] = {}
        for relation in self.relations:
            keys, targets = rows.get(relation.model, EMPTY), rows.get(relation.target, EMPTY)
            if keys and targets:
                known = targets.small(100_000)
                values = self._values(relation, keys)
                found.setdefault(relation.target, set()).update(value for value in values if value in known)
        return {model: KeySet(keys) for model, keys in found.items() if keys}

    def _values(self, relation: Relation, keys: KeySet) -> Iterator[Any]:
        """The keys of target rows that rows with ``keys`` hold, most of them once."""
        if relation.kind in (Kind.GENERIC, Kind.JOIN) or not names_key(relation):
            for _, own in links(relation.model, keys, targets={relation.target}, lookups=self.lookups):
                yield from (link.key for link in own if link.relation == relation)
            return
        table = plain(relation.model, self.lookups.graph.alias(relation.model))
        for piece in pieces(keys, 10_000):
            rows = table.filter(any_of("pk", piece), **{f"{relation.column}__isnull": False})
            yield from (value for (value,) in self.lookups.reader.rows(rows.distinct(), relation.column))

    # row by row

    def _one_by_one(self, rows: Rows) -> list[Part]:
        for model, keys in rows.items():
            for key, own in links(model, keys, targets=self.circle, lookups=self.lookups):
                inside = [link for link in own if link.key in rows.get(link.relation.target, EMPTY)]
                if inside:
                    self.links[model, key] = inside
                for link in inside:
                    self.children.setdefault(link.target, []).append((model, key))
        step_of = {
            (step.model, key): step for step in self.steps for key in rows.get(step.model, ()) if key in step.keys
        }
        return list(self._joined(step_of))

    def _joined(self, step_of: dict[Row, Step]) -> Iterator[Part]:
        """Single rows in chunks of neighbours of one step, circles as they are."""
        chunk: Chunk | None = None
        for rows in components(step_of, lambda row: self.children.get(row, ())):
            step = step_of[rows[0]]
            if len(rows) == 1 and chunk is not None and chunk.step is step:
                chunk.keys.append(rows[0][1])  # type: ignore[union-attr]  # made below
                continue
            if chunk is not None:
                yield chunk
            chunk = Chunk(step, [rows[0][1]]) if len(rows) == 1 else None
            if len(rows) > 1:
                yield self._atom(rows, step_of)
        if chunk is not None:
            yield chunk

    def _atom(self, rows: list[Row], step_of: dict[Row, Step]) -> Atom:
        inside = set(rows)
        breaks = [
            (link.relation, row[1])
            for row in rows
            for link in self.links.get(row, ())
            if link.target in inside and step_of[row].action == Action.DELETE and nullable(link.relation)
        ]
        return Atom([(step_of[row], row[1]) for row in self._untangled(rows)], breaks)

    def _untangled(self, rows: list[Row]) -> list[Row]:
        """The rows of a circle, ordered by those links only that cannot be cleared."""
        inside = set(rows)

        def holders(row: Row) -> list[Row]:
            return [
                child
                for child in self.children.get(row, ())
                if child in inside and any(link.target == row and binds(link.relation) for link in self.links[child])
            ]

        return [row for circle in components(rows, holders) for row in circle]


def count(rows: Rows) -> int:
    return sum(map(len, rows.values()))


def shares_key(relation: Relation) -> bool:
    """Whether both rows are parts of one thing and have the same primary key."""
    link = relation.column if relation.kind == Kind.CHILD else relation.to
    child = relation.model if relation.kind == Kind.CHILD else relation.target
    both = relation.kind in (Kind.CHILD, Kind.PARENT) and relation.to_key
    return both and child._meta.pk is not None and child._meta.pk.attname == link


def nullable(relation: Relation) -> bool:
    """Whether the key is one column that may be NULL."""
    return relation.kind == Kind.KEY and bool(relation.model._meta.get_field(relation.name).null)


def binds(relation: Relation) -> bool:
    """Whether the row that holds the key cannot be there without the one that it names."""
    return relation.kind in (Kind.KEY, Kind.CHILD) and not nullable(relation)
