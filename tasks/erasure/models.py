"""The ledger of erasures: what was decided, which keys went, what stays until when, which files remain to be removed.

It is what makes an erasure resumable (a batch and its ledger row are one transaction) and what a
restored backup is replayed from. It holds keys and keyed fingerprints and never a deleted value,
and no foreign key into the host's tables.
"""

import uuid

from django.db import models
from django.db.models import Q


class Action(models.TextChoices):
    """What happens to a row; every row of a plan falls under exactly one."""

    DELETE = "delete"
    UPDATE = "update"
    KEEP = "keep"
    REFUSED = "refused"


class ErasureRun(models.Model):
    """One erasure of one person, from the first touched row to the last file."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject_label = models.CharField(max_length=200)
    subject_key = models.CharField(max_length=200)
    subject_print = models.CharField(max_length=64, blank=True)  # keyed; a reused key is told from the person by it
    using = models.CharField(max_length=100)
    decisions = models.JSONField(default=dict)  # what was approved, per model
    decisions_hash = models.CharField(max_length=64)
    identifiers = models.TextField(blank=True)  # sealed; emptied when the erasure is verified
    verification = models.JSONField(default=dict)  # what the last second look found, in counts
    started_at = models.DateTimeField()
    void_at = models.DateTimeField(null=True, blank=True)  # rows came up that nobody approved; see resume()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "dossier"
        indexes = [models.Index(fields=["subject_label", "subject_key"], name="dossier_run_subject")]

    def __str__(self) -> str:
        return f"erasure {self.id} of {self.subject_label} {self.subject_key}"


class ErasureStep(models.Model):
    """What is planned and done for one model and one action of a run."""

    run = models.ForeignKey(ErasureRun, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveIntegerField()
    label = models.CharField(max_length=200)
    action = models.CharField(max_length=10, choices=Action)
    planned = models.PositiveBigIntegerField(default=0)
    done = models.PositiveBigIntegerField(default=0)

    class Meta:
        app_label = "dossier"
        ordering = ["run", "position"]
        constraints = [models.UniqueConstraint(fields=["run", "label", "action"], name="dossier_one_step_per_action")]

    def __str__(self) -> str:
        return f"{self.action} {self.label}: {self.done} of {self.planned}"


class ErasureBatch(models.Model):
    """The keys of rows of one model that were deleted or changed in one transaction.

    ``done`` is False only where the rows live in another database than the ledger, between the
    intent and its execution. ``notes`` runs parallel to ``keys``: fingerprints of deleted rows, and
    of an intent to keep the last days.
    """

    run = models.ForeignKey(ErasureRun, on_delete=models.CASCADE, related_name="batches")
    label = models.CharField(max_length=200)
    action = models.CharField(max_length=10, choices=Action)
    keys = models.JSONField()
    notes = models.JSONField(default=list)
    done = models.BooleanField(default=True)

    class Meta:
        app_label = "dossier"
        ordering = ["pk"]
        indexes = [models.Index(fields=["run", "label", "action"], name="dossier_batch_label")]

    def __str__(self) -> str:
        return f"{self.action} {len(self.keys)} of {self.label}"


class KeptRow(models.Model):
    """A row that stays because a law says so, and the last day on which it may. A later sweep honours the date."""

    run = models.ForeignKey(ErasureRun, on_delete=models.CASCADE, related_name="kept")
    label = models.CharField(max_length=200)
    key = models.JSONField()
    until = models.DateField(null=True, blank=True)
    swept_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "dossier"
        indexes = [
            models.Index(fields=["until"], name="dossier_kept_until", condition=Q(swept_at=None)),
            models.Index(fields=["run", "label"], name="dossier_kept_label"),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.key} until {self.until}"


class ErasureFile(models.Model):
    """A file to remove once the row that held it is committed gone. Its name goes with it."""

    run = models.ForeignKey(ErasureRun, on_delete=models.CASCADE, related_name="files")
    label = models.CharField(max_length=200)
    field = models.CharField(max_length=200)
    name = models.TextField(blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "dossier"
        indexes = [models.Index(fields=["run", "removed_at"], name="dossier_file_run")]

    def __str__(self) -> str:
        return f"file of {self.label}.{self.field}"
