"""Rows about two people: which of them name somebody else, and which are somebody else's alone.

Source: GDPR art. 15(4).
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any

from django.db.models import Model

from tasks.collector.anyof import any_of
from tasks.collector.reading import Reader, batches, key_columns, plain
from tasks.collector.walk import Closure, Keys
from tasks.datamap import registry
from tasks.datamap.relations import outgoing

Row = tuple[Any, ...]


def subject_columns(model: type[Model], subject: type[Model]) -> list[str]:
    """The model's own columns that hold the primary key of a subject."""
    keys = [relation for relation in outgoing(model) if relation.target is subject and relation.to_key]
    return [relation.column for relation in keys if not relation.content_type and model is not subject]


def shared_rows(columns: tuple[str, ...], rows: list[Row], *, model: type[Model], closure: Closure) -> frozenset[int]:
    """The indexes of the rows that hold a key to another subject."""
    places = [columns.index(name) for name in subject_columns(model, closure.subject.model)]
    mine = (None, closure.subject.pk)
    return frozenset(i for i, row in enumerate(rows) if any(row[place] not in mine for place in places))


def without_others(closure: Closure, reader: Reader) -> Closure:
    """Leave out what is somebody else's alone, where a declaration says ``shared = "mine_only"``.

    A row is somebody else's alone if it has keys to subjects, and none of them is this one.
    """
    owned, named = dict(closure.owned), dict(closure.named)
    for part in (owned, named):
        for model in list(part):
            if registry.get(model).shared == "mine_only":
                drop(part, model, set(others(closure, model, part[model], reader)))
    return replace(closure, owned=owned, named=named)


def drop(part: Keys, model: type[Model], keys: AbstractSet[Any]) -> None:
    part[model] = part[model] - keys
    if not part[model]:
        del part[model]


def others(closure: Closure, model: type[Model], keys: AbstractSet[Any], reader: Reader) -> Iterator[Any]:
    """Those of ``keys`` whose rows lead to other subjects only."""
    columns = subject_columns(model, closure.subject.model)
    if not columns:
        return
    for batch in batches(list(keys)):
        rows = plain(model, closure.graph.alias(model)).filter(any_of("pk", batch))
        key = key_columns(model)
        for row in reader.rows(rows, *key, *columns):
            people = row[len(key) :]
            if closure.subject.pk not in people and any(person is not None for person in people):
                yield row[0] if len(key) == 1 else row[: len(key)]
