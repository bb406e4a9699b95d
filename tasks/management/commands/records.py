"""``manage.py records``: the records of processing activities of art. 30, from the data map."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone, translation

from tasks.datamap.records import Records, records
from tasks.export import processing
from tasks.management.base import DossierCommand

FORMATS = ("csv", "html", "jsonld", "pdf")


class Command(DossierCommand):
    help = "Write the records of processing activities (art. 30 GDPR) that the data map makes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", default="html", help=f"one or more of {','.join(FORMATS)}, with commas between")
        parser.add_argument("--to", type=Path, default=Path(), metavar="FOLDER", help="where to (default: here)")
        parser.add_argument("--language", default="en", help="of our own words, such as de")

    def handle(self, *, format: str, to: Path, language: str, **_: Any) -> None:
        formats = [name.strip() for name in format.split(",") if name.strip()]
        unknown = sorted(set(formats) - set(FORMATS))
        if unknown or not formats:
            raise CommandError(f"There is no format {', '.join(unknown) or 'named'}; there are {', '.join(FORMATS)}.")
        with translation.override(language):
            found = records(at=timezone.now())
            to.mkdir(parents=True, exist_ok=True)
            for name in formats:
                path = to / f"records-{found.version}.{name}"
                path.write_bytes(written(found, name))
                self.stdout.write(str(path))


def written(found: Records, name: str) -> bytes:
    """The records in one format."""
    match name:
        case "csv":
            return b"\xef\xbb\xbf" + found.as_csv().encode()  # the mark without which Excel takes it for Latin-1
        case "jsonld":
            return json.dumps(found.as_jsonld(), indent=1, ensure_ascii=False).encode()
        case "pdf":
            return processing.as_pdf(found)
    return processing.as_html(found).encode()
