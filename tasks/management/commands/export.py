"""``manage.py export PK --to DIR``: a package without a case, for engineers."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone, translation

from tasks import conf, export
from tasks.management.base import DossierCommand

LANGUAGES = ("en", "de", "fr", "es", "ar")


class Command(DossierCommand):
    help = "Write what is held about one person to a folder: JSON, CSV, an offline viewer, a PDF and a ZIP of all."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("pk", help="primary key of the person in the subject model")
        parser.add_argument("--to", required=True, metavar="DIR", type=Path, help="where to write; made if missing")
        parser.add_argument("--only", default="", metavar="json,csv,html,pdf,zip", help="these formats only")
        parser.add_argument("--language", default="en", help="of our own words in it")

    def handle(self, *, pk: str, to: Path, only: str, language: str, using: str | None, **_: Any) -> None:
        formats = [word.strip() for word in only.split(",") if word.strip()]
        if unknown := sorted(set(formats) - set(export.FORMATS)):
            raise CommandError(f"--only: wanted some of {', '.join(export.FORMATS)}, found {', '.join(unknown)}.")
        if not translation.check_for_language(language):
            raise CommandError(
                f"--language: there is no catalogue for '{language[:20]}'. Known: {', '.join(LANGUAGES)}."
            )
        subject = self.subject(pk, using=using)
        zone = conf.time_zone or timezone.get_default_timezone_name()
        try:
            paths = export.write(
                subject, to=to, at=timezone.now(), only=formats, language=language, time_zone=zone, wait=time.sleep
            )
        except export.IncompleteExport as error:  # the rest is written, and the command fails all the same
            self.told(error.paths)
            raise
        self.told(paths)

    def told(self, paths: list[Path]) -> None:
        for path in paths:
            self.stdout.write(str(path))
