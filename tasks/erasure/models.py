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


class Cause(models.TextChoices):
    """Why rows are erased: somebody asked, the last day of kept rows has come, or a backup brought rows back."""

    ASKED = "", "asked"
    KEPT = "kept", "kept rows ended"
    REPLAY = "replay", "replayed after a restore"


class ErasureRun(models.Model):
    """One erasure of one person, from the first touched row to the last file.

    ``origin`` is the run that ``cause`` kept or replay goes back to; such a run begins from rows, not from a person.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject_label = models.CharField(max_length=200)
    subject_key = models.CharField(max_length=200)
    subject_print = models.CharField(max_length=64, blank=True)  # keyed; a reused key is told from the person by it
    using = models.CharField(max_length=100)
    cause = models.CharField(max_length=10, blank=True, default=Cause.ASKED, choices=Cause.choices)
    origin = models.UUIDField(null=True, blank=True, db_index=True)
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
    of an intent to keep what ``KeptNote`` says.
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


class End(models.TextChoices):
    """How the keeping of a row came to its end."""

    GONE = "gone", "deleted when its day was over"
    LATER = "later", "kept on, under another run: its declaration says a later day now, or something hangs on it"
    CHANGED = "changed", "changed so that it names nobody, or found to name nobody, when a hold was lifted"
    ABSENT = "absent", "the host deleted it before"
    REUSED = "reused", "its key belongs to another row now, which was not touched"


class KeptRow(models.Model):
    """A row that stays because a law says so, and the last day on which it may; housekeeping ends it after that day.

    ``held`` rows stay because of a legal hold, and end when it is lifted. ``print`` is a keyed fingerprint that
    tells the row from one with a reused key; ``spot`` finds the same row in other runs.
    """

    run = models.ForeignKey(ErasureRun, on_delete=models.CASCADE, related_name="kept")
    label = models.CharField(max_length=200)
    key = models.JSONField()
    until = models.DateField(null=True, blank=True)
    held = models.CharField(max_length=100, blank=True)  # the category whose hold lets it stay
    print = models.CharField(max_length=400, blank=True)
    spot = models.CharField(max_length=32, blank=True, db_index=True)
    look_on = models.DateField(null=True, blank=True)  # it could not end; not tried before that day
    left_for = models.CharField(max_length=200, blank=True)  # why it could not end; no personal data
    swept_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=10, blank=True, choices=End.choices)

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


class Hold(models.Model):
    """A legal hold: what must not be erased or swept, for one person as a whole or one category of their data.

    ``reason`` stands sealed (``tasks.erasure.holds`` opens it). When it is lifted, the key of the person goes.

    Source: GDPR art. 17(3)(e), 18(1)(c).
    """

    subject_label = models.CharField(max_length=200)
    subject_key = models.CharField(max_length=200, blank=True)  # JSON, as in ErasureRun; empty once lifted
    using = models.CharField(max_length=100)
    category = models.CharField(max_length=100, blank=True)  # key of a category; empty: everything
    reason = models.TextField(blank=True)  # sealed
    told = models.BooleanField(default=False)  # whether the person may read that there is a hold
    review_on = models.DateField(db_index=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    warned_on = models.DateField(null=True, blank=True)  # when the office was last told that a review is overdue
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=120)
    set_by_name = models.CharField(max_length=200, blank=True)
    reviewer = models.CharField(max_length=200, blank=True)  # who looks at it again
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=120, blank=True)
    lifted_by_name = models.CharField(max_length=200, blank=True)

    class Meta:
        app_label = "dossier"
        ordering = ["review_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_label", "subject_key", "using", "category"],
                condition=Q(lifted_at=None),
                name="dossier_one_hold",
            )
        ]

    def __str__(self) -> str:
        return f"hold {self.pk} on {self.category or 'everything'}"
