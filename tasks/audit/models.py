"""The audit's two tables. ``tasks.audit.chain`` is their only writer."""

from typing import Any, NoReturn

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from tasks.errors import DossierError


class AppendOnly(DossierError):
    """Somebody tried to change or delete an entry of the audit."""


class EntryQuerySet(models.QuerySet["Entry"]):
    """Reads, and nothing else."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnly("audit entries cannot be changed; record a new one with tasks.audit.record().")

    def delete(self) -> NoReturn:
        raise AppendOnly("audit entries cannot be deleted.")


class Entry(models.Model):
    """One thing that happened. Its hash covers the entry and the hash before it.

    ``data`` holds ids, counts and states, never personal data: entries stay for good.
    """

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    case_id = models.UUIDField(null=True, db_index=True)
    event = models.CharField(max_length=60)
    by = models.CharField(max_length=120)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        app_label = "dossier"
        ordering = ["seq"]

    def __str__(self) -> str:
        return f"{self.seq} {self.event}"

    def save(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("audit entries are written by tasks.audit.record() only.")

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly(f"audit entry {self.seq} cannot be deleted.")


class Head(models.Model):
    """The end of the chain: one row, which every writer takes first. So writers queue up."""

    ONLY = 1

    id = models.SmallIntegerField(primary_key=True, default=ONLY)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        app_label = "dossier"

    def __str__(self) -> str:
        return f"head at {self.seq}"
