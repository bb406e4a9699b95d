"""``manage.py rotatekey``: a new key for the vault."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from tasks.housekeeping import resealing
from tasks.management.base import DossierCommand


class Command(DossierCommand):
    help = "Makes a new key for the vault, seals everything anew, and drops the old key when nothing needs it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--keep-old", action="store_true", help="leave the old key in the file, to open with")

    def handle(self, *args: Any, keep_old: bool, **options: Any) -> None:
        done = resealing.rotate(keep_old=keep_old)
        begun = "A new key seals from now on" if done.begun else "A rotation that was broken off goes on"
        self.stdout.write(f"{begun}: {done.files} files and {done.texts} texts sealed anew.")
        for name in done.lost:
            self.stderr.write(f"no key opens {name}")
        if done.lost:
            raise CommandError(
                f"{len(done.lost)} of them open with no key of the file, so the old key stays. Restore the key "
                "that they were sealed to (add it as the first line), or delete them; then run this again."
            )
        if done.drafts:
            raise CommandError(
                f"{done.drafts} files are being written at this moment, so the old key stays. Run this again later."
            )
        self.stdout.write(
            "The old key is out of the file. Keep its copy as long as there are backups from its time."
            if done.retired
            else "The old key stays in the file."
        )
