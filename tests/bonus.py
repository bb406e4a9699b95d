"""A small service of its own: the bonus programme of the shop, with sections, secrets, another's name and a file."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from ipaddress import IPv4Address
from typing import Any, BinaryIO
from uuid import UUID

from tasks.datamap import (
    Ask,
    Category,
    Content,
    Item,
    LegalBasis,
    Outcome,
    Purpose,
    Recipient,
    Retention,
    SourcePrivacy,
)

BONUS = Category(
    "bonus",
    title="Bonus programme",
    description="What you collect when you shop.",
    purposes=(Purpose("dpv:ServiceProvision", "To give you a bonus"),),
    legal_basis=LegalBasis.CONTRACT,
    retention=Retention("Two years after your last purchase"),
    order=30,
)
CARD = b"%PDF-1.7 the card of a member"
JOINED = datetime(2024, 2, 29, 11, 30, tzinfo=UTC)


def content(data: bytes, name: str = "card.pdf", **facts: Any) -> Content:
    """A file that a store gives."""

    @contextmanager
    def opened() -> Iterator[BinaryIO]:
        yield io.BytesIO(data)

    return Content(name, opened, **facts)


def account(**more: Any) -> Item:
    """The account of a member, with a value of every kind."""
    values = {
        "level": "gold",
        "member_since": JOINED,
        "last_seen": "2026-03-04T22:15:00Z",
        "birthday": "1990-05-17",
        "points": 1250,
        "balance": Decimal("12.50"),
        "newsletter": True,
        "contact": "alice@example.com",
        "page": "https://bonus.example/alice",
        "signed_up_from": IPv4Address("192.0.2.7"),
        "card_number": UUID("5f012b3f-0cb4-4090-b99b-e466f421662f"),
        "session": timedelta(minutes=90),
        "api_token": "s3cr3t-token",
        "score": 17,
        "invited_by": "Bob Fletcher",
        "settings": {"theme": "dark", "devices": [{"name": "phone", "push_token": "t0k3n-of-a-phone"}]},
        "card": content(CARD, size=len(CARD)),
    }
    return Item("A-1", values | more)


def moves(count: int = 3) -> list[Item]:
    """Points that came and went."""
    days = (JOINED + timedelta(days=number) for number in range(count))
    return [Item(str(n), {"at": at, "points": 10 * n, "why": f"Order {n}"}, "moves") for n, at in enumerate(days, 1)]


class Loyalty(SourcePrivacy):
    """The bonus programme. ``held`` is all that there is, for whoever asks."""

    key = "loyalty"
    title = "Bonus account"
    category: Category | str = BONUS
    sections: Mapping[str, Any] = {"moves": "Points that came and went", "gifts": "Gifts"}
    fields = ("level", "points", "member_since")
    withheld: Mapping[str, Any] = {"score": "It would tell how we fight fraud."}
    third_party: Mapping[str, Any] = {"invited_by": "another member"}
    portable = ("level", "points")
    labels: Mapping[str, Any] = {"member_since": "Member since"}
    recipients = (Recipient("Bonus GmbH", "Leipzig", "runs the programme"),)
    held: tuple[Item, ...] = ()

    def count(self, subject: Any) -> int | Mapping[str, int] | None:
        sections = [item.section for item in self.held]
        return {section: sections.count(section) for section in dict.fromkeys(sections)}

    def collect(self, subject: Any, ask: Ask) -> Any:
        yield from self.held

    def erase(self, subject: Any, ask: Ask) -> Any:
        return Outcome(erased=len(self.held))

    def health(self) -> Any:
        return "ready"


def holding(*items: Item, **said: Any) -> type[Loyalty]:
    """The programme with these records, and with a declaration that says something else."""
    return type("LoyaltyPrivacy", (Loyalty,), {"__module__": "shop.privacy", "held": items, **said})
