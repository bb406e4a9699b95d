"""A row as one line of JSON, made by SQLite: no Python value is made of any cell.

Only for columns of which the database writes the same JSON as we would; other models, and other
databases, take the way over Python (``tasks.collector.lines``). PostgreSQL could do it too, but looks
each type up for each cell, which costs more than it saves.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BinaryField, F, Field, Func, Model
from django.db.models.sql.compiler import SQLCompiler

from tasks.collector.anyof import end_of
from tasks.collector.damage import unguarded
from tasks.collector.reading import key_columns

Sql = tuple[str, list[Any]]

DIGITS = 15  # of a number that SQLite holds as it was written
TEXT = "CAST({0} AS TEXT)"
INTEGERS = (
    "AutoField", "BigAutoField", "SmallAutoField", "IntegerField", "BigIntegerField", "SmallIntegerField",
    "PositiveIntegerField", "PositiveBigIntegerField", "PositiveSmallIntegerField",
)  # fmt: skip
TEXTS = (
    "CharField", "TextField", "SlugField", "FileField", "FilePathField", "GenericIPAddressField", "IPAddressField",
    "DateField", "TimeField",
)  # fmt: skip
CELLS = {
    **dict.fromkeys((*INTEGERS, *TEXTS), unguarded("{0}")),
    "BooleanField": "CASE {0} WHEN 1 THEN json('true') WHEN 0 THEN json('false') ELSE CAST({0} AS TEXT) END",
    "JSONField": "CASE WHEN json_valid({0}) THEN json({0}) ELSE CAST({0} AS TEXT) END",
    "UUIDField": "CASE length({0}) WHEN 32 THEN substr({0}, 1, 8) || '-' || substr({0}, 9, 4) || '-' ||"
    " substr({0}, 13, 4) || '-' || substr({0}, 17, 4) || '-' || substr({0}, 21) ELSE CAST({0} AS TEXT) END",
}


class JsonLine(Func):
    """The line of one row, as bytes of UTF-8, without the end of the line."""

    output_field: "Field[Any, Any]" = BinaryField()

    def __init__(self, model: type[Model], columns: tuple[str, ...], *, owned: bool) -> None:
        super().__init__(*(F(column) for column in (*key_columns(model), *columns)))
        self.label, self.columns, self.owned = model._meta.label, columns, owned
        self.width = len(key_columns(model))

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:  # type: ignore[override]  # no options
        cells = [cell(expression, compiler, connection) for expression in self.get_source_expressions()]
        key, values = cells[: self.width], zip(self.columns, cells[self.width :], strict=True)
        pk = key[0] if self.width == 1 else f"json_array({', '.join(key)})"
        shown = ", ".join(f"'{name}', {value}" for name, value in values)
        owned = str(self.owned).lower()
        line = f"'model', '{self.label}', 'pk', {pk}, 'owned', json('{owned}'), 'values', json_object({shown})"
        return f"CAST(json_object({line}) AS BLOB)", []


def cell(expression: Any, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> str:
    """The SQL of one cell's JSON."""
    sql, _ = compiler.compile(expression)
    return (pattern(expression.output_field, connection) or TEXT).format(sql)


def can_write(model: type[Model], connection: BaseDatabaseWrapper) -> bool:
    """Whether the database writes the lines of ``model`` as Python would."""
    fields = model._meta.local_concrete_fields
    return connection.vendor == "sqlite" and all(pattern(field, connection) is not None for field in fields)


def pattern(field: Any, connection: BaseDatabaseWrapper) -> str | None:
    """The SQL of a column's JSON, with ``{0}`` for the column; None where only Python can tell."""
    field = end_of(field)
    if hasattr(field, "from_db_value") and not (type(field) is models.JSONField and field.decoder is None):
        return None
    kind = field.get_internal_type()
    if kind == "DateTimeField":
        return moment(connection)
    if kind == "DecimalField":
        return decimal(field) if field.max_digits <= DIGITS else None
    return CELLS.get(kind)


def decimal(field: Any) -> str:
    number = f"printf('%%.{field.decimal_places}f', {{0}})"
    return f"CASE WHEN typeof({{0}}) IN ('integer', 'real') THEN {number} ELSE CAST({{0}} AS TEXT) END"


def moment(connection: BaseDatabaseWrapper) -> str | None:
    """A date and time as ISO 8601 with the offset of UTC, in which Django stores it."""
    if not settings.USE_TZ:
        return "replace({0}, ' ', 'T')"
    return "replace({0}, ' ', 'T') || '+00:00'" if holds_utc(connection) else None


def holds_utc(connection: BaseDatabaseWrapper) -> bool:
    """Whether moments are in a time zone at all, and the database writes them in UTC."""
    return settings.USE_TZ and connection.timezone_name == "UTC"
