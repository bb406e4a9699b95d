"""The letters that went out, whichever process sent them."""

import email
import email.policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.core import mail


class Mailbox:
    """Reads this process's outbox and the files that the worker wrote, oldest first."""

    def to(self, address: str) -> list[EmailMessage]:
        """All letters to ``address``."""
        return [letter for letter in self.all() if address in str(letter["To"])]

    def all(self) -> list[EmailMessage]:
        here = [message.message().as_bytes() for message in getattr(mail, "outbox", [])]
        parts = [part for path in self._files() for part in path.read_bytes().split(b"-" * 79 + b"\n") if part.strip()]
        letters = [email.message_from_bytes(raw, policy=email.policy.default) for raw in [*parts, *here]]
        return sorted(letters, key=lambda letter: letter["Date"].datetime)

    def clear(self) -> None:
        """Empty it."""
        mail.outbox.clear()
        for path in self._files():
            path.unlink()

    @staticmethod
    def _files() -> list[Path]:
        return sorted(Path(settings.EMAIL_FILE_PATH).glob("*.log"))
