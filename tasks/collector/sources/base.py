"""What a source is: a place that holds rows about people, and what leaves it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from django.db.models import Model

from tasks.collector.damage import Damage, converted, settled
from tasks.collector.statement import Convert
from tasks.collector.subject import Subject
from tasks.datamap.stores import Ask
from tasks.datamap.vocabulary import Text

Progress = Callable[[int, int], None]  # rows done, rows in all


@dataclass(frozen=True)
class Batch:
    """Some rows of one model or store: what leaves the collector.

    ``columns`` are the attnames of the model's own concrete fields, the primary key first (all its
    columns, where it is composite). A multi-table child holds its own columns only; the parent's
    come as the parent's batch. ``rows`` are Python values in that order, sorted by key.
    ``owned`` says whether the rows are the person's own (by the relations or by ``follow``) or only name them.
    ``shared`` holds the indexes of rows that name another subject as well.
    ``damaged`` tells the cells that are not as they are stored, for nobody could read them.
    ``raw`` are places in the rows whose cells are as the database has them, with what makes values of them; only
    where whoever collects asked for that.
    """

    source: str
    label: str
    model: type[Model] | None
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]] = field(repr=False)  # a log line must not show them
    owned: bool
    key_width: int = 1
    shared: frozenset[int] = frozenset()
    damaged: tuple[Damage, ...] = ()
    raw: tuple[tuple[int, Convert], ...] = field(default=(), repr=False)

    def whole(self) -> "Batch":
        """The same with Python values in all places."""
        if not self.raw:
            return self
        rows, is_whole = converted(self.rows, [(place, or_none(read)) for place, read in self.raw])
        rows, damaged = (rows, ()) if is_whole else settled(rows, self.columns)
        return replace(self, rows=rows, damaged=(*self.damaged, *damaged), raw=())

    def key(self, row: tuple[Any, ...]) -> Any:
        """The primary key of one of ``rows``."""
        return row[0] if self.key_width == 1 else row[: self.key_width]


def or_none(read: Convert) -> Convert:
    """The same for cells of which some are empty."""
    return lambda cell: None if cell is None else read(cell)


class Source(Protocol):
    """A place that holds rows about people: the database, a cache, a service."""

    @property
    def key(self) -> str:
        """Its name in steps, reports and settings: ``"database"``."""

    @property
    def title(self) -> Text:
        """What people read."""

    def count(self, subject: Subject) -> dict[str, int]:
        """Rows per label, without fetching them."""

    def collect(self, subject: Subject, *, progress: Progress | None = None, ask: Ask | None = None) -> Iterator[Batch]:
        """Everything about ``subject``, in batches. ``ask`` is the case's question; the database needs none.

        Raises:
            SourceUnavailable: it did not answer.
        """

    def gaps(self, subject: Subject) -> dict[str, str]:
        """What of it could not be searched, label and reason."""
