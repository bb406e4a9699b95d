"""One person's request and where it stands."""

import hashlib
import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q

from tasks.cases.models.sealed import SealedText
from tasks.cases.states import OPEN, Kind, State


class Case(models.Model):
    """A request of one person. It knows its subject by label and key only, so it outlives the account.

    ``state`` is written by ``tasks.cases.transitions`` alone, every other column by
    ``tasks.cases.operations``. ``contact`` and ``person`` stand sealed in the table.
    """

    GRACE, APPROVED = "grace", "approved"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=16, unique=True)
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in Kind])
    state = models.CharField(max_length=20, choices=[(state.value, state.value) for state in State], db_index=True)
    returns_to = models.CharField(max_length=20, blank=True)  # from failed or awaiting_subject
    version = models.PositiveIntegerField(default=0)

    subject_label = models.CharField(max_length=120)  # "auth.User"
    subject_key = models.CharField(max_length=200)  # its primary key as text; emptied when it is gone
    subject_alias = models.CharField(max_length=60, default="default")  # the database that it is in
    person = SealedText(blank=True)
    contact = SealedText(blank=True)
    contact_print = models.CharField(max_length=64, blank=True, db_index=True)  # keyed, for the search by address
    language = models.CharField(max_length=12, default="en")
    categories = models.JSONField(default=list, blank=True)  # keys; none: everything
    note = SealedText(blank=True)

    opened_by = models.CharField(max_length=120)
    identity_method = models.CharField(max_length=40, blank=True)
    identity_at = models.DateTimeField(null=True, blank=True)
    handler = models.CharField(max_length=120, blank=True, db_index=True)  # key of an actor
    handler_name = models.CharField(max_length=200, blank=True)

    received_at = models.DateTimeField()
    due_on = models.DateField()  # strict
    due_reason = models.CharField(max_length=200, blank=True)  # why it is not the same day of the month
    extended_until = models.DateField(null=True, blank=True)
    extension_reason = SealedText(blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_days = models.PositiveIntegerField(default=0)
    warned_days = models.SmallIntegerField(null=True, blank=True)  # the last warning that handlers got

    when = models.CharField(max_length=10, blank=True, choices=[(GRACE, GRACE), (APPROVED, APPROVED)])
    execute_on = models.DateField(null=True, blank=True)

    snapshot = models.JSONField(default=dict, blank=True)
    snapshot_hash = models.CharField(max_length=64, blank=True)
    redactions_hash = models.CharField(max_length=64, blank=True)  # of what the office covered; none: empty
    plan = models.JSONField(default=dict, blank=True)
    plan_hash = models.CharField(max_length=64, blank=True)
    approved_hash = models.CharField(max_length=64, blank=True)
    incomplete_reason = SealedText(blank=True)  # why the answer goes out although something failed

    frozen_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.JSONField(default=dict, blank=True)  # the certificate; no deleted value
    forgotten_at = models.DateTimeField(null=True, blank=True)  # since when it names nobody
    receipt_hash = models.CharField(max_length=64, blank=True)

    #: Set by operations.open_*: whether an open case was found instead of a new one, and the key shown once.
    duplicate: bool = False
    receipt_key: str = ""

    class Meta:
        app_label = "dossier"
        ordering = ["due_on", "received_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_label", "subject_key", "kind"],
                condition=Q(state__in=sorted(state.value for state in OPEN)) & ~Q(subject_key=""),
                name="dossier_one_open_case",
            )
        ]
        indexes = [models.Index(fields=["subject_label", "subject_key"], name="dossier_case_subject")]

    def __str__(self) -> str:
        return self.reference

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert only. Rows change through operations and transitions, column by column."""
        if not self._state.adding:
            raise TypeError("a case is changed by tasks.cases.operations, not by save().")
        super().save(*args, **kwargs)

    @property
    def content_hash(self) -> str:
        """What an approval binds: the snapshot with what is covered in it, or the decisions of an erasure's plan."""
        if self.kind != Kind.ACCESS:
            return self.plan_hash
        if not self.redactions_hash:
            return self.snapshot_hash
        return hashlib.sha256(f"{self.snapshot_hash} {self.redactions_hash}".encode()).hexdigest()

    @property
    def is_open(self) -> bool:
        return State(self.state) in OPEN

    @property
    def is_frozen(self) -> bool:
        return self.frozen_at is not None

    @property
    def strict_due_on(self) -> date:
        """The date by law, with an extension and without pauses."""
        return self.extended_until or self.due_on

    def adjusted_due_on(self, at: datetime | None = None) -> date:
        """The date with the days that the person was waited for, a running pause included where ``at`` is given."""
        from tasks.cases.deadlines import adjusted

        running = (at - self.paused_at).days if at and self.paused_at else 0
        return adjusted(self.strict_due_on, days=self.paused_days + max(running, 0))

    def days_left(self, at: datetime) -> int:
        """Days to the adjusted date in the controller's time zone; negative when overdue."""
        from tasks.cases.deadlines import local_date

        return (self.adjusted_due_on(at) - local_date(at)).days

    @property
    def earliest_on(self) -> date | None:
        """The end of the grace period of an erasure, before it is approved."""
        from tasks import conf
        from tasks.cases.deadlines import local_date

        if self.when != self.GRACE:
            return None
        return local_date(self.received_at) + timedelta(days=conf.grace_days)
