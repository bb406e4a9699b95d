"""In which order rows are worked on: whatever names a row before that row.

So a killed erasure finds what it has not done: until a row is done, the way that leads to it stays.
Models are put in order as wholes. Where models lead to each other in a circle, and for a model that
leads to itself, single rows are; rows that name each other go in one transaction.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from tasks.collector.components import components
from tasks.collector.lookup import Lookups
from tasks.datamap.relations import Kind, Relation, relations
from tasks.erasure.keys import sort_keys
from tasks.erasure.links import Link, Row, links
from tasks.erasure.models import Action
from tasks.erasure.steps import Step

Run = tuple[Step, list[Any]]  # some keys of a step
Size = Callable[[], int]  # how many rows the next transaction takes


@dataclass(eq=False)
class Atom:
    """Rows that must be worked on in one transaction; ``breaks`` are nullable keys between them, cleared first."""

    rows: list[tuple[Step, Any]]
    breaks: list[tuple[Relation, Any]] = field(default_factory=list)


@dataclass(eq=False)
class Stage:
    """One place in the order: a whole step, or the woven rows of several (``atoms``)."""

    steps: list[Step]
    atoms: list[Atom] | None = None

    def batches(self, size: Size) -> Iterator[tuple[list[Run], list[tuple[Relation, Any]]]]:
        """Cut the stage into transactions of about ``size()`` rows, asked anew before each."""
        if self.atoms is None:
            (step,) = self.steps
            done = 0
            while piece := step.keys[done : done + size()]:
                yield [(step, piece)], []
                done += len(piece)
        else:
            yield from self._woven(self.atoms, size)

    @staticmethod
    def _woven(atoms: list[Atom], size: Size) -> Iterator[tuple[list[Run], list[tuple[Relation, Any]]]]:
        rows: list[tuple[Step, Any]] = []
        breaks: list[tuple[Relation, Any]] = []
        for atom in atoms:
            rows += atom.rows
            breaks += atom.breaks
            if len(rows) >= size():
                yield runs(rows), breaks
                rows, breaks = [], []
        if rows:
            yield runs(rows), breaks


def runs(rows: Iterable[tuple[Step, Any]]) -> list[Run]:
    """Put neighbours of the same step together."""
    found: list[Run] = []
    for step, key in rows:
        if found and found[-1][0] is step:
            found[-1][1].append(key)
        else:
            found.append((step, [key]))
    return found


def arrange(steps: list[Step], lookups: Lookups) -> list[Stage]:
    """Put steps in order, children first, and number them."""
    by_model: dict[type[Model], list[Step]] = {}
    for step in steps:
        by_model.setdefault(step.model, []).append(step)
    stages: list[Stage] = []
    for circle in components(
        sorted(by_model, key=lambda model: model._meta.label), _children(set(by_model)).__getitem__
    ):
        members = sorted(circle, key=lambda model: model._meta.label)
        stages += _stages(members, [step for model in members for step in by_model[model]], lookups)
    for position, step in enumerate((step for stage in stages for step in stage.steps), start=1):
        step.position = position
    return stages


def _children(models: set[type[Model]]) -> dict[type[Model], list[type[Model]]]:
    found: dict[type[Model], list[type[Model]]] = {model: [] for model in models}
    for relation in relations():
        if relation.model in models and relation.target in models and relation.model not in found[relation.target]:
            found[relation.target].append(relation.model)
    return found


def _stages(circle: list[type[Model]], steps: list[Step], lookups: Lookups) -> list[Stage]:
    own = [relation for relation in relations() if relation.model in circle and relation.target in circle]
    if not own:
        return [Stage([step]) for step in steps]
    woven = Weave(circle, steps, lookups).atoms()
    return [Stage(steps, woven)]


class Weave:
    """Rows of models that lead to each other, ordered one by one."""

    def __init__(self, circle: list[type[Model]], steps: list[Step], lookups: Lookups) -> None:
        self.step_of: dict[Row, Step] = {(step.model, key): step for step in steps for key in step.keys}
        self.links: dict[Row, list[Link]] = {}
        self.children: dict[Row, list[Row]] = {}
        for model in circle:
            keys = sort_keys(key for other, key in self.step_of if other is model)
            for key, own in links(model, keys, targets=circle, lookups=lookups):
                inside = [link for link in own if link.target in self.step_of]
                if inside:
                    self.links[model, key] = inside
                for link in inside:
                    self.children.setdefault(link.target, []).append((model, key))

    def atoms(self) -> list[Atom]:
        """Rows that no other one names first; rows in a circle together."""
        return [self._atom(rows) for rows in components(self.step_of, lambda row: self.children.get(row, ()))]

    def _atom(self, rows: list[Row]) -> Atom:
        if len(rows) == 1:
            return Atom([(self.step_of[row], row[1]) for row in rows])
        inside = set(rows)
        breaks = [
            (link.relation, row[1])
            for row in rows
            for link in self.links.get(row, ())
            if link.target in inside and self.step_of[row].action == Action.DELETE and nullable(link.relation)
        ]
        return Atom([(self.step_of[row], row[1]) for row in self._untangled(rows)], breaks)

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


def nullable(relation: Relation) -> bool:
    """Whether the key is one column that may be NULL."""
    return relation.kind == Kind.KEY and bool(relation.model._meta.get_field(relation.name).null)


def binds(relation: Relation) -> bool:
    """Whether the row that holds the key cannot be there without the one that it names."""
    return relation.kind in (Kind.KEY, Kind.CHILD) and not nullable(relation)
