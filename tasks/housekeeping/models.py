"""What housekeeping remembers: who switched a sweep on, what each run did, who was told that they leave."""

import uuid
from datetime import datetime, timedelta

from django.db import models


class Switch(models.Model):
    """Whether a sweep is switched on, by whom, when it is due, and which worker has it. One row per sweep."""

    sweep = models.CharField(max_length=60, primary_key=True)
    is_on = models.BooleanField(default=False)
    by = models.CharField(max_length=120, blank=True)  # the key of an actor
    at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)  # null: at once
    lease_token = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)  # when the queue was last asked to take it

    class Meta:
        app_label = "dossier"

    def __str__(self) -> str:
        return f"sweep {self.sweep}: {'on' if self.is_on else 'off'}"


class SweepRun(models.Model):
    """One look of a sweep and what followed. Holds counts and a hash; keys only for as long as it works."""

    class State(models.TextChoices):
        DRY = "dry"
        RUNNING = "running"
        DONE = "done"
        REFUSED = "refused"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sweep = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=State)
    label = models.CharField(max_length=200, blank=True)  # of the model whose rows it is about
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict)  # see matching.Look.counts
    touches = models.PositiveBigIntegerField(default=0)  # rows that it tells or takes: what a person confirms
    set_hash = models.CharField(max_length=64, blank=True)
    keys = models.JSONField(default=list)  # what is to go; emptied at the end
    doing = models.JSONField(default=dict)  # {"keys", "erasure"}: begun, so it goes whatever the queryset says by now
    position = models.PositiveBigIntegerField(default=0)
    left = models.JSONField(default=dict)  # why rows stayed although their time had come: {reason: rows}
    stats = models.JSONField(default=dict)  # DeleteStats: {label: rows}
    error = models.CharField(max_length=500, blank=True)
    switched_by = models.CharField(max_length=120, blank=True)
    confirmed_by = models.CharField(max_length=120, blank=True)  # of a refused one: who said that it is right
    confirmed_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)  # when that word was acted on; it counts once

    class Meta:
        app_label = "dossier"
        ordering = ["-started_at", "-pk"]
        indexes = [models.Index(fields=["sweep", "-started_at"], name="dossier_sweep_runs")]

    def __str__(self) -> str:
        return f"{self.sweep} {self.state} {self.started_at:%Y-%m-%d}"


class Leaver(models.Model):
    """A person whom a sweep has told, or is to tell, that their data goes. No name and no address.

    The day counts from ``told_at``: a letter that did not go out keeps it from coming. What the letter promised
    (``stays_until``) holds, whatever is declared later.
    """

    sweep = models.CharField(max_length=60)
    subject_label = models.CharField(max_length=120)
    subject_key = models.CharField(max_length=200)
    subject_alias = models.CharField(max_length=60)
    written_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)
    stays_until = models.DateTimeField(null=True, blank=True)  # the end of the last day that the letter named
    next_try_at = models.DateTimeField(null=True, blank=True, db_index=True)  # null: told, or given up
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    erasure = models.UUIDField(null=True, blank=True)  # that was begun and waits for a store
    memo = models.JSONField(default=dict)  # what stores beyond the database gave while the person was being erased

    class Meta:
        app_label = "dossier"
        constraints = [
            models.UniqueConstraint(fields=["sweep", "subject_label", "subject_key"], name="dossier_one_leaver")
        ]

    def __str__(self) -> str:
        return f"{self.sweep}: {self.subject_label} {self.subject_key}"

    def is_ripe(self, notice: timedelta, *, at: datetime) -> bool:
        """Whether the person was told, if they are to be, and the time that they were given is over."""
        if self.stays_until is not None and at < self.stays_until:
            return False
        return not notice or (self.told_at is not None and at >= self.told_at + notice)


class Alarm(models.Model):
    """A letter to the office that a sweep was stopped. Written with the run, posted after it, tried again."""

    run = models.ForeignKey(SweepRun, on_delete=models.CASCADE, related_name="alarms")
    sent_at = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(null=True, blank=True, db_index=True)
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        app_label = "dossier"

    def __str__(self) -> str:
        return f"alarm of {self.run_id}"
