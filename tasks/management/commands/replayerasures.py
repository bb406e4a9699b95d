"""``manage.py replayerasures``: after a restore, erase again what the backup brought back."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from tasks.erasure import ledger
from tasks.housekeeping import replay
from tasks.housekeeping.replay import Replayed
from tasks.management.base import DossierCommand


class Command(DossierCommand):
    help = (
        "After a restore: says which erased rows are back, and with --execute erases them again under the old "
        "decisions. A stranger who got a reused key is told by a fingerprint and not touched. Run it before web "
        "servers and workers start."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--since", metavar="DATETIME", help="the moment of the backup: erasures that were over before are skipped"
        )
        parser.add_argument("--execute", action="store_true", help="erase; without it nothing is changed")

    def handle(self, *args: Any, **options: Any) -> None:
        ledger.require()
        since = moment(options["since"]) if options["since"] else None
        work = replay.execute if options["execute"] else replay.preview
        done = work(since=since, at=timezone.now())
        self.stdout.write(report(done, executed=options["execute"]))
        for run, why in sorted(done.failed.items()):
            self.stderr.write(f"erasure {run}: {why}")
        if done.failed:
            raise CommandError(f"{len(done.failed)} erasures could not be played again; see above.")


def moment(text: str) -> datetime:
    """The moment that somebody typed; a day means its beginning, no time zone means that of the settings.

    Raises:
        CommandError: it is none.
    """
    try:
        found = parse_datetime(text) or parse_datetime(f"{text}T00:00")
    except ValueError:
        found = None
    if found is None:
        raise CommandError(f"--since: wanted a moment such as 2026-03-05T02:00+01:00, found {text!r}.")
    return found if timezone.is_aware(found) else timezone.make_aware(found).astimezone(UTC)


def report(done: Replayed, *, executed: bool) -> str:
    """Lines that people read: per model what is back, and what went or would go."""
    over = "taken over" if executed else "only in the journal, to be taken over"
    lines = [f"{done.erasures} erasures looked at; {done.taken_over} {over}."]
    if done.counts:
        lines.append(f"{'the same':>12} {'a stranger':>12} {'cannot tell':>12}  rows that are back")
    for label, count in sorted(done.counts.items()):
        lines.append(f"{count.same:>12,} {count.stranger:>12,} {count.unknown:>12,}  {label}")
    if executed:
        return "\n".join([*lines, done.stats.report()])
    lines += [f"{rows:>12,}  {what}" for what, rows in sorted(done.planned.items())]
    nothing = not (done.planned or done.taken_over)
    return "\n".join([*lines, "Nothing to do." if nothing else "Nothing was changed. Run it with --execute to erase."])
