"""From a person to the keys of the rows that are theirs or name them.

Set-wise: models in the order in which they lead to each other, for each tie one statement per
``key_batch`` keys; models in a circle, and those that lead to themselves, by rounds on what was new.
For an answer to the person only those keys are fetched from which a tie leads on (``inner``): the
rows of all other models are streamed along their ties later (``tasks.collector.rows``). An erasure
asks for every key.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Model

from tasks.collector.finding import Finder
from tasks.collector.graph import Graph
from tasks.collector.keyset import EMPTY, Gathered, KeySet
from tasks.collector.reading import Reader
from tasks.collector.subject import Subject
from tasks.collector.ways import Way, ways_of
from tasks.datamap.ties import Says, Tie

Keys = dict[type[Model], KeySet]
OWNING = (Says.OWNED, Says.FOLLOWED)


@dataclass(frozen=True)
class Closure:
    """The keys of everything about a person, by concrete model.

    ``owned`` are the person's rows, ``named`` the others that name them; no key is in both.
    ``followed`` is the part of ``owned`` that only a declaration makes theirs (an order whose ``user`` is
    ``SET_NULL``, and what hangs on it): deleting the person's row does not take these along.
    ``ties`` says for each tie that does not own by itself which rows it found, owned by relation or not.
    """

    subject: Subject
    graph: Graph
    owned: Keys
    named: Keys
    followed: Keys
    ties: dict[Tie, KeySet] = field(default_factory=dict)

    def keys(self) -> Keys:
        """Owned and named together: the export closure."""
        models = {**self.owned, **self.named}
        return {model: self.owned.get(model, EMPTY) | self.named.get(model, EMPTY) for model in models}


def walk(subject: Subject, graph: Graph, reader: Reader, *, seeds: Keys | None = None) -> Closure:
    """Find every key of the closure of ``subject``. Rows are not fetched.

    With ``seeds`` the walk starts from these rows instead of the person's own: what an erasure left behind.

    Raises:
        SourceUnavailable: the database did not answer.
    """
    return Walk(subject, graph, reader, everything=True, seeds=seeds).closure()


class Walk:
    """The keys of one person, at one moment: all of them (``everything``) or those of inner models."""

    def __init__(
        self, subject: Subject, graph: Graph, reader: Reader, *, everything: bool = False, seeds: Keys | None = None
    ) -> None:
        self.subject, self.graph, self.everything = subject, graph, everything
        self.seeds = {subject.model: KeySet(subject.keys)} if seeds is None else seeds
        self.ways = ways_of(graph)
        self.finder = Finder(subject, self.ways, reader)
        self.owned: Keys = {}
        self._found: dict[Way, Gathered] = {}
        self._values: dict[Way, KeySet] = {}

    def closure(self) -> Closure:
        """Everything: what the relations own, then what declarations add, then what only names."""
        by_relation = self.grow((Says.OWNED,), {})
        self.owned = by_relation
        if any(way.says is Says.FOLLOWED and self.finder.is_live(way) for way in self.ways.all):
            more = self.grow(OWNING, by_relation)
            self.owned = {model: by_relation.get(model, EMPTY) | more.get(model, EMPTY) for model in by_relation | more}
        else:
            more = {}
        named = {model: self.named(model) for model in self.ways.models}
        ties = {way.tie: found.done() for way, found in self._found.items()}
        return Closure(self.subject, self.graph, self.owned, filled(named), more, filled(ties))

    def inner(self) -> "Walk":
        """Find the keys from which ties lead on, owned by relation or by declaration alike."""
        self.owned = self.grow(OWNING, {})
        return self

    # which models keep keys

    def keeps(self, model: type[Model]) -> bool:
        """Whether the keys of the person's rows of ``model`` are to be fetched."""
        return self.everything or model in self._kept

    @cached_property
    def _kept(self) -> set[type[Model]]:
        leading = {way.target for way in self.ways.all if way.target is not None and self.finder.is_live(way)}
        hard = {way.model for way in self.ways.all if way.is_hard}
        return {self.subject.model, *leading, *hard}

    # what is owned

    def grow(self, says: tuple[Says, ...], base: Keys) -> Keys:
        """What ``says`` ties add to ``base``, model by model; with an empty base it starts from the person."""
        new: Keys = {}
        for group in self.ways.groups:
            if len(group) == 1 and not self._inside(group[0], group, says):
                (model,) = group
                found = self._seeds(model, group, says, base, new) if self.keeps(model) else EMPTY
                if found:
                    new[model] = found
            else:
                new.update(self._rounds(group, says, base, new))
        return new

    def _inside(self, model: type[Model], group: list[type[Model]], says: tuple[Says, ...]) -> list[Way]:
        """The ways that start at ``model`` and stay in its circle."""
        return [way for way in self.ways.out.get(model, ()) if way.says in says and way.model in group]

    def _seeds(
        self, model: type[Model], group: list[type[Model]], says: tuple[Says, ...], base: Keys, new: Keys
    ) -> KeySet:
        """What leads to ``model`` from the models before its circle."""
        found = Gathered()
        if not base:
            found.add(list(self.seeds.get(model, ())))
        for way in self.ways.lead_to(model, *says):
            if way.target not in group:
                self._go(way, self._source(way, base, new), found)
            elif base and way.says is Says.FOLLOWED and way.target is not None:
                self._go(way, base.get(way.target, EMPTY), found)
        return found.done() - base.get(model, EMPTY)

    def _source(self, way: Way, base: Keys, new: Keys) -> KeySet | None:
        """Where a way starts that was not gone before; None for a tie by value."""
        if way.target is None:
            return None
        fresh = new.get(way.target, EMPTY)
        return fresh if way.says is Says.OWNED else base.get(way.target, EMPTY) | fresh

    def _go(self, way: Way, source: KeySet | None, found: Gathered) -> None:
        """Add what a way leads to; what a tie that does not own by itself found is remembered for an erasure."""
        if source is not None and (not source or not self.finder.is_live(way)):
            return
        for keys in self.finder.keys(way, source if source is not None else EMPTY):
            found.add(keys)
            if self.everything and way.says is not Says.OWNED:
                self._found.setdefault(way, Gathered()).add(keys)

    def _rounds(self, group: list[type[Model]], says: tuple[Says, ...], base: Keys, new: Keys) -> Keys:
        """Go round in a circle of models, on what was new in each round, until nothing is."""
        seeds = {model: self._seeds(model, group, says, base, new) for model in group if self.keeps(model)}
        known: dict[type[Model], set[Any]] = {model: set(keys) for model, keys in seeds.items()}
        frontier = filled(seeds)
        while frontier:
            found: dict[type[Model], Gathered] = {}
            for target, keys in frontier.items():
                for way in self._inside(target, group, says):
                    if self.keeps(way.model):
                        unknown = keys - known.get(way.model, set()) if way.is_same else keys
                        self._go(way, unknown, found.setdefault(way.model, Gathered()))
            frontier = {}
            for model, gathered in found.items():
                already, before = known.setdefault(model, set()), base.get(model, EMPTY)
                if fresh := [key for key in gathered.done() if key not in already and key not in before]:
                    already.update(fresh)
                    frontier[model] = KeySet(fresh)
        return filled({model: KeySet(keys) for model, keys in known.items()})

    # what only names

    def named(self, model: type[Model]) -> KeySet:
        """The keys of the rows of ``model`` that only name the person."""
        found = Gathered()
        for way in self.ways.lead_to(model, Says.NAMED):
            self._go(way, self.source(way), found)
        found.add(list(self.seeds.get(model, ())))
        return found.done() - self.owned.get(model, EMPTY)

    def source(self, way: Way) -> KeySet | None:
        """The person's rows that ``way`` starts from; None for a tie by value."""
        return None if way.target is None else self.owned.get(way.target, EMPTY)

    def values(self, way: Way) -> KeySet:
        """What rows hold that the way found: the keys, or for ``to_field`` the values, of where it starts."""
        source = self.source(way) or EMPTY
        if way.by_key or way.is_generic:
            return source
        if way not in self._values:
            self._values[way] = self.finder.values(way, source)
        return self._values[way]

    def live(self, model: type[Model], *says: Says) -> Iterator[Way]:
        """The ways that may lead to rows of ``model``."""
        for way in self.ways.lead_to(model, *says):
            source = self.source(way)
            if source is None or (source and self.finder.is_live(way)):
                yield way


Item = Any


def filled(keys: "dict[Item, KeySet]") -> "dict[Item, KeySet]":
    """Without what nothing was found of."""
    return {item: found for item, found in keys.items() if found}
