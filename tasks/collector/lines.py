"""Rows as JSON lines, for people at a shell and for programs: raw values, without what is withheld.

    {"model":"shop.Order","pk":7,"owned":true,"values":{"id":7,"number":"A-7", …}}

Made by the database where it writes the same as we do, else by orjson where that is installed, else by
the standard library. All give the same JSON, but for the spelling of characters and numbers inside a
``JSONField`` and for cells that hold what their column does not allow: these come as they are stored.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import date, time
from math import isfinite
from typing import Any

from django.db.models import FloatField, Model

from tasks import conf
from tasks.collector.anyof import end_of
from tasks.collector.damage import settled
from tasks.collector.harvest import Harvest
from tasks.collector.json_line import JsonLine, can_write
from tasks.collector.reading import Rows, key_columns
from tasks.collector.rows import as_json
from tasks.collector.select import bare, columns_of
from tasks.collector.sources.base import Batch
from tasks.datamap import registry

try:
    import orjson
except ImportError:  # the engine needs nothing beyond Django
    orjson = None  # type: ignore[assignment]

Line = dict[str, Any]
Write = Callable[[Rows], list[bytes]]


def blocks(harvest: Harvest) -> Iterator[bytes]:
    """The lines of every row of a harvest, some thousand bytes to a block; each line ends with a newline."""
    for model in harvest.models:
        connection = harvest.finder.reader.connection(harvest.walk.graph.alias(model))
        found = by_server if can_write(model, connection) else by_python
        for owned in (True, False):
            for lines in found(harvest, model, owned=owned):
                yield b"\n".join((*lines, b""))


def by_server(harvest: Harvest, model: type[Model], *, owned: bool) -> Iterator[list[bytes]]:
    """Lines that the database wrote."""
    line = JsonLine(model, shown(model), owned=owned)
    select = bare(f"lines {owned}", model, harvest.walk.ways, line)
    for rows in harvest.rows(model, select, owned=owned, size=conf.batch_rows):
        lines = [row[0] for row in rows]
        yield lines if is_text(lines) else [line.decode(errors="replace").encode() for line in lines]


def by_python(harvest: Harvest, model: type[Model], *, owned: bool) -> Iterator[list[bytes]]:
    """Lines that are made of values."""
    select = bare("lines", model, harvest.walk.ways, *dict.fromkeys((*shown(model), *key_columns(model))))
    columns = tuple(str(column) for column in select.columns)
    write = writer(model, columns, owned=owned)
    for rows in harvest.rows(model, select, owned=owned, size=conf.batch_rows):
        yield write(settled(rows, columns)[0])


def is_text(lines: list[bytes]) -> bool:
    """Whether all of it is UTF-8."""
    try:
        b"\n".join(lines).decode()
    except UnicodeDecodeError:
        return False
    return True


def shown(model: type[Model]) -> tuple[str, ...]:
    """The columns whose values are neither secrets nor otherwise withheld."""
    hidden = withheld(model)
    return tuple(name for name in columns_of(model) if name not in hidden)


def withheld(model: type[Model] | None) -> set[str]:
    """The columns whose values are secrets or otherwise withheld."""
    if model is None:
        return set()
    names = registry.get(model).withheld
    return {getattr(model._meta.get_field(name), "attname", name) for name in names}


def writer(model: type[Model], columns: tuple[str, ...], *, owned: bool) -> Write:
    """What makes lines of rows, of which ``columns`` come first."""
    label, names = model._meta.label, shown(model)
    places = [columns.index(name) for name in key_columns(model)]
    floats = [columns.index(name) for name in names if isinstance(field_of(model, name), FloatField)]

    def write(rows: Rows) -> list[bytes]:
        if floats:
            rows = [finite(row, floats) for row in rows]
        keys = [row[places[0]] for row in rows] if len(places) == 1 else [[row[p] for p in places] for row in rows]
        return [
            dump({"model": label, "pk": key, "owned": owned, "values": dict(zip(names, row, strict=False))})
            for key, row in zip(keys, rows, strict=True)
        ]

    return write


def field_of(model: type[Model], column: str) -> Any:
    return next(end_of(field) for field in model._meta.local_concrete_fields if field.attname == column)


def finite(row: tuple[Any, ...], places: list[int]) -> tuple[Any, ...]:
    """The row with those numbers as text that JSON has no word for (NaN, infinity)."""
    cells = list(row)
    for place in places:
        if isinstance(cells[place], float) and not isfinite(cells[place]):
            cells[place] = str(cells[place])
    return tuple(cells)


def encode(batch: Batch) -> Iterator[str]:
    """The lines of one batch, of a model or of another store, without their ends."""
    hidden = withheld(batch.model)
    names = [(place, name) for place, name in enumerate(batch.columns) if name not in hidden]
    for row in batch.rows:
        row = finite(row, [place for place, _ in names])  # noqa: PLW2901 - the same row
        values = {name: row[place] for place, name in names}
        line = {"model": batch.label, "pk": as_json(batch.key(row)), "owned": batch.owned, "values": values}
        yield dump(line).decode()


def slow_dump(line: Line) -> bytes:
    """One line by the standard library; takes what orjson does not: any number, half of a surrogate pair."""
    try:
        return json.dumps(line, ensure_ascii=False, default=plain, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(line, default=plain, separators=(",", ":")).encode()


def fast_dump(line: Line) -> bytes:
    """One line by orjson."""
    try:
        return orjson.dumps(line, default=plain)
    except TypeError:
        return slow_dump(line)


dump = slow_dump if orjson is None else fast_dump


def plain(value: Any) -> Any:
    """A value that JSON does not know, as text; bytes as base64."""
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return b64encode(bytes(value)).decode()
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    return str(value)
