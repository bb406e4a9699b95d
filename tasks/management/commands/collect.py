"""``manage.py collect PK``: everything that is held about a person, as JSON."""

import json
from typing import Any

from django.core.management.base import CommandParser

from tasks import collector
from tasks.management.base import DossierCommand


class Command(DossierCommand):
    help = "Print everything about one person: a JSON line per row, or with --keys the keys per model."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("pk", help="primary key of the person in the subject model")
        parser.add_argument("--keys", action="store_true", help='print {"app.Model": [key, …]} only')

    def handle(self, *, pk: str, using: str | None, keys: bool, **_: Any) -> None:
        subject = self.subject(pk, using=using)
        if keys:
            self.stdout.write(json.dumps(collector.keys(subject)))
        else:
            for block in collector.lines(subject):
                self.stdout.write(block.decode(), ending="")
        for label, reason in collector.gaps(subject).items():
            self.stderr.write(f"{label} was not searched: {reason}.")
