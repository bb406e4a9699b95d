"""From a walk to batches of rows, in data-map order."""

from collections.abc import Iterator
from dataclasses import replace
from operator import itemgetter
from typing import Any

from django.db.models import Model

from tasks import conf
from tasks.collector.damage import Damage, settled
from tasks.collector.harvest import Harvest, data_map_order
from tasks.collector.keyset import KeySet, order
from tasks.collector.raw import raw
from tasks.collector.reading import Rows, key_columns
from tasks.collector.select import Select, columns_of, whole, with_raw
from tasks.collector.shared import shared_rows
from tasks.collector.sources.base import Batch
from tasks.collector.statement import Convert

__all__ = ["as_json", "data_map_order", "read", "sort_keys"]


def read(harvest: Harvest, *, source: str, taken_raw: bool = False) -> Iterator[Batch]:
    """The rows about a person: for each model the owned ones, then those that only name them.

    At most ``batch_rows`` rows are held at a time. ``taken_raw`` leaves cells as the database has them, where
    that says all (``tasks.collector.raw``).
    """
    for model in harvest.models:
        select, readers = raw_of(harvest, model) if taken_raw else (whole(model, harvest.walk), ())
        for owned in (True, False):
            for rows in full(harvest.rows(model, select, owned=owned, size=conf.batch_rows), conf.batch_rows):
                batch = batch_of(harvest, model, rows, select, source=source, owned=owned)
                yield replace(batch, raw=readers) if readers else batch


def raw_of(harvest: Harvest, model: type[Model]) -> tuple[Select, tuple[tuple[int, Convert], ...]]:
    """What to read of a model, and for each place that is taken raw what makes a value of it."""
    columns = columns_of(model)
    found = raw(model, columns, harvest.finder.reader.connection(harvest.walk.graph.alias(model)))
    select = with_raw(model, harvest.walk, {name: expression for name, (expression, _read) in found.items()})
    return select, tuple((columns.index(name), read) for name, (_expression, read) in found.items())


def full(pieces: Iterator[Rows], size: int) -> Iterator[Rows]:
    """The same rows in lists of ``size``, only the last shorter."""
    held: Rows = []
    for rows in pieces:
        held += rows
        while len(held) >= size:
            yield held[:size]
            del held[:size]
    if held:
        yield held


def batch_of(harvest: Harvest, model: type[Model], rows: Rows, select: Select, *, source: str, owned: bool) -> Batch:
    """A batch of these rows, sorted by key."""
    width = len(key_columns(model))
    sort(rows, width)
    shared = shared_rows(rows, select.people, mine=harvest.subject.pk)
    columns, rows = columns_of(model), select.cut(rows)
    damaged: tuple[Damage, ...] = ()
    if harvest.finder.reader.damaged:
        rows, damaged = settled(rows, columns)
    return Batch(source, model._meta.label, model, columns, rows, owned, width, shared, damaged)


def sort(rows: Rows, width: int) -> None:
    """Sort rows by their key, which comes first in each."""
    if width == 1 and {*map(type, map(itemgetter(0), rows))} <= {int}:
        rows.sort(key=itemgetter(0))
    else:
        rows.sort(key=lambda row: order(row[0] if width == 1 else row[:width]))


def sort_keys(keys: Any) -> list[Any]:
    """Keys in the one order that everything uses: numbers by value, others by their text."""
    return list(keys) if isinstance(keys, KeySet) else sorted(keys, key=order)


def as_json(key: Any) -> Any:
    """A key as JSON has it: numbers and texts as they are, composite keys as lists, others as text."""
    if isinstance(key, (list, tuple)):
        return [as_json(part) for part in key]
    return key if isinstance(key, (int, str)) else str(key)
