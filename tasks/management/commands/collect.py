"""``manage.py collect PK``: everything that is held about a person, in every source, as JSON."""

import json
import time
from typing import Any

from django.core.management.base import CommandError, CommandParser

from tasks import collector
from tasks.errors import SourceRefused, SourceUnavailable
from tasks.management.base import DossierCommand, one_line


class Command(DossierCommand):
    help = "Print everything about one person: a JSON line per row, or with --keys the keys per model."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("pk", help="primary key of the person in the subject model")
        parser.add_argument("--keys", action="store_true", help='print {"app.Model": [key, …]} of the database only')

    def handle(self, *, pk: str, using: str | None, keys: bool, **_: Any) -> None:
        subject = self.subject(pk, using=using)
        if keys:
            self.stdout.write(json.dumps(collector.keys(subject)))
            failed = []
        else:
            for block in collector.lines(subject):
                self.stdout.write(block.decode(), ending="")
            failed = [each.key for each in collector.stores() if not self.wrote(each, subject)]
        for label, reason in collector.gaps(subject).items():
            self.stderr.write(f"{label} was not searched: {reason}.")
        if failed:
            raise CommandError(f"Not searched to the end: {', '.join(failed)}. Try again when they answer.")

    def wrote(self, store: collector.StoreSource, subject: collector.Subject) -> bool:
        """Print what a store or service holds; whether it answered to its end."""
        try:
            for line in collector.store_lines(store, subject, wait=time.sleep):
                self.stdout.write(line)
        except (SourceUnavailable, SourceRefused) as error:
            self.stderr.write(one_line(error))
            return False
        return True
