"""A new key for the vault: everything that is sealed to an old one is sealed anew, in batches, at any time again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.apps import apps
from django.db import models, router, transaction
from django.db.models.functions import Cast

from tasks import audit, vault
from tasks.cases.models import Case
from tasks.cases.models.sealed import SealedText
from tasks.errors import KeyUnavailable
from tasks.vault import rotation

AT_ONCE = 200
ELSEWHERE = {
    ("dossier", "ErasureRun"): ("identifiers",),
    ("dossier", "Hold"): ("reason",),
}  # columns that hold sealed text and are plain ones


@dataclass
class Resealed:
    """What a rotation came to. ``lost`` are files and rows that no key of the file opens, by name and number."""

    begun: bool = False
    files: int = 0
    texts: int = 0
    lost: tuple[str, ...] = ()
    drafts: int = 0
    retired: int = 0

    @property
    def is_finished(self) -> bool:
        return not (self.lost or self.drafts)


def rotate(*, keep_old: bool = False) -> Resealed:
    """Take a new key, or go on where a rotation was broken off; drop the old one when nothing needs it.

    Safe to repeat, and beside running web servers and workers: they see the new key with their next call.
    """
    done = Resealed(begun=rotation.begin())
    for _ in range(2):  # what was being written while the first round ran
        reseal_files(done)
        reseal_texts(done)
    done.drafts = len(vault.drafts())
    if done.is_finished and not keep_old and not left():
        done.retired = rotation.finish()
    return done


def left() -> bool:
    """Whether anything still needs an old key."""
    return any(True for _ in rotation.files_left()) or any(
        not rotation.is_current_text(text) for column in columns() for _pk, text in texts(*column)
    )


def reseal_files(done: Resealed) -> None:
    """Seal every file of the vault to the newest key."""
    for name in list(rotation.files_left()):
        try:
            done.files += rotation.reseal_file(name, hold=partial(untouched, name))
        except KeyUnavailable:
            done.lost = tuple(dict.fromkeys((*done.lost, name)))


@contextmanager
def untouched(name: str) -> Iterator[None]:
    """Within the block nobody purges this file: it belongs to a case, and the case is taken."""
    try:
        case = UUID(name.partition("/")[0])
    except ValueError:
        yield
        return
    with audit.atomic():
        Case.objects.filter(pk=case).update(version=models.F("version"))
        yield


def columns() -> Iterator[tuple[type[models.Model], str]]:
    """Every column that holds sealed text."""
    for model in apps.get_app_config("dossier").get_models():
        named = ELSEWHERE.get((model._meta.app_label, model.__name__), ())
        for field in model._meta.local_concrete_fields:
            if isinstance(field, SealedText) or field.name in named:
                yield model, field.attname


def texts(model: type[models.Model], column: str) -> Iterator[tuple[object, str]]:
    """``(key, sealed text)`` of a column, as it stands in the table."""
    rows = model._base_manager.exclude(**{f"{column}__isnull": True}).order_by("pk")
    plain = Cast(column, models.TextField())
    for key, text in rows.annotate(sealed=plain).values_list("pk", "sealed").iterator(chunk_size=AT_ONCE):
        if text:
            yield key, text


def reseal_texts(done: Resealed) -> None:
    """Seal every sealed column to the newest key; a row that changed meanwhile is left to the next round."""
    for model, column in columns():
        batch: list[tuple[object, str]] = []
        for key, text in texts(model, column):
            if not rotation.is_current_text(text):
                batch.append((key, text))
            if len(batch) >= AT_ONCE:
                reseal_batch(model, column, batch, done)
                batch = []
        reseal_batch(model, column, batch, done)


def reseal_batch(model: type[models.Model], column: str, batch: list[tuple[object, str]], done: Resealed) -> None:
    """Seal some rows of a column anew, in one short transaction."""
    field = model._meta.get_field(column)
    with transaction.atomic(using=router.db_for_write(model)):
        for key, text in batch:
            try:
                sealed = rotation.reseal_text(text)
            except KeyUnavailable:
                done.lost = tuple(dict.fromkeys((*done.lost, f"{model._meta.label} {key}, {field.name}")))
                continue
            plain = Cast(column, models.TextField())
            rows = model._base_manager.annotate(sealed=plain).filter(pk=key, sealed=text)
            value = models.Value(sealed, output_field=models.TextField())
            done.texts += rows.update(**{column: value})
