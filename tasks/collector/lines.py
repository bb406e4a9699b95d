"""Rows as JSON lines, for people at a shell and for programs: raw values, without what is withheld.

    {"model":"shop.Order","pk":7,"owned":true,"values":{"id":7,"number":"A-7", …}}

Made by the database where it writes the same as we do, else by orjson where that is installed, else by
the standard library. All give the same JSON, but for the spelling of characters and numbers inside a
``JSONField`` and for cells that hold what their column does not allow: these come as they are stored.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, time
from math import isfinite
from typing import Any

from django.db.models import FloatField, Model

from tasks import conf
from tasks.collector.anyof import end_of
from tasks.collector.damage import as_texts, settled
from tasks.collector.harvest import Harvest
from tasks.collector.json_line import JsonLine, can_write, holds_utc
from tasks.collector.reading import Rows, key_columns
from tasks.collector.rows import as_json
from tasks.collector.select import MINE_ONLY, bare, columns_of, deciding
from tasks.collector.sources.base import Batch
from tasks.datamap import registry

try:
    import orjson
except ImportError:  # the engine needs nothing beyond Django
    orjson = None  # type: ignore[assignment]

AS_TEXTS = ("UUIDField", "DecimalField", "DateField", "DateTimeField")  # what ``as_texts`` leaves as it comes
SECONDS = len("2026-03-05 12:00:00+00")
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
    select = bare(f"lines {owned}", model, harvest.walk, line)
    for rows in harvest.rows(model, select, owned=owned, size=conf.batch_rows):
        lines = [row[0] for row in rows]
        yield lines if is_text(lines) else [line.decode(errors="replace").encode() for line in lines]


def by_python(harvest: Harvest, model: type[Model], *, owned: bool) -> Iterator[list[bytes]]:
    """Lines that are made of values."""
    select = bare("lines", model, harvest.walk, *dict.fromkeys((*shown(model), *key_columns(model))))
    columns = tuple(str(column) for column in select.columns)
    raw = may_be_raw(harvest, model)
    write = writer(model, columns, owned=owned, raw=raw)
    select = replace(select, how=as_texts) if raw else select
    for rows in harvest.rows(model, select, owned=owned, size=conf.batch_rows // 2):
        yield write(settled(rows, columns)[0] if harvest.finder.reader.damaged else rows)


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


def may_be_raw(harvest: Harvest, model: type[Model]) -> bool:
    """Whether cells may stay the text that the database sends: no Python value is needed of any of them."""
    connection = harvest.finder.reader.connection(harvest.walk.graph.alias(model))
    if connection.vendor != "postgresql" or not holds_utc(connection):
        return False
    deciding_fields: list[Any] = [model._meta.get_field(name) for name in deciding(model, harvest.walk)]
    if registry.get(model).shared == MINE_ONLY:
        deciding_fields.append(harvest.subject.model._meta.pk)
    own = [field for field in model._meta.local_concrete_fields if hasattr(end_of(field), "from_db_value")]
    return not any(kind(field) in AS_TEXTS for field in (*deciding_fields, *own))


def writer(model: type[Model], columns: tuple[str, ...], *, owned: bool, raw: bool) -> Write:
    """What makes lines of rows, of which ``columns`` come first."""
    label, names = model._meta.label, shown(model)
    fields = {name: field_of(model, name) for name in names}
    keys = [columns.index(name) for name in key_columns(model)]
    floats = [columns.index(name) for name in names if isinstance(fields[name], FloatField)]
    moments = [columns.index(name) for name in names if raw and kind(fields[name]) == "DateTimeField"]

    def write(rows: Rows) -> list[bytes]:
        rows = [finite(row, floats) for row in rows] if floats else rows
        rows = with_iso(rows, moments) if moments else rows
        pks = [row[keys[0]] for row in rows] if len(keys) == 1 else [[row[place] for place in keys] for row in rows]
        return dump_all(
            [
                {"model": label, "pk": pk, "owned": owned, "values": dict(zip(names, row))}  # noqa: B905 - names are fewer
                for pk, row in zip(pks, rows, strict=True)
            ]
        )

    return write


def with_iso(rows: Rows, places: list[int]) -> Rows:
    """The rows with PostgreSQL's moments (``2026-03-05 12:00:00.5+00``) as ISO 8601 has them."""
    columns: list[Any] = list(zip(*rows, strict=True))
    for place in places:
        columns[place] = [None if text is None else iso(text) for text in columns[place]]
    return list(zip(*columns, strict=True))


def iso(text: str) -> str:
    if len(text) == SECONDS:
        return f"{text[:10]}T{text[11:]}:00"
    if text[-3:] != "+00":
        return text  # infinity, or a year before Christ
    return f"{text[:10]}T{text[11:-3]:0<15}+00:00"


def field_of(model: type[Model], column: str) -> Any:
    return next(end_of(field) for field in model._meta.local_concrete_fields if field.attname == column)


def kind(field: Any) -> str:
    return str(end_of(field).get_internal_type())


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


def dump_all(lines: list[Line]) -> list[bytes]:
    """Lines of one model: the fast way for all, or one by one where it cannot take one of them."""
    if orjson is not None:
        dumps = orjson.dumps
        try:
            return [dumps(line, plain) for line in lines]
        except TypeError:
            pass
    return [dump(line) for line in lines]


def plain(value: Any) -> Any:
    """A value that JSON does not know, as text; bytes as base64."""
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return b64encode(bytes(value)).decode()
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    return str(value)
