"""How fields of rows that stay are changed inside a transaction."""

from typing import Any

from django.db import connections
from django.db.models import Model

from tasks.collector.anyof import any_of
from tasks.collector.reading import key_columns
from tasks.datamap import FieldStrategy
from tasks.erasure.fits import checked, is_same_for_all, where
from tasks.erasure.keys import pk_fields, plain
from tasks.erasure.steps import Step
from tasks.errors import DeclarationError

Values = tuple[Any, ...]
TRIES = 20  # to find a value that nobody has yet


def change(step: Step, keys: list[Any], *, using: str, salt: bytes) -> None:
    """Carry out the field strategies of ``step``: by set where the new value does not need the old one.

    Raises:
        DeclarationError: a strategy gave what its column does not take; the transaction has to be rolled back.
    """
    rows = plain(step.model, using).filter(any_of("pk", keys))
    fields: dict[str, tuple[Any, FieldStrategy]] = {}
    for name, strategy in step.changes.items():
        field: Any = step.model._meta.get_field(name)
        fields[name] = (field, strategy.for_run(salt, field=field, using=using))
    same = {name: s.value(field, None) for name, (field, s) in fields.items() if is_same_for_all(field, s)}
    single = [pair for name, pair in fields.items() if name not in same]
    if single:
        _one_by_one(step.model, rows, single, using=using)
    if same:
        rows.update(**same)


def _one_by_one(model: type[Model], rows: Any, fields: list[tuple[Any, FieldStrategy]], *, using: str) -> None:
    """Each row's new values from its old ones, in one statement that is prepared once."""
    width = len(key_columns(model))
    columns = [field.attname for field, _ in fields]
    found: list[Values] = []
    taken: set[tuple[str, Any]] = set()
    for row in list(rows.values_list(*key_columns(model), *columns)):
        key = row[0] if width == 1 else row[:width]
        new = tuple(
            _new(model, field, strategy, old, taken, using=using)
            for (field, strategy), old in zip(fields, row[width:], strict=True)
        )
        ready = (_prepared(field, value, using) for (field, _), value in zip(fields, new, strict=True))
        found.append((*ready, *(_key(f, part, using) for f, part in zip(pk_fields(model), parts(key), strict=True))))
    _write(model, [field for field, _ in fields], found, using=using)


def _new(
    model: type[Model], field: Any, strategy: FieldStrategy, old: Any, taken: set[tuple[str, Any]], *, using: str
) -> Any:
    """A value that fits; in a unique column one that nobody has."""
    for _ in range(TRIES):
        value = checked(model, field, strategy, old, using=using)
        if not field.unique or value is None or value == old:
            return value
        free = (field.name, value) not in taken and not plain(model, using).filter(**{field.name: value}).exists()
        if free:
            taken.add((field.name, value))
            return value
    raise DeclarationError(
        f"{where(model, field, strategy)}: wanted a value that no other row has, found a taken one {TRIES} times."
    )


def _prepared(field: Any, value: Any, using: str) -> Any:
    return field.get_db_prep_save(value, connections[using])


def _write(model: type[Model], fields: list[Any], rows: list[Values], *, using: str) -> None:
    connection = connections[using]
    quoted = connection.ops.quote_name
    keys: list[Any] = [model._meta.get_field(name) for name in key_columns(model)]
    sets = ", ".join(f"{quoted(field.column)} = %s" for field in fields)
    wheres = " AND ".join(f"{quoted(key.column)} = %s" for key in keys)
    sql = f"UPDATE {quoted(model._meta.db_table)} SET {sets} WHERE {wheres}"  # noqa: S608 - quoted names only
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)


def parts(key: Any) -> Values:
    return key if isinstance(key, tuple) else (key,)


def _key(field: Any, value: Any, using: str) -> Any:
    return field.get_db_prep_value(value, connections[using])
