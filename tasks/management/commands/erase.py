"""``manage.py erase PK``: show what an erasure would do, or do it."""

import json
import sys
import uuid
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from tasks import erasure
from tasks.collector import Subject
from tasks.collector.subject import checked_alias, subject_model
from tasks.erasure import ledger
from tasks.errors import SubjectNotFound
from tasks.management.base import DossierCommand


class Command(DossierCommand):
    help = (
        "Erase a person: --plan prints as JSON what would happen, --execute --confirm PK does it and prints what went. "
        "Killed on its way, the same command goes on where it was."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("key", metavar="PK", help="primary key of the person in the subject model")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--plan", action="store_true", help="print the plan and change nothing")
        what.add_argument("--execute", action="store_true", help="carry the plan out; needs --confirm")
        parser.add_argument(
            "--keys", action="store_true", help="with --plan: only the keys of rows per model and action"
        )
        parser.add_argument("--confirm", metavar="PK", help="the primary key once more")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["execute"]:
            self.stdout.write(self.carry_out(options["key"], confirmed=options["confirm"], using=options["using"]))
            return
        plan = erasure.plan(self.subject(options["key"], using=options["using"]), at=timezone.now())
        self.stdout.write(json.dumps(plan.keys() if options["keys"] else plan.as_json(), ensure_ascii=False))

    def carry_out(self, key: str, *, confirmed: str | None, using: str | None) -> str:
        """Erase, look again, and return DeleteStats as JSON."""
        if confirmed != key:
            raise CommandError(f"Nothing was touched. To erase for good, repeat the key: --execute --confirm {key}")
        ledger.require()
        subject, now = self.person(key, using=using), timezone.now()
        run = ledger.unfinished(subject)
        run_id = run.pk if run else uuid.uuid4()
        plan = erasure.plan(subject, at=now)
        stats = erasure.apply(subject, plan, run_id=run_id, at=now)
        found = erasure.verify(subject, run_id=run_id, at=now)
        if not found.clean:
            raise CommandError(
                f"Erasure {run_id}: a second look found rows or keys of {sorted({**found.left, **found.broken})}. "
                "Run the same command again."
            )
        if found.mentions:
            self.warn(f"What stays still holds the person's name or address in {sorted(found.mentions)}: see the docs.")
        return stats.as_json()

    def person(self, key: str, *, using: str | None) -> Subject:
        """The subject, also where an earlier, unfinished erasure took the row already."""
        try:
            return self.subject(key, using=using)
        except SubjectNotFound:
            begun = ledger.unfinished_key(subject_model()._meta.label, key, using=checked_alias(using))
            if begun is None:
                raise
            return begun

    def warn(self, text: str) -> None:
        """Say something on standard error that is no failure."""
        sys.stderr.write(f"{text}\n")
