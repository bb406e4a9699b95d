"""The letters that the demo wrote into files instead of sending them.

Django's file-based backend writes one file per connection, and several messages into it where
several went through one connection, each followed by a line of hyphens.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

from examples.shop.demo.reading import readable

RULE = re.compile(rb"^-{79}\n", re.MULTILINE)  # written by django.core.mail.backends.console


@dataclass(frozen=True)
class Mail:
    """One letter. ``id`` is the file's name and the place in it."""

    id: str
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "")

    @property
    def to(self) -> str:
        return str(self.message["To"] or "")

    @property
    def sent_at(self) -> datetime | None:
        header = self.message["Date"]
        if not header:
            return None
        moment: datetime = header.datetime
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)  # "-0000": UTC, from nowhere in particular

    @property
    def html(self) -> str:
        """The source of the HTML part, or an empty text. Never put it into a page unescaped."""
        return self._part("html")

    @property
    def text(self) -> str:
        """The text part; made from the HTML where a letter has no other."""
        return self._part("plain") or readable(self.html)

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return part.get_content().strip() if part else ""


def every() -> list[Mail]:
    """All letters, the newest first."""
    folder = Path(settings.EMAIL_FILE_PATH)
    files = (
        sorted(folder.glob("*.log"), key=lambda path: (path.stat().st_mtime_ns, path.name)) if folder.is_dir() else []
    )
    return [mail for path in files for mail in read(path)][::-1]


def one(mail_id: str) -> Mail | None:
    """The letter with this id. Ids are compared, never made into a path."""
    return next((mail for mail in every() if mail.id == mail_id), None)


def read(path: Path) -> Iterator[Mail]:
    """The letters of one file, in the order in which they were written."""
    for place, part in enumerate(RULE.split(path.read_bytes())):
        if part.strip():
            message = message_from_bytes(part.lstrip(b"\n"), policy=policy.default)
            if isinstance(message, EmailMessage):
                yield Mail(f"{path.stem}-{place}", message)
