"""Tables that hold rows as they were: what they copy, read off the models of history libraries.

django-simple-history gives each model a twin with the same columns and keys that do nothing
(``HistoricalOrder``); django-reversion keeps serialized rows in one table, by generic key. Both hold
everything about a person once more, and neither goes with the row. Whatever else keeps copies is
named by hand, with ``datamap.history``.
"""

from functools import cache
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import DO_NOTHING, Model

HISTORY = "HISTORY"  # stands for an ``on_delete``: a copy goes with the row that it copies
SERIALIZED = {("reversion", "version")}  # app and model: rows as text, by generic key


class Copy(NamedTuple):
    """Rows of a table are copies of rows of ``origin``; its field ``key`` holds the primary key of the row."""

    origin: type[Model]
    key: str


by_hand: dict[type[Model], Copy] = {}


def copy_of(model: type[Model] | None) -> Copy | None:
    """What rows of ``model`` are copies of."""
    return by_hand.get(model) or by_library().get(model) if model is not None else None


@cache
def by_library() -> dict[type[Model], Copy]:
    """The twins that django-simple-history made."""
    found: dict[type[Model], Copy] = {}
    for origin in apps.get_models():
        name = getattr(origin._meta, "simple_history_manager_attribute", "")
        if name:
            twin, pk = getattr(origin, name).model, origin._meta.pk
            concrete: Any = origin._meta.concrete_model or origin
            found[twin] = Copy(concrete, pk.name if pk else "id")
    return found


def is_serialized(model: type[Model]) -> bool:
    """Whether the table holds copies as text, tied by a generic key."""
    return (model._meta.app_label, model._meta.model_name) in SERIALIZED


def is_copy(model: type[Model]) -> bool:
    """Whether the table holds nothing but copies of rows of other tables, or what hangs on such copies."""
    return copy_of(model) is not None or is_serialized(model) or is_part_of_copy(model)


def is_part_of_copy(model: type[Model]) -> bool:
    """Whether each row belongs to a copy: a many-to-many as it was."""
    return any(is_part(field) for field in model._meta.local_fields)


def is_part(field: Any) -> bool:
    """Whether a key that does nothing and is held by no constraint leads to a copy."""
    remote = field.remote_field
    loose = remote is not None and getattr(remote, "on_delete", None) is DO_NOTHING and not field.db_constraint
    return bool(loose and isinstance(remote.model, type) and copy_of(remote.model))


def original(field: Any) -> Any:
    """The key that ``field`` of a twin is a copy of; None where it is the twin's own."""
    copy = copy_of(getattr(field, "model", None))
    if copy is None or getattr(field.remote_field, "on_delete", None) is not DO_NOTHING:
        return None
    return next((f for f in copy.origin._meta.concrete_fields if f.name == field.name), None)
