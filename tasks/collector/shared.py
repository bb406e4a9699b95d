"""Rows about two people: which of them name somebody else, and which are somebody else's alone.

Whom a row names is read off its own columns, those of its multi-table parents and children, and those
of the rows that it is one to one with. Longer ways (the customer of the order of a line) are not looked at.

Source: GDPR art. 15(4).
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import cache
from typing import Any

from django.db.models import Model

from tasks.collector.graph import Graph
from tasks.collector.reading import Reader, holding, key_columns, plain
from tasks.collector.selection import Selection
from tasks.collector.walk import Closure
from tasks.datamap.relations import Kind, Relation, incoming, outgoing

Row = tuple[Any, ...]
Models = type[Model]


@cache
def subject_columns(model: Models, subject: Models) -> tuple[str, ...]:
    """The model's own columns that hold the primary key of a subject."""
    keys = [relation for relation in outgoing(model) if relation.target is subject and relation.to_key]
    return tuple(relation.column for relation in keys if not relation.content_type and model is not subject)


def people(model: Models, graph: Graph) -> tuple[str, ...]:
    """Paths from a row of ``model`` to the keys of the people it names, each of one column.

    A row of the subject model itself stands for a person too: its own key.
    """
    found: tuple[str, ...] | None = graph.made.get(("people", model))
    if found is None:
        found = graph.made["people", model] = tuple(dict.fromkeys(paths(model, graph)))
    return found


def paths(model: Models, graph: Graph) -> Iterator[str]:
    """Straight keys first, then those of the same thing's other rows."""
    if len(key_columns(graph.subject)) > 1:
        return
    if model is graph.subject:
        yield key_columns(model)[0]
        return
    yield from straight(model, graph.subject)
    for step, other in beside(model, graph):
        if other is not graph.subject and graph.alias(other) == graph.alias(model):
            yield from (f"{step}__{path}" for path in straight(other, graph.subject))


def straight(model: Models, subject: Models) -> Iterator[str]:
    """The keys to a subject in the model's own table; one that names another column is followed to the key."""
    for relation in outgoing(model):
        if relation.target is subject and relation.kind in (Kind.KEY, Kind.CHILD):
            yield relation.column if relation.to_key else f"{relation.name}__pk"


def beside(model: Models, graph: Graph) -> Iterator[tuple[str, Models]]:
    """Rows that there is at most one of for a row of ``model``: multi-table kin, and what is one to one with it."""
    for relation in outgoing(model):
        if relation.kind in (Kind.KEY, Kind.CHILD) and is_single(relation):
            yield relation.name, relation.target
            if relation.kind is Kind.CHILD:
                yield from ((f"{relation.name}__{step}", other) for step, other in elders(relation.target))
    yield from younger(model, graph)
    for relation in incoming(model):
        if relation.kind is Kind.KEY and is_single(relation) and can_be_joined(relation, graph):
            yield query_name(relation), relation.model


def elders(model: Models) -> Iterator[tuple[str, Models]]:
    """The multi-table parents of a model, all generations."""
    for relation in outgoing(model):
        if relation.kind is Kind.CHILD:
            yield relation.name, relation.target
            yield from ((f"{relation.name}__{step}", other) for step, other in elders(relation.target))


def younger(model: Models, graph: Graph) -> Iterator[tuple[str, Models]]:
    """The multi-table children of a model, all generations."""
    for relation in incoming(model):
        if relation.kind is Kind.CHILD and can_be_joined(relation, graph):
            yield query_name(relation), relation.model
            further = younger(relation.model, graph)
            yield from ((f"{query_name(relation)}__{step}", other) for step, other in further)


def can_be_joined(relation: Relation, graph: Graph) -> bool:
    """Whether the rows that hold the key can be asked for from the other end."""
    field: Any = relation.model._meta.get_field(relation.name)
    there = relation.model in graph.aliases and relation.model not in graph.missing
    return there and not field.remote_field.hidden


def query_name(relation: Relation) -> str:
    field: Any = relation.model._meta.get_field(relation.name)
    return str(field.related_query_name())


def is_single(relation: Relation) -> bool:
    """Whether the key is a one-to-one field."""
    return bool(relation.model._meta.get_field(relation.name).one_to_one)


def shared_rows(rows: list[Row], places: list[int], *, mine: Any) -> frozenset[int]:
    """The indexes of the rows that name another subject in one of the columns at ``places``."""
    own = (None, mine)
    return frozenset(i for place in places for i, row in enumerate(rows) if row[place] not in own)


def without_strangers(rows: list[Row], places: list[int], *, mine: Any) -> list[Row]:
    """Leave out what is somebody else's alone: rows that name people, and not this one."""
    if len(places) == 1:
        return [row for row in rows if row[places[0]] in (None, mine)]
    return [row for row in rows if is_mine([row[place] for place in places], mine)]


def is_mine(names: list[Any], mine: Any) -> bool:
    return mine in names or all(name is None for name in names)


def others(
    closure: Closure, model: Models, keys: AbstractSet[Any], reader: Reader, *, cleared: bool = False
) -> Iterator[Any]:
    """Those of ``keys`` whose rows lead to other subjects only, by keys of their own.

    ``cleared`` says that a key to the person may have been emptied since: a row with an empty one is theirs, too.
    """
    columns = subject_columns(model, closure.subject.model)
    if not columns or isinstance(closure.subject, Selection):
        return
    key = key_columns(model)
    for rows in holding(plain(model, closure.graph.alias(model)), "pk", keys):
        for row in reader.rows(rows, *key, *columns):
            names = list(row[len(key) :])
            if not is_mine(names, closure.subject.pk) and not (cleared and None in names):
                yield row[0] if len(key) == 1 else row[: len(key)]
