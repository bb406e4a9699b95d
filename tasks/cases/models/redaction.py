"""What the office covered by hand in a copy, so that it shows nobody else."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tasks.cases.models.case import Case
from tasks.cases.models.sealed import SealedText


class Ground(models.TextChoices):
    """Why something is covered, as the person reads it after "covered:". Source: GDPR art. 15(4), recital 63."""

    PERSON = "person", _("it is about another person")
    CONTACT = "contact", _("it is another person’s address or number")
    WORDS = "words", _("another person wrote it in confidence")
    STAFF = "staff", _("it names a member of our staff")
    SECRET = "secret", _("it is a business secret of somebody else")


class Redaction(models.Model):
    """One field of one record that is delivered covered; without a field, the whole record.

    A key may be a name or an address, and words may say anything, so both stand sealed. ``spot`` is a keyed
    fingerprint of label, key and field: the same place is covered once.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="redactions")
    spot = models.CharField(max_length=64)
    label = models.CharField(max_length=120)  # "orders.Order", or the name of a store
    key = SealedText()  # of the record, as text
    field = models.CharField(max_length=120, blank=True)
    ground = models.CharField(max_length=10, blank=True, choices=Ground.choices)
    words = SealedText(blank=True)  # the office's own
    by = models.CharField(max_length=120)
    by_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        app_label = "dossier"
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["case", "spot"], name="dossier_one_redaction")]

    def __str__(self) -> str:
        return f"{self.label} {self.field}".strip()

    @property
    def reason(self) -> str:
        """What the person reads, in the language that is active."""
        return "; ".join(part for part in (str(Ground(self.ground).label) if self.ground else "", self.words) if part)
