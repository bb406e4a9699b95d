"""A piece of a case's work: one source in one phase."""

import uuid
from enum import StrEnum

from django.db import models

from tasks.cases.models.case import Case
from tasks.cases.models.sealed import SealedText


class Phase(StrEnum):
    """What a step is for."""

    COLLECT = "collect"
    PACKAGE = "package"
    ERASE = "erase"
    VERIFY = "verify"


class StepState(StrEnum):
    """Where a step stands. ``due`` with a later ``next_try_at`` waits to be tried again.

    ``left``: somebody decided to go on without this source.
    """

    DUE = "due"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    LEFT = "left"


class Step(models.Model):
    """One source's part of a phase, with its lease. A worker writes it only while it holds the token."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="steps")
    source = models.CharField(max_length=60)  # "database"
    title = models.CharField(max_length=120, blank=True)
    phase = models.CharField(max_length=10, choices=[(phase.value, phase.value) for phase in Phase])
    state = models.CharField(max_length=10, default=StepState.DUE, choices=[(s.value, s.value) for s in StepState])

    lease_token = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)  # when a message for it was last put in the queue
    began_at = models.DateTimeField(null=True, blank=True)  # the last try
    since = models.DateTimeField(null=True, blank=True)  # when the source was first asked and gave no answer
    finished_at = models.DateTimeField(null=True, blank=True)

    question = models.UUIDField(default=uuid.uuid4)  # the same at every try: the source's idempotency key
    memo = SealedText(blank=True)  # JSON that a source wants to have back when it is asked again
    refusal = SealedText(blank=True)  # why the source said no, in its own words
    left_out = SealedText(blank=True)  # why somebody decided to go on without it
    known = SealedText(blank=True)  # JSON: whom to erase there later, although the account is gone
    known_until = models.DateTimeField(null=True, blank=True)

    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    detail = models.CharField(max_length=200, blank=True)  # heading of what is being read
    expected = models.JSONField(default=dict, blank=True)  # {label: rows} before the work
    counts = models.JSONField(default=dict, blank=True)  # {label: rows} so far
    result = models.JSONField(default=dict, blank=True)
    files = models.JSONField(default=list, blank=True)  # names in the vault that were ever begun
    error = models.CharField(max_length=500, blank=True)  # no personal data

    class Meta:
        app_label = "dossier"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["case", "phase", "source"], name="dossier_one_step")]
        indexes = [
            models.Index(fields=["state", "next_try_at"], name="dossier_step_due"),
            models.Index(fields=["known_until"], name="dossier_step_known", condition=~models.Q(known_until=None)),
        ]

    def __str__(self) -> str:
        return f"{self.phase} {self.source}"
