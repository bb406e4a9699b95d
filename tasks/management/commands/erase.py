"""``manage.py erase PK``: show what an erasure would do, or do it."""

import json
import sys
import time
import uuid
from collections.abc import Sequence
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from tasks import collector, erasure
from tasks.collector import StoreSource, Subject
from tasks.collector.subject import checked_alias, subject_model
from tasks.datamap.stores import Ask
from tasks.erasure import holds, ledger, sources
from tasks.errors import DossierError, SourceUnavailable, SourceWaiting, SubjectNotFound
from tasks.management.base import DossierCommand


class Command(DossierCommand):
    help = (
        "Erase a person: --plan prints as JSON what would happen, --execute --confirm PK does it and prints what went. "
        "Stores and services are erased before the database. Killed on its way, the same command goes on where it was."
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
        parser.add_argument(
            "--without", metavar="SOURCE", action="append", default=[], help="go on without this store or service"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["execute"]:
            self.stdout.write(
                self.carry_out(
                    options["key"], confirmed=options["confirm"], using=options["using"], without=options["without"]
                )
            )
            return
        subject = self.subject(options["key"], using=options["using"])
        plan = erasure.plan(subject, at=timezone.now())
        shown = plan.keys() if options["keys"] else {**plan.as_json(), **self.planned(subject)}
        self.stdout.write(json.dumps(shown, ensure_ascii=False))

    def planned(self, subject: Subject) -> dict[str, Any]:
        """What would happen in each store and service; a number that it does not tell is null."""
        found: list[dict[str, Any]] = []
        held = sources.held_of(subject)
        for store in collector.stores():
            try:
                counts = sources.count(store, subject)
            except SourceUnavailable as error:
                self.warn(str(error))
                counts = None
            fate = sources.fate_of(store.policy, held=held)
            found.append({"source": store.key, "action": fate, "ground": str(store.policy.erasure.because),
                          "counts": counts})  # fmt: skip
        return {"sources": found} if found else {}

    def carry_out(self, key: str, *, confirmed: str | None, using: str | None, without: Sequence[str] = ()) -> str:
        """Erase, look again, and return DeleteStats as JSON."""
        if confirmed != key:
            raise CommandError(f"Nothing was touched. To erase for good, repeat the key: --execute --confirm {key}")
        ledger.require()
        subject, now = self.person(key, using=using), timezone.now()
        run = ledger.unfinished(subject)
        run_id = run.pk if run else uuid.uuid4()
        plan = erasure.plan(subject, at=now)
        plan.check()
        stats = self.in_stores(subject, without=without)
        stats += erasure.apply(subject, plan, run_id=run_id, at=now)
        found = erasure.verify(subject, run_id=run_id, at=now)
        if not found.clean:
            raise CommandError(
                f"Erasure {run_id}: a second look found rows or keys of {sorted({**found.left, **found.broken})}. "
                "Run the same command again."
            )
        if found.mentions:
            self.warn(f"What stays still holds the person's name or address in {sorted(found.mentions)}: see the docs.")
        return stats.as_json()

    def in_stores(self, subject: Subject, *, without: Sequence[str]) -> erasure.DeleteStats:
        """Erase in every store and service, and return what went. No row is touched where one of them fails."""
        holds.check(subject)
        held = sources.held_of(subject)
        stores = [store for store in collector.stores() if sources.fate_of(store.policy, held=held) == "delete"]
        if unknown := sorted(set(without) - {store.key for store in stores}):
            raise CommandError(f"--without: wanted some of {[store.key for store in stores]}, found {unknown}.")
        results = {}
        for store in stores:
            if store.key in without:
                self.warn(f"{store.key} is left out: nothing was erased there.")
                continue
            try:
                results[store.key] = self.in_store(store, subject)
            except DossierError as error:
                raise CommandError(
                    f"{error} No row of the database was touched. Run the same command again, or leave it out with "
                    f"--without {store.key}."
                ) from error
        return sources.stats(results)

    def in_store(self, store: StoreSource, subject: Subject) -> dict[str, Any]:
        """Ask one of them until it is done; one that prepares its answer is waited for as long as its patience."""
        ask, before, end = Ask(uuid.uuid4().hex, timezone.now()), sources.count(store, subject), time.monotonic()
        end += store.policy.patience.total_seconds()
        while True:
            try:
                return sources.erase(store, subject, ask, before=before, at=timezone.now())
            except SourceWaiting as waiting:
                if time.monotonic() + waiting.seconds > end:
                    raise
                self.warn(f"{store.key} prepares its answer; asked again in {waiting.seconds:g} seconds.")
                time.sleep(max(waiting.seconds, 1))
                ask = Ask(ask.id, timezone.now(), memo=dict(waiting.memo))

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
