"""From a person to the keys of every row that is theirs or names them.

Set-wise: for each tie one question per batch of keys, models in the order in which they lead to each
other, circles and self-relations by rounds on what was new. Three passes: what the relations own,
what declarations add (``follow``, ``subject``, ``match``), what only names.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from tasks.collector.graph import Graph
from tasks.collector.keyset import EMPTY, KeySet
from tasks.collector.lookup import Lookups
from tasks.collector.reading import Reader
from tasks.collector.subject import Subject
from tasks.datamap.ties import Says, Tie

Keys = dict[type[Model], KeySet]
Found = dict[type[Model], set[Any]]


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


def walk(subject: Subject, graph: Graph, reader: Reader) -> Closure:
    """Find the closure of ``subject``. One statement per tie and ``key_batch`` keys; rows are not fetched.

    Raises:
        SourceUnavailable: the database did not answer.
    """
    return Walk(subject, graph, reader).run()


class Walk:
    """The state of one walk."""

    def __init__(self, subject: Subject, graph: Graph, reader: Reader) -> None:
        self.subject, self.graph = subject, graph
        self.lookups = Lookups(subject, graph, reader)
        self.owned: Found = {}
        self.followed: Found = {}
        self.named: Found = {}
        self.ties: dict[Tie, set[Any]] = {}

    def run(self) -> Closure:
        self.expand(self.add(subject_keys(self.subject)), Says.OWNED)
        by_relation = {model: set(keys) for model, keys in self.owned.items()}
        self.expand(self.add_declared(), Says.OWNED, Says.FOLLOWED)
        self.followed = {model: keys - by_relation.get(model, set()) for model, keys in self.owned.items()}
        self.add_named()
        return Closure(
            self.subject,
            self.graph,
            packed(self.owned),
            packed(self.named),
            packed(self.followed),
            {tie: KeySet(keys) for tie, keys in self.ties.items()},
        )

    def add(self, found: Iterable[tuple[type[Model], Iterable[Any]]]) -> Found:
        """Take keys as owned; what was new."""
        new: Found = {}
        for model, keys in found:
            known = self.owned.setdefault(model, set())
            fresh = {key for key in keys if key not in known}
            known |= fresh
            if fresh:
                new.setdefault(model, set()).update(fresh)
        return new

    def expand(self, frontier: Found, *says: Says) -> None:
        """Follow owning ties from the frontier until nothing new is found.

        A circle of models is gone round first, on what was new in each round; what leads out of it is
        followed once, from all that the rounds found. So a chain of rows costs one question per row.
        """
        while frontier:
            rank = min(self.graph.rank[model] for model in frontier)
            for target, keys in self.go_round(frontier, rank, *says).items():
                out = [tie for tie in self.graph.from_rows_of(target, *says) if self.graph.rank[tie.model] != rank]
                self.step(out, keys, frontier)

    def go_round(self, frontier: Found, rank: int, *says: Says) -> Found:
        """Take the models of one rank off the frontier, with everything of that rank that hangs on them."""
        found: Found = {}
        while inside := sorted((m for m in frontier if self.graph.rank[m] == rank), key=lambda m: m._meta.label):
            keys = frontier.pop(inside[0])
            found.setdefault(inside[0], set()).update(keys)
            ties = [tie for tie in self.graph.from_rows_of(inside[0], *says) if self.graph.rank[tie.model] == rank]
            self.step(ties, keys, frontier)
        return found

    def step(self, ties: Iterable[Tie], keys: set[Any], frontier: Found) -> None:
        """Follow ties from ``keys``; what is new joins the frontier."""
        for tie in ties:
            for model, fresh in self.add([(tie.model, self.find(tie, keys))]).items():
                frontier.setdefault(model, set()).update(fresh)

    def add_declared(self) -> Found:
        """What declarations add to what the relations own: the first step from each owned row."""
        by_value = [(tie.model, self.find(tie, ())) for tie in self.graph.by_value if tie.says is Says.FOLLOWED]
        new = self.add(by_value)
        for target, keys in [(model, set(keys)) for model, keys in self.owned.items()]:
            self.step(self.graph.from_rows_of(target, Says.FOLLOWED), keys, new)
        return new

    def add_named(self) -> None:
        """What only names the person or an owned row."""
        for tie in self.graph.by_value:
            if tie.says is Says.NAMED:
                self.name(tie, self.find(tie, ()))
        for target in sorted(self.owned, key=lambda model: self.graph.rank[model]):
            for tie in self.graph.from_rows_of(target, Says.NAMED):
                self.name(tie, self.find(tie, self.owned[target]))

    def name(self, tie: Tie, found: Iterable[Any]) -> None:
        owned = self.owned.get(tie.model, set())
        self.named.setdefault(tie.model, set()).update(key for key in found if key not in owned)

    def find(self, tie: Tie, keys: Iterable[Any]) -> Iterator[Any]:
        """The keys that ``tie`` leads to; remembered where it does not own by itself."""
        for key in self.lookups.find(tie, list(keys)):
            if tie.says is not Says.OWNED:
                self.ties.setdefault(tie, set()).add(key)
            yield key


def subject_keys(subject: Subject) -> list[tuple[type[Model], list[Any]]]:
    return [(subject.model, [subject.pk])]


def packed(keys: Found) -> Keys:
    """Without the models of which nothing was found."""
    return {model: KeySet(found) for model, found in keys.items() if found}
