"""The host's relational database as a source."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from tasks.collector.counting import counted
from tasks.collector.graph import graph
from tasks.collector.harvest import Harvest
from tasks.collector.lines import blocks
from tasks.collector.reading import Reader, reading_alias
from tasks.collector.rows import as_json, read
from tasks.collector.sources.base import Batch, Progress
from tasks.collector.subject import Subject
from tasks.collector.walk import Closure, Walk, walk
from tasks.datamap.stores import Ask
from tasks.datamap.vocabulary import Text


@dataclass(frozen=True)
class DatabaseSource:
    """Everything about a person in Django's models, read at one moment, from the replica where there is one.

    ``raw``: its batches may hold cells as the database has them (``Batch.raw``).
    """

    key: ClassVar[str] = "database"
    title: ClassVar[Text] = _("Database")
    raw: bool = False

    def count(self, subject: Subject) -> dict[str, int]:
        """Rows per label, in data-map order, without fetching any: at most one statement per relation."""
        with Reader() as reader:
            return {model._meta.label: rows for model, rows in counted(harvest(subject, reader)).items()}

    def keys(self, subject: Subject) -> dict[str, list[object]]:
        """The export closure: ``{"app.Model": sorted keys}``, JSON-able."""
        with Reader() as reader:
            found = harvest(subject, reader)
            keys = {model: found.all_keys(model) for model in found.models}
        return {model._meta.label: [as_json(key) for key in them] for model, them in keys.items() if them}

    def gaps(self, subject: Subject) -> dict[str, str]:
        """What could not be searched, label and reason: models whose table is missing."""
        return dict(graph(subject.model, using=reading_alias(subject.using)).gaps)

    def collect(self, subject: Subject, *, progress: Progress | None = None, ask: Ask | None = None) -> Iterator[Batch]:
        """Yield every row about ``subject``, in batches of at most ``batch_rows``.

        Models come in data-map order, owned rows before named ones, each row once, and the rows of one
        batch by primary key. Memory holds one batch, and the keys of rows that others hang on.
        With ``progress`` the rows are counted first.

        Raises:
            SourceUnavailable: the database did not answer.
        """
        with Reader() as reader:
            found = harvest(subject, reader)
            done, total = 0, sum(counted(found).values()) if progress is not None else 0
            for batch in read(found, source=self.key, taken_raw=self.raw):
                yield batch
                done += len(batch.rows)
                if progress is not None:
                    progress(done, total)

    def lines(self, subject: Subject) -> Iterator[bytes]:
        """Yield every row about ``subject`` as lines of JSON, in blocks of whole lines (UTF-8).

        The same rows in the same order of models as ``collect``; faster, since no Python value is made
        where the database writes JSON itself. What is withheld is left out.

        Raises:
            SourceUnavailable: the database did not answer.
        """
        with Reader() as reader:
            yield from blocks(harvest(subject, reader))


def harvest(subject: Subject, reader: Reader) -> Harvest:
    """What an answer to the person is read from: the replica where there is one."""
    there = replace(subject, using=reading_alias(subject.using))
    return Harvest(Walk(there, graph(there.model, using=there.using), reader).inner())


def closure(subject: Subject) -> Closure:
    """The closure as an erasure plans from it: read from the alias that is written to, exempt models included.

    Raises:
        SourceUnavailable: the database did not answer.
    """
    with Reader() as reader:
        return walk(subject, graph(subject.model, using=subject.using), reader)
