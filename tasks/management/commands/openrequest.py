"""``manage.py openrequest KEY``: the office opens a request for somebody who has no sign-in here."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from tasks.cases import operations
from tasks.cases.actors import Actor
from tasks.cases.models import Case
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
        parser.add_argument("--seen", default="", metavar="HOW", help="how the person showed who they are")
        parser.add_argument("--at-once", action="store_true", help="erase when it is approved, without days of grace")

    def handle(self, *, key: str, what: str, by: str, contact: str, using: str | None, **facts: Any) -> None:
        person, actor, now = self.subject(key, using=using), self.actor(by), timezone.now()
        about = {"contact": contact, "person": facts["person"], "language": facts["language"]}
        if what == "copy":
            case = operations.open_access(person, by=actor, at=now, identity=facts["seen"], **about)
        else:
            when = Case.APPROVED if facts["at_once"] else Case.GRACE
            case = operations.open_erasure(person, by=actor, at=now, identity=facts["seen"], when=when, **about)
        self.stdout.write(case.reference)

    def actor(self, address: str) -> Actor:
        """The member of the office with this address."""
        model = get_user_model()
        found = model._default_manager.filter(**{f"{model.get_email_field_name()}__iexact": address}).first()
        if found is None:
            raise CommandError("No account has the address of --by. Make one, and add it to a privacy group.")
        return Actor.of_user(found)
