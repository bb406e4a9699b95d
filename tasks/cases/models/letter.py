"""A mail that a case sends: written with the change that causes it, posted after."""

from django.db import models

from tasks.cases.models.case import Case
from tasks.cases.models.sealed import SealedText


class Letter(models.Model):
    """One mail. The row is written in the transaction of its cause, so none is lost and none is sent twice.

    ``context`` is what the template needs beyond the case, sealed, and emptied once it was sent.
    """

    SUBJECT, OFFICE = "subject", "office"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="letters")
    template = models.CharField(max_length=40)
    audience = models.CharField(max_length=10, default=SUBJECT, choices=[(SUBJECT, SUBJECT), (OFFICE, OFFICE)])
    context = SealedText(blank=True)  # JSON
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True, db_index=True)  # null: sent or given up
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        app_label = "dossier"
        ordering = ["written_at", "pk"]

    def __str__(self) -> str:
        return f"{self.template} of {self.case_id}"
