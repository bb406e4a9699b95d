"""``column = ANY(keys)`` in one parameter, however many keys there are.

A list of a thousand placeholders is parsed and planned anew for each length; one array is not.
"""

import json
from typing import TYPE_CHECKING, Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Lookup, Q
from django.db.models.sql.compiler import SQLCompiler

if TYPE_CHECKING:
    Base = Lookup[Any]
else:
    Base = Lookup
Sql = tuple[str, tuple[Any, ...]]


class AnyOf(Base):
    """A condition: the column holds one of the keys. Array on PostgreSQL, JSON on SQLite, else ``IN``."""

    lookup_name = "any_of"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        field = self.lhs.output_field
        return "%s", [field.get_db_prep_value(key, connection, prepared=False) for key in value]

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        left, params, keys = self._sides(compiler, connection)
        return f"{left} IN ({', '.join(['%s'] * len(keys))})", (*params, *keys)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        left, params, keys = self._sides(compiler, connection)
        return f"{left} = ANY(%s)", (*params, keys)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        left, params, keys = self._sides(compiler, connection)
        if not all(type(key) is int or (type(key) is str and "\x00" not in key) for key in keys):
            return self.as_sql(compiler, connection)
        # ruff takes it for values put into SQL; ``left`` is a column's quoted name
        return f"{left} IN (SELECT value FROM json_each(%s))", (*params, json.dumps(keys))  # noqa: S608

    def _sides(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any], list[Any]]:
        left, params = self.process_lhs(compiler, connection)
        _, keys = self.get_db_prep_lookup(self.rhs, connection)
        return left, list(params), keys


def any_of(column: str, keys: list[Any]) -> Any:
    """A filter: ``column`` (an attname, or ``"pk"``) holds one of ``keys``, of which there is at least one."""
    if isinstance(keys[0], tuple):  # a composite key
        return Q(**{f"{column}__in": keys})
    return AnyOf(F(column), keys)
