"""Cells that cannot be read as what their column says: told one by one, so that the other rows come.

A date beyond Python's years, bytes that are no UTF-8, text that is no JSON: databases hold such things.
"""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.module_loading import import_string

from tasks.collector.statement import Convert

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Damage:
    """One cell that is not as it is stored: empty instead, or with replacement characters in its text.

    ``row`` is the row's index in its batch; ``reason`` the name of the error, never a value.
    """

    row: int
    column: str
    reason: str


class Unreadable:
    """Stands in for a cell until the batch is made."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


class Mended(str):
    """A text in which bytes that mean nothing were replaced."""

    __slots__ = ()


def converted(rows: list[Row], converters: Sequence[tuple[int, Convert]]) -> tuple[list[Row], bool]:
    """Make Python values of the cells, column by column; whether each could be made. Others become ``Unreadable``."""
    if not converters or not rows:
        return rows, True
    columns: list[Any] = list(zip(*rows, strict=True))
    whole = True
    for place, convert in converters:
        try:
            columns[place] = list(map(convert, columns[place]))
        except Exception:  # noqa: BLE001 - the host's fields raise what they like
            columns[place] = [one(cell, convert) for cell in columns[place]]
            whole = False
    return list(zip(*columns, strict=True)), whole


def one(cell: Any, convert: Convert) -> Any:
    """One cell's value."""
    if isinstance(cell, Unreadable):
        return cell
    try:
        return convert(cell)
    except Exception as error:  # noqa: BLE001 - as above
        return Unreadable(type(error).__name__)


def settled(rows: list[Row], columns: tuple[str, ...]) -> tuple[list[Row], tuple[Damage, ...]]:
    """The rows with nothing but values in them, and which cells are not as they are stored.

    Looks at every cell: for rows of a reader that met damage.
    """
    found: list[Damage] = []
    for number, row in enumerate(rows):
        if any(type(cell) in (Unreadable, Mended) for cell in row):
            found += [
                Damage(number, name, reason(cell)) for name, cell in zip(columns, row, strict=True) if reason(cell)
            ]
            rows[number] = tuple(plain(cell) for cell in row)
    return rows, tuple(found)


def reason(cell: Any) -> str:
    if isinstance(cell, Mended):
        return "UnicodeDecodeError"
    return cell.reason if isinstance(cell, Unreadable) else ""


def plain(cell: Any) -> Any:
    if isinstance(cell, Mended):
        return str(cell[:])
    return None if isinstance(cell, Unreadable) else cell


def unguarded(column: str) -> str:
    """A column in SQL that is taken to hold no bytes, until a statement fails because it does."""
    return f"/*<*/{column}/*>*/"


def guarded(sql: str) -> str:
    """The statement that failed, now with a look at each cell that may hold bytes: JSON takes none."""
    return re.sub(r"/\*<\*/(.*?)/\*>\*/", r"CASE typeof(\1) WHEN 'blob' THEN CAST(\1 AS TEXT) ELSE \1 END", sql)


def is_damage(error: Exception, connection: BaseDatabaseWrapper) -> bool:
    """Whether the driver could not make a value of one cell, as opposed to a database that does not answer."""
    if not isinstance(error, DatabaseError):
        return True  # of the functions that Django gives SQLite's driver for dates
    if connection.vendor == "sqlite":
        return "decode" in str(error) or "BLOB" in str(error)
    return connection.vendor == "postgresql" and getattr(error.__cause__, "sqlstate", "") is None


@contextmanager
def lenient(cursor: Any, connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Let the driver give something for every cell. Slower, so only where reading failed."""
    raw: Any = connection.connection
    if connection.vendor == "sqlite":
        known, factory = dict(sqlite3.converters), raw.text_factory
        raw.text_factory = mended
        sqlite3.converters.update({name: forgiven(function) for name, function in known.items()})
        try:
            yield
        finally:
            raw.text_factory = factory
            sqlite3.converters.update(known)
    else:
        for name in ("date", "time", "timestamp", "timestamptz", "timetz", "interval"):
            cursor.adapters.register_loader(name, forgiving(cursor.adapters, name))
        yield


@contextmanager
def as_texts(cursor: Any, connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Take numbers, moments and UUIDs of PostgreSQL as the texts that it sends; other databases as ever."""
    if connection.vendor == "postgresql":
        loader = import_string("psycopg.types.string.TextLoader")  # by name: the engine needs nothing beyond Django
        for name in ("numeric", "uuid", "date", "timestamptz"):
            cursor.adapters.register_loader(name, loader)
    yield


def mended(data: bytes) -> str:
    """Text of bytes, some of which may be no text."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return Mended(data.decode(errors="replace"))


def forgiven(function: Convert) -> Convert:
    """A function that gives ``Unreadable`` where it would raise: nobody else who reads meanwhile is worse off."""

    def read(data: Any) -> Any:
        try:
            return function(data)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next row can be read
            return Unreadable(type(error).__name__)

    return read


def forgiving(adapters: Any, name: str) -> Any:
    """A loader of psycopg that gives ``Unreadable`` where its own would raise."""
    form = import_string("psycopg.pq.Format").TEXT
    loader: Any = adapters.get_loader(adapters.types[name].oid, form)

    class Forgiving:
        format = form

        def __init__(self, oid: int, context: Any = None) -> None:
            self.load = forgiven(loader(oid, context).load)

    return Forgiving
