"""How the host's models hang together, read off ``_meta``: facts only, no declaration and no database.

A relation is read from the row that holds the key (``model``) to the row that it names
(``target``). Proxies stand for their concrete model. Automatic many-to-many tables are models
like any other, so that a many-to-many is two relations of its table.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Model

from tasks.datamap import copies
from tasks.datamap.copies import HISTORY


class Kind(StrEnum):
    """What sort of tie a relation is."""

    KEY = "key"  # a foreign key or one-to-one
    CHILD = "child"  # the parent link of a multi-table child: the child hangs on the parent
    PARENT = "parent"  # the same link the other way: the parent row is the same thing as the child's
    JOIN = "join"  # a relation over several columns
    GENERIC = "generic"  # content type and object id


@dataclass(frozen=True)
class Relation:
    """Rows of ``model`` are found from rows of ``target``.

    ``column`` of ``model`` equals ``to`` of ``target`` (attnames). For a generic key ``column`` is
    the object id, ``content_type`` the attname of its other half, and ``declared`` whether the
    target has a ``GenericRelation`` for it.
    """

    model: type[Model]
    target: type[Model]
    name: str
    kind: Kind
    on_delete: str
    column: str
    to: str
    content_type: str = ""
    declared: bool = False
    for_concrete_model: bool = True

    @property
    def cascades(self) -> bool:
        """Whether deleting the target's row takes this row along."""
        return self.on_delete in CASCADES

    @property
    def to_key(self) -> bool:
        """Whether it names the target by its primary key."""
        pk = self.target._meta.pk
        return pk is not None and self.to in ("pk", pk.attname)

    def __str__(self) -> str:
        return f"{self.model._meta.label}.{self.name} [{self.on_delete}]"


CASCADES = {"CASCADE", "DB_CASCADE", "GENERIC_RELATION", "PARENT", HISTORY}
CLEARS = {"SET_NULL", "SET_DEFAULT", "SET", "DB_SET_NULL", "DB_SET_DEFAULT"}  # the row stays, its key goes
KNOWN = (
    "CASCADE",
    "PROTECT",
    "RESTRICT",
    "SET_NULL",
    "SET_DEFAULT",
    "DO_NOTHING",
    "DB_CASCADE",  # Django 6.1
    "DB_SET_NULL",
    "DB_SET_DEFAULT",
)


def concrete_models() -> list[type[Model]]:
    """Every model with a table of its own, by label."""
    found = [
        model
        for model in apps.get_models(include_auto_created=True)
        if not (model._meta.proxy or model._meta.swapped or model._meta.abstract)
    ]
    return sorted(found, key=lambda model: model._meta.label)


def concrete(model: Any) -> type[Model]:
    """The concrete model of a class or proxy."""
    found: type[Model] = model._meta.concrete_model or model
    return found


@cache
def relations() -> tuple[Relation, ...]:
    """Every relation between installed models, in a stable order."""
    installed = concrete_models()
    return tuple(
        relation
        for model in installed
        for relation in (*keys(model), *copied(model), *parents(model), *generic_keys(model, installed))
    )


def incoming(target: type[Model]) -> tuple[Relation, ...]:
    """The relations that lead to rows from rows of ``target``."""
    return _incoming().get(concrete(target), ())


@cache
def outgoing(model: type[Model]) -> tuple[Relation, ...]:
    """The relations whose keys stand in rows of ``model``, and the link from a parent to its children."""
    return tuple(relation for relation in relations() if relation.model is model)


@cache
def _incoming() -> dict[type[Model], tuple[Relation, ...]]:
    found: dict[type[Model], list[Relation]] = {}
    for relation in relations():
        found.setdefault(relation.target, []).append(relation)
    return {target: tuple(them) for target, them in found.items()}


def keys(model: type[Model]) -> Iterator[Relation]:
    """The foreign keys and one-to-one fields in the model's own table."""
    links = {link.name for link in model._meta.parents.values() if link is not None and concrete(link.model) is model}
    fields: list[Any] = list(model._meta.local_fields)
    for field in fields:
        remote = field.remote_field
        if remote is None or not (field.many_to_one or field.one_to_one) or not isinstance(remote.model, type):
            continue
        target = concrete(remote.model)
        if field.column is None:
            yield Relation(model, target, field.name, Kind.JOIN, on_delete(field), field.name, "pk")
            continue
        kind = Kind.CHILD if field.name in links else Kind.KEY
        to = related_attname(field)
        yield Relation(model, target, field.name, kind, on_delete(field), field.attname, to)


