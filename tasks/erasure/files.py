"""Files of erased rows: journalled with their rows, removed when these are committed gone.

A row can be rolled back and a file cannot, so files go last.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Model

from tasks.collector.anyof import any_of
from tasks.erasure import ledger
from tasks.erasure.keys import model_of, pieces, plain
from tasks.erasure.models import Action, ErasureFile, ErasureRun
from tasks.erasure.rows import file_fields
from tasks.erasure.steps import Step
from tasks.errors import SourceUnavailable

Alias = Callable[[type[Model]], str]  # the database that a model's rows live in


def write(run: ErasureRun, step: Step, keys: list[Any], *, using: str) -> None:
    """Journal the files that rows lose: all of a row that goes, those of changed fields of one that stays."""
    fields = [field for field in file_fields(step.model) if step.action == Action.DELETE or field.name in step.changes]
    if not fields:
        return
    journal = plain(ErasureFile, ledger.alias())
    named = plain(step.model, using).filter(any_of("pk", keys)).values_list(*(field.attname for field in fields))
    found = {
        (field.name, str(name))
        for names in named.iterator()
        for field, name in zip(fields, names, strict=True)
        if name and str(name) != str(field.get_default() or "")
    }
    again = journal.filter(run=run, label=step.label, name__in={name for _, name in found})
    known = set(again.values_list("field", "name"))
    rows = [ErasureFile(run=run, label=step.label, field=field, name=name) for field, name in sorted(found - known)]
    journal.bulk_create(rows, batch_size=500)


def remove(run: ErasureRun, *, alias: Alias, at: datetime) -> int:
    """Remove the journalled files that no row names any more; how many are removed. Their names go from the journal.

    Raises:
        SourceUnavailable: a storage did not let a file go; the journal keeps it for the next try.
    """
    journal = plain(ErasureFile, ledger.alias()).filter(run=run, removed_at=None)
    for piece in pieces(list(journal.order_by("label", "field", "pk").values_list("pk", "label", "field", "name"))):
        for pk, label, field, name in piece:
            if not _in_use(label, field, name, alias):
                _remove(label, field, name)
            journal.filter(pk=pk).update(removed_at=at, name="")
    return int(plain(ErasureFile, ledger.alias()).filter(run=run).exclude(removed_at=None).count())


def _in_use(label: str, field: str, name: str, alias: Alias) -> bool:
    """Whether another row of the same model names the file, as a default picture is named by many."""
    model = model_of(label)
    return bool(plain(model, alias(model)).filter(**{field: name}).exists())


def _remove(label: str, field: str, name: str) -> None:
    column: Any = model_of(label)._meta.get_field(field)
    try:
        column.storage.delete(name)
    except Exception as error:  # noqa: BLE001 - storages raise what they like
        raise SourceUnavailable(
            f"A file of {label}.{field} could not be removed from its storage ({type(error).__name__}). "
            "Its row is gone, and the erasure goes on there when it is run again."
        ) from None
