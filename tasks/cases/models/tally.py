"""How often somebody tried something."""

from django.db import models


class Tally(models.Model):
    """Tries within a window of time. The row stands in the database because that counts right for every process."""

    key = models.CharField(primary_key=True, max_length=100)  # hashed: names nobody
    tries = models.PositiveIntegerField(default=1)
    until = models.DateTimeField(db_index=True)

    class Meta:
        app_label = "dossier"

    def __str__(self) -> str:
        return f"{self.tries} tries"
