"""Keys and a few columns as the database stores them: no converter between, which would cost more than the question.

What is read here is compared with itself only (fingerprints), never shown. Moments are read in a form
that does not depend on the time zone of the connection.
"""

from typing import Any

from django.db import connections
from django.db.models import DateField, IntegerField, Model, QuerySet
from django.db.models.sql import DeleteQuery

from tasks.collector.anyof import any_of
from tasks.collector.reading import key_columns
from tasks.datamap.relations import Kind, outgoing
from tasks.erasure.keys import pk_fields, plain

Columns = tuple[str, ...]
Stored = tuple[Any, ...]  # the primary key, then each column as a text
RETURNS = ("postgresql", "sqlite")


def stored(model: type[Model], keys: list[Any], columns: Columns, *, using: str) -> list[Stored]:
    """Key and columns of the rows that exist."""
    sql, params = deletion(plain(model, using).filter(any_of("pk", keys)), using=using)
    return fetched(f"SELECT {selected(model, columns, using)} {sql}", params, model, using=using)


def delete_returning(rows: "QuerySet[Any]", columns: Columns, *, using: str) -> list[Stored]:
    """Delete by set; key and columns of the rows that went, from the same statement where the database can."""
    model = rows.model
    sql, params = deletion(rows, using=using)
    names = selected(model, columns, using)
    if connections[using].vendor in RETURNS:
        return fetched(f"DELETE {sql} RETURNING {names}", params, model, using=using)
    there = fetched(f"SELECT {names} {sql}", params, model, using=using)
    loosen(rows, using=using)
    with connections[using].cursor() as cursor:
        cursor.execute(f"DELETE {sql}", params)
    return there


def delete_plainly(rows: "QuerySet[Any]", *, using: str) -> None:
    """Delete by set."""
    loosen(rows, using=using)
    rows._raw_delete(using)


def loosen(rows: "QuerySet[Any]", *, using: str) -> None:
    """Clear keys among the rows of one table where the database looks at each row as it goes, as MariaDB does.

    Others look at the end of the statement or of the transaction, when parent and child are both gone.
    """
    if connections[using].features.can_defer_constraint_checks:
        return
    model: Any = rows.model
    own = (relation for relation in outgoing(model) if relation.target is model and relation.kind is Kind.KEY)
    nullable = [relation.column for relation in own if model._meta.get_field(relation.name).null]
    if nullable:
        rows.update(**dict.fromkeys(nullable))


def deletion(rows: "QuerySet[Any]", *, using: str) -> tuple[str, Any]:
    """What follows ``DELETE`` in the statement that deletes ``rows`` of one table, and its parameters."""
    query = rows.query.clone()
    query.__class__ = DeleteQuery
    sql, params = query.get_compiler(using).as_sql()
    return sql.removeprefix("DELETE "), params


def selected(model: type[Model], columns: Columns, using: str) -> str:
    """The key's columns as they are, and ``columns`` as texts."""
    quoted = connections[using].ops.quote_name
    fields: list[Any] = [model._meta.get_field(name) for name in key_columns(model)]
    keys = [quoted(field.column) for field in fields]
    return ", ".join([*keys, *(as_text(model._meta.get_field(name), using) for name in columns)])


def as_text(field: Any, using: str) -> str:
    """A column as a text that is the same on every connection to this database."""
    connection = connections[using]
    column = connection.ops.quote_name(field.column)
    if connection.vendor == "postgresql":
        return f"EXTRACT(EPOCH FROM {column})::text" if isinstance(field, DateField) else f"{column}::text"
    return f"CAST({column} AS {'TEXT' if connection.vendor == 'sqlite' else 'CHAR'})"


def fetched(sql: str, params: Any, model: type[Model], *, using: str) -> list[Stored]:
    """The rows of a statement, each with its key first: one value, or a tuple of several columns."""
    with connections[using].cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[Stored] = cursor.fetchall()
    fields = pk_fields(model)
    if len(fields) == 1:
        return rows if isinstance(fields[0], IntegerField) else list(zip(*_columns(fields[0], rows), strict=True))
    width = len(fields)
    parts = [tuple(field.to_python(part) for field, part in zip(fields, row, strict=False)) for row in rows]
    return [(key, *row[width:]) for key, row in zip(parts, rows, strict=True)]


def _columns(field: Any, rows: list[Stored]) -> list[Any]:
    """The rows turned by a quarter, with the keys as the model has them."""
    if not rows:
        return []
    keys, *others = zip(*rows, strict=True)
    return [[field.to_python(key) for key in keys], *others]
