"""``manage.py openrequest KEY``: the office opens a request for somebody who has no sign-in here."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from tasks.cases import operations
from tasks.cases.actors import Actor
from tasks.management.base import DossierCommand


class Command(DossierCommand):
    help = (
        "Open a request in the name of a person who asked by letter or in person, and print its reference. "
        "--contact gets the letters. Say in --seen how they showed who they are; without it the case waits for that."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("key", metavar="PK", help="primary key of the person in the subject model")
        parser.add_argument("what", choices=["copy", "erasure"], help="what they asked for")
        parser.add_argument("--by", required=True, metavar="ADDRESS", help="e-mail address of who opens it")
        parser.add_argument("--contact", required=True, metavar="ADDRESS", help="where the person is written to")
        parser.add_argument("--person", default="", metavar="NAME", help="for the letterhead")
        parser.add_argument("--language", default="en", help="of letters and files")
        parser.add_argument(
            "--seen", default="", metavar="HOW", help="how the person showed who they are: letter, call …"
        )

    def handle(self, *, key: str, what: str, by: str, contact: str, using: str | None, **facts: Any) -> None:
        person, actor, now = self.subject(key, using=using), self.actor(by), timezone.now()
        about = {
            "contact": contact,
            "person": facts["person"],
            "language": facts["language"],
            "identity": facts["seen"],
        }
        opening = operations.open_access if what == "copy" else operations.open_erasure
        self.stdout.write(opening(person, by=actor, at=now, **about).reference)

    def actor(self, address: str) -> Actor:
        """The member of the office with this address."""
        model = get_user_model()
        found = model._default_manager.filter(**{f"{model.get_email_field_name()}__iexact": address}).first()
        if found is None:
            raise CommandError(
                "Nobody has an account with the address of --by. Make one, and add it to a privacy group."
            )
        return Actor.of_user(found)
