"""The ties of a graph as ways to go: how each is asked for in SQL, and how a row tells that it was found by it.

Made once per graph. A way that no column of the row itself tells of (a path by joins, a value, a key
over several columns) is ``hard``: its rows are found by their keys only.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Model, Q

from tasks.collector.graph import Graph
from tasks.collector.reading import key_columns
from tasks.collector.statement import Slots, Statement
from tasks.datamap.relations import Kind, Relation
from tasks.datamap.ties import Says, Tie

Models = type[Model]
GenericKey = tuple[Models, str, str]  # model, content type, object id
FIRST = {Says.OWNED: 0, Says.FOLLOWED: 1, Says.NAMED: 2}


@dataclass(eq=False)
class Way:
    """One tie. ``statements`` holds what was compiled for it."""

    tie: Tie
    number: int
    alias: str
    statements: dict[Any, Statement] = field(default_factory=dict, repr=False)

    @property
    def model(self) -> Models:
        return self.tie.model

    @property
    def target(self) -> Models | None:
        return self.tie.target

    @property
    def says(self) -> Says:
        return self.tie.says

    @cached_property
    def relation(self) -> Relation | None:
        """The relation, where the way goes along one that a single statement can follow."""
        relation = self.tie.relation
        if self.tie.match is not None or relation is None or relation.kind is Kind.JOIN:
            return None
        return relation

    @property
    def is_hard(self) -> bool:
        return self.relation is None

    @cached_property
    def is_generic(self) -> bool:
        return self.tie.relation is not None and self.tie.relation.kind is Kind.GENERIC

    @cached_property
    def generic(self) -> GenericKey | None:
        """The generic key that it goes along."""
        relation = self.tie.relation
        return (relation.model, relation.content_type, relation.column) if relation and self.is_generic else None

    @cached_property
    def by_key(self) -> bool:
        """Whether rows hold the primary key of the target."""
        return self.relation is not None and self.relation.to_key

    @cached_property
    def is_same(self) -> bool:
        """Whether the rows that it leads to have the keys of those it starts from: a multi-table parent."""
        return self.by_key and (self.tie.relation is not None) and (self.columns == key_columns(self.model))

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that tell whether a row was found by this way."""
        if self.relation is None:
            return ()
        return (self.relation.content_type, self.relation.column) if self.is_generic else (self.relation.column,)

    def condition(self, slots: Slots) -> Any:
        """Which rows it leads to: takes one slot, or two (content types, then object ids) of a generic key."""
        condition = Q()
        for column in self.columns:
            model: Any = self.model
            condition &= Q(slots.any_of(column, model._meta.get_field(column)))
        return condition


class Ways:
    """All ways of a graph, by the model they lead to and by the one they start from."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        ties = [*graph.by_value, *(tie for ties in graph.ties.values() for tie in ties)]
        self.all = [Way(tie, n, graph.alias(tie.model)) for n, tie in enumerate(ties) if not leads_nowhere(tie)]
        self.to: dict[Models, list[Way]] = {}
        self.out: dict[Models, list[Way]] = {}
        for way in sorted(self.all, key=precedence):
            self.to.setdefault(way.model, []).append(way)
            if way.target is not None:
                self.out.setdefault(way.target, []).append(way)
        self.groups = list(grouped(graph))
        self.statements: dict[Any, Statement] = {}

    @cached_property
    def generic(self) -> dict[GenericKey, list[Way]]:
        """The ways along each generic key."""
        found: dict[GenericKey, list[Way]] = {}
        for way in self.all:
            if way.generic is not None:
                found.setdefault(way.generic, []).append(way)
        return found

    @cached_property
    def models(self) -> list[Models]:
        """Every model that may hold something."""
        return list(dict.fromkeys([*(model for group in self.groups for model in group), *self.to]))

    def lead_to(self, model: Models, *says: Says) -> list[Way]:
        """The ways to rows of ``model`` that say one of ``says``: owning ones first, generic ones after others."""
        return [way for way in self.to.get(model, ()) if way.says in says]


def leads_nowhere(tie: Tie) -> bool:
    """Whether no row can be tied: the object id of a generic key holds no composite key."""
    relation = tie.relation
    return relation is not None and relation.kind is Kind.GENERIC and is_composite(relation.target)


def precedence(way: Way) -> tuple[int, bool, int]:
    """A row belongs to the first way that leads to it."""
    return FIRST[way.says], way.is_generic, way.number


def grouped(graph: Graph) -> Iterator[list[Models]]:
    """Models that may hold the person's rows, in the order of the walk; those in a circle together."""
    by_rank: dict[int, list[Models]] = {}
    for model in sorted(graph.rank, key=lambda model: model._meta.label):
        by_rank.setdefault(graph.rank[model], []).append(model)
    for rank in sorted(by_rank):
        yield by_rank[rank]


def ways_of(graph: Graph) -> Ways:
    """The ways of a graph, made once."""
    found: Ways = graph.made.get("ways") or graph.made.setdefault("ways", Ways(graph))
    return found


def is_composite(model: Models) -> bool:
    """Whether the primary key has several columns."""
    return len(key_columns(model)) > 1
