"""In which order rows are worked on: whatever names a row before that row.

So a killed erasure finds what it has not done: until a row is done, the way that leads to it stays.
Models are put in order as wholes. Where models lead to each other in a circle, and for a model that
leads to itself, rows are (``weave``); rows that name each other go in one transaction.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db.models import Model

from tasks.collector.components import components
from tasks.collector.lookup import Lookups
from tasks.datamap.relations import Relation, relations
from tasks.erasure.steps import Step
from tasks.erasure.weave import Atom, Break, Bundle, Chunk, Part, Weave

Run = tuple[Step, list[Any]]  # some keys of a step
Size = Callable[[Step], int]  # how many rows of a step the next transaction takes


@dataclass
class Batch:
    """The rows of one transaction. ``breaks`` are nullable keys between them, cleared first.

    Rows of one step are put together, for databases look at keys when the transaction ends;
    ``in_order`` only neighbours are, for tables whose keys are looked at at once.
    """

    in_order: bool = False
    runs: list[Run] = field(default_factory=list)
    breaks: list[Break] = field(default_factory=list)
    count: int = 0

    def add(self, step: Step, keys: list[Any]) -> None:
        """Take rows."""
        known = self.runs[-1:] if self.in_order else self.runs
        own = next((some for other, some in known if other is step), None)
        if own is not None:
            own.extend(keys)
        elif keys:
            self.runs.append((step, keys))
        self.count += len(keys)

    def take(self, atom: Atom) -> None:
        """Take rows that name each other, all of them."""
        for step, key in atom.rows:
            self.add(step, [key])
        self.breaks += atom.breaks


@dataclass(eq=False)
class Stage:
    """One place in the order: a whole step, or the woven rows of several."""

    steps: list[Step]
    parts: list[Part]

    def batches(self, size: Size, *, in_order: bool) -> Iterator[Batch]:
        """Cut the stage into transactions of about ``size(step)`` rows, asked anew before each."""
        batch = Batch(in_order)
        for part in self.parts:
            if isinstance(part, Atom):
                batch.take(part)
                if batch.count >= size(part.rows[-1][0]):
                    yield batch
                    batch = Batch(in_order)
                continue
            if isinstance(part, Bundle):
                for runs in part.pieces(size):
                    for step, keys in runs:
                        batch.add(step, keys)
                    yield batch
                    batch = Batch(in_order)
                continue
            rest = iter(part.keys)
            while piece := list(islice(rest, max(1, size(part.step) - batch.count))):
                batch.add(part.step, piece)
                if batch.count >= size(part.step):
                    yield batch
                    batch = Batch(in_order)
        if batch.count:
            yield batch


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
    own: Iterable[Relation] = [r for r in relations() if r.model in circle and r.target in circle]
    if not own:
        return [Stage([step], [Chunk(step, step.keys)]) for step in steps]
    return [Stage(steps, Weave(own, steps, lookups).parts())]
