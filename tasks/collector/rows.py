"""From keys to rows: in data-map order, by primary key, one statement per batch."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model

from tasks import conf
from tasks.collector.anyof import any_of
from tasks.collector.keyset import KeySet, order
from tasks.collector.reading import Reader, batches, key_columns, plain
from tasks.collector.shared import shared_rows
from tasks.collector.sources.base import Batch
from tasks.collector.walk import Closure
from tasks.datamap import registry


def read(closure: Closure, reader: Reader, *, source: str) -> Iterator[Batch]:
    """The rows of ``closure``: for each model the owned ones, then those that only name the person.

    At most ``batch_rows`` rows are held at a time.
    """
    for model in data_map_order(closure.keys()):
        for owned, part in ((True, closure.owned), (False, closure.named)):
            for keys in batches(sort_keys(part.get(model, ())), conf.batch_rows):
                yield read_batch(model, keys, closure, reader, source=source, owned=owned)


def read_batch(
    model: type[Model], keys: list[Any], closure: Closure, reader: Reader, *, source: str, owned: bool
) -> Batch:
    """The rows of ``model`` with ``keys``, sorted by key."""
    columns, width = columns_of(model)
    queryset = plain(model, closure.graph.alias(model)).filter(any_of("pk", keys))
    rows = list(reader.rows(queryset, *columns))
    rows.sort(key=lambda row: order(row[0] if width == 1 else row[:width]))
    shared = shared_rows(columns, rows, model=model, closure=closure)
    return Batch(source, model._meta.label, model, columns, rows, owned, width, shared)


def columns_of(model: type[Model]) -> tuple[tuple[str, ...], int]:
    """The attnames of the model's own concrete fields, its key first, and how many of them are the key."""
    key = key_columns(model)
    rest = tuple(field.attname for field in model._meta.local_concrete_fields if field.attname not in key)
    return (*key, *rest), len(key)


def data_map_order(models: Any) -> list[type[Model]]:
    """Models by the order of their category, then its key, then their label; exempt ones are left out."""
    return sorted((model for model in models if not registry.exemption(model)), key=place)


def place(model: type[Model]) -> tuple[int, str, str]:
    context = registry.get(model).context
    return context.order, context.key, model._meta.label


def sort_keys(keys: Any) -> list[Any]:
    """Keys in the one order that everything uses: numbers by value, others by their text."""
    return list(keys) if isinstance(keys, KeySet) else sorted(keys, key=order)


def as_json(key: Any) -> Any:
    """A key as JSON has it: numbers and texts as they are, composite keys as lists, others as text."""
    if isinstance(key, (list, tuple)):
        return [as_json(part) for part in key]
    return key if isinstance(key, (int, str)) else str(key)
