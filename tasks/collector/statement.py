"""Statements that are compiled once by Django and then only get their keys: an ordinary person has few rows.

Building a queryset and compiling it costs more than asking the database for ten rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Field, Model, QuerySet
from django.db.models.expressions import Expression

from tasks.collector.anyof import AnyOf, Slot, is_one_of

Row = tuple[Any, ...]
Convert = Callable[[Any], Any]
Columns = Sequence[str | Expression]


class Slots:
    """Numbers the places of keys in one statement, and remembers the field of each."""

    def __init__(self) -> None:
        self.fields: list[Field[Any, Any]] = []

    def any_of(self, column: str, field: "Field[Any, Any]") -> Any:
        """A filter: ``column``, which holds values of ``field``, holds one of the keys that come later."""
        self.fields.append(field)
        return AnyOf(F(column), Slot(len(self.fields) - 1))


@dataclass(frozen=True, eq=False)
class Statement:
    """One SQL statement with places for keys, and what makes Python values of its columns.

    ``converters`` are column and function, for those columns that need one.
    """

    model: type[Model]
    alias: str
    sql: str
    params: tuple[Any, ...]
    slots: "tuple[Field[Any, Any], ...]"
    converters: tuple[tuple[int, Convert], ...] = field(default=())

    def bound(self, connection: BaseDatabaseWrapper, keys: Sequence[list[Any]]) -> tuple[str, tuple[Any, ...]]:
        """The statement with its keys, one list for each slot."""
        sql = self.sql
        params: list[Any] = []
        for param in self.params:
            if isinstance(param, Slot):
                fragment, more = is_one_of(self.slots[param.number], keys[param.number], connection)
                sql = sql.replace(param.token, fragment)
                params += more
            else:
                params.append(param)
        return sql, tuple(params)


def compiled(queryset: "QuerySet[Any]", columns: Columns, slots: Slots, connection: BaseDatabaseWrapper) -> Statement:
    """Compile the statement that reads ``columns`` of the rows of ``queryset``."""
    query = queryset.values_list(*columns).query
    compiler = query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    selected = [expression for expression, _, _ in compiler.select[: compiler.col_count]]
    converters = compiler.get_converters(selected).items()
    made = tuple((place, convert(functions, expression, connection)) for place, (functions, expression) in converters)
    return Statement(queryset.model, queryset.db, sql, tuple(params), tuple(slots.fields), made)


def convert(functions: Sequence[Any], expression: Any, connection: BaseDatabaseWrapper) -> Convert:
    """One function for the converters that Django would run one after the other."""
    if len(functions) == 1:
        (only,) = functions
        alone: Convert = lambda value: only(value, expression, connection)  # noqa: E731 - nothing but the call
        return aware(alone, connection) if is_moment_of_sqlite(only, connection) else alone

    def whole(value: Any) -> Any:
        for function in functions:
            value = function(value, expression, connection)
        return value

    return whole


def is_moment_of_sqlite(function: Any, connection: BaseDatabaseWrapper) -> bool:
    """Whether all that a converter does is to put the connection's time zone to what SQLite's driver gives."""
    own = getattr(connection.ops, "convert_datetimefield_value", None)
    return connection.vendor == "sqlite" and settings.USE_TZ and function == own


def aware(otherwise: Convert, connection: BaseDatabaseWrapper) -> Convert:
    """The same as Django's own, which asks the settings and the connection for each cell."""
    zone = connection.timezone

    def put(value: Any) -> Any:
        if type(value) is datetime and value.tzinfo is None:
            return value.replace(tzinfo=zone)
        return otherwise(value)

    return put
