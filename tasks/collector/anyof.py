"""``column = ANY(keys)`` in one parameter, however many keys there are.

A list of a thousand placeholders is parsed and planned anew for each length; one array is not.
"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Field, IntegerField, Lookup, Q
from django.db.models.sql.compiler import SQLCompiler

if TYPE_CHECKING:
    Base = Lookup[Any]
else:
    Base = Lookup
Sql = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Slot:
    """The place of keys in a statement that is compiled once and asked often."""

    number: int

    @property
    def token(self) -> str:
        """What stands in the statement until keys are put there."""
        return f"/*keys {self.number}*/"


class AnyOf(Base):
    """A condition: the column holds one of the keys. Array on PostgreSQL, JSON on SQLite, else ``IN``."""

    lookup_name = "any_of"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        return "%s", as_stored(self.lhs.output_field, value, connection)

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        left, params = self.process_lhs(compiler, connection)
        if isinstance(self.rhs, Slot):
            return f"{left} {self.rhs.token}", (*params, self.rhs)
        fragment, keys = is_one_of(self.lhs.output_field, list(self.rhs), connection)
        return f"{left} {fragment}", (*params, *keys)


def any_of(column: str, keys: list[Any]) -> Any:
    """A filter: ``column`` (an attname, or ``"pk"``) holds one of ``keys``, of which there is at least one."""
    if isinstance(keys[0], tuple):  # a composite key
        return Q(**{f"{column}__in": keys})
    return AnyOf(F(column), keys)


def is_one_of(field: "Field[Any, Any]", keys: list[Any], connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
    """The right side of the condition with its parameters."""
    integers = isinstance(end_of(field), IntegerField)
    stored = keys if integers and set(map(type, keys)) == {int} else as_stored(field, keys, connection)
    if len(stored) == 1:
        return "= %s", stored
    if connection.vendor == "postgresql":
        if stored is keys:  # one text is made faster than a list of numbers
            return "= ANY(%s::bigint[])", ["{" + ",".join(map(str, stored)) + "}"]
        return "= ANY(%s)", [stored]
    if connection.vendor == "sqlite" and (stored is keys or all(is_plain(key) for key in stored)):
        return "IN (SELECT value FROM json_each(%s))", [json.dumps(stored)]
    return f"IN ({', '.join(['%s'] * len(stored))})", stored


def as_stored(field: "Field[Any, Any]", keys: Any, connection: BaseDatabaseWrapper) -> list[Any]:
    """Keys as the database's driver takes them."""
    return [field.get_db_prep_value(key, connection, prepared=False) for key in keys]


def end_of(field: Any) -> Any:
    """The column that a foreign key holds the values of."""
    while field.is_relation:
        field = field.target_field
    return field


def is_plain(key: Any) -> bool:
    """Whether SQLite reads a key back from JSON as it was."""
    return type(key) is int or (type(key) is str and "\x00" not in key)
