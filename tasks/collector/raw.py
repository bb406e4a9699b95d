"""Cells as the database has them, for those who make words of them: moments, days and decimals as texts.

A Python value of a moment that is written down again costs more than all the rest of reading its row. Moments are
in UTC (``2026-03-05 11:00:00.5``, PostgreSQL's with ``+00`` behind), SQLite's booleans 0 and 1. ``Batch.whole``
has the values.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, DateField, DateTimeField, DecimalField, F, Field, Func, Model, TextField
from django.db.models.expressions import Expression
from django.db.models.sql.compiler import SQLCompiler

from tasks.collector.json_line import DIGITS, decimal, holds_utc
from tasks.collector.statement import Convert

Sql = tuple[str, list[Any]]


class Raw(Func):
    """A column as the database has it, of which Django's driver makes no value."""

    output_field: "Field[Any, Any]" = TextField()

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:  # type: ignore[override]  # no options
        (column,) = self.get_source_expressions()
        sql, _ = compiler.compile(column)
        if connection.vendor == "postgresql":
            return f"CAST({sql} AS text)", []
        if isinstance(column.output_field, DecimalField):
            return decimal(column.output_field).format(sql), []
        return f"+{sql}", []  # which changes nothing, but is no column any more, whose type SQLite's driver looks at


def raw(
    model: type[Model], columns: tuple[str, ...], connection: BaseDatabaseWrapper
) -> dict[str, tuple[Expression, Convert]]:
    """Of ``columns``, those that can be taken raw: how they are asked for, and what makes values of them."""
    return _raw(model, columns, connection.vendor, writes(connection))


@cache
def _raw(
    model: type[Model], columns: tuple[str, ...], vendor: str, written: frozenset[str]
) -> dict[str, tuple[Expression, Convert]]:
    fields = {field.attname: field for field in model._meta.local_concrete_fields}
    found = ((name, reader(fields[name], vendor, written)) for name in columns)
    return {name: (Raw(F(name)), read) for name, read in found if read is not None}


def reader(field: "Field[Any, Any]", vendor: str, written: frozenset[str]) -> Convert | None:
    """What makes a value of a raw cell; None where only Django can tell what the column holds."""
    if not written or not is_plain(field):
        return None
    if isinstance(field, DecimalField):
        return None if vendor == "sqlite" and field.max_digits > DIGITS else Decimal
    if isinstance(field, DateTimeField):
        return moment if "moments" in written else None
    if isinstance(field, DateField):
        return date.fromisoformat if "days" in written else None
    return truth if vendor == "sqlite" and isinstance(field, BooleanField) else None


def writes(connection: BaseDatabaseWrapper) -> frozenset[str]:
    """What a database writes in one way only: decimals, days as ISO 8601 has them, moments in UTC."""
    if connection.vendor not in ("sqlite", "postgresql"):
        return frozenset()
    style = connection.connection.info.parameter_status("DateStyle") if connection.vendor == "postgresql" else "ISO"
    if not style.startswith("ISO"):
        return frozenset({"decimals"})  # it was told to write days as some country does
    return frozenset({"decimals", "days", "moments"} if holds_utc(connection) else {"decimals", "days"})


def is_plain(field: "Field[Any, Any]") -> bool:
    """Whether a column is what its type says, and no more: no key leads to it, it is no code, no host converts it."""
    own = hasattr(field, "from_db_value") or type(field).get_db_converters is not Field.get_db_converters
    return not (own or field.unique or field.is_relation or field.choices)


def moment(text: str) -> datetime:
    """A moment; one without an offset is in UTC."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def truth(value: object) -> object:
    """A boolean; what is neither 0 nor 1 as it is, as Django leaves it."""
    return {0: False, 1: True}.get(value, value) if type(value) is int else value
