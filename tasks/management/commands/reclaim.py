"""``manage.py reclaim``: let go of everything of Dossier's own whose time is over."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from tasks.housekeeping import own
from tasks.management.base import DossierCommand


class Command(DossierCommand):
    help = "Ends what Dossier stores itself and whose time is over; --list says what ends when and changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--list", action="store_true", help="what ends when, by the settings as they are")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            for one in own.listed():
                self.stdout.write(f"{one.key:<11} {one.what}: {one.when}")
            return
        done = own.reclaim(at=timezone.now())
        for key, number in done.items():
            self.stdout.write(f"{key:<11} {'failed' if number is None else number}")
        if failed := [key for key, number in done.items() if number is None]:
            raise CommandError(f"{', '.join(failed)} could not end; the log says why. The next run tries again.")
