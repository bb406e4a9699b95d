"""Whether a row is still the one that an erasure kept."""

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


def told(run: ErasureRun, label: str, rows: list[KeptRow], subject: Subject) -> dict[int, Told]:
    """What stands at the keys of kept rows of one model, by the number of the ledger's row."""
    model = model_of(label)
    keys = {row.pk: from_data(model, row.key) for row in rows}
    there = existing(subject, model, keys.values())
    prints, alias = Prints(run), graph(subject.model, using=subject.using).alias(model)
    now: dict[tuple[str, ...], dict[Any, str]] = {}
    for columns in {columns_of(row.print, model) for row in rows} - {()}:
        now[columns] = kept_prints(prints, model, list(there), columns, using=alias)
    return {row.pk: _told(model, keys[row.pk], row, there, now) for row in rows}


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
