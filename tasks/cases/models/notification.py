"""That a recipient of somebody's data has to be told of its erasure, and what became of it."""

from enum import StrEnum

from django.db import models

from tasks.cases.models.case import Case
from tasks.cases.models.sealed import SealedText


class Telling(StrEnum):
    """Where a notification stands."""

    PREPARED = "prepared"  # nothing is erased yet
    DUE = "due"
    TOLD = "told"
    OPEN = "open"  # not by itself (any more): somebody has to look
    OTHERWISE = "otherwise"  # told by somebody of the office


class Notification(models.Model):
    """One recipient in one erasure. Source: GDPR art. 19.

    ``about`` is what the recipient knows the person by, as declared: sealed, written while the account is
    there, and emptied when the recipient was told.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notifications")
    recipient = models.CharField(max_length=200)  # name in the data map
    way = models.CharField(max_length=10)  # "webhook", "mail" or "post"
    categories = models.JSONField(default=list)  # [{"key", "title"}] in which something went
    about = SealedText(blank=True)  # JSON
    state = models.CharField(max_length=10, default=Telling.PREPARED, choices=[(t.value, t.value) for t in Telling])

    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True, db_index=True)
    error = models.CharField(max_length=300, blank=True)  # no personal data

    told_at = models.DateTimeField(null=True, blank=True)
    answer_status = models.PositiveSmallIntegerField(null=True, blank=True)
    answer_reference = models.CharField(max_length=200, blank=True)  # what the recipient calls it
    answer_sha256 = models.CharField(max_length=64, blank=True)  # of the signed answer
    told_by = models.CharField(max_length=120, blank=True)  # key of an actor, where it was told otherwise
    note = SealedText(blank=True)

    class Meta:
        app_label = "dossier"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["case", "recipient"], name="dossier_told_once")]

    def __str__(self) -> str:
        return f"notification {self.pk}"
