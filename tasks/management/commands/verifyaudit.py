"""``manage.py verifyaudit``: prove that nobody changed the audit."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from tasks import audit
from tasks.management.base import DossierCommand


class Command(DossierCommand):
    help = "Walks the audit's hash chain and names the first entry that was changed, removed or put in."

    def add_arguments(self, parser: CommandParser) -> None:
        """Nothing to choose."""

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = audit.verify()
        if not verdict:
            raise CommandError(f"The audit is broken at entry {verdict.broken}: {verdict.why}.")
        self.stdout.write(f"{verdict.entries} entries, unbroken. Head: {verdict.head or 'none yet'}")
