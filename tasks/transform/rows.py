"""Rows as declarations see them: attributes without an instance, and columns of other rows that they ask for."""

from collections.abc import Iterable
from typing import Any

from django.db import DatabaseError
from django.db.models import QuerySet

from tasks.collector import Batch
from tasks.collector.reading import holding
from tasks.datamap import ModelPrivacy
from tasks.transform.gaps import Gaps

Rows = list[tuple[Any, ...]]


class Row:
    """A row as ``display_`` methods and computed fields see it: its columns as attributes.

    A foreign key is its value, under its name and its attname (``order`` and ``order_id``).
    """

    __slots__ = ("_place", "_values")

    def __init__(self, values: tuple[Any, ...], place: dict[str, int]) -> None:
        self._values, self._place = values, place

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[self._place[name]]
        except KeyError:
            raise AttributeError(name) from None


def places(policy: ModelPrivacy, columns: Iterable[str]) -> dict[str, int]:
    """Where each attribute of a row stands: by attname, and by the field's name."""
    place = {name: position for position, name in enumerate(columns)}
    names = {f.name: place[f.attname] for f in policy.model._meta.concrete_fields if f.attname in place}
    pk: Any = policy.model._meta.pk
    return {**names, **place, **({"pk": place[pk.attname]} if pk.attname in place else {})}


class Needs:
    """The columns of other rows that computed fields ask for, along foreign keys: one question per batch."""

    def __init__(self, policy: ModelPrivacy, *, alias: str) -> None:
        self.model, self.alias = policy.model, alias
        asked = ((path, name) for name, computed in policy.computed.items() for path in computed.needs)
        self.by_path: dict[str, list[str]] = {}
        for path, name in asked:
            if "__" in path:
                self.by_path.setdefault(path, []).append(name)

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(self.by_path)

    def extend(self, batch: Batch, gaps: Gaps) -> Rows:
        """The rows with what was asked for behind their own columns; None where there is nothing."""
        if not self.by_path:
            return batch.rows
        keys = [batch.key(row) for row in batch.rows]
        try:
            found = self._read(keys)
        except DatabaseError as error:
            found = {}
            for name in {name for names in self.by_path.values() for name in names}:
                gaps.add(name, error)
        nothing = (None,) * len(self.by_path)
        return [(*row, *found.get(key, nothing)) for row, key in zip(batch.rows, keys, strict=True)]

    def _read(self, keys: list[Any]) -> dict[Any, tuple[Any, ...]]:
        everything: QuerySet[Any] = QuerySet(model=self.model, using=self.alias).order_by()
        asked = everything.values_list("pk", *self.by_path)
        return {row[0]: tuple(row[1:]) for some in holding(asked, "pk", keys) for row in some}
