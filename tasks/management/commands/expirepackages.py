"""``manage.py expirepackages``: remove the files whose time is over, without waiting for a worker."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from tasks.housekeeping import expiry
from tasks.management.base import DossierCommand


class Command(DossierCommand):
    help = "Removes copies that have expired, and what finished cases left in the vault."

    def add_arguments(self, parser: CommandParser) -> None:
        """Nothing to choose."""

    def handle(self, *args: Any, **options: Any) -> None:
        done = expiry.sweep(at=timezone.now())
        self.stdout.write(
            f"{done['expired']} copies expired, {done['purged'] + done['drafts']} leftover files removed."
        )
