"""How rows are deleted inside a transaction, and whom to ask and tell before."""

from collections.abc import Iterator
from typing import Any

from django.db import DatabaseError
from django.db.models import Model, ProtectedError, QuerySet, RestrictedError
from django.db.models.signals import post_delete, pre_delete

from tasks.collector.anyof import any_of
from tasks.datamap import Anonymise, Keep, registry
from tasks.datamap.copies import HISTORY, is_part_of_copy
from tasks.datamap.relations import Kind, Relation, incoming
from tasks.erasure.keys import plain
from tasks.erasure.raw import Columns, Stored, delete_plainly, delete_returning, stored
from tasks.errors import DossierError


def delete(model: type[Model], keys: list[Any], *, using: str, columns: Columns = ()) -> list[Stored]:
    """Delete the rows of one table with these keys, and no others; return key and ``columns`` of those that went.

    By set, from the model's own table; a multi-table parent is a row of its own in the plan. Where
    ``pre_delete`` or ``post_delete`` of the model have receivers, they get each instance, before and
    after, as Django's own collector sends them. Where the model overrides ``delete()``, it is called
    for each instance, and where its default manager's QuerySet does, that is called for all of them;
    rows that outlive it (a soft delete) are then deleted by set. Files are not touched here.

    Raises:
        DossierError: an overridden ``delete()`` raised; the transaction has to be rolled back.
    """
    rows = plain(model, using).filter(any_of("pk", keys))
    asks, own, heard = may_ask(model), own_queryset(model), is_heard(model)
    if not (asks or own or heard):
        return delete_returning(rows, columns, using=using)
    there = stored(model, keys, columns, using=using)
    if own is not None:
        _ask_all(own.using(using).filter(any_of("pk", keys)), model)
    if asks:
        for instance in list(rows):
            _ask(instance)
    _delete_heard(rows, model, using=using) if heard else delete_plainly(rows, using=using)
    return there


def _delete_heard(rows: "QuerySet[Any]", model: type[Model], *, using: str) -> None:
    """Delete by set, with signals around it. What a history library writes down of that goes at once."""
    instances = list(rows.all())
    before = {relation: copies_of(relation, instances, using=using) for relation in kept_histories(model)}
    for instance in instances:
        pre_delete.send(model, instance=instance, using=using, origin=instance)
    delete_plainly(rows, using=using)
    for instance in instances:
        post_delete.send(model, instance=instance, using=using, origin=instance)
    for relation, known in before.items():
        new = copies_of(relation, instances, using=using) - known
        if new:
            plain(relation.model, using).filter(any_of("pk", list(new)))._raw_delete(using)


def kept_histories(model: type[Model]) -> list[Relation]:
    """The relations to twins of rows of ``model``, to which their library adds a row when one is deleted."""
    return [
        r for r in incoming(model) if r.on_delete == HISTORY and r.kind == Kind.KEY and not is_part_of_copy(r.model)
    ]


def copies_of(relation: Relation, instances: list[Model], *, using: str) -> set[Any]:
    """The keys of the copies of some rows."""
    keys = [getattr(instance, relation.to) for instance in instances]
    return set(plain(relation.model, using).filter(any_of(relation.column, keys)).values_list("pk", flat=True))


def is_heard(model: type[Model]) -> bool:
    """Whether somebody wants to know when rows of the model go."""
    return not model._meta.auto_created and (pre_delete.has_listeners(model) or post_delete.has_listeners(model))


def own_queryset(model: type[Model]) -> "QuerySet[Any] | None":
    """The rows as the default manager gives them, if its QuerySet has a ``delete()`` of its own that may be called."""
    if model._meta.auto_created or not takes_nothing_kept(model):
        return None
    try:
        found = model._default_manager.all()
    except Exception:  # noqa: BLE001 - managers that refuse outside of a scope raise what they like
        return None
    return found if type(found).delete is not QuerySet.delete else None


def may_ask(model: type[Model]) -> bool:
    """Whether the host's class has a ``delete()`` of its own that takes along nothing that is to stay."""
    return model.delete is not Model.delete and takes_nothing_kept(model)


def takes_nothing_kept(model: type[Model]) -> bool:
    """Whether the host's own ``delete()`` can take along nothing that a declaration keeps.

    That of a multi-table child takes the parent's row, and that of a model with a ``GenericRelation``
    what is tied by it.
    """
    if model._meta.parents:
        return False
    tied = (field.related_model for field in model._meta.private_fields if field.is_relation)
    return not any(
        isinstance(registry.get(other).erasure, (Keep, Anonymise)) for other in tied if isinstance(other, type)
    )


def _ask(instance: Model) -> None:
    try:
        instance.delete()
    except Exception as error:  # noqa: BLE001 - hosts raise what they like, and their texts may name people
        raise _said_no(error, f"{instance._meta.label}.delete()", f" for the row {instance.pk}") from None


def _ask_all(rows: "QuerySet[Any]", model: type[Model]) -> None:
    try:
        rows.delete()
    except Exception as error:  # noqa: BLE001 - as above
        raise _said_no(error, f"{type(rows).__name__}.delete() of {model._meta.label}", "") from None


def _said_no(error: Exception, what: str, where: str) -> Exception:
    if isinstance(error, DatabaseError) and not isinstance(error, (ProtectedError, RestrictedError)):
        return error  # not the host's word but the database's: a new round or a new try helps
    return DossierError(
        f"{what} raised {type(error).__name__}{where}; it stays. "
        "Mend it, or declare another erasure for this model, and run the erasure again."
    )


def file_fields(model: type[Model]) -> Iterator[Any]:
    """The fields of a model's own table that name a file in a storage."""
    return (
        field
        for field in model._meta.local_concrete_fields
        if hasattr(field, "storage") and hasattr(field, "upload_to")
    )