def copied(model: type[Model]) -> Iterator[Relation]:
    """From a row to the copies of it, where the copy holds its key in a plain column."""
    copy = copies.copy_of(model)
    if copy is not None and (pk := copy.origin._meta.pk) is not None:
        field: Any = model._meta.get_field(copy.key)
        if not (field.is_relation and concrete(field.remote_field.model) is copy.origin):
            yield Relation(model, copy.origin, field.name, Kind.KEY, HISTORY, field.attname, pk.attname)


def forget() -> None:
    """Read the models anew: somebody named a table of copies."""
    for found in (relations, outgoing, _incoming):
        found.cache_clear()


def parents(model: type[Model]) -> Iterator[Relation]:
    """From a multi-table child to its parents, one level up."""
    for parent, link in model._meta.parents.items():
        if link is not None and concrete(link.model) is model:
            to, name = link.attname, f"{model._meta.model_name}.{link.name}"
            yield Relation(concrete(parent), model, name, Kind.PARENT, "PARENT", related_attname(link), to)


def generic_keys(model: type[Model], installed: list[type[Model]]) -> Iterator[Relation]:
    """The generic foreign keys that the model holds or inherits, once for each model that they may name."""
    if not apps.is_installed("django.contrib.contenttypes"):
        return
    from django.contrib.contenttypes.fields import GenericForeignKey

    for field in model._meta.private_fields:
        if not isinstance(field, GenericForeignKey):
            continue
        half: Any = model._meta.get_field(field.ct_field)
        for target in installed:
            declared = (model, field.ct_field, field.fk_field) in declared_generic(target)
            yield Relation(
                model,
                target,
                field.name,
                Kind.GENERIC,
                HISTORY if copies.is_serialized(model) else "GENERIC_RELATION" if declared else "GENERIC",
                field.fk_field,
                "pk",
                content_type=half.attname,
                declared=declared,
                for_concrete_model=field.for_concrete_model,
            )


@cache
def declared_generic(target: type[Model]) -> frozenset[tuple[type[Model], str, str]]:
    """``(model, content type field, object id field)`` of each ``GenericRelation`` of ``target``."""
    from django.contrib.contenttypes.fields import GenericRelation

    return frozenset(
        (concrete(field.related_model), field.content_type_field_name, field.object_id_field_name)
        for field in target._meta.private_fields
        if isinstance(field, GenericRelation) and isinstance(field.related_model, type)
    )


def on_delete(field: Any) -> str:
    """The name of what happens to the row when the one that ``field`` names goes.

    ``SET`` stands for ``SET(value)``, ``CUSTOM`` for a function of the host. A copy of a key says what
    the key itself says, but it forbids nothing.
    """
    return copied_on_delete(field) or own_on_delete(field)


def copied_on_delete(field: Any) -> str:
    """What a key inside a copy stands for; empty where it is none that a history library made."""
    if copies.is_part(field) or names_original(field):
        return HISTORY
    original = copies.original(field)
    if original is None or not original.is_relation:
        return ""
    says = on_delete(original)
    return says if says in CASCADES | CLEARS else "SET_NULL" if field.null else "DO_NOTHING"


def names_original(field: Any) -> bool:
    """Whether the key leads from a copy to the row that it copies."""
    copy = copies.copy_of(getattr(field, "model", None))
    return copy is not None and field.name == copy.key and concrete(field.remote_field.model) is copy.origin


def own_on_delete(field: Any) -> str:
    """The name of the key's own ``on_delete``."""
    action = getattr(field.remote_field, "on_delete", None)
    if action is None:
        return "DO_NOTHING"
    for name in KNOWN:
        if action is getattr(models, name, None):
            return name
    return "SET" if getattr(action, "__name__", "") == "set_on_delete" else "CUSTOM"


def related_attname(field: Any) -> str:
    """The attname in the target that a foreign key holds: its primary key, or its ``to_field``."""
    name: str = field.target_field.attname
    return name


def path_end(model: type[Model], path: str) -> type[Model]:
    """The concrete model that a path of relations ends at.

    Raises:
        FieldDoesNotExist: a part is no relation.
    """
    for part in path.split("__"):
        field: Any = model._meta.get_field(part)
        if not isinstance(field.related_model, type):
            raise FieldDoesNotExist(f"{model._meta.label}.{part} is no relation")
        model = concrete(field.related_model)
    return model
