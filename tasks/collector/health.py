"""Whether every source answers: for the operator, before a person's request finds out."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from django.db import DatabaseError, connections
from django.utils import translation

from tasks.collector.sources.store import StoreSource
from tasks.datamap import registry
from tasks.errors import DossierError, SourceUnavailable

GRACE = 1.0  # seconds: what an adapter says of its own time being over is better than what we can say


@dataclass(frozen=True)
class Health:
    """How one source is: ``said`` is a word or two of its own, or what is wrong. Names no person and no secret."""

    key: str
    well: bool
    said: str = ""


def of_sources(*, using: str) -> Iterator[Health]:
    """Ask the database and every declared source, one after the other; each has its own time to answer."""
    yield _asked("database", partial(_database, using))
    for policy in registry.sources.values():
        yield _asked(policy.key, partial(within, policy.timeout + GRACE, StoreSource(policy).health))


def _asked(key: str, ask: Callable[[], str]) -> Health:
    try:
        return Health(key, well=True, said=" ".join(ask().split()))
    except DossierError as error:
        return Health(key, well=False, said=" ".join(str(error).removeprefix(f"{key}: ").split()))


def _database(using: str) -> str:
    try:
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        raise SourceUnavailable(f"database: {type(error).__name__} in '{using}'.") from error
    return f"{connections[using].vendor}, alias '{using}'"


def within(seconds: float, ask: Callable[[], str]) -> str:
    """The answer of a hook that has so much time; one that does not come back is left behind.

    Raises:
        SourceUnavailable: it took longer, or is not well.
    """
    answers: list[str] = []
    errors: list[Exception] = []

    def work() -> None:
        with translation.override("en"):
            try:
                answers.append(ask())
            except Exception as error:  # noqa: BLE001 - raised again, where somebody waits for it
                errors.append(error)
            finally:
                connections.close_all()  # of this thread

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not answers:
        raise SourceUnavailable(f"No answer within {seconds:g} seconds.")
    return answers[0]
