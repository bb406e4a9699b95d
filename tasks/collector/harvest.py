"""The rows of a walk, streamed: each comes once, and no set of rows seen is kept.

The rows of inner models are read by their keys. Those of all others come along each tie, for a batch
of keys of the rows that it starts from. Whether an earlier tie gave a row already is read off the row's
own columns: they say which rows it leads to.
"""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from django.db.models import Model

from tasks import conf
from tasks.collector.keyset import EMPTY, Gathered, KeySet
from tasks.collector.reading import Rows, key_columns
from tasks.collector.select import MINE_ONLY, Select, bare
from tasks.collector.shared import without_strangers
from tasks.collector.walk import OWNING, Walk
from tasks.collector.ways import Way
from tasks.datamap import registry
from tasks.datamap.ties import Says

FEW = 500  # keys of somebody ordinary

Filter = Callable[[Rows], Rows]


class Harvest:
    """Reads the rows of one walk."""

    def __init__(self, walk: Walk) -> None:
        self.walk, self.finder, self.subject = walk, walk.finder, walk.subject
        self._members: dict[Way, Any] = {}
        self._named: dict[type[Model], KeySet] = {}

    @cached_property
    def models(self) -> list[type[Model]]:
        """The models that may hold something about the person, in data-map order; exempt ones are left out."""
        return data_map_order(model for model in self.walk.ways.models if self.may_hold(model))

    def may_hold(self, model: type[Model]) -> bool:
        return bool(self.walk.owned.get(model)) or next(self.walk.live(model, *Says), None) is not None

    def rows(self, model: type[Model], select: Select, *, owned: bool, size: int = 2_000) -> Iterator[Rows]:
        """``select`` of the rows of ``model`` that are the person's own, or of those that only name them."""
        found = self._all(model, select, owned=owned, size=size)
        if registry.get(model).shared != MINE_ONLY or not select.people:
            return found
        return (without_strangers(rows, select.people, mine=self.subject.pk) for rows in found)

    def all_keys(self, model: type[Model]) -> KeySet:
        """The keys of all rows of ``model``, owned or named."""
        select = bare("keys", model, self.walk, *key_columns(model))
        found = Gathered()
        for owned in (True, False):
            for rows in self.rows(model, select, owned=owned):
                found.add([row[0] if len(select.key) == 1 else row[: len(select.key)] for row in rows])
        return found.done()

    def _all(self, model: type[Model], select: Select, *, owned: bool, size: int) -> Iterator[Rows]:
        keys = self.keys(model, owned=owned)
        if keys is not None:
            return self.finder.by_key(model, keys, select.columns, name=select.name, size=size, how=select.how)
        return self._streamed(model, select, *(OWNING if owned else (Says.NAMED,)), size=size)

    def keys(self, model: type[Model], *, owned: bool) -> KeySet | None:
        """The keys of these rows, where they are known; None where the rows are streamed along their ties."""
        if owned:
            return self.walk.owned.get(model, EMPTY) if self.walk.keeps(model) else None
        if not any(way.is_hard for way in self.walk.ways.lead_to(model, Says.NAMED)):
            return None
        if model not in self._named:
            self._named[model] = self.walk.named(model)
        return self._named[model]

    def _streamed(self, model: type[Model], select: Select, *says: Says, size: int) -> Iterator[Rows]:
        before: list[Way] = [] if Says.OWNED in says else self.told(model)
        ways = list(self.walk.live(model, *says))
        for some in [ways] if self.has_few_keys(ways) else [[way] for way in ways]:
            new = [*self._not_owned(model, select, *says), *(self.not_by(way, some, select) for way in before)]
            for rows in self._asked(some, select, size=size):
                for keep in new:
                    rows = keep(rows)  # noqa: PLW2901 - fewer with each
                if rows:
                    yield rows
            before += some

    def _asked(self, ways: list[Way], select: Select, *, size: int) -> Iterator[Rows]:
        found = [(way, self.walk.values(way)) for way in ways]
        if len(found) > 1:
            return self.finder.together(found, select.columns, name=select.name, size=size, how=select.how)
        return self.finder.rows(*found[0], select.columns, name=select.name, size=size, how=select.how)

    def has_few_keys(self, ways: list[Way]) -> bool:
        """Whether to ask for all of the ways at once: of somebody with few rows, for whom each statement costs more."""
        return len(ways) > 1 and sum(len(self.walk.values(way)) for way in ways) <= min(FEW, conf.key_batch)

    def told(self, model: type[Model]) -> list[Way]:
        """The ways whose rows of ``model`` come before those that only name the person."""
        return [] if self.walk.keeps(model) else list(self.walk.live(model, *OWNING))

    def _not_owned(self, model: type[Model], select: Select, *says: Says) -> Iterator[Filter]:
        """Leaves out the person's own rows, where their keys are known."""
        owned = self.walk.owned.get(model, EMPTY)
        if Says.NAMED in says and owned:
            if len(select.key) == 1:
                yield without(select.key[0], owned.small())
            else:
                yield lambda rows: [row for row in rows if tuple(row[place] for place in select.key) not in owned]

    def not_by(self, earlier: Way, ways: list[Way], select: Select) -> Filter:
        """Leaves out the rows that ``earlier`` has led to."""
        if earlier.generic is not None and all(way.generic == earlier.generic for way in ways):
            return unchanged  # a row names one thing only
        if earlier.generic is None:
            return without(select.place(earlier.columns[0]), self.members(earlier))
        kind, number = (select.place(column) for column in earlier.columns)
        types, ids = set(self.finder.content_types(earlier)), self.members(earlier)
        return lambda rows: [row for row in rows if row[kind] not in types or row[number] not in ids]

    def members(self, way: Way) -> Any:
        """What a row holds that ``way`` leads to."""
        if way not in self._members:
            values = self.walk.values(way)
            if way.is_generic:
                values = KeySet(self.finder.object_ids(way, list(values)))
            self._members[way] = values.small()
        return self._members[way]


def without(place: int, values: Any) -> Filter:
    """Leaves out rows whose cell at ``place`` is one of ``values``."""
    if len(values) == 1:
        (only,) = values
        return lambda rows: [row for row in rows if row[place] != only]
    return lambda rows: [row for row in rows if row[place] not in values]


def unchanged(rows: Rows) -> Rows:
    return rows


def data_map_order(models: Any) -> list[type[Model]]:
    """Models by the order of their category, then its key, then their label; exempt ones are left out."""
    return sorted((model for model in models if not registry.exemption(model)), key=place)


def place(model: type[Model]) -> tuple[int, str, str]:
    context = registry.get(model).context
    return context.order, context.key, model._meta.label
