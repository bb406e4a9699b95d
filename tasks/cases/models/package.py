"""A file that answers a case, sealed in the vault until it expires."""

from django.db import models

from tasks.cases.models.case import Case


class Package(models.Model):
    """One file for the person to download. ``purged_at`` says when it left the vault.

    A long report has volumes, a large archive has parts: files of one kind, in the order of ``position``.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="packages")
    kind = models.CharField(max_length=10)  # "zip", "pdf", "json"
    position = models.PositiveSmallIntegerField(default=1)  # counts from one within its kind
    name = models.CharField(max_length=200)  # in the vault
    filename = models.CharField(max_length=200)  # for the person's disk
    size = models.PositiveBigIntegerField()  # of the clear bytes
    sha256 = models.CharField(max_length=64)  # of the clear bytes
    pages = models.PositiveIntegerField(null=True, blank=True)
    expires_at = models.DateTimeField()
    purged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "dossier"
        ordering = ["kind", "position"]
        constraints = [models.UniqueConstraint(fields=["case", "kind", "position"], name="dossier_one_package")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.case_id}"

    @property
    def is_there(self) -> bool:
        return self.purged_at is None
