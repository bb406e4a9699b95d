"""Batches as JSON lines, for people at a shell: raw values, without what is withheld."""

import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import date, time
from typing import Any

from tasks.collector.rows import as_json
from tasks.collector.sources.base import Batch
from tasks.datamap import registry


def encode(batch: Batch) -> Iterator[str]:
    """One JSON object per row: model, key, whether it is the person's own, and the values that are shown."""
    shown = [(place, name) for place, name in enumerate(batch.columns) if name not in withheld(batch)]
    for row in batch.rows:
        values = {name: row[place] for place, name in shown}
        line = {"model": batch.label, "pk": as_json(batch.key(row)), "owned": batch.owned, "values": values}
        yield dump(line)


def dump(line: dict[str, Any]) -> str:
    """One line of JSON; numbers that JSON has no word for (NaN, infinity) as text."""
    try:
        return json.dumps(line, ensure_ascii=False, default=plain, allow_nan=False)
    except ValueError:
        words = {name: str(value) if isinstance(value, float) else value for name, value in line["values"].items()}
        return json.dumps({**line, "values": words}, ensure_ascii=False, default=plain)


def withheld(batch: Batch) -> set[str]:
    """The columns whose values are secrets or otherwise withheld."""
    if batch.model is None:
        return set()
    names = registry.get(batch.model).withheld
    return {getattr(batch.model._meta.get_field(name), "attname", name) for name in names}


def plain(value: Any) -> Any:
    """A value that JSON does not know, as text; bytes as base64."""
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return b64encode(bytes(value)).decode()
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    return str(value)
