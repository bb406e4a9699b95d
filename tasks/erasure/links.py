"""Where the keys of rows lead: read from the rows upwards, for planning and for the order of work."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Model

from tasks.collector.anyof import any_of
from tasks.collector.graph import Graph, kind_of_table, relations_in
from tasks.collector.lookup import Lookups
from tasks.datamap.relations import Kind, Relation, incoming, relations
from tasks.datamap.ties import Says, policy_of, verdict
from tasks.erasure.keys import pieces, pk_fields, plain

Row = tuple[type[Model], Any]  # a model and a primary key
Models = Iterable[type[Model]]


class Link(NamedTuple):
    """One key of one row: the relation, and the primary key of the row that it names."""

    relation: Relation
    key: Any

    @property
    def target(self) -> Row:
        return self.relation.target, self.key


@cache
def outgoing(model: type[Model]) -> tuple[Relation, ...]:
    """The relations whose keys stand in rows of ``model``."""
    return tuple(relation for relation in relations() if relation.model is model)


def hangs(relation: Relation) -> bool:
    """Whether a row is part of what ``relation`` leads to: by the relation itself or by a declaration."""
    return verdict(relation, policy_of(relation.model)) is not Says.NAMED


def links(
    model: type[Model], keys: Iterable[Any], *, targets: Models, lookups: Lookups
) -> Iterator[tuple[Any, list[Link]]]:
    """Yield the key of each row that exists, with its links to rows of ``targets``."""
    wanted = set(targets)
    found = [relation for relation in outgoing(model) if relation.target in wanted]
    direct = [_Direct(relation, lookups) for relation in found if relation.kind != Kind.GENERIC]
    generic = _Generic([relation for relation in found if relation.kind == Kind.GENERIC], lookups)
    columns = tuple(dict.fromkeys([reader.column for reader in direct] + generic.columns))
    for piece in pieces(keys):
        existing = plain(model, lookups.graph.alias(model)).filter(any_of("pk", piece))
        rows = list(lookups.reader.rows(existing, "pk", *columns))
        values = [dict(zip(columns, row[1:], strict=True)) for row in rows]
        for reader in direct:
            reader.look_up(values)
        for row, given in zip(rows, values, strict=True):
            own = (link for reader in direct if (link := reader.link(given)) is not None)
            yield row[0], [*own, *generic.links(given)]


class _Direct:
    """A foreign key, one-to-one or parent link; ``look_up`` translates keys that name another column."""

    def __init__(self, relation: Relation, lookups: Lookups) -> None:
        self.relation, self.lookups = relation, lookups
        self.column = column_of(relation)
        self.by_value: dict[Any, Any] | None = None

    def look_up(self, rows: list[dict[str, Any]]) -> None:
        if names_key(self.relation):
            return
        values = list({row[self.column] for row in rows} - {None})
        target, to = self.relation.target, self.relation.to
        targets = plain(target, self.lookups.graph.alias(target))
        self.by_value = dict(self.lookups.reader.rows(targets.filter(any_of(to, values)), to, "pk")) if values else {}

    def link(self, row: dict[str, Any]) -> Link | None:
        value = row[self.column]
        key = value if self.by_value is None else self.by_value.get(value)
        return None if key is None else Link(self.relation, key)


class _Generic:
    """The generic keys of one model, resolved by content type."""

    def __init__(self, relations: list[Relation], lookups: Lookups) -> None:
        self.pairs = list(dict.fromkeys((relation.content_type, relation.column) for relation in relations))
        self.columns = [column for pair in self.pairs for column in pair]
        self.named = {
            (relation.content_type, relation.column, number): relation
            for relation in relations
            for number in lookups.content_types(relation)
        }

    def links(self, row: dict[str, Any]) -> Iterator[Link]:
        for content_type, column in self.pairs:
            relation = self.named.get((content_type, column, row[content_type]))
            if relation is not None and (key := parsed(relation.target, row[column])) is not None:
                yield Link(relation, key)


def column_of(relation: Relation) -> str:
    """What to read of a row to see whom it names."""
    return f"{relation.name}__pk" if relation.kind == Kind.JOIN else relation.column


def names_key(relation: Relation) -> bool:
    """Whether ``column_of`` holds primary keys of the target."""
    return relation.kind == Kind.JOIN or relation.to_key


def parsed(model: type[Model], value: Any) -> Any:
    """The key of ``model`` that a generic object id stands for, or None."""
    fields = pk_fields(model)
    if value in (None, "") or len(fields) != 1:
        return None
    try:
        return fields[0].to_python(value)
    except (ValidationError, TypeError, ValueError):
        return None


class Tables:
    """What is a table, a view or nothing at all; each database is asked once."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.known: dict[str, dict[str, str]] = {}

    def kind(self, model: type[Model]) -> str:
        """``"t"``, ``"v"`` or an empty text."""
        alias = self.graph.alias(model)
        if alias not in self.known:
            self.known[alias] = relations_in(alias)
        return kind_of_table(model, self.known[alias])


def outsiders(model: type[Model], keys: Iterable[Any], *, lookups: Lookups) -> Iterator[tuple[Relation, Any]]:
    """Yield relation and key of every row of any model that names rows of ``model`` with these ``keys``."""
    wanted, tables = list(keys), Tables(lookups.graph)
    for relation in incoming(model) if wanted else ():
        if relation.kind != Kind.PARENT and tables.kind(relation.model):
            for piece in pieces(wanted):
                for key in lookups.along(relation, piece):
                    yield relation, key
