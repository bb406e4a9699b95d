"""A reader's connection, kept for the next person: a new one costs PostgreSQL as much as all rows of somebody ordinary.

It lives as long as the usual connection of its thread and database, beside which it was opened. Whoever closes that
one (Django at the end of a request, by ``CONN_MAX_AGE`` or after an error; Celery around a task; a test) closes both.
"""

import os
from contextlib import suppress
from functools import wraps
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary, WeakSet

from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper


class Kept(NamedTuple):
    """An idle connection, and what the usual one was connected by when it was put aside."""

    own: BaseDatabaseWrapper
    beside: Any


_kept: WeakKeyDictionary[BaseDatabaseWrapper, Kept] = WeakKeyDictionary()
_tied: WeakSet[BaseDatabaseWrapper] = WeakSet()
_inherited: list[Kept] = []  # by a fork: the other process's, neither to be used nor closed here


def take(usual: BaseDatabaseWrapper) -> BaseDatabaseWrapper | None:
    """The connection that was kept beside ``usual``, which is the caller's now; None where there is none."""
    kept = _kept.pop(usual, None)
    if kept is None:
        return None
    if kept.beside is usual.connection and kept.own.connection is not None:
        return kept.own
    closed(kept.own)
    return None


def keep(usual: BaseDatabaseWrapper, own: BaseDatabaseWrapper) -> None:
    """Put ``own`` aside, in no transaction, for the next reader; close it where ``usual`` is not there to end with."""
    if usual.connection is None or usual in _kept or own.errors_occurred:
        closed(own)
        return
    if usual not in _tied:
        tie(usual)
    _kept[usual] = Kept(own, usual.connection)


def tie(usual: BaseDatabaseWrapper) -> None:
    """Have ``usual.close()`` close what is kept beside it."""
    close = usual.close

    @wraps(close)
    def close_both() -> None:
        if kept := _kept.pop(usual, None):
            closed(kept.own)
        close()

    usual.close = close_both  # type: ignore[method-assign]
    _tied.add(usual)


def closed(own: BaseDatabaseWrapper) -> None:
    """Close it; that it is broken is no error here."""
    with suppress(Error):
        own.close()


def inherit() -> None:
    """In a process that was forked: leave alone what is the other's."""
    _inherited.extend(_kept.values())
    _kept.clear()


os.register_at_fork(after_in_child=inherit)
