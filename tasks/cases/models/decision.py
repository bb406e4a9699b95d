"""What somebody with the power to decide said about a case."""

from enum import StrEnum

from django.db import models

from tasks.cases.models.case import Case
from tasks.cases.models.sealed import SealedText


class Verdict(StrEnum):
    """What was decided."""

    APPROVE = "approve"
    REJECT = "reject"
    EXTEND = "extend"


class Decision(models.Model):
    """One decision. ``binds`` is the hash of the content that was seen; other content voids it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="decisions")
    verdict = models.CharField(max_length=10, choices=[(verdict.value, verdict.value) for verdict in Verdict])
    by = models.CharField(max_length=120)
    by_name = models.CharField(max_length=200, blank=True)
    ground = models.CharField(max_length=60, blank=True)
    text = SealedText(blank=True)
    binds = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        app_label = "dossier"
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.verdict} by {self.by}"
