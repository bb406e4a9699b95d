"""Primary keys as JSON and back, and sets of them in handy pieces."""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from django.apps import apps
from django.db.models import Model, QuerySet

from tasks.collector.rows import as_json, sort_keys

__all__ = ["as_json", "from_data", "model_of", "pieces", "pk_fields", "plain", "sort_keys"]
STATEMENT = 2_000  # keys of one statement; most databases take them as one array
Item = TypeVar("Item")


def from_data(model: type[Model], data: Any) -> Any:
    """Return the key that ``as_json`` wrote, in the type that the model's rows have."""
    fields = pk_fields(model)
    if isinstance(data, list):
        return tuple(field.to_python(part) for field, part in zip(fields, data, strict=True))
    return fields[0].to_python(data)


@cache
def pk_fields(model: type[Model]) -> tuple[Any, ...]:
    """The columns of a model's key, seen through links to parents."""
    return tuple(_behind(field) for field in getattr(model._meta, "pk_fields", [model._meta.pk]))


def _behind(field: Any) -> Any:
    while field.is_relation:
        field = field.target_field
    return field


def pieces(items: Iterable[Item], size: int = STATEMENT) -> Iterator[list[Item]]:
    """Cut ``items`` into lists of at most ``size``."""
    rest = iter(items)
    while piece := list(islice(rest, size)):
        yield piece


def plain(model: type[Model], using: str) -> "QuerySet[Any]":
    """All rows of a table: no manager stands between, and no order costs anything."""
    return QuerySet(model=model, using=using).order_by()


def model_of(label: str) -> type[Model]:
    """The model with this label, automatic many-to-many tables included."""
    return apps.get_model(label)
