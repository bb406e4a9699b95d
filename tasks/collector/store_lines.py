"""Records of a store as JSON lines, as those of the database: for people at a shell and for programs."""

import json
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from tasks.collector.lines import plain
from tasks.collector.sources.base import Batch
from tasks.collector.sources.store import StoreSource
from tasks.collector.subject import Subject
from tasks.collector.waiting import Wait, patiently
from tasks.datamap.stores import Content, SourcePrivacy


def store_lines(store: StoreSource, subject: Subject, *, wait: Wait | None = None) -> Iterator[str]:
    """Every record of a store about ``subject`` as a line of JSON; what is withheld is left out.

    Raises:
        SourceUnavailable, SourceWaiting, SourceRefused: see ``patiently``.
    """
    for batch in patiently(store, subject, wait=wait):
        for row in batch.rows:
            yield line(batch, row, store.policy)


def line(batch: Batch, row: tuple[Any, ...], policy: SourcePrivacy) -> str:
    """One record for people at a shell and for programs: ``{"model": …, "pk": …, "owned": …, "values": {…}}``."""
    more = row[-1] or {}
    values = {**dict(zip(batch.columns[1:-1], row[1:-1], strict=True)), **more}
    shown = {name: value for name, value in values.items() if value is not None and not policy.hides(name)}
    return json.dumps({"model": batch.label, "pk": row[0], "owned": batch.owned, "values": as_json(shown)})


def as_json(value: Any) -> Any:
    """A value of a record as JSON has it; a file is told by its name and size."""
    if isinstance(value, Content):
        return {"file": value.name, "size": value.size}
    if isinstance(value, Mapping):
        return {str(name): as_json(part) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [as_json(part) for part in value]
    is_number = isinstance(value, int) or (isinstance(value, float) and isfinite(value))
    return value if value is None or is_number else plain(value)
