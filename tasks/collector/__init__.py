"""A person to rows, from every source: the database today, caches and services beside it."""

from collections.abc import Iterator

from tasks.collector.sources.base import Batch, Progress, Source
from tasks.collector.sources.database import DatabaseSource, closure
from tasks.collector.sources.store import StoreSource
from tasks.collector.store_lines import store_lines
from tasks.collector.subject import Subject, subject_model
from tasks.collector.waiting import patiently
from tasks.collector.walk import Closure
from tasks.datamap import registry
from tasks.errors import DossierError

__all__ = [
    "Batch",
    "Closure",
    "Progress",
    "Source",
    "StoreSource",
    "Subject",
    "closure",
    "collect",
    "count",
    "gaps",
    "keys",
    "lines",
    "patiently",
    "source",
    "sources",
    "store",
    "store_lines",
    "stores",
    "subject_model",
]

_database = DatabaseSource()


def sources() -> list[Source]:
    """Every place that is searched, in the order of the report."""
    return [_database, *stores()]


def stores() -> list[StoreSource]:
    """The declared stores and services beyond the database, in the order of the data map."""
    return [StoreSource(policy) for policy in registry.sources.values()]


def source(key: str, *, raw: bool = False) -> Source:
    """The source with this key. ``raw`` lets the database's batches hold cells as it has them (``Batch.raw``).

    Raises:
        DossierError: there is none (any more).
    """
    return DatabaseSource(raw=raw) if key == DatabaseSource.key else store(key)


def store(key: str) -> StoreSource:
    """The store or service with this key.

    Raises:
        DossierError: there is none (any more).
    """
    policy = registry.sources.get(key)
    if policy is None:
        raise DossierError(f"No source '{key}' is declared (any more). Declare it again, or leave it out of the case.")
    return StoreSource(policy)


def collect(subject: Subject, *, progress: Progress | None = None) -> Iterator[Batch]:
    """Yield everything that is held about ``subject``, source by source, in batches.

    The database is read from the alias ``replica`` where it exists, at one consistent moment.
    ``progress`` is called after each batch with the rows done and the rows in all of its source.

    Raises:
        SourceUnavailable: a source did not answer.

    Source: GDPR art. 15(1), 15(3).
    """
    for each in sources():
        yield from each.collect(subject, progress=progress)


def keys(subject: Subject) -> dict[str, list[object]]:
    """The export closure in the database: ``{"app.Model": sorted keys}``, JSON-able, in data-map order."""
    return _database.keys(subject)


def lines(subject: Subject) -> Iterator[bytes]:
    """Yield everything that the database holds about ``subject`` as JSON lines, the fastest way there is.

    Blocks of whole lines in UTF-8, each line with a newline at its end: ``b"".join(lines(subject))`` is the file.
    One line: ``{"model": …, "pk": …, "owned": …, "values": {…}}``.

    Raises:
        SourceUnavailable: the database did not answer.
    """
    yield from _database.lines(subject)


def count(subject: Subject) -> dict[str, int]:
    """How many rows are held per label, over all sources, without fetching them."""
    return {label: rows for each in sources() for label, rows in each.count(subject).items()}


def gaps(subject: Subject) -> dict[str, str]:
    """What could not be searched, label and reason."""
    return {label: why for each in sources() for label, why in each.gaps(subject).items()}
