"""How a recipient is told that somebody's data was erased. Source: GDPR art. 19."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tasks.datamap.addresses import is_address, is_plain
from tasks.errors import DeclarationError

SHORTEST_SECRET = 16  # characters
Identify = Callable[[Any], Mapping[str, str]]


@dataclass(frozen=True)
class Webhook:
    """Told by a signed POST to ``url``; the signed answer proves it. docs/recipients.md

    ``identify(subject)`` says what the recipient knows the person by, and nothing more than it needs.
    """

    url: str
    identify: Identify = field(repr=False)
    secret: str = field(default="", repr=False)
    key_id: str = "dossier"
    allow_plain: bool = False  # http:// in a private network
    ca_file: str = ""

    def __post_init__(self) -> None:
        if not is_address(self.url):
            raise DeclarationError("Webhook.url: wanted an address such as https://…, found none, or another form.")
        if is_plain(self.url) and not self.allow_plain:
            raise DeclarationError("Webhook.url: wanted https://, or allow_plain=True in a private network.")
        if len(self.secret) < SHORTEST_SECRET:
            raise DeclarationError(
                f"Webhook.secret: wanted at least {SHORTEST_SECRET} characters, found {len(self.secret)}."
            )
        _callable(self.identify, "Webhook")


@dataclass(frozen=True)
class TellByLetter:
    """Told by a letter: by mail to ``email``, or printed and sent by the office where there is none.

    ``identify(subject)`` says what stands in the letter to find the person by; ``language`` is the recipient's,
    by default the installation's.
    """

    identify: Identify = field(repr=False)
    email: str = ""
    language: str = ""

    def __post_init__(self) -> None:
        if self.email and "@" not in self.email:
            raise DeclarationError("TellByLetter.email: wanted an address, found none.")
        _callable(self.identify, "TellByLetter")


def _callable(identify: object, what: str) -> None:
    if not callable(identify):
        raise DeclarationError(f"{what}.identify: wanted a function of the subject, found {type(identify).__name__}.")
