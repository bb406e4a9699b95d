"""One tie, some keys: the questions that are asked of the database."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connections
from django.db.models import CharField, IntegerField, Model, TextField

from tasks.collector.anyof import any_of
from tasks.collector.graph import Graph
from tasks.collector.match import matched
from tasks.collector.reading import Reader, batches, plain
from tasks.collector.subject import Subject
from tasks.datamap.relations import Kind, Relation
from tasks.datamap.ties import Tie

TEXTS = (CharField, TextField)  # with no ideas of their own about what they hold
FEW = 200  # composite keys of one statement: SQLite takes expressions of a thousand levels


class Lookups:
    """Answers which rows a tie leads to."""

    def __init__(self, subject: Subject, graph: Graph, reader: Reader) -> None:
        self.subject, self.graph, self.reader = subject, graph, reader

    def find(self, tie: Tie, keys: list[Any]) -> Iterator[Any]:
        """Primary keys of the rows of ``tie.model`` that it ties to the rows with ``keys``.

        A key may come more than once.
        """
        if tie.match is not None:
            for queryset in matched(tie.model, tie.match, tie.name, self.subject, alias=self.graph.alias(tie.model)):
                yield from self.reader.keys(queryset)
            return
        for batch in batches(keys):
            if tie.relation is None:
                yield from self.along_path(tie, batch)
            else:
                yield from self.along(tie.relation, batch)

    def along(self, relation: Relation, keys: list[Any]) -> Iterator[Any]:
        """Along a relation of the host's models."""
        rows = plain(relation.model, self.graph.alias(relation.model))
        if relation.kind is Kind.GENERIC:
            yield from self.along_generic(relation, keys)
        elif relation.kind is Kind.JOIN:
            targets = plain(relation.target, rows.db).filter(any_of("pk", keys))
            yield from self.reader.keys(rows.filter(**{f"{relation.name}__in": targets}))
        elif values := keys if relation.to_key else self.values(relation, keys):
            yield from self.reader.keys(rows.filter(any_of(relation.column, values)))

    def along_generic(self, relation: Relation, keys: list[Any]) -> Iterator[Any]:
        """Along a generic key: its content type is the target's, its object id one of the keys."""
        types = self.content_types(relation)
        object_id: Any = relation.model._meta.get_field(relation.column)
        ids = as_object_ids(object_id, keys, connections[self.graph.alias(relation.model)])
        if types and ids:
            rows = plain(relation.model, self.graph.alias(relation.model))
            yield from self.reader.keys(
                rows.filter(any_of(relation.column, ids), **{f"{relation.content_type}__in": types})
            )

    def along_path(self, tie: Tie, keys: list[Any]) -> Iterator[Any]:
        """Along a declared path, by joins."""
        yield from self.reader.keys(plain(tie.model, self.graph.alias(tie.model)).filter(**{f"{tie.path}__in": keys}))

    def values(self, relation: Relation, keys: list[Any]) -> list[Any]:
        """What a key that is no primary key (``to_field``) holds in the rows with ``keys``."""
        rows = plain(relation.target, self.graph.alias(relation.target)).filter(any_of("pk", keys))
        return [value for (value,) in self.reader.rows(rows, relation.to) if value is not None]

    def content_types(self, relation: Relation) -> list[int]:
        """The content types that stand for the target in this generic key."""
        table = self.known_types
        return [table[name] for name in names_of(relation) if name in table]

    def by_composite_key(self, model: type[Model], keys: Any, columns: Any) -> Iterator[list[tuple[Any, ...]]]:
        """The columns of the rows whose key has several columns: each has placeholders of its own."""
        for batch in batches(list(keys), FEW):
            queryset = plain(model, self.graph.alias(model)).filter(any_of("pk", batch))
            yield list(self.reader.rows(queryset, *columns))

    @cached_property
    def known_types(self) -> dict[tuple[str, str], int]:
        """All content types, read and never made: ``{(app label, model name): id}``."""
        from django.contrib.contenttypes.models import ContentType

        rows = self.reader.rows(plain(ContentType, self.graph.using), "app_label", "model", "pk")
        return {(app_label, model): pk for app_label, model, pk in rows}


def names_of(relation: Relation) -> list[tuple[str, str]]:
    """App label and model name of each content type that may stand for the target in this generic key."""
    target = relation.target
    names = [target._meta] if relation.for_concrete_model else [target._meta, *proxies(target)]
    return [(name.app_label, name.model_name or "") for name in names]


def proxies(model: type[Model]) -> list[Any]:
    """The ``_meta`` of every proxy of ``model``: a generic key may name it by one of them."""
    from django.apps import apps

    return [other._meta for other in apps.get_models() if other._meta.proxy and other._meta.concrete_model is model]


def as_object_ids(field: Any, keys: list[Any], connection: Any) -> list[Any]:
    """``keys`` as the object id field stores them; those that it cannot store are left out."""
    number = isinstance(field, IntegerField)
    if type(field) in TEXTS:
        return [str(key) for key in keys]
    low, high = connection.ops.integer_field_range(field.get_internal_type()) if number else (None, None)
    found = []
    for key in keys:
        try:
            value = field.to_python(stored(key, number=number))
        except (TypeError, ValueError, ValidationError):
            continue
        if low is None or high is None or low <= value <= high:
            found.append(value)
    return found


def stored(key: Any, *, number: bool) -> Any:
    """A key as Django hands it to the field of an object id."""
    if isinstance(key, UUID) and number:
        return key.int
    return key if isinstance(key, int) else str(key)
