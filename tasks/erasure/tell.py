"""Whether a row is still the one that an erasure kept."""

from collections.abc import Iterable
from enum import Enum
from typing import Any

from django.db.models import Model

from tasks.collector import Subject
from tasks.collector.graph import graph
from tasks.erasure.keys import from_data, model_of, pk_fields
from tasks.erasure.left import existing
from tasks.erasure.models import ErasureRun, KeptRow
from tasks.erasure.prints import Prints, columns_of, kept_prints


class Told(Enum):
    """What is known about the row that stands at a remembered key."""

    SAME = "same"
    STRANGER = "stranger"
    ABSENT = "absent"
    UNKNOWN = "unknown"


def told(run: ErasureRun, label: str, rows: list[KeptRow], subject: Subject) -> list[Told]:
    """What stands at the keys of kept rows of one model, in the order of ``rows``."""
    model, keys = model_of(label), list(map(key_of, rows))
    there = existing(subject, model, keys)
    prints, alias = Prints(run), graph(subject.model, using=subject.using).alias(model)
    now: dict[tuple[str, ...], dict[Any, str]] = {}
    for columns in {columns_of(row.print, model) for row in rows} - {()}:
        now[columns] = kept_prints(prints, model, list(there), columns, using=alias)
    return [_told(model, key, row, there, now) for key, row in zip(keys, rows, strict=True)]


def _told(
    model: type[Model], key: Any, row: KeptRow, there: set[Any], now: dict[tuple[str, ...], dict[Any, str]]
) -> Told:
    if key not in there:
        return Told.ABSENT
    columns = columns_of(row.print, model)
    if columns:
        return Told.SAME if now[columns].get(key) == row.print else Told.STRANGER
    return Told.SAME if counts_up(model) else Told.UNKNOWN


def counts_up(model: type[Model]) -> bool:
    """Whether the database numbers the rows: it gives no number twice, so the same key is the same row."""
    fields = pk_fields(model)
    return len(fields) == 1 and fields[0].get_internal_type().endswith("AutoField")


def by_label(rows: Iterable[KeptRow]) -> dict[str, list[KeptRow]]:
    """Rows by their model."""
    found: dict[str, list[KeptRow]] = {}
    for row in rows:
        found.setdefault(row.label, []).append(row)
    return found


def key_of(row: KeptRow) -> Any:
    """The key in the type that the model's rows have."""
    return from_data(model_of(row.label), row.key)
