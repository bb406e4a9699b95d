"""The host's relational database as a source."""

from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from tasks.collector.graph import graph
from tasks.collector.reading import Reader, reading_alias
from tasks.collector.rows import as_json, data_map_order, read, sort_keys
from tasks.collector.shared import without_others
from tasks.collector.sources.base import Batch, Progress
from tasks.collector.subject import Subject
from tasks.collector.walk import Closure, walk


class DatabaseSource:
    """Everything about a person in Django's models, read at one moment, from the replica where there is one."""

    key = "database"
    title = _("Database")

    def count(self, subject: Subject) -> dict[str, int]:
        """Rows per label, in data-map order, without fetching any."""
        with Reader() as reader:
            keys = exported(subject, reader).keys()
        return {model._meta.label: len(keys[model]) for model in data_map_order(keys)}

    def keys(self, subject: Subject) -> dict[str, list[object]]:
        """The export closure: ``{"app.Model": sorted keys}``, JSON-able."""
        with Reader() as reader:
            keys = exported(subject, reader).keys()
        return {model._meta.label: [as_json(key) for key in sort_keys(keys[model])] for model in data_map_order(keys)}

    def gaps(self, subject: Subject) -> dict[str, str]:
        """What could not be searched, label and reason: models whose table is missing."""
        return dict(graph(subject.model, using=reading_alias(subject.using)).gaps)

    def collect(self, subject: Subject, *, progress: Progress | None = None) -> Iterator[Batch]:
        """Yield every row about ``subject``, in batches of at most ``batch_rows``.

        Models come in data-map order and rows by primary key, owned before named, each once: two
        collections of unchanged data are equal. Memory holds one batch and the keys.

        Raises:
            SourceUnavailable: the database did not answer.
        """
        with Reader() as reader:
            closure = exported(subject, reader)
            keys = closure.keys()
            done, total = 0, sum(len(keys[model]) for model in data_map_order(keys))
            for batch in read(closure, reader, source=self.key):
                yield batch
                done += len(batch.rows)
                if progress is not None:
                    progress(done, total)


def exported(subject: Subject, reader: Reader) -> Closure:
    """The closure as an answer to the person has it: from the replica where there is one, without what is others'."""
    there = replace(subject, using=reading_alias(subject.using))
    return without_others(walk(there, graph(there.model, using=there.using), reader), reader)


def closure(subject: Subject) -> Closure:
    """The closure as an erasure plans from it: read from the alias that is written to, exempt models included.

    Raises:
        SourceUnavailable: the database did not answer.
    """
    with Reader() as reader:
        return walk(subject, graph(subject.model, using=subject.using), reader)
