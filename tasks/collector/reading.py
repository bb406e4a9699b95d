"""Reading one consistent moment of the host's databases, by plain QuerySets, without taking a lock.

A reader has a connection of its own: the transaction that holds the moment stays open while rows
are streamed, and whoever takes them may write (and commit) meanwhile on the usual connection. What was
read to its end without an error leaves its connection for the next (``tasks.collector.kept``). Inside
a transaction of the caller's there is no moment to choose; the caller's connection is used then.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from types import TracebackType
from typing import Any, Self

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet

from tasks import conf
from tasks.collector import kept
from tasks.collector.anyof import any_of
from tasks.collector.damage import converted, guarded, is_damage, lenient
from tasks.collector.statement import Statement
from tasks.errors import SourceUnavailable

Rows = list[tuple[Any, ...]]
Manner = Callable[[Any, BaseDatabaseWrapper], AbstractContextManager[None]]

PLACEHOLDERS = 500
BEGIN = {
    "sqlite": ("BEGIN DEFERRED",),  # not IMMEDIATE, which would wait for writers and stop them
    "postgresql": (
        (
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; "
            # the same order each time; plans for all rows, not for the first ones
            "SET LOCAL synchronize_seqscans = off; SET LOCAL cursor_tuple_fraction = 1"
        ),
    ),
    "mysql": ("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "START TRANSACTION READ ONLY"),
    "oracle": ("SET TRANSACTION READ ONLY",),
}


def as_ever(cursor: Any, connection: BaseDatabaseWrapper) -> AbstractContextManager[None]:
    """Values as Django takes them."""
    return nullcontext()


class Reader(AbstractContextManager["Reader"]):
    """One moment of each database alias that is asked, from the first question to the end of the ``with``."""

    def __init__(self) -> None:
        self._connections: dict[str, BaseDatabaseWrapper] = {}
        self._opened: list[tuple[BaseDatabaseWrapper, BaseDatabaseWrapper]] = []  # the usual one, and ours
        self.damaged = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for usual, own in self._opened:
            if kind is None and ended(own):
                kept.keep(usual, own)
            else:
                kept.closed(own)  # ends the transaction, and nothing was written
        self._opened.clear()
        self._connections.clear()

    def rows(self, queryset: "QuerySet[Any]", *columns: str, streamed: bool = False) -> Iterator[tuple[Any, ...]]:
        """The columns of the rows of ``queryset``; ``streamed`` where there may be more than fit into memory.

        Raises:
            SourceUnavailable: the database did not answer, or has no such table or column.
        """
        try:
            connection = self.connection(queryset.db)
            query = queryset.values_list(*columns).query
            compiler = query.get_compiler(connection=connection)
            chunked = streamed and streams(connection)
            yield from compiler.results_iter(tuple_expected=True, chunked_fetch=chunked, chunk_size=1_000)
        except DatabaseError as error:
            raise unavailable(queryset.model, queryset.db, error) from error

    def keys(self, queryset: "QuerySet[Any]") -> Iterator[Any]:
        """The primary keys of the rows of ``queryset``, streamed; a composite one is a tuple."""
        columns = key_columns(queryset.model)  # asked for one by one: of a composite "pk" Django converts no part
        for row in self.rows(queryset, *columns, streamed=True):
            yield row[0] if len(columns) == 1 else row

    def ask(
        self,
        statement: Statement,
        *keys: list[Any],
        streamed: bool = False,
        size: int = 2_000,
        how: Manner = as_ever,
    ) -> Iterator[Rows]:
        """The rows that a compiled statement gives for ``keys``, one list per slot; converted where it says so.

        ``streamed`` where there may be more than fit into memory. ``how`` prepares the cursor. A cell
        that nobody can read comes as ``Unreadable``, and ``damaged`` tells that there was one.

        Raises:
            SourceUnavailable: the database did not answer, or has no such table or column.
        """
        connection = self.connection(statement.alias)
        sql, params = statement.bound(connection, keys)
        done = 0
        try:
            try:
                for rows in fetched(connection, sql, params, streamed=streamed, size=size, how=how):
                    done += len(rows)
                    yield self._converted(rows, statement)
            except (DatabaseError, ValueError, ArithmeticError) as error:
                if not is_damage(error, connection):
                    raise
                self.damaged = True
                again = fetched(connection, guarded(sql), params, streamed=streamed, size=size, how=lenient)
                for rows in without_first(again, done):
                    yield self._converted(rows, statement)
        except DatabaseError as error:
            raise unavailable(statement.model, statement.alias, error) from error

    def _converted(self, rows: Rows, statement: Statement) -> Rows:
        found, whole = converted(rows, statement.converters)
        self.damaged = self.damaged or not whole
        return found

    def connection(self, alias: str) -> BaseDatabaseWrapper:
        """The connection that this reader reads ``alias`` with."""
        if alias not in self._connections:
            self._connections[alias] = self._open(alias)
        return self._connections[alias]

    def _open(self, alias: str) -> BaseDatabaseWrapper:
        usual = connections[alias]
        if usual.in_atomic_block or in_memory(usual):
            return usual
        own = kept.take(usual)
        if own is None or not begun(own, usual):
            own = connections.create_connection(alias)
            begin(own, usual)
        self._opened.append((usual, own))
        return own


def begun(own: BaseDatabaseWrapper, usual: BaseDatabaseWrapper) -> bool:
    """Begin on a connection that was kept; False if it broke meanwhile."""
    try:
        begin(own, usual)
    except DatabaseError:
        kept.closed(own)
        return False
    return True


def begin(own: BaseDatabaseWrapper, usual: BaseDatabaseWrapper) -> None:
    """Choose the moment that is read."""
    own.execute_wrappers = usual.execute_wrappers  # whoever watches the alias watches us too
    try:
        with own.cursor() as cursor:
            for statement in BEGIN.get(own.vendor, ()):
                cursor.execute(statement)
    except BaseException:
        kept.closed(own)
        raise


def ended(own: BaseDatabaseWrapper) -> bool:
    """End the transaction, past whoever counts statements; False where the connection is of no use any more."""
    if own.connection is None or own.vendor not in BEGIN:
        return False
    try:
        with own.wrap_database_errors, closing(own.connection.cursor()) as cursor:
            cursor.execute("ROLLBACK")
    except DatabaseError:
        return False
    return True


def fetched(
    connection: BaseDatabaseWrapper, sql: str, params: Any, *, streamed: bool, size: int, how: Manner
) -> Iterator[Rows]:
    """What a statement gives, in lists of at most ``size`` rows."""
    chunked = streamed and streams(connection)
    with (
        connection.chunked_cursor() if chunked else connection.cursor() as cursor,
        how(cursor, connection),
    ):
        cursor.execute(sql, params)
        while rows := cursor.fetchmany(size):
            yield rows
            if len(rows) < size:
                break


def without_first(pieces: Iterator[Rows], n: int) -> Iterator[Rows]:
    """Leave out the first ``n`` rows: the same statement gives the same order again at the same moment."""
    for rows in pieces:
        yield rows[n:]
        n = max(n - len(rows), 0)


def unavailable(model: type[Model], alias: str, error: DatabaseError) -> SourceUnavailable:
    """The error for a database that does not answer; nothing of the statement is in it."""
    return SourceUnavailable(
        f"{model._meta.label} could not be read from database '{alias}' ({type(error).__name__}). Try again; "
        "if it stays so, compare the model with its table."
    )


def plain(model: type[Model], alias: str) -> "QuerySet[Any]":
    """All rows of ``model``, with no manager in between."""
    return QuerySet(model=model, using=alias).order_by()


def key_columns(model: type[Model]) -> tuple[str, ...]:
    """The attnames that make up the primary key: one, or several of a composite key."""
    pk: Any = model._meta.pk
    return tuple(field.attname for field in getattr(model._meta, "pk_fields", [pk]))


def in_memory(connection: BaseDatabaseWrapper) -> bool:
    """Whether a second connection would see another, empty database, or wait for this one."""
    return connection.vendor == "sqlite" and bool(connection.is_in_memory_db())  # type: ignore[attr-defined]


def streams(connection: BaseDatabaseWrapper) -> bool:
    """Whether rows may be fetched in chunks by a cursor of the server."""
    return not connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS", False)


def reading_alias(using: str) -> str:
    """The alias to read what lives in ``using``: its replica where there is one."""
    home = "subjects" if "subjects" in connections else DEFAULT_DB_ALIAS
    return "replica" if using == home and "replica" in connections else using


def holding(rows: "QuerySet[Any]", column: str, keys: Collection[Any]) -> "Iterator[QuerySet[Any]]":
    """``rows`` whose ``column`` holds one of ``keys``, for as many keys at a time as one statement takes."""
    keys = list(keys)
    one_parameter = connections[rows.db].vendor in ("postgresql", "sqlite") and type(next(iter(keys), 0)) is not tuple
    for some in batches(keys, conf.key_batch if one_parameter else 0):  # a composite key is several placeholders
        yield rows.filter(any_of(column, some))


def batches(keys: list[Any], size: int = 0) -> Iterator[list[Any]]:
    """``keys`` in lists of at most ``size``, by default what each with a placeholder of its own may be many."""
    size = size or min(conf.key_batch, PLACEHOLDERS)
    return (keys[start : start + size] for start in range(0, len(keys), size))
